//! The issue: outside our region not one byte differs, and what is written twice is written once.
#![no_main]

use std::sync::LazyLock;

use audit::accounts::Accounts;
use audit::evaluation::{Evaluation, Policy, Sources};
use audit::input::Provenance;
use audit::kinds::Kind;
use audit::record::description::{Adopt, marker, stored, typed, write};
use audit::report::Report;
use audit::roster::{OperationsTeam, parse};
use fuzz::file;
use libfuzzer_sys::fuzz_target;

const BEGIN: &str = "<!-- support-audit:begin v1";
const END: &str = "<!-- support-audit:end -->";

static REPORTS: LazyLock<[Report; 2]> = LazyLock::new(|| {
    let team = "- name: Ada\n  gitlab: {id: 1, username: ada}\n- name: Bob\n  calendly: https://calendly.com/bob\n- 7\n";
    let later = "- name: Ada L.\n  email: ada@example.com\n  gitlab: {id: 1, username: ada}\n  calendly: https://calendly.com/ada\n- name: Eve\n  email: eve@example.com\n";
    let accounts = "Name,Email,Role\nAda,ada@example.com,owner\nZed,z@example.com,user\nYan,y@example.com,admin\n";
    [report(team, None), report(later, Some(accounts))]
});

fn report(team: &str, accounts: Option<&str>) -> Report {
    let (roster, problems) = parse(
        &[file("team.yaml", team.as_bytes())],
        Kind::Calendly.spec().roster_field,
        &OperationsTeam::default(),
    );
    let read_at = "2026-11-22T10:00:00Z".parse().expect("an instant");
    let read = |text: &str| {
        let file = file("users.csv", text.as_bytes());
        Accounts::from_file(Kind::Calendly.spec().export, &file, read_at).expect("accounts")
    };
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at,
        version: "1.2.3",
    };
    let sources = Sources { roster, problems, accounts: accounts.map(read), ..Sources::default() };
    let today = "2026-11-22".parse().expect("a day");
    Report::new(provenance, Evaluation::new(Kind::Calendly, &Policy::default(), sources, today))
}

fuzz_target!(|description: &str| {
    for report in REPORTS.iter() {
        for adopt in [Adopt::No, Adopt::Yes] {
            let Ok(first) = write(description, report, adopt) else { continue };
            let text = first.text;
            let again = |text: &str| write(text, report, Adopt::No).map(|written| written.text);
            assert_eq!(again(&text).as_ref(), Ok(&text), "it is written again");
            let kept = again(&stored(&text)).map(|text| stored(&text));
            assert_eq!(kept, Ok(stored(&text)), "it is written again when GitLab has stored it");
            if adopt == Adopt::No {
                assert!(is_kept(&with_line_feeds(description), &text), "{text}");
                assert_eq!(marker(&text), marker(description), "{text}");
                let before = typed(description, report);
                let after = typed(&text, report);
                assert!(before.iter().all(|it| after.contains(it)), "{before:?} {after:?}");
            }
        }
    }
});

/// A text with a line feed for each carriage return that stands alone.
fn with_line_feeds(text: &str) -> String {
    let parts: Vec<String> = text.split("\r\n").map(|part| part.replace('\r', "\n")).collect();
    parts.join("\r\n")
}

/// Whether the one run of `before` that differs from `after` lies within marks, or is empty.
fn is_kept(before: &str, after: &str) -> bool {
    let (one, other) = (before.as_bytes(), after.as_bytes());
    let above = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let rest = one.len().min(other.len()) - above;
    let below = one.iter().rev().zip(other.iter().rev()).take(rest);
    let below = below.take_while(|(one, other)| one == other).count();
    let (start, end) = (above, one.len() - below);
    if start == end {
        return true;
    }
    let (Some(begin), Some(over)) = (before.find(BEGIN), before.rfind(END)) else { return false };
    // With the line break behind the lower mark, and white space before it.
    let over = over + END.len();
    let line = before[over..].find('\n').map_or(before.len(), |at| over + at + 1);
    begin <= start && end <= line
}
