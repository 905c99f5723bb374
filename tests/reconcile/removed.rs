//! `--remove`: those leave the organisation whose removal was decided, and nobody else.

use std::collections::BTreeMap;

use expect_test::expect;
use sandbox::{Answer, CalendlyToken, Fault, FaultKind, Request, World};

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
    assert_eq!(test.notes_marked("removal").len(), 0);
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
    assert_eq!(test.notes_marked("removal").len(), 0);
}

#[test]
fn a_membership_that_belongs_to_another_organisation_by_now_is_gone() {
    let test = decided();
    let answer =
        Answer::calendly(403, "Permission Denied", "This user is not in your organization");
    let fault = Fault::new(MEMBERS, FaultKind::Answer(answer));
    // The account is read once before it is removed.
    test.sandbox.inject(fault.method("GET").skip(1));
    remove(&test, &["--confirm", VANCE]).success();
    is_removed(&test);
}

#[test]
fn an_account_whose_address_changed_after_it_was_confirmed_stays() {
    let test = decided();
    let uri = test.sandbox.update(|world| world.calendly.member(VANCE).unwrap().membership_uri());
    let body = format!(
        r#"{{"resource":{{"uri":"{uri}","role":"user",
            "user":{{"uri":"https://api.calendly.com/users/A","email":"other@harborlight.example"}}}}}}"#
    );
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Answer(Answer::json(200, &body))));
    leaves_everything(&test, &["--confirm", VANCE], 6).messages_are(expect![[r#"
        error: bvance@harborlight.example was not removed: it has another address by now
        hint: run `support-audit reconcile` again
    "#]]);
    assert_eq!(deletions(&test), 0);
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
    assert_eq!(test.notes_marked("removal").len(), 0);
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

/// Refuses anything but the demo world's outsider removed, and recorded once.
#[track_caller]
fn is_removed(test: &TestWorld) {
    assert!(!is_member(test, VANCE));
    assert_eq!(members(test).len(), 39);
    let comments = test.notes_marked("removal");
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0].body.contains(&format!("`{VANCE}` was removed")), "{comments:?}");
    let marker = comments[0].body.lines().last().unwrap();
    assert!(marker.contains(" removed/outsider/") && !marker.contains("vance"), "{marker}");
    assert_eq!(test.mentions(), BTreeMap::new());
}

#[test]
fn whom_an_operator_confirms_is_removed_and_recorded() {
    let test = decided();
    let remove_again = ["reconcile", "--remove", "--yes", "--confirm", VANCE];
    remove(&test, &["--confirm", &VANCE.to_uppercase()]).success().messages_are(expect![[r#"
        removed bvance@harborlight.example
        written: https://gitlab.test/[audits]/-/issues/1#note_5
    "#]]);
    is_removed(&test);
    assert_eq!(deletions(&test), 1);
    // The account itself stays its holder's.
    let account = |world: &mut World| {
        world.calendly.users.iter().find(|user| user.email == VANCE).cloned().unwrap()
    };
    assert!(test.sandbox.update(account).organization.is_some());
    // It was read afresh before, and again as a proof.
    let requests = test.sandbox.requests();
    let is_fresh = |request: &&Request| request.method == "GET" && request.path.contains(MEMBERS);
    assert_eq!(requests.iter().filter(is_fresh).count(), 2);
    for arguments in [&remove_again[..3], &remove_again] {
        let printed = test.run_writing_nothing(arguments).success();
        assert!(printed.stderr.contains("Nothing to do"), "{}", printed.stderr);
    }
}

#[test]
fn whose_removal_is_not_decided_stays() {
    let kept = decided_about(VANCE, "keep", |_| {});
    let proposed = demo().with_issue();
    proposed.run(&["reconcile", "--write", "--yes"]).success();
    type_in(&proposed, VANCE, "", "remove");
    let mut transcript = Transcript::default();
    for (case, test) in [("kept", kept), ("proposed", proposed)] {
        transcript.add(case, leaves_everything(&test, &["--confirm", VANCE], 11));
        let ran = test.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success();
        assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
    }
    transcript.is(expect![[r#"
        # kept
        error: nobody was removed: bvance@harborlight.example is kept by an operator's decision
        hint: leave it out of those that --confirm names
        # proposed
        proposed in the issue: remove bvance@harborlight.example
        error: nobody was removed: no operator has decided to remove bvance@harborlight.example
        hint: `support-audit reconcile --write` records the decisions of the issue
    "#]]);
}

#[test]
fn a_dry_run_shows_who_would_leave() {
    let test = decided();
    let dry_run = ["reconcile", "--remove", "--dry-run", "--confirm", VANCE];
    let printed = test.run_writing_nothing(&dry_run).success();
    assert_eq!(test.run_writing_nothing(&dry_run[..3]).success().stdout, printed.stdout);
    printed.stdout_is(expect![[r#"
        1. Remove the account bvance@harborlight.example
        2. Comment on issue #1:
             Removed (1):

             - The account `bvance@harborlight.example` was removed from the Calendly organisation. A fresh read of the accounts confirmed that it is gone.

             <!-- support-audit v1 calendly FY28-Q1 removal removed/outsider/ee1b6aa7d23c0db22/e1af6ce1/1/at=20261122T100000Z/account=765faf66860f7c66 -->
    "#]]);
    assert!(is_member(&test, VANCE));
}

#[test]
fn only_a_part_of_the_organisation_is_removed_at_once() {
    let others = ["zed@elsewhere.example", VANCE];
    let test = demo().with_issue();
    test.calendly(|calendly| {
        let stays = ["ivelderman@example.com", "nadeyemi@example.com", VANCE];
        calendly.users.retain(|user| stays.contains(&user.email.as_str()));
        calendly.invitations.clear();
        calendly.add_member(others[0]);
    });
    test.run(&["reconcile", "--write", "--yes"]).success();
    for email in others {
        let decision = format!("{email}=remove");
        let arguments =
            ["reconcile", "--write", "--yes", "--decide", &decision, "--reason", "left"];
        test.run(&arguments).success();
    }
    let both = ["--confirm", others[0], "--confirm", others[1]];
    leaves_everything(&test, &both, 11).messages_are(expect![[r#"
        error: nobody was removed: 2 of 4 accounts would be removed at once
        hint: look at the accounts again; --max-share allows it
    "#]]);
    leaves_everything(&test, &[&both[..], &["--max-share", "49"]].concat(), 11);
    // One is never too many, whatever its share is.
    remove(&test, &["--confirm", VANCE]).success();
    assert!(!is_member(&test, VANCE) && is_member(&test, others[0]));
}

#[test]
fn nobody_is_removed_while_anything_is_in_doubt() {
    let test = decided();
    test.write("r.yaml", "- name: Ignatius Velderman\n  email: ivelderman@example.com\n");
    test.write("off.toml", "[checks]\noff = [\"outsider\"]\n");
    test.write("exclude.toml", format!("exclude = [\"{VANCE}\"]\n"));
    // Whoever cannot be read among the exceptions may be the one.
    test.write("bad.yaml", "- check: outsider\n  email: [bvance]\n");
    let exception = format!(
        "- check: outsider\n  email: {VANCE}\n  reason: Demos\n  approved_by: nadeyemi\n  \
         approved_on: 2026-08-01\n  expires: 2027-02-01\n"
    );
    test.write("good.yaml", exception);
    let mut transcript = Transcript::default();
    for [flag, file] in [
        ["--roster", "r.yaml"],
        ["--config", "off.toml"],
        ["--config", "exclude.toml"],
        ["--exceptions", "bad.yaml"],
        ["--exceptions", "good.yaml"],
    ] {
        let code = if file == "bad.yaml" { 4 } else { 11 };
        let ran = leaves_everything(&test, &["--confirm", VANCE, flag, file], code);
        transcript.add(file, ran);
    }
    test.add_to_roster("- name: [Vance]\n");
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    transcript.add("a problem that may hide a person", ran);
    transcript.is(expect![[r#"
        # r.yaml
        warning: the roster had 41 entries in the issue and have 1 now: nothing is concluded from who is missing; `run --write --accept-size roster=1` accepts it
        error: nobody was removed: nobody can tell who is an outsider while the roster is more than 10 % smaller than the 41 people of the issue
        hint: `support-audit run` tells what is in doubt
        # off.toml
        zeke@brightwater.example may be the account of Ezekiel Brightwater: the same name; if so, add it to `aliases`
        error: nobody was removed: the check `outsider` is switched off
        hint: take it out of `checks.off`
        # exclude.toml
        zeke@brightwater.example may be the account of Ezekiel Brightwater: the same name; if so, add it to `aliases`
        error: nobody was removed: no operator has decided to remove bvance@harborlight.example
        hint: `support-audit reconcile --write` records the decisions of the issue
        # bad.yaml
        error: some of the exceptions cannot be read: bad.yaml:1: invalid type: sequence, expected a string
        hint: repair them: they may justify somebody, who would be asked or removed
        # good.yaml
        error: nobody was removed: bvance@harborlight.example is kept by a standing exception
        hint: leave it out of those that --confirm names
        # a problem that may hide a person
        error: nobody was removed: nobody can tell who is an outsider while a problem may hide a person
        hint: `support-audit run` tells what is in doubt
    "#]]);

    test.sandbox.inject(Fault::new("/invitations?", FaultKind::CutBefore).times(u32::MAX));
    leaves_everything(&test, &["--confirm", VANCE], 5);
}

#[test]
fn an_invitation_is_taken_back() {
    let test = invited();
    let is_invited = |test: &TestWorld| {
        test.sandbox.update(|world| world.calendly.invitations.iter().any(|it| it.email == GUEST))
    };
    let ran = test.run_writing_nothing(&["reconcile", "--remove", "--dry-run"]).success();
    assert!(ran.stdout.contains("Take back the invitation of"), "{}", ran.stdout);
    remove(&test, &["--confirm", GUEST]).success();
    assert!(!is_invited(&test) && is_member(&test, VANCE));
    assert_eq!(test.notes_marked("removal").len(), 1);

    // Who accepts it between the plan and its execution has an account, which was not decided about.
    let test = invited();
    test.sandbox.before("/invitations?", "GET", |_| {});
    test.sandbox.before("/invitations?", "GET", |world| {
        let at = "2026-11-22T09:59:59Z".parse().unwrap();
        world.calendly.accept_invitation(GUEST, at).unwrap();
    });
    remove(&test, &["--confirm", GUEST]).exit(6);
    assert!(is_member(&test, GUEST));
    assert_eq!((deletions(&test), test.notes_marked("removal").len()), (0, 0));
}

#[test]
fn an_answer_that_was_lost_is_looked_for() {
    let error = || Answer::calendly(500, "Internal Server Error", "Something went wrong.");
    for kind in [FaultKind::CutAfter, FaultKind::AnswerAfter(error())] {
        let test = decided();
        test.sandbox.inject(Fault::new(MEMBERS, kind).method("DELETE"));
        let ran = remove(&test, &["--confirm", VANCE]).success();
        assert!(ran.stderr.contains("no answer to the removal"), "{}", ran.stderr);
        assert_eq!(deletions(&test), 1);
        is_removed(&test);
    }
    for kind in [FaultKind::CutBefore, FaultKind::Answer(error())] {
        let test = decided();
        test.sandbox.inject(Fault::new(MEMBERS, kind).method("DELETE"));
        let ran = remove(&test, &["--confirm", VANCE]).exit(7);
        assert!(ran.stderr.contains("still there"), "{}", ran.stderr);
        assert_eq!((deletions(&test), test.notes_marked("removal").len()), (1, 0));
        remove(&test, &["--confirm", VANCE]).success();
        is_removed(&test);
    }
}

#[test]
fn what_goes_wrong_with_one_costs_nobody_else() {
    let test = demo().with_issue();
    test.calendly(|it| {
        it.add_member("zed@elsewhere.example");
    });
    let write = ["reconcile", "--write", "--yes"];
    test.run(&write).success();
    let both = [VANCE, "zed@elsewhere.example"];
    for email in both {
        type_in(&test, email, "Nobody knows them", "remove");
        test.run(&[&write[..], &["--decide", email]].concat()).success();
    }
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::CutBefore).method("DELETE").skip(1));
    let arguments = ["--confirm", both[0], "--confirm", both[1]];
    remove(&test, &arguments).exit(7);
    assert_eq!(test.notes_marked("removal").len(), 1);
    assert_eq!((is_member(&test, both[0]), is_member(&test, both[1])), (false, true));
    remove(&test, &arguments).success();
    assert_eq!(test.notes_marked("removal").len(), 2);
    assert!(!is_member(&test, both[1]));
    // Nobody else's decision was used for it.
    assert_eq!(test.issues().len(), 1);
    assert!(test.sandbox.update(|world| world.issue(AUDITS, 1).unwrap().closed.is_none()));
}
