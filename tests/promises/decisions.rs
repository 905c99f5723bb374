//! Decisions: the latest one counts, nobody decides about themself, and each leaves its trace.

use crate::support::Ran;

use super::{Audit, VENDOR};

/// Decides about the vendor's account.
fn decide(audit: &Audit, decision: &str, reason: &str) -> Ran {
    let decision = format!("{VENDOR}={decision}");
    audit.run(&["reconcile", "--write", "--yes", "--decide", &decision, "--reason", reason])
}

/// Accepts a finding.
fn accept(audit: &Audit, finding: &str, reason: &str) -> Ran {
    audit.run(&["followups", "--yes", "--accept", finding, "--reason", reason])
}

/// Removes the vendor's account, if that was decided.
fn remove(audit: &Audit) -> Ran {
    audit.run(&["reconcile", "--remove", "--confirm", VENDOR, "--yes"])
}

/// An audit with a vendor's account.
fn with_vendor() -> Audit {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.begin()
}

#[test]
fn a_decision_to_remove_after_a_decision_to_keep_counts() {
    let audit = with_vendor();
    decide(&audit, "keep", "books the demos").success();
    audit.is("outsider", VENDOR, "justified");
    audit.run(&["followups", "--yes"]).success();
    audit.advance(24);
    decide(&audit, "remove", "left the partner").success();
    audit.is("outsider", VENDOR, "to remove");
    audit.is_not_ready();
}

#[test]
fn a_decision_to_remove_after_an_acceptance_counts() {
    let audit = with_vendor();
    accept(&audit, &format!("outsider:{VENDOR}"), "books the demos").success();
    audit.is("outsider", VENDOR, "justified");
    audit.advance(1);
    decide(&audit, "remove", "left the partner").success();
    audit.is("outsider", VENDOR, "to remove");
    audit.is_not_ready();
}

#[test]
fn a_decision_to_keep_after_one_to_remove_counts() {
    let audit = with_vendor();
    decide(&audit, "remove", "left the partner").success();
    audit.advance(1);
    decide(&audit, "keep", "came back").success();
    audit.is("outsider", VENDOR, "justified");
    remove(&audit).exit(11);
    assert!(audit.has_account(VENDOR));
}

#[test]
fn a_deleted_decision_was_never_made() {
    let audit = with_vendor();
    accept(&audit, &format!("outsider:{VENDOR}"), "books the demos").success();
    audit.run(&["followups", "--yes"]).success();
    for record in audit.ours("record") {
        audit.delete_note(record.id);
    }
    assert_ne!(audit.state("outsider", VENDOR).as_deref(), Some("justified"));
    audit.is_not_ready();
}

#[test]
fn a_deleted_decision_to_remove_removes_nobody() {
    let audit = with_vendor();
    decide(&audit, "remove", "left the partner").success();
    for record in audit.ours("record") {
        audit.delete_note(record.id);
    }
    remove(&audit).failure();
    assert!(audit.has_account(VENDOR));
    assert_eq!(audit.ours("removal").len(), 0);
}

#[test]
fn accepting_an_outsider_is_deciding_to_keep_it() {
    let audit = with_vendor();
    accept(&audit, &format!("outsider:{VENDOR}"), "books the demos").success();
    assert_eq!(audit.ours("record").len(), 1);
    audit.run(&["reconcile", "--write", "--yes"]).success();
    let description = audit.description();
    let row = description.lines().find(|line| line.contains(VENDOR)).unwrap();
    assert!(row.contains("keep"), "{row}");
    let report = audit.run(&["reconcile"]).success();
    assert!(!report.stdout.contains("undecided"), "{}", report.stdout);
    let review = audit.review().success();
    assert!(audit.ours("review")[0].body.contains("books the demos"), "{}", review.stderr);
}

/// The justification and the decision in the vendor's row, without the stamp.
fn ruling(audit: &Audit) -> String {
    let description = audit.description();
    let row = description.lines().find(|line| line.contains(VENDOR)).unwrap();
    let cells: Vec<&str> = row.split(" | ").skip(4).collect();
    cells.join(" | ").split("<!--").next().unwrap().trim().to_owned()
}

#[test]
fn a_decision_is_in_the_issues_table_beside_what_is_typed_there() {
    let audit = with_vendor();
    accept(&audit, &format!("outsider:{VENDOR}"), "books the demos").success();
    audit.run(&["run", "--write", "--yes"]).success();
    assert_eq!(ruling(&audit), "books the demos | keep");
    audit.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
    audit.edit(|text| text.replace("| keep <!--", "| keep remove <!--"));
    audit.advance(1);
    let ran = audit.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
    assert!(ran.stderr.contains("not confirmed: remove"), "{}", ran.stderr);
    assert_eq!(ruling(&audit), "books the demos | keep remove");
    decide(&audit, "remove", "left the partner").success();
    audit.run(&["reconcile", "--write", "--yes"]).success();
    // What is typed says so already.
    assert_eq!(ruling(&audit), "left the partner | remove");
    for record in audit.ours("record") {
        audit.delete_note(record.id);
    }
    audit.run(&["run", "--write", "--yes"]).success();
    assert_eq!(ruling(&audit), "| remove");
}

