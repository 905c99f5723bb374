//! What is found, what is justified, and what stays unknown.

use super::*;
use crate::evaluation::exceptions;
use crate::input::SourceFile;
use crate::roster::{OperationsTeam, parse};

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), bytes: text.into() }
}

fn today() -> Date {
    "2026-11-22".parse().unwrap()
}

/// What an evaluation is made of, as texts.
#[derive(Clone, Default)]
struct Given<'a> {
    team: &'a str,
    accounts: Option<&'a str>,
    exceptions: &'a str,
    policy: Policy,
    recorded: Option<usize>,
    recorded_accounts: Option<usize>,
    approvers: Option<Vec<Approver>>,
}

impl Given<'_> {
    fn evaluate(&self) -> Evaluation {
        let (roster, problems) = parse(
            &[file("team.yaml", self.team)],
            Kind::Calendly.spec().roster_field,
            &OperationsTeam::default(),
        );
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let accounts = self.accounts.map(|text| {
            Accounts::from_file(Kind::Calendly.spec().export, &file("users.csv", text), now)
                .unwrap()
        });
        let (exceptions, unread) =
            exceptions::parse(Kind::Calendly, &file("exceptions.yaml", self.exceptions)).unwrap();
        assert_eq!(unread, []);
        let recorded_people = self.recorded;
        let sources = Sources {
            roster,
            accounts,
            exceptions,
            problems,
            approvers: self.approvers.clone(),
            recorded_people,
            recorded_accounts: self.recorded_accounts,
        };
        Evaluation::new(Kind::Calendly, &self.policy, sources, today())
    }
}

/// Each finding as `check subject evidence`.
fn found(evaluation: &Evaluation) -> Vec<String> {
    let line = |finding: &Finding| {
        let subject = match finding.about {
            Subject::Person(_) => evaluation.person(finding.about).unwrap().name.to_string(),
            Subject::Account(index) => evaluation.account(index).unwrap().key(),
            Subject::Organization => "organization".to_owned(),
        };
        let line = format!("{} {subject} {}", finding.check.id, finding.evidence);
        let excepted = if finding.exception.is_some() { " (excepted)" } else { "" };
        format!("{}{excepted}", line.trim_end())
    };
    evaluation.findings.iter().map(line).collect()
}

fn unknown(evaluation: &Evaluation) -> Vec<(&'static str, Unknown)> {
    evaluation.unknown.iter().map(|(check, unknown)| (check.id, *unknown)).collect()
}

const TEAM: &str = "\
- name: Ada
  email: ada@x.example
  calendly: https://calendly.com/ada
  title: Support Operations Manager
- name: Bob
  email: bob@x.example
  calendly: https://calendly.com/bob
";

const HEAD: &str = "Name,Email,Role,Calendly link,Status\n";
const OWNER_ROW: &str = "Ada,ada@x.example,Owner,https://calendly.com/ada,Active\n";
const BOB_ROW: &str = "Bob,bob@x.example,User,https://calendly.com/bob,Active\n";

#[track_caller]
fn assert_found(team: &str, rows: &[&str], expected: &[&str]) {
    let accounts = format!("{HEAD}{}", rows.concat());
    let given = Given { team, accounts: Some(&accounts), ..Given::default() };
    let evaluation = given.evaluate();
    assert_eq!(found(&evaluation), expected, "{accounts}");
    assert_eq!(unknown(&evaluation), []);
}

#[test]
fn each_check_of_accounts_finds_its_fault_and_no_other() {
    assert_found(TEAM, &[OWNER_ROW, BOB_ROW], &[]);
    assert_found(TEAM, &[OWNER_ROW], &["account-missing Bob"]);
    let other = BOB_ROW.replace("/bob,", "/bob-2,");
    let seen = "link-mismatch Bob https://calendly.com/bob https://calendly.com/bob-2";
    assert_found(TEAM, &[OWNER_ROW, &other], &[seen]);
    let pending = BOB_ROW.replace("Active", "Pending");
    assert_found(TEAM, &[OWNER_ROW, &pending], &["invitation-pending Bob"]);
    let admin = BOB_ROW.replace("User", "Admin");
    assert_found(TEAM, &[OWNER_ROW, &admin], &["admin-unexpected Bob admin"]);
    let outsider = "X,X@y.example,User,,Active\n";
    assert_found(TEAM, &[OWNER_ROW, BOB_ROW, outsider], &["outsider x@y.example active user"]);
    let invited = "X,x@y.example,,,Pending\n";
    assert_found(TEAM, &[OWNER_ROW, BOB_ROW, invited], &["outsider x@y.example invited user"]);
    let other_admin = "X,x@y.example,Admin,,Active\n";
    assert_found(
        TEAM,
        &[OWNER_ROW, BOB_ROW, other_admin],
        &["outsider x@y.example active admin", "admin-unexpected x@y.example admin"],
    );
    let owner = BOB_ROW.replace("User", "Owner");
    assert_found(
        TEAM,
        &[OWNER_ROW, &owner],
        &["owner-count organization ada@x.example bob@x.example"],
    );
    let user = OWNER_ROW.replace("Owner", "User");
    assert_found(TEAM, &[&user, BOB_ROW], &["admin-missing Ada user", "owner-count organization"]);
    let curious = BOB_ROW.replace("User", "Group Admin");
    assert_found(TEAM, &[OWNER_ROW, &curious], &[]);
}

