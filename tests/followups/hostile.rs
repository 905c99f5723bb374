//! Texts of others do nothing where they are repeated.

use sandbox::Notification;

use super::follow_up;
use super::team::{CONFIG, configured, in_world, world};
use crate::support::TestWorld;

/// Refuses an issue in which a text has done something.
#[track_caller]
fn is_harmless(test: &TestWorld, mentioned: &[&str], words: &str) {
    let [issue] = test.issues().try_into().unwrap();
    assert!(issue.closed.is_none() && !issue.confidential, "{words}");
    assert!(issue.labels.is_empty() && issue.events.is_empty(), "{words}: {:?}", issue.events);
    assert_eq!(issue.discussion_locked, None, "{words}");
    let told: Vec<Notification> = test.sandbox.notifications();
    let mentions = test.mentions();
    let names: Vec<&str> = mentions.keys().map(String::as_str).collect();
    assert_eq!(names, mentioned, "{words}: {told:?}");
    for note in test.notes().iter().filter(|note| note.author == 1) {
        assert!(!note.body.contains(['\u{1b}', '\u{202e}', '\r']), "{words}: {:?}", note.body);
        let marks = note.body.lines().filter(|line| line.trim_start().starts_with("<!--"));
        assert_eq!(marks.count(), 1, "{words}: {}", note.body);
    }
}

#[test]
fn an_outsider_does_nothing_either() {
    for words in ["a|b", "*x*", "#1", "/close"] {
        let mut world = world(0);
        let email = format!("{words}@evil.example");
        let outsider = world.calendly.add_member(&email);
        "@all\n/close".clone_into(&mut outsider.name);
        let test = configured(in_world(world), &format!("{CONFIG}[waits]\nperson = \"1h\"\n"));
        let ran = follow_up(&test, &[]).success();
        assert!(ran.stdout.contains(&format!("To send to {email}")), "{}", ran.stdout);
        follow_up(&test, &["--sent", &email]).success();
        is_harmless(&test, &[], words);
        test.advance(2);
        follow_up(&test, &[]).success();
        is_harmless(&test, &["maria"], words);
    }
}
