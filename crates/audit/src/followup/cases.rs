//! The state of every finding.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::chain::{Chain, chain};
use super::derive::{
    Answers, COMPLETE, FOR, History, Judge, OPERATORS, STATE, YES, is_ask, mentioned,
};
use super::subjects::{Key, Subjects};
use super::{FollowupInput, Justification};
use crate::check::{Check, Finding};
use crate::evaluation::handle;
use crate::identity::Subject;
use crate::record::conversation::{Marked as MarkedNote, Note, Thread, User, spoken_address};
use crate::record::marker::{Item, Marked};
use crate::roster::{Field, Managers};
use crate::text::fold;

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It was never asked about in this round.
    NotAsked,
    /// It was asked about, and the wait is not over.
    Waiting {
        /// When it is over; never for what operators are asked.
        until: Option<Timestamp>,
    },
    /// Somebody answered: an operator reads it, then accepts, or asks again.
    Answered,
    /// The wait is over without an answer.
    Overdue,
    /// The managers were asked, and the second wait is not over.
    Escalated {
        /// When it is over.
        until: Timestamp,
    },
    /// That passed too.
    Exhausted,
    /// It is not found any more.
    Fixed {
        /// Whether the thread says so.
        is_told: bool,
    },
    /// It stays as it is, and that is justified.
    Justified(Justification),
    /// It does not count any more: the person left or is excluded, or the check is off.
    Withdrawn {
        /// Whether the thread says so.
        is_told: bool,
    },
    /// Nobody can tell.
    Unknown,
    /// Somebody who is no operator wrote a marker of ours about it.
    Held {
        /// Who.
        by: String,
    },
}

impl State {
    /// The state's name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotAsked => "not asked",
            Self::Waiting { .. } => "waiting",
            Self::Answered => "answered",
            Self::Overdue => "overdue",
            Self::Escalated { .. } => "escalated",
            Self::Exhausted => "exhausted",
            Self::Fixed { .. } => "fixed",
            Self::Justified(_) => "justified",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Unknown => "unknown",
            Self::Held { .. } => "held",
        }
    }

    /// Whether nothing is left to do about the finding.
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Fixed { .. } | Self::Justified(_) | Self::Withdrawn { .. })
    }

    /// When something becomes due, if that is known.
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { until } => *until,
            Self::Escalated { until } => Some(*until),
            _ => None,
        }
    }
}

/// A finding with its history.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The check.
    pub check: &'static Check,
    /// The finding as it is found now, if it is.
    pub finding: Option<&'a Finding>,
    /// Where it stands.
    pub state: State,
    /// The round: the one that was asked about last, or the one to be asked about now.
    pub round: u32,
    /// When it was asked about in that round.
    pub asked_at: Option<Timestamp>,
    /// What was answered in that round, as foreign text: by whom and in which words.
    pub answers: Vec<(&'a str, &'a str)>,
    /// The thread in which it was first asked about: the person's, or that for the operators.
    pub(crate) thread: Option<&'a Thread>,
    /// The threads in which it was asked about.
    pub(crate) threads: BTreeSet<&'a str>,
    /// The pings of the round, whose reactions would be answers.
    pub(crate) pings: Vec<u64>,
    /// Whether only its resolved thread says where it stands, so that the thread must stay resolved.
    pub(crate) rests_on_resolution: bool,
    /// Who wrote a mark about it that does not count, whatever else is known of it.
    pub(crate) held_by: Option<String>,
}

/// All findings about one subject, with the thread in which they are spoken of.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// Who it is about; nothing if they are gone.
    pub about: Option<Subject>,
    /// What they are called, as foreign text; empty if they are gone.
    pub name: String,
    /// What they are known by, for markers.
    pub(crate) keys: Vec<String>,
    /// The numbers of their GitLab users.
    pub(crate) user_ids: BTreeSet<u64>,
    /// Their GitLab username, where no number of theirs is known.
    username: Option<String>,
    /// The thread of the one who is asked.
    pub thread: Option<&'a Thread>,
    /// The findings, in the order of the checks.
    pub entries: Vec<Entry<'a>>,
    /// Whom an escalation goes to, where one is due.
    pub(crate) chain: Option<Chain>,
}

