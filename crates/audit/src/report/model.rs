//! The content of a report, before it takes a form.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::ruling::{Decision, RecordedDecision, Ruling};
use crate::accounts::{Account, AccountStatus, Accounts};
use crate::check::Finding;
use crate::evaluation::exceptions::Exception;
use crate::evaluation::{Evaluation, OUTSIDER};
use crate::identity::{PersonIdx, Subject, SubjectId};
use crate::input::Provenance;
use crate::markdown::{Markdown, join};
use crate::matching::is_unmatchable;
use crate::roster::Person;
use crate::text::fold;

/// An audit's result.
#[derive(Debug)]
pub struct Report {
    pub(super) provenance: Provenance,
    pub(crate) evaluation: Evaluation,
    /// The people in the order of their names.
    pub(super) order: Vec<PersonIdx>,
    /// The decisions about outsiders.
    pub(super) rulings: BTreeMap<SubjectId, Ruling>,
}

impl Report {
    /// The report of an evaluation of the roster from `provenance`.
    pub fn new(provenance: Provenance, evaluation: Evaluation) -> Self {
        let roster = &evaluation.roster;
        let mut order: Vec<PersonIdx> = roster.enumerate().map(|(index, _)| index).collect();
        order.sort_by_cached_key(|index| roster.person(*index).map(|person| fold(&person.name)));
        Self { provenance, evaluation, order, rulings: BTreeMap::new() }
    }

    /// Sets the decisions about outsiders, which the report shows.
    pub fn set_rulings(&mut self, rulings: BTreeMap<SubjectId, Ruling>) {
        self.rulings = rulings;
    }

    /// The source of the roster.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The evaluation.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// Whether there is anything to fix, to justify or to repair.
    pub fn is_clean(&self) -> bool {
        self.evaluation.open_findings().next().is_none() && self.evaluation.problems.is_empty()
    }

    /// The people, ordered by name, each with their findings.
    pub(crate) fn team(&self) -> impl Iterator<Item = Member<'_>> {
        let evaluation = &self.evaluation;
        self.order.iter().filter_map(|index| {
            let about = Subject::Person(*index);
            Some(Member {
                person: evaluation.person(about)?,
                findings: evaluation.findings_of(about),
                account: AccountCell::for_person(evaluation, *index),
                is_excluded: evaluation.is_excluded(about),
            })
        })
    }

    /// The outsiders in the order of [`Account::key`].
    pub(crate) fn outsiders(&self) -> impl Iterator<Item = Outsider<'_>> {
        self.evaluation.outsiders().filter_map(|index| {
            let account = self.evaluation.account(index)?;
            let findings = self.evaluation.findings_of(Subject::Account(index));
            let exception = findings
                .iter()
                .find(|finding| finding.check.id == OUTSIDER)
                .and_then(|finding| self.evaluation.exceptions.get(finding.exception?))
                .map(|(exception, _)| exception);
            let ruling = self.rulings.get(&account.subject());
            Some(Outsider { account, exception, findings, ruling })
        })
    }

    /// Why the outsiders are unknown, if they are.
    pub(crate) fn outsiders_unknown(&self) -> bool {
        self.evaluation.unknown.iter().any(|(check, _)| check.id == OUTSIDER)
    }

    /// The audit in one line of our own words.
    pub fn summary(&self) -> String {
        self.counts().to_string()
    }

    /// The numbers of the summary.
    pub(crate) fn counts(&self) -> SummaryCounts {
        let evaluation = &self.evaluation;
        let open = evaluation.open_findings().count();
        let mut findings = Vec::new();
        for check in evaluation.kind.spec().checks {
            let found = evaluation.open_findings().filter(|finding| finding.check.id == check.id);
            findings.push((check.id, found.count()));
        }
        SummaryCounts {
            people: evaluation.roster.people.len(),
            findings,
            excepted: evaluation.findings.len() - open,
            problems: evaluation.problems.len(),
            seats: self.seats(),
        }
    }

    pub(super) fn seats(&self) -> String {
        match (self.evaluation.seats(), &self.evaluation.accounts) {
            (Some(seats), _) => {
                let outsiders = match seats.outsiders {
                    None => "outsiders unknown".to_owned(),
                    Some(outsiders) => count(outsiders, "outsider"),
                };
                let (active, invited) =
                    (count(seats.active, "account"), count(seats.invited, "invitation"));
                format!("{active}, {invited}, {outsiders}")
            }
            (None, Some(_)) => "accounts not read whole".to_owned(),
            (None, None) => "accounts unknown".to_owned(),
        }
    }

    /// The names of the subjects that are left out.
    pub(super) fn excluded(&self) -> impl Iterator<Item = &str> {
        self.evaluation.excluded.iter().filter_map(|about| match about {
            Subject::Account(index) => self.evaluation.account(*index).map(Account::display_name),
            _ => self.evaluation.person(*about).map(|person| &*person.name),
        })
    }
}

/// The numbers of a report's summary.
///
/// Their text is the summary, which [`is_summary`] recognises once a full stop follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SummaryCounts {
    /// The number of people on the roster.
    pub(crate) people: usize,
    /// The number of findings of each check that no exception justifies, by the check's id.
    pub(crate) findings: Vec<(&'static str, usize)>,
    /// The number of findings that exceptions justify.
    pub(crate) excepted: usize,
    /// The number of entries that could not be read.
    pub(crate) problems: usize,
    /// What is known about the accounts, in words.
    pub(crate) seats: String,
}