#[test]
fn a_wrong_link_is_told_of_once() {
    for link in ["", "https://calendly.com/bob/30min", "https://calendly.com/ada"] {
        let team = TEAM.replace("https://calendly.com/bob", link);
        let given = Given {
            team: &team,
            accounts: Some(&format!("{HEAD}{OWNER_ROW}{BOB_ROW}")),
            ..Given::default()
        };
        let found = found(&given.evaluate());
        assert!(!found.iter().any(|it| it.starts_with("link-mismatch")), "{found:?}");
        assert!(!found.is_empty(), "{link}");
    }
}

#[test]
fn unknown_is_never_absent() {
    let outsider = "X,x@y.example,Admin,,Active\n";
    let whole = format!("{HEAD}{OWNER_ROW}{outsider}");
    let cut = whole.trim_end();
    let no_columns = "Email\nada@x.example\nx@y.example\n";
    let hidden = format!("{TEAM}- 7\n");
    let nameless = TEAM.replace("  email: bob@x.example\n", "");
    let all_of_accounts = |unknown: Unknown| {
        let checks = Kind::Calendly.spec().checks.iter();
        let ids = checks.filter(|check| matches!(check.find, Find::AmongAccounts(_)));
        ids.map(|check| (check.id, unknown)).collect::<Vec<_>>()
    };
    let everybody = |unknown: Unknown| vec![("outsider", unknown), ("admin-unexpected", unknown)];
    let with_manager = |unknown: Unknown| {
        let mut all = vec![("manager-unresolved", unknown)];
        all.extend(everybody(unknown));
        all
    };
    let given = |team, accounts| Given { team, accounts, ..Given::default() };
    let shrunken = Given { recorded: Some(3), ..given(TEAM, Some(&whole)) };
    for (given, expected) in [
        (given(TEAM, None), all_of_accounts(Unknown::NoAccounts)),
        (given(TEAM, Some(cut)), all_of_accounts(Unknown::Gaps)),
        (
            given(TEAM, Some(no_columns)),
            vec![
                ("link-mismatch", Unknown::NoPages),
                ("owner-count", Unknown::NoRoles),
                ("admin-missing", Unknown::NoRoles),
                ("admin-unexpected", Unknown::NoRoles),
            ],
        ),
        (given(&hidden, Some(&whole)), with_manager(Unknown::HiddenPerson)),
        (given(&nameless, Some(&whole)), everybody(Unknown::Unmatchable)),
        (shrunken, with_manager(Unknown::Shrunken(3))),
        (Given { recorded: Some(2), ..given(TEAM, Some(&whole)) }, vec![]),
    ] {
        let evaluation = given.evaluate();
        assert_eq!(unknown(&evaluation), expected);
        let unknown: Vec<_> = expected.iter().map(|(id, _)| *id).collect();
        let wrong = found(&evaluation);
        let is_of_unknown = |line: &String| unknown.iter().any(|id| line.starts_with(id));
        assert!(!wrong.iter().any(is_of_unknown), "{wrong:?} {unknown:?}");
        assert!(!wrong.contains(&"account-missing Bob".to_owned()) || unknown.len() != 7);
    }
    // Whoever has no address by which an account could be found is not told that they have none.
    let evaluation = given(&nameless, Some(&whole)).evaluate();
    assert!(!found(&evaluation).iter().any(|it| it.starts_with("account-missing")));
}

#[test]
fn a_roster_is_shrunken_when_more_than_a_tenth_is_gone() {
    let team = (0..90).map(|number| format!("- name: P{number}\n")).collect::<Vec<_>>().concat();
    for (recorded, expected) in [(100, None), (101, Some(101)), (50, None)] {
        let given = Given { team: &team, recorded: Some(recorded), ..Given::default() };
        assert_eq!(given.evaluate().shrunken_from, expected, "{recorded}");
    }
}

