//! What a report without accounts leaves of those that an issue holds.

use expect_test::expect;

use super::super::{Adopt, write};
use crate::accounts::Accounts;
use crate::evaluation::exceptions::{Exception, ExceptionSubject};
use crate::evaluation::{Evaluation, Policy, Sources};
use crate::input::{Location, Provenance, SourceFile};
use crate::kinds::Kind;
use crate::report::Report;
use crate::roster::{OperationsTeam, parse};

const TEAM: &str = "- {name: Ada, email: ada@x.example, calendly: 'https://calendly.com/ada'}\n\
                    - {name: Bob, email: bob@x.example, calendly: 'https://calendly.com/bob'}\n";

const ACCOUNTS: &str = "email,role,status\nada@x.example,user,joined\nzed@x.example,user,joined\n\
                        yan@x.example,user,joined\n";

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), bytes: text.into() }
}

fn report(team: &str, accounts: Option<&str>) -> Report {
    let (roster, problems) =
        parse(&[file("team.yaml", team)], "calendly", &OperationsTeam::default());
    let read_at = "2026-11-22T10:00:00Z".parse().unwrap();
    let accounts = accounts.map(|text| {
        let export = Kind::Calendly.spec().export;
        Accounts::from_file(export, &file("accounts.csv", text), read_at).unwrap()
    });
    let exceptions = vec![Exception {
        checks: vec!["outsider"],
        subject: ExceptionSubject::Email("yan@x.example".to_owned()),
        reason: "audits us".to_owned(),
        approved_by: "ada".to_owned(),
        approved_on: "2026-01-01".parse().unwrap(),
        expires: "2027-01-01".parse().unwrap(),
        location: Location { file: "exceptions.yaml".to_owned(), line: Some(1) },
    }];
    let sources = Sources { roster, accounts, exceptions, problems, ..Sources::default() };
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at,
        version: "1.2.3",
    };
    let today = "2026-11-22".parse().unwrap();
    Report::new(provenance, Evaluation::new(Kind::Calendly, &Policy::default(), sources, today))
}

