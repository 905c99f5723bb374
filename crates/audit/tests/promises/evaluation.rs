//! What the checks find in the sources, and what they cannot say: the facts that the states of the
//! findings begin with.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{
    Account, Check, Evidence, Field, FindingKey, Role, Seconds, Status, Subject, World, lower,
};

/// What one check says about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It finds something.
    Found(Evidence),
    /// Another check speaks for it: still found, without words of its own.
    SteppedBack,
    /// It looked, and there is nothing.
    Clear,
    /// It could not look.
    Unknown,
    /// The rules do not say, and nobody is mentioned either way; the judge does not compare it.
    Undecided,
}

/// The verdicts of one reading of the sources.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    pub verdicts: BTreeMap<FindingKey, Verdict>,
    /// The findings that a like name keeps from being asked about.
    pub suggested: BTreeSet<FindingKey>,
    /// The accounts that are somebody's on the roster.
    pub matched: BTreeSet<String>,
}

/// A roster with an entry that could hide a person, or one more than 10 % smaller than the one
/// recorded in the issue, says nothing about who is not on it.
pub fn roster_shows_absence(world: &World) -> bool {
    !world.roster.hides && !shrank(world.roster.entries.len(), world.issue.recorded_people)
}

/// Accounts that were read completely say what they hold.
pub fn accounts_are_complete(world: &World) -> bool {
    world.accounts.as_ref().is_some_and(|accounts| accounts.complete)
}

/// Accounts more than 10 % fewer than recorded say nothing about who has none.
pub fn accounts_show_absence(world: &World) -> bool {
    world.accounts.as_ref().is_some_and(|accounts| {
        accounts.complete && !shrank(accounts.list.len(), world.issue.recorded_accounts)
    })
}

fn shrank(present: usize, recorded: Option<usize>) -> bool {
    recorded.is_some_and(|recorded| present * 10 < recorded * 9)
}

/// The instant from which every source that the check needs is: the older of the two for a check
/// that reads the accounts.
pub fn captured(world: &World, check: Check) -> Seconds {
    let roster = world.roster.captured;
    match &world.accounts {
        Some(accounts) if check.needs_accounts() => roster.min(accounts.captured),
        _ => roster,
    }
}

/// A person's main page: https, calendly.com, one segment.
pub fn is_main_page(link: &str) -> bool {
    link.strip_prefix("https://calendly.com/")
        .is_some_and(|page| !page.is_empty() && !page.contains('/'))
}

/// Whether the entry's address is excluded by the configuration.
pub fn is_excluded(world: &World, index: usize) -> bool {
    world.config.exclude.contains(&lower(&world.roster.entries[index].email))
}

/// Whether the account's address is excluded by the configuration.
pub fn is_left_out(world: &World, account: &Account) -> bool {
    world.config.exclude.contains(&lower(&account.email))
}

/// Whose each account is: by e-mail address; then, where nothing else matched either, by scheduling
/// link; then by alias. Two accounts at one address are both the person's.
fn owners(world: &World) -> BTreeMap<String, usize> {
    let mut owners = BTreeMap::new();
    let accounts = world.accounts.as_ref().map_or(&[][..], |accounts| &accounts.list);
    let entries = &world.roster.entries;
    for account in accounts {
        let person =
            entries.iter().position(|entry| entry.email.eq_ignore_ascii_case(&account.email));
        if let Some(index) = person {
            owners.insert(account.id.clone(), index);
        }
    }
    let free = |owners: &BTreeMap<String, usize>, index: usize| {
        !owners.values().any(|&owner| owner == index)
    };
    let by_email = owners.clone();
    for account in accounts {
        let Some(link) = account.link.value() else { continue };
        let sharers: Vec<usize> = (0..entries.len())
            .filter(|&index| free(&by_email, index))
            .filter(|&index| entries[index].link.value() == Some(link))
            .collect();
        let twins: Vec<&Account> = accounts
            .iter()
            .filter(|twin| !by_email.contains_key(&twin.id) && twin.link.value() == Some(link))
            .collect();
        if let ([index], [twin]) = (&sharers[..], &twins[..])
            && twin.id == account.id
        {
            owners.insert(account.id.clone(), *index);
        }
    }
    for account in accounts {
        if owners.contains_key(&account.id) {
            continue;
        }
        let person = entries.iter().position(|entry| {
            world.config.aliases.iter().any(|(email, alias)| {
                email.eq_ignore_ascii_case(&entry.email)
                    && alias.eq_ignore_ascii_case(&account.email)
            })
        });
        if let Some(index) = person.filter(|&index| free(&owners, index)) {
            owners.insert(account.id.clone(), index);
        }
    }
    owners
}

