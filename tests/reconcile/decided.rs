//! `--write`: what people typed about outsiders is a proposal; what an operator confirms counts.

use super::{VANCE, begun, calendly, demo, description, marked, report, row, rows, type_in};
use super::{found, writes_nothing};
use crate::support::{AUDITS, Ran, Test};
use crate::terminal::Terminal;

const REASON: &str = "Books the **demos** of the partner team";

/// A world in which the report with the accounts is in the issue.
fn written() -> Test {
    let test = begun();
    assert_eq!(write(&test, &[]).code, 0);
    test
}

/// A world in which somebody has typed a justification and a decision about the outsider.
fn typed(decision: &str) -> Test {
    let test = written();
    type_in(&test, VANCE, REASON, decision);
    test
}

/// Writes without being asked.
fn write(test: &Test, arguments: &[&str]) -> Ran {
    test.run(&[&["reconcile", "--write", "--yes"], arguments].concat())
}

/// How the report shows the decision about the outsider.
fn decision(test: &Test) -> String {
    let report = report(test, &[]);
    report["outsiders"]["rows"][0]["decision"].as_str().unwrap().to_owned()
}

#[test]
fn both_tables_come_into_the_issue() {
    let test = written();
    let content = description(&test);
    for part in [
        "\n### Support Team\n",
        "| `taaseby` | <https://calendly.com/taaseby> | none | account-missing ",
        "| `m-takanashi` | <https://calendly.com/m-takanashi> | invited | invitation-pending ",
        "| Bartholomew Vance | `bvance@harborlight.example` | user | `2024-05-14` |",
        "- Calendly: owner-count, seen: `mdaubigny@example.com nadeyemi@example.com`.",
        "Accounts `https://api.calendly.com/organizations/SANDBOXORG000001`, SHA-256 ",
    ] {
        assert_eq!(content.matches(part).count(), 1, "{part}: {content}");
    }
    assert_eq!(rows(&test).len(), 1);
    let ran = writes_nothing(&test, &["reconcile", "--write", "--yes"]).ends_with(0);
    assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
    let test = test.with("SUPPORT_AUDIT_NOW", "2026-11-25T09:00:00Z");
    assert_eq!(writes_nothing(&test, &["reconcile", "--write", "--yes"]).code, 0);
}

#[test]
fn what_is_typed_is_a_proposal_that_is_shown_and_does_not_count() {
    let test = typed("keep");
    assert_eq!(decision(&test), "keep (proposed)");
    let ran = writes_nothing(&test, &["reconcile", "--write", "--yes"]).ends_with(0);
    for part in [VANCE, "proposed in the issue: keep", REASON, &format!("--decide {VANCE}")] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert_eq!(marked(&test, "decide").len(), 0);
    assert!(row(&test, VANCE).contains(REASON), "{}", row(&test, VANCE));
    // Without --write nothing is confirmed at all.
    assert_eq!(writes_nothing(&test, &["reconcile", "--decide", VANCE]).code, 2);
}

#[test]
fn what_an_operator_confirms_becomes_a_comment_that_counts() {
    for word in ["keep", "remove", "KEEP.", "`Remove`"] {
        let test = typed(word);
        let expected = word.trim_matches(|it: char| !it.is_alphabetic()).to_lowercase();
        assert_eq!(write(&test, &["--decide", &VANCE.to_uppercase()]).code, 0);
        let comments = marked(&test, "decide");
        assert_eq!(comments.len(), 1, "{word}");
        let body = &comments[0].body;
        assert!(body.contains(VANCE) && body.contains("partner team"), "{body}");
        assert_eq!(comments[0].author, 457_520);
        let marker = body.lines().last().unwrap();
        assert!(marker.contains(&format!(" decision={expected} reason=")), "{marker}");
        assert!(!marker.contains("vance") && !marker.contains("demos"), "{marker}");
        assert_eq!(decision(&test), expected);
        // What was typed stays where it was typed.
        assert!(row(&test, VANCE).contains(REASON), "{}", row(&test, VANCE));
        assert_eq!(test.sandbox.notifications(), []);
    }
}

/// A script that died and is started again does the same and ends well.
#[test]
fn deciding_twice_changes_nothing() {
    let test = typed("keep");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    for arguments in [&[][..], &["--decide", VANCE]] {
        let arguments = [&["reconcile", "--write", "--yes"][..], arguments].concat();
        let ran = writes_nothing(&test, &arguments).ends_with(0);
        assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("proposed"), "{}", ran.stderr);
    }
    assert_eq!(marked(&test, "decide").len(), 1);
}

