//! One notice a run: who is named in it, how often, and how many mails it makes.

use sandbox::{By, Why};

use crate::support::AUDITS;

use super::{Audit, CONFIG, VENDOR};

/// Three people to ask, one outsider, and something for the operators.
fn busy() -> Audit {
    let audit = Audit::new();
    for name in ["alice", "bob"] {
        audit.unlink(name);
    }
    audit.drop_account("bob@example.com");
    audit.drop_account("fay@example.com");
    audit.hire_vendor();
    audit.calendly(|calendly| {
        "owner".clone_into(&mut calendly.member("sam@example.com").unwrap().role);
    });
    audit.begin()
}

#[test]
fn a_run_writes_one_notice_and_mails_nobody_twice() {
    let audit = busy();
    let mut writes = 0;
    let mails = audit.mails_during(|audit| {
        let (_, written) = audit.writes_during(|| audit.follow_up());
        writes = written.len();
    });
    assert_eq!(writes, 1);
    assert!(mails.values().all(|&count| count == 1), "{mails:?}");
    for name in ["alice", "bob", "fay"] {
        assert_eq!(audit.mentioned(name), 1, "{name}");
    }
    let notice = audit.notice();
    assert_eq!(notice.body.matches("@bob").count(), 1, "{}", notice.body);
    for text in ["link-missing", "account-missing", "owner-count"] {
        assert!(notice.body.contains(text), "{text}: {}", notice.body);
    }
}

#[test]
fn a_second_run_at_once_has_nothing_to_do() {
    let audit = busy();
    audit.follow_up();
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(71);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_complete_audit_mails_each_person_once_a_run() {
    let audit = busy();
    for step in 0..4 {
        let mails = audit.mails_during(|audit| drop(audit.follow_up()));
        assert!(mails.values().all(|&count| count <= 1), "step {step}: {mails:?}");
        audit.advance(73);
        if step == 0 {
            audit.comment("bob", "I am on leave.");
        }
    }
    let accept = ["followups", "--reason", "leaves", "--yes", "--accept"];
    let findings = ["link-missing:bob@example.com", "account-missing:bob@example.com"];
    let mails = audit.mails_during(|audit| {
        audit.run(&[&accept[..], &findings].concat()).success();
    });
    assert!(mails.values().all(|&count| count <= 1), "{mails:?}");
    assert_eq!(audit.ours("record").len(), 1);
    let mails = audit.mails_during(|audit| {
        audit.run(&["submit-review", "--unresolved", "--yes"]).success();
    });
    assert!(mails.values().all(|&count| count <= 1), "{mails:?}");
}

#[test]
fn each_step_mentions_a_person_once_and_then_never_again() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    audit.follow_up();
    audit.is("link-missing", "Alice", "escalated");
    audit.advance(71);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(2);
    audit.is("link-missing", "Alice", "exhausted");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    assert_eq!(audit.mentioned("alice"), 1);
    assert_eq!((audit.mentioned("mia"), audit.mentioned("nadia")), (1, 1));
}

#[test]
fn a_fix_alone_makes_no_notice() {
    let (audit, good) = Audit::with_alice_asked();
    audit.change_roster(|_| good.clone());
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.is("link-missing", "Alice", "fixed");
}

#[test]
fn a_fix_rides_along_with_the_next_notice_and_mentions_nobody() {
    let (audit, good) = Audit::with_alice_asked();
    audit.change_roster(|_| good.clone());
    audit.unlink("bob");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["bob"]);
    let body = &audit.ours("notice")[1].body;
    assert!(body.contains("**Settled") && body.contains("Alice"), "{body}");
    assert!(!body.contains("@alice"), "{body}");
}

#[test]
fn operators_findings_are_listed_once_and_mention_nobody() {
    let audit = Audit::new();
    audit.calendly(|calendly| {
        "owner".clone_into(&mut calendly.member("sam@example.com").unwrap().role);
    });
    let audit = audit.begin();
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), [""; 0]);
    audit.notice();
    audit.advance(24 * 30);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    let status = audit.run(&["status", "--format", "json"]).success().json();
    assert_eq!(status["findings"][0]["state"], "waiting");
}

