//! The product, seen through the judge's types: the only door to the code under test.
//!
//! An adapter turns a [`World`] into what the product reads and the product's plan into a
//! [`PlannedRun`], and does nothing else: no rule about people lives here.
//!
//! # How a world becomes the product's input
//!
//! * Instant 0 is the moment at which the issue was made; the adapter chooses a date for it, at
//!   00:00 UTC, so that a day of the model is one of the calendar. `World::now` is GitLab's clock, and no machine's clock differs.
//! * The roster is one file of `Roster::entries` in that order, so that an index is an entry. `hides`
//!   adds an entry that cannot be read at all. `Field::Unreadable` is a list where text belongs.
//!   `operations` is a title of the operations team.
//! * `Accounts::complete` is whether all pages were read. Links, names and e-mail addresses are
//!   canonical already.
//! * `Marker::steps` are the steps of a marker that the product itself would have written, in that
//!   order. Digests are made of `Keys` and of `Evidence` as the product makes them; `until` is `due` or
//!   `until`; `cause` is written as the product writes it.
//! * `Note::words` are the words around the marker. `Note::mentions` are written as mentions.
//! * `Issue::recorded_people` and `recorded_accounts` are the sizes that the issue records, wherever
//!   the product keeps them. The issue's own marker is whole, of the right kind and period.
//! * The exceptions are valid apart from what `Exception` says. `expires` is a multiple of a day.
//! * The token's user is `operator`. Every prompt is answered by the command's flags.
//!
//! # How a plan becomes a [`PlannedRun`]
//!
//! * Digests are turned back by trying the keys of every entry, account and step of the world, and
//!   the evidence of every finding and step. What fits none is a panic: the product wrote what nobody
//!   can read.
//! * `Draft::mentions` are counted in the rendered words, outside code, not in the marker.
//! * A finding about a present person is `Subject::Person`, whatever the product calls it.
mod input;
mod marks;