/// Evaluates every check that is not off, for everybody who is not excluded.
pub fn evaluate(world: &World) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let owners = owners(world);
    evaluation.matched = owners.keys().cloned().collect();
    for index in 0..world.roster.entries.len() {
        if is_excluded(world, index) {
            continue;
        }
        let accounts: Vec<&Account> = world
            .accounts
            .iter()
            .flat_map(|accounts| &accounts.list)
            .filter(|account| owners.get(&account.id) == Some(&index))
            .collect();
        for (check, verdict) in person_verdicts(world, index, &accounts) {
            let key = FindingKey { check, subject: Subject::Person(index) };
            evaluation.verdicts.insert(key, verdict);
        }
    }
    for account in world.accounts.iter().flat_map(|accounts| &accounts.list) {
        if is_left_out(world, account) && !owners.contains_key(&account.id) {
            continue;
        }
        let key =
            FindingKey { check: Check::Outsider, subject: Subject::Account(account.id.clone()) };
        let is_matched = owners.contains_key(&account.id);
        evaluation.verdicts.insert(key, outsider(world, account, is_matched));
        if !is_matched {
            let subject = Subject::Account(account.id.clone());
            let key = FindingKey { check: Check::AdminUnexpected, subject };
            evaluation.verdicts.insert(key, admin_of_nobody(world, account));
        }
    }
    evaluation.verdicts.insert(
        FindingKey { check: Check::OwnerCount, subject: Subject::Organisation },
        owner_count(world),
    );
    evaluation.verdicts.retain(|key, _| !world.config.checks_off.contains(&key.check));
    suggest(world, &owners, &mut evaluation);
    evaluation
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_ascii_lowercase()
}

/// What stands before the `@` of an address.
fn local(email: &str) -> String {
    letters(email.split('@').next().unwrap_or_default())
}

/// A like name, username or address of a person and of an account without a person is a suggestion:
/// neither is asked.
fn suggest(world: &World, owners: &BTreeMap<String, usize>, evaluation: &mut Evaluation) {
    for account in world.accounts.iter().flat_map(|accounts| &accounts.list) {
        if owners.contains_key(&account.id) || is_left_out(world, account) {
            continue;
        }
        let local = local(&account.email);
        for (index, entry) in world.roster.entries.iter().enumerate() {
            let is_like = letters(&entry.name) == letters(&account.name)
                || local == self::local(&entry.email)
                || local == letters(&entry.name)
                || entry.username.as_deref().is_some_and(|name| local == letters(name));
            if !is_like {
                continue;
            }
            let person = Subject::Person(index);
            let holder = Subject::Account(account.id.clone());
            evaluation
                .suggested
                .insert(FindingKey { check: Check::AccountMissing, subject: person });
            evaluation.suggested.insert(FindingKey { check: Check::Outsider, subject: holder });
        }
    }
}

fn person_verdicts(world: &World, index: usize, accounts: &[&Account]) -> Vec<(Check, Verdict)> {
    let (missing, invited) = presence(world, accounts);
    vec![
        (Check::LinkMissing, link_missing(world, index)),
        (Check::LinkMalformed, link_malformed(world, index)),
        (Check::LinkShared, link_shared(world, index)),
        (Check::ManagerUnresolved, manager_unresolved(world, index)),
        (Check::LinkMismatch, link_mismatch(world, index, accounts)),
        (Check::AccountMissing, missing),
        (Check::InvitationPending, invited),
        (Check::AdminMissing, admin_missing(world, index, accounts)),
        (Check::AdminUnexpected, admin_unexpected(world, index, accounts)),
    ]
}

