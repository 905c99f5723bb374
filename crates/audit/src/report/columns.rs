//! The columns of the report's two tables, each described once for every form of the report.
//!
//! Markdown, CSV, JSON, the terminal's table and the description take their headings, keys and
//! cells from here, so that a new column is a key in [`PEOPLE_KEYS`] or [`OUTSIDERS_KEYS`] and, at the same
//! position, an element of [`people`] or [`outsiders`]; `docs/architecture.md`, "Adding a column", names the
//! rest.
//! CSV and JSON, which have fields beside the columns, take the arrays apart: they do not compile until they
//! say where the new column belongs.

use super::{Member, Outsider, UNREADABLE};
use crate::kinds::Spec;
use crate::markdown::Markdown;
use crate::roster::Field;
use crate::text::excerpt;

/// A column of a table with rows of type `R`.
pub(crate) struct Column<R> {
    /// The column's name in the stamps of an issue's rows.
    ///
    /// Stamps outlive the program that wrote them, so a key never changes.
    pub(crate) key: &'static str,
    /// The column's heading, for people, by which it is found in an issue's table.
    ///
    /// Heads outlive the program that wrote them too, so a heading never changes.
    pub(crate) heading: &'static str,
    /// The column's name in CSV and JSON.
    pub(crate) field: &'static str,
    /// Makes the cell of a row.
    pub(crate) cell: fn(&R) -> Cell,
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// The cell is empty.
    Empty,
    /// The fact could not be read.
    Unreadable,
    /// Words of the program.
    Own(Markdown),
    /// Untrusted text in its most readable form.
    Untrusted(String),
    /// Untrusted text that is shown in a code span, such as a username.
    Code(String),
}

impl Cell {
    /// The cell of a field in the roster; `value` makes the cell of its content.
    fn from_field(field: &Field<Box<str>>, value: fn(String) -> Self) -> Self {
        match field {
            Field::Missing => Self::Empty,
            Field::Unreadable => Self::Unreadable,
            Field::Value(text) => value(text.to_string()),
        }
    }

    /// The cell for an issue; addresses that begin with the kind's `link_base` are links.
    pub(crate) fn markdown(&self, link_base: &str) -> Markdown {
        match self {
            Self::Empty => Markdown::default(),
            Self::Unreadable => Markdown::literal(UNREADABLE),
            Self::Own(words) => words.clone(),
            Self::Untrusted(text) => Markdown::untrusted_or_link(&excerpt(text), link_base),
            Self::Code(text) => Markdown::code(&excerpt(text)),
        }
    }

    /// The text of the cell, which each form has to make harmless.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Unreadable => UNREADABLE,
            Self::Own(words) => words.as_str(),
            Self::Untrusted(text) | Self::Code(text) => text,
        }
    }
}

/// The keys of [`people`], in their order.
///
/// The first two identify a row without a stamp, so they stay first.
pub(crate) const PEOPLE_KEYS: [&str; 5] = ["name", "gitlab", "link", ACCOUNT, FINDINGS];

/// The key of the column with a person's account.
pub(crate) const ACCOUNT: &str = "account";

/// The key of the column with the checks that found something about a person.
pub(crate) const FINDINGS: &str = "findings";

/// The columns of the table of people.
pub(crate) fn people<'a>(spec: &Spec) -> [Column<Member<'a>>; 5] {
    let [name, gitlab, link, account, findings] = PEOPLE_KEYS;
    [
        Column {
            key: name,
            heading: "Name",
            field: "name",
            cell: |member| Cell::Untrusted(member.person.name.to_string()),
        },
        Column {
            key: gitlab,
            heading: "GitLab",
            field: "gitlab",
            cell: |member| Cell::from_field(&member.person.gitlab_username, Cell::Code),
        },
        Column {
            key: link,
            heading: spec.link_heading,
            field: spec.link_column,
            cell: |member| Cell::from_field(&member.person.link, Cell::Untrusted),
        },
        Column {
            key: account,
            heading: "Account",
            field: "account",
            cell: |member| Cell::Untrusted(member.account.as_str().to_owned()),
        },
        Column {
            key: findings,
            heading: "Findings",
            field: "findings",
            cell: |member| Cell::Own(member.findings_cell()),
        },
    ]
}

/// The keys of [`outsiders`], in their order.
///
/// The first two identify a row without a stamp, so they stay first.
pub(crate) const OUTSIDERS_KEYS: [&str; 6] =
    ["name", "email", "role", "since", JUSTIFICATION, DECISION];

/// The key of the column in which people justify an outsider's account.
pub(crate) const JUSTIFICATION: &str = "justification";

/// The key of the column in which people propose what becomes of an outsider's account.
pub(crate) const DECISION: &str = "decision";

/// The columns of the table of outsiders.
pub(crate) fn outsiders<'a>() -> [Column<Outsider<'a>>; 6] {
    let [name, email, role, since, justification, decision] = OUTSIDERS_KEYS;
    [
        Column {
            key: name,
            heading: "Name",
            field: "name",
            cell: |outsider| Cell::Untrusted(outsider.account.name.clone()),
        },
        Column {
            key: email,
            heading: "Email",
            field: "email",
            // Without an address, commands name the account by its id.
            cell: |outsider| match &outsider.account.email {
                Some(email) => Cell::Untrusted(email.clone()),
                None => Cell::Code(outsider.account.id.as_str().to_owned()),
            },
        },
        Column {
            key: role,
            heading: "Role",
            field: "role",
            cell: |outsider| Cell::Untrusted(outsider.role().to_owned()),
        },
        Column {
            key: since,
            heading: "Since",
            field: "since",
            cell: |outsider| Cell::Untrusted(outsider.account.since.clone()),
        },
        Column {
            key: justification,
            heading: "Justification",
            field: "justification",
            cell: |outsider| Cell::Untrusted(outsider.justification().to_owned()),
        },
        Column {
            key: decision,
            heading: "Decision",
            field: "decision",
            cell: |outsider| Cell::Own(outsider.decision()),
        },
    ]
}
