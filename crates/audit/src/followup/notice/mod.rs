//! The notice: the one comment of a run that asks, escalates and reports what is settled.
//!
//! A notice consists of lines, each with the steps that it takes.
//! Where one comment would be too long, it continues in replies in its own thread.
//! It mentions each user once; further places show the username in a code span.

mod asks;
mod help;
mod line;
mod model;
mod operators;
mod pack;
mod part;
mod settled;
mod support_manager;

pub(super) use self::model::{
    AskLine, AskedAgain, AskedBy, HelpLine, Notice, NoticeFinding, Settled,
};
pub(super) use self::part::{HELP_TITLE, OPERATORS_TITLE, marked_lines};

use self::line::Mentions;
use self::pack::pack;
use crate::plan::NoticePart;

impl Notice<'_> {
    /// The comments of the notice, in their order.
    pub(crate) fn parts(&self) -> Vec<NoticePart> {
        let mut mentions = Mentions::default();
        let mut lines = self.ask_lines(&mut mentions);
        lines.extend(self.help_lines(&mut mentions));
        let to_support_managers = self.support_manager_lines(&mut mentions);
        lines.extend(self.settled_lines());
        lines.extend(self.operator_lines());
        let mut packed = pack(lines, &to_support_managers);
        // A user who is mentioned about all of the notice is mentioned once all of it is posted.
        if let Some(last) = packed.last_mut() {
            last.extend(to_support_managers);
        }
        (1..).zip(packed).map(|(number, lines)| self.part(number, &lines)).collect()
    }
}
