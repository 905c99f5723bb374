//! An account without an e-mail address, from the report to its removal, is known by its own id.

use crate::accounts::{Account, AccountStatus, Accounts, Export};
use crate::evaluation::exceptions::{self, ExceptionOutcome};
use crate::evaluation::{Evaluation, OUTSIDER, Policy, Sources};
use crate::followup::samples::{Sample, at};
use crate::followup::{
    Act, Selection, State, cases, finding_name, is_named, plan, recipient_is_reachable,
};
use crate::identity::{AccountId, Subject};
use crate::input::{Location, Provenance, SourceFile};
use crate::kinds::Kind;
use crate::plan::Action;
use crate::record::description::{self, Adopt};
use crate::report::{Decision, Format, Report};
use crate::roster::{OperationsTeam, parse};
use crate::steps::outsiders::decisions;
use crate::steps::removal::{self, Limits};

const ID: &str = "https://api.example/users/B7";
const LIMITS: Limits<'_> = Limits { max_share: 100, own: "otto@x.example" };

const TEAM: &str = "\
- name: Otto Ohm
  email: otto@x.example
  gitlab: {id: 1005, username: otto}
- name: Bob Stone
  email: bob@x.example
  gitlab: {id: 1002, username: bob}
";

fn account(id: &str, email: Option<&str>, name: &str) -> Account {
    Account {
        id: AccountId::new(id),
        email: email.map(str::to_owned),
        name: name.to_owned(),
        role: Some("user".to_owned()),
        page: None,
        status: AccountStatus::Active,
        since: "2026-01-02".to_owned(),
        location: Location { file: id.to_owned(), line: None },
    }
}

/// The account that the story is about.
fn bot() -> Account {
    account(ID, None, "Deploy Bot")
}

fn roster() -> crate::roster::Roster {
    let file = SourceFile { name: "team.yaml".to_owned(), bytes: TEAM.into() };
    parse(&[file], Kind::Calendly.spec().roster_field, &OperationsTeam::default()).0
}

/// The outsiders at an instant, beside the accounts of everybody on the roster.
fn sources(now: &str, others: Vec<Account>) -> Sources {
    let mut list = vec![
        account("https://api.example/users/O1", Some("otto@x.example"), "Otto Ohm"),
        account("https://api.example/users/B1", Some("bob@x.example"), "Bob Stone"),
    ];
    list.extend(others);
    let export = Export { list, ..Export::default() };
    let accounts = Accounts::from_service("https://api.example".to_owned(), at(now), export);
    Sources { roster: roster(), accounts: Some(accounts), ..Sources::default() }
}

/// Moves the audit to an instant at which these outsiders exist.
fn continue_at(sample: &mut Sample, now: &str, others: Vec<Account>) {
    sample.now = at(now);
    let today = crate::dates::date_of(sample.now);
    sample.evaluation =
        Evaluation::new(Kind::Calendly, &sample.policy, sources(now, others), today);
}

/// The findings about outsiders, each as `name: state`.
fn outsiders(sample: &Sample) -> Vec<String> {
    let input = sample.input();
    let cases = cases(&input);
    let outsiders = cases.entries().filter(|(_, entry)| entry.check.id == OUTSIDER);
    let line = |(case, entry): (&crate::followup::Case, &crate::followup::Entry)| {
        format!("{} {} in round {}", case.name, entry.state.as_str(), entry.round)
    };
    outsiders.map(line).collect()
}

/// Records a decision of an operator, as `followups` does.
fn record(sample: &mut Sample, act: Act) {
    let selection = Selection { acts: vec![act], ..Selection::default() };
    let due = plan(&sample.input(), &selection).unwrap();
    post(sample, &due.plan.actions);
}

/// Posts the comments of a plan.
fn post(sample: &mut Sample, actions: &[Action]) {
    for action in actions {
        if let Action::Comment { body, .. } = action {
            let id = 100 + u64::try_from(sample.conversation.threads.len()).unwrap();
            sample.say(id, (1005, "otto"), body);
        }
    }
}

