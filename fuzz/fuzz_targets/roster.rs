//! The roster: every item of a list is a person, or a problem that may hide one.
#![no_main]

use audit::kinds::Kind;
use audit::roster::{OperationsTeam, parse};
use fuzz::{file, lines, yaml_items};
use libfuzzer_sys::fuzz_target;

/// How the problem of an entry begins that says what another one says: it hides nobody.
const REPEATED: &str = "the entry repeats that of";

fuzz_target!(|bytes: &[u8]| {
    let (roster, problems) = parse(
        &[file("team.yaml", bytes)],
        Kind::Calendly.spec().roster_field,
        &OperationsTeam::default(),
    );
    let last = lines(bytes);
    for person in &roster.people {
        assert!(!person.name.is_empty());
        let line = roster.location(person).line.unwrap_or_default();
        assert!((1..=last).contains(&line), "line {line} of {last}");
    }
    for problem in &problems {
        let line = problem.location.line.unwrap_or(1);
        assert!((1..=last).contains(&line), "line {line} of {last}: {problem}");
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    let json = || serde_json::from_str::<Vec<serde::de::IgnoredAny>>(text).map(|it| it.len()).ok();
    let Some(items) = json().or_else(|| yaml_items(text)) else { return };
    let hidden = problems.iter().filter(|problem| problem.hides_person).count();
    let people = roster.people.len();
    let repeated = problems.iter().filter(|it| it.message.starts_with(REPEATED)).count();
    // One broken item may swallow those behind it, and is then one problem.
    assert!(
        people + repeated >= items || hidden > 0,
        "{people} of {items} people, and nobody is missing"
    );
    if problems.is_empty() {
        assert_eq!(people, items, "{:?}", roster.people);
    }
});