#[test]
fn an_outsider_who_is_kept_is_not_removed_and_told_so() {
    let audit = with_vendor();
    accept(&audit, &format!("outsider:{VENDOR}"), "books the demos").success();
    let ran = remove(&audit).exit(11);
    assert!(ran.stderr.contains("is kept by an operator's decision"), "{}", ran.stderr);
    for record in audit.ours("record") {
        audit.delete_note(record.id);
    }
    audit.write(
        "exceptions.yaml",
        format!(
            "- check: outsider\n  email: {VENDOR}\n  reason: the demos\n  approved_by: nadia\n  \
             approved_on: 2027-02-01\n  expires: 2027-12-01\n"
        ),
    );
    let remove = ["reconcile", "--remove", "--confirm", VENDOR, "--yes"];
    let ran = audit.run(&[&remove[..], &["--exceptions", "exceptions.yaml"]].concat()).exit(11);
    assert!(ran.stderr.contains("is kept by a standing exception"), "{}", ran.stderr);
}

#[test]
fn a_keep_past_its_date_is_no_justification() {
    let audit = with_vendor();
    let keep = format!("{VENDOR}=keep");
    audit
        .run(&[
            "reconcile",
            "--write",
            "--yes",
            "--decide",
            &keep,
            "--reason",
            "until the fair",
            "--expires",
            "2027-02-10",
        ])
        .success();
    audit.is("outsider", VENDOR, "justified");
    audit.advance(24 * 8);
    audit.is("outsider", VENDOR, "justified");
    audit.advance(24 * 2);
    audit.is("outsider", VENDOR, "not asked");
}

#[test]
fn a_removal_leaves_its_trace() {
    let audit = with_vendor();
    decide(&audit, "remove", "left the partner").success();
    audit.advance(1);
    remove(&audit).success();
    assert!(!audit.has_account(VENDOR));
    assert_eq!(audit.ours("removal").len(), 1);
    audit.is("outsider", VENDOR, "removed");
    audit.advance(1);
    audit.review().success();
    let [review] = audit.ours("review").try_into().unwrap();
    for text in [VENDOR, "left the partner", "otto"] {
        assert!(review.body.contains(text), "{text}: {}", review.body);
    }
}

#[test]
fn an_account_that_went_by_itself_is_told_in_the_review() {
    let audit = with_vendor();
    audit.run(&["followups", "--sent", VENDOR, "--yes"]).success();
    audit.advance(24);
    audit.drop_account(VENDOR);
    audit.is("outsider", VENDOR, "gone");
    audit.run(&["reconcile", "--write", "--yes"]).success();
    audit.review().success();
    assert!(audit.ours("review")[0].body.contains(VENDOR));
}

#[test]
fn a_decision_is_about_one_account_and_not_about_its_address() {
    let audit = with_vendor();
    decide(&audit, "remove", "left the partner").success();
    remove(&audit).success();
    audit.advance(24);
    audit.calendly(|calendly| {
        calendly.users.retain(|user| user.email != VENDOR);
        calendly.add_member(VENDOR).id = "ANOTHERACCOUNT01".to_owned();
    });
    drop(remove(&audit));
    assert!(audit.has_account(VENDOR), "the new account was never decided about");
}

#[test]
fn nobody_decides_about_themself() {
    let audit = Audit::new();
    audit.unlink("otto");
    let audit = audit.begin();
    let accept = ["followups", "--yes", "--accept", "link-missing:otto@example.com"];
    audit.run_writing_nothing(&[&accept[..], &["--reason", "mine"]].concat()).exit(11);
    audit.is("link-missing", "Otto", "not asked");
}

#[test]
fn nobody_decides_about_their_own_outside_account() {
    let audit = Audit::new();
    audit.hire_vendor();
    let handles = format!("{}\n[handles]\n\"{VENDOR}\" = \"otto\"\n", super::CONFIG);
    let audit = audit.configured(&handles).begin();
    decide(&audit, "keep", "mine").exit(11);
    assert_ne!(audit.state("outsider", VENDOR).as_deref(), Some("justified"));
    assert_eq!(audit.ours("record").len(), 0);
}

#[test]
fn an_acceptance_holds_as_long_as_the_evidence_is_the_same() {
    let audit = Audit::new();
    audit.replace_in_roster("calendly.com/alice\n", "calendly.com/alice/30min\n");
    let audit = audit.begin();
    accept(&audit, "link-malformed:alice@example.com", "a page of hers").success();
    audit.advance(24);
    audit.run(&["reconcile", "--write", "--yes"]).success();
    audit.is("link-malformed", "Alice", "justified");
    audit.replace_in_roster("calendly.com/alice/30min\n", "calendly.com/alice/60min\n");
    audit.is("link-malformed", "Alice", "not asked");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
}