#[test]
fn who_is_no_outsider_or_has_no_proposal_cannot_be_decided() {
    let test = written();
    for email in [VANCE, "taaseby@example.com", "ghost@example.com"] {
        let arguments = ["reconcile", "--write", "--yes", "--decide", email];
        let ran = writes_nothing(&test, &arguments).ends_with(2);
        assert!(ran.stderr.contains(email) && ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_a_proposal_is_told() {
    for (justification, word, told) in [
        ("", "keep", "without a justification"),
        ("Books the demos", "maybe", "neither `keep` nor `remove`"),
        ("Books the demos", "", "a justification and no decision"),
    ] {
        let test = written();
        type_in(&test, VANCE, justification, word);
        let ran = write(&test, &[]).ends_with(0);
        assert!(ran.stderr.contains(told) && ran.stderr.contains(VANCE), "{}", ran.stderr);
        assert_eq!(write(&test, &["--decide", VANCE]).code, 2);
        assert_eq!(marked(&test, "decide").len(), 0);
    }
    // Without a justification somebody is removed.
    let test = written();
    type_in(&test, VANCE, "", "remove");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    assert_eq!(decision(&test), "remove");
}

#[test]
fn a_changed_mind_is_a_proposal_again() {
    let test = typed("keep");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    test.sandbox.update(|world| {
        let old = world.issue(AUDITS, 1).unwrap().description.clone().unwrap();
        let new = old.replacen(" keep <!--", " remove <!--", 1);
        assert_ne!(old, new);
        world.edit_description(AUDITS, 1, "nadeyemi", &new).unwrap();
    });
    assert_eq!(decision(&test), "remove (proposed)");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    assert_eq!(decision(&test), "remove");
    assert_eq!(marked(&test, "decide").len(), 2);
}

/// An account that may do more by now is not the one that was decided about.
#[test]
fn a_decision_is_about_what_was_seen() {
    let test = typed("keep");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    calendly(&test, |it| it.member(VANCE).unwrap().role = "admin".to_owned());
    assert_eq!(decision(&test), "keep (proposed)");
}

#[test]
fn nobody_decides_about_their_own_account() {
    let test = typed("keep");
    test.write("c.toml", format!("[handles]\n\"{}\" = \"@IVelderman\"\n", VANCE.to_uppercase()));
    let arguments = ["reconcile", "--write", "--yes", "--decide", VANCE, "--config", "c.toml"];
    let ran = test.run(&arguments).ends_with(0);
    assert!(ran.stderr.contains("is your own"), "{}", ran.stderr);
    assert_eq!(marked(&test, "decide").len(), 0);
    // What they have confirmed before they were known does not count either.
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    assert_eq!(decision(&test), "keep");
    let outsiders = report(&test, &["--config", "c.toml"])["outsiders"]["rows"].clone();
    let row = outsiders.as_array().unwrap().iter().find(|row| row["email"] == VANCE).unwrap();
    assert_eq!(row["decision"], "keep (proposed)");
}

#[test]
fn somebody_elses_comment_decides_nothing() {
    let test = typed("remove");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    let genuine = marked(&test, "decide").remove(0);
    test.sandbox.update(|world| world.delete_comment(AUDITS, 1, genuine.id).unwrap());
    assert_eq!(decision(&test), "remove (proposed)", "a deleted comment was never made");
    test.sandbox.update(|world| {
        world.comment(AUDITS, 1, "zhrusovska", &genuine.body).unwrap();
        // Nor does one in which it is only quoted, or one about another audit.
        let quoted = format!("{}\n\nIs this so?", genuine.body);
        world.comment(AUDITS, 1, "ivelderman", &quoted).unwrap();
        let other = genuine.body.replace("FY28-Q1", "FY27-Q3");
        world.comment(AUDITS, 1, "ivelderman", &other).unwrap();
    });
    assert_eq!(decision(&test), "remove (proposed)");
    let arguments = ["reconcile", "--remove", "--yes", "--confirm", VANCE];
    assert_eq!(writes_nothing(&test, &arguments).code, 11);
    test.write("c.toml", "operators = [\"zhrusovska\"]\n");
    let outsiders = report(&test, &["--config", "c.toml"])["outsiders"]["rows"].clone();
    assert_eq!(outsiders[0]["decision"], "remove", "{outsiders}");
}

#[test]
fn a_dry_run_shows_the_comment_and_writes_nothing() {
    let test = typed("keep");
    let arguments = ["reconcile", "--write", "--dry-run", "--decide", VANCE];
    let ran = writes_nothing(&test, &arguments).ends_with(0);
    assert!(ran.stdout.contains("Decided to keep the account"), "{}", ran.stdout);
    let ran = writes_nothing(&test, &["reconcile", "--write", "--dry-run"]).ends_with(0);
    assert!(!ran.stdout.contains("Decided to keep"), "{}", ran.stdout);
    assert!(ran.stdout.contains("not confirmed: keep"), "{}", ran.stdout);
}

#[test]
fn without_somebody_to_agree_nothing_is_written() {
    let test = typed("keep");
    let ran = writes_nothing(&test, &["reconcile", "--write", "--decide", VANCE]).ends_with(2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    for flag in ["--yes", "--dry-run"] {
        assert_eq!(writes_nothing(&test, &["reconcile", flag]).code, 2);
    }
}

#[test]
fn a_closed_audit_is_read_and_not_written_into() {
    let test = typed("keep");
    test.sandbox.update(|world| world.close_issue(AUDITS, 1, "nadeyemi").unwrap());
    for arguments in [
        &["reconcile", "--write", "--yes", "--issue", "1", "--decide", VANCE][..],
        &["reconcile", "--remove", "--yes", "--issue", "1", "--confirm", VANCE],
    ] {
        let ran = writes_nothing(&test, arguments).ends_with(11);
        assert!(ran.stderr.contains("closed by nadeyemi"), "{}", ran.stderr);
        assert!(ran.stdout.contains(VANCE), "the report is missing: {}", ran.stdout);
    }
    let read = report(&test, &["--issue", "1"]);
    assert_eq!(read["outsiders"]["rows"][0]["decision"], "keep (proposed)");
    // No audit is open: that is told, and reading goes on.
    let ran = writes_nothing(&test, &["reconcile"]).ends_with(0);
    assert!(ran.stderr.contains("no justifications and decisions are known"), "{}", ran.stderr);
}

#[test]
fn one_who_joins_the_roster_is_no_outsider_any_more() {
    let test = typed("keep");
    assert_eq!(write(&test, &["--decide", VANCE]).code, 0);
    test.sandbox.update(|world| {
        let project = world.project(super::TEAM).unwrap();
        let old = project.repository.head().unwrap().files[super::ROSTER].bytes.to_vec();
        let old = String::from_utf8(old).unwrap();
        let new = format!("{}\n- name: Bartholomew Vance\n  email: {VANCE}\n", old.trim_end());
        project.add_file(super::ROSTER, new);
    });
    assert_eq!(found(&report(&test, &[]), "outsider"), [""; 0]);
    // What was typed is somebody's, and stays.
    assert_eq!(write(&test, &[]).code, 0);
    assert!(row(&test, VANCE).contains(REASON));
}

/// A terminal at the first question of a `reconcile --write`.
fn asked(test: &Test) -> Terminal {
    let mut terminal = Terminal::start(test, "\"$BIN\" reconcile --write > report; echo code:$?");
    terminal.waits_for(&format!("keep {VANCE}"));
    terminal
}

#[test]
fn each_proposal_is_asked_about_on_a_terminal() {
    for (answers, decided) in [(["y", "y"], 1), (["n", "y"], 0), (["y", "n"], 0)] {
        let test = typed("keep");
        // So that there is something to write whatever is decided.
        calendly(&test, |it| it.member(VANCE).unwrap().name = "Bart Vance".to_owned());
        let mut terminal = asked(&test);
        terminal.answers(answers[0]);
        terminal.waits_for("Do this?");
        terminal.answers(answers[1]);
        let shown = terminal.ends();
        assert!(shown.contains("code:0"), "{shown}");
        assert!(shown.contains("partner team"), "the reason is not shown: {shown}");
        assert_eq!(marked(&test, "decide").len(), decided, "{answers:?}: {shown}");
        let is_written = row(&test, VANCE).contains("Bart Vance");
        assert_eq!(is_written, answers[1] == "y", "{answers:?}: {shown}");
        assert!(std::fs::read_to_string(test.path("report")).unwrap().contains(VANCE));
    }
}

#[test]
fn yes_alone_confirms_nothing_on_a_terminal_either() {
    let test = typed("keep");
    let script = "\"$BIN\" reconcile --write --yes > report; echo code:$?";
    let shown = Terminal::start(&test, script).ends();
    assert!(shown.contains("code:0") && shown.contains("not confirmed"), "{shown}");
    assert_eq!(marked(&test, "decide").len(), 0);
}

/// The decision's comment may have arrived, or not: either way there is one in the end.
#[test]
fn deciding_survives_its_death_at_any_request() {
    use sandbox::FaultKind;
    let arguments = ["reconcile", "--write", "--yes", "--decide", VANCE];
    let clean = typed("keep");
    let before = clean.sandbox.requests().len();
    assert_eq!(clean.run(&arguments).code, 0);
    let requests = u32::try_from(clean.sandbox.requests().len() - before).unwrap();
    assert!(requests > 5);
    for number in 1..=requests {
        for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
            let test = typed("keep");
            test.dies_at(number, kind.clone());
            let dead = test.run(&arguments);
            let test = test.again().with_accounts();
            let ran = test.run(&arguments);
            assert_eq!(ran.code, 0, "{number} {kind:?}\n{}\n{}", dead.stderr, ran.stderr);
            assert_eq!(marked(&test, "decide").len(), 1, "{number} {kind:?}");
            assert_eq!(decision(&test), "keep");
        }
    }
}

#[test]
fn without_an_issue_outsiders_are_undecided() {
    let ran = writes_nothing(&demo(), &["reconcile"]).ends_with(0);
    assert!(ran.stdout.contains("| undecided |"), "{}", ran.stdout);
    assert!(ran.stderr.contains("there is no open audit"), "{}", ran.stderr);
    let ran = writes_nothing(&demo(), &["reconcile", "--write", "--yes"]).ends_with(1);
    assert!(ran.stderr.contains("init-issue"), "{}", ran.stderr);
}
