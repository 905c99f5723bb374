//! The part of an issue about accounts, which is kept while a report has none.
//!
//! A report without accounts renews only what follows from the roster.
//! Everything that the issue says about accounts stays, dated by the instant at which they were
//! read.
//! This is text of the issue and not a source: no state of a finding is derived from it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::previous::{AS_OF, Previous, is_accounts_provenance, split_at_instant};
use super::table::Row;
use crate::check::Find;
use crate::report::columns::{ACCOUNT, DECISION, FINDINGS, PEOPLE_KEYS};
use crate::report::note::SEEN;
use crate::report::{EXCEPTED, EXCLUDED, Report, SummaryCounts, is_summary};

/// What is kept about accounts.
#[derive(Debug)]
pub(super) struct Held<'a> {
    /// When the accounts were read, according to the issue.
    pub(super) as_of: &'a str,
    /// The line of their provenance, with its date.
    pub(super) provenance: String,
    /// The notes about accounts, as lines.
    pub(super) notes: Vec<&'a str>,
    /// The problems of accounts, as lines.
    pub(super) problems: Vec<&'a str>,
    /// The ids of all checks, in their order.
    checks: Vec<&'static str>,
    /// The ids of the checks that need accounts and are not switched off.
    account_checks: Vec<&'static str>,
    /// How many findings of each check the summary counted beyond those in the rows of people.
    counts: BTreeMap<&'static str, usize>,
    /// How many findings beyond those in the rows of people exceptions justified.
    excepted: usize,
    /// The words of the summary about accounts.
    seats: &'a str,
}

/// The number of findings about accounts in the rows of people.
#[derive(Debug, Default)]
pub(super) struct Tally {
    open: BTreeMap<&'static str, usize>,
    excepted: usize,
}

impl<'a> Held<'a> {
    /// What is kept about accounts; `None` if the report has accounts, or the issue has none.
    pub(super) fn read(report: &Report, previous: &'a Previous<'a>) -> Option<Self> {
        let evaluation = report.evaluation();
        if evaluation.accounts.is_some() {
            return None;
        }
        let spec = evaluation.kind.spec();
        let is_off = |id: &str| evaluation.off.iter().any(|check| check.id == id);
        let line = previous.ours.iter().find(|line| is_accounts_provenance(line))?;
        let (before, as_of) = split_at_instant(line).or_else(|| line.rsplit_once(AS_OF))?;
        let as_of = as_of.trim_end_matches('.');
        as_of.parse::<Timestamp>().ok()?;
        let source = before.split_once(", SHA-256 ").map_or(before, |(source, _)| source);
        let source = source.trim_start_matches("Accounts ");
        let mut held = Self {
            as_of,
            provenance: format!("{before}{AS_OF}{as_of}."),
            notes: Vec::new(),
            problems: Vec::new(),
            checks: spec.checks.iter().map(|check| check.id).collect(),
            account_checks: spec
                .checks
                .iter()
                .filter(|check| matches!(check.find, Find::AmongAccounts(_)) && !is_off(check.id))
                .map(|check| check.id)
                .collect(),
            counts: BTreeMap::new(),
            excepted: 0,
            seats: "accounts unknown",
        };
        held.take_lines(&previous.ours, source, spec.system);
        held.take_rows(previous);
        Some(held)
    }

    /// Keeps the lines about accounts.
    fn take_lines(&mut self, lines: &[&'a str], source: &str, system: &str) {
        for line in lines {
            if self.is_note(line, system) {
                self.notes.push(line);
            } else if line.starts_with(&format!("- {source}")) || line.starts_with("- `https://") {
                self.problems.push(line);
            } else if is_summary(line) {
                self.take_summary(line);
            }
        }
    }

    fn is_note(&self, line: &str, system: &str) -> bool {
        let about = line.strip_prefix(&format!("- {system}: ")).unwrap_or_default();
        line.starts_with("- Accounts not read whole: ")
            || self.account_checks.iter().any(|id| {
                about.strip_prefix(id).is_some_and(|rest| rest.starts_with([',', ' ']))
                    || line.starts_with("- Check unknown ") && line.ends_with(&format!(": {id}."))
            })
    }

    fn take_summary(&mut self, line: &'a str) {
        let Some((findings, seats)) = line.trim_end_matches('.').split_once("; ") else { return };
        let seats = seats.split_once(AS_OF).map_or(seats, |(seats, _)| seats);
        // These are our own words and numbers. Nobody else's text matches this.
        let is_word =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, ' ' | ',');
        if seats.chars().all(is_word) {
            self.seats = seats;
        }
        let counts = findings.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        for pair in counts.map_or("", |(counts, _)| counts).split(", ") {
            let Some((id, number)) = pair.split_once(": ") else { continue };
            let id = self.account_checks.iter().find(|known| **known == id);
            if let (Some(id), Ok(number)) = (id, number.parse()) {
                self.counts.insert(id, number);
            }
        }
    }