use std::cell::{LazyCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use audit::followup::{self, Act, Case, Cases, Entry, FollowupInput, Selection};
use audit::identity;
use audit::plan::{Action, Plan};
use audit::record::marker::{Content, Key, Marker};
use audit::steps::review;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use self::input::{IID, Input, header};
use self::marks::{Digests, check_id, check_named, day};
use crate::identity::{counted_steps, family};
use crate::oracle::State;
use crate::plan::{Command, DerivedState, Draft, Line, PlannedRun, Write};
use crate::play::Product;
use crate::world::{Check, FindingKey, MarkerKind, NoteId, Subject, UserId, World};

/// The functions of the product.
pub const PRODUCT: Product<'static> =
    Product { derive: &derive, run: &run, after_post: &after_post };

/// What the product reads of a world, and what it derives from it.
struct Reading {
    world: World,
    operator: UserId,
    input: Input,
    cases: Cases,
}

impl Reading {
    /// The last reading is kept: a history asks for states and for the plan of the same world.
    fn of(world: &World, operator: UserId) -> Rc<Self> {
        thread_local! { static LAST: RefCell<Option<Rc<Reading>>> = const { RefCell::new(None) } }
        let last = LAST.with_borrow(Clone::clone);
        if let Some(last) = last.filter(|last| last.operator == operator && last.world == *world) {
            return last;
        }
        let input = Input::new(world, operator);
        let cases = followup::cases(&input.borrow());
        let reading = Rc::new(Self { world: world.clone(), operator, input, cases });
        LAST.set(Some(Rc::clone(&reading)));
        reading
    }
}

/// The state and the round of every finding that the product would show in `status`.
///
/// Findings that are unknown because accounts or roster are unknown as a whole may be left out.
pub fn derive(world: &World, operator: UserId) -> Vec<DerivedState> {
    let reading = Reading::of(world, operator);
    let translator = Translator::new(world, operator, &reading);
    let mut states = Vec::new();
    for (case, entry) in reading.cases.entries() {
        let check = check_named(entry.check.id);
        let key = FindingKey { check, subject: translator.subject(case, entry) };
        states.push((key, state(&entry.state), entry.round));
    }
    states
}

fn state(state: &followup::State) -> State {
    match state {
        followup::State::Unknown(_) => State::Unknown,
        followup::State::InDoubt(_) => State::InDoubt,
        followup::State::Removed { .. } => State::Removed,
        followup::State::Gone => State::Gone,
        followup::State::Withdrawn(_) => State::Withdrawn,
        followup::State::Fixed => State::Fixed,
        followup::State::Justified(_) => State::Justified,
        followup::State::ToRemove(_) => State::ToRemove,
        followup::State::Held(_) => State::Held,
        followup::State::Answered => State::Answered,
        followup::State::Exhausted => State::Exhausted,
        followup::State::Escalated { .. } => State::Escalated,
        followup::State::Overdue => State::Overdue,
        followup::State::Waiting { .. } => State::Waiting,
        followup::State::NotAsked => State::NotAsked,
    }
}

/// The plan of one command, computed on this world and not executed.
pub fn run(world: &World, operator: UserId, command: &Command) -> PlannedRun {
    // The commands refuse these before they plan anything.
    let author = world.issue.author;
    if world.issue.closed || !world.counts(operator, author) {
        return PlannedRun::refused();
    }
    let reading = Reading::of(world, operator);
    let (borrowed, cases) = (reading.input.borrow(), &reading.cases);
    let translator = Translator::new(world, operator, &reading);
    if let Command::SubmitReview { unresolved } = command {
        return submit_review(world, &borrowed, cases, *unresolved).map_or_else(
            PlannedRun::refused,
            |plan| PlannedRun { writes: translator.writes(&plan), ..PlannedRun::default() },
        );
    }
    let Some(selection) = selection(world, command) else { return PlannedRun::refused() };
    let Ok(due) = followup::plan_cases(&borrowed, cases, &selection) else {
        return PlannedRun::refused();
    };
    assert!(due.inquiries.is_empty(), "GitLab has told everything: {:?}", due.inquiries);
    PlannedRun {
        is_refused: false,
        writes: translator.writes(&due.plan),
        emails: translator.emails(&borrowed, &due),
    }
}

/// The request, as the command `submit-review` decides about it.
fn submit_review(
    world: &World,
    input: &FollowupInput<'_>,
    cases: &Cases,
    unresolved: bool,
) -> Option<Plan> {
    let readiness = review::readiness(input, cases);
    if !readiness.is_ready() && !unresolved {
        return None;
    }
    let is_request = readiness.is_ready() && !unresolved;
    let asked = readiness.asked.as_ref();
    if asked.is_some_and(|asked| asked.is_complete == is_request) {
        return None;
    }
    let reviewer = review::reviewer(input).filter(|_| is_request);
    if is_request && reviewer.is_none() {
        return None;
    }
    Some(review::plan(input, cases, &input::report(world), reviewer, None))
}

/// What the flags of a command select; nothing where they cannot name what is meant.
fn selection(world: &World, command: &Command) -> Option<Selection> {
    let mut selection = Selection::default();
    let reason = || "it is intentional".to_owned();
    match command {
        Command::Followups { only, limit } => {
            let names: Option<Vec<String>> =
                only.iter().map(|subject| name(world, subject)).collect();
            selection.only = names?;
            selection.limit = *limit;
        }
        Command::AskAgain { findings } => {
            let findings: Option<Vec<String>> =
                findings.iter().map(|finding| finding_name(world, finding)).collect();
            selection.acts = vec![Act::AskAgain { findings: findings?, reason: String::new() }];
        }
        Command::Accept { finding, until } => {
            let name = finding_name(world, finding)?;
            let until = until.map(day);
            selection.acts = vec![match finding.check {
                Check::Outsider => Act::Keep { finding: name, until, reason: reason() },
                _ => Act::Accept { findings: vec![name], reason: reason() },
            }];
        }
        Command::Remove { finding } => {
            let finding = finding_name(world, finding)?;
            selection.acts = vec![Act::Remove { finding, reason: reason() }];
        }
        Command::Sent { subject, at } => {
            let subject = name(world, subject)?;
            selection.acts = vec![Act::Sent { subject, note: *at }];
        }
        Command::Answered { subject } => {
            let subject = name(world, subject)?;
            selection.acts = vec![Act::Answered { subject, reason: reason() }];
        }
        Command::SubmitReview { .. } => return None,
    }
    Some(selection)
}

fn finding_name(world: &World, finding: &FindingKey) -> Option<String> {
    Some(format!("{}:{}", check_id(finding.check), name(world, &finding.subject)?))
}

/// What an operator types for a subject.
fn name(world: &World, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Person(index) => Some(world.roster.entries[*index].email.clone()),
        Subject::Past(email) => Some(email.clone()),
        Subject::Account(_) => world.keys(subject).email,
        Subject::Organisation => Some("organization".to_owned()),
    }
}