/// The lines of a description that are neither blank, marks nor heads, without their stamps.
fn shown(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("<!--")) {
        let line = line.split("<!-- sa").next().unwrap_or_default();
        if !line.starts_with("| ---") && !line.starts_with("| Name") {
            lines.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    lines
}

/// Writes a report with accounts, and below it a later one of another team without any.
fn write_both(accounts: &str) -> String {
    let complete = write("## Notes\n", &report(TEAM, Some(accounts)), Adopt::No).unwrap();
    assert_eq!(complete.accounts_as_of, None);
    let later = TEAM.replace("calendly: 'https://calendly.com/bob'", "title: Engineer");
    let later = format!("{later}- {{name: Eve, email: eve@x.example}}\n");
    let written = write(&complete.text, &report(&later, None), Adopt::No).unwrap();
    assert_eq!(written.accounts_as_of.as_deref(), Some("2026-11-22T10:00:00Z"));
    let again = write(&written.text, &report(&later, None), Adopt::No).unwrap();
    assert_eq!(again.text, written.text);
    // With accounts at hand nothing of what was held is left.
    let fresh = write(&written.text, &report(TEAM, Some(accounts)), Adopt::No).unwrap();
    assert_eq!(fresh.text, complete.text);
    shown(&written.text)
}

#[test]
fn everything_about_accounts_stays_and_everything_else_is_renewed() {
    expect![[r#"
        ## Notes
        Roster `team.yaml`, SHA-256 `4c29`, 3 people, file modified at 2026-11-22T10:00:00Z, by support-audit 1.2.3.
        Accounts `accounts.csv`, SHA-256 `f84511fa45c1bcab08246055536b6c1a365b120fe796b5881b95925c63e23c5a`, 3 with invitations, read whole, as of 2026-11-22T10:00:00Z.
        - Exception not looked at, outsider, for `yan@x.example`, expires on 2027-01-01, approved on 2026-01-01 by `ada`: audits us.
        - Check unknown since the accounts come without links: link-mismatch.
        - Calendly: owner-count, seen: `none`.
        ### Support Team
        | Ada |  | <https://calendly.com/ada> | user |
        | Bob |  |  | none | link-missing, account-missing
        | Eve |  |  | unknown | link-missing
        ### Those in Calendly but not part of support team
        |  | `yan@x.example` | user |  | audits us | keep (exception)
        |  | `zed@x.example` | user |  |  |
        3 people, 5 findings (link-missing: 2, account-missing: 1, outsider: 1, owner-count: 1), 1 justified by exceptions, 0 problems; 3 accounts, 0 invitations, 2 outsiders, as of 2026-11-22T10:00:00Z.
    "#]].assert_eq(&write_both(ACCOUNTS));
}

#[test]
fn accounts_that_were_not_read_completely_stay_so() {
    expect![[r#"
        ## Notes
        Roster `team.yaml`, SHA-256 `4c29`, 3 people, file modified at 2026-11-22T10:00:00Z, by support-audit 1.2.3.
        Accounts `accounts.csv`, SHA-256 `8ef0d8ff5918cbea9bc64334a52c41f372b201c88ee9442156a371dd7d442aeb`, 3 with invitations, not read whole, as of 2026-11-22T10:00:00Z.
        - Exception not looked at, outsider, for `yan@x.example`, expires on 2027-01-01, approved on 2026-01-01 by `ada`: audits us.
        - Check unknown while the accounts are not read whole: link-mismatch.
        - Check unknown while the accounts are not read whole: account-missing.
        - Check unknown while the accounts are not read whole: invitation-pending.
        - Check unknown while the accounts are not read whole: outsider.
        - Check unknown while the accounts are not read whole: owner-count.
        - Check unknown while the accounts are not read whole: admin-missing.
        - Check unknown while the accounts are not read whole: admin-unexpected.
        - Accounts not read whole: `1 of the file's rows could not be read`.
        ### Problems
        - `accounts.csv` line 5: the row has no plain e-mail address
        ### Support Team
        | Ada |  | <https://calendly.com/ada> | user |
        | Bob |  |  | unknown | link-missing
        | Eve |  |  | unknown | link-missing
        ### Those in Calendly but not part of support team
        3 people, 2 findings (link-missing: 2), 1 problem; accounts not read whole, as of 2026-11-22T10:00:00Z.
    "#]].assert_eq(&write_both(&format!("{ACCOUNTS}none,user,joined\n")));
}

#[test]
fn an_issue_that_holds_no_accounts_keeps_none() {
    let first = write("## Notes\n", &report(TEAM, None), Adopt::No).unwrap();
    assert_eq!(first.accounts_as_of, None);
    assert!(first.text.contains("accounts unknown"), "{}", first.text);
    // What somebody typed is no line of ours.
    let line = "\n\nAccounts `x`, SHA-256 `y`, 1 with invitations, as of 2026-11-22T10:00:00Z.\n";
    let typed = first.text.replacen("\n\n### Support", &format!("{line}\n### Support"), 1);
    assert_ne!(typed, first.text);
    let written = write(&typed, &report(TEAM, None), Adopt::No).unwrap();
    assert_eq!(written.accounts_as_of, None);
}

#[test]
fn a_cell_that_somebody_replaced_is_theirs_and_the_account_is_unknown() {
    let complete = write("## Notes\n", &report(TEAM, Some(ACCOUNTS)), Adopt::No).unwrap();
    let edited = complete.text.replacen("| user |  <!--", "| a guest |  <!--", 1);
    let edited = edited.replacen("| user | <!--", "| a guest | <!--", 1);
    assert_ne!(edited, complete.text);
    let written = write(&edited, &report(TEAM, None), Adopt::No).unwrap();
    assert!(written.text.contains("| unknown a guest |"), "{}", written.text);
    let again = write(&written.text, &report(TEAM, None), Adopt::No).unwrap();
    assert_eq!(again.text, written.text);
}
