//! The mails of a world, counted by recipient and reason.

use std::{collections::BTreeMap, fmt};

use crate::{
    notification::{By, Notification, Why},
    world::World,
};

/// How many mails each person got, from one operator and from everybody else: what an audit costs
/// the people whom it asks. Shown, it is a Markdown table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MailTable {
    /// The counts by the recipient's username; nobody is listed who got no mail.
    pub recipients: BTreeMap<String, MailCounts>,
}

/// How many mails one person got.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MailCounts {
    /// Mails of the operator's, because their text mentions the recipient.
    pub mentioned: usize,
    /// Mails of the operator's, because the issue was made the recipient's.
    pub assigned: usize,
    /// Mails of the operator's, for no other reason than that the recipient follows the issue.
    pub participating: usize,
    /// Mails that other users than the operator caused, for whatever reason.
    pub from_others: usize,
}

impl World {
    /// The mails that were sent so far, in order; unlike [`World::notifications`], without what
    /// is a to-do item alone.
    pub fn mails(&self) -> impl Iterator<Item = &Notification> {
        self.notifications().iter().filter(|notification| notification.by == By::Mail)
    }

    /// Counts the mails, with those that the user of the username caused apart from all others.
    pub fn mail_table(&self, operator: &str) -> MailTable {
        let mut table = MailTable::default();
        for mail in self.mails() {
            let counts = table.recipients.entry(mail.user.clone()).or_default();
            let count = match mail.why {
                _ if mail.actor != operator => &mut counts.from_others,
                Why::Mentioned => &mut counts.mentioned,
                Why::Assigned => &mut counts.assigned,
                Why::Participating => &mut counts.participating,
            };
            *count += 1;
        }
        table
    }
}

impl MailTable {
    /// The counts of all recipients together.
    pub fn total(&self) -> MailCounts {
        let mut total = MailCounts::default();
        for counts in self.recipients.values() {
            total.mentioned += counts.mentioned;
            total.assigned += counts.assigned;
            total.participating += counts.participating;
            total.from_others += counts.from_others;
        }
        total
    }
}

impl MailCounts {
    /// The mails that the operator caused.
    pub fn from_operator(self) -> usize {
        self.mentioned + self.assigned + self.participating
    }
}

impl fmt::Display for MailTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["recipient", "mentioned", "assigned", "taking part", "from others"];
        writeln!(formatter, "| {} |", heads.join(" | "))?;
        writeln!(formatter, "| --- | ---: | ---: | ---: | ---: |")?;
        for (recipient, counts) in &self.recipients {
            writeln!(formatter, "| `{recipient}` {counts}")?;
        }
        writeln!(formatter, "| together {}", self.total())
    }
}

/// The cells of a row, without the first.
impl fmt::Display for MailCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mentioned, assigned, participating, from_others } = self;
        write!(formatter, "| {mentioned} | {assigned} | {participating} | {from_others} |")
    }
}
