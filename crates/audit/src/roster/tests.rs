//! What a roster written by hand may hold, and what becomes of it.

mod agreement;
mod files;

use expect_test::{Expect, expect};

use super::*;

fn read(text: impl AsRef<[u8]>) -> (Roster, Vec<Problem>) {
    let file = SourceFile { name: "team.yaml".to_owned(), bytes: text.as_ref().to_vec() };
    parse(&[file], "calendly", &OperationsTeam::default())
}

/// One line per person and per problem.
fn check(text: impl AsRef<[u8]>, expected: &Expect) {
    let (roster, problems) = read(text);
    let mut lines = String::new();
    for person in &roster.people {
        let line = person.position.line;
        let email = person.email.value().map(|email| format!(" <{email}>")).unwrap_or_default();
        lines.push_str(&format!("{line}: {}{email}\n", person.name.escape_debug()));
    }
    for problem in &problems {
        let line = problem.location.line.map(|line| format!(" {line}")).unwrap_or_default();
        let hides = if problem.hides_person { " (may hide a person)" } else { "" };
        lines.push_str(&format!("problem{line}: {}{hides}\n", problem.message));
    }
    expected.assert_eq(&lines);
}

#[test]
fn a_list_of_people() {
    check(
        "# team\n- name: Ada\n  email: ada@example.com\n  country: NO\n\n- name: No\n",
        &expect![[r#"
            2: Ada <ada@example.com>
            6: No
        "#]],
    );
}

#[test]
fn the_audited_kind_names_the_field_of_the_link() {
    let text = "- name: Ada\n  page: https://x.example/ada\n  calendly: [1]\n- name: Bob\n  page: [1]\n  reports_to: 7\n- name: Team\n  crew: [{name: Eve, page: https://x.example/eve}]\n";
    let file = SourceFile { name: "team.yaml".to_owned(), bytes: text.into() };
    let (roster, problems) = parse(&[file], "page", &OperationsTeam::default());
    let links: Vec<_> = roster.people.iter().map(|person| person.link.clone()).collect();
    assert_eq!(links, [Field::Value("https://x.example/ada".into()), Field::Unreadable]);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    expect![[r#"
        team.yaml:5: `page` is a list, not a text
        team.yaml:6: `reports_to` is a number, not a text; put it in quotes if it is right
        team.yaml:7: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own"#]]
    .assert_eq(&problems.join("\n"));
}

#[test]
fn every_field_that_is_used() {
    let (roster, problems) = read(
        "- name: Ada\n  email: ada@example.com\n  title: Manager\n  reports_to: bob\n  calendly: https://calendly.com/ada\n  focuses:\n    - name: Operations\n      percentage: 50\n  gitlab:\n    id: 12\n    username: ada\n  slack: {id: U1, username: ada.l}\n",
    );
    assert_eq!(problems, []);
    expect![[r#"
        [
            Person {
                name: "Ada",
                email: Value(
                    "ada@example.com",
                ),
                reports_to: Value(
                    "bob",
                ),
                link: Value(
                    "https://calendly.com/ada",
                ),
                gitlab_id: Value(
                    12,
                ),
                claimed_id: None,
                gitlab_username: Value(
                    "ada",
                ),
                is_operations: Some(
                    true,
                ),
                position: Position {
                    file: 0,
                    line: 1,
                },
            },
        ]
    "#]]
    .assert_debug_eq(&roster.people);
}

#[test]
fn broken_entries_cost_nobody_but_themselves() {
    check(
        "- name: Ada\n- just a text\n- [1, 2]\n- 7\n-\n- name: Bob\n",
        &expect![[r#"
        1: Ada
        6: Bob
        problem 2: the entry is a text, not a mapping (may hide a person)
        problem 3: the entry is a list, not a mapping (may hide a person)
        problem 4: the entry is a number, not a mapping (may hide a person)
        problem 5: the entry is nothing, not a mapping (may hide a person)
    "#]],
    );
    check(
        "- name: Ada\n- email: b@example.com\n- name: ''\n- name: ~\n- name: Bob\n",
        &expect![[r#"
        1: Ada
        5: Bob
        problem 2: the entry has no `name` (may hide a person)
        problem 3: the entry has no `name` (may hide a person)
        problem 4: the entry has no `name` (may hide a person)
    "#]],
    );
    check(
        "- name: Ada\n- name: \"open\n- name: Bob\n- {name: Eve\n- name: Zoe\n",
        &expect![[r#"
        1: Ada
        3: Bob
        5: Zoe
        problem 2: not valid YAML: unclosed quote (may hide a person)
        problem 4: not valid YAML: unclosed bracket '{' (may hide a person)
    "#]],
    );
    check(
        "- name: Ada\n- name: Bob\n   email: x@example.com\n- name: Eve\n",
        &expect![[r#"
            1: Ada
            4: Eve
            problem 3: not valid YAML: mapping values are not allowed in this context, in the entry of line 2 (may hide a person)
        "#]],
    );
    check(
        "- name: Ada\n-\tname: Tab\n- name: Bob\n\temail: x@example.com\n- name: Eve\n",
        &expect![[r#"
        1: Ada
        2: Tab
        5: Eve
        problem 3: not valid YAML: while scanning a plain scalar, found a tab (may hide a person)
    "#]],
    );
}

#[test]
fn a_carriage_return_alone_ends_a_line_too() {
    check(
        "# the team\r- name: Ada\r\n  country: NO\r- name: Bob\n",
        &expect![[r#"
            2: Ada
            4: Bob
        "#]],
    );
}

#[test]
fn wrong_types_are_told_and_the_rest_of_the_entry_is_kept() {
    check(
        "- name: Ada\n  country: [x]\n  email: [a@example.com]\n- name: Bob\n  reports_to: 7\n  gitlab: bob\n- name: [Eve]\n  email: eve@example.com\n- name: Zoe\n  email: nowhere\n  calendly: false\n  gitlab:\n    id: twelve\n    username: 1e5\n",
        &expect![[r#"
            1: Ada
            4: Bob
            9: Zoe
            problem 3: `email` is a list, not an e-mail address (may hide a person)
            problem 5: `reports_to` is a number, not a text; put it in quotes if it is right
            problem 6: `gitlab` is a text, not a mapping with `id` and `username`
            problem 7: `name` is a list, not a text (may hide a person)
            problem 10: `email` is not a plain e-mail address (may hide a person)
            problem 11: `calendly` is true or false, not a text; put it in quotes if it is right
            problem 13: `gitlab.id` is not a positive whole number
            problem 14: `gitlab.username` is a number, not a text; put it in quotes if it is right
        "#]],
    );
}

#[test]
fn keys_given_twice() {
    check(
        "- name: Ada\n  email: a@example.com\n  country: NO\n  country: SE\n  email: b@example.com\n- name: Bob\n  gitlab:\n    id: 1\n    id: 2\n- name: Eve\n  name: Eva\n",
        &expect![[r#"
            1: Ada
            6: Bob
            problem 5: `email` is given twice (may hide a person)
            problem 8: `gitlab` or one of its keys is given twice
            problem 11: `name` is given twice (may hide a person)
        "#]],
    );
}

#[test]
fn a_person_twice() {
    check(
        "- name: Ada\n  gitlab: {id: 1}\n- name: ada\n  gitlab: {id: 1}\n- name: Bob\n  email: B@example.com\n- name: bob\n  email: b@example.com\n- name: Bob\n  email: other@example.com\n- name: bob\n  email: b@example.com\n  gitlab: {id: 2}\n",
        &expect![[r#"
            1: Ada
            5: Bob <B@example.com>
            9: Bob <other@example.com>
            problem 3: ada is on the roster already: team.yaml line 1 (may hide a person)
            problem 7: bob is on the roster already: team.yaml line 5 (may hide a person)
            problem 11: bob is on the roster already: team.yaml line 5 (may hide a person)
        "#]],
    );
}

#[test]
fn two_people_with_the_id_of_one_both_stay() {
    let text =
        "- name: Ada\n  gitlab: {id: 1}\n- name: Bob\n  email: b@example.com\n  gitlab: {id: 1}\n";
    check(
        text,
        &expect![[r#"
        1: Ada
        3: Bob <b@example.com>
        problem 3: `gitlab.id` of Bob is that of another person: team.yaml line 1
    "#]],
    );
    let (roster, _) = read(text);
    assert_eq!(roster.people[1].gitlab_id, Field::Unreadable);
}

#[test]
fn the_operations_team_is_known_by_focus_and_title() {
    for (field, expected) in [
        ("", Some(false)),
        ("  title: Support Operations Manager\n", Some(true)),
        ("  title: \"support \\u006Fperations specialist\"\n", Some(true)),
        ("  title: Senior Support Operations Specialist\n", Some(false)),
        ("  title: 42\n", Some(false)),
        ("  title: [Support Operations Manager]\n", None),
        ("  focuses:\n    - name: SaaS\n    - name: operations\n", Some(true)),
        ("  focuses: [Operations]\n", Some(true)),
        ("  focuses:\n    - name: Sales Operations\n", Some(false)),
        ("  focuses: Operations\n", None),
        ("  title: Support Operations Manager\n  focuses: {}\n", Some(true)),
    ] {
        let (roster, problems) = read(format!("- name: Ada\n{field}"));
        assert_eq!(roster.people[0].is_operations, expected, "{field}");
        let is_odd = field.contains('[') || field.contains("s: O") || field.contains('{');
        assert_eq!(problems.is_empty(), !is_odd || field.contains("[O"), "{field} {problems:?}");
        assert!(problems.iter().all(|problem| !problem.hides_person), "{problems:?}");
    }
}

#[test]
fn an_entry_that_repeats_another_hides_nobody() {
    check(
        "- {name: Ann Ode, email: ann@example.com, calendly: \"https://calendly.com/ann\", title: Engineer}\n- {name: Ann Ode, email: ann@example.com, calendly: \"https://calendly.com/ann\", title: Interim Manager}\n",
        &expect![[r#"
            1: Ann Ode <ann@example.com>
            problem 2: the entry repeats that of Ann Ode: team.yaml line 1
        "#]],
    );
    check(
        "- {name: Ann, email: ann@example.com}\n- {name: Ann, email: ann@example.com}\n- {name: Ann, email: ann@example.com, calendly: \"https://calendly.com/ann\"}\n- {name: Ben, gitlab: {id: 7}}\n- {name: Ben, gitlab: {id: 7}}\n- {name: Cy, email: [x]}\n- {name: Cy, email: [x]}\n- name: Dee\n- name: Dee\n",
        &expect![[r#"
            1: Ann <ann@example.com>
            4: Ben
            6: Cy
            8: Dee
            problem 2: the entry repeats that of Ann: team.yaml line 1
            problem 3: Ann is on the roster already: team.yaml line 1 (may hide a person)
            problem 5: the entry repeats that of Ben: team.yaml line 4
            problem 6: `email` is a list, not an e-mail address (may hide a person)
            problem 7: `email` is a list, not an e-mail address (may hide a person)
            problem 7: Cy is on the roster already: team.yaml line 6 (may hide a person)
            problem 9: the entry repeats that of Dee: team.yaml line 8
        "#]],
    );
}

#[test]
fn an_entry_with_a_list_of_people_is_no_person() {
    check(
        "name: Support EMEA\nemail: support-emea@example.com\nmembers:\n  - name: Ann Ode\n    email: ann@example.com\n  - name: Ben Oak\n    email: ben@example.com\n",
        &expect![[r#"
            problem 1: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
        "#]],
    );
    check(
        "- name: EMEA\n  team:\n    - name: Ann\n      gitlab: {id: 7}\n- name: APAC\n  about: [{name: Ben, \"\\u0065mail\": ben@example.com}]\n- name: AMER\n  members: [Cy Elm, Dee Fir]\n- name: LATAM\n  everybody:\n    fay: {name: Fay, email: fay@example.com}\n",
        &expect![[r#"
            problem 1: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
            problem 5: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
            problem 7: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
            problem 9: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
        "#]],
    );
    check(
        r#"[{"name": "EMEA", "staff": [{"name": "Ann", "email": "ann@example.com"}]}]"#,
        &expect![[r#"
            problem 1: the entry has a `name` and a list of people, who were not read: give each of them an entry of their own (may hide a person)
        "#]],
    );
    // Many fields hold lists, and few of them hold people.
    check(
        "- name: Ann\n  focuses: [{name: Operations, percentage: 50}]\n  knowledge_areas:\n    - name: gitlab\n      level: 2\n  emails: [ann@example.com, a@example.com]\n  direct_reports: [Ben Oak]\n  manager: {name: Ben Oak, email: ben@example.com}\n  members: []\n",
        &expect![[r#"
            1: Ann
        "#]],
    );
}

#[test]
fn messages_say_what_is_wanted_and_on_which_line() {
    check(
        "- name: Ben Oak\n  email: ben@example.com\n  gitlab:\n    id: 7\n    username: 1e5\n- name: Cy Elm\n  email: cy@example.com\n  gitlab:\n    id: -4\n    username: cy\n- name: Dee Fir\n  email: dee@example.com\n  gitlab: dee\n",
        &expect![[r#"
            1: Ben Oak <ben@example.com>
            6: Cy Elm <cy@example.com>
            11: Dee Fir <dee@example.com>
            problem 5: `gitlab.username` is a number, not a text; put it in quotes if it is right
            problem 9: `gitlab.id` is not a positive whole number
            problem 13: `gitlab` is a text, not a mapping with `id` and `username`
        "#]],
    );
    check(
        "---\nname: Ann Ode\ntitle: Support Engineer\nemail: 5\ngitlab: ann\n",
        &expect![[r#"
        2: Ann Ode
        problem 4: `email` is a number, not an e-mail address (may hide a person)
        problem 5: `gitlab` is a text, not a mapping with `id` and `username`
    "#]],
    );
    check(
        "[{name: Ann,\n  email: 5}, {name: Ben,\n  email: ben@example.com,\n  calendly: no}]\n",
        &expect![[r#"
        1: Ann
        2: Ben <ben@example.com>
        problem 2: `email` is a number, not an e-mail address (may hide a person)
    "#]],
    );
    for id in ["-4", "1.0", "1e3", "0", "\"+7\"", "seven", "1_000", "99999999999999999999", "true"]
    {
        let (roster, problems) = read(format!("- name: Ann\n  gitlab: {{id: {id}}}\n"));
        assert_eq!(roster.people[0].gitlab_id, Field::Unreadable, "{id}");
        assert_eq!(problems[0].message, "`gitlab.id` is not a positive whole number", "{id}");
    }
}

#[test]
fn what_is_no_plain_address_is_no_address() {
    for email in [
        "<ann@example.com>",
        "mailto:ann@example.com",
        "\"'ann@example.com\"",
        "ann@example.com.",
        "\"ann\\u200b@example.com\"",
        "\"\\u202eann@example.com\"",
    ] {
        let (roster, problems) = read(format!("- name: Ann Ode\n  email: {email}\n"));
        assert_eq!(roster.people[0].email, Field::Unreadable, "{email}");
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert!(problem.hides_person, "{email}");
        assert_eq!(problem.message, "`email` is not a plain e-mail address");
    }
}
