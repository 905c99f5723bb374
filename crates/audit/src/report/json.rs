//! The report as one JSON document, for programs.
//!
//! Untrusted text in it is unchanged, but characters that a terminal would act on are escaped.

use jiff::civil::Date;
use serde::Serialize;

use super::{AccountCell, Report};
use crate::accounts::{AccountStatus, Capture};
use crate::check::Finding;
use crate::evaluation::Seats;
use crate::evaluation::exceptions::{Exception, ExceptionOutcome, ExceptionSubject};
use crate::identity::Subject;
use crate::input::{Location, Problem, Provenance};
use crate::roster::Field;
use crate::text;

/// The name and version of the document's schema. A change that breaks readers raises the number.
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

#[derive(Serialize)]
struct OutsiderRow<'a> {
    subject: String,
    name: &'a str,
    email: Option<&'a str>,
    #[serde(rename = "standing")]
    status: AccountStatus,
    role: Option<&'a str>,
    since: &'a str,
    justification: &'a str,
    decision: String,
    findings: Vec<FindingRow<'a>>,
    #[serde(flatten)]
    location: &'a Location,
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

#[derive(Serialize)]
struct PersonRow<'a> {
    subject: String,
    name: &'a str,
    email: Option<&'a str>,
    gitlab: Option<&'a str>,
    calendly_link: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<&'static str>,
    account: AccountCell<'a>,
    excluded: bool,
    findings: Vec<FindingRow<'a>>,
    #[serde(flatten)]
    location: Location,
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

pub(super) fn render(report: &Report) -> String {
    let json = text::json(&document(report));
    debug_assert!(json.is_ok(), "every part of the document is a text, a number or a list");
    json.unwrap_or_default()
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
    report
        .outsiders()
        .map(|outsider| OutsiderRow {
            subject: outsider.account.subject().to_string(),
            name: &outsider.account.name,
            email: outsider.account.email.as_deref(),
            status: outsider.account.status,
            role: outsider.account.role.as_deref(),
            since: &outsider.account.since,
            justification: outsider.justification(),
            decision: outsider.decision().to_string(),
            findings: findings(outsider.findings),
            location: &outsider.account.location,
        })
        .collect()
}

fn people(report: &Report) -> Vec<PersonRow<'_>> {
    let people = report.team().map(|member| {
        let person = member.person;
        let facts = [
            ("email", &person.email),
            ("gitlab", &person.gitlab_username),
            ("calendly_link", &person.calendly),
        ];
        let unreadable = facts.into_iter().filter(|(_, fact)| **fact == Field::Unreadable);
        PersonRow {
            subject: person.subject().to_string(),
            name: &person.name,
            email: person.email.value().map(|email| &**email),
            gitlab: person.gitlab_username.value().map(|username| &**username),
            calendly_link: person.calendly.value().map(|link| &**link),
            unreadable: unreadable.map(|(name, _)| name).collect(),
            account: member.account,
            excluded: member.is_excluded,
            findings: findings(member.findings),
            location: report.evaluation.roster.location(person),
        }
    });
    people.collect()
}
