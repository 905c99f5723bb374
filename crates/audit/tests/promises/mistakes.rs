//! Planners that each break one promise, and the proof that the judge catches them.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::history::histories;
use crate::judge::Rule;
use crate::oracle::{Duty, Entry, Oracle, State};
use crate::plan::{Command, DerivedState, Draft, Line, PlannedRun, Write};
use crate::play::{Product, play};
use crate::reference;
use crate::stage::{NADIA, SAM};
use crate::world::{Keys, MarkerKind, StepKind, Subject, UserId, World};

/// What a planner does wrong.
#[derive(Clone, Copy, Debug)]
enum Mistake {
    /// It asks, whatever the state is.
    AsksIn(State),
    /// It asks managers to help before the first wait is over, or once more.
    EscalatesIn(State),
    ForgetsOne,
    PostsTwoNotices,
    MentionsTwice,
    MentionsBystander,
    AsksSomebodyElse,
    AsksByUsername,
    EscalatesToOneAlone,
    OpensRounds,
    ShortensWaits,
    CallsWaitingFixed,
    LeavesSettledOut,
    PostsFixesAlone,
    WritesIntoClosedIssues,
    WritesAfterReview,
    ClaimsWhileOpen,
    MentionsInSummary,
    RefusesReviews,
    TrustsEverybody,
    BelievesAbsence,
    BelievesOldSources,
    KeepsFirstOfTwoIds,
    ForgetsAnswers,
    ForgetsReactions,
    ForgetsExpiry,
    AcceptsWhatItMayNot,
    WritesNoKeys,
    NeverReadsBack,
    MentionsInRecords,
    AsksWhoWasAskedByHand,
    ForgetsHalf,
}

use Mistake::{
    AcceptsWhatItMayNot, AsksByUsername, AsksIn, AsksSomebodyElse, AsksWhoWasAskedByHand,
    BelievesAbsence, BelievesOldSources, CallsWaitingFixed, ClaimsWhileOpen, EscalatesIn,
    EscalatesToOneAlone, ForgetsAnswers, ForgetsExpiry, ForgetsHalf, ForgetsOne, ForgetsReactions,
    KeepsFirstOfTwoIds, LeavesSettledOut, MentionsBystander, MentionsInRecords, MentionsInSummary,
    MentionsTwice, NeverReadsBack, OpensRounds, PostsFixesAlone, PostsTwoNotices, RefusesReviews,
    ShortensWaits, TrustsEverybody, WritesAfterReview, WritesIntoClosedIssues, WritesNoKeys,
};

/// Every mistake with the promise that it breaks.
const MISTAKES: &[(Mistake, Rule)] = &[
    (AsksIn(State::Unknown), Rule::MentionedForState),
    (AsksIn(State::InDoubt), Rule::MentionedForState),
    (AsksIn(State::Removed), Rule::MentionedForState),
    (AsksIn(State::Gone), Rule::MentionedForState),
    (AsksIn(State::Withdrawn), Rule::MentionedForState),
    (AsksIn(State::Fixed), Rule::MentionedForState),
    (AsksIn(State::Justified), Rule::MentionedForState),
    (AsksIn(State::ToRemove), Rule::MentionedForState),
    (AsksIn(State::Held), Rule::MentionedForState),
    (AsksIn(State::Answered), Rule::MentionedForState),
    (AsksIn(State::Exhausted), Rule::MentionedForState),
    (AsksIn(State::Waiting), Rule::MentionedTwice),
    (EscalatesIn(State::Waiting), Rule::MentionedForState),
    (EscalatesIn(State::Answered), Rule::MentionedForState),
    (EscalatesIn(State::Escalated), Rule::MentionedTwice),
    (EscalatesIn(State::Exhausted), Rule::MentionedForState),
    (ForgetsOne, Rule::Missed),
    (ForgetsHalf, Rule::Missed),
    (PostsTwoNotices, Rule::OneNotice),
    (PostsFixesAlone, Rule::OneNotice),
    (MentionsTwice, Rule::OneMention),
    (MentionsBystander, Rule::OneMention),
    (MentionsInRecords, Rule::OneMention),
    (AsksSomebodyElse, Rule::MentionedWrongUser),
    (AsksByUsername, Rule::Disturbed),
    (EscalatesToOneAlone, Rule::MentionedWrongUser),
    (OpensRounds, Rule::WrongStep),
    (ShortensWaits, Rule::WrongStep),
    (CallsWaitingFixed, Rule::FalselySettled),
    (LeavesSettledOut, Rule::SettledLeftOut),
    (WritesIntoClosedIssues, Rule::WritesWhereItMust),
    (WritesAfterReview, Rule::MentionedForState),
    (AsksWhoWasAskedByHand, Rule::MentionedForState),
    (ClaimsWhileOpen, Rule::FalseReview),
    (MentionsInSummary, Rule::FalseReview),
    (RefusesReviews, Rule::ReviewRefused),
    (TrustsEverybody, Rule::Disturbed),
    (BelievesAbsence, Rule::MentionedForState),
    (BelievesOldSources, Rule::WrongState),
    (KeepsFirstOfTwoIds, Rule::MentionedForState),
    (ForgetsAnswers, Rule::MentionedForState),
    (ForgetsReactions, Rule::WrongState),
    (ForgetsExpiry, Rule::WrongState),
    (AcceptsWhatItMayNot, Rule::WrongDecision),
    (WritesNoKeys, Rule::PlannedAgain),
    (NeverReadsBack, Rule::Doubled),
];

