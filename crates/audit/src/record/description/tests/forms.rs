//! Tables of other versions, with a column less or more than this one writes.

use super::*;
use crate::accounts::Accounts;
use crate::identity::digest;

/// The cells of a line with outer bars. No cell of these tests holds a bar.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap();
    inner.split('|').map(str::trim).collect()
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Changes each line of the table of people, which are numbered from its head.
fn in_team(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    let (before, rest) = text.split_once("### Support Team\n\n").unwrap();
    let (table, after) = rest.split_once("\n\n").unwrap();
    let lines: Vec<String> =
        table.lines().enumerate().map(|(number, line)| change(number, line)).collect();
    format!("{before}### Support Team\n\n{}\n\n{after}", lines.join("\n"))
}

/// The description as an earlier version wrote it, which did not have the column at `position` yet.
fn without_column(text: &str, position: usize) -> String {
    let key = OurTable::People.keys()[position];
    in_team(text, |_, line| {
        let mut cells = cells(line);
        let removed = cells.remove(position);
        let mut line = row(&cells);
        if let Some((_, stamp)) = removed.split_once("<!--") {
            let last = cells.len() - 1;
            let with_stamp = format!("{} <!--{stamp}", cells[last]);
            line = row(&[&cells[..last], &[with_stamp.trim()]].concat());
        }
        let digest = line.find(&format!(" {key}:")).map(|start| start..start + key.len() + 10);
        if let Some(digest) = digest {
            line.replace_range(digest, "");
        }
        line
    })
}

/// The description as a later version wrote it, with a column `Seen` before all others.
fn with_column_in_front(text: &str) -> String {
    in_team(text, |number, line| {
        let cell = ["Seen", "---"].get(number).copied().unwrap_or("May");
        let line = line.replacen(" name:", &format!(" seen:{} name:", digest("May")), 1);
        format!("| {cell} {line}")
    })
}

/// The only line that holds a name.
#[track_caller]
fn line_of<'t>(text: &'t str, name: &str) -> &'t str {
    let lines = text.lines().filter(|line| line.contains(name)).collect::<Vec<_>>();
    let [line] = lines.as_slice() else { panic!("not one line of {name}: {text}") };
    line
}

/// Writes the report, and checks that writing it again changes nothing.
#[track_caller]
fn written_twice(text: &str, team: &str) -> String {
    let first = written(text, team);
    assert_eq!(written(&first, team), first);
    first
}

#[test]
fn a_column_that_was_not_there_yet_is_added() {
    let current = written("## Notes\n", TEAM);
    for position in 0..OurTable::People.keys().len() {
        let older = without_column(&current, position);
        assert_ne!(older, current);
        assert_eq!(written_twice(&older, TEAM), current, "{older}");
    }
}

#[test]
fn what_was_typed_into_a_table_with_a_column_less_stays_where_it_was_typed() {
    // The column of links, between others, and the last one.
    for position in [2, 4] {
        let older = without_column(&written("## Notes\n", TEAM), position)
            .replace("| Ada |", "| Ada (she) |")
            .replace("| unknown", "| unknown to us");
        let same = written_twice(&older, TEAM);
        for name in ["Ada", "Bob"] {
            assert_eq!(cells(line_of(&same, name))[3], "unknown to us", "{same}");
        }
        assert!(same.contains("| Ada (she) |"), "{same}");
        // Bob has left, and his row is arranged as the others are.
        let later = written_twice(&older, LATER);
        let bob = cells(line_of(&later, "Bob"));
        assert_eq!((bob[0], bob[3]), ("Bob", "unknown to us"), "{later}");
        assert_eq!(written(&later, TEAM), same);
    }
}

#[test]
fn the_column_of_a_later_version_stays_with_its_cells() {
    let later =
        with_column_in_front(&written("## Notes\n", TEAM)).replace("| Bob |", "| Bob (she) |");
    let text = written_twice(&later, TEAM);
    assert!(
        text.contains("| Findings | Seen |\n| --- | --- | --- | --- | --- | --- |\n"),
        "{text}"
    );
    for name in ["Ada", "Bob (she)"] {
        assert_eq!(cells(line_of(&text, name))[5], "May", "{text}");
    }
    // Bob's row stays when he leaves: with his cells below their headings, and found when he comes back.
    let left = written_twice(&later, LATER);
    let bob = cells(line_of(&left, "Bob"));
    assert_eq!((bob[0], bob[5]), ("Bob (she)", "May"), "{left}");
    let back = written(&left, TEAM);
    assert_eq!(line_of(&back, "Bob"), line_of(&text, "Bob"));
}

