//! Who is due what, and why; and who is not, and why not.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jiff::SignedDuration;

use super::chain::Chain;
use super::derive::mentioned;
use super::duplicates::duplicates;
use super::names::{finding_name, is_named, standing};
use super::words::{self, Comment, Line};
use super::{Act, Case, Cases, Entry, FollowupInput, State, cases};
use crate::check::Audience;
use crate::evaluation::handle;
use crate::identity::Subject;
use crate::plan::{Action, Plan};
use crate::record::conversation::{Marked as MarkedNote, Thread, User};
use crate::record::directory::{Inquiry, Unmentionable};
use crate::record::marker::{Mark, Marked};

/// How many comments an issue takes (GitLab docs: Discussions).
const MAX_COMMENTS: usize = 5_000;

/// How many e-mails GitLab sends to a user about a project in a day (GitLab docs: Rate limits).
const MAX_MENTIONS: usize = 1_000;

/// How long mentions count.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What of all that is due is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these subjects, by name, e-mail address or GitLab username; empty: everybody.
    pub only: Vec<String>,
    /// At most so many comments.
    pub limit: Option<usize>,
    /// What an operator does besides; then nothing else is done.
    pub acts: Vec<Act>,
}

impl Selection {
    /// Whether a case is among those that were selected.
    pub fn includes(&self, facts: &FollowupInput<'_>, case: &Case<'_>) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| is_named(facts, case, name))
    }
}

/// A message to send to somebody who cannot be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Whom it is for, as foreign text.
    pub name: String,
    /// Their e-mail address, if one is known.
    pub email: Option<String>,
    /// Why they cannot be mentioned.
    pub reason: String,
    /// The message, with foreign text in it.
    pub text: String,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What is to be done.
    pub plan: Plan,
    /// What is to be sent by hand.
    pub advice: Vec<Advice>,
    /// Whom GitLab must be asked about before this is final.
    pub inquiries: BTreeSet<Inquiry>,
}

/// Why nothing can be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The issue would have too many comments: so many are left.
    TooManyComments {
        /// How many may be added.
        left: usize,
    },
    /// Somebody would be mentioned too often in a day.
    TooManyMentions {
        /// Whom.
        username: String,
        /// How many comments may be added before that.
        left: usize,
    },
    /// Nobody and nothing of that name is there.
    NoSuch(String),
    /// What is named cannot be done, and why.
    Impossible(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyComments { left } => {
                write!(
                    formatter,
                    "an issue takes {MAX_COMMENTS} comments, and only {left} are left"
                )
            }
            Self::TooManyMentions { username, .. } => write!(
                formatter,
                "{username} would be mentioned more than {MAX_MENTIONS} times in a day"
            ),
            Self::NoSuch(name) => write!(formatter, "nothing is found about {name}"),
            Self::Impossible(reason) => formatter.write_str(reason),
        }
    }
}

impl std::error::Error for Refusal {}

/// Plans what is due, `operator` being the one who runs this, and `issue_url` the page of the issue.
///
/// Executing the plan and planning again gives nothing to do.
///
/// # Errors
///
/// [`Refusal`], before anything is done.
pub fn plan(
    facts: &FollowupInput<'_>,
    selection: &Selection,
    operator: &User,
    issue_url: &str,
) -> Result<Due, Refusal> {
    let mut due = still_due(facts, selection, operator, issue_url)?;
    limit(&mut due, selection);
    check_comments(facts, &due)?;
    check_mentions(facts, &due)?;
    Ok(due)
}

