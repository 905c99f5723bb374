//! Records a report in the audit's issue.

pub(crate) mod comment;

use crate::accounts::{AccountStatus, Accounts};
use crate::evaluation::OUTSIDER;
use crate::plan::{Action, Plan};
use crate::record::description::{self, Adopt, Broken, Departed};
use crate::record::marker::{Content, Marker, MarkerHeader, ReportMark, Sizes, SourceDigests};
use crate::report::Report;

/// The issue that a report is written to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its number in its project.
    pub iid: u64,
    /// Its description as it was read.
    pub description: &'a str,
    /// The audit.
    pub header: MarkerHeader,
    /// The digests of the sources of the report.
    pub sources: &'a SourceDigests,
    /// Sizes that the operator accepts although they are much smaller than the recorded ones.
    pub accepted: Sizes,
}

/// A comment whose author's markers count.
#[derive(Debug, Clone, Copy)]
pub struct Comment<'a> {
    /// Its text.
    pub body: &'a str,
    /// The username of who wrote it.
    pub author: &'a str,
}

/// Whether a report is recorded completely: in one comment, or in all parts.
fn is_complete(recorded: &[Option<(usize, usize)>]) -> bool {
    recorded.iter().any(|part| match part {
        None => true,
        Some((_, count)) => (1..=*count).all(|number| recorded.contains(&Some((number, *count)))),
    })
}

/// Plans the changes after which the issue holds the report.
///
/// These are its description and, the first time, a comment that records the audited population and
/// is never changed.
///
/// # Errors
///
/// [`Broken`] if the report cannot be written without damage to what people wrote.
pub fn plan(
    report: &Report,
    target: &Target<'_>,
    comments: &[Comment<'_>],
    adopt: Adopt,
) -> Result<Plan, Broken> {
    let mut plan = Plan::default();
    let mut written = description::write(target.description, report, adopt)?;
    if description::marker(&written.text).is_none() {
        written.text =
            format!("{}\n\n{}", written.text.trim_end(), target.header.with(Content::Issue));
    }
    if description::stored(&written.text) != description::stored(target.description) {
        plan.actions.push(Action::UpdateDescription {
            iid: target.iid,
            read: target.description.to_owned(),
            text: written.text,
        });
    }
    if written.is_shortened {
        let note = "the description has no room for everybody: it lists those with findings";
        plan.notes.push(note.to_owned());
    }
    if let Some(instant) = written.accounts_as_of {
        plan.notes.push(format!(
            "no accounts are at hand: what the issue holds of them stays, as of {instant}"
        ));
    }
    plan.notes.extend(departures(report, target));
    let mark = mark(report);
    // A size is accepted once, by a comment of its own.
    let recorded: Vec<Option<(usize, usize)>> = reports(target.header, comments)
        .filter(|(_, accepted)| target.accepted == Sizes::default() || *accepted == target.accepted)
        .filter(|(recorded, _)| satisfies(recorded, &mark))
        .map(|(recorded, _)| recorded.part)
        .collect();
    if !is_complete(&recorded) {
        let mut marker = target.header.with(Content::Report(mark));
        marker.sources = target.sources.clone();
        marker.accepted = target.accepted;
        for (body, marker) in comment::report(report, &marker) {
            // An interrupted run may have written some of the parts already.
            let is_missing = match &marker.content {
                Content::Report(mark) => !recorded.contains(&mark.part),
                _ => false,
            };
            if is_missing {
                plan.actions.push(Action::Comment { iid: target.iid, body, marker });
            }
        }
    }
    Ok(plan)
}

/// Who left, where the roster or the accounts have become much smaller.
fn departures(report: &Report, target: &Target<'_>) -> Vec<String> {
    let evaluation = report.evaluation();
    let is_roster_smaller = evaluation.shrunken_from.is_some() || target.accepted.roster.is_some();
    let are_accounts_fewer =
        evaluation.accounts_shrunken_from.is_some() || target.accepted.accounts.is_some();
    let mut notes = Vec::new();
    if !is_roster_smaller && !are_accounts_fewer {
        return notes;
    }
    let accounts = evaluation.accounts.as_ref().map(|accounts| (accounts, &evaluation.matching));
    let departed = description::departed(target.description, &evaluation.roster, accounts);
    if is_roster_smaller && !departed.people.is_empty() {
        let names = Departed::list(&departed.people);
        notes.push(format!("in the issue, and not on the roster now: {names}"));
    }
    if are_accounts_fewer && !departed.accounts.is_empty() {
        let names = Departed::list(&departed.accounts);
        notes.push(format!("with an account in the issue, and without one now: {names}"));
    }
    notes
}

/// What the marker of a recorded report holds.
fn mark(report: &Report) -> ReportMark {
    let evaluation = report.evaluation();
    let accounts = evaluation.accounts.as_ref();
    let is_outsider_known =
        !evaluation.unknown.iter().any(|(check, _)| check.id == OUTSIDER) && accounts.is_some();
    ReportMark {
        people: evaluation.roster.people.len(),
        accounts: accounts.map(|accounts| accounts.list.len()),
        is_complete: accounts.is_some_and(Accounts::is_complete),
        invitations: accounts.map(|accounts| accounts.with(AccountStatus::Invited).count()),
        findings: Some(evaluation.open_findings().count()),
        outsiders: is_outsider_known.then(|| evaluation.outsiders().count()),
        part: None,
    }
}

/// The recorded reports, with the sizes that were accepted with them.
fn reports<'c>(
    header: MarkerHeader,
    comments: &'c [Comment<'_>],
) -> impl Iterator<Item = (ReportMark, Sizes)> + 'c {
    comments.iter().filter_map(move |comment| {
        let marker = Marker::of_comment(comment.body).filter(|marker| marker.header == header)?;
        match marker.content {
            Content::Report(mark) => Some((mark, marker.accepted)),
            _ => None,
        }
    })
}