impl Case<'_> {
    /// Whether a user is the one whom the case is about.
    pub(crate) fn is_user(&self, user: &User) -> bool {
        let is_named = |name: &String| name.eq_ignore_ascii_case(&user.username);
        self.user_ids.contains(&user.id) || self.username.as_ref().is_some_and(is_named)
    }
}

/// All cases of an audit.
#[derive(Debug, Clone)]
pub struct Cases<'a> {
    /// In the order of their names.
    pub cases: Vec<Case<'a>>,
    /// The thread "For the operators".
    pub operators_thread: Option<&'a Thread>,
    /// The review requests, in the order of time: the comment and its mark's state word.
    pub(crate) reviews: Vec<(&'a Note, Option<String>, bool)>,
}

type Pair = (Key, &'static str);

/// Derives the state of every finding.
pub fn cases<'a>(facts: &FollowupInput<'a>) -> Cases<'a> {
    let evaluation = facts.evaluation;
    let (counted, others) = facts.conversation.marks(facts.marker);
    let subjects = Subjects::of(evaluation, counted.iter().flat_map(|marked| &marked.mark.items));
    let checks = evaluation.kind.spec().checks;
    let mut histories: BTreeMap<Pair, History<'_, 'a>> = BTreeMap::new();
    for finding in &evaluation.findings {
        histories.entry((Key::There(finding.about), finding.check.id)).or_default();
    }
    let known = |item: &Item| checks.iter().find(|check| check.id == item.check);
    for marked in &counted {
        for item in &marked.mark.items {
            if let Some(check) = known(item) {
                let pair = (subjects.find(item), check.id);
                histories.entry(pair).or_default().marks.push((marked, item));
            }
        }
    }
    for marked in &others {
        for item in &marked.mark.items {
            if let Some(check) = known(item)
                && let Some(history) = histories.get_mut(&(subjects.find(item), check.id))
            {
                history.others.push(&marked.note.author.username);
            }
        }
    }
    let mut cases: BTreeMap<Key, Case<'a>> = BTreeMap::new();
    let answers = Answers::of(facts, &counted);
    for ((key, id), history) in &histories {
        let Some(check) = checks.iter().find(|check| check.id == *id) else { continue };
        let case = cases.entry(key.clone()).or_insert_with(|| {
            let marks =
                histories.range((key.clone(), "")..).take_while(|((other, _), _)| other == key);
            case(facts, &subjects, key, marks.map(|(_, history)| history))
        });
        let finding = case.about.and_then(|about| {
            evaluation.findings_of(about).iter().find(|finding| finding.check.id == *id)
        });
        let judge = Judge { facts, check, finding, history, answers: &answers, case };
        if let Some(entry) = judge.entry() {
            case.entries.push(entry);
        }
    }
    let mut cases: Vec<Case<'a>> =
        cases.into_values().filter(|it| !it.entries.is_empty()).collect();
    let order = |check: &Check| checks.iter().position(|other| other.id == check.id);
    let managers = std::cell::LazyCell::new(|| Managers::new(&evaluation.roster));
    for case in &mut cases {
        case.entries.sort_by_key(|entry| order(entry.check));
        if case.entries.iter().any(|entry| entry.state == State::Overdue) {
            find_chain(facts, &managers, case);
        }
    }
    cases.sort_by_cached_key(|case| {
        (case.about.is_none(), fold(&case.name).into_owned(), case.about)
    });
    let is_operators = |marked: &&MarkedNote<'_>| {
        is_ask(marked) && marked.mark.values.get(FOR).is_some_and(|it| it == OPERATORS)
    };
    let review = |marked: &MarkedNote<'a>| {
        let is_complete = marked.mark.values.get(COMPLETE).is_some_and(|it| it == YES);
        (marked.note, marked.mark.values.get(STATE).cloned(), is_complete)
    };
    let reviews = counted.iter().filter(|it| it.mark.marker.marked == Marked::Review);
    Cases {
        operators_thread: counted.iter().find(is_operators).map(|marked| marked.thread),
        reviews: reviews.map(review).collect(),
        cases,
    }
}

