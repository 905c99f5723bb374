//! What is due: one notice for all who are to be asked or helped with, and letters for the others.

mod ask;
mod escalate;
mod finding;
mod finish;
mod letter;
mod notes;
mod people;
mod recipient;
mod settled;

pub(crate) use self::recipient::recipient_is_reachable;
pub(super) use self::recipient::{is_own, recipient};

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::followup::cases::cases;
use crate::followup::letters::Letter;
use crate::followup::model::{Case, Cases, FollowupInput};
use crate::followup::names::is_named;
use crate::followup::notice::{AskLine, HelpLine, NoticeFinding, Settled};
use crate::followup::record::Record;
use crate::followup::refusal::Refusal;
use crate::followup::selection::Selection;
use crate::followup::strike::corrections;
use crate::plan::Plan;
use crate::record::conversation::User;
use crate::record::directory::Inquiry;

/// Somebody whom an operator has mentioned in the issue by hand, and who is asked only if an operator
/// says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionedByHand {
    /// What to name in `--only` or `--sent`.
    pub subject_name: String,
    /// Their name, untrusted.
    pub name: String,
    /// The latest comment that mentions them.
    pub note: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: User,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What is to be done.
    pub plan: Plan,
    /// What is to be sent by hand.
    pub letters: Vec<Letter>,
    /// Who was mentioned by hand and is not asked.
    pub by_hand: Vec<MentionedByHand>,
    /// Whom GitLab must be asked about before this is final.
    pub inquiries: BTreeSet<Inquiry>,
    /// How many people the plan's notice mentions.
    pub mentioned: usize,
    /// Up to how many people the plan's comments are mailed to.
    pub mailed: usize,
    /// The record of the acts, as the plan leaves it.
    pub record: Option<Record>,
}

/// Plans what is due.
///
/// Executing the plan and planning again at once gives nothing to do.
/// Where [`Due::inquiries`] is not empty, the caller asks GitLab and plans again.
///
/// # Errors
///
/// [`Refusal`], before anything is done.
pub fn plan(input: &FollowupInput<'_>, selection: &Selection) -> Result<Due, Refusal> {
    plan_cases(input, &cases(input), selection)
}

/// Plans what is due for findings whose states are derived already.
///
/// # Errors
///
/// [`Refusal`], before anything is done.
pub fn plan_cases(
    input: &FollowupInput<'_>,
    cases: &Cases,
    selection: &Selection,
) -> Result<Due, Refusal> {
    let mut planner = Planner {
        input,
        cases,
        selection,
        due: Due { inquiries: cases.inquiries.clone(), ..Due::default() },
        asks: Vec::new(),
        helps: Vec::new(),
        settled: Vec::new(),
        operators: Vec::new(),
        names: Vec::new(),
    };
    if selection.acts.is_empty() {
        planner.strike();
        planner.plan()?;
    } else {
        planner.act(&selection.acts)?;
    }
    planner.finish()
}

/// Makes a plan.
pub(crate) struct Planner<'p> {
    pub(crate) input: &'p FollowupInput<'p>,
    pub(crate) cases: &'p Cases,
    pub(crate) selection: &'p Selection,
    pub(crate) due: Due,
    asks: Vec<AskLine>,
    helps: Vec<HelpLine>,
    settled: Vec<(Settled, NoticeFinding)>,
    operators: Vec<NoticeFinding>,
    /// Who is asked, with what was found in a few words.
    names: Vec<String>,
}

impl<'p> Planner<'p> {
    fn plan(&mut self) -> Result<(), Refusal> {
        for name in &self.selection.only {
            if !self.cases.cases.iter().any(|case| is_named(self.input, case, name)) {
                return Err(Refusal::NoSuch(name.clone()));
            }
        }
        let cases: Vec<&'p Case> = self
            .cases
            .cases
            .iter()
            .filter(|case| self.selection.includes(self.input, case))
            .collect();
        // A request that only reports what is open asked for nothing.
        let review = self.cases.reviews.iter().rfind(|review| review.is_complete);
        let review = review.filter(|_| self.selection.only.is_empty());
        for person in self.people(&cases, review.is_some()) {
            self.escalate(&person);
            self.ask(&person);
        }
        if let Some(review) = review {
            let by = &review.note.author.username;
            self.note(format!(
                "{by} has already requested the review: name people with --only to post anything more"
            ));
        } else {
            for case in &cases {
                self.list_for_operators(case);
                self.settle(case);
            }
        }
        self.report_states(&cases);
        self.report_ignored();
        Ok(())
    }

    pub(crate) fn note(&mut self, note: String) {
        self.due.plan.notes.push(note);
    }

    /// Takes back what the operator has asked although a lower note had asked it, as a run that died
    /// leaves it.
    fn strike(&mut self) {
        let FollowupInput { conversation, header, operators, operator, issue, .. } = self.input;
        let actions = corrections(conversation, *header, operators, operator.id, issue.iid);
        if !actions.is_empty() {
            self.note(
                "somebody else wrote a notice at the same time: what is doubled in yours is taken out; its e-mails have already gone out"
                    .to_owned(),
            );
            self.due.plan.actions.extend(actions);
        }
    }
}

#[cfg(test)]
mod tests;