/// Whether the recorded reports make it unnecessary to record another. Accounts are recorded once.
fn satisfies(recorded: &ReportMark, report: &ReportMark) -> bool {
    let has_accounts = |mark: &ReportMark| mark.accounts.is_some() && mark.is_complete;
    has_accounts(recorded) || !has_accounts(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Evaluation, Policy, Sources};
    use crate::input::{Provenance, SourceFile};
    use crate::kinds::Kind;
    use crate::roster::{OperationsTeam, parse};

    fn report(people: usize) -> Report {
        let mut team = String::new();
        for number in 0..people {
            team.push_str(&format!(
                "- name: Person {number}\n  calendly: https://calendly.com/p{number}\n"
            ));
        }
        let file = SourceFile { name: "team.yaml".to_owned(), bytes: team.into_bytes() };
        let (roster, problems) =
            parse(&[file], Kind::Calendly.spec().roster_field, &OperationsTeam::default());
        let provenance = Provenance {
            project: None,
            path: "team.yaml".to_owned(),
            commit: None,
            sha256: "4c29".to_owned(),
            read_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            version: "1.2.3",
        };
        let sources = Sources { roster, problems, ..Sources::default() };
        let today = "2026-11-22".parse().unwrap();
        Report::new(provenance, Evaluation::new(Kind::Calendly, &Policy::default(), sources, today))
    }

    /// The comments that are to be written where these are there.
    fn planned(report: &Report, there: &[String]) -> Vec<String> {
        let period = "FY28-Q1".parse().unwrap();
        let header = MarkerHeader { kind: Kind::Calendly, period };
        let sources = SourceDigests::default();
        let accepted = Sizes::default();
        let target =
            Target { iid: 1, description: "## Notes\n", header, sources: &sources, accepted };
        let comments: Vec<_> = there.iter().map(|body| Comment { body, author: "ada" }).collect();
        let plan = plan(report, &target, &comments, Adopt::No).unwrap();
        let body = |action| match action {
            Action::Comment { body, .. } => Some(body.to_string()),
            _ => None,
        };
        plan.actions.into_iter().filter_map(body).collect()
    }

    #[test]
    fn a_report_is_recorded_once() {
        let report = report(3);
        let bodies = planned(&report, &[]);
        assert_eq!(bodies.len(), 1);
        assert_eq!(planned(&report, &bodies), [""; 0]);
        assert_eq!(planned(&report, &["Somebody's words.".to_owned()]), bodies);
    }

    #[test]
    fn of_a_long_report_only_the_missing_parts_are_written() {
        let report = report(40_000);
        let bodies = planned(&report, &[]);
        assert!(bodies.len() > 2, "{}", bodies.len());
        assert!(bodies.iter().all(|body| body.chars().count() <= comment::MAX_COMMENT));
        assert_eq!(planned(&report, &bodies), [""; 0]);
        assert_eq!(planned(&report, &bodies[..1]), bodies[1..]);
        let [first, _, rest @ ..] = bodies.as_slice() else { panic!("too few") };
        let there: Vec<String> = [first].into_iter().chain(rest).cloned().collect();
        assert_eq!(planned(&report, &there), bodies[1..2]);
    }
}
