//! What operators do: the configuration, and every command, judged.

use super::{Player, pick};
use crate::history::Event;
use crate::judge::{
    disturb, judge_again_at_once, judge_disturbed, judge_race, judge_run, judge_states,
};
use crate::oracle::{Entry, State};
use crate::plan::{Command, execute};
use crate::stage::{ALICE, BOT, GUEST, MIA, NADIA, OLGA, OTTO, SAM};
use crate::world::{
    Cause, Check, DAY, Exception, HOUR, MarkerKind, NoteId, Step, StepKind, Subject, UserId, World,
};

impl Player<'_> {
    pub(super) fn configure(&mut self, event: &Event) {
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
            (Event::Managers(number), _) => {
                let managers: [&[UserId]; 6] =
                    [&[NADIA, SAM], &[SAM, NADIA], &[], &[MIA, SAM], &[OTTO, NADIA], &[ALICE]];
                config.managers = pick(&managers, *number).map_or(Vec::new(), |list| list.to_vec());
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

    /// Reads the sources, or takes the older ones that an event asked for.
    pub(super) fn read(&mut self) {
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

    pub(super) fn operate(&mut self, event: &Event) {
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
            Event::LockStep(dies) => return self.lock_step(*dies),
            Event::Meanwhile(what, who) => return self.meanwhile(*what, *who),
            Event::Skewed(hours) => {
                self.skew = i64::from(*hours) * HOUR;
                self.judged(OTTO, &Command::all_due());
                self.skew = 0;
                return;
            }
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

    /// What a run sees: the world, by the clock that the run has.
    fn seen(&self) -> World {
        let mut seen = self.stage.world.clone();
        seen.now += self.skew;
        seen
    }

    /// Plans and carries out one command, with every promise looked at.
    fn judged(&mut self, operator: UserId, command: &Command) {
        let seen = self.seen();
        let states = (self.product.derive)(&seen, operator);
        self.violations.extend(judge_states(&seen, operator, &states));
        let run = (self.product.run)(&seen, operator, command);
        self.violations.extend(judge_run(&seen, operator, command, &run));
        if *command == Command::all_due() {
            let disturbed = disturb(&seen, GUEST, BOT);
            let second = (self.product.run)(&disturbed, operator, command);
            self.violations.extend(judge_disturbed(&run, &second));
        }
        execute(&mut self.stage.world, operator, &run.writes);
        if matches!(command, Command::Followups { limit: None, .. }) {
            self.stage.pass(30);
            let again = (self.product.run)(&self.seen(), operator, command);
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

    /// Something happens between the plan of a run and its write. The run reads everything again by
    /// the instant that it began with, and writes only if its plan is still the same.
    fn meanwhile(&mut self, what: u8, who: u8) {
        let command = Command::all_due();
        let instant = self.stage.world.now;
        let plan = (self.product.run)(&self.stage.world, OTTO, &command);
        self.stage.pass(20);
        match what % 8 {
            0 => self.happen(&Event::Reply(who, true)),
            1 => self.happen(&Event::Reply(who, false)),
            2 => self.happen(&Event::React(who, who)),
            3 => self.happen(&Event::ToggleClosed),
            4 => self.happen(&Event::DeleteNote(who)),
            5 => self.happen(&Event::EditNote(who, who % 3)),
            6 => self.happen(&Event::TakeBack(who)),
            _ => self.happen(&Event::MentionByHand(who)),
        }
        let seen = World { now: instant, ..self.stage.world.clone() };
        let fresh = (self.product.run)(&seen, OTTO, &command);
        self.violations.extend(judge_run(&seen, OTTO, &command, &fresh));
        if fresh == plan {
            execute(&mut self.stage.world, OTTO, &plan.writes);
        }
        self.stage.pass(30);
        self.judged(OTTO, &command);
    }

    /// Two operators plan at once; one posts after the other, and each reads again what is there,
    /// unless the second one dies.
    fn lock_step(&mut self, dies: bool) {
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
            if dies && *operator == OLGA {
                continue;
            }
            let writes = (self.product.after_post)(&self.stage.world, *operator, *note);
            execute(&mut self.stage.world, *operator, &writes);
        }
        self.stage.pass(30);
        if dies {
            if let Some((_, note)) = posted.iter().find(|(operator, _)| *operator == OLGA) {
                self.stage.says(BOT, *note);
            }
            // Her next run does what the last one could not; nobody else's does.
            self.judged(OTTO, &command);
            self.judged(OLGA, &command);
        }
        let notes: Vec<NoteId> = posted.iter().map(|(_, note)| *note).collect();
        self.violations.extend(judge_race(&self.stage.world, &notes));
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
