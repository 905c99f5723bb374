//! The paragraphs to the Support Operations Managers.

use std::collections::BTreeSet;

use super::line::{Line, Mentions, Section, steps};
use super::model::{HelpLine, Notice};
use crate::markdown::{Markdown, join};
use crate::record::conversation::User;
use crate::wording::{join_list, name};

/// How many outsiders the paragraph to the Support Operations Manager names; more are listed.
const NAMED_OUTSIDERS: usize = 10;

impl Notice<'_> {
    /// The paragraphs to the Support Operations Managers, each of whom is mentioned once.
    pub(super) fn support_manager_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let mut by_user: Vec<(&User, Vec<&HelpLine>)> = Vec::new();
        for help in &self.helps {
            let Some(user) = &help.support_manager else { continue };
            match by_user.iter_mut().find(|(known, _)| known.id == user.id) {
                Some((_, helps)) => helps.push(help),
                None => by_user.push((user, vec![help])),
            }
        }
        let mut lines = Vec::new();
        for (user, helps) in by_user {
            lines.push(self.support_manager_line(&mentions.address(user), &helps));
        }
        lines
    }

    fn support_manager_line(&self, address: &Markdown, helps: &[&HelpLine]) -> Line {
        let (outsiders, people): (Vec<&HelpLine>, Vec<&HelpLine>) =
            helps.iter().copied().partition(|help| help.is_for_support_manager());
        let mut text = address.clone().and(":");
        if !people.is_empty() {
            text = text.and(" ").and(people_sentences(&people));
        }
        let is_inline = self.names_outsiders_inline();
        if !outsiders.is_empty() {
            text = text.and(" Yours to decide: ");
            text = if is_inline {
                let clauses = outsiders.iter().map(|help| self.outsider_clause(help));
                text.and(join(clauses, "; ")).and(".")
            } else {
                text.and("the ")
                    .and(Markdown::number(outsiders.len()))
                    .and(" accounts above that belong to nobody on the roster.")
            };
        }
        // Outsiders who are listed elsewhere have their steps there.
        let named_here = if is_inline { outsiders.as_slice() } else { &[] };
        Line {
            section: Section::SupportManager,
            text,
            people: 0,
            checks: Vec::new(),
            steps: named_here.iter().flat_map(|help| steps(&help.findings)).collect(),
        }
    }

    fn outsider_clause(&self, help: &HelpLine) -> Markdown {
        name(help.subject()).and(" is not on the roster and was ").and(self.asked(help))
    }

    /// Whether the paragraph to the Support Operations Manager names the outsiders, so that no list
    /// does.
    pub(super) fn names_outsiders_inline(&self) -> bool {
        self.helps.iter().filter(|help| help.is_for_support_manager()).count() <= NAMED_OUTSIDERS
    }
}

/// What a Support Operations Manager reads about the people who are named above.
fn people_sentences(people: &[&HelpLine]) -> Markdown {
    let mut managers = BTreeSet::new();
    let mut unmanaged = Vec::new();
    for help in people {
        match &help.manager {
            Some(manager) => {
                managers.insert(manager.id);
            }
            None => unmanaged.push(name(help.subject())),
        }
    }
    let mut above = Markdown::counted(people.len(), "person", "people");
    if !managers.is_empty() {
        above = above.and(" and ").and(Markdown::counted(managers.len(), "manager", "managers"));
    }
    let is_single = people.len() == 1 && managers.is_empty();
    let above = above.and(if is_single { " is named above" } else { " are named above" });
    if unmanaged.is_empty() {
        return above.and("; nothing is needed from you unless you want to help.");
    }
    above
        .and(". No manager could be asked about ")
        .and(join_list(&unmanaged))
        .and(": please help with them.")
}
