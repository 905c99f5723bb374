//! The paragraphs to the Support Operations Managers.

use std::collections::BTreeSet;

use super::line::{Line, Mentions, Section, join_clauses, steps};
use super::model::{HelpLine, Notice};
use crate::markdown::Markdown;
use crate::record::conversation::User;
use crate::wording::{counted, join_list, name};

/// How many outsiders the paragraph to the Support Operations Manager names; more are listed.
const NAMED_OUTSIDERS: usize = 10;

impl Notice<'_> {
    /// The paragraphs to the Support Operations Managers, each of whom is mentioned once.
    pub(super) fn support_manager_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let mut users: Vec<&User> = Vec::new();
        for user in self.helps.iter().filter_map(|help| help.support_manager.as_ref()) {
            if !users.iter().any(|other| other.id == user.id) {
                users.push(user);
            }
        }
        let mut lines = Vec::new();
        for user in users {
            let is_theirs = |help: &&HelpLine| {
                help.support_manager.as_ref().is_some_and(|other| other.id == user.id)
            };
            let theirs: Vec<&HelpLine> = self.helps.iter().filter(is_theirs).collect();
            lines.push(self.support_manager_line(&mentions.address(user), &theirs));
        }
        lines
    }

    fn support_manager_line(&self, address: &Markdown, helps: &[&HelpLine]) -> Line {
        let mut sentences: Vec<Markdown> = Vec::new();
        let people: Vec<&HelpLine> =
            helps.iter().copied().filter(|help| !help.is_for_support_manager()).collect();
        if !people.is_empty() {
            sentences.extend(sentences_about(&people));
        }
        let outsiders: Vec<&HelpLine> =
            helps.iter().copied().filter(|help| help.is_for_support_manager()).collect();
        let mut steps_here = Vec::new();
        if self.names_outsiders_inline() {
            let clauses = outsiders.iter().map(|help| {
                name(help.subject()).and(" is not on the roster and was ").and(self.asked(help))
            });
            if !outsiders.is_empty() {
                sentences.push(
                    Markdown::literal("Yours to decide: ").and(join_clauses(clauses)).and("."),
                );
            }
            steps_here = outsiders.iter().flat_map(|help| steps(&help.findings)).collect();
        } else if !outsiders.is_empty() {
            let count = outsiders.len();
            sentences.push(Markdown::text(format!(
                "Yours to decide: the {count} accounts above that belong to nobody on the roster."
            )));
        }
        let mut text = address.clone().and(":");
        for sentence in &sentences {
            text = text.and(" ").and(sentence);
        }
        Line {
            section: Section::SupportManager,
            text: format!("{text}\n"),
            people: 0,
            checks: Vec::new(),
            steps: steps_here,
        }
    }

    /// Whether outsiders are named in the paragraph to the Support Operations Manager, and not listed.
    pub(super) fn names_outsiders_inline(&self) -> bool {
        self.helps.iter().filter(|help| help.is_for_support_manager()).count() <= NAMED_OUTSIDERS
    }
}

/// What a Support Operations Manager reads about the people who are named above.
fn sentences_about(people: &[&HelpLine]) -> Vec<Markdown> {
    let managers: BTreeSet<u64> =
        people.iter().filter_map(|help| help.manager.as_ref()).map(|user| user.id).collect();
    let alone: Vec<Markdown> = people
        .iter()
        .filter(|help| help.manager.is_none())
        .map(|help| name(help.subject()))
        .collect();
    let count = counted(people.len(), "person", "people");
    let with_managers = match managers.len() {
        0 => String::new(),
        managers => format!(" and {}", counted(managers, "manager", "managers")),
    };
    let verb = if people.len() == 1 && managers.is_empty() { "is" } else { "are" };
    let above = format!("{count}{with_managers} {verb} named above");
    if alone.is_empty() {
        let rest = "; nothing is needed from you unless you want to help.";
        return vec![Markdown::text(format!("{above}{rest}"))];
    }
    let help = Markdown::literal("No manager could be asked about ")
        .and(join_list(&alone))
        .and(": please help with them.");
    vec![Markdown::text(format!("{above}.")), help]
}
