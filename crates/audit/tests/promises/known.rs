//! Histories that once broke a promise, each under the name of the promise.

use crate::history::Event::{
    self, Accept, Account, CopyId, Followups, Link, LoseId, Only, Operations, Outsider, Pass,
    Remove, Reply, Sent, SwapIds, TakeOut, ToggleExclude,
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
