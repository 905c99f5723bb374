//! The lines that ask managers to help.

use super::line::{Line, Mentions, Section, steps};
use super::model::{AskedBy, HelpLine, Notice, NoticeFinding};
use crate::dates::{date_of, day_and_month};
use crate::markdown::{Markdown, join};
use crate::wording::{join_list, name};

/// How many people of one manager a line names.
const NAMED_TOGETHER: usize = 20;

impl Notice<'_> {
    /// One line for each manager and what they are asked to help with.
    ///
    /// People of one manager with the same findings are named together.
    pub(super) fn help_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let mut lines = Vec::new();
        for group in self.help_groups() {
            let Some(first) = group.first() else { continue };
            let names: Vec<Markdown> = group.iter().map(|help| name(help.subject())).collect();
            let people = join_list(&names);
            let people = match &first.manager {
                Some(manager) => mentions.address(manager).and(", about ").and(people),
                None => people,
            };
            let findings = join(first.findings.iter().map(NoticeFinding::to_others), "; ");
            lines.push(Line {
                section: Section::Help,
                text: people.and(": ").and(findings).and(", ").and(self.asked(first)),
                people: group.len(),
                checks: Vec::new(),
                steps: group.iter().flat_map(|help| steps(&help.findings)).collect(),
            });
        }
        lines
    }

    /// The people of each line: neighbours about whom the same is said to the same manager.
    fn help_groups(&self) -> Vec<Vec<&HelpLine>> {
        let is_inline = self.names_outsiders_inline();
        let mut groups: Vec<Vec<&HelpLine>> = Vec::new();
        for help in &self.helps {
            // The paragraph to the Support Operations Manager names these.
            if help.is_for_support_manager() && is_inline {
                continue;
            }
            match groups.last_mut() {
                Some(group) if group.len() < NAMED_TOGETHER && help.follows(group) => {
                    group.push(help);
                }
                _ => groups.push(vec![help]),
            }
        }
        groups
    }

    /// `asked on 1 February`, with a link to the comment.
    pub(super) fn asked(&self, help: &HelpLine) -> Markdown {
        let day = day_and_month(date_of(help.asked_at));
        match help.asked_by {
            AskedBy::Email => Markdown::literal("asked by e-mail on ").and(day),
            AskedBy::Note(note) => {
                let address = format!("{}#note_{note}", self.issue_url);
                Markdown::link(Markdown::literal("asked on ").and(day), &address)
            }
        }
    }
}

impl HelpLine {
    /// Whether the line says the same as the last one of a group, so that both can be one.
    fn follows(&self, group: &[&Self]) -> bool {
        let Some(last) = group.last() else { return false };
        self.manager_id() == last.manager_id()
            && self.asked_by == last.asked_by
            && date_of(self.asked_at) == date_of(last.asked_at)
            && self
                .findings
                .iter()
                .map(NoticeFinding::to_others)
                .eq(last.findings.iter().map(NoticeFinding::to_others))
    }

    fn manager_id(&self) -> Option<u64> {
        self.manager.as_ref().map(|user| user.id)
    }
}
