//! The report as one JSON document, for programs.
//!
//! Foreign text stands in it as it is; what a terminal would act on is escaped.

use serde::Serialize;

use super::{Provenance, Report};
use crate::problem::{Place, Problem};
use crate::roster::Field;
use crate::text;

/// The name and version of the document's form: a change that breaks readers raises the number.
const SCHEMA: &str = "support-audit/report/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    kind: &'static str,
    provenance: &'a Provenance,
    problems: &'a [Problem],
    checks_off: Vec<&'static str>,
    checks_unknown: Vec<&'static str>,
    excluded_nobody: &'a [String],
    people: Vec<PersonRow<'a>>,
    outsiders: Unknown,
    summary: Summary,
}

/// What could not be evaluated.
#[derive(Serialize)]
struct Unknown {
    state: &'static str,
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
    account: Unknown,
    excluded: bool,
    findings: Vec<FindingRow<'a>>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    check: &'static str,
    asked: &'static str,
    evidence: &'a str,
    fix: &'static str,
}

#[derive(Serialize)]
struct Summary {
    people: usize,
    findings: usize,
    problems: usize,
    text: String,
}

pub(super) fn render(report: &Report) -> String {
    let json = text::json(&document(report));
    debug_assert!(json.is_ok(), "every part of the document is a text, a number or a list");
    json.unwrap_or_default()
}

fn document(report: &Report) -> Document<'_> {
    Document {
        schema: SCHEMA,
        kind: report.kind.spec().id,
        provenance: &report.provenance,
        problems: &report.problems,
        checks_off: report.off.iter().map(|check| check.id).collect(),
        checks_unknown: report.unknown.iter().map(|check| check.id).collect(),
        excluded_nobody: &report.excluded_nobody,
        people: people(report),
        outsiders: Unknown { state: super::UNKNOWN },
        summary: Summary {
            people: report.roster.people.len(),
            findings: report.findings.len(),
            problems: report.problems.len(),
            text: report.summary(),
        },
    }
}

fn people(report: &Report) -> Vec<PersonRow<'_>> {
    let people = report.team().map(|member| {
        let person = member.person;
        let findings = member.findings.iter().map(|finding| FindingRow {
            check: finding.check.id,
            asked: finding.check.asked.words(),
            evidence: &finding.evidence,
            fix: finding.check.fix,
        });
        let facts = [
            ("email", &person.email),
            ("gitlab", &person.gitlab_username),
            ("calendly_link", &person.calendly),
        ];
        let unreadable = facts.into_iter().filter(|(_, fact)| **fact == Field::Unreadable);
        PersonRow {
            subject: person.subject().to_string(),
            name: &person.name,
            email: person.email.value().map(|it| &**it),
            gitlab: person.gitlab_username.value().map(|it| &**it),
            calendly_link: person.calendly.value().map(|it| &**it),
            unreadable: unreadable.map(|(name, _)| name).collect(),
            account: Unknown { state: super::UNKNOWN },
            excluded: member.is_excluded,
            findings: findings.collect(),
            place: report.roster.place(person),
        }
    });
    people.collect()
}
