//! The operations team: those who must be admin of the audited system.

use crate::text::fold;

/// Who is of the operations team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationsTeam {
    /// People with one of these focuses, whatever the case of its letters.
    pub focuses: Vec<String>,
    /// People whose title starts with one of these, whatever the case of its letters.
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
    /// Whether somebody with this title is of the team.
    pub(super) fn has_title(&self, title: &str) -> bool {
        let title = fold(title);
        self.titles.iter().any(|beginning| title.starts_with(&*fold(beginning)))
    }

    /// Whether somebody with this focus is of the team.
    pub(super) fn has_focus(&self, focus: &str) -> bool {
        self.focuses.iter().any(|wanted| fold(wanted) == fold(focus))
    }

    /// Whether the lines of the field `title` or `focuses` show beyond doubt that they make nobody
    /// one of the team, so that they need not be parsed.
    ///
    /// That is so for plain texts in the usual layout which hold none of the team's words.
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
