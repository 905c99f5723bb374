//! Who is mentioned, who is written to instead, and whom an escalation goes to.

use sandbox::{Visibility, World};

use super::team::{CONFIG, configured, in_world, team, world};
use super::{ASKED, follow_up, state};
use crate::support::{AUDITS, Printed, TestWorld};

const FIRST: &str = "link-missing:p001@example.com";

/// A team of two, the first of whom has something particular.
fn with(change: impl FnOnce(&mut World)) -> TestWorld {
    let mut world = world(2);
    change(&mut world);
    in_world(world)
}

/// Refuses a run that mentions the first, or keeps quiet about why not.
#[track_caller]
fn is_not_mentioned(test: &TestWorld, why: &str) -> Printed {
    let ran = follow_up(test, &[]).success();
    assert_eq!(test.notes_with("Person 001").len() + test.notes_with("p001").len(), 0);
    assert_eq!(test.notes_with(ASKED).len(), 1, "the other one is asked\n{}", ran.stderr);
    let note = format!("Note: Person 001 is to be written to: {why}; --sent records it.");
    assert!(ran.stderr.contains(&note), "{}", ran.stderr);
    let advice =
        format!("\nTo send to Person 001 at p001@example.com, since {why}:\n\n    Hello,\n");
    assert!(ran.stdout.contains(&advice), "{}", ran.stdout);
    ran
}

const INACTIVE: &str = "the GitLab account is not active";
const NOBODY: &str = "GitLab knows no such user who sees the issue";
const NO_ACCESS: &str = "they do not see the issue";
const DISAGREE: &str = "the roster's GitLab id and username are of different users";
const NO_HANDLE: &str = "no GitLab username is known";

#[test]
fn whoever_would_not_hear_of_it_is_written_to() {
    let test = with(|world| world.block_user("p001").unwrap());
    is_not_mentioned(&test, INACTIVE);
    let test = with(|world| world.remove_member(AUDITS, "p001").unwrap());
    is_not_mentioned(&test, NOBODY);
    for (level, visible) in [(10, false), (15, true), (20, true)] {
        let test = with(|world| {
            world.issue(AUDITS, 1).unwrap().confidential = true;
            world.set_access_level(AUDITS, "p001", level).unwrap();
        });
        if visible {
            follow_up(&test, &[]).success();
            assert_eq!(test.mentions()["p001"], 1, "{level}");
        } else {
            is_not_mentioned(&test, NO_ACCESS);
        }
    }
    let test = with(|world| world.set_access_level(AUDITS, "p001", 10).unwrap());
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions()["p001"], 1, "a guest sees what is not confidential");
    // Whose issue it is sees it too, whatever their level.
    let test = with(|world| {
        world.set_access_level(AUDITS, "p001", 10).unwrap();
        let id = world.users.iter().find(|user| user.username == "p001").unwrap().id;
        let issue = world.issue(AUDITS, 1).unwrap();
        issue.confidential = true;
        issue.assignees = vec![id];
    });
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions()["p001"], 1);
}

#[test]
fn the_number_tells_who_somebody_is() {
    let test = team(2);
    test.sandbox.update(|world| world.rename_user("p001", "renamed").unwrap());
    follow_up(&test, &[]).success();
    assert_eq!(test.mentions().keys().collect::<Vec<_>>(), ["p002", "renamed"]);
    // A new name is no new person, also after the ping.
    test.sandbox.update(|world| world.rename_user("renamed", "again").unwrap());
    test.run_writing_nothing(&["followups", "--yes"]).success();
    test.reply("renamed", "again", "It was me.");
    assert_eq!(state(&test, FIRST), "answered");

    let test = team(2);
    test.replace_in_roster("username: p001 }", "username: p002 }");
    is_not_mentioned(&test, DISAGREE);
    // Somebody else has taken the name, who is no member.
    let test = team(2);
    test.sandbox.update(|world| {
        world.rename_user("p001", "renamed").unwrap();
        world.add_user("p001");
    });
    is_not_mentioned(&test, DISAGREE);
    assert_eq!(test.notes_with("@renamed").len(), 0);
}

