//! Accounts: no row is lost, and a list is never whole if one could not be read.
#![no_main]

use std::collections::BTreeSet;

use audit::accounts::Accounts;
use audit::kinds::Kind;
use fuzz::{file, lines};
use libfuzzer_sys::fuzz_target;

/// How the problem of a row begins that repeats another: it is not an unread row.
const REPEATED: &str = "the row repeats the account of";

fuzz_target!(|bytes: &[u8]| {
    let instant = "2026-11-22T10:00:00Z".parse().expect("an instant");
    let read =
        Accounts::from_file(Kind::Calendly.spec().export, &file("users.csv", bytes), instant);
    let Ok(accounts) = read else { return };
    let text = str::from_utf8(bytes).expect("what is not UTF-8 is refused");
    let unread = accounts.problems.iter().filter(|it| !it.message.starts_with(REPEATED)).count();
    if accounts.is_complete() {
        assert_eq!(unread, 0, "{accounts:?}");
        assert!(!accounts.list.is_empty() && text.ends_with('\n'), "{accounts:?}");
    }
    let last = lines(bytes);
    let places = accounts.list.iter().map(|it| &it.location);
    for location in places.chain(accounts.problems.iter().map(|it| &it.location)) {
        let line = location.line.unwrap_or_default();
        assert!((1..=last).contains(&line), "line {line} of {last}");
    }
    let keys: Vec<String> = accounts.list.iter().map(|account| account.key()).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    if text.contains('"') {
        return;
    }
    // Without quotation marks every line with words is a row. The first may be the head, and an
    // invitation of somebody who has joined goes without a word.
    let places = accounts.list.iter().map(|it| &it.location);
    let places = places.chain(accounts.problems.iter().map(|it| &it.location));
    let told: BTreeSet<u64> = places.filter_map(|location| location.line).collect();
    let is_word = |it: char| !it.is_whitespace() && !matches!(it, ',' | ';' | '\u{feff}');
    let rows = (1..).zip(text.split('\n')).filter(|(_, row)| row.contains(is_word));
    for (line, row) in rows.skip(1).filter(|(line, _)| !told.contains(line)) {
        let row = row.to_lowercase();
        // An invitation that is over is not an account.
        if ["declined", "expired", "revoked"].iter().any(|word| row.contains(word)) {
            continue;
        }
        assert!(keys.iter().any(|key| row.contains(key)), "line {line} is lost: {accounts:?}");
    }
});