fn exception(check: &str, email: &str, by: &str, expires: &str) -> String {
    let email = if email.is_empty() { String::new() } else { format!("  email: {email}\n") };
    format!(
        "- check: {check}\n{email}  reason: Why.\n  approved_by: {by}\n  approved_on: 2026-01-01\n  expires: {expires}\n"
    )
}

#[test]
fn exceptions_justify_what_they_name_while_they_last() {
    let outsider = "X,x@y.example,User,,Active\n";
    let owner = BOB_ROW.replace("User", "Owner");
    let accounts = format!("{HEAD}{OWNER_ROW}{owner}{outsider}");
    let excepted = "outsider x@y.example active user (excepted)";
    let open = "outsider x@y.example active user";
    for (text, expected, fate) in [
        (
            exception("outsider", "X@Y.example", "boss", "2027-01-01"),
            excepted,
            ExceptionOutcome::Used,
        ),
        (
            exception("[admin-missing, outsider]", "x@y.example", "boss", "2027-01-01"),
            excepted,
            ExceptionOutcome::Used,
        ),
        (
            exception("outsider", "x@y.example", "boss", "2026-11-22"),
            open,
            ExceptionOutcome::Expired,
        ),
        (
            exception("outsider", "x@y.example", "XERXES", "2027-01-01"),
            open,
            ExceptionOutcome::SelfApproved,
        ),
        (exception("outsider", "", "boss", "2027-01-01"), open, ExceptionOutcome::Unused),
        (
            exception("owner-count", "x@y.example", "boss", "2027-01-01"),
            open,
            ExceptionOutcome::Unused,
        ),
        (
            exception("outsider", "z@y.example", "boss", "2027-01-01"),
            open,
            ExceptionOutcome::Unused,
        ),
    ] {
        let mut policy = Policy::default();
        policy.handles.insert("x@Y.example".to_owned(), "@xerxes".to_owned());
        let given = Given {
            team: TEAM,
            accounts: Some(&accounts),
            exceptions: &text,
            policy: policy.clone(),
            ..Given::default()
        };
        let evaluation = given.evaluate();
        assert!(found(&evaluation).contains(&expected.to_owned()), "{text}");
        assert_eq!(evaluation.exceptions[0].1, fate, "{text}");
        // Nobody can tell whether an exception is of use while its check is off.
        policy.checks_off = ["outsider", "owner-count"].map(str::to_owned).to_vec();
        let evaluation = Given { policy, ..given }.evaluate();
        assert_eq!(evaluation.exceptions[0].1, ExceptionOutcome::Unknown, "{text}");
    }
    let text = exception("owner-count", "", "boss", "2027-01-01");
    let given =
        Given { team: TEAM, accounts: Some(&accounts), exceptions: &text, ..Given::default() };
    let evaluation = given.evaluate();
    assert_eq!(evaluation.open_findings().count(), 1, "{:?}", found(&evaluation));
}

#[test]
fn accounts_are_excluded_by_their_address() {
    let accounts = format!("{HEAD}{OWNER_ROW}{BOB_ROW}X,x@y.example,User,,Active\n");
    let policy = Policy { exclude: vec!["X@y.example".to_owned()], ..Policy::default() };
    let given = Given { team: TEAM, accounts: Some(&accounts), policy, ..Given::default() };
    let evaluation = given.evaluate();
    assert_eq!(found(&evaluation), [""; 0]);
    assert_eq!(evaluation.excluded_nobody, [""; 0]);
}

#[test]
fn seats_are_counted_where_all_accounts_are_known() {
    let accounts =
        format!("{HEAD}{OWNER_ROW}X,x@y.example,User,,Active\nZ,z@y.example,,,Pending\n");
    let given = |accounts| Given { team: TEAM, accounts: Some(accounts), ..Given::default() };
    let seats = Seats { active: 2, invited: 1, outsiders: Some(2) };
    assert_eq!(given(&accounts).evaluate().seats(), Some(seats));
    assert_eq!(given(accounts.trim_end()).evaluate().seats(), None);
    let hidden = format!("{TEAM}- 7\n");
    let unsure = Given { team: &hidden, ..given(&accounts) }.evaluate().seats();
    assert_eq!(unsure, Some(Seats { outsiders: None, ..seats }));
}

/// The checks that are unknown for somebody alone, as `check name: why`.
fn unknown_subjects(evaluation: &Evaluation) -> Vec<String> {
    let line = |((subject, check), unknown): (&(Subject, &str), &Unknown)| {
        let person = evaluation.person(*subject).map(|person| person.name.to_string());
        format!("{check} {}: {unknown:?}", person.unwrap_or_default())
    };
    evaluation.unknown_subjects.iter().map(line).collect()
}

