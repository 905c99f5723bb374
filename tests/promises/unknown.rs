//! Unknown is never absent: what could not be read is never fixed, missing or complete.

use super::{Audit, VENDOR};

/// The world's user without Calendly's token.
fn without_accounts(audit: &Audit, arguments: &[&str]) -> crate::support::Ran {
    audit.finish(audit.command(arguments).env_remove("CALENDLY_API_TOKEN"))
}

#[test]
fn a_link_that_cannot_be_read_keeps_the_audit_open() {
    let audit = Audit::new().begin();
    audit.replace_in_roster(
        "calendly: https://calendly.com/alice\n",
        "calendly: [https://calendly.com/alice]\n",
    );
    let status = audit.run(&["status", "--format", "json"]).success();
    assert!(status.stdout.contains("unknown"), "{}", status.stdout);
    audit.is_not_ready();
}

#[test]
fn a_title_that_cannot_be_read_keeps_the_audit_open() {
    let audit = Audit::new().begin();
    audit.replace_in_roster("title: Support Operations Specialist\n", "title: {a: b}\n");
    audit.is_not_ready();
}

#[test]
fn a_link_that_cannot_be_read_is_no_fix() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    audit.replace_in_roster(
        "name: Alice\n",
        "name: Alice\n  calendly: [https://calendly.com/alice]\n",
    );
    audit.is("link-missing", "Alice", "unknown");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_review_needs_the_accounts_in_the_issue() {
    let audit = Audit::new();
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    without_accounts(&audit, &["run", "--write", "--yes"]).success();
    audit.advance(1);
    audit.is_not_ready();
    assert_eq!(audit.ours("review").len(), 0);
}

#[test]
fn the_stage_is_read_off_the_issue() {
    let audit = Audit::new();
    let stage = |ran: crate::support::Ran| ran.json()["stage"].as_str().unwrap().to_owned();
    let status = ["status", "--format", "json"];
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    assert_eq!(stage(audit.run(&status)), "opened");
    without_accounts(&audit, &["run", "--write", "--yes"]).success();
    assert_eq!(stage(audit.run(&status)), "reported");
    audit.run(&["reconcile", "--write", "--yes"]).success();
    let compared = stage(audit.run(&status));
    assert!(["compared", "ready"].contains(&compared.as_str()), "{compared}");
    let blind = stage(without_accounts(&audit, &status));
    assert!(["compared", "ready"].contains(&blind.as_str()), "{blind}");
}

#[test]
fn a_report_without_accounts_keeps_what_the_issue_holds_of_them() {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.drop_account("bob@example.com");
    let audit = audit.begin();
    let before = audit.description();
    audit.advance(24);
    audit.unlink("alice");
    audit.add_to_roster(&super::entry(1030, "Newt", "Support Engineer", "Mia"));
    without_accounts(&audit, &["run", "--write", "--yes"]).success();
    let after = audit.description();
    for name in ["Bob", "Nadia", "Otto", "Fay"] {
        assert_eq!(row(&after, name)[4..6], row(&before, name)[4..6], "{name}: {after}");
    }
    assert!(row(&after, "Alice")[5].contains("link-missing"), "{after}");
    assert!(row(&after, "Newt")[4].contains("unknown"), "{after}");
    assert!(after.contains(VENDOR) && after.contains("as of "), "{after}");
}

