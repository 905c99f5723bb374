//! Plans the e-mails to people who cannot be mentioned.

use super::Planner;
use super::people::DuePerson;
use crate::followup::letters::{Letter, LetterContext};
use crate::followup::names::subject_name;
use crate::identity::Subject;
use crate::record::directory::Unmentionable;

impl<'p> Planner<'p> {
    pub(super) fn write_letter(&mut self, person: &DuePerson<'p>, reason: &Unmentionable) {
        let (case, input) = (person.case, self.input);
        let period = input.header.period.to_string();
        let context = LetterContext {
            system: input.evaluation.kind.spec().system,
            period: &period,
            sender: &input.operator.username,
            now: input.now,
            due: self.ask_due(),
        };
        let subject_name = subject_name(input, case);
        let (email, (title, text)) = if let Some(Subject::Account(index)) = case.subject {
            let account = input.evaluation.account(index);
            let email = account.and_then(|account| account.email.clone());
            let since = account.map_or("", |account| &account.since);
            (email, context.for_outsider(&case.name, since))
        } else {
            let subject = case.subject.and_then(|subject| input.evaluation.person(subject));
            let email = subject.and_then(|person| person.email.value());
            let mut items = Vec::new();
            for entry in &person.asks {
                let finding = self.finding(case, entry, Vec::new());
                let details = finding.details();
                items.push((
                    details.plain(finding.wording.asks),
                    details.plain(finding.wording.fix),
                ));
            }
            let letter = context.for_colleague(&case.name, excuse(reason), &items);
            (email.map(ToString::to_string), letter)
        };
        self.note(format!(
            "write to {} by e-mail ({reason}), then record it with --sent {subject_name}",
            case.name
        ));
        self.due.letters.push(Letter {
            subject_name,
            name: case.name.clone(),
            email,
            reason: reason.to_string(),
            title,
            text,
            checks: person.asks.iter().map(|entry| entry.check.id).collect(),
        });
    }
}

/// Why a person gets a letter, in words for them.
fn excuse(reason: &Unmentionable) -> &'static str {
    match reason {
        Unmentionable::Inactive => "your account there is not active",
        Unmentionable::NoAccess => "you cannot see the audit's issue",
        _ => "we do not know your account there",
    }
}
