//! The numbered sections of a review request.

use super::comment::{MAX_ROWS, Writer, more};
use super::readiness::in_state;
use crate::accounts::Account;
use crate::dates::{date_of, short_day};
use crate::followup::{AskedHow, Decision, Entry, Justification, NoteRef, State, Verdict};
use crate::markdown::{Markdown, delimiter_row, item, row};
use crate::matching::MatchedBy;
use crate::report::markdown::location;
use crate::text::excerpt;
use crate::wording::name;

/// The title and the content of a section, which is numbered when it is placed.
type Section = (String, String);

impl Writer<'_> {
    /// The numbered sections. Empty ones are left out, except for those that a reviewer looks for.
    pub(super) fn sections(&self) -> Vec<String> {
        let mut sections: Vec<Section> = Vec::new();
        sections.extend(self.removed());
        sections.extend(self.gone());
        sections.extend(self.accepted());
        sections.extend(self.settled("Fixed", |state| matches!(state, State::Fixed)));
        sections.extend(
            self.settled("No longer relevant", |state| matches!(state, State::Withdrawn(_))),
        );
        sections.extend(self.matched());
        sections.push(self.unchecked());
        sections.push(self.exceptions());
        (1..)
            .zip(sections)
            .map(|(number, (title, text))| {
                if text.starts_with('|') || text.starts_with("- ") {
                    format!("**{number}. {title}**\n\n{text}\n")
                } else {
                    format!("**{number}. {title}:** {text}\n")
                }
            })
            .collect()
    }

    fn removed(&self) -> Option<Section> {
        let removed = in_state(self.cases, |state| matches!(state, State::Removed { .. }));
        let mut table = head(&["Account", "Asked", "Decided by", "Reason", "Record"]);
        for (case, entry) in removed.iter().take(MAX_ROWS) {
            let State::Removed { decision, record } = &entry.state else { continue };
            let removal = match record {
                Some(record) => self.link("removal", record),
                None => Markdown::literal("by hand"),
            };
            table.push_str(&row(&[
                name(&case.name),
                asked(entry),
                Markdown::code(&decision.note.author.username),
                self.reason(decision),
                self.link("decision", &decision.note).and(", ").and(&removal),
            ]));
        }
        table.push_str(&more(removed.len()));
        let title = format!("Removed from {} ({})", self.system(), removed.len());
        (!removed.is_empty()).then_some((title, table))
    }

    fn gone(&self) -> Option<Section> {
        let gone = in_state(self.cases, |state| *state == State::Gone);
        let mut list = String::new();
        for (case, entry) in gone.iter().take(MAX_ROWS) {
            let line = name(&case.name).and(", asked ").and(asked(entry));
            list.push_str(&item(&line));
        }
        list.push_str(&more(gone.len()));
        let title = format!("Gone from {} without a decision ({})", self.system(), gone.len());
        (!gone.is_empty()).then_some((title, list))
    }

    fn accepted(&self) -> Option<Section> {
        let is_decided =
            |state: &State| matches!(state, State::Justified(Justification::Decision(_)));
        let accepted = in_state(self.cases, is_decided);
        let mut table = head(&["Finding", "Who", "Reason", "By", "Record"]);
        for (case, entry) in accepted.iter().take(MAX_ROWS) {
            let State::Justified(Justification::Decision(decision)) = &entry.state else {
                continue;
            };
            let check = Markdown::code(entry.check.id);
            let check = match decision.verdict {
                Verdict::Keep { until: Some(until) } => {
                    check.and(", kept until ").and(Markdown::date(until))
                }
                _ => check,
            };
            table.push_str(&row(&[
                check,
                name(&case.name),
                self.reason(decision),
                Markdown::code(&decision.note.author.username),
                self.link("record", &decision.note),
            ]));
        }
        table.push_str(&more(accepted.len()));
        let title = format!("Kept or accepted ({})", accepted.len());
        (!accepted.is_empty()).then_some((title, table))
    }

    fn settled(&self, title: &str, is_wanted: fn(&State) -> bool) -> Option<Section> {
        let settled = in_state(self.cases, is_wanted);
        let mut list = String::new();
        for (case, entry) in settled.iter().take(MAX_ROWS) {
            let mut line = Markdown::code(entry.check.id);
            if !case.name.is_empty() {
                line = line.and(" of ").and(name(&case.name));
            }
            if let Some(ask) = &entry.ask {
                let words = match ask.how {
                    AskedHow::Mentioned => "asked",
                    AskedHow::Sent => "asked by e-mail",
                    AskedHow::Listed => "listed",
                };
                line = line.and(", ").and(self.link(words, &ask.note));
            }
            list.push_str(&item(&line));
        }
        list.push_str(&more(settled.len()));
        (!settled.is_empty()).then(|| (format!("{title} ({})", settled.len()), list))
    }

    /// The accounts that were matched by another key than their address.
    fn matched(&self) -> Option<Section> {
        let evaluation = self.input.evaluation;
        let mut list = String::new();
        let mut count = 0_usize;
        for matched in evaluation.matching.all() {
            if matched.key == MatchedBy::Email {
                continue;
            }
            let (Some(person), Some(account)) =
                (evaluation.roster.person(matched.person), evaluation.account(matched.account))
            else {
                continue;
            };
            count += 1;
            if count <= MAX_ROWS {
                list.push_str(&item(
                    &name(account.display_name())
                        .and(" is ")
                        .and(name(&person.name))
                        .and("'s, by ")
                        .and(matched.key.describe(evaluation.kind.spec().page_name)),
                ));
            }
        }
        list.push_str(&more(count));
        (count > 0).then(|| (format!("Matched by link or alias ({count})"), list))
    }

    /// The checks that were switched off or could not be evaluated, and everybody who is excluded.
    fn unchecked(&self) -> Section {
        let evaluation = self.input.evaluation;
        let mut list = String::new();
        for check in &evaluation.off {
            list.push_str(&item(&Markdown::code(check.id).and(", which is switched off")));
        }
        for (check, unknown) in &evaluation.unknown {
            list.push_str(&item(&Markdown::code(check.id).and(", ").and(unknown.markdown())));
        }
        for subject in evaluation.excluded.iter().take(MAX_ROWS) {
            let person = evaluation.person(*subject).map(|person| &*person.name);
            let account = match subject {
                crate::identity::Subject::Account(index) => evaluation.account(*index),
                _ => None,
            };
            let excluded = person.or(account.map(Account::display_name)).unwrap_or_default();
            list.push_str(&item(&name(excluded).and(", who is excluded")));
        }
        list.push_str(&more(evaluation.excluded.len()));
        none_or_list("Not checked", list)
    }

    fn exceptions(&self) -> Section {
        let mut list = String::new();
        for (exception, outcome) in self.input.evaluation.exceptions.iter().take(MAX_ROWS) {
            let checks: Vec<Markdown> =
                exception.checks.iter().map(|check| Markdown::code(check)).collect();
            let subject = exception.subject.name().unwrap_or("the organisation");
            list.push_str(&item(
                &crate::wording::join_list(&checks)
                    .and(" of ")
                    .and(name(subject))
                    .and(": ")
                    .and(Markdown::code(&excerpt(&exception.reason)))
                    .and(", approved by ")
                    .and(Markdown::code(&exception.approved_by))
                    .and(" on ")
                    .and(Markdown::date(exception.approved_on))
                    .and(", until ")
                    .and(Markdown::date(exception.expires))
                    .and(", ")
                    .and(outcome.describe())
                    .and(" (")
                    .and(location(&exception.location))
                    .and(")"),
            ));
        }
        none_or_list("Exceptions used", list)
    }

    fn system(&self) -> &'static str {
        self.input.evaluation.kind.spec().system
    }

    fn reason(&self, decision: &Decision) -> Markdown {
        match &decision.reason {
            Some(reason) => Markdown::code(reason),
            None => self.link("see the record", &decision.note),
        }
    }

    fn link(&self, words: &'static str, note: &NoteRef) -> Markdown {
        Markdown::link(words, &format!("{}#note_{}", self.input.issue.url, note.id))
    }
}

/// How and when the subject was asked, and whether there was a reply.
fn asked(entry: &Entry) -> Markdown {
    let Some(ask) = &entry.ask else { return Markdown::literal("never") };
    Markdown::literal(if ask.how == AskedHow::Sent { "by e-mail " } else { "" })
        .and(short_day(date_of(ask.at)))
        .and(if entry.answers.is_empty() { ", no reply" } else { ", answered" })
}

fn head(columns: &[&'static str]) -> String {
    let cells: Vec<Markdown> = columns.iter().map(|column| Markdown::literal(column)).collect();
    format!("{}{}", row(&cells), delimiter_row(columns.len()))
}

fn none_or_list(title: &str, list: String) -> Section {
    if list.is_empty() { (title.to_owned(), "none.".to_owned()) } else { (title.to_owned(), list) }
}
