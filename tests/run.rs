//! `run --roster`: the audit of a local roster.

use std::fmt::Write as _;
use std::io::Read as _;

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{FORMATS, NOW, Ran, TestWorld};

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

/// The audit of `roster` as JSON.
#[track_caller]
fn audited(roster: &str) -> Value {
    audit(roster, &["--format", "json"]).success().json()
}

/// Who has a finding of `check`.
fn found(report: &Value, check: &str) -> Vec<String> {
    let people = report["people"].as_array().unwrap().iter();
    let has_it = |person: &&Value| {
        person["findings"].as_array().unwrap().iter().any(|finding| finding["check"] == check)
    };
    people.filter(has_it).map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

/// The lines of the Markdown table or list below `heading`.
#[track_caller]
fn table<'a>(markdown: &'a str, heading: &str) -> Vec<&'a str> {
    let (_, rest) = markdown.split_once(&format!("\n## {heading}\n\n")).unwrap();
    rest.lines().take_while(|line| !line.is_empty()).collect()
}

fn team(markdown: &str) -> Vec<&str> {
    table(markdown, "Support Team")
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
        Roster `r.yaml`, SHA-256 `[sha256]`, 3 people, read at 2026-11-22T10:00:00Z by support-audit [version].

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
fn every_form_tells_where_the_roster_is_from() {
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
    assert_eq!(team(&file).len(), 2 + 250);
    assert!(team(&file)[2..].is_sorted());
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
fn a_missing_link_is_found() {
    for (entry, is_found) in [
        ("", true),
        ("calendly:", true),
        ("calendly: ~", true),
        ("calendly: ''", true),
        ("calendly: https://calendly.com/ada", false),
        ("calendly: nonsense", false),
    ] {
        let report = audited(&format!("- name: Ada\n  {entry}\n"));
        assert_eq!(!found(&report, "link-missing").is_empty(), is_found, "{entry}");
    }
}

#[test]
fn a_link_is_the_https_address_of_a_main_page() {
    for (link, is_good) in [
        ("https://calendly.com/ada", true),
        ("https://calendly.com/ada/", true),
        ("https://CALENDLY.com/ada", true),
        ("https://calendly.com/ada-lovelace_1.2", true),
        ("http://calendly.com/ada", false),
        ("https://calendly.com/ada/30min", false),
        ("https://calendly.com/ada?month=2026-11", false),
        ("https://calendly.com/ada#top", false),
        ("https://calendly.com/", false),
        ("https://calendly.com", false),
        ("https://calendly.com//", false),
        ("https://calendly.con/ada", false),
        ("https://evil.example/calendly.com/ada", false),
        ("https://calendly.com.evil.example/ada", false),
        ("https://calendly.com@evil.example/ada", false),
        ("https://calendly.com:8443/ada", false),
        ("https://cal.com/ada", false),
        ("calendly.com/ada", false),
        ("ada", false),
        ("javascript:alert(1)", false),
    ] {
        let report = audited(&format!("- name: Ada\n  calendly: '{link}'\n"));
        assert_eq!(found(&report, "link-malformed").is_empty(), is_good, "{link}");
        assert_eq!(found(&report, "link-missing"), [""; 0], "{link}");
    }
}

#[test]
fn a_link_or_an_e_mail_address_that_two_people_have_is_found_at_both() {
    let link = |name: &str| format!("calendly: https://calendly.com/{name}");
    for (one, other, is_shared) in [
        (link("ada"), link("bob"), false),
        (link("ada"), link("ada"), true),
        (link("ada"), link("ADA/"), true),
        ("email: ada@example.com".to_owned(), "email: bob@example.com".to_owned(), false),
        ("email: ada@example.com".to_owned(), "email: Ada@Example.COM".to_owned(), true),
        (String::new(), String::new(), false),
        ("email: ''".to_owned(), "email: ''".to_owned(), false),
    ] {
        let roster = format!("- name: Ada\n  {one}\n- name: Bob\n  {other}\n- name: Eve\n");
        let expected: &[&str] = if is_shared { &["Ada", "Bob"] } else { &[] };
        assert_eq!(found(&audited(&roster), "link-shared"), expected, "{one} {other}");
    }
}

#[test]
fn a_manager_is_somebody_else_on_the_roster() {
    for (manager, is_resolved) in [
        ("", true),
        ("reports_to:", true),
        ("reports_to: Zoë O'Neil", true),
        ("reports_to: zoë o'neil", true),
        ("reports_to: \"Zoe\\u0308 O'Neil\"", true),
        ("reports_to: zoe-o-neil", true),
        ("reports_to: ZOE-O-NEIL", true),
        ("reports_to: Jo Lee", true),
        ("reports_to: jo-lee", true),
        ("reports_to: Nobody", false),
        ("reports_to: no-body", false),
        ("reports_to: Zoë", false),
        ("reports_to: Ada Byron", false),
        ("reports_to: ada byron", false),
        ("reports_to: ada-byron", false),
    ] {
        let roster =
            format!("- name: Ada Byron\n  {manager}\n- name: Zoë O'Neil\n- name: Jo Lee\n");
        let expected: &[&str] = if is_resolved { &[] } else { &["Ada Byron"] };
        assert_eq!(found(&audited(&roster), "manager-unresolved"), expected, "{manager}");
    }
    let composed = "- name: \"Zoe\\u0308\"\n- name: Ada\n  reports_to: Zoë\n";
    assert_eq!(found(&audited(composed), "manager-unresolved"), [""; 0]);
}

#[test]
fn a_bad_entry_is_a_problem_with_its_line_and_the_rest_is_read() {
    for entry in [
        "- 5",
        "- Bob",
        "- [name, Bob]",
        "- email: bob@example.com",
        "- name: [Bob]",
        "- name: {first: Bob}",
        "- name: Bob\n  email: [bob@example.com]",
        "- name: Bob\n  email: bob",
        "- name: Bob\n  gitlab: {id: [1]}",
        "- name: Bob\n  name: Bert",
        "- name: Bob\n  calendly: \"unclosed",
        "- name: Bob\n  calendly: *nowhere",
        "- name: Bob\n\tcalendly: tab",
        "- name: Ada",
    ] {
        let roster = format!("{CLEAN}{entry}\n- name: Zoe\n");
        let report = audited(&roster);
        let problems = report["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 1, "{entry}: {report}");
        assert_eq!(problems[0]["file"], "r.yaml", "{entry}");
        let last = 2 + entry.lines().count() as u64;
        assert!((3..=last).contains(&problems[0]["line"].as_u64().unwrap()), "{}", problems[0]);
        let names: Vec<_> =
            report["people"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert!(names.contains(&&json!("Ada")) && names.contains(&&json!("Zoe")), "{names:?}");
    }
}

#[test]
fn what_editors_leave_in_a_file_is_no_problem() {
    for roster in [
        format!("\u{feff}{BOTH}"),
        BOTH.replace('\n', "\r\n"),
        format!("---\n{BOTH}...\n"),
        format!("# The team\n\n{BOTH}"),
        BOTH.trim_end().to_owned(),
        BOTH.replace("  country: no\n", "  country: no\n  hours: 0800-1600\n  emoji: 🦀\n"),
    ] {
        let report = audited(&roster);
        assert_eq!(report["problems"], json!([]), "{roster:?}");
        assert_eq!(report["summary"]["people"], 2, "{roster:?}");
        assert_eq!(report["summary"]["findings"], 0, "{roster:?}");
    }
}

/// Two people with nothing to find.
const BOTH: &str = "- name: Ada
  country: no
  calendly: https://calendly.com/ada
- name: Zoe
  calendly: https://calendly.com/zoe
";

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
fn the_exit_code_tells_of_findings_and_problems_only_when_asked() {
    for (roster, asked) in [(CLEAN, 0), ("- name: Ada\n", 10), (BROKEN, 10)] {
        for form in FORMATS {
            assert_eq!(audit(roster, &["--format", form]).code, 0, "{form} {roster}");
            let ran = audit(roster, &["--format", form, "--exit-code"]);
            assert_eq!(ran.code, asked, "{form} {roster}");
        }
    }
}

#[test]
fn a_roster_that_cannot_be_used_is_refused_with_its_place() {
    let test = TestWorld::demo();
    test.write("numbers.yaml", "# Nobody\n- 5\n- 6\n");
    test.write("words.yaml", "\nnobody\n");
    test.write("nameless.json", "[\n  {\"email\": \"a@example.com\"}\n]\n");
    test.write("empty.yaml", "");
    test.write("folder/README.md", "- name: Ada\n");
    for (roster, place) in [
        ("numbers.yaml", "numbers.yaml:2"),
        ("words.yaml", "words.yaml:2"),
        ("nameless.json", "nameless.json:2"),
        ("empty.yaml", "empty.yaml"),
        ("folder", "folder"),
        ("missing.yaml", "missing.yaml"),
    ] {
        let ran = test.run(&["run", "--exit-code", "--roster", roster]).exit(4);
        assert_eq!(ran.stdout, "", "{roster}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
        assert!(ran.stderr.contains(place), "{}", ran.stderr);
    }
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
    assert_eq!(files.len(), 2, "{report}");
    assert!(files[0].contains("bad.yaml") && files[1].contains("emea"), "{files:?}");
    assert_eq!(report["summary"]["people"], 1);
}

#[test]
fn wrong_usage_ends_with_2_and_an_empty_stdout() {
    for arguments in [
        &["run", "--bogus"][..],
        &["run", "--format", "xml"],
        &["run", "--kind", "zoom"],
        &["run", "--quiet", "--verbose"],
        &["run", "--roster"],
        &["bogus"],
    ] {
        let ran = TestWorld::demo().run(arguments).exit(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(ran.stderr.starts_with("error: "), "{arguments:?}: {}", ran.stderr);
    }
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
