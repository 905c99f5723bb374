//! The report: the audit as people and programs read it.

mod csv;
mod json;
pub(crate) mod markdown;
mod table;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;

use crate::finding::{Check, Finding, Hit};
use crate::kinds::Kind;
use crate::problem::Problem;
use crate::roster::{Field, Person, Roster};
use crate::text::fold;

/// Where a roster comes from, and how anybody can see that it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The GitLab project's path; absent for a local roster.
    pub project: Option<String>,
    /// The file's or folder's path; `-` for standard input.
    pub path: String,
    /// The id of the commit that was read; absent for a local roster.
    pub commit: Option<String>,
    /// SHA-256 in hex digits: of the file, or of what `sha256sum *` prints in a folder.
    pub sha256: String,
    /// When it was read.
    pub read_at: Timestamp,
    /// The version of the program that read it.
    pub version: String,
}

/// What the users have decided about how an audit is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The ids of the checks that are switched off.
    pub checks_off: Vec<String>,
    /// E-mail addresses, GitLab usernames or names of people who are left out.
    pub exclude: Vec<String>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for an issue.
    Markdown,
    /// One document for programs.
    Json,
    /// One table for spreadsheets.
    Csv,
    /// Aligned columns for a terminal.
    Table,
}

/// An audit's result.
#[derive(Debug)]
pub struct Report {
    pub(crate) kind: Kind,
    provenance: Provenance,
    pub(crate) problems: Vec<Problem>,
    roster: Roster,
    /// The people's places in the roster, in the order of their names.
    order: Vec<usize>,
    /// In the order of the people's places.
    findings: Vec<Finding>,
    off: Vec<&'static Check>,
    /// Checks that could not be evaluated.
    unknown: Vec<&'static Check>,
    /// The people's places in the roster, sorted.
    excluded: Vec<usize>,
    /// Exclusions that mean nobody.
    excluded_nobody: Vec<String>,
}

impl Report {
    /// Evaluates the checks of `kind` on the roster.
    pub fn new(
        kind: Kind,
        policy: &Policy,
        provenance: Provenance,
        roster: Roster,
        problems: Vec<Problem>,
    ) -> Self {
        let is_off = |check: &Check| policy.checks_off.iter().any(|id| id == check.id);
        let (off, on): (Vec<&'static Check>, Vec<&'static Check>) =
            kind.spec().checks.iter().partition(|check| is_off(check));
        let may_hide_somebody = problems.iter().any(|problem| problem.hides_person);
        let is_unknown = |check: &&'static Check| check.needs_everybody && may_hide_somebody;
        let (unknown, on): (Vec<&'static Check>, Vec<&'static Check>) =
            on.into_iter().partition(is_unknown);
        let (excluded, excluded_nobody) = exclude(&roster, &policy.exclude);
        let found = |check: &'static Check| {
            let finding = move |Hit { person, evidence }| Finding { check, person, evidence };
            (check.find)(&roster).into_iter().map(finding)
        };
        let mut findings: Vec<Finding> = on.into_par_iter().flat_map_iter(found).collect();
        findings.retain(|finding| excluded.binary_search(&finding.person).is_err());
        findings.sort_by_key(|finding| finding.person);
        let mut order: Vec<usize> = (0..roster.people.len()).collect();
        order.sort_by_cached_key(|index| roster.people.get(*index).map(|it| fold(&it.name)));
        Self {
            kind,
            provenance,
            problems,
            roster,
            order,
            findings,
            off,
            unknown,
            excluded,
            excluded_nobody,
        }
    }

    /// Whether there is anything to fix, to justify or to repair.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.problems.is_empty()
    }

    /// The report as text that ends with a line break.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Markdown => markdown::render(self),
            Format::Json => json::render(self),
            Format::Csv => csv::render(self),
            Format::Table => table::render(self),
        }
    }

    /// The people in the order of their names, each with what was found about them.
    pub(crate) fn team(&self) -> impl Iterator<Item = Member<'_>> {
        self.order.iter().filter_map(|index| {
            let person = self.roster.people.get(*index)?;
            let start = self.findings.partition_point(|finding| finding.person < *index);
            let end = self.findings.partition_point(|finding| finding.person <= *index);
            let findings = self.findings.get(start..end).unwrap_or_default();
            let is_excluded = self.excluded.binary_search(index).is_ok();
            Some(Member { person, findings, is_excluded })
        })
    }

    /// The audit in one line of our own words.
    pub fn summary(&self) -> String {
        let checks = self.kind.spec().checks.iter();
        let counts: Vec<String> = checks
            .map(|check| {
                let is_of_check = |finding: &&Finding| std::ptr::eq(finding.check, check);
                (check.id, self.findings.iter().filter(is_of_check).count())
            })
            .filter(|(_, count)| *count > 0)
            .map(|(id, count)| format!("{id}: {count}"))
            .collect();
        let counts =
            if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        format!(
            "{}, {}{counts}, {}; accounts unknown",
            person_count(self.roster.people.len()),
            count(self.findings.len(), "finding"),
            count(self.problems.len(), "problem"),
        )
    }
}

