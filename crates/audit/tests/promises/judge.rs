//! The judge: what must never happen to people, checked on one run of the product.
//!
//! Each function takes the world before the run and what the product means to do, and returns
//! violations. An empty list means that every promise was kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluation::Verdict;
use crate::oracle::{Duty, Entry, Oracle, State};
use crate::plan::{Command, DerivedState, Line, PlannedRun, Write};
use crate::reference::can_ask_again;
use crate::world::{
    FindingKey, HOUR, Marker, MarkerKind, Note, Step, StepKind, Subject, UserId, WAIT, World,
};

/// The promises, one a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Nothing is written into a closed issue, or into one that no operator wrote.
    WritesWhereItMust,
    /// At most one notice, with its continuations, and one record a run; a notice only when somebody
    /// is to be asked or escalated, or operators' findings were never listed.
    OneNotice,
    /// A person is mentioned at most once in a notice, and nobody who is not meant by a line of it.
    OneMention,
    /// Nobody is mentioned for a finding whose state does not call for it.
    MentionedForState,
    /// Whoever is mentioned is the subject, or of its chain, and can be.
    MentionedWrongUser,
    /// Nobody is mentioned twice for the same step of the same finding in the same round.
    MentionedTwice,
    /// Everybody who is due is in the notice.
    Missed,
    /// What is called settled is settled.
    FalselySettled,
    /// A notice names what was settled since the last one.
    SettledLeftOut,
    /// The round, the evidence and the end of the wait of a step are right.
    WrongStep,
    /// A decision is recorded for the finding that is shown, by somebody who may.
    WrongDecision,
    /// A review claims completeness only where nothing is open, and mentions one manager.
    FalseReview,
    /// A review that may be asked for is asked for.
    ReviewRefused,
    /// Executing a plan and planning again at once gives an empty plan.
    PlannedAgain,
    /// Order, system notes, bots, guests' forged markers and renamed users change nothing.
    Disturbed,
    /// The states are the oracle's.
    WrongState,
    /// Two operators at once leave no line in two notes, and no empty notice.
    Doubled,
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub rule: Rule,
    pub detail: String,
}

fn violation(rule: Rule, detail: impl std::fmt::Debug) -> Violation {
    Violation { rule, detail: format!("{detail:?}") }
}

/// Judges the plan of one command.
pub fn judge_run(
    world: &World,
    operator: UserId,
    command: &Command,
    run: &PlannedRun,
) -> Vec<Violation> {
    let oracle = Oracle::new(world, operator);
    if !oracle.may_write() {
        if run.writes.is_empty() {
            return Vec::new();
        }
        return vec![violation(Rule::WritesWhereItMust, &run.writes)];
    }
    let mut violations = judge_form(run);
    match command {
        Command::Followups { only, limit } => {
            violations.extend(judge_followups(&oracle, only, *limit, run));
        }
        Command::AskAgain { findings } => violations.extend(judge_again(&oracle, findings, run)),
        Command::Accept { finding, .. } => {
            violations.extend(judge_decision(&oracle, finding, run));
        }
        Command::Remove { finding } => violations.extend(judge_decision(&oracle, finding, run)),
        Command::Sent { subject, .. } | Command::Answered { subject } => {
            violations.extend(judge_word(&oracle, subject, run));
        }
        Command::SubmitReview { unresolved } => {
            violations.extend(judge_review(&oracle, *unresolved, run));
        }
    }
    violations
}

/// At most one notice with its continuations and one record; nobody mentioned twice in them, and
/// nobody whom no line means.
fn judge_form(run: &PlannedRun) -> Vec<Violation> {
    let mut violations = Vec::new();
    for kind in [MarkerKind::Notice, MarkerKind::Record, MarkerKind::Review] {
        let firsts = run.drafts(kind).iter().filter(|draft| !draft.continues).count();
        let total = run.drafts(kind).len();
        if firsts > 1 || (total > 0 && firsts == 0) || (kind != MarkerKind::Notice && total > 1) {
            violations.push(violation(Rule::OneNotice, (kind, firsts, total)));
        }
    }
    for write in &run.writes {
        if let Write::Edit { .. } | Write::Delete(_) = write {
            violations.push(violation(Rule::OneNotice, write));
        }
    }
    let mut visible: BTreeSet<UserId> = BTreeSet::new();
    for draft in run.drafts(MarkerKind::Notice) {
        for user in &draft.mentions {
            if !visible.insert(*user) {
                violations.push(violation(Rule::OneMention, ("twice", user)));
            }
        }
    }
    let meant: BTreeSet<UserId> = run
        .lines(MarkerKind::Notice)
        .iter()
        .flat_map(|line| line.step.mentioned.iter().copied())
        .collect();
    if visible != meant {
        violations.push(violation(Rule::OneMention, ("visible", &visible, "meant", &meant)));
    }
    let mut seen: BTreeSet<(&FindingKey, StepKind)> = BTreeSet::new();
    for line in run.lines(MarkerKind::Notice) {
        if !seen.insert((&line.finding, line.step.kind)) {
            violations.push(violation(Rule::MentionedTwice, line));
        }
    }
    for draft in run.drafts(MarkerKind::Record) {
        if !draft.mentions.is_empty() {
            violations.push(violation(Rule::OneMention, &draft.mentions));
        }
    }
    violations
}

