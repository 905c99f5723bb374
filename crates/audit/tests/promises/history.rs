//! Random histories: what people, operators, sources and strangers do, one event after another.
//!
//! An event names people and findings by small numbers, which are taken modulo what is there when it
//! happens, so that every sequence of events can be played and shrunk.

use proptest::prelude::{Strategy, any};
use proptest::prop_oneof;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// Hours pass.
    Pass(u8),
    /// The next run uses a roster or accounts from some readings ago.
    StaleRoster(u8),
    StaleAccounts(u8),
    /// A person's link changes: none, malformed, somebody else's, another page, their own, unreadable.
    Link(u8, u8),
    /// A person's account: gone, invited, joined, another address, another page, no page, another role.
    Account(u8, u8),
    /// An outsider appears, goes, comes back under another id, changes role, joins the roster, has a
    /// like name, gets a handle.
    Outsider(u8),
    /// Whether a person belongs to the operations team.
    Operations(u8, u8),
    /// A user writes in the latest notice's thread or elsewhere.
    Reply(u8, bool),
    /// A user reacts to one of the notices.
    React(u8, u8),
    /// A user takes back what they wrote or reacted last.
    TakeBack(u8),
    /// A person leaves, or the last who left returns.
    Leave(u8),
    Return,
    /// Another username, another address, no id, the right id again.
    Rename(u8),
    Address(u8),
    LoseId(u8),
    CorrectId(u8),
    /// Two people's ids are swapped; one has another's id; one has the id of nobody on the roster.
    SwapIds(u8, u8),
    CopyId(u8, u8),
    StrayId(u8),
    /// A newcomer takes a leaver's mailbox.
    TakeOver,
    /// Another manager, none on the roster, none at all, or one that cannot be read.
    Manager(u8, u8),
    /// Somebody takes over the username of a person who gave it up.
    TakeName(u8),
    /// An operator, a Support Operations Manager or a member joins the roster, or leaves it again.
    Join(u8),
    /// A user is blocked, activated, leaves or enters the project; the issue is seen by others.
    User(u8, u8),
    /// What an operator does with a finding.
    Accept(u8, Option<u8>),
    Remove(u8),
    AskAgain(u8),
    Sent(u8, bool),
    Answered(u8),
    /// The operator removes accounts that are decided *remove*, and records it or not.
    TakeOut(bool),
    MentionByHand(u8),
    /// A note of ours or of people is deleted; words are added to a note, its marker is taken out, or
    /// a step of it.
    DeleteNote(u8),
    EditNote(u8, u8),
    /// A guest, a member or the subject posts a marker.
    Forge(u8, u8, u8),
    /// The configuration: a second operator, a check, a person, managers, an exception.
    ToggleOperator,
    ToggleCheck(u8),
    ToggleExclude(u8),
    Managers(u8),
    Except(u8, u8),
    /// The sources: an entry that hides a person, a missing page, no accounts at all, new sizes.
    ToggleHides,
    ToggleComplete,
    ToggleAccounts,
    AcceptSizes,
    /// The issue is closed or opened again.
    ToggleClosed,
    /// `followups --yes`, by one of the operators; killed before or after its write.
    Followups(bool),
    Killed(bool),
    /// With `--only` and with `--limit`.
    Only(u8),
    Limit(u8),
    /// Two operators read at once and post one after the other; one of them may die before reading
    /// back.
    LockStep(bool),
    /// `followups --yes`, with something that happens between its plan and its write.
    Meanwhile(u8, u8),
    /// `followups --yes` by a clock that is some hours off.
    Skewed(i8),
    /// `submit-review`, and with `--unresolved`.
    Review(bool),
}

fn sources() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (any::<u8>(), 0..6_u8).prop_map(|(who, what)| Event::Link(who, what)),
        4 => (any::<u8>(), 0..7_u8).prop_map(|(who, what)| Event::Account(who, what)),
        3 => (0..8_u8).prop_map(Event::Outsider),
        1 => (any::<u8>(), 0..3_u8).prop_map(|(who, what)| Event::Operations(who, what)),
        1 => (1..4_u8).prop_map(Event::StaleRoster),
        1 => (1..4_u8).prop_map(Event::StaleAccounts),
        1 => any::<u8>().prop_map(Event::Leave),
        1 => any::<bool>().prop_map(|_| Event::Return),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(who, manager)| Event::Manager(who, manager)),
        1 => any::<bool>().prop_map(|_| Event::ToggleHides),
        1 => any::<bool>().prop_map(|_| Event::ToggleComplete),
        1 => any::<bool>().prop_map(|_| Event::ToggleAccounts),
        2 => any::<bool>().prop_map(|_| Event::AcceptSizes),
    ]
}

fn identities() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<u8>().prop_map(Event::Rename),
        any::<u8>().prop_map(Event::Address),
        any::<u8>().prop_map(Event::LoseId),
        any::<u8>().prop_map(Event::CorrectId),
        (any::<u8>(), any::<u8>()).prop_map(|(one, two)| Event::SwapIds(one, two)),
        (any::<u8>(), any::<u8>()).prop_map(|(one, two)| Event::CopyId(one, two)),
        any::<u8>().prop_map(Event::StrayId),
        any::<bool>().prop_map(|_| Event::TakeOver),
        (any::<u8>(), 0..5_u8).prop_map(|(who, what)| Event::User(who, what)),
        any::<u8>().prop_map(Event::TakeName),
        any::<u8>().prop_map(Event::Join),
    ]
}

