//! Two operators, and one whose run dies: everybody is asked once all the same.

use sandbox::FaultKind;

use crate::support::{AUDITS, TestWorld};

use super::{Audit, COMMENTS, OLGA_TOKEN, TWO_OPERATORS};

/// Alice and Bob are to be asked, by otto or by olga.
fn to_ask() -> Audit {
    let audit = Audit::new().configured(TWO_OPERATORS);
    audit.unlink("alice");
    audit.unlink("bob");
    audit.begin()
}

/// The notice that olga would post now.
fn olgas_notice(audit: &Audit) -> String {
    let same = Audit(audit.again());
    same.as_olga(&["followups", "--yes"]).success();
    same.notice().body
}

/// How many asks the notices hold.
fn asks(audit: &Audit) -> usize {
    let notices = audit.ours("notice");
    notices.iter().map(|notice| notice.body.matches(" ask/").count()).sum()
}

#[test]
fn a_second_operators_run_asks_nobody_again() {
    let audit = to_ask();
    audit.as_olga(&["followups", "--yes"]).success();
    audit.run_writing_nothing(&["followups", "--yes"]).success();
    audit.advance(73);
    audit.follow_up();
    audit.as_olga(&["followups", "--yes"]).success();
    assert_eq!((audit.mentioned("alice"), audit.mentioned("mia")), (1, 1));
}

#[test]
fn an_unnamed_second_operator_is_told_the_line_of_configuration() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    let mut command = audit.command(&["followups", "--yes"]);
    command.env("GL_TOKEN", OLGA_TOKEN);
    let (ran, writes) = audit.writes_during(|| audit.finish(&mut command));
    assert!(writes.is_empty(), "{}", ran.stderr);
    assert!(ran.stderr.contains("operators") && ran.stderr.contains("1006"), "{}", ran.stderr);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn a_notice_that_came_first_is_seen_before_the_writing() {
    let audit = to_ask();
    let body = olgas_notice(&audit);
    let ran = audit.run_interrupted(COMMENTS, &["followups"], move |world| {
        world.start_thread(AUDITS, 1, "olga", &body).unwrap();
    });
    assert_eq!((audit.mentioned("alice"), audit.ours("notice").len()), (1, 1), "{}", ran.stderr);
}

#[test]
fn a_notice_that_comes_with_ours_leaves_one() {
    let audit = to_ask();
    let body = olgas_notice(&audit);
    audit.sandbox.before("/issues/1/discussions", "POST", move |world| {
        world.start_thread(AUDITS, 1, "olga", &body).unwrap();
    });
    let ran = audit.run(&["followups", "--yes"]);
    let notice = audit.notice();
    assert_eq!(notice.author, 1007, "the lower note stays: {}", ran.stderr);
    assert!(ran.stderr.contains("mail"), "that mails have gone is said: {}", ran.stderr);
    let deleted: Vec<u64> =
        audit.sandbox.notifications().iter().filter_map(|mail| mail.note).collect();
    let gone = deleted.iter().filter(|&&note| note != notice.id);
    for note in gone {
        assert!(!ran.stdout.contains(&format!("note_{note}")), "{}", ran.stdout);
    }
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_notice_that_comes_with_ours_about_one_of_two_leaves_the_other() {
    let audit = to_ask();
    let same = Audit(audit.again());
    same.as_olga(&["followups", "--only", "Alice", "--yes"]).success();
    let body = same.notice().body;
    audit.sandbox.before("/issues/1/discussions", "POST", move |world| {
        world.start_thread(AUDITS, 1, "olga", &body).unwrap();
    });
    audit.attempt(&["followups", "--yes"]);
    assert_eq!(asks(&audit), 2, "{:?}", audit.ours("notice"));
    audit.is("link-missing", "Alice", "waiting");
    audit.is("link-missing", "Bob", "waiting");
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_deleted_doubled_notice_starts_no_clock() {
    let audit = to_ask();
    let body = olgas_notice(&audit);
    audit.sandbox.before("/issues/1/discussions", "POST", move |world| {
        world.start_thread(AUDITS, 1, "olga", &body).unwrap();
    });
    audit.attempt(&["followups", "--yes"]);
    audit.delete_note(audit.notice().id);
    audit.advance(73);
    let mentioned = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(mentioned, ["alice", "bob"], "nobody is escalated by a notice that is gone");
}

#[test]
fn two_operators_in_lock_step_leave_one_ask_for_each() {
    let audit = to_ask();
    let children = [audit.start(&["followups", "--yes"]), {
        let mut olgas = audit.olgas(&["followups", "--yes"]);
        olgas.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        olgas.spawn().unwrap()
    }];
    let ends = children.map(|child| audit.wait(child));
    let said: String = ends.iter().map(|ran| ran.stderr.clone()).collect();
    audit.attempt(&["followups", "--yes"]);
    drop(audit.as_olga(&["followups", "--yes"]));
    assert_eq!(asks(&audit), 2, "{said}");
    audit.advance(73);
    let mentioned = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(mentioned, ["mia", "nadia"]);
}

#[test]
fn the_later_maker_of_an_issue_is_told_of_the_earlier() {
    let audit = Audit::new().configured(TWO_OPERATORS);
    let same = Audit(audit.again());
    same.as_olga(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    let earlier = same.issues()[0].clone();
    let description = earlier.description.unwrap();
    audit.sandbox.before("/issues", "POST", move |world| {
        world.open_issue(AUDITS, "olga", &earlier.title, &description).unwrap();
    });
    let ran = audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]);
    let said = ran.stdout.clone() + &ran.stderr;
    assert!(said.contains(&audit.issue_url(1)), "{said}");
}

#[test]
fn a_run_that_dies_at_any_request_asks_everybody_once() {
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        for number in 1.. {
            let audit = Audit::new().configured(TWO_OPERATORS);
            for name in ["alice", "bob", "fay"] {
                audit.unlink(name);
            }
            let audit = audit.begin();
            audit.dies_at(number, kind.clone());
            let before = audit.sandbox.requests().len();
            let died = audit.run(&["followups", "--yes"]).code != 0;
            let reached = audit.sandbox.requests().len() - before >= number as usize;
            let after = Audit(audit.again());
            after.follow_up();
            for name in ["alice", "bob", "fay"] {
                assert_eq!(after.mentioned(name), 1, "{kind:?} at {number}: {name}");
            }
            after.run_writing_nothing(&["followups", "--yes"]).success();
            if !died && !reached {
                break;
            }
        }
    }
}

#[test]
fn an_operators_act_is_one_record_however_many_findings() {
    let audit = to_ask();
    let accept = ["followups", "--yes", "--reason", "leave", "--accept"];
    let findings = ["link-missing:alice@example.com", "link-missing:bob@example.com"];
    let (_, writes) =
        audit.writes_during(|| audit.run(&[&accept[..], &findings].concat()).success());
    assert_eq!((writes.len(), audit.ours("record").len()), (1, 1));
    for name in ["Alice", "Bob"] {
        audit.is("link-missing", name, "justified");
    }
    audit.run_writing_nothing(&["followups", "--yes"]).success();
}

#[test]
fn a_run_of_an_unmoved_world_writes_nothing_for_either_operator() {
    let audit = to_ask();
    audit.follow_up();
    let other: &TestWorld = &audit;
    let (ran, writes) = other.writes_during(|| audit.as_olga(&["followups", "--yes"]));
    assert!(writes.is_empty(), "{}", ran.stderr);
}
