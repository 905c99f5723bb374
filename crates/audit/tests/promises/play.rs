//! Plays a history on a stage with one product, and has the judge look at every run.

use crate::history::Event;
use crate::judge::{
    Violation, disturb, judge_again_at_once, judge_disturbed, judge_race, judge_run, judge_states,
};
use crate::oracle::{Entry, Oracle, State};
use crate::plan::{Command, DerivedState, PlannedRun, Write, execute};
use crate::stage::{
    BOT, GUEST, NADIA, NEWT, OLGA, OTTO, PAT, SAM, Stage, VERA, account_of, outsider, page,
};
use crate::world::{
    Account, Cause, Check, DAY, Entry as Person, Exception, Field, HOUR, MarkerKind, Note, NoteId,
    Role, Status, Step, StepKind, Subject, UserId, Visibility, World,
};

/// The functions of a product under test: those of `product`, or a planner of the tests.
#[derive(Clone, Copy)]
pub struct Product<'a> {
    pub derive: &'a dyn Fn(&World, UserId) -> Vec<DerivedState>,
    pub run: &'a dyn Fn(&World, UserId, &Command) -> PlannedRun,
    pub after_post: &'a dyn Fn(&World, UserId, NoteId) -> Vec<Write>,
}

/// A history that is being played.
struct Player<'a> {
    stage: Stage,
    product: Product<'a>,
    stale_roster: Option<usize>,
    stale_accounts: Option<usize>,
    /// How many new addresses, ids and accounts were made up.
    fresh: u32,
    violations: Vec<Violation>,
}

/// Plays a history; the violations of the first run that has some.
pub fn play(events: &[Event], product: Product<'_>) -> Vec<Violation> {
    let mut player = Player {
        stage: Stage::new(),
        product,
        stale_roster: None,
        stale_accounts: None,
        fresh: 0,
        violations: Vec::new(),
    };
    for event in events {
        player.stage.pass(137);
        player.happen(event);
        if !player.violations.is_empty() {
            break;
        }
    }
    player.violations
}

fn pick<T>(items: &[T], number: u8) -> Option<&T> {
    items.get(usize::from(number) % items.len().max(1))
}

