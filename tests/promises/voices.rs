//! Whose words count: operators by their marks, people by their answers, strangers not at all.

use crate::support::AUDITS;

use super::{Audit, CONFIG, VENDOR};

const TITLE: &str = "Calendly audit FY28-Q1";
const MARKER: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";

/// Opens an issue with our marker as somebody.
fn open_as(audit: &Audit, username: &str) {
    audit.sandbox.update(|world| {
        world.open_issue(AUDITS, username, TITLE, &format!("## Notes\n\n{MARKER}")).unwrap();
    });
}

#[test]
fn a_strangers_issue_is_never_written_into() {
    let audit = Audit::new();
    audit.hire_vendor();
    open_as(&audit, "eve");
    for command in [
        &["run", "--write"][..],
        &["reconcile", "--write"],
        &["followups"],
        &["reconcile", "--remove", "--confirm", VENDOR],
        &["submit-review", "--unresolved"],
    ] {
        let arguments = [command, &["--issue", "1", "--yes"]].concat();
        let ran = audit.run_writing_nothing(&arguments).exit(6);
        assert!(ran.stderr.contains("eve"), "{command:?}: {}", ran.stderr);
    }
    assert!(audit.has_account(VENDOR));
}

#[test]
fn a_strangers_issue_with_a_copied_decision_removes_nobody() {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    let remove = format!("{VENDOR}=remove");
    let decide = ["reconcile", "--write", "--decide", &remove, "--reason", "left", "--yes"];
    audit.run(&decide).success();
    let body = audit.ours("record")[0].body.clone();
    audit.close(1, "nadia");
    open_as(&audit, "eve");
    audit.sandbox.update(|world| world.comment(AUDITS, 2, "eve", &body).unwrap());
    for issue in [&[][..], &["--issue", "2"]] {
        let arguments = [&["reconcile", "--remove", "--confirm", VENDOR, "--yes"], issue].concat();
        audit.run_writing_nothing(&arguments).failure();
    }
    assert!(audit.has_account(VENDOR));
}

#[test]
fn a_guests_issue_blocks_nobody() {
    for is_closed in [false, true] {
        let audit = Audit::new();
        open_as(&audit, "gus");
        if is_closed {
            audit.close(1, "nadia");
        }
        let ran = audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
        assert_eq!(ran.stdout.trim(), audit.issue_url(2), "{}", ran.stderr);
        assert!(ran.stderr.contains("gus"), "{}", ran.stderr);
        audit.run(&["reconcile", "--write", "--yes"]).success();
        audit.run(&["followups", "--yes"]).success();
        assert_eq!(audit.notes().len(), 0, "the guest's issue stays as it is");
    }
}

#[test]
fn a_period_changed_in_the_marker_asks_nobody_anew() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.edit(|text| text.replace("calendly FY28-Q1 issue", "calendly FY28-Q3 issue"));
    audit.run_writing_nothing(&["followups", "--issue", "1", "--yes"]).exit(6);
    audit.run(&["followups", "--yes"]).failure();
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn an_older_marker_above_ours_asks_nobody_anew() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.edit(|text| format!("<!-- support-audit v1 calendly FY27-Q3 issue -->\n\n{text}"));
    audit.run_writing_nothing(&["followups", "--issue", "1", "--yes"]).exit(6);
    assert_eq!(audit.mentioned("alice"), 1);
}

#[test]
fn a_lost_marker_makes_no_second_audit_of_the_same_issue() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.edit(|text| text.replace(MARKER, ""));
    let ran = audit.run_writing_nothing(&["followups", "--issue", "1", "--yes"]).exit(6);
    assert!(ran.stderr.contains("--adopt"), "{}", ran.stderr);
}

#[test]
fn a_copied_acceptance_by_anybody_else_justifies_nothing() {
    for who in ["eve", "gus", "alice", "mia", "nadia"] {
        let audit = Audit::new();
        audit.unlink("alice");
        let audit = audit.begin();
        let accept = ["followups", "--accept", "link-missing:alice@example.com"];
        audit.run(&[&accept[..], &["--reason", "leaves", "--yes"]].concat()).success();
        let record = audit.ours("record")[0].clone();
        audit.delete_note(record.id);
        audit.comment(who, &record.body);
        let state = audit.state("link-missing", "Alice").unwrap();
        let expected = if matches!(who, "eve" | "mia" | "nadia") { "held" } else { "not asked" };
        assert_eq!(state, expected, "{who}");
        audit.is_not_ready();
    }
}

/// GitLab lets maintainers edit what operators wrote, and does not say that they did.
#[test]
fn what_a_maintainer_makes_of_an_operators_record_counts() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--reason", "leaves"];
    audit.run(&[&accept[..], &["--yes"]].concat()).success();
    audit.is("link-missing", "Alice", "justified");
    let record = audit.ours("record")[0].clone();
    let edited = record.body.replace(" accept/", " answered/");
    assert_ne!(edited, record.body);
    audit.sandbox.update(|world| world.edit_comment(AUDITS, 1, record.id, &edited).unwrap());
    assert_ne!(audit.state("link-missing", "Alice").as_deref(), Some("justified"));
    audit.sandbox.update(|world| world.edit_comment(AUDITS, 1, record.id, &record.body).unwrap());
    audit.is("link-missing", "Alice", "justified");
}

