//! Removals: only of whom it was decided about, only as they were then, and always recorded.

use sandbox::{Answer, Fault, FaultKind};

use crate::support::AUDITS;

use super::{Audit, COMMENTS, VENDOR};

/// Removal of the vendor's account was decided.
fn decided() -> Audit {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    decide(&audit, VENDOR);
    audit.advance(1);
    audit
}

/// Decides to remove an account.
#[track_caller]
fn decide(audit: &Audit, email: &str) {
    let remove = format!("{email}=remove");
    let decide = ["reconcile", "--write", "--decide", &remove, "--reason", "left", "--yes"];
    audit.run(&decide).success();
}

const REMOVE: [&str; 4] = ["reconcile", "--remove", "--confirm", VENDOR];
const REMOVE_AT_ONCE: [&str; 5] = ["reconcile", "--remove", "--confirm", VENDOR, "--yes"];

#[test]
fn somebody_who_has_joined_the_team_is_not_removed() {
    let audit = decided();
    audit.add_to_roster(
        "- name: Vic\n  email: v@vendor.example\n  title: Support Engineer\n  reports_to: Mia\n  \
         calendly: https://calendly.com/v\n",
    );
    drop(audit.run(&REMOVE_AT_ONCE));
    assert!(audit.has_account(VENDOR));
    assert_ne!(audit.state("outsider", VENDOR).as_deref(), Some("to remove"));
}

#[test]
fn an_account_that_is_not_what_was_decided_about_is_not_removed() {
    let audit = decided();
    audit.calendly(|calendly| {
        "admin".clone_into(&mut calendly.member(VENDOR).unwrap().role);
    });
    drop(audit.run(&REMOVE_AT_ONCE));
    assert!(audit.has_account(VENDOR));
}

#[test]
fn without_its_own_confirmation_nobody_is_removed() {
    let audit = decided();
    for confirm in [&[][..], &["--confirm", "alice@example.com"]] {
        drop(audit.run(&[&["reconcile", "--remove", "--yes"], confirm].concat()));
        assert!(audit.has_account(VENDOR) && audit.has_account("alice@example.com"));
    }
}

#[test]
fn without_a_decision_nobody_is_removed() {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    for email in [VENDOR, "alice@example.com"] {
        drop(audit.run(&["reconcile", "--remove", "--confirm", email, "--yes"]));
        assert!(audit.has_account(email), "{email}");
    }
}

#[test]
fn an_invitation_is_revoked_and_its_namesake_stays() {
    let audit = Audit::new();
    let now = audit.sandbox.update(|world| world.now);
    audit.calendly(|calendly| {
        calendly.invite(VENDOR, now);
    });
    let audit = audit.begin();
    decide(&audit, VENDOR);
    audit.advance(1);
    audit.run(&REMOVE_AT_ONCE).success();
    let pending = audit.sandbox.update(|world| {
        let invitations = world.calendly.invitations.iter();
        invitations.filter(|invitation| invitation.email == VENDOR).count()
    });
    assert_eq!(pending, 0);
    audit.is("outsider", VENDOR, "removed");
}

#[test]
fn of_two_accounts_at_one_address_only_the_decided_one_goes() {
    let audit = decided();
    audit.calendly(|calendly| {
        let mut second = calendly.member(VENDOR).unwrap().clone();
        "SECONDACCOUNT001".clone_into(&mut second.id);
        calendly.users.push(second);
    });
    drop(audit.run(&REMOVE_AT_ONCE));
    assert!(audit.has_account(VENDOR), "nobody decided about the second account");
}

#[test]
fn a_removal_that_dies_at_any_request_is_recorded_in_the_end() {
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        for number in 1.. {
            let audit = decided();
            audit.dies_at(number, kind.clone());
            let before = audit.sandbox.requests().len();
            drop(audit.run(&REMOVE_AT_ONCE));
            let reached = audit.sandbox.requests().len() - before >= number as usize;
            let after = Audit(audit.again());
            after.attempt(&REMOVE_AT_ONCE);
            assert!(!after.has_account(VENDOR), "{kind:?} at {number}");
            after.is("outsider", VENDOR, "removed");
            assert!(after.ours("removal").len() <= 1, "{kind:?} at {number}");
            if !reached {
                break;
            }
        }
    }
}

