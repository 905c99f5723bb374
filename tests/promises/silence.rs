//! Answers: whoever answered is left in peace, and nobody answers for somebody else.

use crate::support::AUDITS;

use super::Audit;

/// Alice and Bob were asked in one notice.
fn asked() -> Audit {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    audit
}

/// Replies in the thread of the last notice.
fn reply(audit: &Audit, username: &str, body: &str) -> u64 {
    let notice = audit.ours("notice").pop().unwrap();
    audit.sandbox.update(|world| {
        let issue = world.issue(AUDITS, 1).unwrap();
        let thread = issue.discussion_of(notice.id).unwrap().id.clone();
        world.reply(AUDITS, 1, username, (&thread, body)).unwrap()
    })
}

/// Reacts to the last notice.
fn react(audit: &Audit, username: &str) {
    let notice = audit.ours("notice").pop().unwrap();
    audit.sandbox.update(|world| {
        world.react(AUDITS, 1, notice.id, username, "thumbsup").unwrap();
    });
}

/// Refuses any mention of a manager about Alice in the next days.
#[track_caller]
fn alice_is_left_in_peace(audit: &Audit) {
    audit.is("link-missing", "Alice", "answered");
    audit.is("link-missing", "Bob", "waiting");
    audit.advance(73);
    audit.follow_up();
    let last = audit.ours("notice").pop().unwrap();
    assert!(!last.body.contains("Alice") && !last.body.contains("alice"), "{}", last.body);
    assert!(last.body.contains("Bob"), "{}", last.body);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn an_answer_in_the_thread_is_heard() {
    let audit = asked();
    reply(&audit, "alice", "It is intentional.");
    alice_is_left_in_peace(&audit);
}

#[test]
fn an_answer_anywhere_in_the_issue_is_heard() {
    let audit = asked();
    audit.comment("alice", "It is intentional.");
    alice_is_left_in_peace(&audit);
}

#[test]
fn a_reaction_to_the_notice_is_heard() {
    let audit = asked();
    react(&audit, "alice");
    alice_is_left_in_peace(&audit);
}

#[test]
fn somebody_elses_words_are_no_answer() {
    let audit = asked();
    for username in ["eve", "fay", "mia", "nadia", "otto"] {
        reply(&audit, username, "Alice is on leave.");
        react(&audit, username);
    }
    audit.is("link-missing", "Alice", "waiting");
    audit.is("link-missing", "Bob", "waiting");
}

#[test]
fn words_from_before_the_ask_are_no_answer() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.comment("alice", "Hello.");
    audit.advance(1);
    audit.follow_up();
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn a_deleted_answer_is_none() {
    let audit = asked();
    let note = audit.comment("alice", "It is intentional.");
    audit.is("link-missing", "Alice", "answered");
    audit.delete_note(note);
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn an_answer_with_our_marker_pasted_in_is_still_an_answer() {
    let audit = asked();
    let notice = audit.notice();
    let quoted = notice.body.replace('\n', "\n> ");
    audit.comment("alice", &format!("> {quoted}\n\nIt is intentional."));
    audit.is("link-missing", "Alice", "answered");
}

#[test]
fn a_manager_answers_only_what_they_were_mentioned_about() {
    let audit = asked();
    reply(&audit, "mia", "Both are on leave.");
    audit.is("link-missing", "Alice", "waiting");
    audit.advance(49);
    audit.follow_up();
    audit.is("link-missing", "Alice", "escalated");
    reply(&audit, "mia", "Both are on leave.");
    audit.is("link-missing", "Alice", "answered");
    audit.is("link-missing", "Bob", "answered");
    audit.advance(73);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_managers_own_answer_is_not_their_peoples() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("mia");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(1);
    reply(&audit, "mia", "Mine is intentional.");
    audit.is("link-missing", "Mia", "answered");
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn the_operations_manager_answers_not_for_a_line_manager() {
    let audit = asked();
    audit.advance(49);
    audit.follow_up();
    reply(&audit, "nadia", "Please have a look.");
    audit.is("link-missing", "Alice", "escalated");
}

#[test]
fn an_operators_words_are_no_answer_for_those_they_asked() {
    let audit = asked();
    audit.comment("otto", "Three days left for everybody.");
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn an_answer_is_asked_again_only_by_an_operators_word() {
    let audit = asked();
    audit.comment("alice", "On it.");
    audit.advance(24 * 20);
    audit.follow_up();
    assert_eq!(audit.mentioned("alice"), 1);
    let again = ["followups", "--ask-again", "link-missing:alice@example.com", "--yes"];
    assert_eq!(audit.mentioned_during(|audit| drop(audit.run(&again).success())), ["alice"]);
    audit.is("link-missing", "Alice", "waiting");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(73);
    let mentioned = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(mentioned, ["mia", "nadia"]);
}

#[test]
fn an_answer_given_elsewhere_is_recorded() {
    let audit = asked();
    let answered = ["followups", "--answered", "alice@example.com", "--reason", "on leave"];
    audit.run(&[&answered[..], &["--yes"]].concat()).success();
    alice_is_left_in_peace(&audit);
}

#[test]
fn an_edited_answer_does_not_ask_again() {
    let audit = asked();
    let note = reply(&audit, "alice", "It is intentional.");
    audit.sandbox.update(|world| world.edit_comment(AUDITS, 1, note, "On it.").unwrap());
    alice_is_left_in_peace(&audit);
}

#[test]
fn a_resolved_thread_means_nothing() {
    let audit = asked();
    let notice = audit.notice();
    audit.sandbox.update(|world| {
        let issue = world.issue(AUDITS, 1).unwrap();
        let thread = issue.discussion_of(notice.id).unwrap().id.clone();
        world.resolve(AUDITS, 1, &thread, "otto", true).unwrap();
    });
    audit.is("link-missing", "Alice", "waiting");
    audit.is_not_ready();
    audit.advance(49);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
fn what_was_answered_to_a_deleted_notice_counts_no_more() {
    let audit = asked();
    reply(&audit, "alice", "It is intentional.");
    audit.delete_note(audit.notice().id);
    audit.is("link-missing", "Bob", "not asked");
    let ran = audit.run(&["followups", "--dry-run"]).success();
    let plan = ran.stdout.clone() + &ran.stderr;
    assert!(plan.to_lowercase().contains("alice"), "the plan names the answer: {plan}");
}