/// A person of the roster with what was found about them.
pub(crate) struct Member<'a> {
    pub(crate) person: &'a Person,
    pub(crate) findings: &'a [Finding],
    is_excluded: bool,
}

impl Member<'_> {
    /// The ids of the checks, comma-separated; `excluded` for those who are left out.
    fn findings_cell(&self) -> String {
        if self.is_excluded {
            return "excluded".to_owned();
        }
        self.findings.iter().map(|finding| finding.check.id).collect::<Vec<_>>().join(", ")
    }

    fn gitlab_username(&self) -> Cell<'_> {
        Cell::of(&self.person.gitlab_username)
    }

    fn calendly_link(&self) -> Cell<'_> {
        Cell::of(&self.person.calendly)
    }
}

/// What a cell says of a fact.
enum Cell<'a> {
    Missing,
    Unreadable,
    Foreign(&'a str),
}

impl<'a> Cell<'a> {
    fn of(field: &'a Field<Box<str>>) -> Self {
        match field {
            Field::Missing => Self::Missing,
            Field::Unreadable => Self::Unreadable,
            Field::Value(value) => Self::Foreign(value),
        }
    }
}

/// What stands in the Account column while the accounts have not been read.
pub(crate) const UNKNOWN: &str = "unknown";

/// What stands where a fact could not be read.
pub(crate) const UNREADABLE: &str = "unreadable";

pub(crate) const TEAM_COLUMNS: [&str; 5] =
    ["Name", "GitLab", "Calendly link", "Account", "Findings"];
pub(crate) const OUTSIDERS_COLUMNS: [&str; 6] =
    ["Name", "Email", "Role", "Since", "Justification", "Decision"];

/// Finds whom `exclude` means: sorted places in the roster, and those that mean nobody.
fn exclude(roster: &Roster, exclude: &[String]) -> (Vec<usize>, Vec<String>) {
    let mut excluded = Vec::new();
    let mut nobody = Vec::new();
    for wanted in exclude {
        let before = excluded.len();
        let is_meant = |(_, person): &(usize, &Person)| is_meant(person, wanted);
        let people = roster.people.iter().enumerate();
        excluded.extend(people.filter(is_meant).map(|(index, _)| index));
        if excluded.len() == before {
            nobody.push(wanted.clone());
        }
    }
    excluded.sort_unstable();
    excluded.dedup();
    (excluded, nobody)
}

fn is_meant(person: &Person, wanted: &str) -> bool {
    let is_field = |field: &Field<Box<str>>| {
        field.value().is_some_and(|value| value.to_lowercase() == wanted.to_lowercase())
    };
    is_field(&person.email)
        || is_field(&person.gitlab_username)
        || fold(&person.name) == fold(wanted)
}

fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn person_count(number: usize) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{number} people") }
}

#[cfg(test)]
mod tests;
