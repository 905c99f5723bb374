//! What is shown is what is done, and nothing else.

use super::follow_up;
use super::team::team;

#[test]
fn a_time_that_is_none_is_refused() {
    let test = team(1);
    for arguments in [
        &["followups", "--until", "tomorrow"][..],
        &["followups", "--until", "2026-13-01"],
        &["followups", "--until", "2026-11-26", "--yes"],
        &["followups", "--yes", "--dry-run"],
        &["followups", "--accept", "link-missing:p001@example.com"],
        &["followups", "--answered", "p001@example.com"],
        &["followups", "--yes", "--accept", "link-missing:p001@example.com", "--reason", " "],
    ] {
        let ran = test.run_writing_nothing(arguments).exit(2);
        let is_told = ran.stderr.contains("hint: ") || ran.stderr.contains("--help");
        assert!(is_told, "{}", ran.stderr);
    }
}

#[test]
fn without_a_terminal_it_takes_a_word_to_write() {
    let test = team(2);
    for arguments in [&["followups"][..], &["followups", "--no-input"]] {
        let ran = test.run_writing_nothing(arguments).exit(2);
        assert!(ran.stderr.contains("@p002: "), "{}", ran.stderr);
        assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    }
    assert_eq!(follow_up(&test, &["--quiet"]).success().stderr, "");
    assert_eq!(test.run_writing_nothing(&["followups"]).code, 0, "nothing is asked about nothing");
}
