//! Plans: everything that a command will change, in order, before any of it is done.
//!
//! A plan is shown and then executed exactly as it is, or only shown: there is no second way to
//! change anything.

use std::fmt;

use jiff::civil::Date;
use similar::TextDiff;

use crate::accounts::AccountStatus;
use crate::identity::AccountId;
use crate::markdown::Document;
use crate::record::marker::Marker;

/// What a command will change, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What it comes to, in a line or two that are shown first.
    pub summary: Vec<String>,
    /// The changes.
    pub actions: Vec<Action>,
    /// What the user should know before agreeing, as sentences without a final stop.
    pub notes: Vec<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make the audit's issue.
    CreateIssue(NewIssue),
    /// Replace an issue's description.
    UpdateDescription {
        /// The issue's number in its project.
        iid: u64,
        /// The description that the plan was made from: if it is another by then, nothing is done.
        read: String,
        /// The new description.
        text: String,
    },
    /// Write a comment.
    Comment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment, with its marker.
        body: Document,
        /// What it is.
        marker: Marker,
    },
    /// Post a notice.
    Notice(NewNotice),
    /// Replace a comment of ours, which mails nobody.
    EditComment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment's id.
        note: u64,
        /// Its text as it was read or last written: if it is another by then, nothing is done.
        expected: String,
        /// The new text, with its marker.
        body: Document,
        /// What it is.
        marker: Marker,
    },
    /// Delete a comment of ours that an earlier one makes superfluous.
    DeleteComment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment's id.
        note: u64,
        /// Its text as it was read: if it is another by then, nothing is done.
        expected: String,
    },
    /// Remove an account from the audited organisation.
    Remove(Removal),
}

/// A notice to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// The issue's number in its project.
    pub iid: u64,
    /// Its comments: the first opens a thread, the others continue it.
    pub parts: Vec<NoticePart>,
}

/// One comment of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePart {
    /// The comment, with its marker at the end.
    pub body: Document,
    /// What its marker says.
    pub marker: Marker,
}

/// An account to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The audited service's own id of the account or the invitation.
    pub id: AccountId,
    /// The e-mail address as written, where the account has one: it must still be the same.
    pub email: Option<String>,
    /// Whether it is an account in use or an invitation.
    pub status: AccountStatus,
    /// What it may do, if that is known: what was decided about it is about that.
    pub role: Option<String>,
}

impl Removal {
    /// What names the account in plans and messages: its e-mail address, else its id.
    pub fn name(&self) -> &str {
        self.email.as_deref().unwrap_or_else(|| self.id.as_str())
    }
}

/// An issue to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIssue {
    /// The project's full path.
    pub project: String,
    /// The title.
    pub title: String,
    /// The description, with the marker.
    pub description: String,
    /// The labels.
    pub labels: Vec<String>,
    /// The user who is to do the audit: id and username.
    pub assignee: (u64, String),
    /// When the audit is due.
    pub due: Date,
    /// Whether only members see it.
    pub confidential: bool,
    /// What it is.
    pub marker: Marker,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(formatter, "Nothing to do.")?;
        }
        for line in &self.summary {
            writeln!(formatter, "{line}")?;
        }
        for (number, action) in (1..).zip(&self.actions) {
            writeln!(formatter, "{number}. {action}")?;
        }
        for note in &self.notes {
            writeln!(formatter, "Note: {note}.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateIssue(issue) => issue.fmt(formatter),
            Self::UpdateDescription { iid, read, text } => {
                writeln!(formatter, "Change the description of issue #{iid}:")?;
                let diff = TextDiff::from_lines(read.as_str(), text.as_str());
                let diff = diff.unified_diff().context_radius(2).to_string();
                write!(formatter, "{}", indented(diff.trim_end()))
            }
            Self::Comment { iid, body, .. } => {
                writeln!(formatter, "Comment on issue #{iid}:")?;
                write!(formatter, "{}", indented(body.trim_end()))
            }
            Self::Notice(NewNotice { iid, parts }) => {
                let count = parts.len();
                let more = match count {
                    0 | 1 => String::new(),
                    count => format!(", in {count} comments of one thread"),
                };
                writeln!(formatter, "Post a notice in issue #{iid}{more}:")?;
                let bodies: Vec<String> =
                    parts.iter().map(|part| indented(part.body.trim_end())).collect();
                write!(formatter, "{}", bodies.join("\n\n"))
            }
            Self::EditComment { note, expected, body, .. } => {
                writeln!(formatter, "Edit your comment {note}, which mails nobody:")?;
                let diff = TextDiff::from_lines(expected.as_str(), &**body);
                let diff = diff.unified_diff().context_radius(1).to_string();
                write!(formatter, "{}", indented(diff.trim_end()))
            }
            Self::DeleteComment { note, .. } => {
                write!(formatter, "Delete your comment {note}: an earlier one says the same")
            }
            Self::Remove(removal) => {
                let name = removal.name();
                match removal.status {
                    AccountStatus::Active => write!(formatter, "Remove the account {name}"),
                    AccountStatus::Invited => {
                        write!(formatter, "Take back the invitation of {name}")
                    }
                }
            }
        }
    }
}

impl fmt::Display for NewIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = if self.confidential { "confidential " } else { "" };
        writeln!(formatter, "Make the {secret}issue \"{}\" in {}", self.title, self.project)?;
        writeln!(formatter, "   assigned to {}, due on {}", self.assignee.1, self.due)?;
        if !self.labels.is_empty() {
            writeln!(formatter, "   labelled {}", self.labels.join(", "))?;
        }
        write!(formatter, "{}", indented(self.description.trim_end()))
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("     {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
