//! Explains how an account was matched to a person, or why it was not, and what the checks found about
//! either.

use crate::accounts::{Account, AccountStatus, Accounts};
use crate::evaluation::Evaluation;
use crate::identity::{AccountIdx, PersonIdx, Subject, comparable_email};
use crate::matching::{Match, SimilarityIndex, is_unmatchable};
use crate::roster::{Field, Person};
use crate::text::{comparable_link, fold};

/// Explains everybody whom `wanted` names.
/// This is a person by name, e-mail address or GitLab username, or an account by its e-mail
/// address, its id or its holder's name.
/// The text is empty if `wanted` names nobody.
///
/// Untrusted text in it is unchanged.
pub fn explain(evaluation: &Evaluation, name: &str) -> String {
    let email = comparable_email(name);
    let is_wanted = |person: &Person| {
        fold(&person.name) == fold(name)
            || person.comparable_email().as_ref() == Some(&email)
            || person.gitlab_username.value().is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let mut text = String::new();
    let mut explained = Vec::new();
    for (index, person) in evaluation.roster.enumerate() {
        if is_wanted(person) {
            explained.extend(
                evaluation.matching.for_person(index).iter().map(|matched| matched.account),
            );
            explain_person(evaluation, index, person, &mut text);
        }
    }
    let accounts = evaluation.accounts.iter().flat_map(Accounts::enumerate);
    for (index, account) in accounts {
        let is_wanted = account.is_named(name) || fold(&account.name) == fold(name);
        if is_wanted && !explained.contains(&index) {
            explain_account(evaluation, index, account, &mut text);
        }
    }
    text
}

fn explain_person(evaluation: &Evaluation, index: PersonIdx, person: &Person, text: &mut String) {
    let field = |field: &Field<Box<str>>| match field {
        Field::Missing => "none".to_owned(),
        Field::Unreadable => "unreadable".to_owned(),
        Field::Value(value) => value.to_string(),
    };
    let operations = match person.is_operations {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    text.push_str(&format!(
        "{}, {}\n  e-mail address: {}\n  link: {}\n  operations team: {operations}\n",
        person.name,
        evaluation.roster.location(person),
        field(&person.email),
        field(&person.link),
    ));
    let matches = evaluation.matching.for_person(index);
    for Match { account, key, .. } in matches {
        if let Some(account) = evaluation.account(*account) {
            let by = key.describe(evaluation.kind.spec().page_name);
            text.push_str(&format!("  account: {}, matched by its {by}\n", described(account)));
        }
    }
    if matches.is_empty() {
        text.push_str(match &evaluation.accounts {
            None => "  account: unknown, no accounts were read\n",
            Some(accounts) if !accounts.is_complete() => {
                "  account: unknown, the accounts were not read whole\n"
            }
            Some(_) if is_unmatchable(person, matches) => {
                "  account: unknown, it cannot be found without an e-mail address\n"
            }
            Some(_) => "  account: none\n",
        });
    }
    for (account, reason) in refused(evaluation, index, person) {
        text.push_str(&format!("  refused: {}: {reason}\n", described(account)));
    }
    outcomes(evaluation, Subject::Person(index), text);
}

fn explain_account(
    evaluation: &Evaluation,
    index: AccountIdx,
    account: &Account,
    text: &mut String,
) {
    text.push_str(&format!("{}\n", described(account)));
    let holder = evaluation.matching.holder(index);
    if let Some(person) = holder.and_then(|holder| evaluation.roster.person(holder)) {
        let location = evaluation.roster.location(person);
        text.push_str(&format!("  the account of {}, {location}\n", person.name));
    } else {
        text.push_str("  of nobody on the roster by e-mail address, link or alias\n");
        let likeness = SimilarityIndex::new(&evaluation.roster, |_| true);
        for (person, reason) in likeness.suggest(account) {
            if let Some(person) = evaluation.roster.person(person) {
                let location = evaluation.roster.location(person);
                text.push_str(&format!("  refused: {}, {location}: {reason} only\n", person.name));
            }
        }
    }
    outcomes(evaluation, Subject::Account(index), text);
}

/// What the checks found about a subject, and what they could not decide.
fn outcomes(evaluation: &Evaluation, about: Subject, text: &mut String) {
    for finding in evaluation.findings_of(about) {
        let seen = if finding.evidence.is_empty() {
            String::new()
        } else {
            format!(", seen: {}", finding.evidence)
        };
        text.push_str(&format!("  finding: {}{seen}\n", finding.check.id));
    }
    for check in evaluation.kind.spec().checks {
        if let Some(unknown) = evaluation.unknown_subjects.get(&(about, check.id)) {
            text.push_str(&format!("  unknown: {}, {unknown}\n", check.id));
        }
    }
}

/// The accounts that are similar to a person and not theirs, with the reason.
fn refused<'a>(
    evaluation: &'a Evaluation,
    index: PersonIdx,
    person: &Person,
) -> Vec<(&'a Account, String)> {
    let likeness = SimilarityIndex::new(&evaluation.roster, |candidate| candidate == index);
    let link = person.link.value().map(|link| comparable_link(link));
    let matches = evaluation.matching.for_person(index);
    let mut refused = Vec::new();
    for (index, account) in evaluation.accounts.iter().flat_map(Accounts::enumerate) {
        if matches.iter().any(|matched| matched.account == index) {
            continue;
        }
        let has_page = account.page.as_ref().map(|page| comparable_link(page)) == link;
        if has_page && link.is_some() {
            let reason = match evaluation.matching.holder(index) {
                Some(holder) => {
                    let holder =
                        evaluation.roster.person(holder).map_or("", |person| &*person.name);
                    format!("its page is the link, and it is the account of {holder}")
                }
                None if matches.is_empty() => "its page is the link, and another's too".to_owned(),
                None => "its page is the link, and the e-mail address goes before".to_owned(),
            };
            refused.push((account, reason));
        } else if let Some((_, reason)) = likeness.suggest(account).first() {
            refused.push((account, format!("{reason} only")));
        }
    }
    refused
}

fn described(account: &Account) -> String {
    let Account { name, role, status, location, .. } = account;
    let address = account.name_in_commands();
    let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
    let role = match (status, role) {
        (AccountStatus::Invited, _) => "invited",
        (AccountStatus::Active, Some(role)) => role,
        (AccountStatus::Active, None) => "role unknown",
    };
    format!("{address}{name}, {role}, {location}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::evaluation::{Policy, Sources};
    use crate::input::SourceFile;
    use crate::kinds::Kind;
    use crate::roster::{OperationsTeam, parse};

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile { name: name.to_owned(), bytes: text.into() }
    }

    #[test]
    fn what_is_unknown_for_a_person_is_named() {
        let spec = Kind::Calendly.spec();
        let team = file("team.yaml", "- name: Ada\n  calendly: [x]\n");
        let (roster, problems) = parse(&[team], spec.roster_field, &OperationsTeam::default());
        let users = file("users.csv", "Email,Role\nzed@example.org,user\n");
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let accounts = Some(Accounts::from_file(spec.export, &users, now).unwrap());
        let sources = Sources { roster, accounts, problems, ..Sources::default() };
        let today = "2026-11-22".parse().unwrap();
        let evaluation = Evaluation::new(Kind::Calendly, &Policy::default(), sources, today);
        expect![[r#"
            Ada, team.yaml:1
              e-mail address: none
              link: unreadable
              operations team: no
              account: unknown, it cannot be found without an e-mail address
              unknown: link-missing, since the link in the roster cannot be read
              unknown: link-malformed, since the link in the roster cannot be read
              unknown: link-shared, since the link in the roster cannot be read
              unknown: account-missing, since no account can be found without an e-mail address
              unknown: invitation-pending, since no account can be found without an e-mail address
              unknown: admin-missing, since no account can be found without an e-mail address
        "#]]
        .assert_eq(&explain(&evaluation, "Ada"));
    }
}
