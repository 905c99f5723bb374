//! Those who live in the world of random histories, and what is true of them.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::ranks::users;
use super::world::{HEAD, Texts, World, date};

/// A check and whom it is about, by their place in the cast.
pub(super) type Finding = (usize, &'static str);

/// The place of the organisation.
pub(super) const ORGANIZATION: usize = 99;

/// How many people of the roster about whom nothing is ever found.
const OTHERS: usize = 4;

pub(super) const OLGA: u64 = 1;
pub(super) const PETE: u64 = 2;
pub(super) const BYSTANDER: u64 = 50;
pub(super) const BOT: u64 = 60;
pub(super) const FORGER: u64 = 66;

pub(super) const PERSON_CHECKS: [&str; 9] = [
    "link-missing",
    "link-malformed",
    "manager-unresolved",
    "link-mismatch",
    "account-missing",
    "invitation-pending",
    "outsider",
    "admin-missing",
    "admin-unexpected",
];

pub(super) const OPERATORS_CHECKS: [&str; 4] =
    ["manager-unresolved", "owner-count", "admin-missing", "admin-unexpected"];

const ACCOUNT_CHECKS: [&str; 7] = [
    "link-mismatch",
    "account-missing",
    "invitation-pending",
    "outsider",
    "owner-count",
    "admin-missing",
    "admin-unexpected",
];

/// How the roster tells who somebody is at GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Handle {
    Both(u64, String),
    Id(u64),
    Username(String),
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Good,
    Missing,
    Malformed(u8),
    Unreadable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Present,
    Gone,
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) role: &'static str,
    pub(super) is_invited: bool,
    pub(super) has_other_page: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Human {
    pub(super) name: &'static str,
    pub(super) email: String,
    pub(super) has_moved: bool,
    pub(super) was_away: bool,
    /// Who they really are at GitLab.
    pub(super) user: u64,
    pub(super) handle: Handle,
    pub(super) manager: Option<&'static str>,
    pub(super) is_operations: bool,
    pub(super) entry: Entry,
    pub(super) link: Link,
    pub(super) seat: Option<Seat>,
}

#[derive(Debug, Clone)]
pub(super) struct Exempt {
    pub(super) check: &'static str,
    pub(super) email: String,
    pub(super) from: Date,
    pub(super) until: Date,
}

#[derive(Debug, Clone)]
pub(super) struct Cast {
    pub(super) humans: Vec<Human>,
    pub(super) off: BTreeSet<&'static str>,
    pub(super) excluded: BTreeSet<usize>,
    pub(super) exempt: Vec<Exempt>,
    pub(super) has_gaps: bool,
    pub(super) has_accounts: bool,
    pub(super) is_shrunken: bool,
}

fn human(name: &'static str, user: u64, handle: Handle, manager: Option<&'static str>) -> Human {
    let first = name.split(' ').next().unwrap().to_lowercase();
    let seat = Seat { role: "User", is_invited: false, has_other_page: false };
    Human {
        name,
        email: format!("{first}@x.example"),
        has_moved: false,
        was_away: false,
        user,
        handle,
        manager,
        is_operations: false,
        entry: Entry::Present,
        link: Link::Good,
        seat: Some(seat),
    }
}

impl Cast {
    pub(super) fn new() -> Self {
        let both = |id, name: &str| Handle::Both(id, name.to_owned());
        let mut humans = vec![
            human("Olga Op", OLGA, both(OLGA, "olga"), Some("Mia Man")),
            human("Ada Ash", 10, both(10, "ada"), Some("Mia Man")),
            human("Bob Bay", 11, both(11, "bob"), Some("Bo Blocked")),
            human("Cleo Cay", 12, Handle::Username("cleo".to_owned()), Some("Nobody Known")),
            human("Dan Day", 13, Handle::Id(13), Some("Eve East")),
            human("Eve East", 14, both(14, "eve"), Some("Dan Day")),
            human("Fay Far", 15, Handle::Missing, Some("Mia Man")),
            // The username is another user's.
            human("Gil Gap", 16, both(16, "bert"), Some("Sam Sun")),
            human("Mia Man", 20, both(20, "mia"), None),
            human("Bo Blocked", 21, both(21, "bo"), Some("Mia Man")),
            human("Sam Sun", 30, both(30, "sam"), None),
            human("Xeno Xu", 40, Handle::Username("xeno".to_owned()), None),
            human("Yan Yew", 41, Handle::Missing, None),
        ];
        for (place, role) in [(0, "Owner"), (10, "Admin")] {
            humans[place].seat.as_mut().unwrap().role = role;
            humans[place].is_operations = true;
        }
        for human in &mut humans[11..] {
            human.entry = Entry::Gone;
            human.was_away = true;
        }
        Self {
            humans,
            off: BTreeSet::new(),
            excluded: BTreeSet::new(),
            exempt: Vec::new(),
            has_gaps: false,
            has_accounts: true,
            is_shrunken: false,
        }
    }

