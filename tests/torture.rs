//! Each command, with each fault at each of its requests: generated, not picked.
//!
//! Whatever happens, the program ends with a documented code and says why, the tokens are in no
//! output and no file, nothing is posted twice, nothing that a person wrote is lost, and running the
//! command again completes the work: the world is then as if nothing had happened.

use std::collections::BTreeMap;
use std::time::Duration;

use sandbox::{Answer, Fault, FaultKind, World};

use crate::support::{AUDITS, CALENDLY_TOKEN, GITLAB_TOKEN, Printed, TestWorld, VANCE};

/// What a person has written, and must find again.
const TYPED: &str = "on leave until May";
const SAID: &str = "I read this, and shall come back to it.";

/// The codes with which a command may end.
const CODES: [i32; 9] = [0, 1, 3, 4, 5, 6, 7, 10, 11];

/// What happens to a request.
fn faults() -> Vec<(&'static str, FaultKind)> {
    let answer = FaultKind::Answer;
    let expired = r#"{"error":"invalid_token","error_description":"Token is expired."}"#;
    let scope = r#"{"error":"insufficient_scope","error_description":"more","scope":"api"}"#;
    vec![
        ("429 as text", answer(Answer::too_many_requests_text().header("Retry-After", "3"))),
        ("429 as JSON", answer(Answer::too_many_requests_json())),
        ("500", answer(Answer::internal_server_error())),
        ("500 after it was done", FaultKind::AnswerAfter(Answer::internal_server_error())),
        ("502 with HTML", answer(Answer::bad_gateway())),
        ("cut before", FaultKind::CutBefore),
        ("cut after", FaultKind::CutAfter),
        ("slow", FaultKind::Slow(Duration::from_millis(5))),
        ("truncated", FaultKind::Truncate(20)),
        ("another type", answer(Answer::text(200, "text/html", "<html>Sign in</html>"))),
        ("409 resource lock", answer(Answer::resource_lock())),
        ("captcha", answer(Answer::captcha())),
        ("expired token", answer(Answer::json(401, expired))),
        ("missing scope", answer(Answer::json(403, scope))),
        ("not found", answer(Answer::json(404, r#"{"message":"404 Not Found"}"#))),
    ]
}

/// A user in a world, with both tokens and the demo's configuration.
fn user(world: World) -> TestWorld {
    TestWorld::new(world).with_token().with_accounts()
}

/// The demo world after these commands.
fn after(commands: &[&[&str]]) -> World {
    let test = TestWorld::demo().with_token().with_accounts();
    for command in commands {
        assert_eq!(test.run(command).code, 0, "{command:?}");
    }
    test.sandbox.update(|world| world.clone())
}

/// Lets a person type into the issue's table and comment on it.
fn written_by_people(mut world: World) -> World {
    let issue = world.issue(AUDITS, 1).unwrap();
    let old = issue.description.clone().unwrap();
    let new = old.replacen("link-missing <!--", &format!("link-missing {TYPED} <!--"), 1);
    assert_ne!(old, new);
    world.edit_description(AUDITS, 1, "nadeyemi", &new).unwrap();
    world.comment(AUDITS, 1, "nadeyemi", SAID).unwrap();
    world
}

/// What is there, as far as it must be the same in the end: without the numbers of notes.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Title, description and state of each issue.
    issues: Vec<(String, String, bool)>,
    /// How often each thing is said, with whether the thread is resolved.
    comments: BTreeMap<(String, bool), usize>,
    /// Who has a Calendly account or an invitation.
    accounts: Vec<String>,
}

impl Outcome {
    fn of(test: &TestWorld) -> Self {
        let mut comments = BTreeMap::new();
        let issues = test.issues();
        let (mut review, mut report) = (None, None);
        for discussion in issues.iter().flat_map(|issue| &issue.discussions) {
            let is_resolved = discussion.resolved.is_some();
            for note in discussion.notes.iter().filter(|note| !note.system) {
                let said = said(&note.body);
                // A later one says how it stands then, and with which accounts: the last one counts.
                if said.iter().any(|it| it.starts_with("review")) {
                    review = Some(said);
                    continue;
                }
                if said.iter().any(|it| it.starts_with("report")) {
                    report = Some(said);
                    continue;
                }
                for it in said {
                    *comments.entry((it, is_resolved)).or_default() += 1;
                }
            }
        }
        for it in review.into_iter().chain(report).flatten() {
            *comments.entry((it, false)).or_default() += 1;
        }
        let issue = |issue: &sandbox::Issue| {
            let description = issue.description.clone().unwrap_or_default();
            (issue.title.clone(), description, issue.closed.is_some())
        };
        let accounts = test.sandbox.update(|world| {
            let members = world.calendly.members().map(|member| member.email.clone());
            let invited = world.calendly.invitations.iter();
            let invited = invited.map(|it| format!("{} {:?}", it.email, it.status));
            let mut all: Vec<String> = members.chain(invited).collect();
            all.sort();
            all
        });
        Self { issues: issues.iter().map(issue).collect(), comments, accounts }
    }
}

/// What two outcomes do not share.
fn difference(one: &Outcome, other: &Outcome) -> String {
    let comments = |one: &Outcome, other: &Outcome| {
        let is_other =
            |(key, count): &(&(String, bool), &usize)| other.comments.get(key) != Some(count);
        one.comments.iter().filter(is_other).map(|it| format!("{it:?}")).collect::<Vec<_>>()
    };
    format!(
        "issues are the same: {}, accounts are the same: {}\ncomments: {:#?}\ninstead of {:#?}",
        one.issues == other.issues,
        one.accounts == other.accounts,
        comments(one, other),
        comments(other, one),
    )
}

/// What a comment says: the steps of its marker; without any, its words.
///
/// While a source cannot be read only what is certain is said, and the rest in another comment.
fn said(body: &str) -> Vec<String> {
    let marker = body.lines().last().unwrap_or_default();
    let Some(words) = marker.strip_prefix("<!-- support-audit v1 calendly FY28-Q1 ") else {
        return vec![body.to_owned()];
    };
    let mut words = words.trim_end_matches(" -->").split(' ');
    let content = words.next().unwrap_or_default();
    let steps: Vec<String> = words
        .filter(|word| word.matches('/').count() >= 4)
        .map(|step| format!("{content} {step}"))
        .collect();
    if steps.is_empty() { vec![format!("{content} {body}")] } else { steps }
}

/// Refuses an output that tells a token, or that tells nothing of a failure.
#[track_caller]
fn check(ran: &Printed, case: &str) {
    assert!(CODES.contains(&ran.code), "{case}: {ran:?}");
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("panicked"), "{case}: {text}");
        assert!(!text.contains(GITLAB_TOKEN) && !text.contains(CALENDLY_TOKEN), "{case}: {text}");
    }
    assert!(ran.code == 0 || ran.stderr.contains("error:"), "{case}: {}", ran.stderr);
}