    /// Leaves what the rows of people hold to those rows, and counts the exceptions of the others.
    fn take_rows(&mut self, previous: &Previous<'_>) {
        for row in &previous.team.rows {
            for (id, is_excepted) in self.findings_in(row.written(FINDINGS).unwrap_or_default()) {
                if let (false, Some(count)) = (is_excepted, self.counts.get_mut(id)) {
                    *count = count.saturating_sub(1);
                }
            }
        }
        let excepted_row = |row: &&Row<'_>| {
            row.written(DECISION).is_some_and(|decision| decision.ends_with(EXCEPTED))
        };
        let excepted_note = |note: &&&str| note.contains(&format!("{EXCEPTED}{SEEN}"));
        self.excepted = previous.outsiders.rows.iter().filter(excepted_row).count()
            + self.notes.iter().filter(excepted_note).count();
    }

    /// The findings about accounts in a cell, each with whether an exception justifies it.
    fn findings_in(&self, cell: &str) -> Vec<(&'static str, bool)> {
        let mut findings = Vec::new();
        for entry in cell.split(", ") {
            let id = check_of(entry);
            if let Some(id) = self.account_checks.iter().find(|known| **known == id) {
                findings.push((*id, entry.ends_with(EXCEPTED)));
            }
        }
        findings
    }

    /// Adds what a row holds about accounts to the cells that are written.
    pub(super) fn keep_in_row(&self, row: &Row<'_>, written: &mut [String]) {
        let account = row.written(ACCOUNT).filter(|account| !account.is_empty());
        if let (Some(account), Some(cell)) = (account, cell(written, ACCOUNT)) {
            account.clone_into(cell);
        }
        let held = row.written(FINDINGS).unwrap_or_default();
        let Some(cell) = cell(written, FINDINGS).filter(|cell| *cell != EXCLUDED) else { return };
        let fresh = cell.split(", ").filter(|entry| !entry.is_empty());
        let held = held.split(", ").filter(|entry| self.account_checks.contains(&check_of(entry)));
        let mut entries: Vec<&str> = fresh.chain(held).collect();
        entries.sort_by_key(|entry| self.checks.iter().position(|id| *id == check_of(entry)));
        *cell = entries.join(", ");
    }

    /// Counts the findings about accounts in a row.
    pub(super) fn count_in_row(&self, written: &[String], tally: &mut Tally) -> usize {
        let position = PEOPLE_KEYS.iter().position(|key| *key == FINDINGS);
        let cell = position.and_then(|position| written.get(position));
        let findings = self.findings_in(cell.map_or("", String::as_str));
        for (id, is_excepted) in &findings {
            if *is_excepted {
                tally.excepted += 1;
            } else {
                *tally.open.entry(id).or_default() += 1;
            }
        }
        findings.len()
    }

    /// Adds what is kept about accounts to the numbers of a report without accounts.
    pub(super) fn add_counts(&self, counts: &mut SummaryCounts, tally: &Tally) {
        for (id, number) in &mut counts.findings {
            if self.account_checks.contains(id) {
                let others = self.counts.get(id).copied().unwrap_or_default();
                *number = others + tally.open.get(id).copied().unwrap_or_default();
            }
        }
        counts.excepted += self.excepted + tally.excepted;
        counts.problems += self.problems.len();
        counts.seats = format!("{}{AS_OF}{}", self.seats, self.as_of);
    }
}

/// The check that an entry of a Findings cell names.
fn check_of(entry: &str) -> &str {
    entry.trim_end_matches(EXCEPTED).trim_end()
}

fn cell<'w>(written: &'w mut [String], key: &str) -> Option<&'w mut String> {
    let position = PEOPLE_KEYS.iter().position(|known| *known == key)?;
    written.get_mut(position)
}

#[cfg(test)]
mod tests;
