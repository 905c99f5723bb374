//! Smaller promises.

use sandbox::{Answer, Fault, FaultKind};

use crate::support::{AUDITS, GITLAB_TOKEN};

use super::{Audit, VENDOR};

#[test]
fn a_second_account_of_a_like_name_is_a_suggestion_and_asks_nobody() {
    let audit = Audit::new();
    audit.calendly(|calendly| {
        "Alice".clone_into(&mut calendly.member("alice@example.com").unwrap().name);
        "Alice".clone_into(&mut calendly.add_member(VENDOR).name);
    });
    let audit = audit.begin();
    audit.is("outsider", VENDOR, "held");
    let ran = audit.run_writing_nothing(&["followups", "--yes"]).success();
    let shown = ran.stdout.clone() + &ran.stderr;
    assert!(shown.contains("alias"), "{shown}");
    audit.is_not_ready();
}

#[test]
fn a_like_name_asks_neither_until_somebody_says_whose_it_is() {
    let audit = Audit::new();
    audit.calendly(|calendly| {
        let account = calendly.member("alice@example.com").unwrap();
        account.email = "alice.private@mail.example".to_owned();
        account.name = "Alice".to_owned();
        account.slug = "something-else".to_owned();
    });
    let audit = audit.begin();
    let (ran, writes) = audit.writes_during(|| audit.run(&["followups", "--yes"]));
    assert!(writes.is_empty(), "{}", ran.stderr);
    assert_eq!(audit.mentioned("alice"), 0);
    audit.is_not_ready();
}

#[test]
fn quick_actions_of_a_template_are_shown_and_yes_does_not_run_them() {
    let audit = Audit::new();
    audit.sandbox.update(|world| {
        let project = world.project(AUDITS).unwrap();
        project.add_label("later");
        let template = "Text.\n\n/label ~later\n/confidential\n\n## Notes\n";
        project.add_file(".gitlab/issue_templates/Calendly.md", template);
    });
    let plan = audit.run(&["init-issue", "--period", "FY28-Q1", "--dry-run"]).success();
    assert!(plan.stdout.contains("/label ~later"), "{}", plan.stdout);
    audit.run(&["init-issue", "--period", "FY28-Q1", "--yes"]).success();
    let [issue] = audit.issues().try_into().unwrap();
    assert!(issue.labels.is_empty() && !issue.confidential, "{issue:?}");
}

#[test]
fn a_token_in_an_answer_is_not_shown_in_either_case() {
    let audit = Audit::new().begin();
    for shown in [GITLAB_TOKEN.to_owned(), GITLAB_TOKEN.to_uppercase()] {
        let body = format!(r#"{{"message":"no scope for {shown}"}}"#);
        let fault = FaultKind::Answer(Answer::json(403, &body));
        audit.sandbox.inject(Fault::new("/issues", fault).times(20));
        audit.run(&["followups", "-vv", "--yes"]).failure().hides(&shown);
    }
}

#[test]
fn a_servers_message_neither_colours_nor_moves_a_terminal() {
    let audit = Audit::new().begin();
    let body = r#"{"message":"\u001b[31mno\u001b]0;title\u0007 \u202e\r\nway"}"#;
    audit
        .sandbox
        .inject(Fault::new("/issues", FaultKind::Answer(Answer::json(403, body))).times(20));
    let ran = audit.run(&["followups", "-vv", "--yes"]).failure();
    assert!(ran.stderr.contains("way"), "{}", ran.stderr);
    let acts = ['\u{1b}', '\u{7}', '\u{202e}', '\r'];
    assert!(!ran.stderr.contains(acts) && !ran.stdout.contains(acts), "{ran:?}");
}

#[test]
fn a_token_given_as_an_argument_is_not_repeated() {
    let token = "glpat-0123456789abcdefghij";
    let audit = Audit::new();
    for arguments in [&["run", token][..], &["auth", "login", token], &["run", "--token", token]] {
        audit.run(arguments).exit(2).hides(token);
    }
}

#[test]
fn a_manager_who_does_not_exist_is_refused() {
    let audit = Audit::new().begin();
    audit.advance(1);
    let arguments = ["submit-review", "--manager", "nobody", "--yes"];
    audit.run_writing_nothing(&arguments).failure();
}

#[test]
fn the_operator_is_not_asked_to_review_where_another_manager_exists() {
    let audit = Audit::new();
    let config = super::CONFIG.replace("username = \"nadia\"", "username = \"otto\"");
    let audit = audit.configured(&config).begin();
    audit.advance(1);
    audit.review().success();
    assert_eq!((audit.mentioned("otto"), audit.mentioned("sam")), (0, 1));
}

#[test]
fn names_from_files_mention_nobody_and_command_nothing() {
    let audit = Audit::new();
    audit.unlink("bob");
    audit.replace_in_roster("name: Alice\n", "name: \"@eve\\n/close\\n| @gus |\"\n");
    audit.unlink("alice");
    audit.calendly(|calendly| {
        "@eve <!-- support-audit".clone_into(&mut calendly.add_member(VENDOR).name);
    });
    let audit = audit.begin();
    audit.follow_up();
    audit.advance(73);
    audit.follow_up();
    audit.attempt(&["submit-review", "--unresolved", "--yes"]);
    assert_eq!((audit.mentioned("eve"), audit.mentioned("gus")), (0, 0));
    assert!(audit.issues()[0].closed.is_none());
}

#[test]
fn a_removal_is_never_of_the_owner_or_of_oneself() {
    for (name, role) in [("otto", "admin"), ("nadia", "owner")] {
        let audit = Audit::new();
        audit.dismiss(if name == "otto" { "Otto" } else { "Nadia" });
        let audit = audit.begin();
        let email = format!("{name}@example.com");
        let remove = format!("{email}=remove");
        let decide = ["reconcile", "--write", "--decide", &remove, "--reason", "left", "--yes"];
        audit.attempt(&decide);
        audit.run(&["reconcile", "--remove", "--confirm", &email, "--yes"]).failure();
        assert!(audit.has_account(&email), "{role}");
    }
}

#[test]
fn more_than_a_quarter_is_not_removed_in_one_run() {
    let audit = Audit::new();
    let emails: Vec<String> = (0..5).map(|number| format!("v{number}@vendor.example")).collect();
    audit.calendly(|calendly| {
        for email in &emails {
            calendly.add_member(email);
        }
    });
    let audit = audit.begin();
    let mut remove = vec!["reconcile", "--remove", "--yes"];
    for email in &emails {
        let decision = format!("{email}=remove");
        let decide = ["reconcile", "--write", "--decide", &decision, "--reason", "left", "--yes"];
        audit.run(&decide).success();
        remove.extend(["--confirm", email]);
    }
    audit.run_writing_nothing(&remove).exit(11);
    assert!(emails.iter().all(|email| audit.has_account(email)));
}

#[test]
fn a_review_is_not_asked_for_twice_unless_something_changed() {
    let audit = Audit::new().begin();
    audit.advance(1);
    audit.review().success();
    assert_eq!(audit.mentioned("nadia"), 1);
    audit.advance(24);
    drop(audit.run_writing_nothing(&["submit-review", "--yes"]));
    drop(audit.run_writing_nothing(&["submit-review", "--again", "--yes"]));
    assert_eq!((audit.mentioned("nadia"), audit.ours("review").len()), (1, 1));
}
