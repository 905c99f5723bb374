//! `--remove`: those leave the organisation whose removal was decided, and nobody else.

use std::collections::BTreeMap;

use sandbox::{Answer, CalendlyToken, Fault, FaultKind, World};

use super::{demo, type_in};
use crate::support::{AUDITS, Printed, Ran, Terminal, TestWorld, VANCE};

/// What only the reading of one address has in its address.
const FRESH: &str = "&email=";
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

/// Refuses anything but that the outsider is gone, everybody else is there, and it is recorded once.
#[track_caller]
fn is_removed(test: &TestWorld) {
    assert!(!is_member(test, VANCE));
    assert_eq!(members(test).len(), 39);
    let comments = test.notes_marked("removed");
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0].body.contains(&format!("`{VANCE}` was removed")), "{comments:?}");
    let marker = comments[0].body.lines().last().unwrap();
    assert!(marker.contains(" outsider:") && !marker.contains("vance"), "{marker}");
    assert_eq!(test.mentions(), BTreeMap::new());
}

#[test]
fn whom_an_operator_confirms_is_removed_and_recorded() {
    for confirm in [VANCE.to_owned(), VANCE.to_uppercase()] {
        let test = decided();
        let ran = remove(&test, &["--confirm", &confirm]).success();
        assert!(ran.stderr.contains(&format!("removed {VANCE}")), "{}", ran.stderr);
        is_removed(&test);
        assert_eq!(deletions(&test), 1);
        // The account itself stays its holder's.
        let account = |world: &mut World| {
            world.calendly.users.iter().find(|user| user.email == VANCE).cloned().unwrap()
        };
        assert!(test.sandbox.update(account).organization.is_some());
        // It was read afresh before, and again as a proof.
        let fresh = test.sandbox.requests();
        assert_eq!(fresh.iter().filter(|request| request.path.contains(FRESH)).count(), 2);
        for arguments in [&[][..], &["--confirm", &confirm]] {
            let arguments = [&["reconcile", "--remove", "--yes"], arguments].concat();
            let ran = test.run_writing_nothing(&arguments).success();
            assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
        }
    }
}

#[test]
fn without_a_confirmation_nobody_is_removed() {
    let test = decided();
    let ran = leaves_everything(&test, &[], 2);
    assert!(ran.stderr.contains("--confirm") && ran.stderr.contains(VANCE), "{}", ran.stderr);
    let ran = test.run_writing_nothing(&["reconcile", "--remove", "--confirm", VANCE]).exit(2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    for arguments in [
        &["reconcile", "--confirm", VANCE][..],
        &["reconcile", "--remove", "--write"],
        &["reconcile", "--remove", "--accounts", "users.csv"],
        &["reconcile", "--remove", "--max-share", "0"],
        &["reconcile", "--remove", "--max-share", "101"],
    ] {
        test.run_writing_nothing(arguments).exit(2);
    }
    assert!(is_member(&test, VANCE));
}

#[test]
fn whose_removal_is_not_decided_stays() {
    let kept = decided_about(VANCE, "keep", |_| {});
    leaves_everything(&kept, &["--confirm", VANCE], 11);
    let ran = kept.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success();
    assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);

    let proposed = demo().with_issue();
    proposed.run(&["reconcile", "--write", "--yes"]).success();
    type_in(&proposed, VANCE, "", "remove");
    let ran = leaves_everything(&proposed, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains(VANCE), "{}", ran.stderr);

    let test = decided();
    for email in ["asalm@example.com", "ghost@example.com", "owner@example.com"] {
        let ran = leaves_everything(&test, &["--confirm", VANCE, "--confirm", email], 11);
        assert!(ran.stderr.contains(email), "{}", ran.stderr);
    }
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
fn a_dry_run_shows_who_would_leave() {
    let test = decided();
    for arguments in [&[][..], &["--confirm", VANCE]] {
        let arguments = [&["reconcile", "--remove", "--dry-run"], arguments].concat();
        let ran = test.run_writing_nothing(&arguments).success();
        assert!(ran.stdout.contains(&format!("1. Remove the account {VANCE}")), "{}", ran.stdout);
        assert!(ran.stdout.contains("2. Comment on issue #1"), "{}", ran.stdout);
        assert!(is_member(&test, VANCE));
    }
}

#[test]
fn an_owner_is_never_removed() {
    let owner = |world: &mut World| {
        world.calendly.member(VANCE).unwrap().role = "owner".to_owned();
    };
    let test = decided_about(VANCE, "remove", owner);
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains("owner"), "{}", ran.stderr);
    let ran = test.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success();
    assert!(ran.stderr.contains("is an owner"), "{}", ran.stderr);
}