impl Player<'_> {
    fn happen(&mut self, event: &Event) {
        match event {
            Event::Pass(hours) => {
                self.stage.pass(i64::from(*hours) * HOUR);
            }
            Event::StaleRoster(back) => self.stale_roster = Some(usize::from(*back)),
            Event::StaleAccounts(back) => self.stale_accounts = Some(usize::from(*back)),
            Event::Link(who, what) => self.change_link(*who, *what),
            Event::Account(who, what) => self.change_account(*who, *what),
            Event::Outsider(what) => self.change_outsider(*what),
            Event::Operations(who, what) => {
                let operations = match what {
                    0 => Field::Value(true),
                    1 => Field::Unreadable,
                    _ => Field::Value(false),
                };
                self.edit(*who, |person| person.operations = operations);
            }
            Event::ToggleHides => self.stage.hides = !self.stage.hides,
            Event::ToggleComplete => self.stage.complete = !self.stage.complete,
            Event::ToggleAccounts => match self.stage.world.accounts {
                Some(_) => self.stage.world.accounts = None,
                None => {
                    self.stage.read_accounts();
                }
            },
            Event::AcceptSizes => {
                self.read();
                self.stage.accept_sizes();
            }
            Event::ToggleClosed => self.stage.world.issue.closed ^= true,
            Event::Reply(..) | Event::React(..) | Event::TakeBack(_) | Event::Forge(..) => {
                self.people(event);
            }
            Event::DeleteNote(_) | Event::EditNote(_) | Event::MentionByHand(_) => {
                self.notes(event);
            }
            Event::ToggleOperator
            | Event::ToggleCheck(_)
            | Event::ToggleExclude(_)
            | Event::ToggleManagers
            | Event::Except(..) => self.configure(event),
            Event::Followups(_)
            | Event::Killed(_)
            | Event::Only(_)
            | Event::Limit(_)
            | Event::LockStep
            | Event::Review(_)
            | Event::Accept(..)
            | Event::Remove(_)
            | Event::AskAgain(_)
            | Event::Sent(..)
            | Event::Answered(_)
            | Event::TakeOut(_) => self.operate(event),
            Event::Leave(_)
            | Event::Return
            | Event::TakeOver
            | Event::Manager(..)
            | Event::User(..) => self.change_team(event),
            _ => self.change_identity(event),
        }
    }

    /// Half of the events are about the same three people, so that much happens to each.
    fn name(&self, who: u8) -> Option<String> {
        let people = &self.stage.roster;
        let among = if who.is_multiple_of(2) { people.len().min(3) } else { people.len() };
        pick(&people[..among], who / 2).map(|person| person.name.clone())
    }

    fn edit(&mut self, who: u8, change: impl FnOnce(&mut Person)) {
        if let Some(name) = self.name(who) {
            change(self.stage.person(&name));
        }
    }

    fn fresh(&mut self) -> u32 {
        self.fresh += 1;
        self.fresh
    }

    fn change_link(&mut self, who: u8, what: u8) {
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

    fn change_account(&mut self, who: u8, what: u8) {
        let Some(name) = self.name(who) else { return };
        let fresh = self.fresh();
        let Some(index) = self.stage.accounts.iter().position(|account| account.name == name)
        else {
            let person = self.stage.person(&name).clone();
            let id = format!("acc-{fresh}");
            let status = if what == 1 { Status::Invited } else { Status::Joined };
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

    fn change_outsider(&mut self, what: u8) {
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
            4 => {
                let handle = ("v@vendor.example".to_owned(), "vera".to_owned());
                self.stage.world.config.handles = vec![handle];
            }
            5 => self.stage.world.config.handles.clear(),
            _ => self.stage.accounts[index].email = format!("v{fresh}@vendor.example"),
        }
    }

    fn change_team(&mut self, event: &Event) {
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
                let unresolved = who % 5 == 0;
                self.edit(*who, |person| {
                    let name = if unresolved { "Nobody".to_owned() } else { manager };
                    if name != person.name {
                        person.reports_to = Field::Value(name);
                    }
                });
            }
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

    fn change_identity(&mut self, event: &Event) {
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

    /// Half of the words are those of people who were asked, their managers included.
    fn user(&self, who: u8) -> UserId {
        let asked: Vec<UserId> = self
            .stage
            .world
            .issue
            .notes
            .iter()
            .flat_map(|note| note.marker.iter().flat_map(|marker| &marker.steps))
            .flat_map(|step| step.mentioned.iter().copied())
            .collect();
        if who.is_multiple_of(2)
            && let Some(user) = pick(&asked, who / 2)
        {
            return *user;
        }
        let users = &self.stage.world.users;
        users[usize::from(who) % users.len()].id
    }

    fn people(&mut self, event: &Event) {
        match event {
            Event::Reply(who, is_there) => {
                let user = self.user(*who);
                let thread = if *is_there { self.stage.notice() } else { 0 };
                self.stage.says(user, thread);
            }
            Event::React(who, note) => {
                let user = self.user(*who);
                let notices: Vec<NoteId> = self
                    .stage
                    .world
                    .issue
                    .notes
                    .iter()
                    .filter(|note| note.marker.is_some())
                    .map(|note| note.id)
                    .collect();
                if let Some(note) = pick(&notices, *note) {
                    self.stage.reacts(user, *note);
                }
            }
            Event::TakeBack(who) => {
                let user = self.user(*who);
                let notes = &mut self.stage.world.issue.notes;
                let last =
                    notes.iter().rposition(|note| note.author == user && note.marker.is_none());
                if let Some(index) = last {
                    notes.remove(index);
                } else {
                    for note in notes {
                        note.reactions.remove(&user);
                    }
                }
            }
            Event::Forge(who, finding, kind) => {
                let is_open =
                    |entry: &Entry| !finding.is_multiple_of(2) || entry.state == State::NotAsked;
                let Some(entry) = self.entry(*finding, is_open) else { return };
                let subject = Oracle::new(&self.stage.world, OTTO).user_of(&entry.key);
                let author = match who % 3 {
                    0 => GUEST,
                    1 => PAT,
                    _ => subject.unwrap_or(GUEST),
                };
                let kinds = [StepKind::Ask, StepKind::Accept, StepKind::Fixed, StepKind::Escalate];
                let kind = *pick(&kinds, *kind).unwrap_or(&StepKind::Ask);
                let step = self.stage.step(&entry.key, kind);
                let mentioned: Vec<UserId> = subject.into_iter().collect();
                let step = Step { mentioned, round: entry.round, ..step };
                self.stage.marks(author, MarkerKind::Notice, step);
            }
            _ => {}
        }
    }

    fn notes(&mut self, event: &Event) {
        match event {
            Event::DeleteNote(number) => {
                let notes = &self.stage.world.issue.notes;
                // The first report is what the issue begins with.
                if notes.len() > 1 {
                    let index = 1 + usize::from(*number) % (notes.len() - 1);
                    self.stage.world.issue.notes.remove(index);
                }
            }
            Event::EditNote(number) => {
                let count = self.stage.world.issue.notes.len();
                if count > 0 {
                    let note = &mut self.stage.world.issue.notes[usize::from(*number) % count];
                    note.words.push_str(", added by hand");
                }
            }
            Event::MentionByHand(who) => {
                let entry = self.entry(*who, |entry| entry.state == State::NotAsked);
                let subject = entry
                    .and_then(|entry| Oracle::new(&self.stage.world, OTTO).user_of(&entry.key));
                let user = subject.unwrap_or_else(|| self.user(*who));
                let note = Note::words(OTTO, 0, "please have a look");
                self.stage.world.append(Note { mentions: vec![user], ..note });
            }
            _ => {}
        }
    }

    fn configure(&mut self, event: &Event) {
        let subject = match event {
            Event::ToggleExclude(who) | Event::Except(who, _) => self.name(*who),
            _ => None,
        };
        let email = subject.map(|name| self.stage.person(&name).email.clone());
        let today = self.stage.world.now / DAY * DAY;
        let config = &mut self.stage.world.config;
        match (event, email) {
            (Event::ToggleOperator, _) => {
                if config.operators.is_empty() {
                    config.operators = vec![OTTO, OLGA];
                } else {
                    config.operators.clear();
                }
            }
            (Event::ToggleCheck(number), _) => {
                let check = *pick(&Check::ALL, *number).unwrap_or(&Check::LinkMissing);
                if !config.checks_off.remove(&check) {
                    config.checks_off.insert(check);
                }
            }
            (Event::ToggleExclude(_), Some(email)) => {
                let is_excluded = config.exclude.remove(&email);
                config.exclude.extend((!is_excluded).then_some(email));
            }
            (Event::ToggleManagers, _) => {
                let managers = &mut config.managers;
                *managers = if managers.is_empty() { vec![SAM, NADIA] } else { Vec::new() };
            }
            (Event::Except(_, days), Some(email)) => {
                let exception = Exception {
                    checks: vec![Check::LinkMissing, Check::AccountMissing],
                    email: Some(email),
                    approved_by: "nadia".to_owned(),
                    expires: today + i64::from(*days) * DAY,
                };
                let dropped = self.stage.world.exceptions.pop();
                self.stage.world.exceptions.extend(dropped.is_none().then_some(exception));
            }
            _ => {}
        }
    }

    /// One of the findings for which the condition holds.
    fn entry(&self, number: u8, condition: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let entries: Vec<Entry> =
            Oracle::new(&self.stage.world, OTTO).entries().into_iter().filter(condition).collect();
        pick(&entries, number).cloned()
    }

    /// Reads the sources, or takes the older ones that an event asked for.
    fn read(&mut self) {
        self.stage.pass(61);
        let has_accounts = self.stage.world.accounts.is_some();
        self.stage.read_roster();
        if let Some(back) = self.stale_roster.take() {
            self.stage.read_roster_again(back);
        }
        if has_accounts {
            self.stage.read_accounts();
            if let Some(back) = self.stale_accounts.take() {
                self.stage.read_accounts_again(back);
            }
        }
        self.stage.pass(7);
    }

    fn operate(&mut self, event: &Event) {
        self.read();
        let is_found = |entry: &Entry| entry.evidence.is_some();
        let until =
            |days: &Option<u8>, now: i64| days.map(|days| now / DAY * DAY + i64::from(days) * DAY);
        let command = match event {
            Event::Followups(is_second) => {
                let is_configured = !self.stage.world.config.operators.is_empty();
                let operator = if *is_second && is_configured { OLGA } else { OTTO };
                self.judged(operator, &Command::all_due());
                return;
            }
            Event::Killed(is_posted) => return self.killed(*is_posted),
            Event::LockStep => return self.lock_step(),
            Event::TakeOut(is_recorded) => return self.take_out(*is_recorded),
            Event::Only(number) => self
                .entry(*number, is_found)
                .map(|entry| Command::Followups { only: vec![entry.key.subject], limit: None }),
            Event::Limit(count) => {
                Some(Command::Followups { only: Vec::new(), limit: Some(usize::from(*count)) })
            }
            Event::Review(unresolved) => Some(Command::SubmitReview { unresolved: *unresolved }),
            Event::Accept(number, days) => self.entry(*number, is_found).map(|entry| {
                Command::Accept { finding: entry.key, until: until(days, self.stage.world.now) }
            }),
            Event::Remove(number) => self
                .entry(*number, |entry| is_found(entry) && entry.key.check == Check::Outsider)
                .map(|entry| Command::Remove { finding: entry.key }),
            Event::AskAgain(number) => self
                .entry(*number, |entry| is_found(entry) && !entry.key.check.is_for_operators())
                .map(|entry| Command::AskAgain { findings: vec![entry.key] }),
            Event::Sent(number, is_earlier) => {
                let by_hand = self
                    .stage
                    .world
                    .issue
                    .notes
                    .iter()
                    .rfind(|note| note.author == OTTO && note.marker.is_none() && *is_earlier);
                let at = by_hand.map(|note| note.id);
                self.entry(*number, |entry| entry.state == State::NotAsked)
                    .map(|entry| Command::Sent { subject: entry.key.subject, at })
            }
            Event::Answered(number) => self
                .entry(*number, |entry| entry.state == State::Waiting)
                .map(|entry| Command::Answered { subject: entry.key.subject }),
            _ => None,
        };
        if let Some(command) = command {
            self.judged(OTTO, &command);
        }
    }

    /// Plans and carries out one command, with every promise looked at.
    fn judged(&mut self, operator: UserId, command: &Command) {
        let world = &self.stage.world;
        let states = (self.product.derive)(world, operator);
        self.violations.extend(judge_states(world, operator, &states));
        let run = (self.product.run)(world, operator, command);
        self.violations.extend(judge_run(world, operator, command, &run));
        if *command == Command::all_due() {
            let disturbed = disturb(world, GUEST, BOT);
            let other = (self.product.run)(&disturbed, operator, command);
            self.violations.extend(judge_disturbed(&run, &other));
        }
        execute(&mut self.stage.world, operator, &run.writes);
        let can_repeat = matches!(command, Command::Followups { limit: None, .. });
        if can_repeat {
            self.stage.pass(30);
            let again = (self.product.run)(&self.stage.world, operator, command);
            self.violations.extend(judge_again_at_once(&again));
        }
    }

    /// A run is killed before or after its write; the next one completes it.
    fn killed(&mut self, is_posted: bool) {
        let run = (self.product.run)(&self.stage.world, OTTO, &Command::all_due());
        let count = if is_posted { run.writes.len() } else { 0 };
        execute(&mut self.stage.world, OTTO, &run.writes[..count]);
        self.stage.pass(30);
        self.judged(OTTO, &Command::all_due());
    }

    /// Two operators plan at once; one posts after the other, and each reads again what is there.
    fn lock_step(&mut self) {
        let saved = self.stage.world.config.operators.clone();
        self.stage.world.config.operators = vec![OTTO, OLGA];
        let command = Command::all_due();
        let plans = [OTTO, OLGA]
            .map(|operator| (operator, (self.product.run)(&self.stage.world, operator, &command)));
        let mut posted = Vec::new();
        for (operator, run) in &plans {
            self.violations.extend(judge_run(&self.stage.world, *operator, &command, run));
        }
        for (operator, run) in &plans {
            let notes = execute(&mut self.stage.world, *operator, &run.writes);
            posted.extend(notes.into_iter().map(|note| (*operator, note)));
        }
        for (operator, note) in &posted {
            let writes = (self.product.after_post)(&self.stage.world, *operator, *note);
            execute(&mut self.stage.world, *operator, &writes);
        }
        let notes: Vec<NoteId> = posted.iter().map(|(_, note)| *note).collect();
        self.violations.extend(judge_race(&self.stage.world, &notes));
        self.stage.pass(30);
        self.judged(OTTO, &command);
        self.stage.world.config.operators = saved;
    }

    /// The operator removes what is decided *remove*.
    fn take_out(&mut self, is_recorded: bool) {
        let Some(entry) = self.entry(0, |entry| entry.state == State::ToRemove) else { return };
        let Subject::Account(id) = &entry.key.subject else { return };
        let step = self.stage.step(&entry.key, StepKind::Removed);
        self.stage.accounts.retain(|account| &account.id != id);
        if is_recorded && !self.stage.world.issue.closed {
            let step = Step { round: entry.round, cause: None::<Cause>, ..step };
            self.stage.marks(OTTO, MarkerKind::Removal, step);
        }
    }
}
