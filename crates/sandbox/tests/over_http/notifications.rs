//! Who is told, why, and how: as recorded from GitLab 18.9.

use sandbox::{By, Sandbox, Why};
use serde_json::{Value, json};

use crate::{
    http::write,
    office::{ISSUES, create, open, update, with_issue},
};

const ONE: &str = "projects/1/issues/1";
const NOTES: &str = "projects/1/issues/1/notes";

type Told = (String, Why, By);

/// What has been told since the last time, without what takes part in an issue brings.
fn told(sandbox: &Sandbox, seen: &mut usize) -> Vec<Told> {
    let all = sandbox.notifications();
    let new = all.iter().skip(*seen).filter(|told| told.why != Why::Participating);
    let new = new.map(|told| (told.user.clone(), told.why, told.by)).collect();
    *seen = all.len();
    new
}

fn mail(user: &str) -> Told {
    (user.to_owned(), Why::Mentioned, By::Mail)
}

fn todo(user: &str) -> Told {
    (user.to_owned(), Why::Mentioned, By::TodoOnly)
}

/// Texts of the recording, and whether they mention `bob`.
const RECORDED: &[(&str, bool)] = &[
    ("hi @bob", true),
    ("hi `@bob`", false),
    ("hi\n\n```\n@bob\n```", false),
    ("hi <!-- @bob -->", false),
    ("<!--\n@bob\n-->\nhi", false),
    ("hi \\@bob", false),
    ("> @bob said", true),
    ("[@bob](http://example.test)", false),
    ("mail foo@bob", false),
    ("<code>@bob</code>", false),
    ("hi &#64;bob", true),
    ("hi @all", false),
    ("hi `@all`", false),
    ("hi @acme", false),
    ("hi @BOB", true),
    ("hi @bob_", false),
    ("(@bob)", true),
    ("- @bob\n- x", true),
    ("|a|\n|-|\n|@bob|", true),
    ("hi ``@bob``", false),
    ("<a title=\"@bob\">x</a>", false),
    ("bob@bob.test", false),
    ("$`@bob`$", false),
    ("/@bob", true),
];

#[test]
fn texts_mention_whom_they_mentioned_in_the_recording() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let mut seen = 0;
    for &(text, mentions) in RECORDED {
        let expected = if mentions { vec![mail("bob")] } else { vec![] };
        create(&sandbox, "dev", ISSUES, &json!({"title": "t", "description": text}))?;
        assert_eq!(told(&sandbox, &mut seen), expected, "description {text:?}");
        create(&sandbox, "dev", NOTES, &json!({"body": text}))?;
        assert_eq!(told(&sandbox, &mut seen), expected, "note {text:?}");
    }
    Ok(())
}

#[test]
fn a_mention_by_an_edit_makes_a_to_do_and_only_when_it_is_new() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let mut seen = 0;
    for (text, expected) in [
        ("hi @bob", vec![todo("bob")]),
        ("hello @bob", vec![]),
        ("hello @bob and @ada", vec![todo("ada")]),
        ("nobody", vec![]),
        ("hi @bob", vec![todo("bob")]),
    ] {
        update(&sandbox, "dev", ONE, &json!({"description": text}))?;
        assert_eq!(told(&sandbox, &mut seen), expected, "{text}");
    }
    for (text, expected) in [("hi @bob", vec![mail("bob")]), ("hi @bob", vec![mail("bob")])] {
        create(&sandbox, "dev", NOTES, &json!({"body": text}))?;
        assert_eq!(told(&sandbox, &mut seen), expected, "every new note tells again");
    }
    let note = sandbox.notifications().last().and_then(|told| told.note);
    let path = format!("{NOTES}/{}", note.unwrap_or_default());
    for (text, expected) in [("hi @bob!", vec![]), ("hi @bob, @ada", vec![todo("ada")])] {
        update(&sandbox, "dev", &path, &json!({"body": text}))?;
        assert_eq!(told(&sandbox, &mut seen), expected, "{text}");
    }
    Ok(())
}

#[test]
fn nobody_is_told_of_what_they_cannot_see_or_did_themselves() -> anyhow::Result<()> {
    let sandbox = open()?;
    let everybody = "@olga @dev @gus @eve @ada @bob @nobody";
    let mut seen = 0;
    let mut names = |body: Value| -> anyhow::Result<Vec<String>> {
        create(&sandbox, "dev", ISSUES, &body)?;
        Ok(told(&sandbox, &mut seen).into_iter().map(|(user, ..)| user).collect())
    };
    let open = json!({"title": "t", "description": everybody});
    assert_eq!(names(open.clone())?, ["olga", "bob", "ada", "gus"]);
    let hidden = json!({"title": "t", "description": everybody, "confidential": true});
    assert_eq!(names(hidden)?, ["olga", "bob", "ada"]);
    let commanded = format!("{everybody}\n\n/confidential");
    assert_eq!(names(json!({"title": "t", "description": commanded}))?, ["olga", "bob", "ada"]);
    sandbox.update(|world| world.users[3].state = "blocked".to_owned());
    assert_eq!(names(open)?, ["olga", "ada", "gus"]);
    let before = sandbox.notifications().len();
    create(&sandbox, "dev", NOTES, &json!({"body": "@gus @ada", "internal": true}))?;
    let told = sandbox.notifications().split_off(before);
    assert!(told.iter().all(|told| told.user != "gus"), "{told:?}");
    Ok(())
}

#[test]
fn an_assignee_is_told() -> anyhow::Result<()> {
    let sandbox = open()?;
    let mut seen = 0;
    let assigned = |user: &str| vec![(user.to_owned(), Why::Assigned, By::Mail)];
    // dev is 3, bob is 4.
    create(&sandbox, "dev", ISSUES, &json!({"title": "t", "assignee_ids": [4]}))?;
    assert_eq!(told(&sandbox, &mut seen), assigned("bob"));
    update(&sandbox, "dev", ONE, &json!({"assignee_ids": [4]}))?;
    assert_eq!(told(&sandbox, &mut seen), []);
    update(&sandbox, "dev", ONE, &json!({"assignee_ids": [3]}))?;
    assert_eq!(told(&sandbox, &mut seen), [], "not of what one does oneself");
    write(&sandbox, "dev", ("POST", NOTES), &json!({"body": "/assign @ada"}))?;
    assert_eq!(told(&sandbox, &mut seen), assigned("ada"));
    Ok(())
}

#[test]
fn who_takes_part_gets_mail_for_every_note() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", NOTES, &json!({"body": "@ada?"}))?;
    let note = create(&sandbox, "gus", NOTES, &json!({"body": "@bob!"}))?;
    let told = sandbox.notifications();
    let told: Vec<_> = told.iter().map(|told| (told.user.as_str(), told.why, told.note)).collect();
    let expected = [
        ("ada", Why::Mentioned, Some(1)),
        ("dev", Why::Participating, Some(1)),
        ("bob", Why::Mentioned, Some(2)),
        ("dev", Why::Participating, Some(2)),
        ("ada", Why::Participating, Some(2)),
    ];
    assert_eq!(told, expected);
    assert_eq!(note["id"], 2);
    let last = sandbox.notifications().pop();
    assert_eq!(last.map(|last| (last.project, last.issue)), Some(("group/audits".to_owned(), 1)));
    Ok(())
}
