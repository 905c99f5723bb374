//! Plans: everything that a command will change, in order, before any of it is done.
//!
//! A plan is shown and then executed exactly as it is, or only shown: there is no second way to
//! change anything.

use std::fmt;

use jiff::civil::Date;
use similar::TextDiff;

use crate::accounts::AccountStatus;
use crate::record::marker::Marker;

/// What a command will change, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
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
        body: String,
        /// What it is.
        marker: Marker,
    },
    /// Open a thread.
    OpenThread {
        /// The issue's number in its project.
        iid: u64,
        /// The first comment, with its marker.
        body: String,
        /// What it is.
        marker: Marker,
    },
    /// Reply in a thread.
    Reply {
        /// The issue's number in its project.
        iid: u64,
        /// The thread's id.
        thread: String,
        /// The comment, with its marker.
        body: String,
        /// What it is.
        marker: Marker,
    },
    /// Resolve a thread, or open it again.
    Resolve {
        /// The issue's number in its project.
        iid: u64,
        /// The thread's id.
        thread: String,
        /// Whether it is to be resolved.
        resolved: bool,
    },
    /// Delete a comment of ours that an earlier one makes superfluous.
    DeleteComment {
        /// The issue's number in its project.
        iid: u64,
        /// The comment's number.
        note: u64,
    },
    /// Remove an account from the audited organisation.
    Remove(Removal),
}

/// An account to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The e-mail address.
    pub email: String,
    /// The address of the membership or invitation.
    pub uri: String,
    /// Whether it is an account in use or an invitation.
    pub standing: AccountStatus,
    /// What it may do, if that is known: what was decided about it is about that.
    pub role: Option<String>,
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
            Self::OpenThread { iid, body, .. } => {
                writeln!(formatter, "Open a thread in issue #{iid}:")?;
                write!(formatter, "{}", indented(body.trim_end()))
            }
            Self::Reply { thread, body, .. } => {
                writeln!(formatter, "Reply in the thread {}:", short(thread))?;
                write!(formatter, "{}", indented(body.trim_end()))
            }
            Self::Resolve { thread, resolved: true, .. } => {
                write!(formatter, "Resolve the thread {}", short(thread))
            }
            Self::Resolve { thread, resolved: false, .. } => {
                write!(formatter, "Open the thread {} again", short(thread))
            }
            Self::DeleteComment { note, .. } => {
                write!(formatter, "Delete the comment {note}: an earlier one says the same")
            }
            Self::Remove(Removal { email, standing, .. }) => match standing {
                AccountStatus::Active => write!(formatter, "Remove the account {email}"),
                AccountStatus::Invited => write!(formatter, "Take back the invitation of {email}"),
            },
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

/// As much of a thread's id as tells it from others.
fn short(thread: &str) -> &str {
    thread.get(..8).unwrap_or(thread)
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("     {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
