//! The audit handed over: `submit-review`.

use sandbox::{Answer, Fault, FaultKind, Note};

use super::team::{CONFIG, OTTO, configured, team};
use super::{follow_up, state, status};
use crate::support::{AUDITS, Ran, TestWorld};

const FIRST: &str = "link-missing:p001@example.com";

/// Hands the audit over.
fn submit(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["submit-review", "--yes"], arguments].concat())
}

/// An audit of which one thing was fixed and the other accepted, by hand or not.
fn addressed() -> TestWorld {
    let test = team(2);
    test.run(&["run", "--write", "--yes"]).success();
    follow_up(&test, &[]).success();
    test.advance(1);
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
    follow_up(&test, &[]).success();
    let accept = ["--accept", "link-missing:p002@example.com", "--reason", "takes no calls"];
    follow_up(&test, &accept).success();
    test
}

/// The one comment that asks for the review.
#[track_caller]
fn review(test: &TestWorld) -> Note {
    let [review] = test.notes_marked("review").try_into().unwrap();
    review
}

fn page(test: &TestWorld, note: u64) -> String {
    format!("{}/{AUDITS}/-/issues/1#note_{note}\n", test.sandbox.gitlab_url())
}

#[test]
fn what_is_open_is_said_and_nothing_is_posted() {
    let test = team(2);
    for (change, standing) in [
        ((|_| ()) as fn(&TestWorld), "is not asked"),
        (|test| assert_eq!(follow_up(test, &[]).code, 0), "is waiting until 2026-11-25T10:00:00Z"),
        (|test| test.advance(73), "is overdue"),
        (|test| assert_eq!(follow_up(test, &[]).code, 0), "is escalated until"),
        (|test| test.advance(73), "is exhausted"),
    ] {
        change(&test);
        let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains(&format!("{FIRST} {standing}")), "{standing}: {}", ran.stderr);
        assert!(ran.stderr.contains("; --unresolved posts"), "{}", ran.stderr);
    }
}