#[test]
fn a_field_that_cannot_be_read_is_unknown_for_its_person_alone() {
    let all = format!("{HEAD}{OWNER_ROW}{BOB_ROW}");
    let without_page = all.replace(",https://calendly.com/bob,", ",,");
    let without_role = all.replace(",User,", ",,");
    let list =
        TEAM.replace("calendly: https://calendly.com/bob", "calendly: [https://calendly.com/bob]");
    let mapping = TEAM.replace("  email: bob", "  title: {a: b}\n  email: bob");
    assert!(list != TEAM && mapping != TEAM);
    for (team, accounts, expected) in [
        (TEAM, &all, vec![]),
        (
            &list,
            &all,
            vec![
                "link-malformed Bob: UnreadableLink",
                "link-mismatch Bob: UnreadableLink",
                "link-missing Bob: UnreadableLink",
                "link-shared Bob: UnreadableLink",
            ],
        ),
        (
            &mapping,
            &all,
            vec!["admin-missing Bob: UnreadableTeam", "admin-unexpected Bob: UnreadableTeam"],
        ),
        (TEAM, &without_page, vec!["link-mismatch Bob: NoPage"]),
        (TEAM, &without_role, vec!["admin-missing Bob: NoRole", "admin-unexpected Bob: NoRole"]),
    ] {
        let given = Given { team, accounts: Some(accounts), ..Given::default() };
        assert_eq!(unknown_subjects(&given.evaluate()), expected, "{team}\n{accounts}");
    }
}

#[test]
fn a_check_that_steps_back_counts_as_still_found() {
    let accounts = format!("{HEAD}{OWNER_ROW}{BOB_ROW}");
    for (link, steps_back) in [
        ("https://calendly.com/bob", false),
        ("https://calendly.com/bob/30min", true),
        ("https://calendly.com/ada", true),
        ("", true),
    ] {
        let team = TEAM.replace("https://calendly.com/bob", link);
        let evaluation =
            Given { team: &team, accounts: Some(&accounts), ..Given::default() }.evaluate();
        let check = evaluation.kind.spec().checks.iter().find(|it| it.id == "link-mismatch");
        let (bob, _) = evaluation.roster.enumerate().find(|(_, it)| &*it.name == "Bob").unwrap();
        let is_back = evaluation.steps_back(check.unwrap(), Subject::Person(bob));
        assert_eq!(is_back, steps_back, "{link}");
    }
}

#[test]
fn much_fewer_accounts_than_recorded_show_nobody_without_one() {
    let accounts = format!("{HEAD}{OWNER_ROW}");
    for (recorded, is_unknown) in [(None, false), (Some(1), false), (Some(2), true)] {
        let evaluation = Given {
            team: TEAM,
            accounts: Some(&accounts),
            recorded_accounts: recorded,
            ..Given::default()
        }
        .evaluate();
        let expected: &[(&str, Unknown)] =
            if is_unknown { &[("account-missing", Unknown::AccountsShrunken(2))] } else { &[] };
        assert_eq!(unknown(&evaluation), expected, "{recorded:?}");
    }
}

#[test]
fn exceptions_are_approved_by_managers_and_operators_who_are_not_the_subject() {
    let team = TEAM.replace("  email: bob@x.example", "  gitlab: {id: 7}\n  email: bob@x.example");
    assert_ne!(team, TEAM);
    let accounts = format!("{HEAD}{OWNER_ROW}");
    let approver = |username: &str, id| Approver { username: username.to_owned(), id };
    let approvers = vec![approver("boss", None), approver("bobby", Some(7))];
    for (by, outcome) in [
        ("boss", Some(ExceptionOutcome::Used)),
        ("BOSS", Some(ExceptionOutcome::Used)),
        ("bobby", Some(ExceptionOutcome::SelfApproved)),
        ("stranger", None),
    ] {
        let text = exception("account-missing", "bob@x.example", by, "2027-01-01");
        let evaluation = Given {
            team: &team,
            accounts: Some(&accounts),
            exceptions: &text,
            approvers: Some(approvers.clone()),
            ..Given::default()
        }
        .evaluate();
        assert_eq!(evaluation.exceptions.first().map(|(_, outcome)| *outcome), outcome, "{by}");
        let is_problem = evaluation.problems.iter().any(|it| it.message.contains("approved_by"));
        assert_eq!(is_problem, outcome.is_none(), "{by}");
    }
}