/// Finds whom the overdue findings of a case go to; they are exhausted where nobody is left.
fn find_chain(facts: &FollowupInput<'_>, managers: &Managers<'_>, case: &mut Case<'_>) {
    let chain = chain(facts, managers, case);
    if chain.users.is_empty() && chain.inquiries.is_empty() {
        for entry in &mut case.entries {
            if entry.state == State::Overdue {
                entry.state = State::Exhausted;
            }
        }
    }
    case.chain = Some(chain);
}

/// A case without its entries.
fn case<'h, 'm: 'h, 'a: 'm>(
    facts: &FollowupInput<'a>,
    subjects: &Subjects,
    key: &Key,
    histories: impl Iterator<Item = &'h History<'m, 'a>>,
) -> Case<'a> {
    let evaluation = facts.evaluation;
    let about = match key {
        Key::There(about) => Some(*about),
        Key::Gone(_) => None,
    };
    let name = match about {
        Some(Subject::Account(place)) => evaluation.account(place).map(|it| it.email.clone()),
        Some(Subject::Organization) => Some(evaluation.kind.spec().system.to_owned()),
        Some(about) => evaluation.person(about).map(|person| person.name.to_string()),
        None => None,
    };
    let person = about.and_then(|about| evaluation.person(about));
    let username = match about {
        Some(Subject::Account(place)) => {
            evaluation.account(place).and_then(|account| handle(facts.policy, &account.email))
        }
        _ => person
            .filter(|person| !matches!(person.gitlab_id, Field::Value(_)))
            .and_then(|person| person.gitlab_username.value())
            .map(|username| &**username),
    };
    let id = match person {
        Some(person) => facts.directory.id_of(person),
        None => username.and_then(|username| facts.directory.id_of_username(username)),
    };
    let mut user_ids: BTreeSet<u64> = id.into_iter().collect();
    let mut thread: Option<&MarkedNote<'a>> = None;
    let (mut address, mut said) = (None, BTreeSet::new());
    for (marked, item) in histories.flat_map(|history| history.marks.iter()) {
        if name.is_none() {
            address = address.or_else(|| spoken_address(&marked.note.body, &item.keys));
        }
        said.extend(item.keys.iter().cloned());
        let is_for_operators = marked.mark.values.contains_key(FOR);
        if marked.mark.marker.marked == Marked::Ask && !is_for_operators {
            user_ids.extend(mentioned(&marked.mark));
        }
        let is_earlier = thread.is_none_or(|other| marked.note.moment() < other.note.moment());
        if is_ask(marked) && !is_for_operators && is_earlier {
            thread = Some(marked);
        }
    }
    // Whoever is gone is known by what was said of them.
    let own = match about {
        Some(about) => subjects.keys.get(&about).cloned().unwrap_or_default(),
        None => said.into_iter().collect(),
    };
    Case {
        about,
        name: name.or(address.map(str::to_owned)).unwrap_or_default(),
        keys: own,
        user_ids,
        username: username.map(str::to_owned),
        thread: thread.map(|marked| marked.thread),
        entries: Vec::new(),
        chain: None,
    }
}

/// The pings whose reactions must be read before anybody is escalated.
pub fn pings_to_look_at(cases: &Cases<'_>) -> Vec<u64> {
    let entries = cases.cases.iter().flat_map(|case| &case.entries);
    let overdue = entries.filter(|entry| entry.state == State::Overdue);
    let pings: BTreeSet<u64> = overdue.flat_map(|entry| entry.pings.iter().copied()).collect();
    pings.into_iter().collect()
}
