//! The notice: the one comment of a run that asks, escalates and reports what is settled.
//!
//! It is laid out from lines, each with the steps that it takes, and continues in replies of its own
//! thread where one comment would be too long.
//! People are mentioned once in all of it; in a second place their name is in a code span.

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
    /// Its comments, in their order.
    pub(crate) fn parts(&self) -> Vec<NoticePart> {
        let mut mentions = Mentions::default();
        let mut lines = self.ask_lines(&mut mentions);
        lines.extend(self.help_lines(&mut mentions));
        let to_support_managers = self.support_manager_lines(&mut mentions);
        lines.extend(self.settled_lines());
        lines.extend(self.operator_lines());
        let mut packed = pack(lines, &to_support_managers);
        // Whoever is mentioned for all of the notice comes when all of it is there.
        if let Some(last) = packed.last_mut() {
            last.extend(to_support_managers);
        }
        (1..).zip(packed).map(|(number, lines)| self.part(number, &lines)).collect()
    }
}
