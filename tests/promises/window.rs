//! What happens between the plan and the writing, and between the pages of a list.

use sandbox::{Fault, FaultKind};

use crate::support::{AUDITS, Terminal};

use super::{Audit, COMMENTS};

/// Alice was asked, and her wait is over.
fn alice_is_overdue() -> Audit {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    audit
}

/// Alice was asked in the hundred-and-first discussion, and ten more follow.
fn alice_on_the_second_page() -> Audit {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let fill = |to: usize| {
        while audit.issues()[0].discussions.len() < to {
            audit.comment("gus", "Words.");
        }
    };
    fill(100);
    audit.follow_up();
    fill(111);
    assert_eq!(audit.mentioned("alice"), 1);
    audit
}

#[test]
fn an_answer_that_comes_before_the_writing_is_heard() {
    let audit = alice_is_overdue();
    let ran = audit.run_interrupted(COMMENTS, &["followups"], |world| {
        world.comment(AUDITS, 1, "alice", "It is intentional.").unwrap();
    });
    assert_eq!((audit.mentioned("mia"), audit.ours("notice").len()), (0, 1), "{}", ran.stderr);
    ran.exit(6);
}

#[test]
fn an_answer_that_comes_while_the_prompt_waits_is_heard() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    let mut terminal = Terminal::start(&audit, "$BIN followups");
    terminal.wait_for("[y/N]");
    audit.comment("alice", "It is intentional.");
    terminal.press("y").wait_for("[y/N]").press("y");
    terminal.exits(0);
    let last = audit.ours("notice").pop().unwrap();
    assert!(last.body.contains("Bob") && !last.body.contains("Alice"), "{}", last.body);
    assert_eq!(audit.mentioned("mia"), 1);
}

#[test]
fn an_issue_closed_before_the_writing_is_not_written_into() {
    let audit = alice_is_overdue();
    let ran = audit.run_interrupted(COMMENTS, &["followups"], |world| {
        world.close_issue(AUDITS, 1, "nadia").unwrap();
    });
    assert_eq!(audit.ours("notice").len(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("nadia"), "{}", ran.stderr);
    ran.exit(11);
}

#[test]
fn a_comment_deleted_between_two_pages_hides_nobodys_ask() {
    let audit = alice_on_the_second_page();
    let first = audit.issues()[0].notes().find(|note| note.body == "Words.").unwrap().id;
    audit.sandbox.before("page=2", "GET", move |world| {
        world.delete_comment(AUDITS, 1, first).unwrap();
    });
    audit.advance(1);
    audit.attempt(&["followups", "--yes"]);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn a_comment_deleted_between_two_pages_hides_nobodys_answer() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    while audit.issues()[0].discussions.len() < 100 {
        audit.comment("gus", "Words.");
    }
    audit.comment("alice", "It is intentional.");
    audit.comment("gus", "More words.");
    let first = audit.issues()[0].notes().find(|note| note.body == "Words.").unwrap().id;
    audit.sandbox.before("page=2", "GET", move |world| {
        world.delete_comment(AUDITS, 1, first).unwrap();
    });
    audit.advance(73);
    audit.attempt(&["followups", "--yes"]);
    assert_eq!((audit.mentioned("mia"), audit.mentioned("nadia")), (0, 0));
}

#[test]
fn a_full_page_without_the_headers_of_paging_is_not_the_end() {
    let audit = alice_on_the_second_page();
    audit.sandbox.inject(Fault::new("", FaultKind::NoPaging).times(u32::MAX));
    audit.advance(1);
    audit.attempt(&["followups", "--yes"]);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn a_link_to_an_internal_host_is_read_at_the_configured_one() {
    let audit = alice_on_the_second_page();
    let origin = FaultKind::LinkOrigin("http://gitlab.internal:8080".to_owned());
    audit.sandbox.inject(Fault::new("", origin).times(u32::MAX));
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the laptop's clock is the system's")]
fn a_gitlab_whose_clock_is_days_behind_escalates_nobody_at_once() {
    let audit = Audit::new();
    let now = jiff::Timestamp::now();
    let behind = now - jiff::SignedDuration::from_hours(4 * 24);
    audit.sandbox.update(|world| world.now = behind);
    audit.unlink("alice");
    let run =
        |arguments: &[&str]| audit.finish(audit.command(arguments).env_remove("SUPPORT_AUDIT_NOW"));
    run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    run(&["reconcile", "--write", "--yes"]).success();
    let first = run(&["followups", "--yes"]).success();
    assert_eq!(audit.mentioned("alice"), 1, "{}", first.stderr);
    run(&["followups", "--yes"]).success();
    assert_eq!((audit.mentioned("alice"), audit.mentioned("mia")), (1, 0));
    audit.advance(73);
    let third = run(&["followups", "--yes"]).success();
    let mentioned = (audit.mentioned("alice"), audit.mentioned("mia"));
    assert_eq!(mentioned, (1, 1), "{}", third.stderr);
}

#[test]
fn words_added_below_a_notice_ask_nobody_again() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    let notice = audit.notice();
    let body = format!("{}\n\nThe form is in the handbook.", notice.body);
    audit.sandbox.update(|world| world.edit_comment(AUDITS, 1, notice.id, &body).unwrap());
    audit.advance(1);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn a_deleted_notice_was_never_posted() {
    let audit = alice_is_overdue();
    let notice = audit.notice();
    audit.delete_note(notice.id);
    audit.is("link-missing", "Alice", "not asked");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
    assert_eq!(audit.mentioned("mia"), 0);
}
