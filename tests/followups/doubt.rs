//! What cannot be told is not said, and nobody is asked because of it.

use sandbox::{Answer, Fault, FaultKind};

use super::team::{CONFIG, configured, demo, team};
use super::{ASKED, follow_up, state, status};
use crate::support::{AUDITS, TestWorld};

/// An entry of the roster that cannot be read any more.
fn break_entry(test: &TestWorld, name: &str) {
    test.replace_in_roster(&format!("- name: {name}\n"), "- name: [no, name]\n");
}

/// The roster without so many people from its end.
fn shrink(test: &TestWorld, people: usize) {
    test.change_roster(|old| {
        let entries: Vec<&str> = old.split("\n- name: ").collect();
        format!("{}\n", entries[..entries.len() - people].join("\n- name: "))
    });
}

/// Lets every page of accounts but the first fail.
fn break_accounts(test: &TestWorld) {
    test.sandbox.update(|world| world.short_pages = 97);
    let error = FaultKind::Answer(Answer::internal_server_error());
    let pages = "/organization_memberships?";
    test.sandbox.inject(Fault::new(&format!("{pages}page_token"), error.clone()).times(u32::MAX));
    test.sandbox.inject(Fault::new("page_token=", error).times(u32::MAX));
}

/// What a run says is fixed or does not count any more.
fn told(test: &TestWorld) -> Vec<String> {
    let told = test.notes_marked("fixed").into_iter().chain(test.notes_marked("withdrawn"));
    told.map(|note| note.body).collect()
}

