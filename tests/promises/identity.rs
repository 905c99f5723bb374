//! Whose history is whose: a typo, a rename or a mailbox taken over makes nobody answer for
//! somebody else.

use super::{Audit, CONFIG, TWO_OPERATORS, entry};

/// Replaces the block `gitlab` of an entry.
#[track_caller]
fn change_block(audit: &Audit, from: (u64, &str), to: (u64, &str)) {
    let block = |(id, username)| format!("  gitlab:\n    id: {id}\n    username: {username}\n");
    audit.replace_in_roster(&block(from), &block(to));
}

const ALICE: (u64, &str) = (1001, "alice");
const BOB: (u64, &str) = (1002, "bob");

/// Alice has no link, and her entry holds Bob's block `gitlab`; Bob is not on the roster.
fn alice_with_bobs_block() -> Audit {
    let audit = Audit::new();
    audit.dismiss("Bob");
    audit.drop_account("bob@example.com");
    audit.unlink("alice");
    change_block(&audit, ALICE, BOB);
    audit.begin()
}

/// Bob joins the team without a link.
fn bob_joins(audit: &Audit) {
    audit.add_to_roster(&entry(1002, "Bob", "Support Engineer", "Mia"));
    audit.unlink("bob");
    audit.calendly(|calendly| {
        calendly.add_member("bob@example.com");
    });
}

/// Accepts Alice's missing link.
fn accept_alice(audit: &Audit) {
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--reason", "leaves"];
    audit.run(&[&accept[..], &["--yes"]].concat()).success();
}

#[test]
fn an_acceptance_under_a_mistyped_id_justifies_nobody_else() {
    let audit = alice_with_bobs_block();
    accept_alice(&audit);
    audit.is("link-missing", "Alice", "justified");
    change_block(&audit, BOB, ALICE);
    bob_joins(&audit);
    assert_ne!(audit.state("link-missing", "Bob").as_deref(), Some("justified"));
    audit.is("link-missing", "Alice", "in doubt");
    assert_eq!(audit.mentioned("alice"), 0);
    audit.is_not_ready();
}

#[test]
fn an_ask_that_reached_somebody_else_is_no_ask() {
    let audit = alice_with_bobs_block();
    audit.follow_up();
    assert_eq!((audit.mentioned("alice"), audit.mentioned("bob")), (0, 1));
    change_block(&audit, BOB, ALICE);
    audit.is("link-missing", "Alice", "not asked");
    audit.comment("bob", "Why me?");
    audit.is("link-missing", "Alice", "not asked");
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
}

#[test]
fn an_acceptance_under_a_mistyped_id_is_in_doubt_once_it_is_corrected() {
    let audit = alice_with_bobs_block();
    accept_alice(&audit);
    change_block(&audit, BOB, ALICE);
    audit.is("link-missing", "Alice", "in doubt");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), [""; 0]);
    let again = ["followups", "--ask-again", "link-missing:alice@example.com", "--yes"];
    audit.run(&again).success();
    assert_eq!(audit.mentioned("alice"), 1);
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn an_operator_ends_a_doubt_by_accepting() {
    let audit = alice_with_bobs_block();
    accept_alice(&audit);
    change_block(&audit, BOB, ALICE);
    bob_joins(&audit);
    accept_alice(&audit);
    audit.is("link-missing", "Alice", "justified");
    assert_ne!(audit.state("link-missing", "Bob").as_deref(), Some("justified"));
}

#[test]
fn an_id_that_two_entries_claim_is_neithers() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    change_block(&audit, ALICE, BOB);
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    audit.attempt(&["reconcile", "--write", "--yes"]);
    audit.attempt(&["followups", "--yes"]);
    assert_eq!((audit.mentioned("alice"), audit.mentioned("bob")), (0, 0));
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--reason", "x"];
    audit.run_writing_nothing(&[&accept[..], &["--yes"]].concat()).exit(11);
    audit.is_not_ready();
}

