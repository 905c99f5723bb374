//! Plays a history on a stage with one product, and has the judge look at every run.
//!
//! `sources` changes what a run reads of the world, `people` writes into the issue, and `operators`
//! configures and runs the product.

mod operators;
mod people;
mod sources;

use crate::history::Event;
use crate::judge::Violation;
use crate::oracle::{Entry, Oracle};
use crate::plan::{Command, DerivedState, PlannedRun, Write};
use crate::stage::{OTTO, Stage};
use crate::world::{Entry as Person, Field, HOUR, NoteId, Seconds, UserId, World};

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
    /// How far the clock of the next run is off.
    skew: Seconds,
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
        skew: 0,
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
            Event::DeleteNote(_) | Event::EditNote(..) | Event::MentionByHand(_) => {
                self.notes(event);
            }
            Event::ToggleOperator
            | Event::ToggleCheck(_)
            | Event::ToggleExclude(_)
            | Event::Managers(_)
            | Event::Except(..) => self.configure(event),
            Event::Followups(_)
            | Event::Killed(_)
            | Event::Only(_)
            | Event::Limit(_)
            | Event::LockStep(_)
            | Event::Meanwhile(..)
            | Event::Skewed(_)
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
            | Event::Join(_)
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

    /// One of the findings for which the condition holds.
    fn entry(&self, number: u8, condition: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let entries: Vec<Entry> =
            Oracle::new(&self.stage.world, OTTO).entries().into_iter().filter(condition).collect();
        pick(&entries, number).cloned()
    }
}
