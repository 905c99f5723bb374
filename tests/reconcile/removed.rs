//! `--remove`: those leave the organisation whose removal was decided, and nobody else.

use expect_test::expect;
use sandbox::{Answer, CalendlyToken, Fault, FaultKind, World};

use super::{demo, type_in};
use crate::support::{AUDITS, Printed, Ran, Terminal, TestWorld, Transcript, VANCE};

const MEMBERS: &str = "/organization_memberships/";
const GUEST: &str = "guest@elsewhere.example";

/// A world in which an operator has decided about an outsider, after it was made as `change` says.
fn decided_about(email: &str, decision: &str, change: impl FnOnce(&mut World)) -> TestWorld {
    let test = demo().with_issue();
    test.sandbox.update(change);
    let write = ["reconcile", "--write", "--yes"];
    test.run(&write).success();
    type_in(&test, email, "Nobody knows them", decision);
    test.run(&[&write[..], &["--decide", email]].concat()).success();
    test
}

/// A world in which an operator has decided to remove the demo world's outsider.
fn decided() -> TestWorld {
    decided_about(VANCE, "remove", |_| {})
}

/// Removes whom the arguments confirm, without being asked.
fn remove(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[&["reconcile", "--remove", "--yes"], arguments].concat())
}

/// Refuses to have removed or written anything, and another exit code.
#[track_caller]
fn leaves_everything(test: &TestWorld, arguments: &[&str], code: i32) -> Printed {
    let members = members(test);
    let arguments = [&["reconcile", "--remove", "--yes"], arguments].concat();
    let ran = test.run_writing_nothing(&arguments).exit(code);
    assert_eq!(self::members(test), members);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    ran
}

/// The addresses of the organisation's members.
fn members(test: &TestWorld) -> Vec<String> {
    test.sandbox.update(|world| world.calendly.members().map(|it| it.email.clone()).collect())
}

fn is_member(test: &TestWorld, email: &str) -> bool {
    members(test).iter().any(|member| member == email)
}

/// How many removals were asked for.
fn deletions(test: &TestWorld) -> usize {
    test.sandbox.writes().iter().filter(|request| request.method == "DELETE").count()
}