#[test]
fn swapped_ids_make_nobody_answer_for_the_other() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.comment("alice", "I am on leave.");
    audit.is("link-missing", "Alice", "answered");
    change_block(&audit, BOB, (0, "nobody"));
    change_block(&audit, ALICE, BOB);
    change_block(&audit, (0, "nobody"), ALICE);
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), [""; 0]);
    audit.is("link-missing", "Alice", "in doubt");
}

#[test]
fn an_entry_copied_with_its_id_escalates_nobody() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    let copy = entry(1001, "Newt", "Support Engineer", "Mia");
    audit.add_to_roster(&copy.replace("  calendly: https://calendly.com/newt\n", ""));
    let mentioned = audit.mentioned_during(|audit| drop(audit.run(&["followups", "--yes"])));
    assert_eq!(mentioned, [""; 0], "the roster contradicts itself");
}

#[test]
fn whoever_takes_a_mailbox_over_is_asked_before_anybody_is_escalated() {
    let audit = Audit::new();
    audit.sandbox.update(|world| {
        world.add_user("newt").id = 1030;
        world.project(crate::support::AUDITS).unwrap().add_member("newt", 20);
    });
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    audit.change_roster(|roster| {
        let roster = roster.replace("name: Alice\n", "name: Newt\n");
        roster.replace("id: 1001\n    username: alice\n", "id: 1030\n    username: newt\n")
    });
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["newt"]);
}

#[test]
fn whoever_takes_a_mailbox_over_is_not_justified_by_it() {
    let audit = Audit::new();
    audit.sandbox.update(|world| {
        world.add_user("newt").id = 1030;
    });
    audit.unlink("alice");
    let audit = audit.begin();
    accept_alice(&audit);
    audit.change_roster(|roster| {
        let roster = roster.replace("name: Alice\n", "name: Newt\n");
        roster.replace("id: 1001\n    username: alice\n", "id: 1030\n    username: newt\n")
    });
    audit.is("link-missing", "Newt", "in doubt");
    audit.is_not_ready();
}

#[test]
fn a_renamed_user_with_a_new_address_keeps_their_history() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    audit.sandbox.update(|world| world.rename_user("alice", "alicia").unwrap());
    audit.calendly(|calendly| {
        calendly.member("alice@example.com").unwrap().email = "alicia@example.com".to_owned();
    });
    audit.replace_in_roster("email: alice@example.com\n", "email: alicia@example.com\n");
    audit.is("link-missing", "Alice", "waiting");
    audit.replace_in_roster("name: Alice\n", "name: Alicia\n");
    audit.is("link-missing", "Alicia", "waiting");
    audit.comment("alicia", "It is intentional.");
    audit.is("link-missing", "Alicia", "answered");
}

#[test]
fn somebody_without_an_id_keeps_their_history_with_a_new_address() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.replace_in_roster("    id: 1001\n", "");
    let audit = audit.begin();
    audit.follow_up();
    assert_eq!(audit.mentioned("alice"), 1);
    audit.advance(24);
    audit.calendly(|calendly| {
        calendly.member("alice@example.com").unwrap().email = "alicia@example.com".to_owned();
    });
    audit.replace_in_roster("email: alice@example.com\n", "email: alicia@example.com\n");
    audit.follow_up();
    assert_eq!(audit.mentioned("alice"), 1);
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn what_was_typed_in_the_row_of_a_typo_stays_out_of_somebody_elses() {
    let audit = alice_with_bobs_block();
    audit.edit(|text| {
        let row = text.lines().find(|line| line.starts_with("| Alice |")).unwrap();
        text.replace(row, &row.replace("link-missing", "link-missing she is on leave"))
    });
    change_block(&audit, BOB, ALICE);
    bob_joins(&audit);
    audit.run(&["reconcile", "--write", "--yes"]).success();
    let text = audit.description();
    assert!(text.contains("she is on leave"), "{text}");
    let row = text.lines().find(|line| line.starts_with("| Bob |")).unwrap();
    assert!(!row.contains("she is on leave"), "{row}");
}

