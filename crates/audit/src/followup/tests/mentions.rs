//! Who is mentioned, and whom an escalation goes to.

use super::super::Selection;
use super::told::{ADA, LINK, OLGA, edit, told};
use super::world::{World, member};
use crate::record::directory::Known;

/// The mentions of what is due about Ada, and why she is written to instead.
fn asked(gitlab: &str, change: impl FnOnce(&mut World)) -> (Vec<String>, Option<String>) {
    let mut world = told();
    let entry = if gitlab.is_empty() { String::new() } else { format!("  gitlab: {gitlab}\n") };
    edit(&mut world.texts.team, "  gitlab: {id: 10, username: ada}\n", &entry);
    change(&mut world);
    let mut found = Vec::new();
    for knows_members in [false, true] {
        world.forget(knows_members);
        let due = world.due(OLGA, &Selection::default()).unwrap();
        assert_eq!(due.inquiries.len(), 0);
        let outline = World::outline(&due);
        let mentions =
            outline.iter().filter_map(|it| Some(it.split_once('@')?.1.split_once(':')?.0));
        let mentions: Vec<String> = mentions.map(str::to_owned).collect();
        let note = format!(
            "Ada Ash is to be written to: {}",
            due.advice.first().map_or("", |it| &it.reason)
        );
        assert_eq!(due.plan.notes.iter().any(|it| it.starts_with(&note)), !due.advice.is_empty());
        found.push((mentions, due.advice.first().map(|advice| advice.reason.clone())));
    }
    // Where all who see the issue are known, nobody asks about the others.
    assert_eq!((&found[0].0, found[0].1.is_some()), (&found[1].0, found[1].1.is_some()));
    found.remove(0)
}

fn known(world: &mut World, id: u64) -> &mut Known {
    world.users.iter_mut().find(|it| it.user.id == id).unwrap()
}

#[test]
fn only_one_whom_gitlab_confirms() {
    type Change = fn(&mut World);
    let nothing: Change = |_| {};
    let renamed: Change = |world| world.rename(ADA, "ada-ash");
    let blocked: Change = |world| known(world, ADA).is_active = false;
    let outside: Change = |world| known(world, ADA).sees_issue = false;
    let both = "{id: 10, username: ada}";
    let disagree = "the roster's GitLab id and username are of different users";
    let nobody = "GitLab knows no such user who sees the issue";
    for (gitlab, change, expected) in [
        (both, nothing, Ok("ada")),
        ("{id: 10}", nothing, Ok("ada")),
        ("{id: 10, username: ADA}", nothing, Ok("ada")),
        ("{username: Ada}", nothing, Ok("ada")),
        // Renamed: the user of the id, under the present username.
        (both, renamed, Ok("ada-ash")),
        ("{username: ada}", renamed, Err(nobody)),
        // The username is another user's by now, whether or not they see the issue.
        ("{id: 10, username: bert}", nothing, Err(disagree)),
        (
            both,
            |world| {
                world.rename(ADA, "ada-ash");
                world.users.push(Known { sees_issue: false, ..member(77, "ada") });
            },
            Err(disagree),
        ),
        ("{id: 11, username: ada-x}", nothing, Err(nobody)),
        (both, blocked, Err("the GitLab account is not active")),
        ("", nothing, Err("no GitLab username is known")),
        ("{id: [10], username: ada}", nothing, Err("the roster's GitLab entry cannot be read")),
    ] {
        let (mentions, reason) = asked(gitlab, change);
        match expected {
            Ok(name) => assert_eq!((mentions, reason), (vec![name.to_owned()], None), "{gitlab}"),
            Err(why) => assert_eq!((mentions, reason), (vec![], Some(why.to_owned())), "{gitlab}"),
        }
    }
    let (mentions, reason) = asked(both, outside);
    assert_eq!((mentions, reason.as_deref()), (vec![], Some("they do not see the issue")));
}

/// The mentions of an escalation about Ada, and the reasons.
fn escalated(change: impl FnOnce(&mut World)) -> (String, String) {
    let (mut world, _, _) = World::asked(80);
    change(&mut world);
    world.forget(false);
    let due = world.due(OLGA, &Selection::default()).unwrap();
    let outline = World::outline(&due);
    let mentions =
        outline.first().and_then(|it| it.split_once(": there is")).map_or("", |(it, _)| it);
    (mentions.replace("reply: ", ""), due.plan.notes[0].clone())
}