#[test]
fn an_acceptance_that_dies_at_any_request_is_recorded_once() {
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--reason", "leave"];
    let accept = [&accept[..], &["--yes"]].concat();
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        for number in 1.. {
            let audit = Audit::new();
            audit.unlink("alice");
            let audit = audit.begin();
            audit.dies_at(number, kind.clone());
            let before = audit.sandbox.requests().len();
            drop(audit.run(&accept));
            let reached = audit.sandbox.requests().len() - before >= number as usize;
            let after = Audit(audit.again());
            after.attempt(&accept);
            after.is("link-missing", "Alice", "justified");
            assert_eq!(after.ours("record").len(), 1, "{kind:?} at {number}");
            if !reached {
                break;
            }
        }
    }
}

#[test]
fn a_decision_deleted_before_the_removal_removes_nobody() {
    let audit = decided();
    let record = audit.ours("record")[0].id;
    let ran = audit.run_interrupted(COMMENTS, &REMOVE, move |world| {
        world.delete_comment(AUDITS, 1, record).unwrap();
    });
    assert!(audit.has_account(VENDOR), "{}", ran.stderr);
    ran.failure();
    assert_eq!(audit.ours("removal").len(), 0);
}

#[test]
fn an_issue_closed_before_the_removal_removes_nobody() {
    let audit = decided();
    let ran = audit.run_interrupted(COMMENTS, &REMOVE, |world| {
        world.close_issue(AUDITS, 1, "nadia").unwrap();
    });
    assert!(audit.has_account(VENDOR), "{}", ran.stderr);
    ran.exit(11);
}

#[test]
fn nothing_is_removed_in_an_issue_that_is_closed() {
    let audit = decided();
    audit.close(1, "nadia");
    let remove = [&REMOVE[..], &["--issue", "1", "--yes"]].concat();
    let ran = audit.run_writing_nothing(&remove).exit(11);
    assert!(ran.stderr.contains("nadia"), "{}", ran.stderr);
    assert!(audit.has_account(VENDOR));
}

#[test]
fn a_holder_who_changes_the_address_is_neither_removed_nor_recorded() {
    let audit = decided();
    let ran = audit.run_interrupted("/organization_memberships", &REMOVE, |world| {
        world.calendly.member(VENDOR).unwrap().email = "other@vendor.example".to_owned();
    });
    assert!(audit.has_account("other@vendor.example"), "{}", ran.stderr);
    assert_eq!(audit.ours("removal").len(), 0, "{}", ran.stderr);
}

#[test]
fn a_removal_that_did_not_happen_is_not_recorded() {
    let audit = decided();
    let no = Answer::calendly(403, "Permission Denied", "no");
    audit
        .sandbox
        .inject(Fault::new("/organization_memberships/", FaultKind::Answer(no)).method("DELETE"));
    audit.run(&REMOVE_AT_ONCE).failure();
    assert!(audit.has_account(VENDOR));
    assert_eq!(audit.ours("removal").len(), 0);
}

#[test]
fn a_removal_that_was_cut_off_is_recorded_by_the_next_run() {
    let audit = decided();
    audit.sandbox.inject(Fault::new("/issues/1/", FaultKind::CutBefore).method("POST"));
    audit.attempt(&REMOVE_AT_ONCE);
    assert!(!audit.has_account(VENDOR));
    audit.is("outsider", VENDOR, "removed");
    audit.attempt(&REMOVE_AT_ONCE);
    audit.run(&["reconcile", "--write", "--yes"]).success();
    audit.advance(1);
    audit.review().success();
    assert!(audit.ours("review")[0].body.contains(VENDOR));
}

#[test]
fn what_was_removed_by_decision_is_not_missing() {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.calendly(|calendly| {
        calendly.add_member("w@vendor.example");
    });
    let audit = audit.begin();
    for vendor in [VENDOR, "w@vendor.example"] {
        let decide = format!("{vendor}=remove");
        let arguments = ["reconcile", "--write", "--yes", "--decide", &decide, "--reason", "left"];
        audit.run(&arguments).success();
        audit.run(&["reconcile", "--remove", "--confirm", vendor, "--yes"]).success();
    }
    // The list is 2 of 14 shorter, and nothing is unknown by that; a third one is missing.
    let ran = audit.run(&["reconcile"]).success();
    assert!(!ran.stderr.contains("nothing is concluded"), "{}", ran.stderr);
    audit.drop_account("jan@example.com");
    audit.drop_account("kim@example.com");
    let ran = audit.run(&["reconcile", "--write", "--dry-run"]).success();
    assert!(ran.stderr.contains("the accounts had 12 entries"), "{}", ran.stderr);
    let note = "with an account in the issue, and without one now: Jan, Kim";
    assert!(ran.stdout.contains(note), "{}", ran.stdout);
}
