//! What a row falls into, and what was typed into it.

use super::*;
use crate::identity::{SubjectId, digest, key_digest};
use crate::kinds::Kind;

fn row(line: &str, of: OurTable) -> Row<'_> {
    Row::parse(line, of, &Layout::current(of))
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_row_falls_into_cells() {
    assert_eq!(cells("| a | `b \\| c` |  |\n"), Some(vec!["a", "`b \\| c`", ""]));
    assert_eq!(cells("|a|b"), Some(vec!["a", "b"]));
    assert_eq!(cells("a | b |"), None);
    assert!(
        row("| --- | :-: | - |", OurTable::People).is_delimiter()
            && row("-|-", OurTable::People).is_delimiter()
    );
    assert!(
        !row("| --- | |", OurTable::People).is_delimiter()
            && !row("| a |", OurTable::People).is_delimiter()
    );
}

#[test]
fn what_was_typed_is_told_from_what_we_wrote() {
    let written = strings(&["Ada", "`ada`", "", "unknown", "link-missing"]);
    let text = stamped(OurTable::People, &[SubjectId::GitLabId(1)], &written, &[]);
    let untouched = row(text.trim_end(), OurTable::People);
    assert!(!untouched.holds_typed_text(), "{text}");
    for (from, to, expected) in [
        ("link-missing <!--", "link-missing on leave <!--", ["", "", "", "", "on leave"]),
        (" -->", " --> on leave", ["", "", "", "", "on leave"]),
        ("link-missing", "on leave", ["", "", "", "", "on leave"]),
        ("`ada` |  |", "`ada` | see #12 |", ["", "", "see #12", "", ""]),
        ("| Ada ", "| Ada (she) ", ["(she)", "", "", "", ""]),
        ("| Ada ", "| Adam ", ["Adam", "", "", "", ""]),
        ("unknown", "", ["", "", "", "", ""]),
    ] {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text, "{from}");
        let typed = row(edited.trim_end(), OurTable::People).typed(&written);
        assert_eq!(typed, expected, "{edited}");
        // It stays whatever we write next, and is not taken for ours then.
        let next = strings(&["Ada L.", "`al`", "<https://calendly.com/a>", "unknown", ""]);
        let again = stamped(OurTable::People, &[SubjectId::GitLabId(1)], &next, &typed);
        assert_eq!(row(again.trim_end(), OurTable::People).typed(&next), expected, "{again}");
    }
}

#[test]
fn cells_behind_ours_are_theirs() {
    let written = strings(&["Ada", "`ada`", "", "none", ""]);
    let text = stamped(
        OurTable::People,
        &[SubjectId::GitLabId(1)],
        &written,
        &strings(&["", "", "", "", "", "their `a \\| b`"]),
    );
    assert_eq!(
        row(text.trim_end(), OurTable::People).typed(&written),
        ["", "", "", "", "", "their `a \\| b`"]
    );
}

#[test]
fn a_pasted_row_has_no_stamp() {
    let written = strings(&["Ada", "`ada`", "", "unknown", "link-missing"]);
    for (line, expected) in [
        ("| Ada | `ada` | | unknown | link-malformed |", ["", "", "", "", ""]),
        ("| Ada | `ada` | | unknown | link-missing on leave |", ["", "", "", "", "on leave"]),
        ("| Ada | `ada` | none wanted | unknown | |", ["", "", "none wanted", "", ""]),
        ("| Ada | `adal` | <https://calendly.com/x> | unknown | |", ["", "", "", "", ""]),
    ] {
        assert_eq!(row(line, OurTable::People).typed(&written), expected, "{line}");
    }
    let written = strings(&["Zed", "`z@x.example`", "user", "2026", "", ""]);
    for (line, expected) in [
        ("| Zed | `z@x.example` | user | 2026 | | undecided |", ["", "", "", "", "", ""]),
        (
            "| Zed | `z@x.example` | user | 2026 | a guest | keep |",
            ["", "", "", "", "a guest", "keep"],
        ),
    ] {
        assert_eq!(row(line, OurTable::Outsiders).typed(&written), expected, "{line}");
    }
}

const HEADINGS: [&str; 5] = ["Name", "GitLab", "Link", "Account", "Findings"];

#[test]
fn a_table_from_before_a_column_was_added_is_read() {
    let layout = Layout::from_head(&["Name", "GitLab", "Account", "Findings"], &HEADINGS);
    assert_eq!(layout.missing(OurTable::People), ["link"]);
    let row = Row::parse("| Ada L. | `ada` | unknown | later |", OurTable::People, &layout);
    let written = strings(&["Ada", "`ada`", "<https://x.example/ada>", "unknown", ""]);
    assert_eq!(row.typed(&written), ["L.", "", "", "", "later"]);
    // A short row of such a table is read like one of any other.
    assert!(layout.fits(3));
}

#[test]
fn only_a_moved_column_refuses_a_row_with_fewer_cells() {
    for (head, fits) in [
        (vec!["Name", "GitLab", "Link", "Account", "Findings"], true),
        (vec!["Name", "GitLab", "Account", "Findings"], true),
        (vec!["Name", "GitLab", "Link", "Account", "Findings", "On leave"], true),
        (vec!["Name", "On leave", "GitLab", "Link", "Account", "Findings"], false),
        (vec!["On leave", "GitLab", "Account", "Findings"], false),
        (vec!["GitLab", "Name", "Link", "Account", "Findings"], false),
    ] {
        let layout = Layout::from_head(&head, &HEADINGS);
        assert_eq!(layout.fits(head.len() - 1), fits, "{head:?}");
        assert!(layout.fits(head.len()), "{head:?}");
    }
}