/// `link-missing`: the person has no link in the roster.
fn link_missing(world: &World, index: usize) -> Verdict {
    match &world.roster.entries[index].link {
        Field::Absent => Verdict::Found(Evidence::None),
        Field::Value(_) => Verdict::Clear,
        Field::Unreadable => Verdict::Unknown,
    }
}

/// `link-malformed`: the link is not a main page.
fn link_malformed(world: &World, index: usize) -> Verdict {
    match &world.roster.entries[index].link {
        Field::Value(link) if !is_main_page(link) => Verdict::Found(Evidence::Link(link.clone())),
        Field::Unreadable => Verdict::Unknown,
        _ => Verdict::Clear,
    }
}

/// `link-shared`: two people have the same link; both are asked.
fn link_shared(world: &World, index: usize) -> Verdict {
    let entries = &world.roster.entries;
    // Whoever cannot be read, or is hidden, may have the same link still.
    let is_known =
        roster_shows_absence(world) && entries.iter().all(|entry| entry.link != Field::Unreadable);
    let clear = if is_known { Verdict::Clear } else { Verdict::Unknown };
    let link = match &entries[index].link {
        Field::Value(link) => link,
        Field::Absent => return clear,
        Field::Unreadable => return Verdict::Unknown,
    };
    let mut subjects: Vec<String> = entries
        .iter()
        .filter(|entry| entry.link.value() == Some(link))
        .map(|entry| {
            // An id that two entries claim is neither's.
            let has_twin = entries.iter().filter(|twin| twin.id == entry.id).count() > 1;
            let id = entry.id.filter(|_| !has_twin);
            id.map_or_else(|| lower(&entry.email), |id| format!("#{id}"))
        })
        .collect();
    subjects.sort();
    if subjects.len() < 2 {
        return clear;
    }
    Verdict::Found(Evidence::Shared { link: link.clone(), subjects })
}

/// `manager-unresolved`: `reports_to` names nobody on the roster, or the person themself.
///
/// While the roster may hide somebody the complete check counts as unknown, so that even a name which is
/// found there settles nothing.
fn manager_unresolved(world: &World, index: usize) -> Verdict {
    let entries = &world.roster.entries;
    let name = match &entries[index].reports_to {
        Field::Value(name) => name,
        Field::Absent => return Verdict::Undecided,
        Field::Unreadable => return Verdict::Unknown,
    };
    match entries.iter().position(|entry| &entry.name == name) {
        Some(_) if !roster_shows_absence(world) => Verdict::Undecided,
        Some(manager) if manager != index => Verdict::Clear,
        Some(_) => Verdict::Found(Evidence::ReportsTo(name.clone())),
        None if roster_shows_absence(world) => Verdict::Found(Evidence::ReportsTo(name.clone())),
        None => Verdict::Unknown,
    }
}

/// `link-mismatch`: the link is not the account's page. It steps back for the three checks of the
/// link itself, and cannot be evaluated while an account's page is not known.
fn link_mismatch(world: &World, index: usize, accounts: &[&Account]) -> Verdict {
    if !accounts_are_complete(world) {
        return Verdict::Unknown;
    }
    let link = match &world.roster.entries[index].link {
        Field::Value(link) if is_main_page(link) => link,
        Field::Unreadable => return Verdict::Unknown,
        _ => return Verdict::SteppedBack,
    };
    if matches!(link_shared(world, index), Verdict::Found(_)) {
        return Verdict::SteppedBack;
    }
    let joined: Vec<&&Account> =
        accounts.iter().filter(|account| account.status == Status::Joined).collect();
    if joined.iter().any(|account| account.link.value() == Some(link)) {
        return Verdict::Clear;
    }
    if joined.iter().any(|account| account.link.value().is_none()) {
        return Verdict::Unknown;
    }
    if joined.is_empty() {
        return Verdict::Clear;
    }
    let mut pages: Vec<String> =
        joined.iter().filter_map(|account| account.link.value().cloned()).collect();
    pages.sort();
    Verdict::Found(Evidence::Links { roster: link.clone(), account: pages })
}