/// What a run writes after it has posted the notice `note` and read the issue again: lines that a
/// lower note already holds are struck, an empty notice is deleted.
pub fn after_post(world: &World, operator: UserId, note: NoteId) -> Vec<Write> {
    let input = Input::new(world, operator);
    let actions =
        followup::corrections(&input.conversation, header(), &input.operators, operator, IID);
    let digests = Digests::new(world);
    let mut writes = Vec::new();
    for action in actions {
        match action {
            Action::EditComment { note: edited, marker, .. } if edited == note => {
                let lines = marker.content.steps().iter().map(|step| struck(&digests, step));
                writes.push(Write::Edit { note, lines: lines.collect() });
            }
            Action::DeleteComment { note: deleted, .. } if deleted == note => {
                writes.push(Write::Delete(note));
            }
            _ => {}
        }
    }
    writes
}

/// A line of a note that is edited, whose subject is not looked at.
fn struck(digests: &Digests, step: &audit::record::marker::Step) -> Line {
    let step = digests.step(step);
    Line { finding: FindingKey { check: step.check, subject: Subject::Organisation }, step }
}

/// Turns what the product says into the model's values.
struct Translator<'t> {
    world: &'t World,
    operator: UserId,
    input: &'t Input,
    cases: &'t Cases,
    digests: LazyCell<Digests, Box<dyn FnOnce() -> Digests + 't>>,
}

impl<'t> Translator<'t> {
    fn new(world: &'t World, operator: UserId, reading: &'t Reading) -> Self {
        let Reading { input, cases, .. } = reading;
        let digests = LazyCell::new(Box::new(|| Digests::new(world)) as Box<_>);
        Self { world, operator, input, cases, digests }
    }

    /// The model's subject of an entry.
    fn subject(&self, case: &Case, entry: &Entry) -> Subject {
        let evaluation = &self.input.evaluation;
        match case.subject {
            Some(subject @ identity::Subject::Person(_)) => {
                let person = evaluation.person(subject).expect("a person of the roster");
                let mut entries = self.world.roster.entries.iter();
                let index = entries.position(|entry| *entry.name == *person.name);
                Subject::Person(index.expect("an entry of that name"))
            }
            Some(identity::Subject::Account(index)) => {
                let account = evaluation.account(index).expect("an account");
                Subject::Account(account.id.as_str().to_owned())
            }
            Some(identity::Subject::Organization) => Subject::Organisation,
            None => match &case.account {
                Some(digest) => Subject::Account(self.digests.account(digest)),
                None => Subject::Past(self.past_email(case, check_named(entry.check.id))),
            },
        }
    }

