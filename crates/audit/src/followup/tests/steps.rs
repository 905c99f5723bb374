//! What people, operators, bots and sources may do between two runs.

use std::ops::Range;

use proptest::prelude::*;

use super::cast::{Entry, Link, Seat};

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Pass(i64),
    Run { by: bool, limit: Option<usize>, only: Option<usize> },
    RunBoth,
    Link(usize, Link),
    Seat(usize, Option<Seat>),
    Entry(usize, Entry),
    Rename(usize),
    Move(usize),
    Gaps,
    NoAccounts,
    LoseMany,
    Off(usize),
    Exclude(usize),
    Except(usize, usize, i64),
    Answer(usize, bool),
    React(usize),
    ResolveBySubject(usize),
    Mentioned(usize, bool),
    Bystand(usize, u8),
    Accept(bool, usize),
    AskAgain(bool, usize),
    Decide(bool, usize, bool),
    Resolve(bool, usize),
    Unresolve(usize),
    Sent(bool, usize),
    Answered(bool, usize),
    Delete(usize),
    DeleteAnswer(usize),
    Edit(usize, bool),
    Forge(usize, bool),
    Review(bool, bool),
    DeleteReview,
}

/// A history: it is mostly about two of the cast, the first of whom has something to fix when it begins.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    pub(super) focus: [usize; 2],
    pub(super) steps: Vec<Step>,
    /// Whether all who see the issue are known from the start.
    pub(super) knows_members: bool,
}

pub(super) fn plot(lengths: Range<usize>) -> impl Strategy<Value = Plot> {
    let focus = (0..13_usize, 0..13_usize);
    (focus, proptest::bool::ANY).prop_flat_map(move |((one, other), knows_members)| {
        let focus = [one, other];
        let steps = proptest::collection::vec(step(focus), lengths.clone());
        steps.prop_map(move |mut steps| {
            let link = Step::Link(one, Link::Malformed(0));
            let run = Step::Run { by: true, limit: None, only: None };
            steps.splice(..0, [link, run]);
            Plot { focus, steps, knows_members }
        })
    })
}

fn step([one, other]: [usize; 2]) -> impl Strategy<Value = Step> {
    let who = || prop_oneof![5 => Just(one), 3 => Just(other), 2 => 0..13_usize];
    let any = 0..64_usize;
    let by = proptest::bool::ANY;
    let link = prop_oneof![
        Just(Link::Good),
        Just(Link::Missing),
        (0..2_u8).prop_map(Link::Malformed),
        Just(Link::Unreadable),
    ];
    let seat = (prop_oneof![2 => Just("User"), 1 => Just("Admin")], by, by)
        .prop_map(|(role, is_invited, has_other_page)| Seat { role, is_invited, has_other_page });
    let entry = prop_oneof![
        2 => Just(Entry::Present),
        1 => Just(Entry::Gone),
        1 => Just(Entry::Broken),
    ];
    prop_oneof![
        7 => prop_oneof![Just(1_i64), Just(24), Just(71), Just(72), Just(80)].prop_map(Step::Pass),
        12 => by.prop_map(|by| Step::Run { by, limit: None, only: None }),
        2 => (by, 0..4_usize)
            .prop_map(|(by, limit)| Step::Run { by, limit: Some(limit), only: None }),
        2 => (by, who()).prop_map(|(by, who)| Step::Run { by, limit: None, only: Some(who) }),
        1 => Just(Step::RunBoth),
        5 => (who(), link).prop_map(|(who, link)| Step::Link(who, link)),
        2 => (who(), proptest::option::weighted(0.7, seat))
            .prop_map(|(who, seat)| Step::Seat(who, seat)),
        2 => (who(), entry).prop_map(|(who, entry)| Step::Entry(who, entry)),
        1 => who().prop_map(Step::Rename),
        1 => who().prop_map(Step::Move),
        1 => prop_oneof![Just(Step::Gaps), Just(Step::NoAccounts), Just(Step::LoseMany)],
        1 => (0..9_usize).prop_map(Step::Off),
        1 => who().prop_map(Step::Exclude),
        2 => (who(), any.clone(), 1..9_i64)
            .prop_map(|(who, check, days)| Step::Except(who, check, days)),
        4 => (who(), by).prop_map(|(who, here)| Step::Answer(who, here)),
        2 => any.clone().prop_map(Step::React),
        1 => who().prop_map(Step::ResolveBySubject),
        2 => (any.clone(), by).prop_map(|(ping, here)| Step::Mentioned(ping, here)),
        2 => (any.clone(), 0..5_u8).prop_map(|(thread, what)| Step::Bystand(thread, what)),
        2 => (by, any.clone()).prop_map(|(by, it)| Step::Accept(by, it)),
        2 => (by, any.clone()).prop_map(|(by, it)| Step::AskAgain(by, it)),
        1 => (by, any.clone(), by).prop_map(|(by, it, keep)| Step::Decide(by, it, keep)),
        2 => (by, any.clone()).prop_map(|(by, it)| Step::Resolve(by, it)),
        1 => any.clone().prop_map(Step::Unresolve),
        2 => (by, who()).prop_map(|(by, who)| Step::Sent(by, who)),
        1 => (by, who()).prop_map(|(by, who)| Step::Answered(by, who)),
        2 => any.clone().prop_map(Step::Delete),
        1 => any.clone().prop_map(Step::DeleteAnswer),
        1 => (any.clone(), by).prop_map(|(note, keep)| Step::Edit(note, keep)),
        1 => (any, by).prop_map(|(finding, own)| Step::Forge(finding, own)),
        1 => (by, by).prop_map(|(by, is_complete)| Step::Review(by, is_complete)),
        1 => Just(Step::DeleteReview),
    ]
}
