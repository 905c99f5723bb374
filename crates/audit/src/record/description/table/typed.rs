//! Distinguishes what was typed into a cell from what we wrote.

use super::layout::OurTable;
use crate::identity::RunningDigest;
use crate::kinds::Kind;
use crate::report::columns::{DECISION, PEOPLE_KEYS};
use crate::report::{EXCEPTED, EXCLUDED, UNDECIDED, UNKNOWN, UNREADABLE};

/// What was typed after the text with the digest `ours`; the complete cell if that text is gone.
pub(super) fn behind<'a>(old: &'a str, ours: &str) -> &'a str {
    match end_of_ours(old, ours) {
        Some(end) => old.get(end..).unwrap_or_default().trim(),
        None => old,
    }
}

/// The end of the text with the digest `ours` in a cell that begins with it.
///
/// The longest such text counts.
/// Each byte is hashed once, so that a cell of any size takes linear time.
pub(super) fn end_of_ours(old: &str, ours: &str) -> Option<usize> {
    let mut running = RunningDigest::default();
    let mut hashed = 0;
    let mut end = (ours == running.digest()).then_some(0);
    let word_ends = old.match_indices(' ').map(|(index, _)| index).chain([old.len()]);
    for word_end in word_ends {
        let text = old.get(hashed..word_end).unwrap_or_default();
        // Our texts do not end in white space, so nothing ends at a space after a space.
        if text.is_empty() || text.ends_with(char::is_whitespace) {
            continue;
        }
        running.push(text);
        hashed = word_end;
        if running.digest() == ours {
            end = Some(word_end);
        }
    }
    end
}

/// What was typed into a cell without a stamp, as in a report that was pasted by hand.
pub(super) fn unstamped<'a>(of: OurTable, key: &str, old: &'a str, written: &str) -> &'a str {
    let looks_written = match of {
        OurTable::People => looks_like_ours(key, old),
        // The name and the address show whose row it is; the cells after the account are for
        // people.
        OurTable::Outsiders => match key {
            "role" | "since" => !old.contains(' '),
            DECISION => old.is_empty() || old == UNDECIDED,
            _ => old.is_empty(),
        },
    };
    if looks_written { "" } else { without(old, written) }
}

/// What a cell holds beyond `written`; the complete cell if it does not begin with that.
pub(super) fn without<'a>(old: &'a str, written: &str) -> &'a str {
    match old.strip_prefix(written) {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => rest.trim(),
        _ => old,
    }
}

/// Whether a cell without a stamp has the form in which we write the column `key`; a filled cell of
/// any other key never has.
pub(super) fn looks_like_ours(key: &str, cell: &str) -> bool {
    if cell.is_empty() {
        return true;
    }
    let [_name, gitlab, link, account, findings] = PEOPLE_KEYS;
    if key == gitlab {
        is_code_span(cell) || cell == UNREADABLE
    } else if key == link {
        is_link(cell) || is_code_span(cell) || cell == UNREADABLE
    } else if key == account {
        ACCOUNT_WORDS.contains(&cell)
    } else {
        key == findings && cell.split(", ").all(is_finding)
    }
}

fn is_code_span(cell: &str) -> bool {
    let inner = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['`', ' ']))
}

fn is_link(cell: &str) -> bool {
    let address = cell.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    address.is_some_and(|address| {
        let mut bases = Kind::ALL.iter().map(|kind| kind.spec().link_base);
        bases.any(|base| !base.is_empty() && address.starts_with(base))
    })
}

/// Whether an entry of the Findings column has the form of what we write.
fn is_finding(entry: &str) -> bool {
    let id = entry.trim_end_matches(EXCEPTED).trim_end();
    if id == EXCLUDED {
        return true;
    }
    Kind::ALL.iter().any(|kind| kind.spec().checks.iter().any(|check| check.id == id))
}

/// What the Account column says about most people.
const ACCOUNT_WORDS: [&str; 7] = [UNKNOWN, "none", "invited", "active", "owner", "admin", "user"];