/// What is due, however much it is: whether a part of an earlier plan still has to be done.
///
/// # Errors
///
/// [`Refusal`] of what an operator wants besides.
pub fn still_due(
    facts: &FollowupInput<'_>,
    selection: &Selection,
    operator: &User,
    issue_url: &str,
) -> Result<Due, Refusal> {
    let cases = cases(facts);
    let mut by_thread: HashMap<&str, Vec<(usize, &Entry<'_>)>> = HashMap::new();
    for (place, case) in cases.cases.iter().enumerate() {
        for entry in &case.entries {
            for thread in &entry.threads {
                by_thread.entry(thread).or_default().push((place, entry));
            }
        }
    }
    let mut planner =
        Planner { facts, cases: &cases, operator, issue_url, by_thread, due: Due::default() };
    if selection.acts.is_empty() {
        planner.delete_duplicates();
        planner.plan(selection)?;
    } else {
        for act in &selection.acts {
            planner.act(act)?;
        }
    }
    Ok(planner.due)
}

fn is_comment(action: &Action) -> bool {
    matches!(action, Action::Reply { .. } | Action::OpenThread { .. })
}

/// Leaves out what is more than the limit.
fn limit(due: &mut Due, selection: &Selection) {
    let Some(limit) = selection.limit else { return };
    let mut left = limit;
    let all = std::mem::take(&mut due.plan.actions);
    let mut cut = 0;
    for action in all {
        if !is_comment(&action) {
            if left > 0 {
                due.plan.actions.push(action);
            }
        } else if left > 0 {
            left -= 1;
            due.plan.actions.push(action);
        } else {
            cut += 1;
        }
    }
    if cut > 0 {
        due.plan.notes.push(format!("{cut} more comments are left out by --limit"));
    }
}

/// Refuses what the issue does not take.
fn check_comments(facts: &FollowupInput<'_>, due: &Due) -> Result<(), Refusal> {
    let comments = due.plan.actions.iter().filter(|action| is_comment(action)).count();
    let left = MAX_COMMENTS.saturating_sub(facts.conversation.count());
    if comments > left { Err(Refusal::TooManyComments { left }) } else { Ok(()) }
}

/// Refuses to mention somebody too often, counting what was said within a day.
fn check_mentions(facts: &FollowupInput<'_>, due: &Due) -> Result<(), Refusal> {
    let (counted, _) = facts.conversation.marks(facts.marker);
    let is_today = |it: &&MarkedNote<'_>| facts.now.duration_since(it.note.created_at) < DAY;
    let mut mentions: HashMap<u64, usize> = HashMap::new();
    for id in counted.iter().filter(is_today).flat_map(|it| mentioned(&it.mark)) {
        *mentions.entry(id).or_default() += 1;
    }
    for (left, body) in due.plan.actions.iter().filter_map(body).enumerate() {
        for id in Mark::of_comment(body).iter().flat_map(mentioned) {
            let count = mentions.entry(id).or_default();
            *count += 1;
            if *count > MAX_MENTIONS {
                let username = facts.directory.username_of(id).unwrap_or("somebody").to_owned();
                return Err(Refusal::TooManyMentions { username, left });
            }
        }
    }
    Ok(())
}

/// The text of a comment.
fn body(action: &Action) -> Option<&str> {
    match action {
        Action::Reply { body, .. } | Action::OpenThread { body, .. } => Some(body),
        _ => None,
    }
}

/// Makes a plan.
pub(super) struct Planner<'p, 'a> {
    pub(super) facts: &'p FollowupInput<'a>,
    pub(super) cases: &'p Cases<'a>,
    pub(super) operator: &'p User,
    issue_url: &'p str,
    /// What was asked about in each thread, with the places of the cases.
    by_thread: HashMap<&'a str, Vec<(usize, &'p Entry<'a>)>>,
    pub(super) due: Due,
}

pub(super) fn lines<'l, 'a: 'l>(
    case: &'l Case<'a>,
    wanted: impl Fn(&Entry<'a>) -> bool,
) -> Vec<Line<'l>> {
    let entries = case.entries.iter().filter(|entry| wanted(entry));
    entries.map(|entry| Line { case, entry, round: entry.round }).collect()
}

pub(super) fn is_for_operators(entry: &Entry<'_>) -> bool {
    entry.check.asked == Audience::Operators
}

