//! Writings that GitLab refuses, or does not take yet.

use super::team::team;

/// The sandbox counts notes as GitLab.com does, and its clock stands still: somebody moves it.
#[test]
fn the_review_waits_for_the_minute_to_pass() {
    let test = team(0);
    test.run(&["run", "--write", "--yes"]).success();
    test.sandbox.update(|world| {
        world.limits.notes_per_minute = Some(0);
        world.limits.notes_retry_after = Some(60);
    });
    for _ in 0..2 {
        test.sandbox.before("/issues/1/notes", "POST", |_| ());
    }
    test.sandbox.before("/issues/1/notes", "POST", |world| {
        world.limits.notes_per_minute = Some(60);
    });
    let ran = test.run(&["submit-review", "--yes"]).success();
    assert_eq!(ran.stderr.matches("rate limited: attempt ").count(), 2, "{}", ran.stderr);
    assert_eq!(test.notes_marked("review").len(), 1);
    assert_eq!(test.mentions().get("maria"), Some(&1));
}