    pub(super) fn world(&self) -> World {
        let mut world = World::new(self.texts(), users(), &[OLGA, PETE]);
        world.managers = vec!["sam".to_owned(), "sue".to_owned()];
        world
    }

    pub(super) fn texts(&self) -> Texts {
        let mut texts = Texts { recorded: Some(11 + OTHERS), ..Texts::default() };
        let mut accounts = HEAD.to_owned();
        for human in &self.humans {
            texts.team.push_str(&human.entry_text());
            accounts.push_str(&human.account_text());
            if let (Handle::Username(name), true) = (&human.handle, human.manager.is_none()) {
                texts.policy.handles.insert(human.email.clone(), name.clone());
            }
        }
        for number in 0..OTHERS {
            let link = format!("https://calendly.com/other{number}");
            if !self.is_shrunken {
                texts.team.push_str(&format!(
                    "- name: Other {number}\n  email: other{number}@x.example\n  calendly: {link}\n"
                ));
            }
            accounts
                .push_str(&format!("Other {number},other{number}@x.example,User,{link},Active\n"));
        }
        if self.has_gaps {
            accounts.pop();
        }
        texts.accounts = self.has_accounts.then_some(accounts);
        for Exempt { check, email, from, until } in &self.exempt {
            texts.exceptions.push_str(&format!(
                "- check: {check}\n  email: {email}\n  reason: Why.\n  approved_by: boss\n  approved_on: {from}\n  expires: {until}\n"
            ));
        }
        texts.policy.checks_off = self.off.iter().map(|it| (*it).to_owned()).collect();
        let excluded = self.excluded.iter().map(|place| self.humans[*place].email.clone());
        texts.policy.exclude = excluded.collect();
        texts
    }

    fn is_manager_known(&self, human: &Human) -> bool {
        let manager = human.manager.unwrap();
        self.humans.iter().any(|it| it.entry == Entry::Present && it.name == manager)
    }

    /// What a check would see if it could be evaluated.
    fn seen(&self, (place, check): Finding) -> Option<String> {
        if place == ORGANIZATION {
            let owners = self.humans.iter().filter(|it| it.has_role("Owner"));
            let owners: Vec<&str> = owners.map(|it| &*it.email).collect();
            return (check == "owner-count" && owners.len() != 1).then(|| owners.join(" "));
        }
        let human = &self.humans[place];
        let is_present = human.entry == Entry::Present;
        let is = |is: bool, evidence: &str| is.then(|| evidence.to_owned());
        match check {
            "link-missing" => is(is_present && human.link == Link::Missing, ""),
            "link-malformed" => match human.link {
                Link::Malformed(number) if is_present => Some(number.to_string()),
                _ => None,
            },
            "manager-unresolved" => human
                .manager
                .filter(|_| is_present && !self.is_manager_known(human))
                .map(str::to_owned),
            "link-mismatch" => {
                let seat = human.seat.filter(|seat| seat.has_other_page && !seat.is_invited);
                is(is_present && human.link == Link::Good && seat.is_some(), "other")
            }
            "account-missing" => is(is_present && human.seat.is_none(), ""),
            "invitation-pending" => {
                is(is_present && human.seat.is_some_and(|seat| seat.is_invited), "")
            }
            "outsider" => human.seat.filter(|_| !is_present).map(|seat| seat.role.to_owned()),
            "admin-missing" => {
                let seat = human.seat.filter(|seat| is_present && !seat.is_invited)?;
                let is_missing = human.is_operations && !["Owner", "Admin"].contains(&seat.role);
                is(is_missing, seat.role)
            }
            "admin-unexpected" => {
                let is_expected = is_present && human.is_operations;
                is(human.has_role("Admin") && !is_expected, "admin")
            }
            _ => None,
        }
    }

