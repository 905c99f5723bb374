//! Foreign text in every form of the report: it is text, and nothing else.

use std::fmt::Write as _;

use super::{BROKEN, CLEAN, audit, audited, table, team};
use crate::support::{FORMATS, TestWorld};

/// Texts that try to be more than text, and what a reader should see of each.
const HOSTILE: [(&str, &str); 28] = [
    ("| x |", "| x |"),
    ("a | b", "a | b"),
    ("a \\| b", "a \\| b"),
    ("@all", "@all"),
    ("Ada @all", "Ada @all"),
    ("Ada/close", "Ada/close"),
    ("Ada #1", "Ada #1"),
    ("Ada ABC-1", "Ada ABC-1"),
    ("/close", "/close"),
    ("x\n/close", "x /close"),
    ("x\r\n\r\n## Support Team\r\n", "x    ## Support Team"),
    ("<!-- x", "<!-- x"),
    ("-->", "-->"),
    ("<details>", "<details>"),
    ("](javascript:alert(1))", "](javascript:alert(1))"),
    ("[x](https://evil.example)", "[x](https://evil.example)"),
    ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
    ("\u{1b}]0;title\u{7}", "]0;title"),
    ("\u{9b}31mred", "31mred"),
    ("\u{202e}drawkcab", "drawkcab"),
    ("\u{2066}\u{200f}x\u{2069}", "x"),
    ("`code` ``x``", "`code` ``x``"),
    ("```", "```"),
    ("=1+1", "=1+1"),
    ("+1", "+1"),
    ("-1", "-1"),
    ("\t=1", "=1"),
    ("www.evil.example", "www.evil.example"),
];

/// A roster in which every hostile text is name, link, address, handle and manager of somebody.
fn hostile_roster() -> String {
    let people = HOSTILE.iter().map(|(text, _)| {
        // Escapes, because YAML takes no control characters as they are.
        let text = text.chars().fold(String::new(), |mut escaped, character| {
            write!(escaped, "\\u{:04x}", u32::from(character)).unwrap();
            escaped
        });
        format!(
            "- {{name: \"{text}\", calendly: \"{text}\", email: \"{text}\", \
             gitlab: {{username: \"{text}\"}}, reports_to: \"{text}\"}}\n"
        )
    });
    people.collect()
}

/// The cells of a row of a Markdown table, as GitLab's engine splits it: at bars that no
/// backslash stands before.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = row.strip_prefix('|').unwrap().strip_suffix('|').unwrap().chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => {
                characters.next();
                let cell = cells.last_mut().unwrap();
                cell.extend((next != '|').then_some(character).into_iter().chain([next]));
            }
            ('|', _) => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(character),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// What a code span shows; nothing where `cell` is not one code span and nothing else.
fn in_code(cell: &str) -> Option<&str> {
    let fence = cell.len() - cell.trim_start_matches('`').len();
    let inner = cell.get(fence..)?.strip_suffix(&"`".repeat(fence))?;
    let is_closed = |run: &str| run.len() == fence;
    let mut runs = inner.split(|character| character != '`');
    (fence > 0 && !runs.any(is_closed)).then(|| inner.trim())
}

/// Rows of comma-separated values (RFC 4180).
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut characters = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let row = rows.last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => {
                row.last_mut().unwrap().push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            _ => row.last_mut().unwrap().push(character),
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "no line break at the end");
    rows
}

/// Whether a terminal acts on the character, or the direction of writing turns at it.
fn acts(character: char) -> bool {
    character.is_control() && character != '\n'
        || ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&character)
        || ('\u{202a}'..='\u{202e}').contains(&character)
        || ('\u{2066}'..='\u{2069}').contains(&character)
}

#[test]
fn no_form_gives_a_terminal_anything_to_act_on() {
    for form in FORMATS {
        let ran = audit(&hostile_roster(), &["--format", form, "-vv"]).success();
        assert_eq!(ran.stdout.find(acts), None, "{form}: {:?}", ran.stdout);
        assert_eq!(ran.stderr.find(acts), None, "{form}: {:?}", ran.stderr);
    }
    let ran = audit("- name: [\"\\e[31m\"]\n- \"\\e\": 1\n", &[]).exit(4);
    assert_eq!(ran.stderr.find(acts), None, "{:?}", ran.stderr);
}

