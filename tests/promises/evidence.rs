//! What is fixed: only what fresh and complete sources no longer show.

use super::{Audit, CONFIG};

/// Bob has no account, and was asked.
fn bob_was_asked() -> Audit {
    let audit = Audit::new();
    audit.drop_account("bob@example.com");
    let audit = audit.begin();
    audit.follow_up();
    audit.is("account-missing", "Bob", "waiting");
    audit
}

/// The state of a finding where the accounts come from a file.
fn state_by(audit: &Audit, file: &str, check: &str, who: &str) -> Option<String> {
    let status = audit.run(&["status", "--accounts", file, "--format", "json"]).json();
    let findings = status["findings"].as_array().unwrap();
    let is_it = |finding: &&serde_json::Value| finding["check"] == check && finding["name"] == who;
    findings.iter().find(is_it).map(|finding| finding["state"].as_str().unwrap().to_owned())
}

#[test]
fn an_export_without_somebodys_link_fixes_no_mismatch() {
    let audit = Audit::new();
    audit.replace_in_roster("calendly.com/alice\n", "calendly.com/alice-archer\n");
    let audit = audit.begin();
    audit.follow_up();
    audit.is("link-mismatch", "Alice", "waiting");
    audit.advance(24);
    let export = audit.export();
    let without = export.replace("https://calendly.com/alice,", ",");
    assert_ne!(export, without);
    audit.write_aged("accounts.csv", without, 23);
    let state = state_by(&audit, "accounts.csv", "link-mismatch", "Alice");
    assert_eq!(state.as_deref(), Some("unknown"));
    audit.run_writing_nothing(&["submit-review", "--accounts", "accounts.csv", "--yes"]).exit(11);
}

#[test]
fn a_check_that_steps_back_for_another_is_still_found() {
    let audit = Audit::new();
    audit.replace_in_roster("calendly.com/alice\n", "calendly.com/alice-archer\n");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    audit.replace_in_roster("calendly.com/alice-archer\n", "calendly.com/bob\n");
    audit.follow_up();
    audit.is("link-shared", "Alice", "waiting");
    assert_ne!(audit.state("link-mismatch", "Alice").as_deref(), Some("fixed"));
    let [_, second] = audit.ours("notice").try_into().unwrap();
    assert!(!second.body.contains("**Settled"), "{}", second.body);
}

#[test]
fn an_invitation_is_no_second_reason_to_be_asked() {
    let audit = bob_was_asked();
    audit.advance(24);
    let now = audit.sandbox.update(|world| world.now);
    audit.calendly(|calendly| {
        calendly.invite("bob@example.com", now);
    });
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    assert_eq!(audit.mentioned("bob"), 1);
    audit.advance(49);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
fn an_exception_that_covers_a_finding_is_no_fix() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.write(
        "exceptions.yaml",
        "- check: link-missing\n  email: alice@example.com\n  reason: on leave\n  \
         approved_by: nadia\n  approved_on: 2027-01-01\n  expires: 2027-02-05\n",
    );
    let followups = ["followups", "--exceptions", "exceptions.yaml", "--yes"];
    audit.run_writing_nothing(&followups).success();
    audit.advance(24 * 5);
    audit.run(&followups).success();
    assert_eq!(audit.mentioned("alice"), 1, "the exception has expired");
}

#[test]
fn what_is_found_again_after_it_was_settled_is_asked_anew() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    let linkless = audit.roster();
    audit.run(&["followups", "--only", "Alice", "--yes"]).success();
    audit.advance(24);
    audit.replace_in_roster(
        "reports_to: Mia\n  gitlab:\n    id: 1001\n",
        "reports_to: Mia\n  calendly: https://calendly.com/alice\n  gitlab:\n    id: 1001\n",
    );
    audit.is("link-missing", "Alice", "fixed");
    audit.follow_up();
    audit.advance(24);
    audit.change_roster(|_| linkless.clone());
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
    assert_eq!((audit.mentioned("alice"), audit.mentioned("bob")), (2, 1));
}

#[test]
fn what_vanished_and_returned_between_two_runs_was_never_away() {
    let audit = Audit::new();
    let good = audit.roster();
    audit.unlink("alice");
    let audit = audit.begin();
    let linkless = audit.roster();
    audit.follow_up();
    audit.advance(24);
    audit.change_roster(|_| good.clone());
    audit.is("link-missing", "Alice", "fixed");
    audit.change_roster(|_| linkless.clone());
    audit.advance(49);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn whoever_is_excluded_for_a_while_is_not_asked_twice() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    let audit = audit.configured(&format!("exclude = [\"alice@example.com\"]\n{CONFIG}"));
    audit.is("link-missing", "Alice", "withdrawn");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    let audit = audit.configured(CONFIG);
    audit.advance(1);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.is("link-missing", "Alice", "waiting");
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn whoever_left_is_not_escalated_and_whoever_comes_back_is_asked_anew() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let linkless = audit.roster();
    audit.follow_up();
    audit.dismiss("Alice");
    audit.drop_account("alice@example.com");
    audit.advance(73);
    assert_ne!(audit.state("link-missing", "Alice").as_deref(), Some("overdue"));
    audit.unlink("bob");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["bob"]);
    audit.change_roster(|_| linkless.clone());
    audit.calendly(|calendly| {
        calendly.add_member("alice@example.com");
    });
    audit.advance(1);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
}
