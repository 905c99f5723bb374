//! The checks of the Calendly audit.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::identity::{PersonIdx, Subject};

use crate::check::{Audience, Check, Detail, Find, Hit, Requirement};
use crate::roster::{Field, Person, Roster};
use crate::text::{canonical_link, comparable_link, fold, slug_letters};
use crate::wording::Wording;

use super::account_checks as accounts;

pub(super) static CHECKS: [Check; 11] = [
    Check {
        id: "link-missing",
        finds: "The person has no Calendly link in the roster.",
        asks: "You have no Calendly link in the roster.",
        fix: "Add `calendly:` with the address of your main Calendly page to your entry in the roster.",
        wording: Wording {
            asks: "no Calendly link in {entry}",
            about: "no Calendly link in the roster",
            short: "no link in the roster",
            fix: "add `calendly: https://calendly.com/` followed by the name of your page",
        },
        asked: Audience::Person,
        evidence: "nothing",
        needs: &[],
        reads: &[Detail::Link],
        steps_back_for: &[],
        asked_as: None,
        find: Find::InRoster(link_missing),
    },
    Check {
        id: "link-malformed",
        finds: "The person's Calendly link is not the https address of a main page at calendly.com.",
        asks: "Your Calendly link in the roster is not the https address of your main page at calendly.com.",
        fix: "Make `calendly:` in your entry of the roster `https://calendly.com/` followed by the name of your page alone, without an event.",
        wording: Wording {
            asks: "the Calendly link in {entry}, {evidence}, does not point to your main Calendly page",
            about: "the roster entry's Calendly link, {evidence}, does not point to a main Calendly page",
            short: "bad link in the roster",
            fix: "change `calendly:` to `https://calendly.com/` plus the name of your page, with no event (such as `/30min`) after it",
        },
        asked: Audience::Person,
        evidence: "the link",
        needs: &[],
        reads: &[Detail::Link],
        steps_back_for: &[],
        asked_as: None,
        find: Find::InRoster(link_malformed),
    },
    Check {
        id: "link-shared",
        finds: "Two people have the same Calendly link in the roster.",
        asks: "Your Calendly link in the roster is another person's as well.",
        fix: "Make `calendly:` in your entry of the roster your own.",
        wording: Wording {
            asks: "{entry} has the same Calendly link as somebody else's, {first}",
            about: "the roster entry has the same Calendly link as somebody else's, {first}",
            short: "shared link in the roster",
            fix: "make the link your own; if it is, just say so",
        },
        asked: Audience::Both,
        evidence: "the link, and who shares it",
        needs: &[],
        reads: &[Detail::Link],
        steps_back_for: &[],
        asked_as: None,
        find: Find::InRoster(link_shared),
    },
    Check {
        id: "manager-unresolved",
        finds: "The person's manager is not on the roster, or is the person themself.",
        asks: "The person's manager is not on the roster, or is the person themself.",
        fix: "Make `reports_to:` in the person's entry the name of a person on the roster.",
        wording: Wording {
            asks: "{subject} reports to {evidence}, who is nobody else on the roster",
            about: "{subject} reports to {evidence}, who is nobody else on the roster",
            short: "{subject} has no known manager",
            fix: "set `reports_to:` in the entry to the name of somebody on the roster",
        },
        asked: Audience::Operators,
        evidence: "the manager's name",
        needs: &[Requirement::Everybody],
        reads: &[Detail::Manager],
        steps_back_for: &[],
        asked_as: None,
        find: Find::InRoster(manager_unresolved),
    },
    Check {
        id: "link-mismatch",
        finds: "The person's Calendly link in the roster is not the page of their account.",
        asks: "Your Calendly link in the roster is not the page of your account.",
        fix: "Make `calendly:` in your entry of the roster the address of your account's page, as Calendly shows it.",
        wording: Wording {
            asks: "the Calendly link in {entry}, {first}, is not the page of your account, {second}",
            about: "the roster entry's Calendly link is not the page of the account",
            short: "wrong link in the roster",
            fix: "change `calendly:` to the link that Calendly shows for your account",
        },
        asked: Audience::Person,
        evidence: "the link, and the account's page",
        needs: &[Requirement::Accounts, Requirement::Pages],
        reads: &[Detail::Link, Detail::Account, Detail::Page],
        steps_back_for: &["link-missing", "link-malformed", "link-shared"],
        asked_as: None,
        find: Find::AmongAccounts(accounts::link_mismatch),
    },
    Check {
        id: "account-missing",
        finds: "The person is on the roster and has no account in the Calendly organisation.",
        asks: "You are on the roster and have no account in the Calendly organisation.",
        fix: "Ask an admin of the Calendly organisation to invite you, or tell here why you need no account.",
        wording: Wording {
            asks: "no account of yours in our Calendly organisation",
            about: "no Calendly account",
            short: "no account",
            fix: "ask a Calendly admin to invite you, or say here why you do not need an account",
        },
        asked: Audience::Person,
        evidence: "nothing",
        needs: &[Requirement::Accounts, Requirement::EveryAccount],
        reads: &[Detail::Account],
        steps_back_for: &["invitation-pending"],
        asked_as: None,
        find: Find::AmongAccounts(accounts::account_missing),
    },
    Check {
        id: "invitation-pending",
        finds: "The person was invited to the Calendly organisation and has not joined yet.",
        asks: "You were invited to the Calendly organisation and have not joined yet.",
        fix: "Accept the invitation that Calendly sent to your e-mail address, or tell here why you need no account.",
        wording: Wording {
            asks: "your invitation to our Calendly organisation is still open",
            about: "the invitation to Calendly is still open",
            short: "open invitation",
            fix: "accept the invitation that Calendly sent you by e-mail, or say here why you do not need an account",
        },
        asked: Audience::Person,
        evidence: "nothing",
        needs: &[Requirement::Accounts],
        reads: &[Detail::Account],
        steps_back_for: &[],
        asked_as: Some("account-missing"),
        find: Find::AmongAccounts(accounts::invitation_pending),
    },
    Check {
        id: "outsider",
        finds: "The account, or the invitation to have one, is of nobody on the roster.",
        asks: "You have an account in the team's Calendly organisation, or an invitation to it, and are not on the team's roster.",
        fix: "Say why you need the account in the team's Calendly organisation; without a reason it will be removed.",
        wording: Wording {
            asks: "you have an account in our Calendly organisation, but you are not on our team's roster",
            about: "a Calendly account, but not on the roster",
            short: "not on the roster",
            fix: "say what you need it for; without a reason it will be taken out of our organisation, and the Calendly account itself stays yours",
        },
        asked: Audience::Holder,
        evidence: "whether the account is active or invited, and its role, which is `user` before its holder has joined",
        needs: &[Requirement::Accounts, Requirement::Everybody],
        reads: &[],
        steps_back_for: &[],
        asked_as: None,
        find: Find::AmongAccounts(accounts::outsider),
    },
    Check {
        id: "owner-count",
        finds: "The number of the organisation's owners is not one.",
        asks: "The number of the organisation's owners is not one.",
        fix: "Make one account of the Calendly organisation its owner.",
        wording: Wording {
            asks: "the organisation has {count} owners{, list}",
            about: "the organisation has {count} owners{, list}",
            short: "Calendly has {count} owners",
            fix: "leave exactly one",
        },
        asked: Audience::Operators,
        evidence: "the owners' e-mail addresses",
        needs: &[Requirement::Accounts, Requirement::EveryRole],
        reads: &[],
        steps_back_for: &[],
        asked_as: None,
        find: Find::AmongAccounts(accounts::owner_count),
    },
    Check {
        id: "admin-missing",
        finds: "The person is of the operations team and is not an admin of the Calendly organisation.",
        asks: "The person is of the operations team and is not an admin of the Calendly organisation.",
        fix: "Make the person's account an admin in Calendly.",
        wording: Wording {
            asks: "{subject} is on the operations team but is a {evidence}",
            about: "{subject} is on the operations team but is a {evidence}",
            short: "{subject} is not an admin",
            fix: "make them an admin",
        },
        asked: Audience::Operators,
        evidence: "the account's role",
        needs: &[Requirement::Accounts, Requirement::Roles],
        reads: &[Detail::Team, Detail::Account, Detail::Role],
        steps_back_for: &[],
        asked_as: None,
        find: Find::AmongAccounts(accounts::admin_missing),
    },
    Check {
        id: "admin-unexpected",
        finds: "The account is an admin of the Calendly organisation, and its holder is not of the operations team.",
        asks: "The account is an admin of the Calendly organisation, and its holder is not of the operations team.",
        fix: "Make the account a user in Calendly, or record why its holder is an admin.",
        wording: Wording {
            asks: "{subject} is an admin but is not on the operations team",
            about: "{subject} is an admin but is not on the operations team",
            short: "{subject} is an admin",
            fix: "make them a user, or accept it with the reason why they have to be an admin",
        },
        asked: Audience::Operators,
        evidence: "the role `admin`",
        needs: &[Requirement::Accounts, Requirement::Roles, Requirement::Everybody],
        reads: &[Detail::Team, Detail::Role],
        steps_back_for: &[],
        asked_as: None,
        find: Find::AmongAccounts(accounts::admin_unexpected),
    },
];