#[test]
fn a_name_alone_will_do_and_none_will_not() {
    let id = world(2).users.iter().find(|user| user.username == "p001").unwrap().id;
    let whole = format!("  gitlab: {{ id: {id}, username: p001 }}\n");
    for (entry, why) in [
        ("  gitlab: { username: P001 }\n", None),
        ("", Some(NO_HANDLE)),
        ("  gitlab: { username: p0001 }\n", Some(NOBODY)),
        ("  gitlab: { id: 999999 }\n", Some(NOBODY)),
        ("  gitlab: [p001]\n", Some("the roster's GitLab entry cannot be read")),
    ] {
        let test = team(2);
        test.replace_in_roster(&whole, entry);
        match why {
            None => {
                follow_up(&test, &[]).success();
                assert_eq!(test.mentions()["p001"], 1);
            }
            Some(why) => assert_eq!(is_not_mentioned(&test, why).code, 0),
        }
    }
}

/// Who asks GitLab about users one by one, and how often.
fn lookups(test: &TestWorld) -> usize {
    let requests = test.sandbox.requests();
    requests.iter().filter(|it| it.path.contains("/api/v4/users")).count()
}

#[test]
fn where_everybody_sees_the_issue_those_who_are_due_are_looked_up() {
    for visibility in [Visibility::Public, Visibility::Internal] {
        let test = with(|world| {
            world.project(AUDITS).unwrap().visibility = visibility;
            for person in ["p001", "p002"] {
                world.remove_member(AUDITS, person).unwrap();
            }
        });
        follow_up(&test, &["--only", "p001"]).success();
        assert_eq!((test.mentions()["p001"], lookups(&test)), (1, 1));
        follow_up(&test, &[]).success();
        assert_eq!((test.mentions()["p002"], lookups(&test)), (1, 2));
        test.run_writing_nothing(&["followups", "--yes"]).success();
        assert_eq!(lookups(&test), 2, "nobody is due");

        let test = with(|world| {
            world.project(AUDITS).unwrap().visibility = visibility;
            world.remove_member(AUDITS, "p001").unwrap();
            world.block_user("p001").unwrap();
        });
        is_not_mentioned(&test, INACTIVE);
    }
}

#[test]
fn the_letter_says_what_the_ping_would_have_said() {
    let test = with(|world| world.block_user("p001").unwrap());
    let ran = is_not_mentioned(&test, INACTIVE);
    let url = format!("{}/{AUDITS}/-/issues/1", test.sandbox.gitlab_url());
    let letter = format!(
        "\nTo send to Person 001 at p001@example.com, since {INACTIVE}:\n\n    Hello,\n\n    the \
         access review of our Calendly organisation found:\n\n    - You have no Calendly link in \
         the roster. Add `calendly:` with the address of your main Calendly page to your entry in \
         the roster.\n\n    Please answer this message.\n\n    {url}\n"
    );
    assert!(ran.stdout.ends_with(&letter), "{}", ran.stdout);
    // It is only advice: it is given again until somebody says that it was sent.
    let again = test.run_writing_nothing(&["followups", "--yes"]).success();
    assert!(again.stdout.ends_with(&letter), "{}", again.stdout);
}

#[test]
fn what_was_sent_starts_the_clock_and_is_escalated_in_its_thread() {
    let test = with(|world| world.block_user("p001").unwrap());
    is_not_mentioned(&test, INACTIVE);
    test.advance(10);
    follow_up(&test, &["--sent", "p001@example.com"]).success();
    let [sent] = test.notes_marked("sent").try_into().unwrap();
    assert!(!sent.body.contains('@'), "{}", sent.body);
    let again = test.run_writing_nothing(&["followups", "--yes", "--sent", "p001"]).success();
    assert!(again.stderr.contains("Person 001 was asked already"), "{}", again.stderr);
    test.advance(71);
    follow_up(&test, &["--only", "p001"]).success();
    assert_eq!(test.notes_marked("escalate").len(), 0);
    test.advance(2);
    follow_up(&test, &["--only", "p001"]).success();
    let [escalated] = test.notes_marked("escalate").try_into().unwrap();
    assert!(escalated.body.starts_with("@boss @maria: "), "{}", escalated.body);
    let [issue] = test.issues().try_into().unwrap();
    assert_eq!(
        issue.discussion_of(sent.id).unwrap().id,
        issue.discussion_of(escalated.id).unwrap().id
    );
    assert_eq!(test.mentions().get("p001"), None);
    // An answer by mail is recorded, and stops it.
    assert_eq!(state(&test, FIRST), "escalated");
    let answered = ["--answered", "p001", "--reason", "is on leave until May"];
    follow_up(&test, &answered).success();
    assert_eq!(state(&test, FIRST), "answered");
}

