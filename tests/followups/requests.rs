//! How many requests it takes, and what GitLab does not take.

use sandbox::{Request, Service};

use super::team::{in_world, team, world};
use super::{ASKED, follow_up, write_by_hand};
use crate::support::{AUDITS, Ran, TestWorld};

/// The requests of a run.
fn requests(test: &TestWorld, run: impl FnOnce() -> Ran) -> Vec<Request> {
    let before = test.sandbox.requests().len();
    run().success();
    test.sandbox.requests().into_iter().skip(before).collect()
}

/// How many of them hold a text in their path.
fn count(requests: &[Request], text: &str) -> usize {
    requests.iter().filter(|it| !it.is_write() && it.path.contains(text)).count()
}

const THREADS: &str = "/issues/1/discussions?";
const MEMBERS: &str = "/members/all?";
const ACCOUNTS: &str = "/organization_memberships?";

#[test]
fn nothing_due_takes_the_pages_and_a_constant() {
    let mut constants = Vec::new();
    for people in [3, 150, 320] {
        let test = team(people);
        plays(&test, 2_000);
        let requests = requests(&test, || test.run_writing_nothing(&["followups", "--yes"]));
        let pages = |things: usize| things.div_ceil(100);
        assert_eq!(count(&requests, THREADS), pages(people));
        assert_eq!(count(&requests, MEMBERS), pages(people + 5));
        assert_eq!(count(&requests, ACCOUNTS), pages(people + 5));
        let all = pages(people) + 2 * pages(people + 5);
        constants.push(requests.len() - all);
    }
    assert!(constants.iter().all(|it| *it == constants[0] && *it <= 10), "{constants:?}");
}

#[test]
fn pings_take_their_writes_and_a_look_after_the_first_and_every_tenth() {
    let reads = |people: usize| {
        let test = team(people);
        let requests = requests(&test, || follow_up(&test, &[]));
        let writes = requests.iter().filter(|it| it.is_write()).count();
        assert_eq!(writes, people);
        // The issue is read once for each look, and all of it fits on a page.
        let looks = count(&requests, THREADS) - 1;
        assert_eq!(looks, 2 + people / 10 + 1, "before and after the first, every tenth, the last");
        requests.len() - writes - 2 * looks
    };
    let constant = reads(2);
    assert_eq!([9, 10, 45].map(reads), [constant; 3]);
}

/// Lets the operator write the first of what is due by hand, which is quicker than by the program.
fn plays(test: &TestWorld, limit: usize) {
    let limit = limit.to_string();
    let shown = ["followups", "--dry-run", "--format", "json", "--limit", &limit];
    write_by_hand(test, &test.run(&shown).success().json());
}

/// An issue with so many comments of people in it.
fn talkative(people: usize, comments: usize) -> TestWorld {
    let mut world = world(people);
    for number in 0..comments {
        let author = if number % 2 == 0 { "boss" } else { "maria" };
        world.comment(AUDITS, 1, author, &format!("Comment {number}.")).unwrap();
    }
    in_world(world)
}

#[test]
fn a_long_issue_takes_its_pages_and_what_is_too_much_for_it_is_refused() {
    let test = talkative(20, 4_990);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(ran.stderr.contains("only 10 are left"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: --limit 10 fits"), "{}", ran.stderr);
    let all = test.sandbox.requests();
    let of_gitlab = all.iter().filter(|it| it.service == Service::GitLab);
    assert!(of_gitlab.count() <= 50 + 10, "{}", all.len());
    assert_eq!(count(&all, THREADS), 50);

    let ran = follow_up(&test, &["--limit", "10"]).success();
    assert!(ran.stderr.contains("10 more comments are left out by --limit"), "{}", ran.stderr);
    assert_eq!((test.notes_with(ASKED).len(), test.mentions().len()), (10, 10));
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(ran.stderr.contains("only 0 are left"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("--limit 0 fits"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    test.run(&["status"]).success();
}

#[test]
fn nobody_is_mentioned_more_than_a_thousand_times_a_day() {
    let test = team(1_010);
    plays(&test, 2_000);
    test.advance(73);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(ran.stderr.contains("boss would be mentioned more than 1000 times"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: --limit 1000 fits"), "{}", ran.stderr);
    plays(&test, 600);
    test.advance(20);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(ran.stderr.contains("hint: --limit 400 fits"), "{}", ran.stderr);
    follow_up(&test, &["--limit", "5"]).success();
    plays(&test, 395);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(ran.stderr.contains("hint: run the command again tomorrow"), "{}", ran.stderr);
    test.advance(5);
    follow_up(&test, &[]).success();
    assert_eq!(test.notes_marked("escalate").len(), 1_010);
}
