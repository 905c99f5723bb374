//! What `--format json` prints is what `docs/schemas` publishes, without a terminal.

use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, TestWorld};

/// A published schema.
fn schema(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    schema
}

/// Where a value is not what a schema says. Only the keywords that the published schemas use are
/// known; any other one is an error, lest it were taken for checked.
fn complaints(root: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (keyword, wanted) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                found.extend(complaints(root, &root["$defs"][name], value, place));
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                if !types.iter().any(|name| is_of(value, name.as_str().unwrap())) {
                    found.push(format!("{place}: {value} is not of type {wanted}"));
                }
            }
            "const" if value != wanted => found.push(format!("{place}: {value}, not {wanted}")),
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                found.push(format!("{place}: {value} is none of {wanted}"));
            }
            "const" | "enum" | "$schema" | "$defs" | "title" | "description" => {}
            "anyOf" => {
                let ways = wanted.as_array().unwrap().iter();
                let tried: Vec<_> = ways.map(|it| complaints(root, it, value, place)).collect();
                if !tried.iter().any(Vec::is_empty) {
                    found.push(format!("{place}: fits nowhere: {tried:?}"));
                }
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        let place = format!("{place}.{name}");
                        found.extend(complaints(root, schema, value, &place));
                    }
                }
            }
            "required" => {
                let names = wanted.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let missing = names.filter(|name| value.get(name).is_none());
                found.extend(missing.map(|name| format!("{place}: {name} is missing")));
            }
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let names = value.as_object().into_iter().flat_map(|it| it.keys());
                let known = &schema["properties"];
                let others = names.filter(|name| known.get(name).is_none());
                found.extend(others.map(|name| format!("{place}: {name} is not published")));
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(complaints(root, wanted, item, &format!("{place}[{number}]")));
                }
            }
            other => panic!("{other} is no keyword that is checked"),
        }
    }
    found
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

/// Refuses a run that printed anything but one document of this schema, or moved a terminal.
#[track_caller]
fn prints(ran: Ran, code: i32, name: &str) -> Value {
    let ran = ran.exit(code);
    let document = ran.json();
    let schema = schema(name);
    let complaints = complaints(&schema, &schema, &document, "");
    assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    let is_bad = |text: &str| text.chars().any(|it| it.is_control() && it != '\n');
    assert!(!is_bad(&ran.stderr), "{:?}", ran.stderr);
    assert!(!is_bad(&ran.stdout), "{:?}", ran.stdout);
    document
}

/// A command that prints JSON.
fn run(test: &TestWorld, arguments: &[&str]) -> Ran {
    test.run(&[arguments, &["--format", "json"]].concat())
}

#[test]
fn the_checker_can_say_no() {
    let schema = schema("followups");
    let good = serde_json::json!({
        "schema": "support-audit/followups/1",
        "plan": ["y"],
        "notes": [],
        "posted": ["x"],
        "advice": [{ "name": "a", "email": null, "reason": "b", "title": "t", "text": "c" }],
    });
    assert_eq!(complaints(&schema, &schema, &good, ""), Vec::<String>::new());
    for (pointer, value) in [
        ("/schema", serde_json::json!("support-audit/followups/2")),
        ("/posted", serde_json::json!([1])),
        ("/advice/0/email", serde_json::json!(true)),
        ("/advice/0", serde_json::json!({ "name": "a" })),
        (
            "/advice/0",
            serde_json::json!({ "name": "", "email": null, "reason": "", "title": "", "text": "", "more": 1 }),
        ),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_ne!(complaints(&schema, &schema, &bad, ""), Vec::<String>::new(), "{pointer}");
    }
}

