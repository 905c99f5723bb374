//! `--explain`: how somebody's account was found, or why not.

use super::demo;
use crate::support::{Ran, TestWorld, VANCE};

#[track_caller]
fn explain(test: &TestWorld, whom: &str) -> Ran {
    test.run_writing_nothing(&["reconcile", "--explain", whom])
}

#[test]
fn a_person_is_named_by_name_address_or_username() {
    let test = demo();
    let by_name = explain(&test, "Noémie Tremblay-Roy").success().stdout;
    for whom in ["NTremblayRoy@example.com", "ntremblayroy", "noémie tremblay-roy"] {
        assert_eq!(explain(&test, whom).success().stdout, by_name, "{whom}");
    }
    for part in [
        "Noémie Tremblay-Roy, data/support-team.yaml:",
        "ntremblayroy@example.com",
        "https://calendly.com/ntremblayroy",
        "noemie@tremblay-roy.example",
        "matched by its scheduling link",
    ] {
        assert!(by_name.contains(part), "{part}: {by_name}");
    }
    // The line is that of the person's entry.
    let place = by_name.split_once("data/support-team.yaml:").unwrap().1;
    let line: usize = place.split_whitespace().next().unwrap().parse().unwrap();
    let roster = test.roster();
    let entry: Vec<&str> = roster.lines().skip(line - 1).take(2).collect();
    assert!(entry.join(" ").contains("Noémie Tremblay-Roy"), "{entry:?}");
}

#[test]
fn an_account_of_nobody_is_named_by_address_or_name() {
    let test = demo();
    let by_address = explain(&test, VANCE).success().stdout;
    assert!(by_address.contains("of nobody on the roster"), "{by_address}");
    assert_eq!(explain(&test, "bartholomew vance").success().stdout, by_address);
    let json = ["reconcile", "--explain", VANCE, "--format", "json"];
    let refused = test.run_writing_nothing(&json).exit(2);
    assert!(refused.stderr.contains("this command has no form `json`"), "{}", refused.stderr);
}

#[test]
fn each_key_is_told() {
    let test = demo();
    for (whom, key) in [
        ("Yasmin El-Khoury", "e-mail address"),
        ("Noémie Tremblay-Roy", "scheduling link"),
        ("Ezekiel Brightwater", "alias"),
    ] {
        let out = explain(&test, whom).success().stdout;
        assert!(out.contains(&format!("matched by its {key}\n")), "{whom}: {out}");
    }
    let out = explain(&test, "Torbjørn Aaseby").success().stdout;
    assert!(out.contains("account: none") && out.contains("finding: account-missing"), "{out}");
    let out = explain(&test, "Philippa St. Clair-Boone").success().stdout;
    assert!(out.contains("https://calendly.com/philippa-stclair-boone"), "{out}");
}

#[test]
fn candidates_are_refused_with_their_reasons() {
    let test = demo().with("SUPPORT_AUDIT_CONFIG", "");
    test.calendly(|it| {
        let account = it.member("zeke@brightwater.example").unwrap();
        account.slug = "elsewhere".to_owned();
        let other = it.add_member("t.aaseby@old.example");
        other.name = "Torbjørn Aaseby".to_owned();
    });
    let out = explain(&test, "Torbjørn Aaseby").success().stdout;
    assert!(out.contains("account: none"), "{out}");
    let refused = out.lines().find(|line| line.contains("refused")).unwrap();
    assert!(refused.contains("t.aaseby@old.example"), "{out}");
    assert!(refused.contains("the same name only"), "{out}");
    let out = explain(&test, "zeke@brightwater.example").success().stdout;
    assert!(out.contains("of nobody on the roster"), "{out}");
    assert!(out.contains("refused: Ezekiel Brightwater, data/support-team.yaml:"), "{out}");
}

#[test]
fn an_account_is_named_by_its_address() {
    let test = demo();
    let out = explain(&test, &VANCE.to_uppercase()).success().stdout;
    for part in [VANCE, "Bartholomew Vance", "of nobody on the roster", "finding: outsider"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = explain(&test, "zeke@brightwater.example").success().stdout;
    assert!(out.contains("the account of Ezekiel Brightwater"), "{out}");
    test.write("users.csv", "Name,Email\nX,x@example.org\nZed,zed@example.org\n");
    let arguments = ["reconcile", "--accounts", "users.csv", "--explain", "zed@example.org"];
    let out = test.run(&arguments).success().stdout;
    assert!(out.contains("users.csv:3"), "{out}");
}

#[test]
fn nobody_is_no_silence() {
    let test = demo();
    let ran = explain(&test, "Nobody At-All").exit(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("Nobody At-All") && ran.stderr.contains("hint: "), "{ran:?}");
}

#[test]
fn what_was_not_read_whole_is_not_told_as_absent() {
    let test = demo();
    test.calendly(|it| it.tokens[0].user = "rachterberg@example.com".to_owned());
    let ran = explain(&test, "Torbjørn Aaseby").exit(3);
    assert!(ran.stdout.contains("account: unknown"), "{}", ran.stdout);
}