    /// The address in the latest step about somebody who left.
    fn past_email(&self, case: &Case, check: Check) -> String {
        let steps = counted_steps(self.world, self.operator);
        let of_case = |keys: &[Key]| keys.iter().all(|key| case.keys.contains(key));
        let last = steps.iter().rfind(|counted| {
            family(check).contains(&counted.step.check) && of_case(&marks::step(counted.step).keys)
        });
        last.and_then(|counted| counted.step.keys.email.clone()).expect("a step about them")
    }

    fn writes(&self, plan: &Plan) -> Vec<Write> {
        let mut writes = Vec::new();
        for action in &plan.actions {
            match action {
                Action::Notice(notice) => {
                    for (index, part) in notice.parts.iter().enumerate() {
                        writes.push(Write::Post(self.draft(&part.body, &part.marker, index > 0)));
                    }
                }
                Action::Comment { body, marker, .. } => {
                    writes.push(Write::Post(self.draft(body, marker, false)));
                }
                Action::EditComment { note, marker, .. } => {
                    let steps = marker.content.steps().iter();
                    let lines = steps.map(|step| struck(&self.digests, step)).collect();
                    writes.push(Write::Edit { note: *note, lines });
                }
                Action::DeleteComment { note, .. } => writes.push(Write::Delete(*note)),
                other => panic!("no follow-up: {other}"),
            }
        }
        writes
    }

    fn draft(&self, body: &str, marker: &Marker, continues: bool) -> Draft {
        assert_eq!(Marker::of_comment(body).as_ref(), Some(marker), "the marker that is read");
        let (kind, complete) = match &marker.content {
            Content::Notice(_) => (MarkerKind::Notice, false),
            Content::Record(_) => (MarkerKind::Record, false),
            Content::Removal(_) => (MarkerKind::Removal, false),
            Content::Review(review) => (MarkerKind::Review, review.is_complete),
            other => panic!("no comment of a follow-up: {other:?}"),
        };
        let lines = marker.content.steps().iter().map(|step| self.line(step)).collect();
        Draft { kind, complete, continues, lines, mentions: self.mentions(body) }
    }

    fn line(&self, step: &audit::record::marker::Step) -> Line {
        let (case, entry) = self
            .cases
            .entries()
            .find(|(case, entry)| {
                case.keys == step.keys
                    && case.account == step.account
                    && entry.check.id == step.check
            })
            .expect("a finding of the step");
        let subject = self.subject(case, entry);
        let step = self.digests.step(step);
        Line { finding: FindingKey { check: step.check, subject }, step }
    }

    /// The users whom a text mentions, outside code.
    fn mentions(&self, body: &str) -> Vec<UserId> {
        let (mut text, mut in_code) = (String::new(), false);
        for event in Parser::new(body) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Text(part) if !in_code => text.push_str(&part),
                _ => text.push(' '),
            }
        }
        let is_word = |letter: char| letter.is_alphanumeric() || "_-.".contains(letter);
        let mut mentions = Vec::new();
        for (start, _) in text.match_indices('@') {
            let rest = text.get(start + 1..).unwrap_or_default();
            let name = rest.split(|letter| !is_word(letter)).next();
            let name = name.unwrap_or_default().trim_end_matches(['.', '-']);
            let user = self.world.user_named(name);
            mentions.push(user.unwrap_or_else(|| panic!("a mention of {name:?}")).id);
        }
        mentions
    }

    /// The findings for which an e-mail is to be sent.
    fn emails(&self, input: &FollowupInput<'_>, due: &followup::Due) -> BTreeSet<FindingKey> {
        let mut emails = BTreeSet::new();
        for letter in &due.letters {
            for (case, entry) in self.cases.entries() {
                if followup::subject_name(input, case) == letter.subject_name
                    && letter.checks.contains(&entry.check.id)
                {
                    let check = check_named(entry.check.id);
                    emails.insert(FindingKey { check, subject: self.subject(case, entry) });
                }
            }
        }
        emails
    }
}