#[test]
fn without_a_confirmation_nobody_is_removed() {
    let test = decided();
    let members = members(&test);
    let mut transcript = Transcript::default();
    for arguments in [
        "--remove --yes",
        "--remove --confirm bvance@harborlight.example",
        "--confirm bvance@harborlight.example",
        "--remove --write",
        "--remove --accounts users.csv",
        "--remove --max-share 0",
        "--remove --max-share 101",
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        let ran = test.run_writing_nothing(&[&["reconcile"], &words[..]].concat());
        transcript.add(arguments, ran.exit(2));
    }
    transcript.is(expect![[r#"
        # --remove --yes
        error: nobody is here to confirm the removal of bvance@harborlight.example
        hint: name each of them by --confirm EMAIL
        # --remove --confirm bvance@harborlight.example
        error: this changes things, and nobody is here to agree
        hint: use --yes, or --dry-run
        # --confirm bvance@harborlight.example
        error: the following required arguments were not provided:
        # --remove --write
        error: the argument '--remove' cannot be used with '--write'
        # --remove --accounts users.csv
        error: the argument '--remove' cannot be used with '--accounts <FILE>'
        # --remove --max-share 0
        error: invalid value '0' for '--max-share <PERCENT>': 0 is not in 1..=100
        # --remove --max-share 101
        error: invalid value '101' for '--max-share <PERCENT>': 101 is not in 1..=100
    "#]]);
    assert_eq!(self::members(&test), members);
}

#[test]
fn each_is_typed_on_a_terminal() {
    for (typed, is_gone) in
        [(format!("{VANCE}\r"), true), ("yes\r".to_owned(), false), ("\r".to_owned(), false)]
    {
        let test = decided();
        let script = "\"$BIN\" reconcile --remove > report";
        let mut terminal = Terminal::start(&test, script);
        terminal.wait_for(&format!("Type {VANCE}"));
        terminal.press(&typed);
        if is_gone {
            terminal.wait_for("Do this?");
            terminal.press("y");
        }
        let shown = terminal.exits(0);
        assert_eq!(is_member(&test, VANCE), !is_gone, "{typed:?}: {shown}");
        assert_eq!(deletions(&test), usize::from(is_gone));
    }
}

#[test]
fn a_no_at_the_end_removes_nobody() {
    let test = decided();
    let mut terminal = Terminal::start(&test, "\"$BIN\" reconcile --remove");
    terminal.wait_for(&format!("Type {VANCE}"));
    terminal.press(&format!("{VANCE}\r"));
    terminal.wait_for("Do this?");
    terminal.press("n");
    let shown = terminal.finish();
    assert!(shown.contains("nothing was changed") && shown.contains("code:0"), "{shown}");
    assert!(is_member(&test, VANCE));
}

#[test]
fn nobody_removes_themself() {
    let own = |world: &mut World| {
        world.calendly.member(VANCE).unwrap().role = "admin".to_owned();
        world.calendly.tokens.clear();
        world.calendly.add_token(CalendlyToken::new("sandbox-calendly-token", VANCE));
    };
    let test = decided_about(VANCE, "remove", own);
    leaves_everything(&test, &["--confirm", VANCE], 11).messages_are(expect![[r#"
        error: nobody was removed: bvance@harborlight.example is your own: another admin has to remove it
        hint: leave it out of those that --confirm names
    "#]]);
    test.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success().messages_are(expect![
        [r#"
            Nothing to do.
            Note: `bvance@harborlight.example` is your own: another admin has to remove it.
        "#]
    ]);
}

/// An outsider who was invited and has not joined.
fn invited() -> TestWorld {
    decided_about(GUEST, "remove", |world| {
        world.calendly.invite(GUEST, "2026-05-06T07:08:09Z".parse().unwrap());
    })
}

#[test]
fn where_an_identity_provider_rules_it_is_said() {
    let test = invited();
    test.calendly(|it| it.scim = true);
    remove(&test, &["--confirm", GUEST]).exit(1).messages_are(expect![[r#"
        error: Calendly refused to remove guest@elsewhere.example: not allowed: You cannot perform this action for an organization with SCIM enabled. (DELETE calendly.test/organizations/SANDBOXORG000001/invitations/74953534CF0E1710)
        hint: the organisation is managed by SCIM: remove them in the identity provider
    "#]]);
    assert_eq!(test.notes_marked("removed").len(), 0);
}

#[test]
fn a_token_that_may_only_read_is_told_which_scope_it_needs() {
    let test = decided();
    test.calendly(|it| {
        it.tokens.clear();
        let token = CalendlyToken::new("sandbox-calendly-token", "ivelderman@example.com");
        it.add_token(token.limited_to(&["users:read", "organizations:read"]));
    });
    remove(&test, &["--confirm", VANCE]).exit(3).messages_are(expect![[r#"
        error: Calendly refused to remove bvance@harborlight.example: not allowed: Permission denied or insufficient scope (DELETE calendly.test/organization_memberships/B6ACDD582A3DDE6D)
        hint: removing takes an owner's or admin's token with the scope organizations:write
    "#]]);
    assert!(is_member(&test, VANCE));
    assert_eq!(test.notes_marked("removed").len(), 0);
}

/// The proof is that the account is not found any more, whatever the answer was.
#[test]
fn a_removal_that_did_nothing_is_not_recorded() {
    let test = decided();
    let answer = Answer { status: 204, ..Answer::default() };
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Answer(answer)).method("DELETE"));
    remove(&test, &["--confirm", VANCE]).exit(7).messages_are(expect![[r#"
        error: bvance@harborlight.example is still there after it was removed
        hint: look at it in Calendly, and run the command again
    "#]]);
    assert_eq!(test.notes_marked("removed").len(), 0);
}

/// Lets `change` happen directly before the first write: after everything that `--dry-run` reads of
/// the issue, and before it is read once more.
fn before_first_write(test: &TestWorld, change: fn(&mut World)) {
    let before = test.sandbox.requests().len();
    test.run(&["reconcile", "--remove", "--dry-run"]).success();
    let requests = test.sandbox.requests();
    for _ in requests[before..].iter().filter(|it| !it.is_write() && it.path.contains("/issues/1"))
    {
        test.sandbox.before("/issues/1", "GET", |_| {});
    }
    test.sandbox.before("/issues/1", "GET", change);
}

#[test]
fn nobody_is_removed_whose_audit_is_closed_at_the_last_moment() {
    let test = decided();
    before_first_write(&test, |world| world.close_issue(AUDITS, 1, "ivelderman").unwrap());
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains("was closed by ivelderman"), "{}", ran.stderr);
}
