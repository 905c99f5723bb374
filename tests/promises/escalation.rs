//! Help wanted: who is asked to help, once, and who answers by that.

use crate::support::AUDITS;

use super::{Audit, CONFIG, VENDOR};

/// Replies in the thread of the last notice.
fn reply(audit: &Audit, username: &str, body: &str) {
    let notice = audit.ours("notice").pop().unwrap();
    audit.sandbox.update(|world| {
        let issue = world.issue(AUDITS, 1).unwrap();
        let thread = issue.discussion_of(notice.id).unwrap().id.clone();
        world.reply(AUDITS, 1, username, (&thread, body)).unwrap();
    });
}

/// Alice and Bob were asked, and help was asked for.
fn escalated() -> Audit {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
    audit
}

#[test]
fn a_managers_reaction_answers_for_what_the_notice_asks_them() {
    let audit = escalated();
    let notice = audit.ours("notice").pop().unwrap();
    audit.sandbox.update(|world| {
        world.react(AUDITS, 1, notice.id, "mia", "thumbsup").unwrap();
    });
    audit.is("link-missing", "Alice", "answered");
    audit.is("link-missing", "Bob", "answered");
}

#[test]
fn a_reaction_taken_back_never_was() {
    let audit = escalated();
    let notice = audit.ours("notice").pop().unwrap();
    audit.sandbox.update(|world| {
        world.react(AUDITS, 1, notice.id, "mia", "thumbsup").unwrap();
    });
    audit.is("link-missing", "Alice", "answered");
    audit.sandbox.update(|world| {
        let issue = world.issue(AUDITS, 1).unwrap();
        for note in issue.discussions.iter_mut().flat_map(|thread| &mut thread.notes) {
            note.reactions.clear();
        }
    });
    audit.is("link-missing", "Alice", "escalated");
}

#[test]
fn a_managers_words_elsewhere_in_the_issue_are_no_answer() {
    let audit = escalated();
    audit.comment("mia", "Something else.");
    audit.is("link-missing", "Alice", "escalated");
}

#[test]
fn a_subject_may_answer_after_the_escalation() {
    let audit = escalated();
    reply(&audit, "bob", "Sorry, I was away. It is intentional.");
    audit.is("link-missing", "Bob", "answered");
    audit.is("link-missing", "Alice", "escalated");
}

#[test]
fn a_manager_changed_after_the_escalation_changes_nothing() {
    let audit = escalated();
    audit.replace_in_roster("reports_to: Mia", "reports_to: Sam");
    audit.advance(24);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(73);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.is("link-missing", "Alice", "exhausted");
}

#[test]
fn the_operations_manager_answers_where_no_manager_was_mentioned() {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    audit.run(&["followups", "--sent", VENDOR, "--yes"]).success();
    audit.advance(73);
    audit.follow_up();
    audit.is("outsider", VENDOR, "escalated");
    reply(&audit, "nadia", "They book our demos.");
    audit.is("outsider", VENDOR, "answered");
}

#[test]
fn where_nobody_is_left_nobody_is_mentioned() {
    let config = CONFIG.lines().filter(|line| !line.starts_with("managers")).collect::<Vec<_>>();
    let audit = Audit::new().configured(&config.join("\n"));
    audit.unlink("alice");
    audit.replace_in_roster("reports_to: Mia", "reports_to: Alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), [""; 0]);
    audit.is("link-missing", "Alice", "exhausted");
}

#[test]
fn whoever_is_asked_and_asked_to_help_is_mentioned_once() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    audit.unlink("mia");
    let mentioned = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(mentioned, ["mia", "nadia"]);
    let body = audit.ours("notice").pop().unwrap().body;
    assert_eq!(body.matches("@mia").count(), 1, "{body}");
    audit.is("link-missing", "Mia", "waiting");
    audit.is("link-missing", "Alice", "escalated");
    reply(&audit, "mia", "Both are intentional.");
    audit.is("link-missing", "Mia", "answered");
    audit.is("link-missing", "Alice", "answered");
}

#[test]
fn after_a_report_of_what_is_unresolved_everything_goes_on() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(24);
    let mentioned = audit.mentioned_during(|audit| {
        audit.run(&["submit-review", "--unresolved", "--yes"]).success();
    });
    assert_eq!(mentioned, [""; 0]);
    audit.is("link-missing", "Alice", "waiting");
    audit.advance(49);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
fn no_more_people_are_mailed_than_the_plan_says() {
    let audit = escalated();
    audit.comment("eve", "Hello.");
    audit.unlink("fay");
    let plan = audit.run(&["followups", "--dry-run"]).success();
    let text = plan.stdout.clone() + &plan.stderr;
    let (_, rest) = text.split_once("up to ").unwrap();
    let most: usize = rest.split(' ').next().unwrap().parse().unwrap();
    let mails = audit.mails_during(|audit| drop(audit.follow_up()));
    assert!(!mails.is_empty() && mails.len() <= most, "{mails:?}: {text}");
}