/// Whom the escalation about the first mentions, and why, in a team that `change` changes.
fn escalation(config: &str, change: impl Fn(&TestWorld)) -> (String, String) {
    let test = configured(team(1), config);
    change(&test);
    follow_up(&test, &[]).success();
    test.advance(73);
    let ran = follow_up(&test, &[]).success();
    let escalated = test.notes_marked("escalate");
    let mentions = escalated.first().map(|note| note.body.split(':').next().unwrap().to_owned());
    (mentions.unwrap_or_default(), ran.stderr)
}

#[test]
fn an_escalation_goes_to_whom_it_can_reach() {
    let block = |username: &'static str| {
        move |test: &TestWorld| test.sandbox.update(|world| world.block_user(username).unwrap())
    };
    let (mentions, why) = escalation(CONFIG, |_| ());
    assert_eq!(mentions, "@boss @maria", "{why}");
    assert!(why.contains("Bodil Boss is the manager of Person 001"), "{why}");
    assert!(why.contains("maria is a Support Operations Manager"), "{why}");
    let (mentions, why) = escalation(CONFIG, block("maria"));
    assert_eq!(mentions, "@boss @mads", "{why}");
    assert!(why.contains(&format!("not maria: {INACTIVE}")), "{why}");
    let (mentions, why) = escalation(CONFIG, block("boss"));
    assert_eq!(mentions, "@maria", "{why}");
    let upwards = |test: &TestWorld| {
        test.replace_in_roster(
            "- name: Bodil Boss\n",
            "- name: Bodil Boss\n  reports_to: Otto Other\n",
        );
        test.sandbox.update(|world| world.block_user("boss").unwrap());
    };
    assert_eq!(escalation(CONFIG, upwards).0, "@otto @maria");
    let circle = |test: &TestWorld| {
        upwards(test);
        test.replace_in_roster(
            "- name: Otto Other\n",
            "- name: Otto Other\n  reports_to: Bodil Boss\n",
        );
        test.sandbox.update(|world| world.block_user("otto").unwrap());
    };
    assert_eq!(escalation(CONFIG, circle).0, "@maria");
    let same = |test: &TestWorld| {
        test.replace_in_roster("reports_to: Bodil Boss", "reports_to: maria-manager");
    };
    assert_eq!(escalation(CONFIG, same).0, "@maria", "mentioned once");
    assert_eq!(escalation("", |_| ()).0, "@boss");
    let (mentions, why) = escalation("", block("boss"));
    assert_eq!(mentions, "", "{why}");
    assert!(why.contains("is exhausted"), "{why}");
}

#[test]
fn nobody_is_asked_to_escalate_to_themself() {
    let test = team(0);
    for (person, other) in [("maria", "mads"), ("boss", "maria")] {
        test.replace_in_roster(&format!("  calendly: https://calendly.com/{person}\n"), "");
        follow_up(&test, &[]).success();
        test.advance(73);
        follow_up(&test, &[]).success();
        let escalated = test.notes_marked("escalate");
        let last = &escalated.last().unwrap().body;
        assert!(last.starts_with(&format!("@{other}: ")), "{last}");
    }
}

#[test]
fn a_mark_by_somebody_else_holds_its_subject() {
    let test = team(2);
    follow_up(&test, &["--only", "p002"]).success();
    let mark = test.notes_marked("ask")[0].body.lines().last().unwrap().to_owned();
    let first = test.run(&["followups", "--dry-run"]).success().stdout;
    let first = first.lines().find(|line| line.contains("<!-- support-audit")).unwrap();
    for forged in [first.trim().to_owned(), first.replace(" ask ", " accept ").trim().to_owned()] {
        let test = test.again();
        test.sandbox.update(|world| {
            world.comment(AUDITS, 1, "p001", &format!("Asked already.\n\n{forged}")).unwrap();
        });
        let ran = test.run_writing_nothing(&["followups", "--yes"]).success();
        assert!(ran.stderr.contains(&format!("{FIRST} is held: p001")), "{}", ran.stderr);
        assert!(ran.stderr.contains("`operators`"), "{}", ran.stderr);
        test.run_writing_nothing(&["submit-review", "--yes"]).exit(11);
    }
    // Of another audit, or of another version, it is none.
    for strange in [mark.replace("FY28-Q1", "FY27-Q3"), mark.replace(" v1 ", " v2 ")] {
        let test = test.again();
        test.sandbox.update(|world| {
            world.comment(AUDITS, 1, "boss", &format!("Well.\n\n{strange}")).unwrap();
        });
        follow_up(&test, &[]).success();
        assert_eq!(test.mentions()["p001"], 1);
    }
}