impl fmt::Display for SummaryCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open: usize = self.findings.iter().map(|(_, number)| number).sum();
        write!(formatter, "{}, {}", person_count(self.people), count(open, "finding"))?;
        let counts: Vec<String> = self
            .findings
            .iter()
            .filter(|(_, number)| *number > 0)
            .map(|(id, number)| format!("{id}: {number}"))
            .collect();
        if !counts.is_empty() {
            write!(formatter, " ({})", counts.join(", "))?;
        }
        if self.excepted > 0 {
            write!(formatter, ", {} justified by exceptions", self.excepted)?;
        }
        write!(formatter, ", {}; {}", count(self.problems, "problem"), self.seats)
    }
}

/// A person of the roster with their findings.
pub(crate) struct Member<'a> {
    pub(crate) person: &'a Person,
    pub(crate) findings: &'a [Finding],
    pub(super) account: AccountCell<'a>,
    pub(super) is_excluded: bool,
}

impl Member<'_> {
    /// The ids of the checks, separated by commas; `excluded` for a person who is left out.
    pub(super) fn findings_cell(&self) -> Markdown {
        if self.is_excluded { Markdown::literal(EXCLUDED) } else { ids(self.findings) }
    }
}

/// The ids of the checks of some findings, separated by commas.
pub(super) fn ids(findings: &[Finding]) -> Markdown {
    let ids = findings.iter().map(|finding| {
        let id = Markdown::literal(finding.check.id);
        if finding.exception.is_some() { id.and(" ").and(EXCEPTED) } else { id }
    });
    join(ids, ", ")
}

/// The Findings cell of a person who is left out.
pub(crate) const EXCLUDED: &str = "excluded";

/// What follows the id of a check if an exception justifies the finding.
pub(crate) const EXCEPTED: &str = "(exception)";

/// An account of nobody on the roster.
pub(crate) struct Outsider<'a> {
    pub(crate) account: &'a Account,
    pub(crate) exception: Option<&'a Exception>,
    pub(super) findings: &'a [Finding],
    pub(super) ruling: Option<&'a Ruling>,
}

impl<'a> Outsider<'a> {
    /// The role of the account; `invited` until its holder has joined.
    pub(super) fn role(&self) -> &'a str {
        match self.account.status {
            AccountStatus::Active => self.account.role.as_deref().unwrap_or(UNKNOWN),
            AccountStatus::Invited => INVITED,
        }
    }

    /// The justification of the account, as untrusted text.
    pub(super) fn justification(&self) -> &'a str {
        match (self.exception, self.ruling) {
            (Some(exception), _) => &exception.reason,
            (None, Some(ruling)) => &ruling.justification,
            (None, None) => "",
        }
    }

    /// What an operator has recorded about the account, where no exception justifies it.
    pub(crate) fn recorded(&self) -> Option<&'a RecordedDecision> {
        match self.exception {
            Some(_) => None,
            None => self.ruling?.recorded.as_ref(),
        }
    }

    pub(super) fn decision(&self) -> Markdown {
        match (self.exception, self.ruling) {
            (Some(_), _) => Markdown::literal(Decision::Keep.as_str()).and(" ").and(EXCEPTED),
            (None, Some(Ruling { decision: Some(decision), is_confirmed, .. })) => {
                let proposed = if *is_confirmed { "" } else { " (proposed)" };
                Markdown::literal(decision.as_str()).and(proposed)
            }
            (None, _) => Markdown::literal(UNDECIDED),
        }
    }
}

/// The Account cell of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(crate) enum AccountCell<'a> {
    /// It is unknown.
    Unknown,
    /// They have no account.
    None,
    /// They are invited.
    Invited { email: Option<&'a str> },
    /// They have joined.
    Active { email: Option<&'a str>, role: Option<&'a str> },
}

impl<'a> AccountCell<'a> {
    pub(super) fn for_person(evaluation: &'a Evaluation, person: PersonIdx) -> Self {
        let matches = evaluation.matching.for_person(person).iter();
        let accounts = matches.filter_map(|matched| evaluation.account(matched.account));
        match accounts.min_by_key(|account| account.status) {
            Some(Account { email, status: AccountStatus::Invited, .. }) => {
                Self::Invited { email: email.as_deref() }
            }
            Some(Account { email, role, .. }) => {
                Self::Active { email: email.as_deref(), role: role.as_deref() }
            }
            None => {
                let is_complete = evaluation.accounts.as_ref().is_some_and(Accounts::is_complete);
                let matches = evaluation.matching.for_person(person);
                let entry = evaluation.roster.person(person);
                let is_findable = entry.is_some_and(|entry| !is_unmatchable(entry, matches));
                if is_complete && is_findable { Self::None } else { Self::Unknown }
            }
        }
    }

    pub(super) fn as_str(self) -> &'a str {
        match self {
            Self::Unknown => UNKNOWN,
            Self::None => "none",
            Self::Invited { .. } => INVITED,
            Self::Active { role, .. } => role.unwrap_or("active"),
        }
    }
}

/// The Decision cell of an outsider without a decision.
pub(crate) const UNDECIDED: &str = "undecided";

/// The cell for an unknown fact.
pub(crate) const UNKNOWN: &str = "unknown";

/// The cell for a person who has not joined yet.
pub(super) const INVITED: &str = "invited";

/// The cell for a fact that could not be read.
pub(crate) const UNREADABLE: &str = "unreadable";

/// Whether a line has the form of [`Report::summary`] and ends with a full stop.
pub(crate) fn is_summary(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(words.as_slice(), [number, "people," | "person,", _, finding, ..]
        if number.parse::<usize>().is_ok() && finding.starts_with("finding"))
        && line.contains("; ")
        && line.ends_with('.')
}

pub(super) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

pub(super) fn person_count(number: usize) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{number} people") }
}