#[test]
fn a_complete_audit_by_a_script() {
    let test = TestWorld::demo().with_token().with_accounts();
    prints(run(&test, &["run"]), 0, "report");
    prints(run(&test, &["run", "--exit-code"]), 10, "report");
    prints(run(&test, &["status"]), 1, "error");
    prints(run(&test, &["init-issue", "--dry-run"]), 0, "plan");
    prints(run(&test, &["init-issue"]), 2, "error");
    assert!(test.sandbox.writes().is_empty());
    let issue = prints(run(&test, &["init-issue", "--yes"]), 0, "issue");
    assert_eq!(prints(run(&test, &["init-issue", "--yes"]), 0, "issue"), issue);
    assert_eq!(prints(run(&test, &["status"]), 0, "status")["stage"], "opened");
    prints(run(&test, &["run", "--write", "--dry-run"]), 0, "plan");
    prints(run(&test, &["run", "--write", "--yes"]), 0, "report");
    prints(run(&test, &["reconcile", "--write", "--dry-run"]), 0, "plan");
    prints(run(&test, &["reconcile", "--write", "--yes"]), 0, "report");
    let plan = prints(run(&test, &["followups", "--dry-run"]), 0, "followups");
    let done = prints(run(&test, &["followups", "--yes"]), 0, "followups");
    let count = |value: &Value| value.as_array().unwrap().len();
    assert_eq!(count(&plan["plan"]), count(&done["posted"]));
    assert_eq!(count(&done["advice"]), 1);
    test.advance(2);
    test.reply("taaseby", "taaseby", "\u{1b}[31mOn purpose\u{202e}\u{7}");
    let status = prints(run(&test, &["status"]), 0, "status");
    let findings = status["findings"].as_array().unwrap();
    assert!(findings.iter().any(|it| it["state"] == "answered"), "{findings:#?}");
    prints(run(&test, &["submit-review"]), 11, "error");
    prints(run(&test, &["submit-review", "--unresolved", "--dry-run"]), 0, "plan");
    let review = prints(run(&test, &["submit-review", "--unresolved", "--yes"]), 0, "review");
    assert_eq!(count(&review["posted"]), 1);
    assert!(review["direct_message"]["text"].as_str().unwrap().contains("FY28-Q1"), "{review}");
    let again = prints(run(&test, &["submit-review", "--unresolved", "--yes"]), 0, "review");
    assert_eq!(again["posted"], review["posted"]);
    assert_eq!(again["direct_message"], review["direct_message"]);
    test.close(1, "nadeyemi");
    let status = prints(run(&test, &["status", "--issue", "1"]), 0, "status");
    assert_eq!(status["stage"], "closed");
    for closed in [
        &["run", "--write", "--yes", "--issue", "1", "--output", "report"][..],
        &["followups", "--yes", "--issue", "1"],
        &["submit-review", "--yes", "--issue", "1"],
    ] {
        prints(run(&test, closed), 11, "error");
    }
}

#[test]
fn what_needs_no_issue() {
    let test = TestWorld::demo().with_token();
    prints(run(&test, &["config"]), 0, "config");
    let status = prints(run(&test, &["auth", "status"]), 0, "auth-status");
    assert_eq!(status["user"], "ivelderman");
    let report = prints(run(&test, &["run"]), 0, "report");
    assert_eq!(report["outsiders"]["state"], "unknown");
    prints(run(&test, &["reconcile"]), 3, "report");
    let test = test.with_accounts();
    prints(run(&test, &["auth", "status", "--service", "calendly"]), 0, "auth-status");
    prints(run(&test, &["reconcile"]), 0, "report");
    let test = test.with("GL_TOKEN", "glpat-strange");
    prints(run(&test, &["auth", "status"]), 3, "auth-status");
    prints(run(&test, &["run"]), 3, "error");
    prints(run(&test, &["config", "--bogus"]), 2, "error");
    prints(run(&test, &["run", "--roster", "gone.yaml"]), 4, "error");
}

/// What stands in a roster and in an export cannot move a terminal.
#[test]
fn foreign_text_stays_text() {
    let test = TestWorld::demo().with_token();
    test.write(
        "roster.yaml",
        "- name: \"A\\e[2Jda\\u202e\"\n  email: a@example.com\n  calendly: \"x\\a\"\n- 7\n- name: Bo\n  email: [1]\n",
    );
    test.write("accounts.csv", "email,name\na@example.com,Ada\nv@example.com,\u{1b}]0;x\u{7}\n");
    let arguments = ["run", "--roster", "roster.yaml", "--accounts", "accounts.csv"];
    let report = prints(run(&test, &arguments), 0, "report");
    assert_eq!(report["people"][0]["name"], "A\u{1b}[2Jda\u{202e}");
    assert_ne!(report["problems"], serde_json::json!([]), "{report:#}");
}
