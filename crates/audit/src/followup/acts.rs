//! What an operator does about findings explicitly.

use super::names::{finding_name, held, is_named, standing};
use super::plan::{Planner, Refusal, is_for_operators, lines};
use super::words::{self, Comment, Line};
use super::{Case, Entry, FollowupInput, Justification, State};
use crate::record::conversation::{Marked as MarkedNote, Thread};
use crate::record::directory::Unmentionable;
use crate::record::marker::{Item, Mark, Marked};

/// What an operator does about findings, each named as `CHECK:SUBJECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Accept them as they are.
    Accept {
        /// The findings.
        findings: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Ask about them again, which begins a new round.
    AskAgain {
        /// The findings.
        findings: Vec<String>,
        /// What to say besides; may be empty.
        reason: String,
    },
    /// Record that a subject was asked outside the issue.
    Sent {
        /// The subject.
        subject: String,
    },
    /// Record that a subject answered outside the issue.
    Answered {
        /// The subject.
        subject: String,
        /// What they answered.
        reason: String,
    },
}

/// Findings that were named, with their case.
type Named<'p, 'a> = (&'p Case<'a>, Vec<&'p Entry<'a>>);

impl<'p, 'a> Planner<'p, 'a> {
    pub(super) fn act(&mut self, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Accept { findings, reason } => self.accept(findings, reason),
            Act::AskAgain { findings, reason } => self.ask_again(findings, reason),
            Act::Sent { subject } => self.sent(subject),
            Act::Answered { subject, reason } => self.answered(subject, reason),
        }
    }

    /// The findings that are named, by their cases.
    fn named(&self, findings: &[String]) -> Result<Vec<Named<'p, 'a>>, Refusal> {
        let mut named: Vec<Named<'p, 'a>> = Vec::new();
        for finding in findings {
            let (check, subject) =
                finding.split_once(':').ok_or_else(|| Refusal::NoSuch(finding.clone()))?;
            let mut found = self.cases.cases.iter().filter_map(|case| {
                let is_it = |entry: &&Entry<'_>| entry.check.id == check && entry.finding.is_some();
                let entry = case.entries.iter().find(is_it)?;
                is_named(self.facts, case, subject).then_some((case, entry))
            });
            let (case, entry) = found.next().ok_or_else(|| Refusal::NoSuch(finding.clone()))?;
            if found.next().is_some() {
                return Err(several(finding));
            }
            match named.iter_mut().find(|(other, _)| std::ptr::eq(*other, case)) {
                Some((_, entries)) if entries.iter().any(|it| std::ptr::eq(*it, entry)) => {}
                Some((_, entries)) => entries.push(entry),
                None => named.push((case, vec![entry])),
            }
        }
        Ok(named)
    }

    /// The thread in which findings of a case are spoken of.
    fn thread_of(&self, case: &Case<'a>, is_for_operators: bool) -> Option<&'a Thread> {
        if is_for_operators { self.cases.operators_thread } else { case.thread }
    }

    /// Records an act, unless this operator has done so already since it was asked about.
    fn record(&mut self, thread: Option<&Thread>, comment: Comment, entries: &[&Entry<'_>]) {
        let (counted, _) = self.facts.conversation.marks(self.facts.marker);
        let said = said(&comment.body);
        let is_done = counted.iter().any(|MarkedNote { note, .. }| {
            let mut asked = entries.iter().filter_map(|entry| entry.asked_at);
            note.author.id == self.operator.id
                && self::said(&note.body) == said
                && asked.all(|at| note.created_at > at)
        });
        if is_done {
            self.note("this is recorded already".to_owned());
        } else {
            self.say(thread, comment);
        }
    }

    fn accept(&mut self, findings: &[String], reason: &str) -> Result<(), Refusal> {
        let named: Vec<_> = self.named(findings)?;
        let mut comments = Vec::new();
        for (case, entries) in named {
            if case.is_user(self.operator) {
                let message = format!("{} is you: another operator has to accept it", case.name);
                return Err(Refusal::Impossible(message));
            }
            for is_operators in [false, true] {
                let mut entries = entries.clone();
                entries.retain(|it| is_for_operators(it) == is_operators);
                let line = |entry: &&'p Entry<'a>| Line { case, entry, round: entry.round };
                let lines: Vec<Line<'_>> = entries.iter().map(line).collect();
                if !lines.is_empty() {
                    let marker = self.facts.marker;
                    let comment = words::recorded(marker, Marked::Accept, reason, &lines);
                    comments.push((self.thread_of(case, is_operators), comment, entries));
                }
            }
        }
        for (thread, comment, entries) in comments {
            self.record(thread, comment, &entries);
        }
        Ok(())
    }

    fn ask_again(&mut self, findings: &[String], reason: &str) -> Result<(), Refusal> {
        let mut comments = Vec::new();
        for (case, mut entries) in self.named(findings)? {
            let line = |entry: &&'p Entry<'a>| {
                let is_new = entry.state == State::NotAsked;
                Line { case, entry, round: if is_new { entry.round } else { entry.round + 1 } }
            };
            for entry in &entries {
                let name = finding_name(self.facts, case, entry);
                let obstacle = match (&entry.state, &entry.held_by) {
                    _ if is_for_operators(entry) => "is what operators are asked".to_owned(),
                    (State::Justified(Justification::Exception), _) => standing(entry),
                    (_, Some(by)) => held(by),
                    _ => continue,
                };
                return Err(Refusal::Impossible(format!("{name} {obstacle}")));
            }
            // Whoever was just asked is not asked once more, as when this was interrupted.
            let (waiting, due): (Vec<_>, Vec<_>) =
                entries.into_iter().partition(|it| matches!(it.state, State::Waiting { .. }));
            entries = due;
            for entry in waiting {
                self.note(format!("{} {}", finding_name(self.facts, case, entry), standing(entry)));
            }
            let lines: Vec<Line<'_>> = entries.iter().map(line).collect();
            if lines.is_empty() {
                continue;
            }
            match self.recipient(case) {
                Ok(user) => {
                    let FollowupInput { evaluation, marker, .. } = self.facts;
                    let comment = words::ask(evaluation, *marker, user, &lines, Some(reason));
                    comments.push((case.thread, comment, entries));
                }
                Err(Unmentionable::NotAsked(inquiry)) => drop(self.due.inquiries.insert(inquiry)),
                Err(why) => {
                    let message = format!("{} cannot be asked here: {why}", case.name);
                    return Err(Refusal::Impossible(message));
                }
            }
        }
        for (thread, comment, entries) in comments {
            self.reopen(thread, &entries);
            self.say(thread, comment);
        }
        Ok(())
    }

    fn case_named(&self, subject: &str) -> Result<&'p Case<'a>, Refusal> {
        let mut cases = self.cases.cases.iter().filter(|case| is_named(self.facts, case, subject));
        let case = cases.next().ok_or_else(|| Refusal::NoSuch(subject.to_owned()))?;
        if cases.next().is_some() { Err(several(subject)) } else { Ok(case) }
    }

    fn sent(&mut self, subject: &str) -> Result<(), Refusal> {
        let case = self.case_named(subject)?;
        let lines = lines(case, |entry| entry.state == State::NotAsked && !is_for_operators(entry));
        let was_asked = |entry: &Entry<'_>| entry.asked_at.is_some() && !is_for_operators(entry);
        if lines.is_empty() && case.entries.iter().any(was_asked) {
            self.note(format!("{} was asked already", case.name));
            return Ok(());
        }
        if lines.is_empty() {
            let message = format!("nothing is to be sent to {}", case.name);
            return Err(Refusal::Impossible(message));
        }
        let FollowupInput { evaluation, marker, .. } = self.facts;
        let comment = words::sent(evaluation, *marker, case, &lines);
        self.reopen(case.thread, &[]);
        self.say(case.thread, comment);
        Ok(())
    }

    fn answered(&mut self, subject: &str, reason: &str) -> Result<(), Refusal> {
        let case = self.case_named(subject)?;
        let is_open = |entry: &Entry<'_>| {
            entry.finding.is_some()
                && entry.asked_at.is_some()
                && !entry.state.is_closed()
                && !is_for_operators(entry)
        };
        let lines = lines(case, is_open);
        if lines.is_empty() {
            let message = format!("{} was not asked about anything that is open", case.name);
            return Err(Refusal::Impossible(message));
        }
        let comment = words::recorded(self.facts.marker, Marked::Answered, reason, &lines);
        let entries: Vec<&Entry<'_>> = lines.iter().map(|line| line.entry).collect();
        self.record(case.thread, comment, &entries);
        Ok(())
    }
}

/// What a comment says, and of which findings as which evidence, in whatever round.
fn said(body: &str) -> (Option<Marked>, &str, Vec<Item>) {
    let mark = Mark::of_comment(body);
    let text = body.trim_end().rsplit_once('\n').map_or("", |(text, _)| text.trim_end());
    let kind = mark.as_ref().map(|mark| mark.marker.marked);
    let items = mark.into_iter().flat_map(|mark| mark.items);
    (kind, text, items.map(|item| Item { round: 1, ..item }).collect())
}

fn several(name: &str) -> Refusal {
    let message = format!("{name} names several subjects: name one by its e-mail address");
    Refusal::Impossible(message)
}
