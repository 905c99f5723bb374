//! What each check of the roster finds, and what it leaves alone.
//!
//! The checks of accounts are tested in `evaluation/tests.rs`.

use super::SPEC;
use crate::accounts::Accounts;
use crate::check::{Check, Find, Requirement};
use crate::identity::Subject;
use crate::input::SourceFile;
use crate::roster::{OperationsTeam, Roster, parse};
use crate::wording::Wording;

/// The placeholders that the documentation of [`Wording`] lists.
const PLACEHOLDERS: [&str; 8] =
    ["entry", "subject", "evidence", "first", "second", "list", ", list", "count"];

fn roster(text: &str) -> Roster {
    parse(
        &[SourceFile { name: "team.yaml".to_owned(), bytes: text.into() }],
        "calendly",
        &OperationsTeam::default(),
    )
    .0
}

/// The names of those about whom the check finds something, each with what it saw.
#[track_caller]
fn assert_found(id: &str, text: &str, expected: &[(&str, &str)]) {
    let roster = roster(text);
    let check = SPEC.checks.iter().find(|check| check.id == id).unwrap();
    let Find::InRoster(find) = check.find else { panic!("{id} needs accounts") };
    let hits = find(&roster);
    let name = |about: Subject| match about {
        Subject::Person(index) => &*roster.person(index).unwrap().name,
        other => panic!("{other:?}"),
    };
    let found: Vec<_> = hits.iter().map(|hit| (name(hit.about), &*hit.evidence)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn link_missing_finds_who_has_no_link() {
    assert_found(
        "link-missing",
        "- name: Ada\n- name: Bob\n  calendly: ''\n",
        &[("Ada", ""), ("Bob", "")],
    );
    assert_found("link-missing", "- name: Ada\n  calendly: https://calendly.com/ada\n", &[]);
    // What cannot be read is not absent: a problem tells of it.
    assert_found("link-missing", "- name: Ada\n  calendly: [x]\n", &[]);
}

#[test]
fn link_malformed_finds_what_is_no_main_page() {
    for link in [
        "http://calendly.com/ada",
        "calendly.com/ada",
        "https://www.calendly.com/ada",
        "https://calendly.com",
        "https://calendly.com/",
        "https://calendly.com//",
        "https://calendly.com/ada/30min",
        "https://calendly.com/d/abc-def/meeting",
        "https://calendly.com/ada?month=2026-11",
        "https://calendly.com/ada#top",
        "https://calendly.com.example/ada",
        "https://calendly.com@evil.example/ada",
        "https://calendly.com:8443/ada",
        "https://evil.example/calendly.com/ada",
        "javascript:alert(1)",
        "https://calendly.com/ada lovelace",
        "https://calendly.com/ädä",
        "https://example.com/ada",
        "ada",
    ] {
        let text = format!("- name: Ada\n  calendly: \"{link}\"\n");
        assert_found("link-malformed", &text, &[("Ada", link)]);
    }
    for link in
        ["https://calendly.com/ada", "https://calendly.com/ada/", "HTTPS://Calendly.com/Ada-B_c.d"]
    {
        assert_found("link-malformed", &format!("- name: Ada\n  calendly: {link}\n"), &[]);
    }
    assert_found("link-malformed", "- name: Ada\n", &[]);
}

#[test]
fn link_shared_finds_everybody_with_the_same_link() {
    assert_found(
        "link-shared",
        "- name: Ada\n  calendly: https://calendly.com/x\n- name: Bob\n- name: Eve\n  email: E@x.example\n  calendly: HTTPS://Calendly.com/X/\n",
        &[
            ("Ada", "https://calendly.com/x email:e@x.example name:ada"),
            ("Eve", "https://calendly.com/X/ email:e@x.example name:ada"),
        ],
    );
    assert_found(
        "link-shared",
        "- name: Ada\n  email: x@example.com\n- name: Bob\n  email: X@example.com\n  calendly: https://calendly.com/b\n",
        &[],
    );
    assert_found("link-shared", "- name: Ada\n- name: Bob\n", &[]);
}

#[test]
fn manager_unresolved_finds_who_reports_to_nobody_on_the_roster() {
    let text = |name: &str, manager: &str| {
        format!("- name: Zoë O'Neil\n- name: {name}\n  reports_to: \"{manager}\"\n")
    };
    for manager in ["Zoë O'Neil", "zoë  o'neil", "Zoe\u{308} O'Neil", "zoe-o-neil", "zoe-oneil"] {
        assert_found("manager-unresolved", &text("Ada", manager), &[]);
    }
    for manager in ["Zoe Neil", "nobody", "zoe", "Ada", "ada"] {
        assert_found("manager-unresolved", &text("Ada", manager), &[("Ada", manager)]);
    }
    assert_found("manager-unresolved", "- name: Ada\n- name: Bob\n  reports_to: ~\n", &[]);
    // Whoever is named exactly is meant, even where one's own slug is the same.
    assert_found("manager-unresolved", "- name: ada-b\n- name: Ada B\n  reports_to: ada-b\n", &[]);
}

#[test]
fn ids_are_unique_and_texts_are_sentences() {
    let mut ids: Vec<_> = SPEC.checks.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), SPEC.checks.len());
    for check in SPEC.checks {
        for text in [check.finds, check.fix] {
            assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text}");
        }
        assert_names_known_checks(check);
        assert_placeholders_are_known(check);
        // Without accounts, a check that reads them is unknown: it must not seem to find nothing.
        let is_among_accounts = matches!(check.find, Find::AmongAccounts(_));
        let needs_accounts = check.needs.contains(&Requirement::Accounts);
        assert_eq!(is_among_accounts, needs_accounts, "{}", check.id);
    }
}

#[track_caller]
fn assert_names_known_checks(check: &Check) {
    for id in check.steps_back_for.iter().chain(&check.asked_as) {
        assert!(SPEC.checks.iter().any(|known| known.id == *id), "{} names {id}", check.id);
    }
}

#[track_caller]
fn assert_placeholders_are_known(check: &Check) {
    let Wording { asks, about, short, fix } = check.wording;
    for clause in [asks, about, short] {
        for placeholder in clause.split('{').skip(1) {
            let name = placeholder.split_once('}').map(|(name, _)| name);
            let is_known = name.is_some_and(|name| PLACEHOLDERS.contains(&name));
            assert!(is_known, "{}: {clause}", check.id);
        }
    }
    assert!(!fix.contains(['{', '}']), "{}: {fix}", check.id);
}

#[test]
fn two_accounts_at_one_address_keep_their_roles() {
    let text = "Login email,Role\nann@example.com,owner\nben@example.com,user\nBen@Example.com,admin\nann@example.com,owner\n";
    let file = SourceFile { name: "same.csv".to_owned(), bytes: text.into() };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let accounts = Accounts::from_file(SPEC.export, &file, now).unwrap();
    let list: Vec<_> = accounts
        .list
        .iter()
        .map(|account| (account.name_in_commands(), account.role.as_deref()))
        .collect();
    let expected = [
        ("ann@example.com", Some("owner")),
        ("ben@example.com", Some("user")),
        ("Ben@Example.com", Some("admin")),
    ];
    assert_eq!(list, expected);
    let problems: Vec<_> = accounts.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["same.csv:5: the row repeats the account of line 2"]);
    assert!(accounts.is_complete());
}