/// Something that happens to the world.
type Change = Box<dyn FnOnce(&mut World)>;

#[test]
fn the_chain_of_escalation_with_its_reasons() {
    let head = "the escalation about Ada Ash: ";
    let sam = "sam is a Support Operations Manager";
    let reports = |manager: &'static str| {
        move |world: &mut World| {
            edit(&mut world.texts.team, "reports_to: Mia Man", &format!("reports_to: {manager}"));
            world.texts.team.push_str(
                "- {name: Bo Bay, email: bo@x.example, calendly: \"https://calendly.com/bo\", gitlab: {id: 21}, reports_to: Mia Man}\n",
            );
            world.users.push(Known { is_active: false, ..member(21, "bo") });
        }
    };
    let cases: Vec<(Change, &str, String)> = vec![
        (Box::new(|_| {}), "@mia @sam", format!("Mia Man is the manager of Ada Ash; {sam}")),
        // A slug of the name names them, too.
        (Box::new(reports("mia-man")), "@mia @sam", format!("Mia Man is the manager of Ada Ash; {sam}")),
        (
            Box::new(reports("Bo Bay")),
            "@mia @sam",
            format!("not Bo Bay: the GitLab account is not active; Mia Man is the manager of Bo Bay; {sam}"),
        ),
        (
            Box::new(|world| edit(&mut world.texts.team, "reports_to: Mia", "reports_to: No")),
            "@sam",
            format!("the manager of Ada Ash is not known; {sam}"),
        ),
        (
            Box::new(|world| {
                world.texts.team.push_str("  reports_to: Ada Ash\n");
                known(world, 20).is_active = false;
            }),
            "@sam",
            format!("not Mia Man: the GitLab account is not active; the managers above Mia Man go round in a circle; {sam}"),
        ),
        (
            Box::new(|world| world.managers = ["mia", "sam"].map(str::to_owned).to_vec()),
            "@mia",
            "Mia Man is the manager of Ada Ash; mia is the Support Operations Manager as well".to_owned(),
        ),
        (
            Box::new(|world| world.managers = ["ada", "none", "sue"].map(str::to_owned).to_vec()),
            "@mia @sue",
            "Mia Man is the manager of Ada Ash; not ada, whom it is about; not none: GitLab knows no such user who sees the issue; sue is a Support Operations Manager".to_owned(),
        ),
        (
            Box::new(|world| {
                // The manager's entry has the subject's own user.
                edit(&mut world.texts.team, "{id: 20, username: mia}", "{username: ada}");
            }),
            "@sam",
            format!("not Mia Man, whom it is about; the manager of Mia Man is not known; {sam}"),
        ),
        (
            Box::new(|world| world.managers.clear()),
            "@mia",
            "Mia Man is the manager of Ada Ash; no `managers` are configured".to_owned(),
        ),
    ];
    for (change, mentions, reasons) in cases {
        assert_eq!(escalated(change), (mentions.to_owned(), format!("{head}{reasons}")));
    }
}

#[test]
fn renamed_or_moved_they_are_the_same() {
    type Change = fn(&mut World);
    let changes: [Change; 5] = [
        |world| world.rename(ADA, "ada-ash"),
        |world| edit(&mut world.texts.team, "name: Ada Ash", "name: Ada Oak"),
        |world| edit(&mut world.texts.team, "ada@x.example", "ada.ash@x.example"),
        |world| edit(&mut world.texts.team, "id: 10, username: ada", "username: ada"),
        |world| edit(&mut world.texts.team, "ada@x.example", "ADA@X.example"),
    ];
    for change in changes {
        let (mut world, thread, _) = World::asked(1);
        assert_eq!(world.word(LINK), "waiting");
        change(&mut world);
        assert_eq!(world.due_now(), [""; 0]);
        world.say(ADA, Some(&thread), "It is me.");
        assert!(world.states()[0].ends_with(" answered 1"), "{:?}", world.states());
    }
    // Two changes with a comment between them lose nothing either.
    let (mut world, thread, _) = World::asked(80);
    edit(&mut world.texts.team, "ada@x.example", "oak@x.example");
    world.run(OLGA);
    edit(&mut world.texts.team, "id: 10, username: ada", "username: ada");
    world.pass(1);
    assert!(world.states()[0].ends_with(" escalated 1"), "{:?}", world.states());
    assert_eq!(world.thread_mut(&thread).notes.len(), 2);
}
