//! The report as one JSON document, for programs.
//!
//! Untrusted text in it is unchanged, but characters that a terminal would act on are escaped.

use jiff::civil::Date;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Member, Outsider, Report, columns};
use crate::accounts::Capture;
use crate::check::Finding;
use crate::evaluation::exceptions::{Exception, ExceptionOutcome, ExceptionSubject};
use crate::evaluation::{Evaluation, Seats};
use crate::identity::Subject;
use crate::input::{Location, Problem, Provenance};
use crate::roster::Field;
use crate::text;

/// The name and version of the document's schema.
///
/// A field that is removed, renamed or given another meaning raises the number; an added one does not,
/// but belongs in `docs/schemas/report.json`, under `required` if it is always there.
const SCHEMA: &str = "support-audit/report/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    kind: &'static str,
    provenance: &'a Provenance,
    problems: &'a [Problem],
    checks_off: Vec<&'static str>,
    checks_unknown: Vec<&'static str>,
    excluded: Vec<&'a str>,
    excluded_nobody: &'a [String],
    exceptions: Vec<ExceptionRow<'a>>,
    accounts: Option<&'a Capture>,
    people: Vec<PersonRow<'a>>,
    outsiders: Outsiders<'a>,
    organization: Vec<FindingRow<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Outsiders<'a> {
    Unknown,
    Known { rows: Vec<OutsiderRow<'a>> },
}

/// An outsider, with the names of the table's columns as keys.
struct OutsiderRow<'a>(Outsider<'a>);

impl Serialize for OutsiderRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(outsider) = self;
        let account = outsider.account;
        let [name, email, role, since, justification, decision] =
            columns::outsiders().map(|column| column.field);
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("subject", &account.subject().to_string())?;
        row.serialize_entry(name, &account.name)?;
        row.serialize_entry(email, &account.email)?;
        row.serialize_entry("standing", &account.status)?;
        row.serialize_entry(role, &account.role)?;
        row.serialize_entry(since, &account.since)?;
        row.serialize_entry(justification, outsider.justification())?;
        row.serialize_entry(decision, &outsider.decision().to_string())?;
        row.serialize_entry("findings", &findings(outsider.findings))?;
        serialize_location(&mut row, &account.location)?;
        row.end()
    }
}

/// Adds where something is: as two entries, like the locations of problems.
fn serialize_location<M: SerializeMap>(row: &mut M, location: &Location) -> Result<(), M::Error> {
    let Location { file, line } = location;
    row.serialize_entry("file", file)?;
    row.serialize_entry("line", line)
}

#[derive(Serialize)]
struct ExceptionRow<'a> {
    checks: &'a [&'static str],
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    reason: &'a str,
    approved_by: &'a str,
    approved_on: Date,
    expires: Date,
    fate: &'static str,
    #[serde(flatten)]
    location: &'a Location,
}

/// A person, with the names of the table's columns as keys.
struct PersonRow<'a> {
    evaluation: &'a Evaluation,
    member: Member<'a>,
}

impl Serialize for PersonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { evaluation, member } = self;
        let person = member.person;
        let [name, gitlab, link, account, findings] =
            columns::people(evaluation.kind.spec()).map(|column| column.field);
        let fields =
            [("email", &person.email), (gitlab, &person.gitlab_username), (link, &person.link)];
        let unreadable: Vec<&str> = fields
            .into_iter()
            .filter(|(_, field)| **field == Field::Unreadable)
            .map(|(name, _)| name)
            .collect();
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("subject", &person.subject().to_string())?;
        row.serialize_entry(name, &person.name)?;
        for (key, field) in fields {
            row.serialize_entry(key, &field.value())?;
        }
        if !unreadable.is_empty() {
            row.serialize_entry("unreadable", &unreadable)?;
        }
        row.serialize_entry(account, &member.account)?;
        row.serialize_entry("excluded", &member.is_excluded)?;
        row.serialize_entry(findings, &self::findings(member.findings))?;
        serialize_location(&mut row, &evaluation.roster.location(person))?;
        row.end()
    }
}

#[derive(Serialize)]
struct FindingRow<'a> {
    check: &'static str,
    asked: &'static str,
    evidence: &'a str,
    fix: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    excepted: bool,
}

#[derive(Serialize)]
struct Summary {
    people: usize,
    findings: usize,
    problems: usize,
    seats: Option<Seats>,
    text: String,
}

pub(super) fn render(report: &Report) -> serde_json::Result<String> {
    text::json(&document(report))
}

fn document(report: &Report) -> Document<'_> {
    let evaluation = &report.evaluation;
    Document {
        schema: SCHEMA,
        kind: evaluation.kind.spec().id,
        provenance: &report.provenance,
        problems: &evaluation.problems,
        checks_off: evaluation.off.iter().map(|check| check.id).collect(),
        checks_unknown: evaluation.unknown.iter().map(|(check, _)| check.id).collect(),
        excluded: report.excluded().collect(),
        excluded_nobody: &evaluation.excluded_nobody,
        exceptions: evaluation.exceptions.iter().map(exception).collect(),
        accounts: evaluation.accounts.as_ref().map(|accounts| &accounts.capture),
        people: people(report),
        outsiders: if report.outsiders_unknown() {
            Outsiders::Unknown
        } else {
            Outsiders::Known { rows: outsiders(report) }
        },
        organization: findings(evaluation.findings_of(Subject::Organization)),
        summary: Summary {
            people: evaluation.roster.people.len(),
            findings: evaluation.open_findings().count(),
            problems: evaluation.problems.len(),
            seats: evaluation.seats(),
            text: report.summary(),
        },
    }
}

fn exception((exception, outcome): &(Exception, ExceptionOutcome)) -> ExceptionRow<'_> {
    let (email, account) = match &exception.subject {
        ExceptionSubject::Organization => (None, None),
        ExceptionSubject::Email(email) => (Some(email.as_str()), None),
        ExceptionSubject::Account(id) => (None, Some(id.as_str())),
    };
    ExceptionRow {
        checks: &exception.checks,
        email,
        account,
        reason: &exception.reason,
        approved_by: &exception.approved_by,
        approved_on: exception.approved_on,
        expires: exception.expires,
        fate: outcome.describe(),
        location: &exception.location,
    }
}

fn findings(findings: &[Finding]) -> Vec<FindingRow<'_>> {
    findings
        .iter()
        .map(|finding| FindingRow {
            check: finding.check.id,
            asked: finding.check.asked.describe(),
            evidence: &finding.evidence,
            fix: finding.check.fix,
            excepted: finding.exception.is_some(),
        })
        .collect()
}

fn outsiders(report: &Report) -> Vec<OutsiderRow<'_>> {
    report.outsiders().map(OutsiderRow).collect()
}

fn people(report: &Report) -> Vec<PersonRow<'_>> {
    let evaluation = &report.evaluation;
    report.team().map(|member| PersonRow { evaluation, member }).collect()
}