/// `account-missing` and `invitation-pending`: two faces of "not in the organisation". While one is
/// found, the other counts as still found.
fn presence(world: &World, accounts: &[&Account]) -> (Verdict, Verdict) {
    if !accounts_are_complete(world) {
        return (Verdict::Unknown, Verdict::Unknown);
    }
    if accounts.iter().any(|account| account.status == Status::Joined) {
        return (Verdict::Clear, Verdict::Clear);
    }
    if !accounts.is_empty() {
        return (Verdict::SteppedBack, Verdict::Found(Evidence::None));
    }
    if !accounts_show_absence(world) {
        return (Verdict::Unknown, Verdict::Unknown);
    }
    (Verdict::Found(Evidence::None), Verdict::SteppedBack)
}

/// `outsider`: an account or invitation of nobody on the roster.
fn outsider(world: &World, account: &Account, is_matched: bool) -> Verdict {
    if !accounts_are_complete(world) {
        return Verdict::Unknown;
    }
    if is_matched {
        return Verdict::Clear;
    }
    if !roster_shows_absence(world) {
        return Verdict::Unknown;
    }
    Verdict::Found(Evidence::Account {
        id: account.id.clone(),
        status: account.status,
        role: account.role,
    })
}

/// `admin-unexpected` of an account of nobody on the roster, who is not of the operations team either.
fn admin_of_nobody(world: &World, account: &Account) -> Verdict {
    if !accounts_are_complete(world) || !roster_shows_absence(world) {
        return Verdict::Unknown;
    }
    match best_role(&[account]) {
        Some(Role::Admin) => Verdict::Found(Evidence::Role(Role::Admin)),
        _ => Verdict::Clear,
    }
}

/// `owner-count`: the number of owners is not 1.
fn owner_count(world: &World) -> Verdict {
    let Some(accounts) = world.accounts.as_ref().filter(|accounts| accounts.complete) else {
        return Verdict::Unknown;
    };
    let mut owners: Vec<String> = accounts
        .list
        .iter()
        .filter(|account| account.status == Status::Joined && account.role == Role::Owner)
        .map(|account| lower(&account.email))
        .collect();
    owners.sort();
    if owners.len() == 1 { Verdict::Clear } else { Verdict::Found(Evidence::Owners(owners)) }
}

fn best_role(accounts: &[&Account]) -> Option<Role> {
    accounts
        .iter()
        .filter(|account| account.status == Status::Joined)
        .map(|account| account.role)
        .min()
}

/// `admin-missing`: someone of the operations team is not an admin; an owner counts as one.
fn admin_missing(world: &World, index: usize, accounts: &[&Account]) -> Verdict {
    if !accounts_are_complete(world) {
        return Verdict::Unknown;
    }
    match &world.roster.entries[index].operations {
        Field::Unreadable => Verdict::Unknown,
        Field::Value(true) => match best_role(accounts) {
            Some(Role::User) => Verdict::Found(Evidence::Role(Role::User)),
            Some(_) => Verdict::Clear,
            None => Verdict::Undecided,
        },
        _ => Verdict::Clear,
    }
}

/// `admin-unexpected`: an admin who is not of the operations team.
fn admin_unexpected(world: &World, index: usize, accounts: &[&Account]) -> Verdict {
    if !accounts_are_complete(world) || !roster_shows_absence(world) {
        return Verdict::Unknown;
    }
    match &world.roster.entries[index].operations {
        Field::Unreadable => Verdict::Unknown,
        Field::Value(true) => Verdict::Clear,
        _ if best_role(accounts) == Some(Role::Admin) => {
            Verdict::Found(Evidence::Role(Role::Admin))
        }
        _ => Verdict::Clear,
    }
}