#[test]
fn a_renamed_operator_stays_one_and_whoever_takes_the_name_does_not() {
    let audit = Audit::new().configured(TWO_OPERATORS);
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    let accept = |finding| ["followups", "--yes", "--reason", "leaves", "--accept", finding];
    audit.as_olga(&accept("link-missing:alice@example.com")).success();
    let body = audit.ours("record")[0].body.clone();
    audit.sandbox.update(|world| {
        world.rename_user("olga", "olga-b").unwrap();
        world.rename_user("eve", "olga").unwrap();
    });
    audit.is("link-missing", "Alice", "justified");
    audit.delete_note(audit.ours("record")[0].id);
    audit.comment("olga", &body);
    assert_ne!(audit.state("link-missing", "Alice").as_deref(), Some("justified"));
}

#[test]
fn an_exception_approved_by_its_subject_is_none() {
    let audit = Audit::new();
    audit.unlink("nadia");
    audit.replace_in_roster("    id: 1004\n    username: nadia\n", "    id: 1004\n");
    let audit = audit.begin();
    let exceptions = |approver: &str| {
        format!(
            "- check: link-missing\n  email: nadia@example.com\n  reason: books by mail\n  \
             approved_by: {approver}\n  approved_on: 2027-01-01\n  expires: 2027-12-31\n"
        )
    };
    audit.write("own.yaml", exceptions("nadia"));
    audit.write("sams.yaml", exceptions("sam"));
    let state = |file: &str| {
        let status = ["status", "--exceptions", file, "--format", "json"];
        let status = audit.run(&status).success().json();
        status["findings"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("sams.yaml"), "justified");
    assert_ne!(state("own.yaml"), "justified");
}

#[test]
fn an_exception_approved_under_an_old_name_of_its_subject_is_none() {
    let audit = Audit::new();
    audit.unlink("nadia");
    audit.sandbox.update(|world| world.rename_user("nadia", "nadia-n").unwrap());
    let audit = audit.configured(&CONFIG.replace("\"nadia\"", "\"nadia-n\"")).begin();
    audit.write(
        "own.yaml",
        "- check: link-missing\n  email: nadia@example.com\n  reason: books by mail\n  \
         approved_by: nadia-n\n  approved_on: 2027-01-01\n  expires: 2027-12-31\n",
    );
    let status = ["status", "--exceptions", "own.yaml", "--format", "json"];
    let status = audit.run(&status).success().json();
    assert_ne!(status["findings"][0]["state"], "justified");
}

#[test]
fn an_address_that_only_looks_alike_is_another_account() {
    let audit = Audit::new();
    audit.calendly(|calendly| {
        calendly.add_member("\u{212a}im@example.com");
    });
    let report = audit.run(&["reconcile"]);
    assert!(report.stdout.contains("\u{212a}im@example.com"), "{}", report.stdout);
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    audit.attempt(&["reconcile", "--write", "--yes"]);
    audit.is_not_ready();
}

#[test]
fn an_address_and_then_an_id_changed_lose_no_acceptance() {
    let audit = Audit::new();
    audit.sandbox.update(|world| {
        world.add_user("alicia").id = 1031;
    });
    audit.unlink("alice");
    let audit = audit.begin();
    accept_alice(&audit);
    audit.advance(24);
    audit.calendly(|calendly| {
        calendly.member("alice@example.com").unwrap().email = "alicia@example.com".to_owned();
    });
    audit.replace_in_roster("email: alice@example.com\n", "email: alicia@example.com\n");
    audit.run(&["reconcile", "--write", "--yes"]).success();
    audit.is("link-missing", "Alice", "justified");
    audit.advance(24);
    change_block(&audit, ALICE, (1031, "alicia"));
    audit.is("link-missing", "Alice", "in doubt");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), [""; 0]);
    // An operator's word about her as she is now ends the doubt.
    let accept = ["followups", "--accept", "link-missing:alicia@example.com", "--reason", "leaves"];
    audit.run(&[&accept[..], &["--yes"]].concat()).success();
    audit.is("link-missing", "Alice", "justified");
}
