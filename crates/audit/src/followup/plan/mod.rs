//! Plans what is due: one notice for everybody who can be mentioned, and letters for the others.

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

/// A person whom an operator has mentioned in the issue by hand.
/// They are asked only if an operator insists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionedByHand {
    /// The name to give to `--only` or `--sent`.
    pub subject_name: String,
    /// The person's name, untrusted.
    pub name: String,
    /// The id of the latest comment that mentions them.
    pub note: u64,
    /// When that comment was written.
    pub at: Timestamp,
    /// The operator who wrote it.
    pub by: User,
}

/// Everything that is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// The changes to the issue.
    pub plan: Plan,
    /// The e-mails to send by hand.
    pub letters: Vec<Letter>,
    /// The people who were mentioned by hand and are not asked.
    pub by_hand: Vec<MentionedByHand>,
    /// The users whom GitLab must be asked about before the plan is final.
    pub inquiries: BTreeSet<Inquiry>,
    /// How many people the notice mentions.
    pub mentioned: usize,
    /// Up to how many people the comments of the plan are mailed to.
    pub mailed: usize,
    /// The record of the operator's acts as the plan leaves it.
    pub record: Option<Record>,
}

/// Plans everything that is due.
///
/// After the plan has been executed, planning again gives an empty plan.
/// If [`Due::inquiries`] is not empty, the caller asks GitLab about those users and plans again.
///
/// # Errors
///
/// A [`Refusal`] if the selection names nothing, or a rule forbids an act.
pub fn plan(input: &FollowupInput<'_>, selection: &Selection) -> Result<Due, Refusal> {
    plan_cases(input, &cases(input), selection)
}

/// Plans everything that is due for cases that are derived already.
///
/// # Errors
///
/// As for [`plan`].
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

/// Collects the parts of a plan.
pub(crate) struct Planner<'p> {
    pub(crate) input: &'p FollowupInput<'p>,
    pub(crate) cases: &'p Cases,
    pub(crate) selection: &'p Selection,
    pub(crate) due: Due,
    asks: Vec<AskLine>,
    helps: Vec<HelpLine>,
    settled: Vec<(Settled, NoticeFinding)>,
    operators: Vec<NoticeFinding>,
    /// The names of the people who are asked, with their findings in a few words.
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
        // A request that only reports open findings did not hand the audit over.
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
                self.report_settled(case);
            }
        }
        self.report_states(&cases);
        self.report_ignored();
        Ok(())
    }

    pub(crate) fn note(&mut self, note: String) {
        self.due.plan.notes.push(note);
    }

    /// Withdraws asks of the operator that an earlier note had asked already.
    /// A run that was interrupted leaves such asks behind.
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