#[test]
fn in_markdown_a_hostile_text_is_code_in_its_cell() {
    let out = audit(&hostile_roster(), &[]).success().stdout;
    let rows: Vec<_> = team(&out).into_iter().skip(2).map(cells).collect();
    assert_eq!(rows.len(), HOSTILE.len(), "{out}");
    for row in &rows {
        assert_eq!(row.len(), 5, "{row:?}");
    }
    for (text, shown) in HOSTILE {
        // Spaces may be added around what would otherwise act.
        let words = |text: &str| text.split_whitespace().collect::<String>();
        let is_harmless = shown.chars().all(char::is_alphanumeric);
        let is_it = |cell: &String| {
            let seen = in_code(cell).or(is_harmless.then_some(cell));
            let seen = seen.map(words);
            // A handle may be written as it is mentioned.
            let as_handle = words(shown.trim_start_matches('@'));
            seen == Some(words(shown)) || seen == Some(as_handle)
        };
        assert!(rows.iter().any(|row| row[..3].iter().all(is_it)), "{text:?}: {out}");
    }
    let problems = table(&out, "Problems");
    assert!(problems.len() >= HOSTILE.len(), "{out}");
    for line in problems {
        assert!(line.starts_with("- `r.yaml` line "), "{line}");
    }
    assert_eq!(out.matches("\n## ").count(), 3, "{out}");
}

#[test]
fn in_csv_a_hostile_text_is_no_formula_and_no_column() {
    let out = audit(&hostile_roster(), &["--format", "csv"]).success().stdout;
    let rows = csv(&out);
    let header = &rows[0];
    let name = header.iter().position(|column| column == "name").unwrap();
    assert_eq!(header[0], "table");
    for row in &rows {
        assert_eq!(row.len(), header.len(), "{row:?}");
        for cell in row {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell:?}");
        }
    }
    let names: Vec<_> = rows.iter().map(|row| row[name].trim()).collect();
    for (text, shown) in HOSTILE {
        let is_marked = shown.starts_with(['=', '+', '-', '@']);
        let shown = if is_marked { format!("'{shown}") } else { shown.to_owned() };
        assert!(names.contains(&shown.trim()), "{text:?}: {names:?}");
    }
}

#[test]
fn in_json_a_hostile_text_is_itself() {
    let report = audited(&hostile_roster());
    let people = report["people"].as_array().unwrap();
    assert_eq!(people.len(), HOSTILE.len());
    for (text, _) in HOSTILE {
        assert!(people.iter().any(|person| person["name"] == text.trim()), "{text:?}: {report}");
    }
}

#[test]
fn in_a_table_a_hostile_text_stays_on_its_line() {
    let out = audit(&hostile_roster(), &["--format", "table"]).success().stdout;
    let (_, rest) = out.split_once("\nSUPPORT TEAM\n").unwrap();
    let lines: Vec<_> = rest.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 1 + HOSTILE.len(), "{out}");
    for (text, shown) in HOSTILE {
        assert!(lines.iter().any(|line| line.starts_with(shown)), "{text:?}: {out}");
    }
}

#[cfg(unix)]
#[test]
fn a_hostile_file_name_does_not_act_either() {
    let test = TestWorld::demo();
    let name = "x\n/close\u{1b}[31m`|\u{202e}@all.yaml";
    test.write(name, BROKEN);
    for form in FORMATS {
        let ran = test.run(&["run", "--roster", name, "--format", form]).success();
        assert_eq!(format!("{}{}", ran.stdout, ran.stderr).find(acts), None, "{form}: {ran:?}");
        assert!(!ran.stdout.lines().any(|line| line.starts_with("/close")), "{form}: {ran:?}");
    }
}

/// Counts who knocks at a socket, and turns everybody away.
#[cfg(target_os = "linux")]
fn knocks(path: &std::path::Path) -> std::sync::Arc<std::sync::atomic::AtomicUsize> {
    let listener = std::os::unix::net::UnixListener::bind(path).unwrap();
    let count = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
    let counting = count.clone();
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counting.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    count
}

#[cfg(target_os = "linux")]
#[test]
fn neither_the_network_nor_the_keyring_is_asked_without_need() {
    use std::sync::atomic::Ordering;

    let test = TestWorld::demo();
    let socket = test.path("bus");
    let count = knocks(&socket);
    let test = test.with("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
    test.write("r.yaml", CLEAN);
    for arguments in [
        &["--version"][..],
        &["-V"],
        &["--help"],
        &["run", "--help"],
        &["config"],
        &["run", "--roster", "r.yaml"],
    ] {
        let ran = test.run(arguments).success();
        assert!(!ran.stdout.is_empty(), "{arguments:?}");
        assert_eq!(count.load(Ordering::SeqCst), 0, "{arguments:?}");
    }
    assert_eq!(test.sandbox.requests().len(), 0);
    let version = test.run(&["--version"]).success().stdout;
    assert_eq!(version, format!("support-audit {}\n", env!("CARGO_PKG_VERSION")));
    // The knock would be heard: this command asks the keyring.
    test.run(&["auth", "status"]).exit(3);
    assert_ne!(count.load(Ordering::SeqCst), 0);
}
