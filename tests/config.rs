//! `config`: every setting with its value and its origin, and what is refused.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Printed, TestWorld};

/// The variables by which the harness points the program at its sandbox.
const SANDBOX: [&str; 3] =
    ["SUPPORT_AUDIT_GITLAB_URL", "SUPPORT_AUDIT_CALENDLY_URL", "SUPPORT_AUDIT_NOW"];

/// Every key with its default.
fn defaults() -> Vec<(&'static str, Value)> {
    vec![
        ("gitlab.url", json!("https://gitlab.com")),
        ("gitlab.audits_project", json!("gitlab-com/support/support-ops/support-ops-tools/audits")),
        ("roster.project", json!("gitlab-com/support/team")),
        ("roster.path", json!("data/support-team.yaml")),
        ("roster.ref", json!("master")),
        ("calendly.url", json!("https://api.calendly.com")),
        ("calendar.fiscal_start", json!("february")),
        ("calendar.quarters", json!([1, 3])),
        ("issue.template", json!("Calendly")),
        ("issue.labels", json!([])),
        ("issue.confidential", json!("auto")),
        ("managers", json!([])),
        ("operators", json!([])),
        ("handles", json!({})),
        ("aliases", json!({})),
        ("operations_team", json!({ "focuses": ["Operations"], "titles": ["Support Operations"] })),
        ("waits.person", json!("72h")),
        ("waits.manager", json!("72h")),
        ("waits.days", json!("calendar")),
        ("checks.off", json!([])),
        ("exclude", json!([])),
        ("exceptions.path", Value::Null),
    ]
}

/// A file that gives every key another value than its default, and those values.
const FILE: &str = r#"
managers = [{ username = "nadeyemi", slack = "U1" }]
operators = ["xcorrales"]
exclude = ["bot@example.com"]

[gitlab]
url = "https://gitlab.example.com"
audits_project = "file/audits"

[roster]
project = "file/team"
path = "data/agents"
ref = "file-branch"

[calendly]
url = "https://calendly.example.com"

[calendar]
fiscal_start = "april"
quarters = [2, 4]

[issue]
template = "Access review"
labels = ["audit", "calendly"]
confidential = true

[handles]
"guest@example.com" = "guest"

[aliases]
"ada@old.example" = "ada@example.com"

[operations_team]
focuses = ["Tooling"]
titles = ["Operations"]

[waits]
person = "48h"
manager = "24h"
days = "working"

[checks]
off = ["link-shared"]

[exceptions]
path = "exceptions/calendly.yaml"
"#;

fn values_of_file() -> Vec<(&'static str, Value)> {
    vec![
        ("gitlab.url", json!("https://gitlab.example.com")),
        ("gitlab.audits_project", json!("file/audits")),
        ("roster.project", json!("file/team")),
        ("roster.path", json!("data/agents")),
        ("roster.ref", json!("file-branch")),
        ("calendly.url", json!("https://calendly.example.com")),
        ("calendar.fiscal_start", json!("april")),
        ("calendar.quarters", json!([2, 4])),
        ("issue.template", json!("Access review")),
        ("issue.labels", json!(["audit", "calendly"])),
        ("issue.confidential", json!(true)),
        ("managers", json!([{ "username": "nadeyemi", "slack": "U1" }])),
        ("operators", json!(["xcorrales"])),
        ("handles", json!({ "guest@example.com": "guest" })),
        ("aliases", json!({ "ada@old.example": "ada@example.com" })),
        ("operations_team", json!({ "focuses": ["Tooling"], "titles": ["Operations"] })),
        ("waits.person", json!("48h")),
        ("waits.manager", json!("24h")),
        ("waits.days", json!("working")),
        ("checks.off", json!(["link-shared"])),
        ("exclude", json!(["bot@example.com"])),
        ("exceptions.path", json!("exceptions/calendly.yaml")),
    ]
}

