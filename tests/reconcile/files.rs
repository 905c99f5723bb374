//! `--accounts`: accounts from a file, as an admin's browser or a spreadsheet leaves it.

use expect_test::expect;
use serde_json::{Value, json};

use super::{asked_of_calendly, demo, found, report};
use crate::support::{Ran, TestWorld, Transcript};

const ROSTER: &str = "\
- {name: Ada, email: ada@example.com, calendly: https://calendly.com/ada}
- {name: Bob, email: bob@example.com, calendly: https://calendly.com/bob}
- {name: Eve, email: eve@example.com, calendly: https://calendly.com/eve}
";

/// Ada owns it, Bob was invited, Zed is of nobody, Eve is missing.
const CSV: &str = "\
Name,Login email,Role,Calendly link,Status
Ada,ada@example.com,Owner,https://calendly.com/ada,Active
,bob@example.com,,,Pending
Zed,zed@example.org,User,https://calendly.com/zed,Active
";

const ARGUMENTS: [&str; 5] = ["reconcile", "--roster", "r.yaml", "--accounts", "users.csv"];

/// A user without any token, with the roster and these accounts.
fn with_accounts(accounts: impl AsRef<[u8]>) -> TestWorld {
    let test = TestWorld::demo();
    test.write("r.yaml", ROSTER).write("users.csv", accounts);
    test
}

/// Reconciles with these accounts, and sees that nobody was asked.
#[track_caller]
fn reconcile(accounts: impl AsRef<[u8]>) -> Ran {
    let test = with_accounts(accounts);
    let ran = test.run(&[&ARGUMENTS[..], &["--format", "json"]].concat());
    assert_eq!(test.sandbox.requests().len(), 0);
    ran
}

/// What was found of the four things that [`CSV`] has, and whether the accounts were whole.
fn gist(report: &Value) -> (Vec<String>, Vec<String>, Vec<String>, bool) {
    let gaps = report["accounts"]["gaps"].as_array().unwrap();
    let of = |check| found(report, check);
    (of("outsider"), of("invitation-pending"), of("account-missing"), gaps.is_empty())
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn the_export_is_read_by_the_names_of_its_columns() {
    let expected = (strings(&["zed@example.org"]), strings(&["Bob"]), strings(&["Eve"]), true);
    for text in [CSV.to_owned(), format!("\u{feff}{}", CSV.replace(',', ";").replace('\n', "\r\n"))]
    {
        let report = reconcile(&text).success().json();
        assert_eq!(gist(&report), expected, "{text:?}");
        assert_eq!(report["problems"], json!([]), "{text:?}");
        assert_eq!(report["summary"]["seats"], json!({"active": 2, "invited": 1, "outsiders": 1}));
    }
}

#[test]
fn a_plain_list_has_neither_roles_nor_links() {
    let list = "ada@example.com\nBOB@example.com\nzed@example.org\n";
    let report = reconcile(list).success().json();
    let expected = (strings(&["zed@example.org"]), strings(&[]), strings(&["Eve"]), true);
    assert_eq!(gist(&report), expected);
    let unknown = json!(["link-mismatch", "owner-count", "admin-missing", "admin-unexpected"]);
    assert_eq!(report["checks_unknown"], unknown);
}

#[test]
fn stdin_may_bring_the_accounts() {
    let test = with_accounts("");
    let arguments = ["reconcile", "--roster", "r.yaml", "--accounts", "-"];
    let ran = test.run_with_input(&arguments, CSV).success();
    assert!(ran.stdout.contains("Accounts `-`, SHA-256 "), "{}", ran.stdout);
    assert!(ran.stdout.contains("zed@example.org"), "{}", ran.stdout);
    let ran = test.run_with_input(&["reconcile", "--roster", "-", "--accounts", "-"], CSV);
    assert!(ran.exit(2).stderr.contains("stdin"));
}

/// Where a row may be missing, nothing is concluded from who is not there.
#[test]
fn an_incomplete_file_finds_nobody_missing() {
    let cut = CSV.strip_suffix("k,Active\n").or(CSV.strip_suffix(",Active\n")).unwrap();
    for (text, gap, line) in [
        (cut.to_owned(), "rows could not be read", Some(4)),
        (CSV.trim_end().to_owned(), "no line break", None),
        (CSV.replace("Zed,", "\"Zed,"), "quotation mark", None),
        (CSV.lines().next().unwrap().to_owned() + "\n", "no account was read", None),
    ] {
        let test = with_accounts(&text);
        let ran = test.run(&[&ARGUMENTS[..], &["--format", "json"]].concat()).exit(5);
        let report = ran.json();
        let (outsiders, _, missing, is_complete) = gist(&report);
        assert_eq!((outsiders, missing, is_complete), (vec![], vec![], false), "{text}");
        assert!(ran.stderr.contains(gap), "{text}: {}", ran.stderr);
        assert_eq!(report["summary"]["seats"], Value::Null, "{text}");
        assert_eq!(report["outsiders"]["state"], "unknown", "{text}");
        if let Some(line) = line {
            assert_eq!(report["problems"][0]["line"], line, "{report}");
            assert_eq!(report["problems"][0]["file"], "users.csv");
        }
        let ran = test.run(&ARGUMENTS).exit(5);
        assert!(ran.stdout.contains("Accounts not read whole: "), "{}", ran.stdout);
        assert!(ran.stdout.contains("not read whole, file modified at"), "{}", ran.stdout);
        assert!(ran.stdout.ends_with("; accounts not read whole.\n"), "{}", ran.stdout);
    }
}

#[test]
fn a_file_without_accounts_is_refused_with_its_line() {
    let mut transcript = Transcript::default();
    let ran = reconcile("Name,Role\nAda,user\n").exit(4);
    assert_eq!(ran.json()["error"]["code"], 4);
    transcript.add("no addresses", ran);
    let test = with_accounts(CSV);
    let ran = test.run(&["reconcile", "--roster", "r.yaml", "--accounts", "gone.csv"]).exit(4);
    transcript.add("no file", ran);
    transcript.is(expect![[r#"
        # no addresses
        error: the accounts: users.csv:1: no column is called `Email` or `Login email`
        # no file
        error: could not read the accounts gone.csv: No such file or directory (os error 2)
    "#]]);
}

#[test]
fn anybody_can_make_the_sha_256_of_the_file() {
    let test = demo();
    test.write("users.csv", "ada@example.com\n");
    let before = test.sandbox.requests().len();
    let report = report(&test, &["--accounts", "users.csv"]);
    // `printf 'ada@example.com\n' | sha256sum`
    let sha256 = "e2503c98e1e63608fb2222882c1af13645ed8e9871db42b82ca87787af788bac";
    assert_eq!(report["accounts"]["sha256"], sha256);
    assert_eq!(asked_of_calendly(&test, before).len(), 0);
}