/// What the planner takes for the world.
fn misread(mistake: Mistake, world: &World) -> World {
    let mut misread = world.clone();
    match mistake {
        WritesIntoClosedIssues => misread.issue.closed = false,
        WritesAfterReview => misread.issue.notes.retain(|note| {
            note.marker.as_ref().is_none_or(|marker| marker.kind != MarkerKind::Review)
        }),
        TrustsEverybody => {
            let authors = world.issue.notes.iter().map(|note| note.author);
            misread.config.operators.extend(authors);
        }
        BelievesAbsence => {
            misread.roster.hides = false;
            misread.issue.recorded_people = None;
            misread.issue.recorded_accounts = None;
            if let Some(accounts) = &mut misread.accounts {
                accounts.complete = true;
            }
        }
        BelievesOldSources => {
            misread.roster.captured = world.now;
            if let Some(accounts) = &mut misread.accounts {
                accounts.captured = world.now;
            }
        }
        KeepsFirstOfTwoIds => {
            let mut seen: Vec<UserId> = Vec::new();
            for entry in &mut misread.roster.entries {
                match entry.id {
                    Some(id) if seen.contains(&id) => entry.id = None,
                    Some(id) => seen.push(id),
                    None => {}
                }
            }
        }
        ForgetsAnswers => misread.issue.notes.retain(|note| note.marker.is_some()),
        ForgetsReactions => {
            for note in &mut misread.issue.notes {
                note.reactions.clear();
            }
        }
        ForgetsExpiry => {
            for note in &mut misread.issue.notes {
                for step in note.marker.iter_mut().flat_map(|marker| &mut marker.steps) {
                    if matches!(step.kind, StepKind::Keep | StepKind::Accept) {
                        step.until = None;
                    }
                }
            }
        }
        AsksWhoWasAskedByHand => {
            for note in &mut misread.issue.notes {
                note.mentions.clear();
            }
        }
        _ => {}
    }
    misread
}

/// Whom the planner takes for the subject, with no thought of doubt.
fn naive_user(oracle: &Oracle<'_>, entry: &Entry) -> Option<UserId> {
    match entry.key.subject {
        Subject::Person(index) => {
            let person = oracle.world.roster.entries.get(index)?;
            let named = person.username.as_deref();
            let named = named.and_then(|username| oracle.world.user_named(username));
            person.id.or(named.map(|user| user.id))
        }
        _ => oracle.user_of(&entry.key).or(Some(NADIA)),
    }
}

/// Owes what the rules do not.
fn overdo(mistake: Mistake, oracle: &Oracle<'_>, entry: &mut Entry) {
    let is_for_people = !entry.key.check.is_for_operators();
    match mistake {
        AsksIn(state) if entry.state == state && is_for_people => {
            if let Some(user) = naive_user(oracle, entry) {
                entry.duty = Duty::Ask(user);
            }
        }
        EscalatesIn(state) if entry.state == state && is_for_people => {
            entry.duty = Duty::Escalate(vec![[NADIA].into()]);
        }
        AsksByUsername => {
            if let (Duty::Ask(_), Subject::Person(index)) = (&entry.duty, &entry.key.subject) {
                let username = oracle.world.roster.entries[*index].username.as_deref();
                let user = username.and_then(|username| oracle.world.user_named(username));
                entry.duty = user.map_or(Duty::Email, |user| Duty::Ask(user.id));
            }
        }
        CallsWaitingFixed if entry.state == State::Waiting => {
            entry.duty = Duty::Settled;
        }
        LeavesSettledOut if entry.duty == Duty::Settled => entry.duty = Duty::Nothing,
        ForgetsOne if matches!(entry.duty, Duty::Escalate(_)) => entry.duty = Duty::Nothing,
        _ => {}
    }
}