/// Everything that speaks of people in a notice of what is due.
fn judge_followups(
    oracle: &Oracle<'_>,
    only: &[Subject],
    limit: Option<usize>,
    run: &PlannedRun,
) -> Vec<Violation> {
    let entries: BTreeMap<FindingKey, Entry> =
        oracle.entries().into_iter().map(|entry| (entry.key.clone(), entry)).collect();
    let lines = run.lines(MarkerKind::Notice);
    let mut violations = Vec::new();
    for line in &lines {
        let is_named = only.contains(&line.finding.subject);
        let is_narrowed = !only.is_empty() || oracle.is_in_review();
        match entries.get(&line.finding) {
            None if is_undecided(oracle, &line.finding) => {}
            None => violations.push(violation(Rule::MentionedForState, line)),
            Some(entry) if entry.is_dated => {}
            Some(_) if is_narrowed && !is_named && speaks(&line.step) => {
                violations.push(violation(Rule::MentionedForState, ("not named", line)));
            }
            Some(entry) => violations.extend(judge_line(oracle, entry, is_named, line)),
        }
    }
    for kind in [MarkerKind::Record, MarkerKind::Review, MarkerKind::Removal] {
        if !run.drafts(kind).is_empty() {
            violations.push(violation(Rule::OneNotice, kind));
        }
    }
    if !run.drafts(MarkerKind::Notice).is_empty() && !lines.iter().any(|line| speaks(&line.step)) {
        violations.push(violation(Rule::OneNotice, "nobody is asked, helped or listed"));
    }
    violations.extend(judge_missed(oracle, &entries, only, limit, &lines));
    violations
}

fn speaks(step: &Step) -> bool {
    matches!(step.kind, StepKind::Ask | StepKind::Escalate)
}

fn is_undecided(oracle: &Oracle<'_>, finding: &FindingKey) -> bool {
    oracle.evaluation.verdicts.get(finding) == Some(&Verdict::Undecided)
}

