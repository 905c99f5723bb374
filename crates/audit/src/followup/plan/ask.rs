//! Plans who is asked.

use jiff::Timestamp;

use super::Planner;
use super::people::DuePerson;
use super::recipient::recipient;
use crate::followup::model::{Case, Entry, State};
use crate::followup::names::finding_name;
use crate::followup::notice::{AskLine, AskedAgain, NoticeFinding};
use crate::followup::refusal::{Refusal, Rule};
use crate::record::conversation::User;
use crate::record::directory::Unmentionable;
use crate::record::marker::StepAction;

impl<'p> Planner<'p> {
    pub(super) fn ask(&mut self, person: &DuePerson<'p>) {
        let case = person.case;
        if person.asks.is_empty() {
            return;
        }
        match recipient(self.input, case) {
            Ok(user) => {
                let due = Some(self.ask_due());
                let mut asks: Vec<(Option<AskedAgain>, Vec<NoticeFinding>)> = Vec::new();
                for entry in &person.asks {
                    let step = self.step(case, entry, StepAction::Ask { due }, vec![user.id]);
                    let finding = self.finding(case, entry, vec![step]);
                    let again = entry.again.as_ref().map(AskedAgain::new);
                    match asks.iter_mut().find(|(request, _)| *request == again) {
                        Some((_, findings)) => findings.push(finding),
                        None => asks.push((again, vec![finding])),
                    }
                }
                for (again, findings) in asks {
                    self.push_ask(case, user.clone(), findings, again);
                }
            }
            Err(Unmentionable::NotAsked(inquiry)) => {
                self.due.inquiries.insert(inquiry);
            }
            Err(reason) => self.write_letter(person, &reason),
        }
    }

    pub(super) fn ask_due(&self) -> Timestamp {
        self.input.waits.end(self.input.now, self.input.waits.person)
    }

    /// Plans to ask about a finding again, in a new round.
    pub(crate) fn plan_again(
        &mut self,
        case: &'p Case,
        entry: &'p Entry,
        reason: &str,
    ) -> Result<(), Refusal> {
        let user = match recipient(self.input, case) {
            Ok(user) => user.clone(),
            Err(Unmentionable::NotAsked(inquiry)) => {
                self.due.inquiries.insert(inquiry);
                return Ok(());
            }
            Err(why) => {
                let finding = finding_name(self.input, case, entry);
                return Err(Refusal::Rule { finding, rule: Rule::Unmentionable(why.to_string()) });
            }
        };
        let due = Some(self.ask_due());
        let again = self.step(case, entry, StepAction::Again, vec![user.id]);
        let mut ask = self.step(case, entry, StepAction::Ask { due }, vec![user.id]);
        ask.round += 1;
        let finding = self.finding(case, entry, vec![again, ask]);
        let again = AskedAgain {
            had_answered: entry.state == State::Answered,
            operator: self.input.operator.username.clone(),
            reason: reason.trim().to_owned(),
        };
        self.push_ask(case, user, vec![finding], Some(again));
        Ok(())
    }

    /// Adds findings to the line of a user, or adds a line for them.
    fn push_ask(
        &mut self,
        case: &Case,
        user: User,
        findings: Vec<NoticeFinding>,
        again: Option<AskedAgain>,
    ) {
        let short: Vec<String> =
            findings.iter().map(|finding| finding.details().plain(finding.wording.short)).collect();
        self.names.push(format!("{} ({})", case.name, short.join(", ")));
        let line = self.asks.iter_mut().find(|line| {
            line.user.id == user.id
                && line.again.as_ref().map(|again| &again.reason)
                    == again.as_ref().map(|again| &again.reason)
        });
        match line {
            Some(line) => {
                line.findings.extend(findings);
                if let (Some(line), Some(again)) = (&mut line.again, again) {
                    line.had_answered |= again.had_answered;
                }
            }
            None => self.asks.push(AskLine { user, findings, again }),
        }
    }
}
