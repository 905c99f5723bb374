//! Foreign text in every form of the report: it is text, and nothing else.

use std::fmt::Write as _;

use super::{BROKEN, CLEAN, audit};
use crate::support::{FORMATS, TestWorld};

/// Texts that try to be more than text.
const HOSTILE: [&str; 28] = [
    "| x |",
    "a | b",
    "a \\| b",
    "@all",
    "Ada @all",
    "Ada/close",
    "Ada #1",
    "Ada ABC-1",
    "/close",
    "x\n/close",
    "x\r\n\r\n## Support Team\r\n",
    "<!-- x",
    "-->",
    "<details>",
    "](javascript:alert(1))",
    "[x](https://evil.example)",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31mred",
    "\u{202e}drawkcab",
    "\u{2066}\u{200f}x\u{2069}",
    "`code` ``x``",
    "```",
    "=1+1",
    "+1",
    "-1",
    "\t=1",
    "www.evil.example",
];

/// A roster in which every hostile text is name, link, address, handle and manager of somebody.
fn hostile_roster() -> String {
    let people = HOSTILE.iter().map(|text| {
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
