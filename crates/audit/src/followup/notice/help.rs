//! The lines that ask managers to help.

use super::line::{Line, Mentions, Section, join_clauses, link, steps};
use super::model::{AskedBy, HelpLine, Notice, NoticeFinding};
use crate::dates::{date_of, day_and_month};
use crate::markdown::{Markdown, item};
use crate::wording::{join_list, name};

/// How many people of one manager a line names.
const NAMED_TOGETHER: usize = 20;

impl Notice<'_> {
    /// One line for each manager and what is to be helped with; people of one manager with the same
    /// findings are named together.
    pub(super) fn help_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let is_inline = self.names_outsiders_inline();
        let mut groups: Vec<Vec<&HelpLine>> = Vec::new();
        for help in &self.helps {
            if help.is_for_support_manager() && is_inline {
                continue;
            }
            let last = groups.last_mut().filter(|group| {
                group.len() < NAMED_TOGETHER && group.last().is_some_and(|last| last.is_like(help))
            });
            match last {
                Some(group) => group.push(help),
                None => groups.push(vec![help]),
            }
        }
        let mut lines = Vec::new();
        for group in groups {
            let Some(first) = group.first() else { continue };
            let names: Vec<Markdown> = group.iter().map(|help| name(help.subject())).collect();
            let people = join_list(&names);
            let text = match &first.manager {
                Some(manager) => mentions.address(manager).and(", about ").and(&people),
                None => people,
            };
            let found = join_clauses(first.findings.iter().map(NoticeFinding::to_others));
            let text = text.and(": ").and(&found).and(", ").and(self.asked(first));
            lines.push(Line {
                section: Section::Help,
                text: item(&text),
                people: group.len(),
                checks: Vec::new(),
                steps: group.iter().flat_map(|help| steps(&help.findings)).collect(),
            });
        }
        lines
    }

    /// `asked on 1 February`, with a link to the comment.
    pub(super) fn asked(&self, help: &HelpLine) -> Markdown {
        let day = day_and_month(date_of(help.asked_at));
        match help.asked_by {
            AskedBy::Email => Markdown::text(format!("asked by e-mail on {day}")),
            AskedBy::Note(note) => link(format!("asked on {day}"), self.issue_url, note),
        }
    }
}