fn report(sample: &Sample, others: Vec<Account>) -> Report {
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at: sample.now,
        version: "1.2.3",
    };
    let today = crate::dates::date_of(sample.now);
    let now = sample.now.to_string();
    let evaluation = Evaluation::new(Kind::Calendly, &sample.policy, sources(&now, others), today);
    Report::new(provenance, evaluation)
}

#[test]
fn it_is_listed_as_an_outsider() {
    let mut sample = Sample::new();
    continue_at(&mut sample, "2027-02-01T09:00:00Z", vec![bot()]);
    assert_eq!(outsiders(&sample), ["Deploy Bot not asked in round 1"]);
    let input = sample.input();
    let all = cases(&input);
    let (case, entry) = all.entries().find(|(_, entry)| entry.check.id == OUTSIDER).unwrap();
    assert_eq!(finding_name(&input, case, entry), format!("outsider:{ID}"));
    assert!(is_named(&input, case, ID) && !is_named(&input, case, "https://api.example/users/B8"));
    let report = report(&sample, vec![bot()]);
    let row =
        "| Deploy Bot | `https://api.example/users/B7` | user | `2026-01-02` |  | undecided |";
    assert!(report.markdown().contains(row), "{}", report.markdown());
    let json = report.render(Format::Json).unwrap();
    let subject =
        r#""subject":"account:https://api.example/users/B7","name":"Deploy Bot","email":null"#;
    assert!(json.contains(subject), "{json}");
}

#[test]
fn what_is_typed_beside_it_is_proposed_kept_and_asked_again_when_its_time_is_over() {
    let mut sample = Sample::new();
    continue_at(&mut sample, "2027-02-01T09:00:00Z", vec![bot()]);
    let report = report(&sample, vec![bot()]);
    let written = description::write("## Notes\n", &report, Adopt::No).unwrap().text;
    let row = written.lines().find(|line| line.starts_with("| Deploy Bot")).unwrap();
    let typed_row = row.replacen("|  |  <!--", "| It deploys. | keep <!--", 1);
    let typed_row = typed_row.replacen("|  | <!--", "| It deploys. | keep <!--", 1);
    assert_ne!(typed_row, row);
    let edited = written.replace(row, &typed_row);
    // What was typed stays beside the account.
    let again = description::write(&edited, &report, Adopt::No).unwrap().text;
    assert_eq!(again.matches("It deploys.").count(), 1, "{again}");

    let typed = description::typed(&edited, &report);
    let proposed = decisions(&sample.input(), &cases(&sample.input()), &typed);
    let [proposal] = proposed.proposals.as_slice() else { panic!("{proposed:?}") };
    assert!(proposal.is_about(ID));
    assert_eq!((proposal.decision, &*proposal.justification), (Decision::Keep, "It deploys."));
    let act = proposal.act(Some("2027-03-01".parse().unwrap()));
    record(&mut sample, act);
    assert_eq!(outsiders(&sample), ["Deploy Bot justified in round 1"]);
    let confirmed = decisions(&sample.input(), &cases(&sample.input()), &typed);
    assert!(confirmed.ruling(ID).unwrap().is_confirmed && confirmed.proposals.is_empty());

    // Neither another name nor a new address takes the decision away.
    for changed in [account(ID, None, "Ship Bot"), account(ID, Some("bot@x.example"), "Ship Bot")] {
        let name = changed.display_name().to_owned();
        continue_at(&mut sample, "2027-02-10T09:00:00Z", vec![changed]);
        assert_eq!(outsiders(&sample), [format!("{name} justified in round 1")]);
    }
    // A second account of that name has nothing to do with it.
    let twin = account("https://api.example/users/B8", None, "Deploy Bot");
    continue_at(&mut sample, "2027-02-10T09:00:00Z", vec![bot(), twin]);
    let mut states = outsiders(&sample);
    states.sort();
    assert_eq!(states, ["Deploy Bot justified in round 1", "Deploy Bot not asked in round 1"]);

    continue_at(&mut sample, "2027-03-02T09:00:00Z", vec![bot()]);
    assert_eq!(outsiders(&sample), ["Deploy Bot not asked in round 2"]);
}