/// The hits of a check that looks at one person at a time; it returns what it saw.
pub(super) fn hits<'a>(
    roster: &'a Roster,
    find: impl Fn(PersonIdx, &'a Person) -> Option<Cow<'a, str>>,
) -> Vec<Hit> {
    let hit = |(index, person): (PersonIdx, &'a Person)| {
        let evidence = find(index, person)?.into_owned();
        Some(Hit { about: Subject::Person(index), evidence })
    };
    roster.enumerate().filter_map(hit).collect()
}

fn link_missing(roster: &Roster) -> Vec<Hit> {
    hits(roster, |_, person| (person.calendly == Field::Missing).then_some(Cow::Borrowed("")))
}

fn link_malformed(roster: &Roster) -> Vec<Hit> {
    hits(roster, |_, person| {
        let link = person.calendly.value()?;
        page(link).is_none().then(|| canonical_link(link).into())
    })
}

pub(super) fn link_shared(roster: &Roster) -> Vec<Hit> {
    let mut people: HashMap<Cow<'_, str>, Vec<&Person>> = HashMap::new();
    for person in &roster.people {
        if let Field::Value(link) = &person.calendly {
            people.entry(comparable_link(link)).or_default().push(person);
        }
    }
    people.retain(|_, sharers| sharers.len() > 1);
    let mut evidence: HashMap<Cow<'_, str>, String> = HashMap::new();
    for (link, sharers) in people {
        let mut subjects: Vec<String> =
            sharers.iter().map(|person| person.subject().to_string()).collect();
        subjects.sort_unstable();
        evidence.insert(link, subjects.join(" "));
    }
    hits(roster, |_, person| {
        let link = person.calendly.value()?;
        let subjects = evidence.get(&comparable_link(link))?;
        Some(format!("{} {subjects}", canonical_link(link)).into())
    })
}