#[test]
fn names_that_markdown_eats_are_mentioned() {
    for name in ["_dan_", "__cleo__", "a_b_c", "gus_"] {
        let audit = Audit::new();
        audit.sandbox.update(|world| world.rename_user("alice", &format!("x{name}")).unwrap());
        audit.sandbox.update(|world| world.rename_user(&format!("x{name}"), name).unwrap());
        audit.unlink("alice");
        let audit = audit.begin();
        audit.follow_up();
        let mails = audit.sandbox.notifications();
        let is_theirs = |mail: &&sandbox::Notification| mail.user == name && mail.by == By::Mail;
        let mails: Vec<_> = mails.iter().filter(is_theirs).map(|mail| mail.why).collect();
        assert_eq!(mails, [Why::Mentioned], "{name}");
    }
}

#[test]
fn whoever_cannot_see_the_issue_is_not_mentioned_into_the_void() {
    let audit = Audit::new();
    audit.sandbox.update(|world| world.remove_member(AUDITS, "alice").unwrap());
    audit.unlink("alice");
    let audit = audit.begin();
    let ran = audit.run(&["followups", "--yes"]).success();
    let shown = ran.stdout.clone() + &ran.stderr;
    assert!(shown.contains("alice@example.com"), "{shown}");
    assert!(audit.notes().iter().all(|note| !note.body.contains("@alice")));
    audit.is("link-missing", "Alice", "not asked");
    audit.run(&["followups", "--sent", "alice@example.com", "--yes"]).success();
    audit.is("link-missing", "Alice", "waiting");
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
}

#[test]
fn an_outsider_is_asked_by_mail_and_escalated_to_the_manager_alone() {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    let ran = audit.run(&["followups", "--yes"]).success();
    let shown = ran.stdout.clone() + &ran.stderr;
    assert!(shown.contains(VENDOR), "{shown}");
    audit.run(&["followups", "--sent", VENDOR, "--yes"]).success();
    audit.is("outsider", VENDOR, "waiting");
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["nadia"]);
}

#[test]
fn an_outsider_who_is_also_a_colleague_is_mentioned_once() {
    let audit = Audit::new();
    audit.hire_vendor();
    audit.unlink("alice");
    let handles = format!("{CONFIG}\n[handles]\n\"{VENDOR}\" = \"alice\"\n");
    let audit = audit.configured(&handles).begin();
    audit.follow_up();
    assert_eq!(audit.mentioned("alice"), 1);
    assert_eq!(audit.notice().body.matches("@alice").count(), 1);
    audit.is("outsider", VENDOR, "waiting");
}

#[test]
fn only_and_limit_narrow_a_run_and_the_rest_comes_later() {
    let audit = busy();
    audit.run(&["followups", "--only", "Bob", "--yes"]).success();
    assert_eq!((audit.mentioned("alice"), audit.mentioned("bob")), (0, 1));
    audit.run(&["followups", "--limit", "1", "--yes"]).success();
    assert_eq!(audit.mentioned("alice") + audit.mentioned("fay"), 1);
    audit.follow_up();
    for name in ["alice", "bob", "fay"] {
        assert_eq!(audit.mentioned(name), 1, "{name}");
    }
}

#[test]
fn whoever_was_asked_by_hand_is_not_asked_again_by_itself() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.unlink("bob");
    let audit = audit.begin();
    let note = audit.comment("otto", "@alice could you add your link, please?");
    let ran = audit.run(&["followups", "--yes"]).success();
    assert_eq!((audit.mentioned("alice"), audit.mentioned("bob")), (1, 1));
    let shown = ran.stdout.clone() + &ran.stderr;
    assert!(
        shown.contains(&format!("Alice was mentioned by hand in comment {note} by otto")),
        "{shown}"
    );
}

#[test]
fn an_ask_by_hand_starts_the_clock_where_it_was_written() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let note = audit.comment("otto", "@alice could you add your link, please?").to_string();
    audit.advance(48);
    let sent = ["followups", "--sent", "alice@example.com", "--at", &note, "--yes"];
    audit.run(&sent).success();
    audit.is("link-missing", "Alice", "waiting");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(25);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["mia", "nadia"]);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn an_operator_may_ask_somebody_who_was_asked_by_hand() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.comment("otto", "@alice could you add your link, please?");
    audit.run(&["followups", "--only", "Alice", "--yes"]).success();
    assert_eq!(audit.mentioned("alice"), 2);
    audit.is("link-missing", "Alice", "waiting");
}

#[test]
fn after_a_review_request_only_what_is_named_is_asked() {
    let audit = Audit::new().begin();
    audit.advance(1);
    audit.review().success();
    audit.unlink("alice");
    audit.advance(1);
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.run(&["followups", "--only", "Alice", "--yes"]).success();
    assert_eq!(audit.mentioned("alice"), 1);
}
