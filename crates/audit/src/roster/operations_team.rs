//! The operations team, whose members must be admins of the audited system.

use crate::text::fold;

/// The rules for membership in the operations team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationsTeam {
    /// The focuses of members, in any case.
    pub focuses: Vec<String>,
    /// The beginnings of members' titles, in any case.
    pub titles: Vec<String>,
}

impl Default for OperationsTeam {
    fn default() -> Self {
        Self {
            focuses: vec!["Operations".to_owned()],
            titles: vec!["Support Operations".to_owned()],
        }
    }
}

impl OperationsTeam {
    /// Whether a person with this title is a member.
    pub(super) fn has_title(&self, title: &str) -> bool {
        let title = fold(title);
        self.titles.iter().any(|beginning| title.starts_with(&*fold(beginning)))
    }

    /// Whether a person with this focus is a member.
    pub(super) fn has_focus(&self, focus: &str) -> bool {
        self.focuses.iter().any(|wanted| fold(wanted) == fold(focus))
    }

    /// Whether the lines of the field `title` or `focuses` certainly make nobody a member.
    /// They need not be parsed then.
    ///
    /// This is so for plain text in the usual layout without any word of the team's rules.
    pub(super) fn is_ruled_out(&self, field: &str) -> bool {
        let is_simple = |character: char| {
            character.is_alphanumeric() || matches!(character, ' ' | ':' | '-' | '.' | ',' | '\n')
        };
        if !field.chars().all(is_simple) {
            return false;
        }
        let mut lines = field.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_focus =
            |line: &str| ["- name: ", "percentage: "].iter().any(|key| line.starts_with(key));
        let words = match lines.next() {
            Some("focuses:") if lines.all(is_focus) => &self.focuses,
            Some(title) if title.starts_with("title: ") && lines.next().is_none() => &self.titles,
            _ => return false,
        };
        let text = fold(field);
        !words.iter().any(|word| text.contains(&*fold(word)))
    }
}