/// Each key that is not for the file alone: its flag, its variable, and a value for either.
const ANYWHERE: [(&str, &str, &str, &str, &str); 6] = [
    (
        "gitlab.url",
        "--gitlab-url",
        "https://flag.example.com",
        "SUPPORT_AUDIT_GITLAB_URL",
        "https://variable.example.com",
    ),
    (
        "calendly.url",
        "--calendly-url",
        "https://flag.example.org",
        "SUPPORT_AUDIT_CALENDLY_URL",
        "https://variable.example.org",
    ),
    (
        "gitlab.audits_project",
        "--project",
        "flag/audits",
        "SUPPORT_AUDIT_PROJECT",
        "variable/audits",
    ),
    (
        "roster.project",
        "--roster-project",
        "flag/team",
        "SUPPORT_AUDIT_ROSTER_PROJECT",
        "variable/team",
    ),
    ("roster.path", "--roster-path", "flag.yaml", "SUPPORT_AUDIT_ROSTER_PATH", "variable.yaml"),
    ("roster.ref", "--roster-ref", "flag", "SUPPORT_AUDIT_ROSTER_REF", "variable"),
];

/// A user whose environment says nothing.
fn bare() -> TestWorld {
    SANDBOX.into_iter().fold(TestWorld::demo(), |test, name| test.with(name, ""))
}

/// The settings that `arguments` show: key, value, origin.
#[track_caller]
fn settings(ran: &Printed) -> Vec<(String, Value, String)> {
    let document = ran.json();
    assert!(document["schema"].is_string(), "{document}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let settings = document["settings"].as_array().unwrap().iter();
    settings.map(|it| (text(&it["key"]), it["value"].clone(), text(&it["origin"]))).collect()
}

/// Refuses other settings than these, or another origin, in either form.
#[track_caller]
fn assert_shown(test: &TestWorld, arguments: &[&str], wanted: &[(&str, Value)], origin: &str) {
    let json = test.run(&[arguments, &["config", "--format", "json"]].concat()).success();
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone(), origin.to_owned()))
        .collect();
    assert_eq!(settings(&json), wanted);

    let table = test.run(&[arguments, &["config"]].concat()).success();
    let lines: Vec<_> = table.stdout.lines().collect();
    assert_eq!(lines.len(), wanted.len(), "{}", table.stdout);
    for (line, (key, value, origin)) in lines.iter().zip(&wanted) {
        let (shown, rest) = line.split_once(' ').unwrap();
        assert_eq!(shown, key);
        let shown = rest.strip_suffix(origin.as_str()).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(&serde_json::from_str::<Value>(shown).unwrap(), value, "{line}");
    }
}

/// Refuses another value or origin of `key`.
#[track_caller]
fn assert_one(ran: &Printed, key: &str, value: &str, origin: &str) {
    let found = settings(ran).into_iter().find(|(shown, ..)| shown == key);
    assert_eq!(found, Some((key.to_owned(), json!(value), origin.to_owned())));
}