fn people() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (any::<u8>(), any::<bool>()).prop_map(|(who, there)| Event::Reply(who, there)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(who, note)| Event::React(who, note)),
        1 => any::<u8>().prop_map(Event::TakeBack),
        1 => (any::<u8>(), any::<u8>(), any::<u8>())
            .prop_map(|(who, finding, kind)| Event::Forge(who, finding, kind)),
        1 => any::<u8>().prop_map(Event::DeleteNote),
        1 => (any::<u8>(), 0..4_u8).prop_map(|(note, what)| Event::EditNote(note, what)),
    ]
}

fn acts() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (any::<u8>(), proptest::option::of(3..40_u8))
            .prop_map(|(finding, days)| Event::Accept(finding, days)),
        2 => any::<u8>().prop_map(Event::Remove),
        2 => any::<u8>().prop_map(Event::AskAgain),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(who, earlier)| Event::Sent(who, earlier)),
        1 => any::<u8>().prop_map(Event::Answered),
        1 => any::<bool>().prop_map(Event::TakeOut),
        1 => any::<u8>().prop_map(Event::MentionByHand),
        1 => any::<u8>().prop_map(Event::Only),
        1 => (1..4_u8).prop_map(Event::Limit),
        1 => any::<bool>().prop_map(Event::LockStep),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(what, who)| Event::Meanwhile(what, who)),
        1 => (-100..100_i8).prop_map(Event::Skewed),
        1 => any::<bool>().prop_map(Event::Killed),
        1 => any::<bool>().prop_map(Event::Review),
    ]
}

fn configuration() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<bool>().prop_map(|_| Event::ToggleOperator),
        any::<u8>().prop_map(Event::ToggleCheck),
        any::<u8>().prop_map(Event::ToggleExclude),
        any::<u8>().prop_map(Event::Managers),
        (any::<u8>(), 2..60_u8).prop_map(|(who, days)| Event::Except(who, days)),
        any::<bool>().prop_map(|_| Event::ToggleClosed),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1..100_u8).prop_map(Event::Pass),
        6 => any::<bool>().prop_map(Event::Followups),
        8 => sources(),
        2 => identities(),
        5 => people(),
        5 => acts(),
        1 => configuration(),
    ]
}

/// Events that belong together, so that states which need several of them are not rare. Others
/// happen between the scenes.
fn scene() -> impl Strategy<Value = Vec<Event>> {
    let run = || Event::Followups(false);
    let numbers = (any::<u8>(), any::<u8>(), any::<u8>());
    let scene = (0..14_u8, numbers).prop_map(move |(scene, (one, two, three))| match scene {
        // Asked, and escalated, and without a reply.
        0 => vec![Event::Link(one, 0), run(), Event::Pass(75), run(), Event::Pass(two), run()],
        // An outsider who was asked by e-mail and goes.
        1 => vec![
            Event::Outsider(7),
            Event::Sent(two, false),
            Event::Pass(9),
            Event::Outsider(0),
            run(),
        ],
        // An outsider who is removed, and perhaps invited again.
        2 => vec![
            Event::Outsider(7),
            Event::Remove(two),
            Event::Pass(9),
            Event::TakeOut(one % 2 == 0),
            run(),
            Event::Outsider(7),
            run(),
        ],
        // A marker by somebody whose markers do not count, before anybody was asked.
        3 => vec![Event::Link(one, 0), Event::Forge(1, two, three), run()],
        // Mentioned by hand, then perhaps named.
        4 => vec![Event::Link(one, 0), Event::MentionByHand(two), run(), Event::Only(three)],
        // A review, and what comes after it.
        5 => vec![Event::Review(one % 4 == 0), Event::Link(two, three % 6), run()],
        // A leaver's mailbox.
        6 => vec![
            Event::Link(one, 0),
            run(),
            Event::Accept(two, None),
            Event::Leave(one),
            if three % 2 == 0 { Event::TakeOver } else { run() },
            run(),
            Event::Return,
        ],
        // A typo of an id, noticed after the ask.
        7 => vec![
            Event::SwapIds(one, two),
            Event::Link(one, 0),
            run(),
            Event::Reply(three, true),
            Event::SwapIds(one, two),
            run(),
        ],
        // A reaction, and time.
        8 => vec![Event::Link(one, 0), run(), Event::React(two, three), Event::Pass(80), run()],
        // An id that two entries claim, and an acceptance.
        9 => vec![Event::Link(one, 0), Event::CopyId(one, two), run(), Event::Accept(three, None)],
        // Two operators at once.
        10 => vec![Event::Link(one, 0), Event::Link(two, 0), Event::LockStep(three % 2 == 0)],
        // Something happens while the operator looks at the plan.
        11 => vec![Event::Link(one, 0), run(), Event::Pass(75), Event::Meanwhile(two, three)],
        // A manager of the audit, or an operator, is a subject.
        12 => vec![
            Event::Join(one),
            Event::Link(0, 0),
            run(),
            Event::Accept(two, None),
            Event::Pass(75),
            run(),
        ],
        // An acceptance for a while.
        _ => vec![
            Event::Account(one, 4),
            run(),
            Event::Accept(two, Some(5)),
            Event::Pass(99),
            Event::Pass(99),
            run(),
        ],
    });
    scene.boxed()
}

/// Histories of up to forty events and four scenes, in which everything can happen and runs are
/// frequent.
pub fn histories() -> impl Strategy<Value = Vec<Event>> {
    let some = || proptest::collection::vec(event(), 0..10);
    let parts = proptest::collection::vec((some(), scene()), 0..4);
    (parts, some()).prop_map(|(parts, last)| {
        parts.into_iter().flat_map(|(events, scene)| [events, scene].concat()).chain(last).collect()
    })
}