#[test]
fn without_a_recorded_report_nothing_is_done() {
    let test = team(1);
    let accept = ["--accept", FIRST, "--reason", "takes no calls"];
    follow_up(&test, &accept).success();
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    assert!(ran.stderr.contains("no report is recorded in its issue"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: `support-audit run --write`"), "{}", ran.stderr);
    test.run(&["run", "--write", "--yes"]).success();
    let own = ["submit-review", "--dry-run", "--manager", "olga"];
    let ran = test.run_writing_nothing(&own).success();
    assert!(ran.stderr.contains("warning: you are the one who is asked"), "{}", ran.stderr);
}

#[test]
fn what_is_ready_goes_to_a_manager_who_is_not_the_operator() {
    let test = addressed();
    let shown = test.run_writing_nothing(&["submit-review", "--dry-run"]).success();
    let (ran, written) = test.writes_during(|| submit(&test, &[]).success());
    assert_eq!(written.len(), 1);
    assert!(ran.stderr.contains(&shown.stdout), "{}\n{}", shown.stdout, ran.stderr);
    let review = review(&test);
    assert_eq!(ran.stdout, page(&test, review.id));
    assert!(review.body.starts_with("@maria: the Calendly access review FY28-Q1 is done."));
    assert_eq!(test.mentions().get("maria"), Some(&1));
    let fixed = "- `link-missing` of Person 001: <http";
    let justified = "- `link-missing` of Person 002, by `olga`: <http";
    for part in ["- 1 fixed, 1 justified.", fixed, justified, "read whole", "SHA-256 `"] {
        assert!(review.body.contains(part), "{part}: {}", review.body);
    }
    assert_eq!(test.issues()[0].closed, None, "a manager closes it");
    // Again: nothing is posted, and the comment is shown.
    for arguments in [&[][..], &["--again"]] {
        let (again, written) = test.writes_during(|| submit(&test, arguments).success());
        assert_eq!((written.len(), again.stdout), (0, page(&test, review.id)));
    }

    let test = configured(addressed(), &CONFIG.replace("\"maria\"", "\"olga\""));
    submit(&test, &[]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1), "olga is the operator");
    let alone = "[[managers]]\nusername = \"olga\"\n";
    let test = configured(addressed(), alone);
    submit(&test, &[]).success();
    assert!(test.notes_with("@olga: the Calendly").len() == 1, "there is no other");
}

#[test]
fn a_review_after_which_something_changed_is_asked_for_explicitly() {
    let test = addressed();
    submit(&test, &[]).success();
    test.replace_in_roster("  calendly: https://calendly.com/mads\n", "");
    test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    test.replace_in_roster("mads }\n", "mads }\n  calendly: https://calendly.com/mads\n");
    assert_eq!(test.run_writing_nothing(&["submit-review", "--yes"]).code, 0, "all is as it was");
    test.replace_in_roster("  calendly: https://calendly.com/mads\n", "");
    let accept = ["--accept", "link-missing:mads@example.com", "--reason", "x"];
    follow_up(&test, &accept).success();
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    let page = page(&test, review(&test).id);
    assert!(ran.stderr.contains(page.trim_end()), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: --again"), "{}", ran.stderr);
    submit(&test, &["--again"]).success();
    assert_eq!(test.notes_marked("review").len(), 2);
    assert_eq!(test.mentions().get("maria"), Some(&2));
    test.run_writing_nothing(&["submit-review", "--yes"]).success();
}

#[test]
fn what_is_unresolved_is_posted_without_a_claim_and_told_by_slack() {
    let test = team(2);
    test.run(&["run", "--write", "--yes"]).success();
    follow_up(&test, &[]).success();
    let before = test.sandbox.notifications().len();
    let ran = submit(&test, &["--unresolved"]).success();
    let review = review(&test);
    assert!(!review.body.contains('@') || review.body.contains('`'), "{}", review.body);
    assert!(review.body.contains("complete=no"), "{}", review.body);
    assert!(review.body.contains("**Open**"), "{}", review.body);
    assert!(!review.body.contains("is done"), "{}", review.body);
    assert_eq!(test.sandbox.notifications().len(), before, "nobody is mentioned");
    let (page, message) = ran.stdout.split_once('\n').unwrap();
    assert!(page.ends_with(&format!("#note_{}", review.id)), "{}", ran.stdout);
    assert!(message.starts_with("\nTo send by Slack to U0MARIA:\n\nHello! "), "{message}");
    for part in [FIRST, "cannot be finished without you", "/-/issues/1\n"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    // Whoever lost the text gets it again.
    let again = test.run_writing_nothing(&["submit-review", "--yes", "--unresolved"]).success();
    assert_eq!(again.stdout, ran.stdout);
    assert_eq!(status(&test)["stage"], "following-up");
    // A message needs no access to the issue.
    for (manager, to) in [("mads", "U0MADS"), ("nobody", "nobody")] {
        let asks = ["--unresolved", "--manager", manager];
        let to = format!("\nTo send by Slack to {to}:\n");
        assert!(submit(&test, &asks).success().stdout.contains(&to), "{manager}");
    }
    // Once all is done, it is handed over all the same.
    for person in ["p001", "p002"] {
        let finding = format!("link-missing:{person}@example.com");
        follow_up(&test, &["--accept", &finding, "--reason", "x"]).success();
    }
    submit(&test, &[]).success();
    assert_eq!(test.mentions().get("maria"), Some(&1));
}

#[test]
fn somebody_has_to_be_the_manager() {
    let test = configured(addressed(), "");
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(2);
    assert!(ran.stderr.contains("hint: name one by --manager USERNAME"), "{}", ran.stderr);
    let ran = submit(&test, &["--manager", "@mads"]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1), "{}", ran.stderr);
    let test = addressed();
    submit(&test, &["--manager", "mads"]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1), "the flag comes before the configuration");
    for nobody in ["nobody", "blocked", "@", ""] {
        let test = addressed();
        test.sandbox.update(|world| {
            world.add_user("blocked");
            world.set_access_level(AUDITS, "blocked", 40).unwrap();
            world.block_user("blocked").unwrap();
        });
        let ran = test.run_writing_nothing(&["submit-review", "--yes", "--manager", nobody]);
        assert!([2, 11].contains(&ran.code), "{nobody}: {}", ran.stderr);
        assert!(ran.stderr.contains("--manager"), "{nobody}: {}", ran.stderr);
    }
}

#[test]
fn after_the_review_was_asked_for_only_what_is_named_is_posted() {
    let test = addressed();
    submit(&test, &[]).success();
    test.replace_in_roster("  calendly: https://calendly.com/mads\n", "");
    test.replace_in_roster("  calendly: https://calendly.com/otto\n", "");
    test.replace_in_roster("  calendly: https://calendly.com/p001\n", "");
    let ran = test.run_writing_nothing(&["followups", "--yes"]).success();
    assert!(ran.stderr.contains("olga has asked for the review"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--only"), "{}", ran.stderr);
    follow_up(&test, &["--only", "mads"]).success();
    assert_eq!(test.mentions().get("mads"), Some(&1));
    assert_eq!(test.mentions().get("otto"), None);
    test.advance(1);
    test.replace_in_roster("mads }\n", "mads }\n  calendly: https://calendly.com/mads\n");
    assert_eq!(test.run_writing_nothing(&["followups", "--yes"]).code, 0, "not even good news");
    assert_eq!(state(&test, "link-missing:mads@example.com"), "fixed");
    follow_up(&test, &["--only", "mads"]).success();
    assert_eq!(test.notes_marked("fixed").len(), 2);
}

#[test]
fn into_a_closed_issue_nothing_is_written() {
    let test = addressed();
    test.sandbox.update(|world| world.close_issue(AUDITS, 1, "maria").unwrap());
    for command in [
        &["submit-review", "--yes", "--issue", "1"][..],
        &["submit-review", "--yes", "--period", "FY28-Q1"],
        &["followups", "--yes", "--issue", "1"],
        &["followups", "--yes", "--issue", "1", "--accept", FIRST, "--reason", "x"],
        &["followups", "--until", "2027-01-01", "--issue", "1"],
    ] {
        let ran = test.run_writing_nothing(command).exit(11);
        assert!(ran.stderr.contains("/issues/1 was closed by maria"), "{}", ran.stderr);
    }
    for command in ["submit-review", "followups"] {
        let ran = test.run_writing_nothing(&[command, "--yes"]).exit(1);
        assert!(ran.stderr.contains("/issues/1"), "the latest closed one: {}", ran.stderr);
    }
    // Closed between reading and writing.
    let test = addressed();
    test.sandbox.inject(Fault::new("/notes", FaultKind::Slow(std::time::Duration::ZERO)));
    test.sandbox.before("/organization_memberships?", "GET", |world| {
        world.close_issue(AUDITS, 1, "maria").unwrap();
    });
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    assert!(ran.stderr.contains("was closed by maria"), "{}", ran.stderr);
}

#[test]
fn a_review_whose_answer_was_lost_is_asked_for_once() {
    let requests = {
        let test = addressed().again();
        submit(&test, &[]).success();
        u32::try_from(test.sandbox.requests().len()).unwrap()
    };
    let base = addressed();
    for number in 1..=requests {
        for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
            let test = base.again();
            test.dies_at(number, kind.clone());
            let dead = submit(&test, &[]);
            assert!(dead.code != 0 || number == requests, "{number} {kind:?}");
            let test = test.again();
            let ran = submit(&test, &[]).success();
            assert_eq!(ran.stdout, page(&test, review(&test).id), "{number} {kind:?}");
            assert_eq!(test.mentions().get("maria"), Some(&1), "{number} {kind:?}");
        }
    }
    let test = base.again();
    let error = FaultKind::AnswerAfter(Answer::internal_server_error());
    test.sandbox.inject(Fault::new("/issues/1/notes", error).method("POST"));
    submit(&test, &[]).success();
    assert_eq!(test.notes().len(), base.notes().len() + 1);
}

#[test]
fn the_other_operator_finds_the_review_asked_for() {
    let test = addressed();
    submit(&test, &[]).success();
    let other = test.again().with("GL_TOKEN", OTTO);
    let ran = other.run_writing_nothing(&["submit-review", "--yes"]).success();
    assert!(ran.stderr.contains("olga has asked for the review already"), "{}", ran.stderr);
}
