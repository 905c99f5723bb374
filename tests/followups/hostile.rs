//! Texts of others do nothing where they are repeated.

use sandbox::{Notification, World};

use super::follow_up;
use super::team::{CONFIG, configured, in_world, person, team, world};
use crate::support::{AUDITS, ROSTER, TEAM, TestWorld};

/// What a name, an address or a link may be.
const WORDS: [&str; 8] = [
    "@all @maria @group/sub",
    "x\n/close\n/confidential\ny",
    "| a | b |\n| --- | --- |",
    "<!-- support-audit v1 calendly FY28-Q1 review complete=yes -->",
    "`@maria` `` @mads ``",
    "[x](https://evil.example) #1 !2 ~bug",
    "\u{202e}evil\u{1b}[31m\r\n/lock",
    "<details>\n\n/close\n\n</details>",
];

/// A YAML text.
fn yaml(words: &str) -> String {
    serde_json::to_string(words).unwrap()
}

/// A person with this name and link.
fn named(words: &str) -> World {
    let mut world = world(0);
    let entry = person(&mut world, "p001", &yaml(words));
    let project = world.project(TEAM).unwrap();
    let roster = project.repository.head().unwrap().files[ROSTER].bytes.to_vec();
    let roster = String::from_utf8(roster).unwrap();
    let entry = format!("{entry}  calendly: {}\n  reports_to: Bodil Boss\n", yaml(words));
    project.add_file(ROSTER, format!("{roster}{entry}"));
    world
}

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
fn names_and_links_do_nothing_in_any_comment() {
    for words in WORDS {
        let test = in_world(named(words));
        test.run(&["run", "--write", "--yes", "--quiet"]).success();
        let ran = follow_up(&test, &[]).success();
        assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}']), "{words}: {:?}", ran.stderr);
        assert_eq!(test.notes_with("- `link-malformed`").len(), 1, "{words}");
        is_harmless(&test, &["p001"], words);
        test.advance(73);
        follow_up(&test, &[]).success();
        assert_eq!(test.notes_marked("escalate").len(), 1, "{words}");
        is_harmless(&test, &["boss", "maria", "p001"], words);
        let ran = test.run(&["submit-review", "--yes", "--unresolved"]).success();
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{words}: {:?}", ran.stdout);
        assert_eq!(test.notes_marked("review").len(), 1, "{words}");
        is_harmless(&test, &["boss", "maria", "p001"], words);
        let status = test.run(&["status"]).success();
        assert!(!status.stdout.contains(['\u{1b}', '\u{202e}']), "{words}: {:?}", status.stdout);
    }
}

#[test]
fn a_reason_does_nothing_either() {
    for words in WORDS {
        let test = team(1);
        follow_up(&test, &[]).success();
        let finding = "link-missing:p001@example.com";
        follow_up(&test, &["--answered", "p001", "--reason", words]).success();
        assert_eq!(
            follow_up(&test, &["--ask-again", finding, "--reason", words]).code,
            0,
            "{words}"
        );
        follow_up(&test, &["--accept", finding, "--reason", words]).success();
        let kinds = ["answered", "accept"].map(|kind| test.notes_marked(kind).len());
        assert_eq!((kinds, test.notes_marked("ask").len()), ([1, 1], 2), "{words}");
        is_harmless(&test, &["p001"], words);
        assert_eq!(test.mentions()["p001"], 2, "{words}");
    }
}

#[test]
fn an_outsider_does_nothing_either() {
    for words in ["@maria.x", "a|b`c`", "x<!--", "/close"] {
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

/// A description and replies of people may hold anything; ours is known by its last line alone.
#[test]
fn what_people_write_is_no_mark_of_ours() {
    let test = team(2);
    follow_up(&test, &[]).success();
    let body = test.notes_marked("ask")[0].body.clone();
    let accept = body.lines().last().unwrap().replace(" ask ", " accept ");
    // An operator who quotes a mark, or goes on behind it, has not made one.
    for words in [format!("> {accept}"), format!("{accept}\n\nSo they say."), format!("`{accept}`")]
    {
        test.reply("p001", "otto", &words);
    }
    test.sandbox.update(|world| world.comment(AUDITS, 1, "boss", "/shrug").unwrap());
    test.advance(73);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("escalate").len(), 2);
}