#[test]
fn a_members_copied_marker_holds_until_it_is_deleted() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let accept = ["followups", "--yes", "--reason", "leaves", "--accept"];
    let accept = [&accept[..], &["link-missing:alice@example.com"]].concat();
    audit.run(&accept).success();
    let record = audit.ours("record")[0].clone();
    audit.delete_note(record.id);
    let copy = audit.comment("eve", &record.body);
    let ran = audit.run_writing_nothing(&["followups", "--yes"]).success();
    assert!(ran.stderr.contains("eve") && ran.stderr.contains("operators"), "{}", ran.stderr);
    audit.run_writing_nothing(&accept).exit(11);
    audit.delete_note(copy);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
}

#[test]
fn an_acceptance_is_in_the_review_with_its_reason_and_whoever_accepted_it() {
    let audit = Audit::new().configured(super::TWO_OPERATORS);
    audit.unlink("alice");
    let audit = audit.begin();
    audit.advance(1);
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--yes"];
    audit.as_olga(&[&accept[..], &["--reason", "takes no calls"]].concat()).success();
    audit.advance(1);
    audit.review().success();
    let review = audit.ours("review")[0].body.clone();
    assert!(review.contains("takes no calls") && review.contains("olga"), "{review}");
}

/// An account is a person's by its page, which its holder can choose.
#[test]
fn an_account_that_is_matched_by_its_page_is_in_the_review() {
    let audit = Audit::new();
    audit.drop_account("alice@example.com");
    audit.calendly(|calendly| {
        let account = calendly.add_member("al@elsewhere.example");
        "alice".clone_into(&mut account.slug);
    });
    let audit = audit.begin();
    audit.advance(1);
    audit.review().success();
    let review = audit.ours("review")[0].body.clone();
    assert!(review.contains("Matched by link or alias (1)"), "{review}");
}

#[test]
fn a_forged_ask_by_a_guest_delays_nobody() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    let notice = audit.notice();
    audit.delete_note(notice.id);
    audit.comment("gus", &notice.body.replace('@', ""));
    audit.is("link-missing", "Alice", "not asked");
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["alice"]);
}

#[test]
fn the_issues_assignee_is_no_operator_by_that() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    let accept = ["followups", "--accept", "link-missing:alice@example.com", "--reason", "leaves"];
    audit.run(&[&accept[..], &["--yes"]].concat()).success();
    let record = audit.ours("record")[0].clone();
    audit.delete_note(record.id);
    audit.sandbox.update(|world| {
        world.run_commands(AUDITS, 1, "nadia", "/assign @eve").unwrap();
    });
    audit.comment("eve", &record.body);
    assert_ne!(audit.state("link-missing", "Alice").as_deref(), Some("justified"));
}

#[test]
fn yes_confirms_no_proposal() {
    let audit = Audit::new();
    audit.hire_vendor();
    let audit = audit.begin();
    audit.edit(|text| {
        let row = text.lines().find(|line| line.contains(VENDOR)).unwrap();
        let typed = row.replacen(" |  | <!--", " | left us | remove <!--", 1);
        text.replace(row, &typed)
    });
    let ran = audit.run(&["reconcile", "--write", "--yes"]).success();
    assert_eq!(audit.ours("record").len(), 0, "{}", ran.stderr);
    audit.is("outsider", VENDOR, "not asked");
    audit.attempt(&["reconcile", "--remove", "--confirm", VENDOR, "--yes"]);
    assert!(audit.has_account(VENDOR));
    let description = audit.description();
    let row = description.lines().find(|line| line.contains(VENDOR)).unwrap();
    assert!(row.contains("left us") && row.contains("remove"), "{row}");
}

#[test]
fn the_operator_is_passed_over_in_the_chain_while_another_is_left() {
    let audit = Audit::new();
    audit.unlink("alice");
    audit.replace_in_roster(
        "title: Support Engineer\n  reports_to: Mia",
        "title: Support Engineer\n  reports_to: Otto",
    );
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    let mentioned = audit.mentioned_during(|audit| drop(audit.follow_up()));
    assert_eq!(mentioned, ["nadia"], "nobody is told of their own mention");
    let notices = audit.ours("notice");
    assert!(!notices[1].body.contains("@otto"), "{}", notices[1].body);
}

#[test]
fn a_manager_is_not_asked_to_help_with_what_is_theirs() {
    let audit = Audit::new();
    audit.unlink("nadia");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["sam"]);
}

#[test]
fn a_blocked_manager_is_passed_over() {
    let audit = Audit::new();
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.sandbox.update(|world| world.block_user("mia").unwrap());
    audit.advance(73);
    assert_eq!(audit.mentioned_during(|audit| drop(audit.follow_up())), ["nadia"]);
    assert!(!audit.ours("notice")[1].body.contains("@mia"));
}

#[test]
fn without_managers_the_line_manager_alone_is_asked_and_that_is_said() {
    let config = CONFIG.lines().filter(|line| !line.starts_with("managers")).collect::<Vec<_>>();
    let audit = Audit::new().configured(&config.join("\n"));
    audit.unlink("alice");
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    let mut said = String::new();
    let mentioned = audit.mentioned_during(|audit| said = audit.follow_up().stderr);
    assert_eq!(mentioned, ["mia"]);
    assert!(said.contains("managers"), "{said}");
    audit.run_writing_nothing(&["submit-review", "--yes"]).exit(4);
}
