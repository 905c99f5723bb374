//! What happens to the sources: links, accounts, outsiders, the team, and who its people are in GitLab.

use super::{Player, pick};
use crate::history::Event;
use crate::stage::{
    BOT, GUEST, NADIA, NEWT, OLGA, OTTO, PAT, SAM, VERA, account_of, outsider, page,
};
use crate::world::{Account, Entry as Person, Field, Role, Status, Visibility};

impl Player<'_> {
    pub(super) fn change_link(&mut self, who: u8, what: u8) {
        let Some(name) = self.name(who) else { return };
        let other = self.name(who.wrapping_add(2)).unwrap_or_default();
        self.stage.person(&name).link = match what {
            0 => Field::Absent,
            1 => Field::Value(page(&format!("{name}/30min"))),
            2 => Field::Value(page(&other)),
            3 => Field::Value(page(&format!("{name}-{}", who % 3))),
            4 => Field::Unreadable,
            _ => Field::Value(page(&name)),
        };
    }

    pub(super) fn change_account(&mut self, who: u8, what: u8) {
        let Some(name) = self.name(who) else { return };
        let fresh = self.fresh();
        let Some(index) = self.stage.accounts.iter().position(|account| account.name == name)
        else {
            let person = self.stage.person(&name).clone();
            let id = format!("acc-{fresh}");
            // Nobody is invited at an address that has joined.
            let mut accounts = self.stage.accounts.iter();
            let is_free = accounts.all(|account| account.email != person.email);
            let status = if what == 1 && is_free { Status::Invited } else { Status::Joined };
            self.stage.accounts.push(Account { id, status, ..account_of(&person) });
            return;
        };
        let account = &mut self.stage.accounts[index];
        match what {
            0 => {
                self.stage.accounts.remove(index);
            }
            1 => account.status = Status::Invited,
            2 => account.status = Status::Joined,
            3 => account.email = format!("alias{fresh}@example.com"),
            4 => account.link = Field::Value(page(&format!("{name}-{}", who % 3))),
            5 => account.link = Field::Absent,
            _ => account.role = if who.is_multiple_of(3) { Role::Admin } else { Role::User },
        }
    }

    pub(super) fn change_outsider(&mut self, what: u8) {
        let fresh = self.fresh();
        let index = self.stage.accounts.iter().position(|account| account.name == "Vera Vendor");
        let Some(index) = index else {
            let id = if what == 2 { format!("acc-v{fresh}") } else { "acc-v".to_owned() };
            self.stage.accounts.push(Account { id, ..outsider() });
            return;
        };
        match what {
            0 => {
                self.stage.accounts.remove(index);
            }
            1 => self.stage.accounts[index].role = Role::Admin,
            2 => self.stage.accounts[index].role = Role::User,
            3 => {
                let mut person = self.stage.roster[0].clone();
                person.name = format!("Vera{fresh}");
                person.email.clone_from(&self.stage.accounts[index].email);
                (person.id, person.username) = (Some(VERA), Some("vera".to_owned()));
                let is_there = self.stage.roster.iter().any(|entry| entry.email == person.email);
                if !is_there {
                    self.stage.roster.push(person);
                }
            }
            4 | 6 => {
                let holder = if what == 4 { "vera" } else { "pat" };
                let handle = ("v@vendor.example".to_owned(), holder.to_owned());
                self.stage.world.config.handles = vec![handle];
            }
            5 => self.stage.world.config.handles.clear(),
            _ => self.stage.accounts[index].email = format!("v{fresh}@vendor.example"),
        }
    }

    pub(super) fn change_team(&mut self, event: &Event) {
        let fresh = self.fresh();
        match event {
            Event::Leave(who) => {
                if self.stage.roster.len() > 8
                    && let Some(name) = self.name(*who)
                {
                    self.stage.leave(&name);
                }
            }
            Event::Return => {
                if let Some(person) = self.stage.left.pop() {
                    let is_taken =
                        self.stage.roster.iter().any(|entry| entry.email == person.email);
                    if !is_taken {
                        self.stage.roster.insert(0, person);
                    }
                }
            }
            Event::TakeOver => {
                if let Some(leaver) = self.stage.left.pop() {
                    let is_taken =
                        self.stage.roster.iter().any(|entry| entry.email == leaver.email);
                    if !is_taken {
                        let (id, username) = (Some(NEWT), Some("newt".to_owned()));
                        let name = format!("Newt{fresh}");
                        self.stage.roster.insert(0, Person { name, id, username, ..leaver });
                    }
                }
            }
            Event::Manager(who, manager) => {
                let manager = self.name(*manager).unwrap_or_default();
                let reports_to = match who {
                    who if who % 5 == 0 => Field::Value("Nobody".to_owned()),
                    who if who % 7 == 0 => Field::Unreadable,
                    who if who % 11 == 0 => Field::Absent,
                    _ => Field::Value(manager),
                };
                self.edit(*who, |person| {
                    if reports_to.value() != Some(&person.name) {
                        person.reports_to = reports_to;
                    }
                });
            }
            Event::Join(who) => self.join(*who),
            Event::User(who, what) if *what > 3 => {
                let visibilities =
                    [Visibility::Public, Visibility::Private, Visibility::Confidential];
                self.stage.world.visibility =
                    *pick(&visibilities, *who).unwrap_or(&Visibility::Private);
            }
            Event::User(who, what) => {
                let users = &mut self.stage.world.users;
                let index = usize::from(*who) % users.len();
                // A guest who becomes a member is no longer one whose markers mean nothing.
                if [GUEST, BOT].contains(&users[index].id) {
                    return;
                }
                match what {
                    0 => users[index].active = false,
                    1 => users[index].active = true,
                    2 => users[index].level = 0,
                    _ => users[index].level = 20,
                }
            }
            _ => {}
        }
    }

    /// Somebody of the audit joins the roster at its head, so that much happens to them; or leaves.
    fn join(&mut self, who: u8) {
        let id = *pick(&[OTTO, OLGA, NADIA, SAM, PAT], who).unwrap_or(&OTTO);
        let user = self.stage.world.users.iter().find(|user| user.id == id).cloned();
        let Some(user) = user else { return };
        let name = format!("Member{id}");
        if self.stage.roster.iter().any(|person| person.name == name) {
            self.stage.leave(&name);
            return;
        }
        let person = Person {
            email: format!("member{id}@example.com"),
            id: Some(id),
            username: Some(user.username),
            reports_to: Field::Value("Mia".to_owned()),
            link: Field::Value(page(&name)),
            operations: Field::Value(false),
            name,
        };
        self.stage.accounts.push(account_of(&person));
        self.stage.roster.insert(0, person);
    }

    pub(super) fn change_identity(&mut self, event: &Event) {
        let fresh = self.fresh();
        match event {
            Event::Rename(who) => {
                let Some(name) = self.name(*who) else { return };
                let id = self.stage.person(&name).id;
                let username = format!("{}{fresh}", name.to_ascii_lowercase());
                let users = &mut self.stage.world.users;
                if let Some(user) = users.iter_mut().find(|user| Some(user.id) == id) {
                    user.username.clone_from(&username);
                    if who.is_multiple_of(3) {
                        self.stage.person(&name).username = Some(username);
                    }
                }
            }
            Event::TakeName(who) => {
                let Some(name) = self.name(*who) else { return };
                let Some(username) = self.stage.person(&name).username.clone() else { return };
                let users = &mut self.stage.world.users;
                for user in users.iter_mut().filter(|user| user.username == username) {
                    user.username = format!("{username}{fresh}");
                }
                if let Some(user) = users.iter_mut().find(|user| user.id == PAT) {
                    user.username = username;
                }
            }
            Event::Address(who) => {
                let Some(name) = self.name(*who) else { return };
                let email = format!("{}{fresh}@example.com", name.to_ascii_lowercase());
                self.stage.person(&name).email.clone_from(&email);
                let mut accounts = self.stage.accounts.iter_mut();
                if let Some(account) = accounts.find(|account| account.name == name) {
                    account.email = email;
                }
            }
            Event::LoseId(who) => self.edit(*who, |person| person.id = None),
            Event::CorrectId(who) => {
                let Some(name) = self.name(*who) else { return };
                let username = name.to_ascii_lowercase();
                let user = self
                    .stage
                    .world
                    .users
                    .iter()
                    .find(|user| user.username.trim_end_matches(char::is_numeric) == username);
                if let Some(user) = user.cloned() {
                    let person = self.stage.person(&name);
                    (person.id, person.username) = (Some(user.id), Some(user.username));
                }
            }
            Event::SwapIds(one, two) => {
                if let (Some(one), Some(two)) = (self.name(*one), self.name(*two)) {
                    let first = self.stage.person(&one).clone();
                    let second = self.stage.person(&two).clone();
                    let person = self.stage.person(&one);
                    (person.id, person.username) = (second.id, second.username);
                    let person = self.stage.person(&two);
                    (person.id, person.username) = (first.id, first.username);
                }
            }
            Event::CopyId(one, two) => {
                if let (Some(one), Some(two)) = (self.name(*one), self.name(*two)) {
                    let id = self.stage.person(&two).id;
                    self.stage.person(&one).id = id;
                }
            }
            Event::StrayId(who) => self.edit(*who, |person| {
                (person.id, person.username) = (Some(PAT), None);
            }),
            _ => {}
        }
    }
}
