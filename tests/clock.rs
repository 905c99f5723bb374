//! The clock: GitLab's, else this machine's, unless another was set.

use std::fs::FileTimes;
use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use sandbox::{Fault, FaultKind};

use crate::support::{NOW, Printed, TestWorld};

const CSV: &str = "Email\nada@example.com\n";

/// A user whose clock is not set.
fn unset() -> TestWorld {
    TestWorld::demo().with_token().with("SUPPORT_AUDIT_NOW", "")
}

/// The machine's clock, as the modification of a file that is written now.
fn machine_now(test: &TestWorld) -> SystemTime {
    let path = test.path("touched");
    std::fs::write(&path, "").unwrap();
    std::fs::metadata(path).unwrap().modified().unwrap()
}

/// Makes each answer of GitLab carry this `Date`.
fn set_date(test: &TestWorld, date: &str) {
    test.sandbox.inject(Fault::new("", FaultKind::Date(date.to_owned())).times(u32::MAX));
}

/// Makes each answer of GitLab carry the machine's time, so many minutes later.
fn set_lead(test: &TestWorld, minutes: i64) {
    let now = Timestamp::try_from(machine_now(test)).unwrap();
    let date = now + SignedDuration::from_mins(minutes);
    set_date(test, &DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap());
}

#[track_caller]
fn instant(report: &serde_json::Value, source: &str) -> Timestamp {
    report[source]["read_at"].as_str().unwrap().parse().unwrap()
}

#[track_caller]
fn run(test: &TestWorld, arguments: &[&str]) -> Printed {
    test.run(&[&["run", "--format", "json"], arguments].concat()).success()
}

#[test]
fn the_clock_is_gitlabs_and_a_difference_is_reported() {
    for (date, day, direction) in [
        ("Sun, 22 Nov 2099 10:00:00 GMT", "2099-11-22T10:0", "slow; GitLab's is used"),
        ("Sun, 22 Nov 2015 10:00:00 GMT", "2015-11-22T10:0", "fast; GitLab's is used"),
    ] {
        let test = unset();
        set_date(&test, date);
        let ran = run(&test, &[]);
        let read_at = ran.json()["provenance"]["read_at"].as_str().unwrap().to_owned();
        assert!(read_at.starts_with(day), "{read_at}");
        let warnings: Vec<_> = ran.stderr.lines().filter(|it| it.contains("clock")).collect();
        assert_eq!(warnings.len(), 1, "{}", ran.stderr);
        assert!(warnings[0].starts_with("warning: this machine's clock is "), "{}", ran.stderr);
        assert!(warnings[0].ends_with(direction), "{}", ran.stderr);
    }
}

#[test]
fn the_period_of_a_new_issue_is_that_of_gitlabs_clock() {
    let test = unset();
    set_date(&test, "Sat, 22 Nov 2031 10:00:00 GMT");
    let ran = test.run_writing_nothing(&["init-issue", "--dry-run"]).success();
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("FY33-Q1"), "{ran:?}");
}

#[test]
fn a_difference_of_a_few_minutes_is_not_worth_a_word() {
    for (minutes, is_reported) in [(-4, false), (4, false), (-6, true), (7, true)] {
        let test = unset();
        set_lead(&test, minutes);
        let ran = run(&test, &[]);
        assert_eq!(ran.stderr.contains("clock"), is_reported, "{minutes}: {}", ran.stderr);
    }
}

#[test]
fn a_clock_that_was_set_outranks_gitlabs() {
    let test = TestWorld::demo().with_token();
    set_date(&test, "Sun, 22 Nov 2099 10:00:00 GMT");
    let ran = run(&test, &[]);
    assert_eq!(instant(&ran.json(), "provenance"), NOW.parse().unwrap());
    assert!(!ran.stderr.contains("clock"), "{}", ran.stderr);
}

#[test]
fn the_machines_clock_is_named_where_gitlab_tells_no_time() {
    const NOTE: &str = "GitLab has not told the time; instants are by this machine's clock";
    let test = unset();
    test.write("r.yaml", "- name: Ada\n");
    let without_date = unset();
    set_date(&without_date, "soon");
    for (test, arguments) in [(&test, &["--roster", "r.yaml"][..]), (&without_date, &[])] {
        let before = Timestamp::try_from(machine_now(test)).unwrap();
        let ran = run(test, arguments);
        assert_eq!(ran.stderr.matches(NOTE).count(), 1, "{}", ran.stderr);
        // A local file is as old as its modification.
        if arguments.is_empty() {
            let late = instant(&ran.json(), "provenance").duration_since(before);
            assert!(late.abs() < SignedDuration::from_mins(1), "{late}");
        }
        let quiet = run(test, &[arguments, &["--quiet"]].concat());
        assert!(!quiet.stderr.contains(NOTE), "{}", quiet.stderr);
    }
}

/// Writes accounts that were modified so long ago, and reads them.
#[track_caller]
fn age_of_accounts(test: &TestWorld, modified: SystemTime) -> SignedDuration {
    test.write("accounts.csv", CSV);
    let file = std::fs::File::options().write(true).open(test.path("accounts.csv")).unwrap();
    file.set_times(FileTimes::new().set_modified(modified)).unwrap();
    let report = run(test, &["--accounts", "accounts.csv"]).json();
    instant(&report, "provenance").duration_since(instant(&report, "accounts"))
}

#[test]
fn a_file_of_accounts_is_as_old_as_its_modification_by_gitlabs_clock() {
    let hour = Duration::from_hours(1);
    for lead in [-180, 0, 180] {
        let test = unset();
        set_lead(&test, lead);
        let now = machine_now(&test);
        let age = age_of_accounts(&test, now - hour);
        assert!(
            (age - SignedDuration::from_hours(1)).abs() < SignedDuration::from_mins(1),
            "{age}"
        );
        assert_eq!(age_of_accounts(&test, now + 2 * hour), SignedDuration::ZERO, "{lead}");
    }
}

#[test]
fn no_instant_is_corrected_where_the_clock_was_set() {
    let test = TestWorld::demo().with_token();
    set_date(&test, "Sun, 22 Nov 2099 10:00:00 GMT");
    let now = SystemTime::from(NOW.parse::<Timestamp>().unwrap());
    let day = Duration::from_hours(24);
    assert_eq!(age_of_accounts(&test, now - day), SignedDuration::from_hours(24));
    assert_eq!(age_of_accounts(&test, now + day), SignedDuration::ZERO);
}

#[test]
fn accounts_from_stdin_are_as_old_as_their_reading() {
    let test = TestWorld::demo().with_token();
    let arguments = ["run", "--format", "json", "--accounts", "-"];
    let report = test.run_with_input(&arguments, CSV).success().json();
    assert_eq!(instant(&report, "accounts"), instant(&report, "provenance"));
}