/// One line of a notice against what is owed to its finding.
fn judge_line(oracle: &Oracle<'_>, entry: &Entry, is_named: bool, line: &Line) -> Vec<Violation> {
    let mentioned: BTreeSet<UserId> = line.step.mentioned.iter().copied().collect();
    let mut violations = Vec::new();
    let wrong_state = || violation(Rule::MentionedForState, (&entry.key, entry.state, &line.step));
    let wrong_user = || violation(Rule::MentionedWrongUser, (&entry.key, &entry.duty, &mentioned));
    match (line.step.kind, &entry.duty) {
        (StepKind::Ask, Duty::Ask(user)) => {
            if mentioned != BTreeSet::from([*user]) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::AskIfNamed(user)) if is_named => {
            if mentioned != BTreeSet::from([*user]) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::List) => {
            if !mentioned.is_empty() {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask, Duty::Email) => violations.push(wrong_user()),
        (StepKind::Escalate, Duty::Escalate(options) | Duty::MayEscalate(options)) => {
            if !options.contains(&mentioned) {
                violations.push(wrong_user());
            }
        }
        (StepKind::Ask | StepKind::Escalate, _) => violations.push(wrong_state()),
        (kind, _) => {
            let says = match kind {
                StepKind::Fixed => Some(State::Fixed),
                StepKind::Removed => Some(State::Removed),
                StepKind::Gone => Some(State::Gone),
                StepKind::Withdrawn => Some(State::Withdrawn),
                _ => None,
            };
            if says != Some(entry.state) {
                let detail = (&entry.key, entry.state, &line.step);
                violations.push(violation(Rule::FalselySettled, detail));
            }
            if !mentioned.is_empty() {
                violations.push(wrong_user());
            }
        }
    }
    if speaks(&line.step) {
        violations.extend(judge_step(oracle, entry, line));
    }
    violations
}

/// The round, the evidence and the promised end of a step, and whether it was done before.
fn judge_step(oracle: &Oracle<'_>, entry: &Entry, line: &Line) -> Vec<Violation> {
    let world = oracle.world;
    let step = &line.step;
    let mut violations = Vec::new();
    let is_evidence_wrong = entry.evidence.as_ref().is_some_and(|now| now != &step.evidence);
    if step.round != entry.round || is_evidence_wrong {
        violations.push(violation(Rule::WrongStep, (&entry.key, entry.round, step)));
    }
    let until = step.until.unwrap_or(0);
    let is_due_wrong = until < world.now + WAIT || until > world.now + WAIT + HOUR;
    if !step.mentioned.is_empty() && is_due_wrong {
        violations.push(violation(Rule::WrongStep, ("the end of the wait", step)));
    }
    let earlier = world
        .issue
        .notes
        .iter()
        .filter(|note| !note.system && world.counts(oracle.operator, note.author))
        .flat_map(|note| &note.marker)
        .flat_map(|marker| &marker.steps);
    for done in earlier {
        let is_same = done.kind == step.kind
            && done.check == step.check
            && done.round == step.round
            && same_subject(&entry.key.subject, done, world);
        let again: Vec<&UserId> =
            done.mentioned.iter().filter(|user| step.mentioned.contains(user)).collect();
        if is_same && !again.is_empty() && !was_left_behind(world, oracle, step, done) {
            violations.push(violation(Rule::MentionedTwice, (&entry.key, step.round, again)));
        }
    }
    violations
}

/// Whether the steps name one subject by every key that both have.
fn same_subject(subject: &Subject, done: &Step, world: &World) -> bool {
    let keys = world.keys(subject);
    keys == done.keys
}

/// Whether the step is an escalation that lay before the ask that counts today: whoever was asked
/// then was somebody else, or the ask was deleted.
fn was_left_behind(world: &World, oracle: &Oracle<'_>, step: &Step, done: &Step) -> bool {
    if step.kind != StepKind::Escalate {
        return false;
    }
    let asked = world
        .issue
        .notes
        .iter()
        .filter(|note| world.counts(oracle.operator, note.author))
        .flat_map(|note| note.marker.iter().flat_map(|marker| &marker.steps))
        .filter(|ask| matches!(ask.kind, StepKind::Ask | StepKind::Sent))
        .filter(|ask| ask.check == step.check && ask.round == step.round && ask.keys == step.keys)
        .map(|ask| ask.at)
        .min();
    asked.is_none_or(|asked| asked > done.at)
}

/// Nobody who is due is left out, unless the operator narrowed the run.
fn judge_missed(
    oracle: &Oracle<'_>,
    entries: &BTreeMap<FindingKey, Entry>,
    only: &[Subject],
    limit: Option<usize>,
    lines: &[&Line],
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut due: BTreeSet<&Subject> = BTreeSet::new();
    let mut is_dated = false;
    for entry in entries.values() {
        let is_named = only.contains(&entry.key.subject);
        let is_wanted = is_named || (only.is_empty() && !oracle.is_in_review());
        let kind = match &entry.duty {
            Duty::Ask(_) | Duty::List => StepKind::Ask,
            Duty::AskIfNamed(_) if is_named => StepKind::Ask,
            Duty::Escalate(_) => StepKind::Escalate,
            _ => continue,
        };
        is_dated |= entry.is_dated;
        if entry.is_dated || !is_wanted {
            continue;
        }
        if entry.key.check.is_for_operators() {
            // A narrowed run need not list what is for the operators.
            if !only.is_empty() || limit.is_some() {
                continue;
            }
        } else {
            due.insert(&entry.key.subject);
            if limit.is_some() {
                continue;
            }
        }
        let is_there = lines.iter().any(|line| line.finding == entry.key && line.step.kind == kind);
        if !is_there {
            violations.push(violation(Rule::Missed, (&entry.key, &entry.duty)));
        }
    }
    if let Some(limit) = limit
        && !is_dated
    {
        let reached: BTreeSet<&Subject> = lines
            .iter()
            .filter(|line| speaks(&line.step) && !line.finding.check.is_for_operators())
            .map(|line| &line.finding.subject)
            .filter(|subject| due.contains(subject))
            .collect();
        if reached.len() != limit.min(due.len()) {
            violations.push(violation(Rule::Missed, ("limit", limit, &reached, &due)));
        }
    }
    let is_full = only.is_empty() && limit.is_none() && !lines.is_empty();
    for entry in entries.values().filter(|_| is_full) {
        let is_owed = entry.duty == Duty::Settled && !entry.is_recorded;
        let is_compared = entry.is_strict && !entry.is_dated;
        // The checks whose asks are shared have one line.
        let is_line = |line: &&&Line| {
            line.finding.subject == entry.key.subject
                && crate::identity::family(entry.key.check).contains(&line.finding.check)
        };
        // Asking about an invitation also asks about the account, but while the invitation is open
        // nothing about that person is settled.
        let has_open_sibling = entries.values().any(|other| {
            other.key != entry.key
                && other.key.subject == entry.key.subject
                && crate::identity::family(entry.key.check).contains(&other.key.check)
                && other.duty != Duty::Settled
        });
        if is_owed && is_compared && !has_open_sibling && lines.iter().find(is_line).is_none() {
            violations.push(violation(Rule::SettledLeftOut, &entry.key));
        }
    }
    violations
}

/// `--ask-again` posts one notice with these findings alone, which holds both steps.
fn judge_again(oracle: &Oracle<'_>, findings: &[FindingKey], run: &PlannedRun) -> Vec<Violation> {
    let mut violations = Vec::new();
    for line in run.lines(MarkerKind::Notice) {
        let Some(entry) = oracle.entry(&line.finding) else {
            violations.push(violation(Rule::MentionedForState, line));
            continue;
        };
        if !findings.contains(&line.finding) || !can_ask_again(oracle, &entry) {
            let detail = (&entry.key, entry.state, &line.step);
            violations.push(violation(Rule::MentionedForState, detail));
        }
        let user = oracle.user_of(&line.finding).filter(|user| oracle.world.can_mention(*user));
        let is_right = match line.step.kind {
            StepKind::Ask => user.is_some_and(|user| line.step.mentioned == [user]),
            StepKind::Again => line.step.mentioned.iter().all(|mentioned| user == Some(*mentioned)),
            _ => false,
        };
        if !is_right {
            violations.push(violation(Rule::MentionedWrongUser, (&entry.key, user, &line.step)));
        }
        if line.step.round <= entry.round && !entry.is_dated {
            violations.push(violation(Rule::WrongStep, (&entry.key, entry.round, &line.step)));
        }
        let has_both = [StepKind::Ask, StepKind::Again].iter().all(|kind| {
            run.lines(MarkerKind::Notice).iter().any(|twin| {
                twin.finding == line.finding
                    && twin.step.kind == *kind
                    && twin.step.round == line.step.round
            })
        });
        if !has_both {
            violations.push(violation(Rule::WrongStep, ("both steps", &entry.key)));
        }
    }
    violations
}

/// A decision names one finding with the evidence that is shown, and nobody decides about themself.
fn judge_decision(oracle: &Oracle<'_>, finding: &FindingKey, run: &PlannedRun) -> Vec<Violation> {
    let mut violations = Vec::new();
    if !run.drafts(MarkerKind::Notice).is_empty() {
        violations.push(violation(Rule::OneNotice, "a decision mentions nobody"));
    }
    for line in run.lines(MarkerKind::Record) {
        let evidence = oracle.entry(&line.finding).and_then(|entry| entry.evidence);
        let is_decision = matches!(
            (line.step.kind, line.finding.check),
            (StepKind::Accept | StepKind::Keep | StepKind::Remove, _)
        );
        let is_right = &line.finding == finding
            && is_decision
            && oracle.may_decide(finding)
            && evidence.as_ref() == Some(&line.step.evidence);
        if !is_right {
            violations.push(violation(Rule::WrongDecision, (finding, line)));
        }
    }
    violations
}

/// `--sent` and `--answered` record a message about one subject and nothing else.
fn judge_word(oracle: &Oracle<'_>, subject: &Subject, run: &PlannedRun) -> Vec<Violation> {
    let mut violations = Vec::new();
    if !run.drafts(MarkerKind::Notice).is_empty() {
        violations.push(violation(Rule::OneNotice, "a message by hand mentions nobody"));
    }
    for line in run.lines(MarkerKind::Record) {
        let is_known = oracle.entry(&line.finding).is_some() || is_undecided(oracle, &line.finding);
        let is_word = matches!(line.step.kind, StepKind::Sent | StepKind::Answered);
        if &line.finding.subject != subject || !is_word || !is_known {
            violations.push(violation(Rule::WrongDecision, line));
        }
    }
    violations
}

/// The review is asked for if and only if nothing is open, of one manager who can be mentioned.
fn judge_review(oracle: &Oracle<'_>, unresolved: bool, run: &PlannedRun) -> Vec<Violation> {
    let open = oracle.open();
    let is_dated = oracle.entries().iter().any(|entry| entry.is_dated || !entry.is_strict);
    let mut violations = Vec::new();
    let drafts = run.drafts(MarkerKind::Review);
    for draft in &drafts {
        let reviewer = oracle.reviewer();
        if draft.complete && (unresolved || !(open.is_empty() || is_dated)) {
            violations.push(violation(Rule::FalseReview, &open));
        }
        let is_right = if draft.complete {
            draft.mentions.len() == 1
                && draft.mentions.iter().all(|user| oracle.world.can_mention(*user))
                && draft.mentions.iter().all(|user| oracle.world.config.managers.contains(user))
                && (draft.mentions != [oracle.operator] || reviewer == Some(oracle.operator))
        } else {
            draft.mentions.is_empty()
        };
        if !is_right {
            violations.push(violation(Rule::FalseReview, (&draft.mentions, reviewer)));
        }
    }
    let is_owed = !unresolved
        && open.is_empty()
        && !is_dated
        && !oracle.is_in_review()
        && oracle.reviewer().is_some();
    if is_owed && drafts.is_empty() {
        violations.push(violation(Rule::ReviewRefused, "nothing is open"));
    }
    violations
}

/// Compares the states that the product derives with the oracle's.
pub fn judge_states(world: &World, operator: UserId, states: &[DerivedState]) -> Vec<Violation> {
    let oracle = Oracle::new(world, operator);
    if !oracle.may_write() {
        return Vec::new();
    }
    let mut violations = Vec::new();
    let derived: BTreeMap<&FindingKey, (State, u32)> =
        states.iter().map(|(key, state, round)| (key, (*state, *round))).collect();
    let entries: BTreeMap<FindingKey, Entry> =
        oracle.entries().into_iter().map(|entry| (entry.key.clone(), entry)).collect();
    for (key, entry) in &entries {
        let state = derived.get(key).copied();
        if entry.is_dated {
            continue;
        }
        // Where the rules leave the state open, only a false word that closes it is a fault.
        let is_false = state.is_some_and(|(state, _)| state.is_settled())
            && !entry.state.is_settled()
            && entry.state != State::Unknown;
        let is_wrong = match state {
            _ if !entry.is_strict => is_false,
            // The checks whose asks are shared have one state.
            None => entry.state != State::Unknown && !is_spoken_for(&derived, key),
            Some((state, round)) => {
                state != entry.state || (has_clock(entry.state) && round != entry.round)
            }
        };
        if is_wrong {
            let detail = (key, "is", entry.state, entry.round, "not", state);
            violations.push(violation(Rule::WrongState, detail));
        }
    }
    for (key, (state, _)) in derived {
        let is_open = matches!(state, State::Unknown | State::InDoubt | State::NotAsked);
        if !entries.contains_key(key) && !is_undecided(&oracle, key) && !is_open {
            violations.push(violation(Rule::WrongState, (key, "is nothing, not", state)));
        }
    }
    violations
}

/// Whether a check whose asks are shared has a state.
fn is_spoken_for(derived: &BTreeMap<&FindingKey, (State, u32)>, key: &FindingKey) -> bool {
    let others = crate::identity::family(key.check).iter();
    let mut others = others.map(|check| FindingKey { check: *check, ..key.clone() });
    others.any(|other| derived.contains_key(&other))
}

fn has_clock(state: State) -> bool {
    matches!(
        state,
        State::Answered | State::Exhausted | State::Escalated | State::Overdue | State::Waiting
    )
}

/// Planning again at once, after everything was carried out, must give nothing to write.
pub fn judge_again_at_once(run: &PlannedRun) -> Vec<Violation> {
    if run.writes.is_empty() {
        return Vec::new();
    }
    vec![violation(Rule::PlannedAgain, &run.writes)]
}

/// A world that means the same: notes in another order, system notes, a bot's notes, markers that a
/// guest forged, users under new names.
pub fn disturb(world: &World, guest: UserId, bot: UserId) -> World {
    let mut disturbed = world.clone();
    let forged: Vec<Marker> =
        world.issue.notes.iter().filter_map(|note| note.marker.clone()).collect();
    for marker in forged {
        let note = Note::words(guest, 0, "copied");
        disturbed.append(Note { marker: Some(marker), ..note });
    }
    for entry in oracle_subjects(world) {
        disturbed.append(Note::marked(guest, MarkerKind::Notice, false, vec![entry]));
    }
    disturbed.append(Note { system: true, ..Note::words(bot, 0, "changed the description") });
    let threads: BTreeSet<u64> = world.issue.notes.iter().map(|note| note.thread).collect();
    for thread in threads {
        disturbed.append(Note::words(bot, thread, "a reminder"));
    }
    disturbed.issue.notes.reverse();
    let named: BTreeSet<String> = world
        .config
        .handles
        .iter()
        .map(|(_, username)| username.clone())
        .chain(world.exceptions.iter().map(|exception| exception.approved_by.clone()))
        .chain(
            world
                .roster
                .entries
                .iter()
                .filter(|entry| entry.id.is_none_or(|id| world.user(id).is_none()))
                .filter_map(|entry| entry.username.clone()),
        )
        .collect();
    let is_contradicted: BTreeSet<String> = (0..world.roster.entries.len())
        .filter(|index| crate::identity::is_contradictory(world, *index))
        .filter_map(|index| world.roster.entries[index].username.clone())
        .collect();
    for user in &mut disturbed.users {
        if !named.contains(&user.username) && !is_contradicted.contains(&user.username) {
            user.username = format!("{}_renamed", user.username);
        }
    }
    disturbed
}

/// Steps that would count if an operator had written them: every finding fixed in round 1.
fn oracle_subjects(world: &World) -> Vec<Step> {
    let evaluation = crate::evaluation::evaluate(world);
    evaluation
        .verdicts
        .keys()
        .map(|key| crate::reference::step(world, key, StepKind::Fixed, 1, None))
        .collect()
}

/// What a plan does to people, whatever the order of its lines.
fn essence(run: &PlannedRun) -> BTreeSet<(FindingKey, StepKind, u32, BTreeSet<UserId>)> {
    let kinds = [MarkerKind::Notice, MarkerKind::Record, MarkerKind::Review];
    let mut essence = BTreeSet::new();
    for line in kinds.iter().flat_map(|kind| run.lines(*kind)) {
        let mentioned = line.step.mentioned.iter().copied().collect();
        essence.insert((line.finding.clone(), line.step.kind, line.step.round, mentioned));
    }
    essence
}

/// The plan in a disturbed world is the plan.
pub fn judge_disturbed(run: &PlannedRun, disturbed: &PlannedRun) -> Vec<Violation> {
    if essence(run) == essence(disturbed) && run.is_refused == disturbed.is_refused {
        return Vec::new();
    }
    vec![violation(Rule::Disturbed, (essence(run), essence(disturbed)))]
}

/// After two operators ran at once and each read the issue again, no ask or escalation is in two of
/// their notes, and no notice without a line is left that nobody replied to.
pub fn judge_race(world: &World, notes: &[u64]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen: Vec<(&Step, u64)> = Vec::new();
    for id in notes {
        let Some(note) = world.note(*id) else { continue };
        let steps = note.marker.iter().flat_map(|marker| &marker.steps);
        let has_reply =
            world.issue.notes.iter().any(|reply| reply.thread == note.id && reply.id != note.id);
        if steps.clone().count() == 0 && !has_reply {
            violations.push(violation(Rule::Doubled, ("empty", id)));
        }
        for step in steps {
            let twin = seen.iter().find(|(other, _)| {
                (other.kind, other.check, other.round, &other.keys)
                    == (step.kind, step.check, step.round, &step.keys)
            });
            if let Some((_, other)) = twin {
                violations.push(violation(Rule::Doubled, (other, id, step)));
            }
            seen.push((step, *id));
        }
    }
    violations
}
