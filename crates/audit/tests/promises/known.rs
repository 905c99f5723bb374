//! Histories that once broke a promise, or that a breakage of a rule needs, each under the name of the
//! promise.

use crate::history::Event::{
    self, Accept, Account, AskAgain, CopyId, Except, Followups, Forge, Leave, Limit, Link,
    LockStep, LoseId, Managers, Only, Operations, Outsider, Pass, Remove, Reply, Return, Review,
    Sent, StaleAccounts, StaleRoster, SwapIds, TakeOut, ToggleAccounts, ToggleExclude, ToggleHides,
    User,
};
use crate::{play, product, reference};

/// A history by its name.
type Known = (&'static str, &'static [Event]);

const KNOWN: &[Known] = &[
    (
        "an excluded person whom the roster contradicts is in doubt",
        &[
            Operations(20, 0),
            Link(2, 0),
            Followups(false),
            ToggleExclude(86),
            CopyId(56, 28),
            Followups(false),
            Accept(0, None),
        ],
    ),
    (
        "an id that was asked under is now another's, whom a username alone names",
        &[
            LoseId(118),
            SwapIds(89, 214),
            Link(89, 0),
            Followups(false),
            Reply(0, true),
            SwapIds(89, 214),
            Followups(false),
        ],
    ),
    (
        "a keep past its date begins a new round where nobody was asked",
        &[
            Outsider(0),
            Account(0, 4),
            Followups(false),
            Accept(83, Some(5)),
            Pass(99),
            Pass(99),
            Followups(false),
            Outsider(4),
            Only(13),
        ],
    ),
    (
        "an account that was removed in a later round is not gone by itself",
        &[
            Outsider(7),
            Sent(0, false),
            Pass(9),
            Outsider(0),
            Followups(false),
            Link(0, 0),
            Followups(false),
            Outsider(7),
            Remove(0),
            Pass(9),
            TakeOut(true),
            Followups(false),
        ],
    ),
    (
        "an invitation that was accepted does not make anybody ask about the account again",
        &[
            Account(204, 1),
            Account(7, 4),
            Link(2, 0),
            Followups(false),
            Accept(65, None),
            Account(6, 0),
            Link(0, 0),
            Followups(false),
            Pass(75),
            Followups(false),
        ],
    ),
    (
        "a read from before the decision shows no removal",
        &[Followups(false), Outsider(7), Remove(0), StaleAccounts(2), Followups(false)],
    ),
    (
        "a read from before the message shows nobody gone",
        &[Followups(false), Outsider(7), Sent(0, false), StaleAccounts(2), Followups(false)],
    ),
    (
        "the subject's own marker holds nothing",
        &[Link(0, 0), Review(true), Forge(2, 0, 5), Followups(false)],
    ),
    (
        "nobody is left to escalate to",
        &[Managers(2), Link(7, 0), Followups(false), Pass(75), Followups(false)],
    ),
    (
        "an ask that reached another holder of the handle is none",
        &[Outsider(7), Outsider(4), Followups(false), Outsider(6), Followups(false)],
    ),
    (
        "an exception that expired after the ask begins a round",
        &[Link(4, 0), Followups(false), Except(4, 3), Pass(99), Followups(false)],
    ),
    (
        "whoever was excluded for a while is not asked again",
        &[
            Link(0, 0),
            Followups(false),
            ToggleExclude(0),
            Link(2, 0),
            Followups(false),
            ToggleExclude(0),
            Followups(false),
        ],
    ),
    ("nobody is asked who does not see the issue", &[User(9, 2), Link(0, 0), Followups(false)]),
    (
        "whoever is overdue comes first",
        &[Link(4, 0), Followups(false), Pass(75), Link(0, 0), Limit(1)],
    ),
    (
        "nobody is asked again while a like name is a suggestion",
        &[
            ToggleHides,
            Account(182, 3),
            Account(128, 4),
            Followups(false),
            Accept(0, None),
            Followups(false),
            AskAgain(0),
        ],
    ),
    (
        "a manager who is the Support Operations Manager is mentioned once",
        &[Managers(3), Link(0, 0), Followups(false), Pass(75), Followups(false)],
    ),
    (
        "nobody is asked to help with what a round has left behind",
        &[
            Account(0, 0),
            Account(160, 4),
            Followups(false),
            Pass(19),
            Link(160, 0),
            Followups(false),
            Accept(0, None),
            Leave(160),
            Followups(false),
            Followups(false),
            Return,
            Pass(43),
            Pass(10),
            Followups(false),
        ],
    ),
    (
        "a line about an account is no double of one about the person who held it",
        &[
            Account(6, 6),
            Link(114, 0),
            Followups(false),
            Accept(0, None),
            Leave(114),
            Followups(false),
            Followups(false),
        ],
    ),
    ("a review claims nothing while the accounts are unknown", &[ToggleAccounts, Review(false)]),
    (
        "a review claims nothing from sources that are older than the last notice",
        &[Link(0, 0), Followups(false), Accept(0, None), StaleRoster(2), Review(false)],
    ),
    ("the operator reviews only where nobody else can", &[Managers(4), Review(false)]),
    ("a notice that somebody replied to stays", &[Link(0, 0), LockStep(true)]),
    (
        "what is listed under an id that the roster has lost is listed again, and stays",
        &[
            Leave(34),
            Event::Rename(104),
            Event::Join(0),
            Link(0, 0),
            Followups(false),
            Accept(49, None),
            Pass(75),
            Followups(false),
            Pass(1),
            LoseId(28),
            Link(0, 0),
            Followups(false),
            Pass(75),
            Followups(false),
            Pass(0),
            Followups(false),
        ],
    ),
];

fn broken(product: play::Product<'_>) -> Vec<(&'static str, String)> {
    let mut broken = Vec::new();
    for (name, events) in KNOWN {
        let violations = play::play(events, product);
        if !violations.is_empty() {
            broken.push((*name, format!("{violations:#?}")));
        }
    }
    broken
}

#[test]
fn what_once_broke_a_promise_keeps_it() {
    assert_eq!(broken(reference::PRODUCT), Vec::new(), "the reference");
    assert_eq!(broken(product::PRODUCT), Vec::new(), "the product");
}
