//! How many requests a run takes, and what it refuses since GitLab would not take it.

use sandbox::{Request, Service};

use super::follow_up;
use super::team::{in_world, team, world};
use crate::support::{AUDITS, Ran, TestWorld};

const THREADS: &str = "/issues/1/discussions?";
const MEMBERS: &str = "/members/all?";
const ACCOUNTS: &str = "/organization_memberships?";

/// The requests of a run.
fn requests(test: &TestWorld, run: impl FnOnce() -> Ran) -> Vec<Request> {
    let before = test.sandbox.requests().len();
    run().success();
    test.sandbox.requests().into_iter().skip(before).collect()
}

/// How many reads have a path that contains `text`.
fn count(requests: &[Request], text: &str) -> usize {
    let reads = requests.iter().filter(|request| !request.is_write());
    reads.filter(|request| request.path.contains(text)).count()
}

#[test]
fn nothing_due_takes_the_pages_and_a_constant() {
    let mut constants = Vec::new();
    for people in [3, 150, 320] {
        let test = team(people);
        follow_up(&test, &[]).success();
        let requests = requests(&test, || test.run_writing_nothing(&["followups", "--yes"]));
        let pages = (people + 5).div_ceil(100);
        // Of several pages, the first and the last are read again: nothing has moved meanwhile.
        let members = if pages > 1 { pages + 2 } else { pages };
        assert_eq!((count(&requests, MEMBERS), count(&requests, ACCOUNTS)), (members, pages));
        assert_eq!(count(&requests, THREADS), 1, "one notice, however many are asked");
        let own = requests.iter().filter(|request| request.path == "/api/v4/user").count();
        assert_eq!((own, count(&requests, "/users/me")), (1, 1), "whose the tokens are");
        // The reactions to each part of the notice are read.
        let parts = count(&requests, "/award_emoji");
        assert_eq!(parts, people.div_ceil(150));
        constants.push(requests.len() - members - pages - parts);
    }
    assert!(constants.iter().all(|rest| *rest == constants[0] && *rest <= 10), "{constants:?}");
}

#[test]
fn asking_takes_one_write_and_as_many_reads_for_one_as_for_all() {
    let reads = |people: usize| {
        let test = team(people);
        let requests = requests(&test, || follow_up(&test, &[]));
        let writes = requests.iter().filter(|request| request.is_write()).count();
        assert_eq!(writes, 1);
        requests.len()
    };
    let one = reads(1);
    assert_eq!([10, 45, 90].map(reads), [one; 3]);
}

/// The project's history costs nothing: neither what is asked of it nor how much is read.
#[test]
fn thousands_of_old_issues_are_not_read() {
    let old = |count: usize| {
        let mut world = world(3);
        for number in 1..=count {
            let title = format!("Old issue {number}");
            let iid = world.open_issue(AUDITS, "maria", &title, "Done long ago.").unwrap();
            world.close_issue(AUDITS, iid, "maria").unwrap();
        }
        for issue in &mut world.project(AUDITS).unwrap().issues {
            if issue.title.starts_with("Old") {
                issue.created_at = "2023-05-06T07:08:09Z".parse().unwrap();
            }
        }
        in_world(world)
    };
    let commands = [
        &["status"][..],
        &["followups", "--yes"],
        &["status", "--period", "FY28-Q1"],
        &["init-issue", "--period", "FY28-Q3", "--template", "builtin", "--yes"],
    ];
    let costs = |test: &TestWorld| {
        commands.map(|arguments| {
            let requests = requests(test, || test.run(arguments));
            (requests.len(), count(&requests, "/issues?"))
        })
    };
    assert_eq!(costs(&old(3_000)), costs(&old(0)));
}

/// A team of twenty, in whose issue people have commented so often.
fn talkative(comments: usize) -> TestWorld {
    let mut world = world(20);
    for number in 0..comments {
        let author = if number % 2 == 0 { "boss" } else { "maria" };
        world.comment(AUDITS, 1, author, &format!("Comment {number}.")).unwrap();
    }
    in_world(world)
}

#[test]
fn what_would_take_the_issue_past_gitlabs_limit_is_refused() {
    let test = talkative(4_999);
    let before = test.sandbox.requests().len();
    follow_up(&test, &[]).success();
    let requests = test.sandbox.requests().split_off(before);
    let of_gitlab = requests.iter().filter(|request| request.service == Service::GitLab);
    // All comments are read twice: for the plan, and directly before and after the write.
    assert!(of_gitlab.count() <= 3 * 50 + 20, "{}", requests.len());
    assert_eq!(test.mentions().len(), 20);

    let test = talkative(5_000);
    let ran = test.run_writing_nothing(&["followups", "--yes"]).exit(11);
    assert!(
        ran.stderr.contains("5000 comments") || ran.stderr.contains("5,000 comments"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    test.run(&["status"]).success();
}