/// Spoils the notice that the planner made.
fn spoil(mistake: Mistake, operator: UserId, run: &mut PlannedRun) {
    let Some(Write::Post(draft)) = run.writes.first_mut() else { return };
    match mistake {
        ForgetsHalf if draft.lines.len() > 1 => {
            draft.lines.truncate(draft.lines.len() / 2);
            draft.mentions = reference::mentions(&draft.lines);
        }
        PostsTwoNotices => {
            if let Some(line) = draft.lines.pop() {
                let second = Draft { lines: vec![line], ..draft.clone() };
                run.writes.push(Write::Post(second));
            }
        }
        MentionsTwice => draft.mentions.extend_from_within(..),
        MentionsBystander => draft.mentions.push(SAM),
        MentionsInRecords if draft.kind == MarkerKind::Record => draft.mentions.push(NADIA),
        MentionsInSummary if draft.kind == MarkerKind::Review && !draft.complete => {
            draft.mentions.push(NADIA);
        }
        _ => {
            for line in &mut draft.lines {
                spoil_line(mistake, operator, line);
            }
            if draft.kind == MarkerKind::Notice {
                draft.mentions = reference::mentions(&draft.lines);
            }
        }
    }
}

fn spoil_line(mistake: Mistake, operator: UserId, line: &mut Line) {
    let step = &mut line.step;
    match mistake {
        AsksSomebodyElse if step.kind == StepKind::Ask && !step.mentioned.is_empty() => {
            step.mentioned = vec![operator];
        }
        EscalatesToOneAlone if step.kind == StepKind::Escalate => step.mentioned.truncate(1),
        OpensRounds => step.round += 1,
        ShortensWaits => step.until = step.until.map(|until| until - 3_600),
        WritesNoKeys => step.keys = Keys::default(),
        _ => {}
    }
}

fn run(mistake: Mistake, world: &World, operator: UserId, command: &Command) -> PlannedRun {
    let misread = misread(mistake, world);
    let oracle = Oracle::new(&misread, operator);
    if !oracle.may_write() {
        return PlannedRun::refused();
    }
    let mut run = match command {
        Command::Followups { only, limit } => {
            let mut entries = oracle.entries();
            for entry in &mut entries {
                overdo(mistake, &oracle, entry);
            }
            let run = reference::followups(&oracle, entries.clone(), only, *limit);
            let fixed = entries.iter().find(|entry| entry.state == State::Fixed);
            if let (PostsFixesAlone, true, Some(entry)) = (mistake, run.writes.is_empty(), fixed) {
                let key = &entry.key;
                let step = reference::step(&misread, key, StepKind::Fixed, entry.round, None);
                let line = Line { finding: key.clone(), step };
                return post(MarkerKind::Notice, false, vec![line], Vec::new());
            }
            run
        }
        Command::Accept { finding, .. } if matches!(mistake, AcceptsWhatItMayNot) => {
            let Some(entry) = oracle.entry(finding) else { return PlannedRun::refused() };
            let kind = StepKind::Accept;
            let step = reference::step(&misread, finding, kind, entry.round, entry.evidence);
            let line = Line { finding: finding.clone(), step };
            post(MarkerKind::Record, false, vec![line], Vec::new())
        }
        Command::SubmitReview { unresolved: false } if matches!(mistake, ClaimsWhileOpen) => {
            post(MarkerKind::Review, true, Vec::new(), vec![NADIA])
        }
        Command::SubmitReview { unresolved: false } if matches!(mistake, RefusesReviews) => {
            PlannedRun::refused()
        }
        _ => reference::run(&misread, operator, command),
    };
    spoil(mistake, operator, &mut run);
    run
}

fn post(kind: MarkerKind, complete: bool, lines: Vec<Line>, mentions: Vec<UserId>) -> PlannedRun {
    let draft = Draft { kind, complete, continues: false, lines, mentions };
    PlannedRun { writes: vec![Write::Post(draft)], ..PlannedRun::default() }
}

fn derive(mistake: Mistake, world: &World, operator: UserId) -> Vec<DerivedState> {
    reference::derive(&misread(mistake, world), operator)
}

/// Plays histories until the judge names the rule; how many it took.
fn histories_until_caught(mistake: Mistake, rule: Rule) -> Option<u32> {
    // The planner's states are its own where the mistake is about states alone.
    let derive_wrongly = |world: &World, operator: UserId| match rule {
        Rule::WrongState => derive(mistake, world, operator),
        _ => reference::derive(world, operator),
    };
    let run_wrongly =
        |world: &World, operator: UserId, command: &Command| run(mistake, world, operator, command);
    let after_post = |world: &World, operator: UserId, note: u64| match mistake {
        NeverReadsBack => Vec::new(),
        _ => reference::after_post(world, operator, note),
    };
    let product = Product { derive: &derive_wrongly, run: &run_wrongly, after_post: &after_post };
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let strategy = histories();
    (1..=3_000).find(|_| {
        let Ok(tree) = strategy.new_tree(&mut runner) else { return false };
        play(&tree.current(), product).iter().any(|violation| violation.rule == rule)
    })
}

#[test]
fn the_judge_catches_every_mistake() {
    let mut missed = Vec::new();
    for (mistake, rule) in MISTAKES {
        if histories_until_caught(*mistake, *rule).is_none() {
            missed.push((mistake, rule));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