/// It was not another version that left the column out: somebody deleted the heading, or pasted the rows.
#[test]
fn a_head_that_lacks_a_column_of_its_rows_is_refused() {
    let current = written("## Notes\n", TEAM);
    let older = without_column(&current, 2);
    let bob = line_of(&current, "Bob");
    let ada = line_of(&older, "Ada");
    let unstamped = |line: &str| {
        let (before, rest) = line.split_once("<!--").unwrap();
        format!("{before}{}", rest.split_once("-->").unwrap().1.trim_start())
    };
    for (what, text) in
        [
            ("one row has the column", older.replace(line_of(&older, "Bob"), bob)),
            (
                "no row has a stamp",
                in_team(&older, |_, line| {
                    if line.contains("<!--") { unstamped(line) } else { line.to_owned() }
                }),
            ),
            ("a stamp is of the other table", older.replace(" people ", " outsiders ")),
            (
                "the head is somebody's own",
                older.replace("| Name | GitLab | Account | Findings |", "| A | B | C | D |"),
            ),
        ]
    {
        assert_ne!(text, older, "{what}");
        assert_eq!(write(&text, &report(TEAM), Adopt::No), Err(Broken::Head), "{what}: {text}");
    }
    // Beside a row of the older form, one that somebody typed is read by the same head.
    let typed = older.replace(ada, &format!("{ada}\n| Zed | `zed` | on leave | |"));
    let text = written_twice(&typed, TEAM);
    assert!(text.contains("| Zed | `zed` |  | on leave |  |\n"), "{text}");
}

/// Before the accounts are read, the table of the outsiders is a head alone.
#[test]
fn a_head_without_rows_gets_the_column_that_it_lacks() {
    let current = written("## Notes\n", TEAM);
    let older = current.replace(
        "| Role | Since | Justification | Decision |\n| --- | --- | --- | --- | --- | --- |",
        "| Role | Justification | Decision |\n| --- | --- | --- | --- | --- |",
    );
    assert_ne!(older, current);
    assert_eq!(written_twice(&older, TEAM), current);
    let replaced = current.replace(
        "| Name | Email | Role | Since | Justification | Decision |\n| --- | --- |",
        "| Seat | Price | Owner | Team | Floor | Note |\n| --- | --- |",
    );
    assert_ne!(replaced, current);
    assert_eq!(write(&replaced, &report(TEAM), Adopt::No), Err(Broken::Head));
}

/// A cell could be read as the decision that somebody typed as the justification.
#[test]
fn below_a_head_that_is_refused_nothing_counts_as_proposed() {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
    let read_at = "2026-11-22T10:00:00Z".parse().unwrap();
    let csv = file(
        "accounts.csv",
        "email,role,status\nada@x.example,user,joined\nzed@x.example,user,joined\n",
    );
    let accounts = Accounts::from_file(Kind::Calendly.spec().export, &csv, read_at).unwrap();
    let team = "- {name: Ada, email: ada@x.example, calendly: 'https://calendly.com/ada'}\n";
    let (roster, problems) =
        parse(&[file("team.yaml", team)], "calendly", &OperationsTeam::default());
    let sources = Sources { roster, problems, accounts: Some(accounts), ..Sources::default() };
    let today = "2026-11-22".parse().unwrap();
    let evaluation = Evaluation::new(Kind::Calendly, &Policy::default(), sources, today);
    let report = Report::new(report(TEAM).provenance().clone(), evaluation);

    let once = write("## Notes\n", &report, Adopt::No).unwrap().text;
    let zed = line_of(&once, "zed@x.example");
    let proposed = once.replace(zed, &zed.replacen("|  | <!--", "| a guest | keep <!--", 1));
    assert_ne!(proposed, once);
    let decisions = |text: &str| typed(text, &report).into_iter().map(|typed| typed.decision);
    assert!(decisions(&proposed).eq(["keep"]), "{proposed}");
    let refused = proposed.replace("| Role | Since |", "| Role |");
    assert_ne!(refused, proposed);
    assert!(decisions(&refused).eq([""; 0]), "{refused}");
}