impl<'a> Planner<'_, 'a> {
    fn plan(&mut self, selection: &Selection) -> Result<(), Refusal> {
        for name in &selection.only {
            if !self.cases.cases.iter().any(|case| is_named(self.facts, case, name)) {
                return Err(Refusal::NoSuch(name.clone()));
            }
        }
        let is_wanted = |case: &&Case<'_>| selection.includes(self.facts, case);
        let cases: Vec<&Case<'a>> = self.cases.cases.iter().filter(is_wanted).collect();
        // What only told how it stands asked for nothing.
        let review = self.cases.reviews.last().filter(|(.., is_complete)| *is_complete);
        if let (Some((review, ..)), true) = (review, selection.only.is_empty()) {
            let by = &review.author.username;
            self.note(format!(
                "{by} has asked for the review: nothing is posted but what is named by --only"
            ));
        } else {
            for case in &cases {
                self.escalate(case);
            }
            for case in &cases {
                self.ask(case);
            }
            self.ask_operators(&cases);
            for case in &cases {
                self.close(case);
            }
            self.close_for_operators(&cases);
        }
        for case in &cases {
            self.tell(case);
        }
        Ok(())
    }

    /// Deletes what the operator has said though somebody else had said it, as a run that ended too
    /// early leaves it.
    fn delete_duplicates(&mut self) {
        let twice = duplicates(self.facts, self.operator.id);
        if twice.is_empty() {
            return;
        }
        let count = twice.len();
        let iid = self.facts.iid;
        self.due.plan.actions.extend(twice.iter().map(|&note| Action::DeleteComment { iid, note }));
        self.note(format!(
            "somebody else wrote at the same time: {count} of your comments said the same, and their e-mails have gone out"
        ));
    }

    pub(super) fn note(&mut self, note: String) {
        self.due.plan.notes.push(note);
    }

    pub(super) fn say(&mut self, thread: Option<&Thread>, comment: Comment) {
        let (iid, Comment { body, marker }) = (self.facts.iid, comment);
        self.due.plan.actions.push(match thread {
            Some(thread) => Action::Reply { iid, thread: thread.id.clone(), body, marker },
            None if matches!(marker.marked, Marked::Accept | Marked::Answered) => {
                Action::Comment { iid, body, marker }
            }
            None => Action::OpenThread { iid, body, marker },
        });
    }

    /// The findings that were asked about in a thread, with the places of their cases.
    fn asked_in(&self, thread: &Thread) -> impl Iterator<Item = &(usize, &Entry<'a>)> {
        self.by_thread.get(&*thread.id).into_iter().flatten()
    }

    /// Opens a resolved thread again in which `asked` is asked about now, so that it is seen: unless
    /// nothing but that it is resolved says where another of its findings stands.
    pub(super) fn reopen(&mut self, thread: Option<&Thread>, asked: &[&Entry<'_>]) {
        let resolved = thread.filter(|thread| thread.resolved.is_some() && thread.is_resolvable);
        let Some(thread) = resolved else { return };
        let is_asked = |entry: &Entry<'_>| asked.iter().any(|it| std::ptr::eq(*it, entry));
        if self.asked_in(thread).any(|(_, it)| it.rests_on_resolution && !is_asked(it)) {
            return;
        }
        let (iid, thread) = (self.facts.iid, thread.id.clone());
        let action = Action::Resolve { iid, thread, resolved: false };
        if !self.due.plan.actions.contains(&action) {
            self.due.plan.actions.push(action);
        }
    }

    /// The user whom a case is about, if they may be mentioned.
    pub(super) fn recipient(&self, case: &Case<'_>) -> Result<&'a User, Unmentionable> {
        let FollowupInput { evaluation, directory, policy, .. } = self.facts;
        match case.about {
            Some(about @ Subject::Person(_)) => match evaluation.person(about) {
                Some(person) => directory.person(person),
                None => Err(Unmentionable::NoHandle),
            },
            Some(Subject::Account(place)) => {
                let email = evaluation.account(place).map_or("", |account| &account.email);
                match handle(policy, email) {
                    Some(username) => directory.username(username),
                    None => Err(Unmentionable::NoHandle),
                }
            }
            Some(Subject::Organization) | None => Err(Unmentionable::NoHandle),
        }
    }

    fn escalate(&mut self, case: &Case<'a>) {
        let lines = lines(case, |entry| entry.state == State::Overdue && !is_for_operators(entry));
        let Some(Chain { users, reasons, inquiries }) = &case.chain else { return };
        let why = reasons.join("; ");
        if !inquiries.is_empty() {
            self.due.inquiries.extend(inquiries.iter().cloned());
            return;
        }
        if users.is_empty() {
            self.note(format!("nobody is left to ask about {}: {why}", case.name));
            return;
        }
        if lines.is_empty() {
            return;
        }
        self.note(format!("the escalation about {}: {why}", case.name));
        let users: Vec<&User> = users.iter().collect();
        self.reopen(case.thread, &[]);
        self.say(case.thread, words::escalate(self.facts.marker, case, &users, &lines));
    }

    fn ask(&mut self, case: &Case<'a>) {
        let lines = lines(case, |entry| entry.state == State::NotAsked && !is_for_operators(entry));
        if lines.is_empty() {
            return;
        }
        let FollowupInput { evaluation, marker, .. } = self.facts;
        match self.recipient(case) {
            Ok(user) => {
                self.reopen(case.thread, &[]);
                self.say(case.thread, words::ask(evaluation, *marker, user, &lines, None));
            }
            Err(Unmentionable::NotAsked(inquiry)) => drop(self.due.inquiries.insert(inquiry)),
            Err(reason) => {
                let person = case.about.and_then(|about| evaluation.person(about));
                let email = match case.about {
                    Some(Subject::Account(place)) => {
                        evaluation.account(place).map(|account| account.email.clone())
                    }
                    _ => person.and_then(|person| Some(person.email.value()?.to_string())),
                };
                self.note(format!(
                    "{} is to be written to: {reason}; --sent records it",
                    case.name
                ));
                self.due.advice.push(Advice {
                    name: case.name.clone(),
                    email,
                    reason: reason.to_string(),
                    text: words::letter(evaluation, self.issue_url, &lines),
                });
            }
        }
    }

    fn ask_operators(&mut self, cases: &[&Case<'a>]) {
        let is_new = |entry: &Entry<'_>| entry.state == State::NotAsked && is_for_operators(entry);
        let lines: Vec<Line<'_>> = cases.iter().flat_map(|case| lines(case, is_new)).collect();
        if !lines.is_empty() {
            let thread = self.cases.operators_thread;
            self.reopen(thread, &[]);
            self.say(thread, words::for_operators(self.facts.marker, &lines));
        }
    }

    /// Tells what is closed in a case's thread, and resolves that if all of it is.
    fn close(&mut self, case: &Case<'a>) {
        let Some(thread) = case.thread else { return };
        let is_theirs = |entry: &Entry<'_>| !is_for_operators(entry);
        self.tell_closed(thread, &[case], is_theirs);
        self.resolve(thread, &[case]);
    }

    fn close_for_operators(&mut self, cases: &[&Case<'a>]) {
        if let Some(thread) = self.cases.operators_thread {
            self.tell_closed(thread, cases, is_for_operators);
            self.resolve(thread, cases);
        }
    }

    fn tell_closed(
        &mut self,
        thread: &Thread,
        cases: &[&Case<'a>],
        is_theirs: impl Fn(&Entry<'_>) -> bool,
    ) {
        let FollowupInput { marker, now, .. } = self.facts;
        for (marked, state) in [
            (Marked::Fixed, State::Fixed { is_told: false }),
            (Marked::Withdrawn, State::Withdrawn { is_told: false }),
        ] {
            let is_it = |entry: &Entry<'_>| entry.state == state && is_theirs(entry);
            let lines: Vec<Line<'_>> = cases.iter().flat_map(|case| lines(case, is_it)).collect();
            if !lines.is_empty() {
                self.say(Some(thread), words::closed(*marker, marked, &lines, *now));
            }
        }
    }

    /// Resolves a thread in which nothing is left to do. What an exception justifies stays open to see,
    /// since its time ends by itself.
    fn resolve(&mut self, thread: &Thread, cases: &[&Case<'a>]) {
        if thread.resolved.is_some() || !thread.is_resolvable {
            return;
        }
        let is_selected = |place: usize| {
            let case = self.cases.cases.get(place);
            case.is_some_and(|case| cases.iter().any(|it| std::ptr::eq(*it, case)))
        };
        let is_done = |(place, entry): &(usize, &Entry<'_>)| match entry.state {
            // Only of those who are selected is the end told now.
            State::Fixed { is_told } | State::Withdrawn { is_told } => {
                is_told || is_selected(*place)
            }
            State::Justified(super::Justification::Exception) => false,
            _ => entry.state.is_closed(),
        };
        let is_selected = self.asked_in(thread).any(|(place, _)| is_selected(*place));
        if is_selected && self.asked_in(thread).all(is_done) && !self.asks_in(thread) {
            let (iid, thread) = (self.facts.iid, thread.id.clone());
            self.due.plan.actions.push(Action::Resolve { iid, thread, resolved: true });
        }
    }

    /// Whether the plan asks something in a thread.
    fn asks_in(&self, thread: &Thread) -> bool {
        self.due.plan.actions.iter().any(|action| match action {
            Action::Reply { thread: other, marker, .. } => {
                *other == thread.id && matches!(marker.marked, Marked::Ask | Marked::Escalate)
            }
            _ => false,
        })
    }

    /// Tells where the findings of a case stand that nothing is done about.
    fn tell(&mut self, case: &Case<'a>) {
        for entry in &case.entries {
            if !matches!(entry.state, State::NotAsked | State::Overdue) {
                let name = finding_name(self.facts, case, entry);
                self.note(format!("{name} {}", standing(entry)));
            }
        }
    }
}