#[test]
fn nobody_removes_themself() {
    let own = |world: &mut World| {
        world.calendly.member(VANCE).unwrap().role = "admin".to_owned();
        world.calendly.tokens.clear();
        world.calendly.add_token(CalendlyToken::new("sandbox-calendly-token", VANCE));
    };
    let test = decided_about(VANCE, "remove", own);
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains("your own"), "{}", ran.stderr);
    let ran = test.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success();
    assert!(ran.stderr.contains("is your own"), "{}", ran.stderr);
}

#[test]
fn only_a_part_of_the_organisation_is_removed_at_once() {
    let few = |world: &mut World| {
        let stays = ["ivelderman@example.com", "nadeyemi@example.com", VANCE];
        world.calendly.users.retain(|user| stays.contains(&user.email.as_str()));
        world.calendly.invitations.clear();
    };
    let test = decided_about(VANCE, "remove", few);
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains("1 of 3") && ran.stderr.contains("--max-share"), "{}", ran.stderr);
    leaves_everything(&test, &["--confirm", VANCE, "--max-share", "33"], 11);
    remove(&test, &["--confirm", VANCE, "--max-share", "34"]).success();
    assert!(!is_member(&test, VANCE));
    // One of four is a quarter.
    let test = decided_about(VANCE, "remove", |world| {
        few(world);
        world.calendly.add_member("asalm@example.com");
    });
    remove(&test, &["--confirm", VANCE]).success();
}

#[test]
fn nobody_is_removed_while_anything_is_in_doubt() {
    let test = decided();
    test.add_to_roster("- name: [Vance]\n");
    let ran = leaves_everything(&test, &["--confirm", VANCE], 11);
    assert!(ran.stderr.contains("may hide a person"), "{}", ran.stderr);

    let test = decided();
    test.write("r.yaml", "- name: Ignatius Velderman\n  email: ivelderman@example.com\n");
    let ran = leaves_everything(&test, &["--confirm", VANCE, "--roster", "r.yaml"], 11);
    assert!(ran.stderr.contains("10 % smaller"), "{}", ran.stderr);

    let test = decided();
    test.sandbox.inject(Fault::new("/invitations?", FaultKind::CutBefore).times(u32::MAX));
    leaves_everything(&test, &["--confirm", VANCE], 5);

    let test = decided();
    test.write("c.toml", "[checks]\noff = [\"outsider\"]\n");
    let ran = leaves_everything(&test, &["--confirm", VANCE, "--config", "c.toml"], 11);
    assert!(ran.stderr.contains("switched off"), "{}", ran.stderr);

    // Whoever cannot be read among the exceptions may be the one.
    let test = decided();
    test.write("e.yaml", "- check: outsider\n  email: [bvance]\n");
    let ran = leaves_everything(&test, &["--confirm", VANCE, "--exceptions", "e.yaml"], 11);
    assert!(ran.stderr.contains("exceptions"), "{}", ran.stderr);
}

#[test]
fn whom_an_exception_justifies_or_who_is_left_out_stays() {
    let test = decided();
    test.write(
        "e.yaml",
        format!(
            "- check: outsider\n  email: {VANCE}\n  reason: Demos\n  approved_by: nadeyemi\n  \
             approved_on: 2026-08-01\n  expires: 2027-02-01\n"
        ),
    );
    let ran = leaves_everything(&test, &["--confirm", VANCE, "--exceptions", "e.yaml"], 11);
    assert!(ran.stderr.contains("exception"), "{}", ran.stderr);
    test.write("c.toml", format!("exclude = [\"{VANCE}\"]\n"));
    leaves_everything(&test, &["--confirm", VANCE, "--config", "c.toml"], 11);
}

/// What was planned is done to the account that was planned for, or not at all.
#[test]
fn an_account_that_changes_meanwhile_is_not_removed() {
    type Change = fn(&mut World);
    let changes: [(&str, Change); 4] = [
        ("owner", |world| world.calendly.member(VANCE).unwrap().role = "owner".to_owned()),
        ("another role", |world| world.calendly.member(VANCE).unwrap().role = "admin".to_owned()),
        ("another account", |world| world.calendly.member(VANCE).unwrap().id = "OTHER".to_owned()),
        ("no such account", |world| world.calendly.member(VANCE).unwrap().leave()),
    ];
    for (told, change) in changes {
        let test = decided();
        test.sandbox.before(FRESH, "GET", change);
        let ran = remove(&test, &["--confirm", VANCE]).exit(6);
        assert!(ran.stderr.contains(told) && ran.stderr.contains("hint: "), "{}", ran.stderr);
        assert_eq!((deletions(&test), test.notes_marked("removed").len()), (0, 0), "{told}");
    }
}

