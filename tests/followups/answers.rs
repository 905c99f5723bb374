//! What is an answer, and what is none.

use super::team::team;
use super::{follow_up, status};
use crate::support::TestWorld;

/// The status tells when something becomes due, to the second.
#[test]
fn the_waits_are_those_of_the_configuration() {
    for (waits, ask_due, escalation_due) in [
        ("", "2026-11-25T10:00:00", "2026-11-29T12:00:00"),
        ("person = \"24h\"\nmanager = \"48h\"\n", "2026-11-23T10:00:00", "2026-11-28T12:00:00"),
        // The first day is a Sunday, and the escalation is on a Thursday.
        ("days = \"working\"\n", "2026-11-26T00:00:00", "2026-12-01T12:00:00"),
    ] {
        let config = format!("{}[waits]\n{waits}", super::team::CONFIG);
        let test = super::team::configured(team(1), &config);
        follow_up(&test, &[]).success();
        let due = |test: &TestWorld| {
            let status = status(test);
            status["findings"][0]["due"].as_str().unwrap_or_default().to_owned()
        };
        assert!(due(&test).starts_with(ask_due), "{waits}: {}", due(&test));
        test.sandbox.update(|world| world.now = "2026-11-26T12:00:00Z".parse().unwrap());
        follow_up(&test, &[]).success();
        assert!(due(&test).starts_with(escalation_due), "{waits}: {}", due(&test));
    }
    team(0).run(&["status"]).success();
}