fn manager_unresolved(roster: &Roster) -> Vec<Hit> {
    let exact: HashSet<&str> = roster.people.iter().map(|person| &*person.name).collect();
    let names = NameIndex::default();
    hits(roster, |_, person| {
        let manager = person.reports_to.value()?;
        let is_resolved = if exact.contains(&**manager) {
            *manager != person.name
        } else {
            !is_named(person, manager) && names.get(roster).holds(manager)
        };
        (!is_resolved).then_some(Cow::Borrowed(manager))
    })
}

/// Whether `name` is the person's name, or a slug of it.
fn is_named(person: &Person, name: &str) -> bool {
    fold(&person.name) == fold(name)
        || is_slug(name) && slug_letters(&person.name) == slug_letters(name)
}

fn is_slug(name: &str) -> bool {
    !name.contains(char::is_whitespace)
}

/// Everybody's name in the forms in which a manager may be named.
///
/// It is made only when some manager is not named exactly as in their own entry.
#[derive(Default)]
struct NameIndex(std::cell::OnceCell<Names>);

struct Names {
    folded: HashSet<String>,
    slugs: HashSet<String>,
}

impl NameIndex {
    fn get(&self, roster: &Roster) -> &Names {
        self.0.get_or_init(|| Names {
            folded: roster.people.iter().map(|person| fold(&person.name).into_owned()).collect(),
            slugs: roster.people.iter().map(|person| slug_letters(&person.name)).collect(),
        })
    }
}

impl Names {
    fn holds(&self, name: &str) -> bool {
        self.folded.contains(&*fold(name))
            || is_slug(name) && self.slugs.contains(&slug_letters(name))
    }
}

/// The name of the main page that `link` is the address of.
///
/// A main page is `https://calendly.com/NAME`; an event's page has the event's name behind it.
pub(super) fn page(link: &str) -> Option<&str> {
    const BEGINNING: &str = "https://calendly.com/";
    let (beginning, name) = link.split_at_checked(BEGINNING.len())?;
    let name = name.strip_suffix('/').unwrap_or(name);
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (beginning.eq_ignore_ascii_case(BEGINNING) && is_name).then_some(name)
}