#[test]
fn a_kept_row_is_put_below_the_headings_of_this_version() {
    let keys = [SubjectId::GitLabId(1)];
    let stamped_row =
        stamped(OurTable::People, &keys, &strings(&["Bob", "`bob`", "", "none", ""]), &[]);
    for (head, line, expected) in [
        (
            ["Name", "On leave", "GitLab", "Link", "Account", "Findings"],
            "| Bob | May | `bob` | | none | |",
            "| Bob | `bob` |  | none |  | May |\n",
        ),
        (
            ["Findings", "Name", "GitLab", "Link", "Account", "On leave"],
            "| later | Bob | `bob` | | none | May |",
            "| Bob | `bob` |  | none | later | May |\n",
        ),
        // It stays as it is where the columns are in place.
        (
            ["Name", "GitLab", "Link", "Account", "Findings", "On leave"],
            "|Bob|`bob`|||later|May|",
            "|Bob|`bob`|||later|May|\n",
        ),
    ] {
        let layout = Layout::from_head(&head, &HEADINGS);
        assert_eq!(Row::parse(line, OurTable::People, &layout).kept(), expected, "{head:?}");
    }
    let layout = Layout::from_head(
        &["On leave", "Name", "GitLab", "Link", "Account", "Findings"],
        &HEADINGS,
    );
    let line = format!("| May {stamped_row}");
    let kept = Row::parse(line.trim_end(), OurTable::People, &layout).kept();
    assert_eq!(kept, format!("{} May |\n", stamped_row.trim_end()));
}

/// Audits are open whose tables have these heads; their columns are found by them for ever.
#[test]
fn the_heads_of_the_first_version_are_read_for_ever() {
    let people = ["Name", "GitLab", "Calendly link", "Account", "Findings"];
    let outsiders = ["Name", "Email", "Role", "Since", "Justification", "Decision"];
    let keys_below = |table: OurTable, head: &[&str]| {
        let layout = Layout::from_head(head, &table.headings(Kind::Calendly.spec()));
        let column = |position| layout.column(position).and_then(|column| table.keys().get(column));
        (0..head.len()).map(column).map(|key| key.copied().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(
        keys_below(OurTable::People, &people),
        ["name", "gitlab", "link", "account", "findings"]
    );
    assert_eq!(
        keys_below(OurTable::Outsiders, &outsiders),
        ["name", "email", "role", "since", "justification", "decision"]
    );
}

#[test]
fn cells_are_found_by_the_headings_of_their_columns() {
    let head = ["Findings", "Name", "On leave", "GitLab", "Link", "Account"];
    let layout = Layout::from_head(&head, &HEADINGS);
    assert!(layout.missing(OurTable::People).is_empty());
    let typed = |line: &str| {
        let written = strings(&["Ada", "`ada`", "", "unknown", ""]);
        Row::parse(line, OurTable::People, &layout).typed(&written)
    };
    let line = "| later | Ada | May | `ada` |  | unknown |";
    assert_eq!(typed(line), ["", "", "", "", "later", "May"]);
}

/// Somebody added a column by hand under the heading that a later version uses.
#[test]
fn the_cell_of_a_column_that_its_stamp_does_not_name_is_taken_over_once() {
    let without_link = |row: &str, ours: &str| {
        let stamp = format!(" link:{}", digest(ours));
        assert!(row.contains(&stamp), "{row}");
        row.replacen(&stamp, "", 1)
    };
    let written = strings(&["Ada", "`ada`", "EMEA", "unknown", ""]);
    for (cell, typed, expected) in [
        ("EMEA", "", "| EMEA |"),
        ("EMEA until May", "until May", "| EMEA until May |"),
        ("APAC", "APAC", "| EMEA APAC |"),
        ("EMEAS", "EMEAS", "| EMEA EMEAS |"),
    ] {
        let by_hand = strings(&["Ada", "`ada`", cell, "unknown", ""]);
        let mut text = stamped(OurTable::People, &[SubjectId::GitLabId(1)], &by_hand, &[]);
        // An older program, which does not know the column, writes before each of our writings.
        for ours in [cell, "EMEA"] {
            let older = without_link(&text, ours);
            let read = row(older.trim_end(), OurTable::People).typed(&written);
            assert_eq!(read, ["", "", typed, "", ""], "{older}");
            text = stamped(OurTable::People, &[SubjectId::GitLabId(1)], &written, &read);
            assert!(text.contains(expected), "{text}");
        }
    }
}

#[test]
fn a_stamp_of_another_version_is_read_as_far_as_it_is_known() {
    let key = key_digest(&SubjectId::GitLabId(1));
    let (name, none) = (digest("Ada"), digest("none"));
    let stamp =
        format!("<!-- sa v7 people {key} seen:{none} name:{name} account:{none} more of it -->");
    // The row has lost its table; the stamp says where its cells belong.
    let line = format!("| their own | Ada L. | none {stamp} |");
    let row = Row::parse_stamped(&line).unwrap();
    let written = strings(&["Ada", "`ada`", "", "none", "link-missing"]);
    assert_eq!(row.typed(&written), ["L.", "", "", "", "", "their own"]);
    assert!(Row::parse_stamped(&line.replace("people", "pets")).is_none());
}
