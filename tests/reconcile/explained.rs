//! `--explain`: how somebody's account was found, or why not.

use expect_test::expect;

use super::demo;
use crate::support::{Ran, TestWorld, VANCE};

#[track_caller]
fn explain(test: &TestWorld, name: &str) -> Ran {
    test.run_writing_nothing(&["reconcile", "--explain", name])
}

#[test]
fn a_person_is_named_by_name_address_or_username() {
    let test = demo();
    let by_name = explain(&test, "Noémie Tremblay-Roy").success();
    for name in ["NTremblayRoy@example.com", "ntremblayroy", "noémie tremblay-roy"] {
        assert_eq!(explain(&test, name).success().stdout, by_name.stdout, "{name}");
    }
    // The line is that of the person's entry.
    by_name.stdout_is(expect![[r#"
        Noémie Tremblay-Roy, data/support-team.yaml:527
          e-mail address: ntremblayroy@example.com
          link: https://calendly.com/ntremblayroy
          operations team: no
          account: noemie@tremblay-roy.example (Noémie Tremblay-Roy), user, https://api.calendly.com/organization_memberships/44F848ADD16FA14E, matched by its scheduling link
    "#]]);
    let entry = test.roster().lines().nth(527 - 1).map(str::to_owned);
    assert_eq!(entry.as_deref(), Some("- name: Noémie Tremblay-Roy"));
}

#[test]
fn each_key_is_reported() {
    let test = demo();
    explain(&test, "Yasmin El-Khoury").success().stdout_is(expect![[r#"
        Yasmin El-Khoury, data/support-team.yaml:366
          e-mail address: yelkhoury@example.com
          link: https://calendly.com/yelkhoury
          operations team: no
          account: YElKhoury@Example.com (Yasmin El-Khoury), user, https://api.calendly.com/organization_memberships/889214BE2E1247E5, matched by its e-mail address
    "#]]);
    explain(&test, "Ezekiel Brightwater").success().stdout_is(expect![[r#"
        Ezekiel Brightwater, data/support-team.yaml:509
          e-mail address: ebrightwater@example.com
          link: none
          operations team: no
          account: zeke@brightwater.example (Ezekiel Brightwater), user, https://api.calendly.com/organization_memberships/50C37516BD81C984, matched by its alias
          finding: link-missing
    "#]]);
    explain(&test, "Torbjørn Aaseby").success().stdout_is(expect![[r#"
        Torbjørn Aaseby, data/support-team.yaml:347
          e-mail address: taaseby@example.com
          link: https://calendly.com/taaseby
          operations team: no
          account: none
          finding: account-missing
    "#]]);
    explain(&test, "Philippa St. Clair-Boone").success().stdout_is(expect![[r#"
        Philippa St. Clair-Boone, data/support-team.yaml:607
          e-mail address: pstclairboone@example.com
          link: https://calendly.com/pstclairboone
          operations team: no
          account: pstclairboone@example.com (Philippa St. Clair-Boone), user, https://api.calendly.com/organization_memberships/9744D18A87F11C2B, matched by its e-mail address
          finding: link-mismatch, seen: https://calendly.com/pstclairboone https://calendly.com/philippa-stclair-boone
    "#]]);
}

#[test]
fn candidates_are_refused_with_their_reasons() {
    let test = demo().with("SUPPORT_AUDIT_CONFIG", "");
    test.calendly(|calendly| {
        calendly.member("zeke@brightwater.example").unwrap().slug = "elsewhere".to_owned();
        calendly.add_member("t.aaseby@old.example").name = "Torbjørn Aaseby".to_owned();
    });
    explain(&test, "Torbjørn Aaseby").success().stdout_is(expect![[r#"
        Torbjørn Aaseby, data/support-team.yaml:347
          e-mail address: taaseby@example.com
          link: https://calendly.com/taaseby
          operations team: no
          account: none
          refused: t.aaseby@old.example (Torbjørn Aaseby), user, https://api.calendly.com/organization_memberships/AF5A9B0C2EC2D925: the same name only
          finding: account-missing
        t.aaseby@old.example (Torbjørn Aaseby), user, https://api.calendly.com/organization_memberships/AF5A9B0C2EC2D925
          of nobody on the roster by e-mail address, link or alias
          refused: Torbjørn Aaseby, data/support-team.yaml:347: the same name only
          finding: outsider, seen: active user
    "#]]);
    explain(&test, "zeke@brightwater.example").success().stdout_is(expect![[r#"
        zeke@brightwater.example (Ezekiel Brightwater), user, https://api.calendly.com/organization_memberships/50C37516BD81C984
          of nobody on the roster by e-mail address, link or alias
          refused: Ezekiel Brightwater, data/support-team.yaml:509: the same name only
          finding: outsider, seen: active user
    "#]]);
}

#[test]
fn an_account_is_named_by_its_address_or_name() {
    let test = demo();
    let by_address = explain(&test, &VANCE.to_uppercase()).success().stdout_is(expect![[r#"
        bvance@harborlight.example (Bartholomew Vance), user, https://api.calendly.com/organization_memberships/B6ACDD582A3DDE6D
          of nobody on the roster by e-mail address, link or alias
          finding: outsider, seen: active user
    "#]]);
    assert_eq!(explain(&test, "bartholomew vance").success().stdout, by_address.stdout);
    explain(&test, "zeke@brightwater.example").success().stdout_is(expect![[r#"
        zeke@brightwater.example (Ezekiel Brightwater), user, https://api.calendly.com/organization_memberships/50C37516BD81C984
          the account of Ezekiel Brightwater, data/support-team.yaml:509
    "#]]);
    test.write("users.csv", "Name,Email\nX,x@example.org\nZed,zed@example.org\n");
    let arguments = ["reconcile", "--accounts", "users.csv", "--explain", "zed@example.org"];
    test.run(&arguments).success().stdout_is(expect![[r#"
        zed@example.org (Zed), role unknown, users.csv:3
          of nobody on the roster by e-mail address, link or alias
          finding: outsider, seen: active user
    "#]]);
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let test = demo();
    let json = ["reconcile", "--explain", VANCE, "--format", "json"];
    test.run_writing_nothing(&json).exit(2).messages_are(expect![[r#"
        error: this command has no form `json`
        hint: use --format table
    "#]]);
    let printed = explain(&test, "Nobody At-All").exit(1).messages_are(expect![[r#"
        no justifications and decisions are known: there is no open audit
        error: nobody on the roster and no account is called Nobody At-All
        hint: give a whole name, an e-mail address or a GitLab username
    "#]]);
    assert_eq!(printed.stdout, "");
}

#[test]
fn what_was_not_read_completely_is_not_reported_as_absent() {
    let test = demo();
    test.calendly(|calendly| calendly.tokens[0].user = "rachterberg@example.com".to_owned());
    let printed = explain(&test, "Torbjørn Aaseby").exit(3);
    assert!(printed.stdout.contains("account: unknown"), "{}", printed.stdout);
}
