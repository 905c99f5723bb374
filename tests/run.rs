//! `run --roster`: the audit of a local roster.

use std::fmt::Write as _;
use std::io::Read as _;

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{FORMATS, NOW, Ran, TestWorld, Transcript};

mod hostile;

/// Ada, with nothing to find.
const CLEAN: &str = "- name: Ada\n  calendly: https://calendly.com/ada\n";

/// A roster with a clean person around an entry that cannot be read, on line 3.
const BROKEN: &str = "- name: Ada
  calendly: https://calendly.com/ada
- 5
- name: Zoe
  calendly: https://calendly.com/zoe
";

/// Runs the audit of `roster` with further arguments, and sees that it asked nobody.
#[track_caller]
fn audit(roster: &str, arguments: &[&str]) -> Ran {
    let test = TestWorld::demo();
    test.write("r.yaml", roster);
    let ran = test.run(&[&["run", "--roster", "r.yaml"], arguments].concat());
    assert_eq!(test.sandbox.requests().len(), 0);
    ran
}

/// Who has a finding of `check`.
fn found(report: &Value, check: &str) -> Vec<String> {
    let people = report["people"].as_array().unwrap().iter();
    let has_it = |person: &&Value| {
        person["findings"].as_array().unwrap().iter().any(|finding| finding["check"] == check)
    };
    people.filter(has_it).map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

/// The rows of the team's table.
#[track_caller]
fn team(markdown: &str) -> Vec<&str> {
    let (_, rest) = markdown.split_once("\n## Support Team\n\n").unwrap();
    rest.lines().skip(2).take_while(|line| !line.is_empty()).collect()
}

/// People of whom every tenth lacks a link, has one of an event, shares one, or has no manager.
fn people(count: usize) -> Vec<Value> {
    let person = |number: usize| {
        let mut person = json!({
            "name": format!("Person {number:05}"),
            "email": format!("p{number}@example.com"),
            "calendly": format!("https://calendly.com/p{number}"),
            "reports_to": "Person 00000",
            "gitlab": { "id": 1000 + number, "username": format!("p{number}") },
        });
        match number % 10 {
            1 => person["calendly"] = Value::Null,
            2 => person["calendly"] = json!(format!("https://calendly.com/p{number}/30min")),
            3 => person["email"] = json!(format!("P{}@example.com", number + 1)),
            5 => person["reports_to"] = json!("Nobody"),
            _ => {}
        }
        person
    };
    (0..count).map(person).collect()
}

/// The fields of a person as YAML, each line after `indent`.
fn yaml(person: &Value, indent: &str) -> String {
    let fields = person.as_object().unwrap().iter();
    fields.fold(String::new(), |mut text, (key, value)| {
        writeln!(text, "{}{key}: {value}", if text.is_empty() { "" } else { indent }).unwrap();
        text
    })
}

fn yaml_list(people: &[Value]) -> String {
    people.iter().flat_map(|person| ["- ".to_owned(), yaml(person, "  ")]).collect()
}

/// What a command for SHA-256 prints, run by the shell in the home.
#[cfg(target_os = "linux")]
fn shell(test: &TestWorld, script: &str) -> String {
    let mut command = std::process::Command::new("sh");
    let command = command.args(["-c", script]).env("LC_ALL", "C").current_dir(test.path(""));
    test.finish(command).success().stdout.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn the_report_is_provenance_two_tables_and_a_summary() {
    let roster = "- name: Zoe
  calendly: https://calendly.com/zoe/30min
  reports_to: Ada
  gitlab: {id: 7, username: zoe}
- name: Bob
- name: Ada
  calendly: https://calendly.com/ada
  gitlab: {username: ada}
";
    let ran = audit(roster, &[]).success().stdout_is(expect![[r#"
        Roster `r.yaml`, SHA-256 `[sha256]`, 3 people, file modified at 2026-11-22T10:00:00Z, by support-audit [version].

        ## Support Team

        | Name | GitLab | Calendly link | Account | Findings |
        | --- | --- | --- | --- | --- |
        | Ada | `ada` | <https://calendly.com/ada> | unknown |  |
        | Bob |  |  | unknown | link-missing |
        | Zoe | `zoe` | <https://calendly.com/zoe/30min> | unknown | link-malformed |

        ## Those in Calendly but not part of support team

        | Name | Email | Role | Since | Justification | Decision |
        | --- | --- | --- | --- | --- | --- |

        3 people, 2 findings (link-missing: 1, link-malformed: 1), 0 problems; accounts unknown.
    "#]]);
    assert!(!ran.stderr.contains('|') && !ran.stderr.contains("##"), "{}", ran.stderr);
}

#[test]
fn every_form_says_where_the_roster_is_from() {
    for form in FORMATS {
        let ran = audit(CLEAN, &["--format", form]).success();
        // `printf -- '- name: Ada\n  calendly: https://calendly.com/ada\n' | sha256sum`
        let sha256 = "f1e6a719366cf7d6eeba0ad8172a6bd086d8932159eceeb66199822607af71a0";
        for part in ["r.yaml", NOW, env!("CARGO_PKG_VERSION"), sha256, "1 person"] {
            assert!(ran.stdout.contains(part), "{form} {part}: {}", ran.stdout);
        }
    }
}

#[test]
fn the_same_people_in_a_file_a_folder_or_json_give_the_same_table() {
    let test = TestWorld::demo();
    let people = people(250);
    test.write("r.yaml", yaml_list(&people));
    test.write("r.json", serde_json::to_vec_pretty(&people).unwrap());
    for (number, person) in people.iter().enumerate() {
        test.write(&format!("agents/{:03}.yaml", 999 - number), yaml(person, ""));
    }
    test.write("agents/README.md", "Not a person.\n");
    let run = |roster: &str| test.run(&["run", "--roster", roster]).success().stdout;
    let file = run("r.yaml");
    assert_eq!(team(&file).len(), 250);
    assert!(team(&file).is_sorted());
    let stdin = test.run_with_input(&["run", "--roster", "-"], yaml_list(&people)).success();
    let json = serde_json::to_string(&people).unwrap();
    let json = test.run_with_input(&["run", "--roster", "-"], json).success();
    for other in [run("r.json"), run("agents"), stdin.stdout, json.stdout] {
        assert_eq!(team(&other), team(&file));
        assert_eq!(other.lines().last(), file.lines().last());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn anybody_can_make_the_sha_256_of_the_provenance() {
    let test = TestWorld::demo();
    test.write("r.yaml", yaml_list(&people(3)));
    for (number, person) in people(12).iter().enumerate() {
        test.write(&format!("agents/{number}.yaml"), yaml(person, ""));
    }
    for (roster, command) in
        [("r.yaml", "sha256sum r.yaml"), ("agents", "cd agents && sha256sum * | sha256sum")]
    {
        let ran = test.run(&["run", "--roster", roster, "--format", "json"]).success();
        assert_eq!(ran.json()["provenance"]["sha256"], shell(&test, command), "{roster}");
    }
    let ran = test.run_with_input(&["run", "--roster", "-"], yaml_list(&people(3))).success();
    assert!(ran.stdout.contains(&shell(&test, "sha256sum r.yaml")), "{}", ran.stdout);
}

#[test]
fn a_problem_is_in_every_form() {
    for (form, place) in [
        ("markdown", "`r.yaml` line 3"),
        ("csv", ",r.yaml,3,"),
        ("json", r#""file":"r.yaml","line":3"#),
        ("table", "r.yaml:3"),
    ] {
        let ran = audit(BROKEN, &["--format", form]).success();
        assert!(ran.stdout.contains(place), "{form}: {}", ran.stdout);
        assert!(ran.stdout.contains("1 problem"), "{form}: {}", ran.stdout);
        for name in ["Ada", "Zoe"] {
            assert!(ran.stdout.contains(name), "{form}: {}", ran.stdout);
        }
    }
}

#[test]
fn the_exit_code_reports_findings_and_problems_only_when_asked() {
    for (roster, asked) in [(CLEAN, 0), ("- name: Ada\n", 10), (BROKEN, 10)] {
        for form in FORMATS {
            assert_eq!(audit(roster, &["--format", form]).code, 0, "{form} {roster}");
            let ran = audit(roster, &["--format", form, "--exit-code"]);
            assert_eq!(ran.code, asked, "{form} {roster}");
        }
    }
}

#[test]
fn a_roster_that_cannot_be_used_is_refused_with_its_line() {
    let test = TestWorld::demo();
    test.write("numbers.yaml", "# Nobody\n- 5\n- 6\n");
    test.write("words.yaml", "\nnobody\n");
    test.write("nameless.json", "[\n  {\"email\": \"a@example.com\"}\n]\n");
    test.write("empty.yaml", "");
    test.write("folder/README.md", "- name: Ada\n");
    let mut transcript = Transcript::default();
    for roster in
        ["numbers.yaml", "words.yaml", "nameless.json", "empty.yaml", "folder", "missing.yaml"]
    {
        let ran = test.run(&["run", "--exit-code", "--roster", roster]).exit(4);
        assert_eq!(transcript.add(roster, ran).stdout, "", "{roster}");
    }
    transcript.is(expect![[r#"
        # numbers.yaml
        error: the roster numbers.yaml has no usable entry; numbers.yaml:2: the entry is a number, not a mapping; numbers.yaml:3: the entry is a number, not a mapping
        hint: a roster is a list of people, each with a `name`
        # words.yaml
        error: the roster words.yaml has no usable entry; words.yaml:2: the entry is a text, not a mapping
        hint: a roster is a list of people, each with a `name`
        # nameless.json
        error: the roster nameless.json has no usable entry; nameless.json:2: the entry has no `name`
        hint: a roster is a list of people, each with a `name`
        # empty.yaml
        error: the roster empty.yaml has no usable entry; empty.yaml: the file is empty
        hint: a roster is a list of people, each with a `name`
        # folder
        error: the folder folder holds no roster file
        hint: a roster's files end in .yaml, .yml or .json
        # missing.yaml
        error: could not read the roster missing.yaml: No such file or directory (os error 2)
    "#]]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_beside_the_others_of_its_folder() {
    let test = TestWorld::demo();
    test.write("team/ada.yaml", "name: Ada\ncalendly: https://calendly.com/ada\n");
    test.write("team/bad.yaml", [0xff, 0xfe, 0x00]);
    test.write("team/emea/bob.yaml", "name: Bob\n");
    test.write("team/notes/README.md", "Notes\n");
    let ran = test.run(&["run", "--roster", "team", "--format", "json"]).success();
    let report = ran.json();
    let problems = report["problems"].as_array().unwrap();
    let files: Vec<_> = problems.iter().map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["team/bad.yaml"], "{report}");
    assert_eq!(report["summary"]["people"], 2);
}

#[cfg(unix)]
#[test]
fn a_folder_is_read_with_its_folders_but_without_links_and_pipes() {
    use std::os::unix::fs::symlink;
    let test = TestWorld::demo();
    test.write("team/a/ann.yaml", "name: Ann\n").write("team/b/Ben.YML", "name: Ben\n");
    test.write("team/b/README.md", "Nobody\n").write("team/b/notes.txt", "Nobody\n");
    let team = test.path("team");
    symlink(".", team.join("a/self")).unwrap();
    symlink("a", team.join("again")).unwrap();
    symlink("nowhere", team.join("dangling.yaml")).unwrap();
    shell(&test, "mkfifo team/pipe.yaml && echo made");
    let report = test.run(&["run", "--roster", "team", "--format", "json"]).success().json();
    assert_eq!(report["summary"]["people"], 2, "{report}");
    let problems = report["problems"].as_array().unwrap();
    let problems: Vec<_> = problems
        .iter()
        .map(|it| (it["file"].as_str().unwrap(), it["hides_person"].as_bool().unwrap()))
        .collect();
    let expected = [
        ("team/a/self", true),
        ("team/again", true),
        ("team/b/notes.txt", false),
        ("team/dangling.yaml", true),
        ("team/pipe.yaml", true),
    ];
    assert_eq!(problems, expected);
    test.write("links/README.md", "Nobody\n");
    symlink("../team", test.path("links/team")).unwrap();
    let ran = test.run(&["run", "--roster", "links"]).exit(4);
    assert!(ran.stderr.contains("links/team: is a link and was not read"), "{}", ran.stderr);
}

#[test]
fn wrong_usage_ends_with_2_and_an_empty_stdout() {
    let mut transcript = Transcript::default();
    for arguments in [
        "run --bogus",
        "run --format xml",
        "run --kind zoom",
        "run --quiet --verbose",
        "run --roster",
        "bogus",
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        let ran = TestWorld::demo().run(&words).exit(2);
        assert_eq!(transcript.add(arguments, ran).stdout, "", "{arguments}");
    }
    transcript.is(expect![[r#"
        # run --bogus
        error: unexpected argument '--bogus' found
        # run --format xml
        error: invalid value 'xml' for '--format <FORMAT>'
        # run --kind zoom
        error: invalid value 'zoom' for '--kind <KIND>'
        # run --quiet --verbose
        error: the argument '--quiet' cannot be used with '--verbose...'
        # run --roster
        error: a value is required for '--roster <PATH>' but none was supplied
        # bogus
        error: unrecognized subcommand 'bogus'
    "#]]);
}

#[test]
fn an_error_is_a_json_document_too() {
    let test = TestWorld::demo();
    test.write("bad.yaml", "- 5\n").write("c.toml", "[checks]\noff = [\"nope\"]\n");
    for (arguments, code, hint) in [
        (&["run", "--roster", "bad.yaml"][..], 4, "name"),
        (&["run", "--roster", "missing.yaml"], 4, ""),
        (&["run", "--config", "c.toml"], 4, "link-missing"),
        (&["run"], 3, "GL_TOKEN"),
    ] {
        let ran = test.run(&[arguments, &["--format", "json"]].concat()).exit(code);
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
        let error = &ran.json()["error"];
        assert_eq!(error["code"], code, "{arguments:?}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{arguments:?}");
        assert!(error["hint"].as_str().unwrap_or_default().contains(hint), "{error}");
    }
}

#[test]
fn wrong_usage_is_a_json_document_too() {
    for arguments in
        [["run", "--bogus", "--format", "json"], ["--format", "json", "run", "--bogus"]]
    {
        let ran = TestWorld::demo().run(&arguments).exit(2);
        let error = &ran.json()["error"];
        assert_eq!(error["code"], 2, "{arguments:?}");
        assert!(error["message"].as_str().unwrap().contains("--bogus"), "{error}");
    }
}

#[test]
fn quiet_leaves_only_the_result_and_errors() {
    let loud = audit(BROKEN, &[]).success();
    assert!(!loud.stderr.is_empty());
    for flag in ["--quiet", "-q"] {
        let ran = audit(BROKEN, &[flag]).success();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (loud.stdout.as_str(), ""));
        let ran = audit("- 5\n", &[flag]).exit(4);
        assert!(ran.stderr.contains("r.yaml:1"), "{}", ran.stderr);
    }
}

#[test]
fn what_is_switched_off_or_excluded_is_said_and_obeyed() {
    let test = TestWorld::demo();
    let policy = r#"exclude = ["BOB@example.com", "carl", "Dee Dee", "ghost@example.com"]
[checks]
off = ["link-missing"]
"#;
    let roster = "- {name: Ada, reports_to: Nobody}
- {name: Bob, email: bob@example.com, reports_to: Nobody}
- {name: Cy, gitlab: {username: carl}, reports_to: Nobody}
- {name: Dee Dee, reports_to: Nobody}
";
    test.write("c.toml", policy).write("r.yaml", roster);
    let run = |form: &str| {
        let ran = test.run(&["run", "--roster", "r.yaml", "--config", "c.toml", "--format", form]);
        ran.success()
    };
    let report = run("json").json();
    assert_eq!(found(&report, "manager-unresolved"), ["Ada"]);
    assert_eq!(found(&report, "link-missing"), [""; 0]);
    assert_eq!(report["checks_off"], json!(["link-missing"]));
    for form in FORMATS {
        let out = run(form).stdout;
        assert!(out.contains("link-missing"), "{form}: {out}");
        assert!(out.contains("ghost@example.com"), "{form}: {out}");
        assert!(out.contains("1 finding (manager-unresolved: 1)"), "{form}: {out}");
    }
    for form in ["markdown", "csv", "table"] {
        let out = run(form).stdout;
        for name in ["Bob", "Cy", "Dee Dee"] {
            let is_said =
                |line: &str| line.contains(name) && line.to_lowercase().contains("excluded");
            assert!(out.lines().any(is_said), "{form} {name}: {out}");
        }
    }
    let excluded = |name: &str| {
        let people = report["people"].as_array().unwrap();
        people.iter().find(|it| it["name"] == name).unwrap()["excluded"].clone()
    };
    assert_eq!(
        ["Ada", "Bob", "Cy", "Dee Dee"].map(excluded),
        [false, true, true, true].map(Value::Bool)
    );
}

#[test]
fn a_reader_who_has_seen_enough_ends_it_quietly() {
    let test = TestWorld::demo();
    test.write("r.yaml", yaml_list(&people(20_000)));
    for form in FORMATS {
        let mut child = test.start(&["run", "--roster", "r.yaml", "--format", form]);
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 6]).unwrap();
        drop(stdout);
        let ran = test.wait(child).success();
        assert!(
            !ran.stderr.contains("panicked") && !ran.stderr.contains("error"),
            "{}",
            ran.stderr
        );
    }
}

/// The instant of a file is its modification, and nobody should take it for the reading.
#[test]
fn the_instant_of_a_source_is_said_as_what_it_is() {
    let test = TestWorld::demo();
    test.write("r.yaml", "- name: Ada\n  email: ada@example.com\n");
    test.write("a.txt", "ada@example.com\n");
    let files = ["run", "--roster", "r.yaml", "--accounts", "a.txt"];
    for format in ["markdown", "table", "csv"] {
        let ran = test.run(&[&files[..], &["--format", format]].concat()).success();
        assert_eq!(ran.stdout.matches("file modified at 20").count(), 2, "{}", ran.stdout);
        assert!(!ran.stdout.contains("read at 20"), "{}", ran.stdout);
        let stdin = ["run", "--roster", "-", "--format", format];
        let ran = test.run_with_input(&stdin, "- name: Ada\n").success();
        assert_eq!(ran.stdout.matches("read at 20").count(), 1, "{}", ran.stdout);
        assert!(!ran.stdout.contains("modified"), "{}", ran.stdout);
    }
}