/// The cells of somebody's row in a description.
#[track_caller]
fn row(text: &str, name: &str) -> Vec<String> {
    let row = text.lines().find(|line| line.starts_with(&format!("| {name} ")));
    let row = row.unwrap_or_else(|| panic!("{name}: {text}"));
    row.split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn what_a_report_without_accounts_keeps_is_dated_counted_and_stable() {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.drop_account("bob@example.com");
    audit.drop_account("jan@example.com");
    let audit = audit.begin();
    audit.edit(|text| {
        let text = text.replace("account-missing <!--", "account-missing on leave <!--");
        text.replace("|  | <!-- sa v1 outsiders", "| the demos | keep <!-- sa v1 outsiders")
    });
    let reports = audit.ours("report").len();
    audit.advance(24);
    audit.dismiss("Jan");
    audit.dismiss("Kim");
    audit.add_to_roster(&super::entry(1030, "Newt", "Support Engineer", "Mia"));
    let ran = without_accounts(&audit, &["run", "--write", "--yes"]).success();
    assert!(ran.stderr.contains("stays, as of 2027-02-01T"), "{}", ran.stderr);
    let after = audit.description();
    assert!(row(&after, "Bob")[5].starts_with("account-missing on leave <!--"), "{after}");
    assert!(row(&after, "Jan")[5].contains("account-missing on leave"), "{after}");
    assert!(!after.contains("| Kim |"), "{after}");
    assert!(after.contains("| the demos | keep <!--"), "{after}");
    let summary = after.lines().find(|line| line.contains("1 outsider, as of 2027-02-01T"));
    let summary = summary.unwrap_or_else(|| panic!("{after}"));
    assert!(
        summary.starts_with("11 people, 2 findings (account-missing: 1, outsider: 1)"),
        "{summary}"
    );
    assert_eq!(audit.ours("report").len(), reports, "no accounts were read");
    audit.advance(1);
    let again = audit.writes_during(|| without_accounts(&audit, &["run", "--write", "--yes"]));
    assert!(again.1.is_empty(), "{}", audit.description());
}

#[test]
fn accounts_that_an_issue_holds_are_no_reading() {
    let audit = Audit::new();
    audit.drop_account("bob@example.com");
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(1);
    without_accounts(&audit, &["run", "--write", "--yes"]).success();
    let printed = without_accounts(&audit, &["status", "--format", "json"]).success().json();
    let findings = printed["findings"].as_array().unwrap().iter();
    let of_bob: Vec<_> = findings.filter(|it| it["check"] == "account-missing").collect();
    assert!(of_bob.iter().all(|it| it["state"] == "unknown"), "{of_bob:?}");
    assert_ne!(without_accounts(&audit, &["submit-review", "--yes"]).code, 0);
    assert_eq!(audit.ours("review").len(), 0);
    audit.run(&["reconcile", "--write", "--yes"]).success();
    let fresh = audit.description();
    assert!(!fresh.contains("as of ") && fresh.contains("read at 2027-02-01T10:"), "{fresh}");
    audit.advance(1);
    audit.run_writing_nothing(&["reconcile", "--write", "--yes"]).success();
}

#[test]
fn without_accounts_nothing_about_them_is_fixed_or_asked() {
    let audit = Audit::new();
    audit.drop_account("bob@example.com");
    audit.unlink("alice");
    let audit = audit.begin();
    audit.run(&["followups", "--only", "Bob", "--yes"]).success();
    audit.advance(73);
    let asked = audit.mentioned_during(|audit| {
        without_accounts(audit, &["followups", "--yes"]).success();
    });
    assert_eq!(asked, ["alice"], "the rest is done");
}

#[test]
fn a_page_of_accounts_that_fails_tells_nobody_anything() {
    use sandbox::{Answer, Fault, FaultKind};
    let audit = Audit::new();
    audit.hire_vendor();
    audit.drop_account("bob@example.com");
    let audit = audit.begin();
    let fault = FaultKind::Answer(Answer::calendly(403, "Permission Denied", "no"));
    audit.sandbox.inject(Fault::new("/organization_memberships", fault).times(u32::MAX));
    let (ran, writes) = audit.writes_during(|| audit.run(&["followups", "--yes"]));
    assert!(writes.is_empty(), "{}", ran.stderr);
    assert_eq!(audit.mentioned("bob"), 0);
}

#[test]
fn a_team_that_shrank_is_confirmed_and_never_concluded_from() {
    let audit = Audit::new().begin();
    for name in ["Jan", "Kim"] {
        audit.dismiss(name);
    }
    assert_eq!(audit.state("outsider", "jan@example.com"), None);
    audit.is_not_ready();
    let plan = audit.run(&["reconcile", "--write", "--dry-run"]).stdout.clone();
    assert!(plan.contains("in the issue, and not on the roster now: Jan, Kim"), "{plan}");
    audit.run(&["reconcile", "--write", "--yes", "--accept-size", "roster=10"]).success();
    audit.is("outsider", "jan@example.com", "not asked");
}

#[test]
fn yes_confirms_no_shrunken_size() {
    let audit = Audit::new().begin();
    for name in ["Jan", "Kim"] {
        audit.dismiss(name);
    }
    audit.attempt(&["reconcile", "--write", "--yes"]);
    assert_eq!(audit.state("outsider", "jan@example.com"), None);
    audit.attempt(&["reconcile", "--write", "--yes", "--accept-size", "roster=9"]);
    assert_eq!(audit.state("outsider", "jan@example.com"), None);
}

#[test]
fn accounts_that_shrank_tell_nobody_that_they_have_none() {
    let audit = Audit::new().begin();
    for name in ["fay", "gil", "hal", "ivy"] {
        audit.drop_account(&format!("{name}@example.com"));
    }
    let (ran, writes) = audit.writes_during(|| audit.run(&["followups", "--yes"]));
    assert!(writes.is_empty(), "{}", ran.stderr);
    audit.run(&["reconcile", "--write", "--yes", "--accept-size", "accounts=8"]).success();
    let asked = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(asked, ["fay", "gil", "hal", "ivy"]);
}

#[test]
fn somebody_who_left_a_shrunken_roster_is_not_withdrawn() {
    let audit = Audit::new();
    audit.unlink("jan");
    let audit = audit.begin();
    audit.follow_up();
    for name in ["Jan", "Kim"] {
        audit.dismiss(name);
    }
    audit.advance(24);
    assert_ne!(audit.state("link-missing", "Jan").as_deref(), Some("withdrawn"));
    audit.is_not_ready();
}

#[test]
fn an_entry_that_could_hide_somebody_makes_nobody_an_outsider() {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.add_to_roster("- 42\n");
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    audit.attempt(&["reconcile", "--write", "--yes"]);
    assert_ne!(audit.state("outsider", VENDOR).as_deref(), Some("not asked"));
    audit.is_not_ready();
}
