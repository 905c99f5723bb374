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

/// Lets Bob join the organisation.
fn bob_joins(audit: &Audit) {
    audit.calendly(|calendly| {
        calendly.add_member("bob@example.com");
    });
}

/// The state of a finding where the accounts come from a file.
fn state_by(audit: &Audit, file: &str, check: &str, who: &str) -> Option<String> {
    let status = audit.run(&["status", "--accounts", file, "--format", "json"]).json();
    let findings = status["findings"].as_array().unwrap();
    let is_it = |finding: &&serde_json::Value| finding["check"] == check && finding["name"] == who;
    findings.iter().find(is_it).map(|finding| finding["state"].as_str().unwrap().to_owned())
}

#[test]
fn an_export_from_before_the_ask_fixes_nothing() {
    let audit = bob_was_asked();
    audit.advance(24);
    bob_joins(&audit);
    audit.write_aged("old.csv", audit.export(), -24 * 365);
    assert_ne!(state_by(&audit, "old.csv", "account-missing", "Bob").as_deref(), Some("fixed"));
    let ran = audit.run(&["followups", "--accounts", "old.csv", "--yes"]).success();
    assert_eq!(audit.ours("notice").len(), 1, "{}", ran.stderr);
    audit.write_aged("new.csv", audit.export() + "\r\n", 12);
    assert_eq!(state_by(&audit, "new.csv", "account-missing", "Bob").as_deref(), Some("fixed"));
}

#[test]
fn a_roster_from_before_the_ask_fixes_nothing() {
    let (audit, good) = Audit::with_alice_asked();
    audit.write_aged("old.yaml", good, -24 * 365);
    audit.run(&["followups", "--roster", "old.yaml", "--yes"]).success();
    let status = ["status", "--roster", "old.yaml", "--format", "json"];
    let status = audit.run(&status).success().stdout;
    assert!(!status.contains("\"fixed\""), "{status}");
    audit.advance(72);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
fn a_file_that_was_recorded_before_is_no_newer_for_being_copied() {
    let audit = Audit::new();
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    audit.advance(3);
    let good = audit.export();
    audit.write_aged("good.csv", &good, 1);
    audit.run(&["reconcile", "--accounts", "good.csv", "--write", "--yes"]).success();
    audit.drop_account("bob@example.com");
    audit.write_aged("bad.csv", audit.export(), 2);
    audit.run(&["followups", "--accounts", "bad.csv", "--yes"]).success();
    assert_eq!(audit.mentioned("bob"), 1);
    audit.advance(24);
    audit.write_aged("copy.csv", &good, 26);
    assert_ne!(state_by(&audit, "copy.csv", "account-missing", "Bob").as_deref(), Some("fixed"));
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
fn what_would_be_due_knows_the_exceptions_that_expire_before() {
    let audit = Audit::new().configured(CONFIG);
    audit.unlink("alice");
    let audit = audit.begin();
    audit.write(
        "exceptions.yaml",
        "- check: link-missing\n  email: alice@example.com\n  reason: on leave\n  \
         approved_by: nadia\n  approved_on: 2027-01-01\n  expires: 2027-02-05\n",
    );
    for (day, is_due) in [("2027-02-04", false), ("2027-02-08", true)] {
        let until = ["followups", "--exceptions", "exceptions.yaml", "--until", day];
        let shown = audit.run_writing_nothing(&until).success();
        let text = shown.stdout.clone() + &shown.stderr;
        assert_eq!(text.contains("Asked: Alice"), is_due, "{day}: {text}");
    }
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
    let (audit, good) = Audit::with_alice_asked();
    let linkless = audit.roster();
    audit.change_roster(|_| good.clone());
    audit.is("link-missing", "Alice", "fixed");
    audit.change_roster(|_| linkless.clone());
    audit.advance(49);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn a_review_is_not_asked_for_on_accounts_from_before_the_last_notice() {
    let audit = Audit::new();
    let good = audit.roster();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.write_aged("before.csv", audit.export(), 1);
    audit.advance(2);
    audit.follow_up();
    audit.advance(24);
    audit.change_roster(|_| good.clone());
    let review = ["submit-review", "--accounts", "before.csv", "--yes"];
    audit.run_writing_nothing(&review).exit(11);
    audit.review().success();
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
