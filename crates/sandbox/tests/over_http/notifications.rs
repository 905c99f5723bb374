//! Who is told, why, and how: as recorded from GitLab 18.9.

use expect_test::expect;
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
fn a_mention_added_to_a_description_mails_and_one_added_to_a_note_makes_a_to_do()
-> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let mut seen = 0;
    for (text, expected) in [
        ("hi @bob", vec![mail("bob")]),
        ("hello @bob", vec![]),
        ("hello @bob and @ada", vec![mail("ada")]),
        ("nobody", vec![]),
        ("hi @bob", vec![mail("bob")]),
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
    let both = json!({"title": "t", "description": "@bob @ada", "assignee_ids": [4]});
    create(&sandbox, "dev", ISSUES, &both)?;
    let expected = [assigned("bob"), vec![mail("ada")]].concat();
    assert_eq!(told(&sandbox, &mut seen), expected, "one mail, for the stronger reason");
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

/// Who gets a mail when the user comments.
fn mailed_by_a_comment(sandbox: &Sandbox, user: &str) -> anyhow::Result<Vec<String>> {
    let before = sandbox.notifications().len();
    create(sandbox, user, NOTES, &json!({"body": "Well."}))?;
    let mails = sandbox.notifications().split_off(before);
    Ok(mails.into_iter().filter(|mail| mail.by == By::Mail).map(|mail| mail.user).collect())
}

#[test]
fn whoever_takes_part_at_the_time_of_a_comment_gets_it() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    assert_eq!(mailed_by_a_comment(&sandbox, "max")?, ["dev"], "the author");
    let asked = create(&sandbox, "max", NOTES, &json!({"body": "@bob?"}))?["id"].to_string();
    assert_eq!(mailed_by_a_comment(&sandbox, "max")?, ["dev", "bob"], "who was mentioned");
    let award = json!({"name": "eyes"});
    create(&sandbox, "gus", &format!("{NOTES}/{asked}/award_emoji"), &award)?;
    assert_eq!(mailed_by_a_comment(&sandbox, "max")?, ["dev", "bob", "gus"], "who reacted");
    update(&sandbox, "olga", ONE, &json!({"description": "Other words"}))?;
    let everybody = ["olga", "dev", "bob", "gus"];
    assert_eq!(mailed_by_a_comment(&sandbox, "max")?, everybody, "whose edit left a system note");
    write(&sandbox, "max", ("DELETE", &format!("{NOTES}/{asked}")), &json!({}))?;
    assert_eq!(
        mailed_by_a_comment(&sandbox, "max")?,
        ["olga", "dev"],
        "not through a deleted note"
    );
    Ok(())
}

#[test]
fn followers_hear_that_an_issue_is_closed_reopened_or_given_to_somebody() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    create(&sandbox, "bob", NOTES, &json!({"body": "Hello"}))?;
    let heard = |user: &str, body: Value| -> anyhow::Result<Vec<Told>> {
        let before = sandbox.notifications().len();
        update(&sandbox, user, ONE, &body)?;
        let new = sandbox.notifications().split_off(before).into_iter();
        Ok(new.map(|told| (told.user, told.why, told.by)).collect())
    };
    let follows = |user: &str| (user.to_owned(), Why::Participating, By::Mail);
    let both = [follows("dev"), follows("bob")];
    assert_eq!(heard("max", json!({"state_event": "close"}))?, both);
    assert_eq!(heard("max", json!({"state_event": "close"}))?, [], "it is closed already");
    assert_eq!(heard("max", json!({"state_event": "reopen"}))?, both);
    let assigned = ("ada".to_owned(), Why::Assigned, By::Mail);
    assert_eq!(heard("dev", json!({"assignee_ids": [5]}))?[0], assigned);
    assert_eq!(heard("dev", json!({"assignee_ids": []}))?.last(), Some(&follows("ada")));
    for change in [
        json!({"title": "New"}),
        json!({"labels": "x"}),
        json!({"due_date": "2027-01-01"}),
        json!({"discussion_locked": true}),
        json!({"confidential": true}),
    ] {
        assert_eq!(heard("dev", change.clone())?, [], "{change}");
    }
    Ok(())
}

#[test]
fn mails_are_counted_by_recipient_and_reason() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    let note = create(&sandbox, "dev", NOTES, &json!({"body": "@bob @ada?"}))?;
    create(&sandbox, "bob", NOTES, &json!({"body": "Because."}))?;
    create(&sandbox, "dev", NOTES, &json!({"body": "@bob, thank you."}))?;
    let edit = json!({"body": "@bob @ada @gus?"});
    update(&sandbox, "dev", &format!("{NOTES}/{}", note["id"]), &edit)?;
    update(&sandbox, "dev", ONE, &json!({"assignee_ids": [4]}))?;
    let table = sandbox.update(|world| world.mail_table("dev"));
    expect![[r"
        | recipient | mentioned | assigned | taking part | from others |
        | --- | ---: | ---: | ---: | ---: |
        | `ada` | 1 | 0 | 2 | 1 |
        | `bob` | 2 | 1 | 0 | 0 |
        | `dev` | 0 | 0 | 0 | 1 |
        | `gus` | 0 | 0 | 1 | 0 |
        | together | 3 | 1 | 3 | 2 |
    "]]
    .assert_eq(&table.to_string());
    assert_eq!(table.total().from_operator(), 7);
    assert_eq!(sandbox.update(|world| world.mails().count()), 9, "a to-do item is no mail");
    Ok(())
}