/// Refuses a token in any file that was left behind.
fn check_files(folder: &std::path::Path, case: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check_files(&path, case);
        } else {
            let content = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let is_told = content.contains(GITLAB_TOKEN) || content.contains(CALENDLY_TOKEN);
            assert!(!is_told, "{case}: {} holds a token", path.display());
        }
    }
}

/// Tortures a command in a world, and tells in how many ways.
fn torture(world: &World, arguments: &[&str]) {
    let loud: Vec<&str> = arguments.iter().copied().chain(["-vv"]).collect();
    let quiet = user(world.clone());
    quiet.run(arguments).success();
    let expected = Outcome::of(&quiet);
    let requests = u32::try_from(quiet.sandbox.requests().len()).unwrap();
    let mut cases = 0;
    for request in 0..requests {
        let faults = faults().into_iter().map(|(name, kind)| (name, kind, false));
        let deaths = [
            ("killed before it arrived", FaultKind::CutBefore, true),
            ("killed after it arrived", FaultKind::CutAfter, true),
        ];
        for (name, kind, is_killed) in faults.chain(deaths) {
            let case = format!("{arguments:?}, {name} at request {}", request + 1);
            let mut test = user(world.clone());
            if is_killed {
                test.dies_at(request + 1, kind);
            } else {
                test.sandbox.inject(Fault::new("", kind).skip(request));
            }
            check(&test.run(&loud), &case);
            if is_killed {
                test = test.again();
            }
            let again = test.run(&loud);
            check(&again, &case);
            assert_eq!(again.code, 0, "{case}: {}", again.stderr);
            let outcome = Outcome::of(&test);
            assert!(outcome == expected, "{case}:\n{}", difference(&outcome, &expected));
            check_files(&test.path("."), &case);
            cases += 1;
        }
    }
    assert!(cases > 0, "{arguments:?} asks for nothing");
    println!("{}: {requests} requests, {cases} cases", arguments.join(" "));
}

const INIT: &[&str] = &["init-issue", "--yes"];
const RUN: &[&str] = &["run", "--write", "--yes"];
const RECONCILE: &[&str] = &["reconcile", "--write", "--yes"];
const FOLLOW: &[&str] = &["followups", "--yes"];

#[test]
fn reading() {
    let world = after(&[INIT, RUN]);
    torture(&world, &["run"]);
    torture(&world, &["reconcile"]);
    torture(&world, &["status"]);
    torture(&world, &["followups", "--dry-run"]);
}

#[test]
fn making_the_issue() {
    torture(&after(&[]), INIT);
}

#[test]
fn writing_the_report() {
    torture(&after(&[INIT]), RUN);
}

#[test]
fn writing_a_later_report() {
    let test = user(written_by_people(after(&[INIT, RUN])));
    test.replace_in_roster("Rosalind", "Rose");
    torture(&test.sandbox.update(|world| world.clone()), RUN);
}

#[test]
fn reconciling() {
    torture(&written_by_people(after(&[INIT, RUN])), RECONCILE);
}

#[test]
fn following_up() {
    torture(&written_by_people(after(&[INIT, RECONCILE])), FOLLOW);
}

#[test]
fn escalating() {
    let mut world = written_by_people(after(&[INIT, RECONCILE, FOLLOW]));
    world.advance(Duration::from_hours(73));
    torture(&world, FOLLOW);
}

#[test]
fn deciding_and_removing() {
    let test = user(written_by_people(after(&[INIT, RECONCILE])));
    let description = test.description();
    let row = description.lines().find(|line| line.contains("bvance@")).unwrap();
    test.replace(row, &row.replacen("|  | <!--", "|  | remove <!--", 1));
    let decide = ["reconcile", "--write", "--yes", "--decide", VANCE];
    torture(&test.sandbox.update(|world| world.clone()), &decide);
    test.run(&decide).success();
    // A read from the instant of the decision says nothing about its execution.
    test.advance(1);
    let remove = ["reconcile", "--remove", "--yes", "--confirm", VANCE];
    torture(&test.sandbox.update(|world| world.clone()), &remove);
}

#[test]
fn submitting() {
    let world = written_by_people(after(&[INIT, RECONCILE, FOLLOW]));
    torture(&world, &["submit-review", "--unresolved", "--again", "--yes"]);
}
