//! Lays the notice out and adds it to the plan, with a summary.

use std::collections::BTreeSet;

use super::{Due, Planner};
use crate::followup::mentions::mentioned_usernames;
use crate::followup::model::FollowupInput;
use crate::followup::notice::Notice;
use crate::followup::refusal::{MAX_COMMENTS, Refusal};
use crate::plan::{Action, NewNotice};
use crate::record::conversation::ThreadNote;
use crate::wording::counted;

impl Planner<'_> {
    /// Adds the notice to the plan.
    pub(super) fn finish(mut self) -> Result<Due, Refusal> {
        let input = self.input;
        let mut helps = std::mem::take(&mut self.helps);
        // A line names the people of one manager together, so they have to be neighbours.
        helps.sort_by_cached_key(|help| {
            help.manager.as_ref().map_or((1, String::new()), |user| (0, user.username.clone()))
        });
        let mut asks = std::mem::take(&mut self.asks);
        asks.sort_by_cached_key(|ask| ask.user.username.to_lowercase());
        let notice = Notice {
            header: input.header,
            system: input.evaluation.kind.spec().system,
            issue_url: &input.issue.url,
            asks,
            ask_due: self.ask_due(),
            helps,
            help_due: input.waits.end(input.now, input.waits.manager),
            has_support_manager: !input.managers.is_empty(),
            settled: std::mem::take(&mut self.settled),
            operators: std::mem::take(&mut self.operators),
            sources: input.sources.clone(),
        };
        let mut comments = self.comments();
        if notice.is_due() {
            let parts = notice.parts();
            comments += parts.len();
            self.due.mentioned = notice.mentioned().len();
            self.summarise(&notice, parts.len());
            self.due.plan.actions.push(Action::Notice(NewNotice { iid: input.issue.iid, parts }));
        }
        let left = MAX_COMMENTS.saturating_sub(input.conversation.count());
        if comments > left {
            return Err(Refusal::TooManyComments { left });
        }
        Ok(self.due)
    }

    /// How many comments the plan posts so far.
    fn comments(&self) -> usize {
        let actions = self.due.plan.actions.iter();
        actions.filter(|action| matches!(action, Action::Comment { .. })).count()
    }

    fn summarise(&mut self, notice: &Notice<'_>, parts: usize) {
        let input = self.input;
        self.due.mailed = mailed(input, &notice.mentioned());
        let managers: BTreeSet<u64> = notice
            .helps
            .iter()
            .flat_map(|help| help.manager.iter().chain(&help.support_manager))
            .map(|user| user.id)
            .collect();
        let mut counts = Vec::new();
        for (count, singular, plural) in [
            (notice.asks.len(), "person is asked", "people are asked"),
            (managers.len(), "manager asked to help", "managers asked to help"),
            (notice.settled.len(), "item settled", "items settled"),
            (notice.operators.len(), "item for the operators", "items for the operators"),
        ] {
            if count > 0 {
                counts.push(counted(count, singular, plural));
            }
        }
        let letters = match self.due.letters.len() {
            0 => String::new(),
            count => format!(" {} to send by hand.", counted(count, "e-mail", "e-mails")),
        };
        let comments = counted(parts, "comment", "comments");
        self.due.plan.summary.push(format!(
            "{comments} in issue #{}: {}; up to {} will be mailed.{letters}",
            input.issue.iid,
            counts.join(", "),
            counted(self.due.mailed, "person", "people"),
        ));
        if !self.names.is_empty() {
            let more = if self.names.len() > SUMMARISED { " …" } else { "" };
            let names: Vec<&str> = self.names.iter().take(SUMMARISED).map(String::as_str).collect();
            self.due.plan.summary.push(format!("Asked: {}{more}", names.join(", ")));
        }
    }
}

/// How many people the summary of a plan names.
const SUMMARISED: usize = 10;

/// Up to how many people GitLab mails a new comment that mentions these users.
///
/// GitLab mails all participants of an issue: the author, the assignees, and every user who
/// commented or was mentioned.
/// It mails nobody their own comments, nor comments that they cannot see.
fn mailed(input: &FollowupInput<'_>, mentioned: &BTreeSet<u64>) -> usize {
    let mut participants: BTreeSet<u64> = mentioned.clone();
    participants.insert(input.issue.author.id);
    participants.extend(input.issue.assignees.iter().map(|user| user.id));
    for ThreadNote { note, .. } in input.conversation.notes() {
        participants.insert(note.author.id);
        let usernames = mentioned_usernames(&note.body);
        participants
            .extend(usernames.iter().filter_map(|name| input.directory.id_of_username(name)));
    }
    participants.remove(&input.operator.id);
    participants.iter().filter(|id| input.directory.may_be_mailed(**id)).count()
}
