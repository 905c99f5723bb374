//! Whose each account is, and whose it is not.

use super::*;
use crate::identity::PersonIdx;
use crate::input::SourceFile;
use crate::kinds::Kind;
use crate::roster::{OperationsTeam, parse};

/// People as `name email link`, accounts as `name email link`, `-` standing for nothing.
fn matching(
    people: &[&str],
    accounts: &[&str],
    aliases: &[(&str, &str)],
) -> (Roster, Accounts, Matching) {
    let words = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
    let person = |line: &&str| match words(line).as_slice() {
        [name, email, link] => format!("- name: {name}\n  email: {email}\n  calendly: {link}\n"),
        _ => panic!("{line}"),
    };
    let team: String = people.iter().map(person).collect::<String>().replace(": -\n", ":\n");
    let file = SourceFile { name: "team.yaml".to_owned(), bytes: team.into_bytes() };
    let (roster, problems) =
        parse(&[file], Kind::Calendly.spec().roster_field, &OperationsTeam::default());
    // A shared address is a problem of its own.
    assert!(problems.iter().all(|problem| problem.message.starts_with("`email` of")));
    let mut csv = "Name,Email,Calendly link\n".to_owned();
    for line in accounts {
        csv.push_str(&format!("{}\n", words(line).join(",").replace(",-", ",")));
    }
    let file = SourceFile { name: "users.csv".to_owned(), bytes: csv.into_bytes() };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let accounts = Accounts::from_file(Kind::Calendly.spec().export, &file, now).unwrap();
    let aliases =
        aliases.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
    let matching = Matching::new(&roster, &accounts, &aliases);
    (roster, accounts, matching)
}

/// Each match as `person account key`.
#[track_caller]
fn assert_matches(people: &[&str], accounts: &[&str], aliases: &[(&str, &str)], expected: &[&str]) {
    let (roster, accounts, matching) = matching(people, accounts, aliases);
    let mut found = Vec::new();
    for (index, person) in roster.enumerate() {
        for it in matching.for_person(index) {
            let account = accounts.get(it.account).unwrap();
            assert!(matching.holder(it.account).is_some());
            found.push(format!("{} {} {:?}", person.name, account.name_in_commands(), it.key));
        }
    }
    assert_eq!(found, expected);
}

const ADA: &str = "Ada ada@x.example https://calendly.com/ada";
const BOB: &str = "Bob bob@x.example https://calendly.com/bob";

#[test]
fn an_address_goes_before_a_link_and_a_link_before_an_alias() {
    assert_matches(&[ADA], &["A ADA@X.example -"], &[], &["Ada ADA@X.example Email"]);
    let link = "A other@y.example https://Calendly.com/ADA/";
    assert_matches(&[ADA], &[link], &[], &["Ada other@y.example Page"]);
    let aliases = [("Ada@x.example", "Other@y.example")];
    assert_matches(&[ADA], &["A other@y.example -"], &aliases, &["Ada other@y.example Alias"]);
    let turned = [("other@y.example", "ada@x.example")];
    assert_matches(&[ADA], &["A other@y.example -"], &turned, &["Ada other@y.example Alias"]);
    assert_matches(&[ADA], &[link], &aliases, &["Ada other@y.example Page"]);
    assert_matches(&[ADA], &["Ada ada@y.example -"], &[], &[]);
}

#[test]
fn only_the_case_of_ascii_letters_means_nothing_in_an_address() {
    // A Kelvin sign is not a `k`, though it becomes one in lower case.
    let kelvin = "Kay \u{212a}ay@x.example -";
    let latin = "K kay@x.example -";
    assert_matches(&[kelvin], &[latin], &[], &[]);
    assert_matches(
        &[kelvin],
        &["K \u{212a}AY@X.example -"],
        &[],
        &["Kay \u{212a}AY@X.example Email"],
    );
    let aliases = [("\u{212a}ay@x.example", "other@y.example")];
    assert_matches(&["Kay kay@x.example -"], &["A other@y.example -"], &aliases, &[]);
}

#[test]
fn the_page_of_somebody_who_has_an_account_hides_no_outsider() {
    // Ada's link was set to the page of a stranger, by mistake or on purpose.
    let stranger = "S stranger@y.example https://calendly.com/ada";
    let own = "A ada@x.example https://calendly.com/ada-l";
    assert_matches(&[ADA], &[own, stranger], &[], &["Ada ada@x.example Email"]);
}

#[test]
fn a_page_that_is_taken_makes_nobody_else_a_holder() {
    let bob = "Bob bob@x.example https://calendly.com/ada";
    let account = "A ada@x.example https://calendly.com/ada";
    assert_matches(&[ADA, bob], &[account], &[], &["Ada ada@x.example Email"]);
}

#[test]
fn what_is_in_doubt_is_no_match_or_a_match_of_both() {
    let page = "https://calendly.com/ada";
    let twice = [format!("X x@y.example {page}"), format!("Z z@y.example {page}")];
    assert_matches(&[ADA], &[&twice[0], &twice[1]], &[], &[]);
    // Two people of one address: the account is one's, and nobody is to be told they have none.
    let twin = "Ana ada@x.example https://calendly.com/ana";
    let account = "A ada@x.example -";
    assert_matches(
        &[ADA, twin],
        &[account],
        &[],
        &["Ada ada@x.example Email", "Ana ada@x.example Email"],
    );
}

#[test]
fn somebody_may_have_a_second_account_by_an_alias_only() {
    let aliases = [("bob@x.example", "bob@home.example")];
    assert_matches(
        &[BOB],
        &["B bob@x.example -", "B bob@home.example -"],
        &aliases,
        &["Bob bob@home.example Alias", "Bob bob@x.example Email"],
    );
}

#[test]
fn likeness_is_a_suggestion_only() {
    let people = ["Ada-Lo ada@x.example -", "Bob robert@x.example -", "Eve eve@x.example -"];
    let accounts = [
        "Ada.Lo al@y.example -",
        "Rob robert+audit@y.example -",
        "E bob@y.example -",
        "Eve eve@x.example -",
        "Eve e@y.example -",
    ];
    let (roster, accounts, matching) = matching(&people, &accounts, &[]);
    let free = |index: PersonIdx| matching.for_person(index).is_empty();
    let likeness = SimilarityIndex::new(&roster, free);
    let suggested = |email: &str| {
        let account =
            accounts.list.iter().find(|account| account.name_in_commands() == email).unwrap();
        let name = |(index, reason)| (&*roster.person(index).unwrap().name, reason);
        likeness.suggest(account).into_iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(suggested("al@y.example"), [("Ada-Lo", "the same name")]);
    assert_eq!(suggested("robert+audit@y.example"), [("Bob", "a like e-mail address")]);
    assert_eq!(suggested("bob@y.example"), [("Bob", "the name in its e-mail address")]);
    // Eve has an account.
    assert_eq!(suggested("e@y.example"), []);
}

#[test]
fn a_link_that_two_people_share_leads_to_nobody() {
    let twin = "Bob bob@x.example https://calendly.com/ada";
    let account = "A other@y.example https://calendly.com/ada";
    assert_matches(&[ADA, twin], &[account], &[], &[]);
    // Whoever has an account already does not count.
    let own = "B bob@x.example -";
    let expected = ["Ada other@y.example Page", "Bob bob@x.example Email"];
    assert_matches(&[ADA, twin], &[account, own], &[], &expected);
}