    /// Whether the roster may hide somebody, or has lost too many.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.humans.iter().any(|it| it.entry == Entry::Broken) || self.has_lost_many()
    }

    pub(super) fn has_lost_many(&self) -> bool {
        let people = self.humans.iter().filter(|it| it.entry == Entry::Present).count();
        let people = people + if self.is_shrunken { 0 } else { OTHERS };
        people * 10 < (11 + OTHERS) * 9
    }

    pub(super) fn accounts_are_whole(&self) -> bool {
        self.has_accounts && !self.has_gaps
    }

    pub(super) fn can_be_evaluated(&self, check: &str) -> bool {
        let concludes = ["outsider", "manager-unresolved", "admin-unexpected"].contains(&check);
        !(ACCOUNT_CHECKS.contains(&check) && !self.accounts_are_whole()
            || concludes && self.is_in_doubt())
    }

    pub(super) fn is_excluded(&self, place: usize) -> bool {
        self.excluded.contains(&place)
    }

    /// What is found, if it is.
    pub(super) fn truth(&self, finding: Finding) -> Option<String> {
        let (place, check) = finding;
        let counts = !self.off.contains(check) && !self.is_excluded(place);
        self.seen(finding).filter(|_| counts && self.can_be_evaluated(check))
    }

    pub(super) fn all(&self) -> Vec<Finding> {
        let of_people = (0..self.humans.len())
            .flat_map(|place| PERSON_CHECKS.into_iter().map(move |check| (place, check)));
        of_people.chain([(ORGANIZATION, "owner-count")]).collect()
    }

    /// Whether an exception covers a finding; and the last day on which one ended.
    pub(super) fn exempt(&self, (place, check): Finding, world: &World) -> (bool, Option<Date>) {
        let today = date(world.now);
        let email = self.humans.get(place).map_or("", |it| &it.email);
        let of_it = |it: &&Exempt| it.check == check && it.email == email;
        let covers = self.exempt.iter().filter(of_it).any(|it| it.until > today);
        let ended = self.exempt.iter().filter(of_it).map(|it| it.until).filter(|it| *it <= today);
        (covers, ended.max())
    }

    pub(super) fn except(&mut self, place: usize, check: &'static str, days: i64, today: Date) {
        let email = self.humans[place].email.clone();
        let until = today.checked_add(days.days()).unwrap();
        self.exempt.push(Exempt { check, email, from: today, until });
    }

    /// What the subject is called in comments and by operators.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        if name == "Calendly" {
            return Some(ORGANIZATION);
        }
        self.humans.iter().position(|it| it.name == name || it.email == name)
    }
}

impl Human {
    fn has_role(&self, role: &str) -> bool {
        self.seat.is_some_and(|seat| !seat.is_invited && seat.role == role)
    }

    fn page(&self) -> String {
        format!("https://calendly.com/{}", self.name.replace(' ', "-").to_lowercase())
    }

    fn entry_text(&self) -> String {
        let name = match self.entry {
            Entry::Gone => return String::new(),
            Entry::Broken => "[a, b]",
            Entry::Present => self.name,
        };
        let mut text = format!("- name: {name}\n  email: {}\n", self.email);
        match self.link {
            Link::Good => text.push_str(&format!("  calendly: {}\n", self.page())),
            Link::Missing => {}
            Link::Malformed(number) => {
                text.push_str(&format!("  calendly: {}/{number}min\n", self.page()));
            }
            Link::Unreadable => text.push_str("  calendly: [a]\n"),
        }
        match &self.handle {
            Handle::Both(id, name) => {
                text.push_str(&format!("  gitlab: {{id: {id}, username: {name}}}\n"));
            }
            Handle::Id(id) => text.push_str(&format!("  gitlab: {{id: {id}}}\n")),
            Handle::Username(name) => {
                text.push_str(&format!("  gitlab: {{username: {name}}}\n"));
            }
            Handle::Missing => {}
        }
        if let Some(manager) = self.manager {
            text.push_str(&format!("  reports_to: {manager}\n"));
        }
        if self.is_operations {
            text.push_str("  title: Support Operations Engineer\n");
        }
        text
    }

    fn account_text(&self) -> String {
        let Some(seat) = self.seat else { return String::new() };
        let Self { name, email, .. } = self;
        let other = if seat.has_other_page { "-other" } else { "" };
        let status = if seat.is_invited { "Pending" } else { "Active" };
        format!("{name},{email},{},{}{other},{status}\n", seat.role, self.page())
    }
}