#[test]
fn it_is_removed_by_its_id_and_stays_in_the_record() {
    let mut sample = Sample::new();
    continue_at(&mut sample, "2027-02-01T09:00:00Z", vec![bot()]);
    let (finding, reason) = (format!("outsider:{ID}"), "Nobody uses it.".to_owned());
    record(&mut sample, Act::Remove { finding, reason });
    assert_eq!(outsiders(&sample), ["Deploy Bot to remove in round 1"]);
    let all = cases(&sample.input());
    let (candidates, _) = removal::candidates(&sample.input(), &all, LIMITS).unwrap();
    assert_eq!(candidates.iter().map(|candidate| candidate.name).collect::<Vec<_>>(), [ID]);
    let planned = removal::plan(&sample.input(), &all, LIMITS, &[ID.to_owned()]).unwrap();
    let [Action::Remove(removal), Action::Comment { .. }] = planned.actions.as_slice() else {
        panic!("{planned}")
    };
    assert_eq!((&removal.id, &removal.email), (&AccountId::new(ID), &None));
    let actions = planned.actions;

    // The run ended between the removal and its record: confirming it again records it.
    continue_at(&mut sample, "2027-02-02T09:00:00Z", Vec::new());
    assert_eq!(outsiders(&sample), ["Deploy Bot removed in round 1"]);
    let all = cases(&sample.input());
    let unrecorded = removal::plan(&sample.input(), &all, LIMITS, &[ID.to_owned()]).unwrap();
    assert!(matches!(unrecorded.actions.as_slice(), [Action::Comment { .. }]), "{unrecorded}");

    post(&mut sample, &actions);
    let all = cases(&sample.input());
    let (_, entry) = all.entries().find(|(_, entry)| entry.check.id == OUTSIDER).unwrap();
    assert!(matches!(entry.state, State::Removed { record: Some(_), .. }), "{entry:?}");
    let recorded = removal::plan(&sample.input(), &all, LIMITS, &[ID.to_owned()]).unwrap();
    assert!(recorded.is_empty(), "{recorded}");
}

#[test]
fn handles_aliases_exclusions_and_exceptions_name_it_by_its_id() {
    let mut sample = Sample::new();
    sample.policy.handles.insert(ID.to_owned(), "@ada".to_owned());
    continue_at(&mut sample, "2027-02-01T09:00:00Z", vec![bot()]);
    let input = sample.input();
    let all = cases(&input);
    let (case, _) = all.entries().find(|(_, entry)| entry.check.id == OUTSIDER).unwrap();
    assert!(recipient_is_reachable(&input, case));
    assert_eq!(case.user, Some(1001));

    let now = "2027-02-01T09:00:00Z";
    let today = "2027-02-01".parse().unwrap();
    for policy in [
        Policy { exclude: vec![ID.to_owned()], ..Policy::default() },
        Policy {
            aliases: [("bob@x.example".to_owned(), ID.to_owned())].into(),
            ..Policy::default()
        },
    ] {
        let evaluation = Evaluation::new(Kind::Calendly, &policy, sources(now, vec![bot()]), today);
        assert_eq!(evaluation.outsiders().count(), 0, "{policy:?}");
    }

    let text = format!(
        "- check: outsider\n  account: {ID}\n  reason: It deploys.\n  approved_by: nadia\n  approved_on: 2027-01-01\n  expires: 2027-08-01\n"
    );
    let file = SourceFile { name: "exceptions.yaml".to_owned(), bytes: text.into() };
    let (exceptions, problems) = exceptions::parse(Kind::Calendly, &file).unwrap();
    assert_eq!(problems, []);
    let sources = Sources { exceptions, ..sources(now, vec![bot()]) };
    let evaluation = Evaluation::new(Kind::Calendly, &Policy::default(), sources, today);
    let outsider = evaluation.outsiders().next().unwrap();
    let [finding] = evaluation.findings_of(Subject::Account(outsider)) else { panic!() };
    assert_eq!(finding.exception, Some(0));
    assert_eq!(evaluation.exceptions[0].1, ExceptionOutcome::Used);
}