#[test]
fn an_address_that_two_accounts_have_is_left_alone() {
    let test = decided();
    test.sandbox.before(FRESH, "GET", |world| {
        let twin = world.calendly.member(VANCE).unwrap().clone();
        let (id, email) = ("TWIN".to_owned(), VANCE.to_uppercase());
        world.calendly.users.push(sandbox::CalendlyUser { id, email, ..twin });
    });
    let ran = remove(&test, &["--confirm", VANCE]).exit(6);
    assert!(ran.stderr.contains("several accounts"), "{}", ran.stderr);
    assert_eq!(deletions(&test), 0);
}

/// An outsider who was invited and has not joined.
fn invited() -> TestWorld {
    decided_about(GUEST, "remove", |world| {
        world.calendly.invite(GUEST, "2026-05-06T07:08:09Z".parse().unwrap());
    })
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
    assert_eq!(test.notes_marked("removed").len(), 1);

    // Who accepts it between the plan and its execution has an account, which was not decided about.
    let test = invited();
    test.sandbox.before("/invitations?", "GET", |_| {});
    test.sandbox.before("/invitations?", "GET", |world| {
        let at = "2026-11-22T09:59:59Z".parse().unwrap();
        world.calendly.accept_invitation(GUEST, at).unwrap();
    });
    remove(&test, &["--confirm", GUEST]).exit(6);
    assert!(is_member(&test, GUEST));
    assert_eq!((deletions(&test), test.notes_marked("removed").len()), (0, 0));
}

#[test]
fn where_an_identity_provider_rules_it_is_said() {
    let test = invited();
    test.calendly(|it| it.scim = true);
    let ran = remove(&test, &["--confirm", GUEST]).exit(1);
    for part in ["SCIM", "identity provider", GUEST] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
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
    let ran = remove(&test, &["--confirm", VANCE]).exit(3);
    assert!(ran.stderr.contains("organizations:write"), "{}", ran.stderr);
    assert!(is_member(&test, VANCE));
    assert_eq!(test.notes_marked("removed").len(), 0);
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
        assert_eq!((deletions(&test), test.notes_marked("removed").len()), (1, 0));
        remove(&test, &["--confirm", VANCE]).success();
        is_removed(&test);
    }
}

/// The proof is that the account is not found any more, whatever the answer was.
#[test]
fn a_removal_that_did_nothing_is_not_recorded() {
    let test = decided();
    let answer = Answer { status: 204, ..Answer::default() };
    test.sandbox.inject(Fault::new(MEMBERS, FaultKind::Answer(answer)).method("DELETE"));
    let ran = remove(&test, &["--confirm", VANCE]).exit(7);
    assert!(ran.stderr.contains("still there"), "{}", ran.stderr);
    assert_eq!(test.notes_marked("removed").len(), 0);
}

#[test]
fn a_removal_survives_its_death_at_any_request() {
    let arguments = ["--confirm", VANCE];
    let clean = decided();
    let before = clean.sandbox.requests().len();
    remove(&clean, &arguments).success();
    let requests = u32::try_from(clean.sandbox.requests().len() - before).unwrap();
    assert!(requests > 8, "{requests}");
    for number in 1..=requests {
        for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
            let test = decided();
            test.dies_at(number, kind.clone());
            let dead = remove(&test, &arguments);
            let test = test.again();
            let ran = remove(&test, &arguments);
            assert_eq!(ran.code, 0, "{number} {kind:?}\n{}\n{}", dead.stderr, ran.stderr);
            is_removed(&test);
            test.run_writing_nothing(&["reconcile", "--remove", "--yes"]).success();
        }
    }
}

/// Each removal is recorded before the next one is begun.
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
    assert_eq!(test.notes_marked("removed").len(), 1);
    assert_eq!((is_member(&test, both[0]), is_member(&test, both[1])), (false, true));
    remove(&test, &arguments).success();
    assert_eq!(test.notes_marked("removed").len(), 2);
    assert!(!is_member(&test, both[1]));
    // Nobody else's decision was used for it.
    assert_eq!(test.issues().len(), 1);
    assert!(test.sandbox.update(|world| world.issue(AUDITS, 1).unwrap().closed.is_none()));
}