#[test]
fn a_broken_entry_hides_a_person_and_so_an_outsider_is_none() {
    let test = demo();
    break_entry(&test, "Noémie Tremblay-Roy");
    let ran = follow_up(&test, &[]).success();
    assert!(!ran.stdout.contains("To send to"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("bvance"), "{}", ran.stderr);
    let ran =
        test.run_writing_nothing(&["followups", "--yes", "--sent", "bvance@harborlight.example"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(test.notes_with("outsider").len(), 1, "the report alone");
    let unknown = &status(&test)["unknown"];
    assert!(unknown.to_string().contains("outsider while a problem may hide"), "{unknown}");
}

#[test]
fn a_broken_entry_says_nothing_of_the_person_or_of_whom_they_shared_with() {
    let test = demo();
    follow_up(&test, &[]).success();
    follow_up(&test, &["--sent", "bvance@harborlight.example"]).success();
    test.advance(1);
    break_entry(&test, "Priyamvada Ramaswamy");
    let ran = follow_up(&test, &[]).success();
    assert_eq!(told(&test), [""; 0], "{}", ran.stderr);
    for finding in ["link-shared:hdhillonwhyte@example.com", "outsider:bvance@harborlight.example"]
    {
        assert_eq!(state(&test, finding), "unknown", "{finding}");
    }
    // Nobody is escalated about what nobody can tell.
    test.advance(73);
    follow_up(&test, &[]).success();
    let escalated = test.notes_marked("escalate");
    assert!(!escalated.is_empty());
    let is_it = |body: &str| body.contains("link-shared") || body.contains("outsider");
    assert!(!escalated.iter().any(|note| is_it(&note.body)), "{escalated:?}");
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    assert!(ran.stderr.contains("a person may be hidden"), "{}", ran.stderr);
}

#[test]
fn a_roster_that_lost_a_fifth_ends_nothing() {
    let test = demo();
    follow_up(&test, &[]).success();
    test.advance(1);
    shrink(&test, 9);
    let ran = follow_up(&test, &[]).success();
    assert_eq!(told(&test), [""; 0], "{}", ran.stderr);
    assert!(!ran.stderr.contains("Open a thread"), "no new outsiders: {}", ran.stderr);
    assert!(!ran.stdout.contains("To send to"), "no new outsiders: {}", ran.stdout);
    let status = status(&test);
    let rows = status["findings"].as_array().unwrap().iter();
    let gone = rows.filter(|row| row["state"] == "unknown" && row["subject"] != "organization");
    assert!(gone.count() >= 2, "{status:#}");
    assert!(status["unknown"].to_string().contains("more than 10 % smaller than the 41 people"));
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    assert!(ran.stderr.contains("more than 10 % smaller"), "{}", ran.stderr);

    // A few who leave are gone, and that is said.
    let test = demo();
    follow_up(&test, &[]).success();
    test.advance(1);
    shrink(&test, 4);
    follow_up(&test, &[]).success();
    assert!(!test.notes_marked("withdrawn").is_empty());
}

#[test]
fn accounts_that_were_not_read_whole_leave_what_the_roster_tells() {
    let test = demo();
    break_accounts(&test);
    let ran = follow_up(&test, &[]).exit(5);
    assert!(ran.stderr.contains("error: the accounts were not read whole"), "{}", ran.stderr);
    let asked: Vec<String> = test.notes_with(ASKED).into_iter().map(|note| note.body).collect();
    assert_eq!(asked.len(), 4, "{asked:?}");
    let is_certain = |body: &String| {
        ["`link-missing`", "`link-malformed`", "`link-shared`"].iter().any(|it| body.contains(it))
    };
    assert!(asked.iter().all(is_certain), "{asked:?}");
    assert!(!ran.stdout.contains("To send to"), "{}", ran.stdout);
    let ran = test.run_writing_nothing(&["followups", "--yes", "--format", "json"]).exit(5);
    assert_eq!(ran.json()["schema"], "support-audit/followups/1");
}

#[test]
fn accounts_that_were_not_read_whole_fix_nothing() {
    let test = demo();
    follow_up(&test, &[]).success();
    follow_up(&test, &["--sent", "bvance@harborlight.example"]).success();
    test.advance(73);
    test.replace_in_roster("calendly.com/zhrusovska/30min", "calendly.com/zhrusovska");
    break_accounts(&test);
    let ran = follow_up(&test, &[]).exit(5);
    let told = told(&test);
    assert_eq!(told.len(), 1, "{told:?}\n{}", ran.stderr);
    assert!(told[0].contains("`link-malformed` of Zuzana Hrušovská"), "{told:?}");
    let escalated: Vec<String> =
        test.notes_marked("escalate").into_iter().map(|note| note.body).collect();
    assert_eq!(escalated.len(), 3, "{escalated:?}");
    for word in ["outsider", "account-missing", "invitation-pending", "link-mismatch"] {
        assert!(!escalated.iter().any(|body| body.contains(word)), "{word}: {escalated:?}");
    }
    for format in [&["status"][..], &["status", "--format", "json"]] {
        let ran = test.run(format).exit(5);
        assert!(ran.stdout.contains("not read whole"), "{}", ran.stdout);
    }
    let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(5);
    assert!(ran.stderr.contains("not read whole"), "{}", ran.stderr);
}

/// An audit in which everything is addressed, and the report recorded.
fn addressed() -> TestWorld {
    let test = team(1);
    test.run(&["run", "--write", "--yes"]).success();
    follow_up(&test, &[]).success();
    test.advance(1);
    test.replace_in_roster("  reports_to: Bodil Boss\n", "  calendly: https://calendly.com/p001\n");
    follow_up(&test, &[]).success();
    assert_eq!(status(&test)["stage"], "ready");
    test
}

#[test]
fn an_audit_in_doubt_is_not_handed_over() {
    for (breaks, code, word) in [
        (break_accounts as fn(&TestWorld), 5, "not read whole"),
        (|test| break_entry(test, "Otto Other"), 11, "a person may be hidden"),
        (|test| shrink(test, 1), 11, "more than 10 % smaller"),
    ] {
        let test = addressed();
        breaks(&test);
        let ran = test.run_writing_nothing(&["submit-review", "--yes"]).exit(code);
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
        assert_ne!(test.run(&["status", "--format", "json"]).json()["stage"], "ready");
    }
    addressed().run(&["submit-review", "--yes"]).success();
}

#[test]
fn without_a_token_for_the_accounts_what_is_certain_is_done() {
    let test = team(2).with("CALENDLY_API_TOKEN", "");
    let ran = follow_up(&test, &[]).exit(3);
    assert!(ran.stderr.contains("error: the accounts were not read whole"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: set CALENDLY_API_TOKEN"), "{}", ran.stderr);
    assert_eq!(test.notes_with(ASKED).len(), 2, "{}", ran.stderr);
    test.run_writing_nothing(&["submit-review", "--yes"]).exit(3);

    let test = team(2).with("CALENDLY_API_TOKEN", "");
    let emails = "olga otto maria mads boss p001 p002".replace(' ', "@example.com\n");
    test.write("accounts.txt", format!("email\n{emails}@example.com\n"));
    let ran = follow_up(&test, &["--accounts", "accounts.txt"]).success();
    assert_eq!(test.notes_with(ASKED).len(), 2, "{}", ran.stderr);
}

const EXCEPTION: &str = "- check: link-missing\n  email: p001@example.com\n  reason: takes no calls\n  approved_by: maria\n  approved_on: 2026-11-01\n  expires: 2027-11-01\n";

/// Two people without a link, with these exceptions in the audits' project.
fn excepting(exceptions: &str) -> TestWorld {
    let test = configured(team(2), &format!("{CONFIG}[exceptions]\npath = \"exceptions.yml\"\n"));
    test.sandbox.update(|world| {
        world.project(AUDITS).unwrap().add_file("exceptions.yml", exceptions);
    });
    test
}

#[test]
fn exceptions_that_cannot_be_read_may_justify_anybody() {
    for broken in ["- check: link-mising\n", "- check: [", "a: b\n", "- check: link-missing\n"] {
        let test = excepting(&format!("{EXCEPTION}{broken}"));
        let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(4);
        assert!(ran.stderr.contains("exceptions"), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        let ran = test.run_writing_nothing(&["submit-review", "--yes"]);
        assert!([4, 11].contains(&ran.code), "{}", ran.stderr);
    }
}

#[test]
fn what_an_exception_covers_is_asked_of_nobody_until_it_expires() {
    let test = excepting(EXCEPTION);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_with("@p001").len(), 0);
    assert_eq!(state(&test, "link-missing:p001@example.com"), "justified");
    test.sandbox.update(|world| world.now = "2027-11-02T10:00:00Z".parse().unwrap());
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.notes_with("@p001").len(), 1);
    // Nobody approves their own.
    let test = excepting(&EXCEPTION.replace("maria", "p001"));
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_with("@p001").len(), 1);
}