/// Writes the text as the file of `name`, and says how its origin reads.
fn written(test: &TestWorld, name: &str, content: &str) -> String {
    test.write(name, content);
    format!("file {}", test.path(name).display())
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn every_key_has_a_default() {
    assert_shown(&bare(), &[], &defaults(), "default");
}

#[test]
fn every_key_can_stand_in_the_file() {
    let test = bare();
    let origin = written(&test, "settings.toml", FILE);
    let path = test.path("settings.toml");
    assert_shown(&test, &["--config", shown(&path)], &values_of_file(), &origin);
}

#[test]
fn a_flag_goes_before_the_environment_before_the_file_before_the_default() {
    for (key, flag, by_flag, variable, by_variable) in ANYWHERE {
        let test = bare().with(variable, by_variable);
        let file = written(&test, "settings.toml", FILE);
        let path = test.path("settings.toml");
        let test = test.with("SUPPORT_AUDIT_CONFIG", shown(&path));
        let by = |values: Vec<(&str, Value)>| {
            let value = values.into_iter().find(|(known, _)| *known == key).unwrap().1;
            value.as_str().unwrap().to_owned()
        };
        let config = ["config", "--format", "json"];
        let ran = test.run(&[&config[..], &[flag, by_flag]].concat()).success();
        assert_one(&ran, key, by_flag, &format!("flag {flag}"));
        let ran = test.run(&[&[flag, by_flag], &config[..]].concat()).success();
        assert_one(&ran, key, by_flag, &format!("flag {flag}"));
        let ran = test.run(&config).success();
        assert_one(&ran, key, by_variable, &format!("environment {variable}"));
        let test = test.with(variable, "");
        assert_one(&test.run(&config).success(), key, &by(values_of_file()), &file);
        let test = test.with("SUPPORT_AUDIT_CONFIG", "");
        assert_one(&test.run(&config).success(), key, &by(defaults()), "default");
    }
}

#[test]
fn the_file_is_the_one_of_the_flag_then_of_the_variable_then_of_the_user() {
    let test = bare();
    let file = |name: &str| {
        let content = format!("[roster]\nref = \"{}\"\n", name.replace('/', "-"));
        written(&test, name, &content)
    };
    let (flag, variable) = (file("flag.toml"), file("variable.toml"));
    let user = file("xdg/support-audit/config.toml");
    let (named, other) = (test.path("flag.toml"), test.path("variable.toml"));
    let xdg = test.path("xdg");
    let test = test.with("XDG_CONFIG_HOME", shown(&xdg));
    let config = ["config", "--format", "json"];
    let value = "xdg-support-audit-config.toml";
    assert_one(&test.run(&config).success(), "roster.ref", value, &user);
    let test = test.with("SUPPORT_AUDIT_CONFIG", shown(&other));
    assert_one(&test.run(&config).success(), "roster.ref", "variable.toml", &variable);
    let ran = test.run(&[&config[..], &["--config", shown(&named)]].concat()).success();
    assert_one(&ran, "roster.ref", "flag.toml", &flag);
}

/// A file that would send the token elsewhere.
const EVIL: &str = "[gitlab]\nurl = \"https://evil.example\"\n";

#[test]
fn nothing_is_read_from_the_current_folder() {
    let test = bare();
    for name in [
        "config.toml",
        "support-audit.toml",
        ".support-audit.toml",
        ".support-audit/config.toml",
        "support-audit/config.toml",
        ".config/support-audit/config.toml",
        ".config/support-audit.toml",
    ] {
        test.write(&format!("checkout/{name}"), EVIL);
    }
    for (variable, value) in [("LANG", "C"), ("XDG_CONFIG_HOME", "."), ("XDG_CONFIG_HOME", "")] {
        assert_nothing_read(&test, variable, value);
    }
}

#[test]
fn a_home_that_is_the_current_folder_is_not_read() {
    let test = bare();
    test.write("checkout/.config/support-audit/config.toml", EVIL);
    assert_nothing_read(&test, "HOME", ".");
}

/// Refuses that anything is read below the folder `checkout` while that is the current one.
#[track_caller]
fn assert_nothing_read(test: &TestWorld, variable: &str, value: &str) {
    let mut command = test.command(&["config"]);
    let command = command.current_dir(test.path("checkout")).env(variable, value);
    let ran = test.finish(command).success();
    assert!(!ran.stdout.contains("evil"), "{variable}={value}: {}", ran.stdout);
    assert!(ran.stdout.contains("https://gitlab.com"), "{variable}={value}: {}", ran.stdout);
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_line() {
    for (text, line, named) in [
        ("[gitlab]\nurl = \"https://gitlab.com\"\nurll = \"x\"\n", 3, "urll"),
        ("\n[rooster]\npath = \"x\"\n", 2, "rooster"),
        ("token = \"glpat-x\"\n", 1, "token"),
        ("[gitlab]\n\nurl = 5\n", 3, "string"),
        ("[issue]\nlabels = \"audit\"\n", 2, "audit"),
        ("[issue]\nconfidential = \"perhaps\"\n", 2, "confidential"),
        ("[calendar]\nquarters = [1, 5]\n", 2, "quarters"),
        ("[calendar]\nfiscal_start = \"Febtober\"\n", 2, "Febtober"),
        ("[waits]\nperson = \"3 fortnights ago\"\n", 2, "3 fortnights ago"),
        ("[waits]\ndays = \"weekend\"\n", 2, "weekend"),
        ("[[managers]]\nslack = \"U1\"\n", 1, "username"),
        ("managers = [\n  { username = \"a\", mail = \"b\" },\n]\n", 2, "mail"),
        ("[handles]\n\"a@example.com\" = 7\n", 2, "string"),
        ("[gitlab]\nurl = \"a\"\nurl = \"b\"\n", 3, "duplicate"),
        ("[gitlab\n", 1, ""),
    ] {
        let test = bare();
        test.write("settings.toml", text);
        let path = test.path("settings.toml");
        for command in [&["config"][..], &["run", "--roster", "none.yaml"]] {
            let ran = test.run(&[command, &["--config", shown(&path)]].concat()).exit(4);
            assert_eq!(ran.stdout, "", "{text}");
            let place = format!("settings.toml line {line}");
            assert!(ran.stderr.contains(&place), "{text}: {}", ran.stderr);
            assert!(ran.stderr.contains(named), "{text}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let test = bare();
    let flag = test.run(&["config", "--config", "nowhere.toml"]).exit(4);
    let variable = test.with("SUPPORT_AUDIT_CONFIG", "nowhere.toml").run(&["config"]).exit(4);
    for ran in [flag, variable] {
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("nowhere.toml"), "{}", ran.stderr);
    }
}

#[test]
fn a_check_that_is_not_known_is_refused_with_those_that_are() {
    let test = bare();
    test.write("settings.toml", "[checks]\noff = [\"link-missing\", \"link-mising\"]\n");
    test.write("r.yaml", "- name: Ada\n");
    for command in [&["config"][..], &["run", "--roster", "r.yaml"]] {
        let ran = test.run(&[command, &["--config", "settings.toml"]].concat()).exit(4);
        assert_eq!(ran.stdout, "");
        for word in
            ["link-mising", "link-missing", "link-malformed", "link-shared", "manager-unresolved"]
        {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
    }
}

#[test]
fn the_clock_is_set_only_while_both_services_are_on_this_machine() {
    let here = ["http://127.0.0.1:9", "http://[::1]:9", "https://localhost"];
    let away = ["https://gitlab.com", "https://localhost.example.com", "https://10.0.0.1"];
    let run = |gitlab: &str, calendly: &str| {
        let test = TestWorld::demo();
        test.write("r.yaml", "- name: Ada\n");
        test.run(&["run", "--roster", "r.yaml", "--gitlab-url", gitlab, "--calendly-url", calendly])
    };
    for one in here {
        let ran = run(one, "http://127.0.0.1:9").success();
        assert!(ran.stdout.contains("2026-11-22T10:00:00Z"), "{one}: {}", ran.stdout);
        for other in away {
            for ran in [run(one, other), run(other, one)] {
                assert_ne!(ran.code, 0, "{one} {other}");
                assert_eq!(ran.stdout, "", "{one} {other}");
                assert!(ran.stderr.contains("SUPPORT_AUDIT_NOW"), "{}", ran.stderr);
            }
        }
    }
}

#[test]
fn an_address_that_must_not_be_used_is_refused_and_no_password_is_repeated() {
    for address in [
        "https://ada:s3cret@gitlab.com",
        "https://s3cret@gitlab.com",
        "http://ada:s3cret@127.0.0.1:9",
        "https://gitlab.com/?private_token=s3cret",
        "https://gitlab.com/#s3cret",
        "http://s3cret.example.com:s3cret",
        "ftp://ada:s3cret@gitlab.com",
        "s3cret",
    ] {
        for (flag, variable, section) in [
            ("--gitlab-url", "SUPPORT_AUDIT_GITLAB_URL", "gitlab"),
            ("--calendly-url", "SUPPORT_AUDIT_CALENDLY_URL", "calendly"),
        ] {
            let test = bare();
            test.write("settings.toml", format!("[{section}]\nurl = \"{address}\"\n"));
            test.write("r.yaml", "- name: Ada\n");
            let base = ["-vv", "run", "--roster", "r.yaml", "--format", "json"];
            let by_flag = test.run(&[&base[..], &[flag, address]].concat());
            let by_file = test.run(&[&base[..], &["--config", "settings.toml"]].concat());
            let by_variable = test.with(variable, address).run(&base);
            for ran in [by_flag, by_file, by_variable] {
                let ran = ran.exit(4);
                assert!(!format!("{ran:?}").contains("s3cret"), "{address}: {ran:?}");
                let message = ran.json()["error"]["message"].to_string();
                assert!(message.contains(&format!("{section}.url")), "{message}");
            }
        }
    }
}
