//! Plans: everything that a command will change, in order.
//!
//! A plan is shown and then executed exactly as it is, or only shown.
//! There is no other way to change anything.

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
    /// A summary in a line or two, which is shown first.
    pub summary: Vec<String>,
    /// The changes.
    pub actions: Vec<Action>,
    /// Notes for the user, as sentences without a final stop.
    pub notes: Vec<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Create the audit's issue.
    CreateIssue(NewIssue),
    /// Replace an issue's description.
    UpdateDescription {
        /// The issue's number in its project.
        iid: u64,
        /// The description that the plan was made from. If it has changed by then, nothing is
        /// written.
        read: String,
        /// The new description.
        text: String,
    },
    /// Post a comment.
    Comment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment, with its marker.
        body: Document,
        /// The marker in it.
        marker: Marker,
    },
    /// Post a notice.
    Notice(NewNotice),
    /// Replace one of our comments, which mails nobody.
    EditComment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment's id.
        note: u64,
        /// The text as it was read or last written. If it has changed by then, nothing is written.
        expected: String,
        /// The new text, with its marker.
        body: Document,
        /// The marker in it.
        marker: Marker,
    },
    /// Delete one of our comments that repeats an earlier one.
    DeleteComment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment's id.
        note: u64,
        /// The text as it was read. If it has changed by then, nothing is deleted.
        expected: String,
    },
    /// Remove an account from the audited organisation.
    Remove(Removal),
}

/// A notice to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// The issue's number in its project.
    pub iid: u64,
    /// The comments. The first opens a thread, and the others continue it.
    pub parts: Vec<NoticePart>,
}

/// One comment of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePart {
    /// The comment, with its marker at the end.
    pub body: Document,
    /// The marker in it.
    pub marker: Marker,
}

/// An account to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The audited service's own id of the account or the invitation.
    pub id: AccountId,
    /// The e-mail address as written, if the account has one. It must still be the same.
    pub email: Option<String>,
    /// Whether it is an account in use or an invitation.
    pub status: AccountStatus,
    /// The role, if it is known, for which the removal was decided.
    pub role: Option<String>,
}

impl Removal {
    /// The name of the account in plans and messages: its e-mail address, otherwise its id.
    pub fn name(&self) -> &str {
        self.email.as_deref().unwrap_or_else(|| self.id.as_str())
    }
}

/// An issue to create.
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
    /// The user who does the audit: id and username.
    pub assignee: (u64, String),
    /// When the audit is due.
    pub due: Date,
    /// Whether only members of the project see it.
    pub confidential: bool,
    /// The marker in it.
    pub marker: Marker,
}

impl Plan {
    /// Whether the plan changes nothing.
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
