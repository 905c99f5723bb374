//! What a file of the roster may hold as a whole.

use expect_test::expect;

use super::*;

#[test]
fn aliases_within_and_across_entries() {
    check(
        "- name: &me Ada\n  email: ada@example.com\n  nick: *me\n- name: Bob\n  <<: &defaults\n    email: shared@example.com\n",
        &expect![[r#"
            1: Ada <ada@example.com>
            4: Bob <shared@example.com>
        "#]],
    );
    // The nearest anchor counts, even one in a field that nobody reads.
    check(
        "- name: &a One\n- name: Two\n  about: &a two@example.com\n  email: *a\n",
        &expect![[r#"
            1: One
            2: Two <two@example.com>
        "#]],
    );
    let mut text = "- name: Ada\n  about: &mail ada@example.com\n".to_owned();
    for index in 0..100 {
        text.push_str(&format!("- name: Person {index}\n"));
    }
    text.push_str(
        "- name: \"broken\n- name: Last\n  email: *mail\n- name: Lost\n  email: *nobody\n",
    );
    let (roster, problems) = read(&text);
    assert_eq!(roster.people.len(), 102);
    let last = roster.people.last().unwrap();
    assert_eq!(last.email.value().map(|it| &**it), Some("ada@example.com"));
    assert_eq!(last.position.line, 104);
    let lines: Vec<_> = problems.iter().filter_map(|problem| problem.location.line).collect();
    assert_eq!(lines, [103, 107]);
    assert!(problems[1].message.contains("unknown anchor"), "{}", problems[1].message);
}

#[test]
fn a_bomb_of_aliases_is_a_problem_and_soon() {
    let mut bomb = "- name: Bomb\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let previous = format!("*a{}", level - 1);
        let list = vec![previous; 9].join(", ");
        bomb.push_str(&format!("  a{level}: &a{level} [{list}]\n"));
    }
    let text = format!("- name: Ada\n{bomb}  email: *a11\n- name: Bob\n");
    let (roster, problems) = read(&text);
    assert_eq!(roster.people.len(), 2);
    assert_eq!(problems.len(), 1);
    assert!(matches!(problems[0].location.line, Some(2..=14)), "{:?}", problems[0]);
    let as_a_whole = format!("name: Ada\n{}", bomb.replace("- name: Bomb\n", ""));
    assert_eq!(read(as_a_whole).1.len(), 1);
}

#[test]
fn deep_nesting_is_a_problem_of_its_entry() {
    let deep = format!("- name: Deep\n  email: {}\n", "[".repeat(100_000));
    let (roster, problems) = read(format!("- name: Ada\n{deep}- name: Bob\n"));
    assert_eq!((roster.people.len(), problems.len()), (2, 1));
}

#[test]
fn bytes_that_are_no_text() {
    check(
        b"- name: Ada\n- name: B\xffb\n- name: Eve\n  x: y\n  z: \xc3\n",
        &expect![[r#"
        1: Ada
        problem 2: the text is not valid UTF-8 (may hide a person)
        problem 5: the text is not valid UTF-8 (may hide a person)
    "#]],
    );
    check(
        b"\xef\xbb\xbf- name: Ada\r\n  email: ada@example.com\r\n- name: Bob\r\n",
        &expect![[r#"
        1: Ada <ada@example.com>
        3: Bob
    "#]],
    );
    check(
        "- name: Ada\n- name: \"Nu\\0l \\u202e\"\n- name: \u{0}\n",
        &expect![[r#"
        1: Ada
        2: Nu\0l \u{202e}
        problem 3: not valid YAML: unexpected character: `\u{0}' (may hide a person)
    "#]],
    );
}

#[test]
fn files_that_are_no_list() {
    check(
        "",
        &expect![[r#"
        problem: the file is empty (may hide a person)
    "#]],
    );
    check(
        "# nothing\n---\n",
        &expect![[r#"
        problem: the file is empty (may hide a person)
    "#]],
    );
    check(
        "name: Ada\nemail: ada@example.com\n",
        &expect![[r#"
        1: Ada <ada@example.com>
    "#]],
    );
    check(
        "team:\n  - name: Ada\n",
        &expect![[r#"
        problem 1: the entry has no `name` (may hide a person)
    "#]],
    );
    check(
        "just a text\n",
        &expect![[r#"
        problem 1: the entry is a text, not a mapping (may hide a person)
    "#]],
    );
    check(
        "  - name: Ada\n\n  - name: Bob\n    email: [x]\n",
        &expect![[r#"
            1: Ada
            3: Bob
            problem 4: `email` is a list, not an e-mail address (may hide a person)
        "#]],
    );
    check(
        "[{name: Ada}, {name: Bob,\n  email: x}]",
        &expect![[r#"
            1: Ada
            1: Bob
            problem 2: `email` is not a plain e-mail address (may hide a person)
        "#]],
    );
    check(
        "---\n- name: Ada\n...\n---\n- name: Bob\n--- # more\nname: Eve\n",
        &expect![[r#"
        2: Ada
        5: Bob
        7: Eve
        problem 5: the file holds 3 YAML documents where one is expected; all of them were read
    "#]],
    );
}

#[test]
fn json() {
    check(
        r#"[{"name": "Ada", "email": "ada@example.com", "gitlab": {"id": 1}},
        {"name": 5}, 7, {"name": "B\u00f6b", "name": "Bob"}, {"name": "Zoë"}]"#,
        &expect![[r#"
            1: Ada <ada@example.com>
            2: Zoë
            problem 2: the entry is a number, not a mapping (may hide a person)
            problem 2: `name` is a number, not a text; put it in quotes if it is right (may hide a person)
            problem 2: `name` is given twice (may hide a person)
        "#]],
    );
    check(
        "{\"name\": \"Ada\"}",
        &expect![[r#"
        1: Ada
    "#]],
    );
    check(
        "[{\"name\": \"Ada\"},\n {\"name\": \"Bob\"},\n {\"name\": ",
        &expect![[r#"
        1: Ada
        2: Bob
        problem 3: not valid JSON: EOF while parsing a value at line 3 column 10; what follows was not read (may hide a person)
    "#]],
    );
}

#[test]
fn a_folder_of_people_keeps_files_apart() {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
    let files = [
        file("a.yaml", "name: Ada\ngitlab: {id: 1}\n"),
        file("b.yaml", ""),
        file("c.yaml", "name: Bob\n\tx: y\n"),
        file("d.yaml", "---\nname: Ada\ngitlab: {id: 1}\n"),
    ];
    let (roster, problems) = parse(&files, "calendly", &OperationsTeam::default());
    assert_eq!(roster.location(&roster.people[0]).file, "a.yaml");
    let places: Vec<_> = problems.iter().map(|it| (&*it.location.file, it.location.line)).collect();
    assert_eq!(places, [("b.yaml", None), ("c.yaml", Some(1)), ("d.yaml", Some(2))]);
}
