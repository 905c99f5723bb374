//! `config`: every setting with its value and its origin, and what is refused.

use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{Printed, TestWorld, Transcript};

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
    let mut transcript = Transcript::default();
    for text in [
        "[gitlab]\nurl = \"https://gitlab.com\"\nurll = \"x\"\n",
        "\n[rooster]\npath = \"x\"\n",
        "token = \"glpat-x\"\n",
        "[gitlab]\n\nurl = 5\n",
        "[issue]\nlabels = \"audit\"\n",
        "[issue]\nconfidential = \"perhaps\"\n",
        "[calendar]\nquarters = [1, 5]\n",
        "[calendar]\nfiscal_start = \"Febtober\"\n",
        "[waits]\nperson = \"3 fortnights ago\"\n",
        "[waits]\ndays = \"weekend\"\n",
        "[[managers]]\nslack = \"U1\"\n",
        "managers = [\n  { username = \"a\", mail = \"b\" },\n]\n",
        "[handles]\n\"a@example.com\" = 7\n",
        "[gitlab]\nurl = \"a\"\nurl = \"b\"\n",
        "[gitlab\n",
        "[checks]\noff = [\"link-missing\", \"link-mising\"]\n",
        "gitlab = \"https://gitlab.com\"\n",
        "\"gitlab.url\" = \"https://gitlab.com\"\n",
        "[waits]\nperson = \"-3d\"\n",
    ] {
        let test = bare().with_config(text);
        test.write("r.yaml", "- name: Ada\n");
        let config = transcript.add(format!("{text:?}"), test.run(&["config"]).exit(4));
        let run = test.run(&["run", "--roster", "r.yaml"]).exit(4);
        assert_eq!((config.stdout.as_str(), run.stdout.as_str()), ("", ""), "{text}");
        assert_eq!(run.stderr, config.stderr);
    }
    transcript.is(expect![[r##"
        # "[gitlab]\nurl = \"https://gitlab.com\"\nurll = \"x\"\n"
        error: the configuration [home]/config.toml line 3: there is no setting `gitlab.urll`
        hint: did you mean `gitlab.url`? `support-audit help settings` lists the settings with their defaults
        # "\n[rooster]\npath = \"x\"\n"
        error: the configuration [home]/config.toml line 2: there is no setting `rooster`
        hint: did you mean `roster`? `support-audit help settings` lists the settings with their defaults
        # "token = \"glpat-x\"\n"
        error: the configuration [home]/config.toml line 1: there is no setting `token`
        hint: `support-audit help settings` lists the settings with their defaults
        # "[gitlab]\n\nurl = 5\n"
        error: the configuration [home]/config.toml line 3: `gitlab.url` must be a string
        hint: `support-audit help settings` lists the settings with their defaults
        # "[issue]\nlabels = \"audit\"\n"
        error: the configuration [home]/config.toml line 2: `issue.labels` must be a list of strings
        hint: `support-audit help settings` lists the settings with their defaults
        # "[issue]\nconfidential = \"perhaps\"\n"
        error: the configuration [home]/config.toml line 2: `issue.confidential` must be "auto", true or false
        hint: `support-audit help settings` lists the settings with their defaults
        # "[calendar]\nquarters = [1, 5]\n"
        error: the configuration [home]/config.toml line 2: `calendar.quarters` must be a list of one or more of 1, 2, 3 and 4
        hint: `support-audit help settings` lists the settings with their defaults
        # "[calendar]\nfiscal_start = \"Febtober\"\n"
        error: the configuration [home]/config.toml line 2: `calendar.fiscal_start` must be the name of a month, such as "february"
        hint: `support-audit help settings` lists the settings with their defaults
        # "[waits]\nperson = \"3 fortnights ago\"\n"
        # "[waits]\nperson = \"-3d\"\n"
        error: the configuration [home]/config.toml line 2: `waits.person` must be a time to wait, such as "72h" or "3d"
        hint: `support-audit help settings` lists the settings with their defaults
        # "[waits]\ndays = \"weekend\"\n"
        error: the configuration [home]/config.toml line 2: `waits.days` must be "calendar" or "working"
        hint: `support-audit help settings` lists the settings with their defaults
        # "[[managers]]\nslack = \"U1\"\n"
        error: the configuration [home]/config.toml line 1: `managers` must be a list of tables with `username` and, if wanted, `slack`
        hint: `support-audit help settings` lists the settings with their defaults
        # "managers = [\n  { username = \"a\", mail = \"b\" },\n]\n"
        error: the configuration [home]/config.toml line 2: `managers` must be a list of tables with `username` and, if wanted, `slack`
        hint: `support-audit help settings` lists the settings with their defaults
        # "[handles]\n\"a@example.com\" = 7\n"
        error: the configuration [home]/config.toml line 2: `handles` must be a table of strings
        hint: `support-audit help settings` lists the settings with their defaults
        # "[gitlab]\nurl = \"a\"\nurl = \"b\"\n"
        error: the configuration [home]/config.toml line 3: duplicate key in `url`
        hint: `support-audit help settings` lists the settings with their defaults
        # "[gitlab\n"
        error: the configuration [home]/config.toml line 1: unclosed table, expected `]`
        hint: `support-audit help settings` lists the settings with their defaults
        # "[checks]\noff = [\"link-missing\", \"link-mising\"]\n"
        error: `checks.off` has an unknown check at position 2
        hint: did you mean `link-missing`? the checks are link-missing, link-malformed, link-shared, manager-unresolved, link-mismatch, account-missing, invitation-pending, outsider, owner-count, admin-missing, admin-unexpected
        # "gitlab = \"https://gitlab.com\"\n"
        error: the configuration [home]/config.toml line 1: `gitlab` must be a table
        hint: `support-audit help settings` lists the settings with their defaults
        # "\"gitlab.url\" = \"https://gitlab.com\"\n"
        error: the configuration [home]/config.toml line 1: there is no setting `"gitlab.url"`
        hint: did you mean `gitlab.url`? `support-audit help settings` lists the settings with their defaults
    "##]]);
}

/// Whoever pastes a token into the wrong place of the file must not find it in a log.
#[test]
fn no_value_of_the_file_is_repeated_by_an_error() {
    let token = "glpat-s3cret_S3CRET-s3cret";
    let by_key = defaults().into_iter().flat_map(|(key, _)| {
        let forms = ["T", "[T]", "{ T = 1 }", "{ username = 1, id = T }", "[{ T = T }]", "[[T]]"];
        forms.map(|form| format!("{key} = {}\n", form.replace('T', &format!("{token:?}"))))
    });
    let elsewhere = [
        format!("{token}\n"),
        format!("{token} = true\n"),
        format!("{token:?}\n"),
        format!("[{token}]\n"),
        format!("[gitlab]\n{token} = \"x\"\n"),
        format!("[gitlab]\nurl = {token}\n"),
        format!("[gitlab]\nurl = \"{token}\n"),
        format!("exclude = [\n  \"a\"\n  {token}\n]\n"),
    ];
    let mut refused = 0;
    for text in by_key.chain(elsewhere) {
        let test = bare().with_config(&text);
        test.write("r.yaml", "- name: Ada\n");
        let ran = test.run(&["-vv", "run", "--roster", "r.yaml", "--format", "json"]);
        if ran.code == 4 {
            refused += 1;
            assert!(!format!("{ran:?}").to_lowercase().contains("s3cret"), "{text}: {ran:?}");
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn a_wait_may_be_given_in_days() {
    let test = bare().with_config("[waits]\nperson = \"3d\"\nmanager = \"90m\"\n");
    let waits: Vec<_> = settings(&test.run(&["config", "--format", "json"]).success())
        .into_iter()
        .filter_map(|(key, value, _)| key.starts_with("waits.").then_some(value))
        .collect();
    assert_eq!(waits, [json!("72h"), json!("1h 30m"), json!("calendar")]);
}

#[test]
fn addresses_are_understood_as_they_are_copied_from_a_browser() {
    let test = bare();
    for (flag, given, key, value) in [
        ("--gitlab-url", "https://h.example/api/v4/", "gitlab.url", "https://h.example"),
        ("--project", "https://gitlab.com/a/b/-/issues", "gitlab.audits_project", "a/b"),
        ("--project", "a/b#1", "gitlab.audits_project", "a/b"),
        ("--roster-project", "/a/b/", "roster.project", "a/b"),
        ("--roster-path", "/data/team.yaml", "roster.path", "data/team.yaml"),
    ] {
        let ran = test.run(&["config", "--format", "json", flag, given]).success();
        assert_one(&ran, key, value, &format!("flag {flag}"));
    }
    let ran = test.run(&["config", "--project", "https://h.example/a/s3cret"]).exit(4);
    ran.hides("s3cret").messages_are(expect![[r#"
        error: gitlab.audits_project is an address outside of gitlab.url
        hint: give the project's full path, such as group/project, or set gitlab.url
    "#]]);
}

#[test]
fn the_manual_lists_every_setting_with_its_default() {
    let manual = bare().run(&["help", "settings"]).success().stdout;
    let environment = bare().run(&["help", "environment"]).success().stdout;
    for (key, _) in defaults() {
        assert_eq!(manual.matches(&format!("\n  {key} = ")).count(), 1, "{key}: {manual}");
    }
    for (key, flag, _, variable, _) in ANYWHERE {
        assert!(manual.contains(&format!("{flag}, or {variable}\n")), "{manual}");
        assert!(environment.contains(variable) && environment.contains(key), "{environment}");
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
#[cfg(unix)]
fn a_default_file_that_cannot_be_reached_is_not_taken_for_none() {
    use std::os::unix::fs::symlink;

    type Prepare = fn(&Path);
    let cases: [(&str, Prepare); 7] = [
        ("a dangling link", |folder| {
            std::fs::create_dir(folder).unwrap();
            symlink("nowhere.toml", folder.join("config.toml")).unwrap();
        }),
        ("a link to itself", |folder| {
            std::fs::create_dir(folder).unwrap();
            symlink("config.toml", folder.join("config.toml")).unwrap();
        }),
        ("a folder", |folder| std::fs::create_dir_all(folder.join("config.toml")).unwrap()),
        ("a file in the place of its folder", |folder| std::fs::write(folder, "").unwrap()),
        ("a folder that is a dangling link", |folder| symlink("nowhere", folder).unwrap()),
        ("a folder that links to itself", |folder| symlink("support-audit", folder).unwrap()),
        ("a parent that is a dangling link", |folder| {
            std::fs::remove_dir(folder.parent().unwrap()).unwrap();
            symlink("nowhere", folder.parent().unwrap()).unwrap();
        }),
    ];
    let mut transcript = Transcript::default();
    for (name, prepare) in cases {
        let test = bare().with_token();
        std::fs::create_dir(test.path(".config")).unwrap();
        prepare(&test.path(".config/support-audit"));
        let ran = test.run_writing_nothing(&["auth", "status"]).exit(4);
        assert_eq!(ran.stdout, "", "{name}");
        transcript.add(name, ran);
    }
    transcript.is(expect![[r#"
        # a dangling link
        error: could not read the configuration [home]/.config/support-audit/config.toml: No such file or directory (os error 2)
        # a link to itself
        error: could not read the configuration [home]/.config/support-audit/config.toml: Too many levels of symbolic links (os error 40)
        # a folder
        error: could not read the configuration [home]/.config/support-audit/config.toml: Is a directory (os error 21)
        # a file in the place of its folder
        error: could not look for the configuration [home]/.config/support-audit/config.toml: Not a directory (os error 20)
        hint: make it readable, or name a file with --config or SUPPORT_AUDIT_CONFIG
        # a folder that is a dangling link
        # a parent that is a dangling link
        error: could not look for the configuration [home]/.config/support-audit/config.toml: No such file or directory (os error 2)
        hint: make it readable, or name a file with --config or SUPPORT_AUDIT_CONFIG
        # a folder that links to itself
        error: could not look for the configuration [home]/.config/support-audit/config.toml: Too many levels of symbolic links (os error 40)
        hint: make it readable, or name a file with --config or SUPPORT_AUDIT_CONFIG
    "#]]);
}

#[test]
#[cfg(unix)]
fn a_default_file_in_a_folder_without_access_is_not_taken_for_none() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let test = bare();
    test.write(".config/support-audit/config.toml", EVIL);
    let folder = test.path(".config/support-audit");
    let set_mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(&test.path("."), 0o755);
    set_mode(&folder, 0o000);
    let mut command = test.command(&["config"]);
    if std::fs::read_dir(&folder).is_ok() {
        // These tests run as root, whom no mode keeps out; the program runs as nobody.
        command.uid(65534).gid(65534);
    }
    let ran = test.finish(&mut command);
    set_mode(&folder, 0o755);
    let ran = ran.exit(4);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("Permission denied"), "{}", ran.stderr);
}

#[test]
fn a_home_without_any_configuration_has_the_defaults() {
    let test = bare();
    for home in [test.path("."), test.path("no/such/home")] {
        let mut command = test.command(&["config"]);
        let ran = test.finish(command.env("HOME", home)).success();
        assert!(ran.stdout.contains("https://gitlab.com"), "{}", ran.stdout);
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
