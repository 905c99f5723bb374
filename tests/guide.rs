//! The guide: a whole audit by somebody who types nothing but `support-audit`.

use sandbox::World;

use crate::support::{AUDITS, GITLAB_TOKEN, Terminal, TestWorld, VANCE};
use crate::walkthrough::{fix_roster, fix_shared, hours, reply};

/// The first day of the first quarter, a Monday.
const START: &str = "2027-02-01T09:00:00Z";

const VENDOR: &str = "vendor@partner.example";

/// The guide on a terminal.
struct Guide {
    terminal: Terminal,
}

impl Guide {
    /// Somebody sits down on another day.
    #[track_caller]
    fn start(test: &TestWorld) -> Self {
        Self { terminal: Terminal::start(test, "\"$BIN\"") }
    }

    /// Chooses what comes next, which must be offered.
    #[track_caller]
    fn next(&mut self, entry: &str) {
        self.terminal.wait_for("What next");
        self.terminal.choose(entry, "Leave");
    }

    /// Chooses what stands first: the next step.
    #[track_caller]
    fn takes_the_next_step(&mut self, entry: &str) {
        self.terminal.wait_for("What next");
        self.terminal.wait_for("> ");
        self.terminal.wait_for(entry);
        self.terminal.wait_for("Leave");
        self.terminal.press("\r");
    }

    /// Agrees to the plan that is shown, which must tell of this.
    #[track_caller]
    fn agrees(&mut self, plan: &str) {
        self.terminal.wait_for(plan);
        self.terminal.wait_for("Do this?");
        self.terminal.press("y");
    }

    /// Decides about an outsider.
    #[track_caller]
    fn decides(&mut self, email: &str, decision: &str, reason: &str) {
        self.terminal.wait_for(&format!("{email} "));
        self.terminal.wait_for("What is to become of it");
        self.terminal.choose(decision, "Remove the account");
        self.terminal.wait_for("Why");
        self.terminal.press(&format!("{reason}\r"));
    }

    /// Leaves, which ends with 0 and gives the terminal back.
    #[track_caller]
    fn leaves(mut self) -> String {
        self.next("Leave");
        self.terminal.exits(0)
    }
}

/// The demo world at the quarter's start, with a second outsider.
fn world() -> TestWorld {
    let mut world = World::demo().unwrap();
    world.now = START.parse().unwrap();
    let vendor = world.calendly.add_member(VENDOR);
    "Vera Vendor".clone_into(&mut vendor.name);
    TestWorld::new(world).with_token().with_accounts()
}

#[test]
fn a_complete_audit_is_done_by_choosing() {
    let test = world();
    first_day(&test);
    second_day(&test);
    fourth_day(&test);
    seventh_day(&test);
    closing(&test);
}

fn first_day(test: &TestWorld) {
    let mut guide = Guide::start(test);
    guide.takes_the_next_step("Make the audit's issue");
    guide.agrees("Calendly audit FY28-Q1");
    guide.terminal.wait_for("issue #1, opened");
    guide.takes_the_next_step("Write the report into the issue");
    guide.agrees("1. ");
    guide.next("Compare with Calendly");
    guide.decides(VANCE, "Remove the account", "left the partner");
    guide.decides(VENDOR, "Keep the account", "books the demos");
    guide.agrees("Change the description of issue #1");
    guide.takes_the_next_step("Read answers, ask people");
    guide.agrees("Post a notice in issue #1");
    guide.terminal.wait_for("following up");
    let shown = guide.leaves();
    assert!(!shown.contains("error:"), "{shown}");
    assert_eq!(test.mentions().get("taaseby"), Some(&1));
    assert_eq!(test.notes_with("books the demos").len(), 1, "{:?}", test.notes());
    assert_eq!(test.notes_with("left the partner").len(), 1, "{:?}", test.notes());
}

fn second_day(test: &TestWorld) {
    test.sandbox.update(|world| {
        world.advance(hours(26));
        reply(world, "taaseby", "On purpose: I hand over to another and take no calls.");
        fix_roster(
            world,
            "  email: ebrightwater@example.com\n",
            "  email: ebrightwater@example.com\n  calendly: https://calendly.com/ebrightwater\n",
        );
    });
    let mut guide = Guide::start(test);
    guide.takes_the_next_step("Read answers, ask people");
    guide.terminal.wait_for("I hand over to");
    guide.terminal.wait_for("What is to become of ");
    guide.terminal.choose("Accept it as it is", "Ask again");
    guide.terminal.wait_for("Why is it accepted");
    guide.terminal.press("hands over in March\r");
    guide.leaves();
    assert_eq!(test.notes_with("hands over in March").len(), 1, "{:?}", test.notes());
    assert_eq!(test.notes_marked("notice").len(), 1, "a fix alone makes no notice");
}

fn fourth_day(test: &TestWorld) {
    test.sandbox.update(|world| world.advance(hours(47)));
    let mut guide = Guide::start(test);
    guide.next("Read answers, ask people");
    guide.agrees("@nadeyemi");
    guide.leaves();
    assert_eq!(test.notes_marked("notice").len(), 2);
}

fn seventh_day(test: &TestWorld) {
    test.sandbox.update(all_is_fixed);
    let mut guide = Guide::start(test);
    guide.next("Remove outsiders");
    guide.terminal.wait_for(&format!("Type {VANCE}"));
    guide.terminal.press(&format!("{VANCE}\r"));
    guide.agrees(&format!("Remove the account {VANCE}"));
    guide.next("Compare with Calendly");
    guide.agrees("0 invitations, 1 outsider");
    guide.takes_the_next_step("Ask a manager to review and close");
    guide.agrees("@nadeyemi");
    guide.terminal.wait_for("in review");
    guide.leaves();
    let members: Vec<String> = test
        .sandbox
        .update(|world| world.calendly.members().map(|member| member.email.clone()).collect());
    assert!(!members.iter().any(|email| email == VANCE), "{members:?}");
    assert!(members.iter().any(|email| email == VENDOR), "{members:?}");
    assert_eq!(test.notes_with(" review complete=yes ").len(), 1);
    assert_eq!(test.issues()[0].closed, None, "a manager closes it");
}

fn closing(test: &TestWorld) {
    test.sandbox.update(|world| {
        world.advance(hours(5));
        world.close_issue(AUDITS, 1, "nadeyemi").unwrap();
    });
    let writes = test.sandbox.writes().len();
    let mut guide = Guide::start(test);
    guide.terminal.wait_for("there is no open audit; the latest is closed");
    guide.leaves();
    assert_eq!(test.sandbox.writes().len(), writes);
}

/// What people do after the escalation.
fn all_is_fixed(world: &mut World) {
    world.advance(hours(73));
    fix_roster(world, "calendly.com/zhrusovska/30min", "calendly.com/zhrusovska");
    fix_roster(world, "calendly.com/pstclairboone", "calendly.com/philippa-stclair-boone");
    fix_roster(world, "reports_to: Cornelius Faircloth", "reports_to: Nkechi Adeyemi-Strand");
    let now = world.now;
    let harjit = world.calendly.member("hdhillonwhyte@example.com").unwrap().slug.clone();
    let link = format!("https://calendly.com/{harjit}");
    fix_shared(world, "email: hdhillonwhyte@example.com", &link);
    let joined = world.calendly.accept_invitation("m-takanashi@example.com", now).unwrap();
    "m-takanashi".clone_into(&mut joined.slug);
    for (email, role) in [
        ("mdaubigny@example.com", "admin"),
        ("wambuinh@example.com", "admin"),
        ("carrieta@example.com", "user"),
    ] {
        role.clone_into(&mut world.calendly.member(email).unwrap().role);
    }
}

/// Where somebody interrupts the guide: what was chosen before, and the prompt.
const INTERRUPTED: [(&[&str], &str); 5] = [
    (&[], "What next"),
    (&["Make the audit's issue"], "Do this?"),
    (&["Make the audit's issue", "y", "Write the report"], "Do this?"),
    (
        &["Make the audit's issue", "y", "Write the report", "y", "Compare with Calendly"],
        "What is to become of it",
    ),
    (
        &["Make the audit's issue", "y", "Write the report", "y", "Compare with Calendly", "j\r"],
        "Why",
    ),
];

#[test]
fn an_interrupt_at_any_prompt_loses_nothing() {
    for (steps, prompt) in INTERRUPTED {
        let test = world();
        let mut guide = Guide::start(&test);
        for step in steps {
            match *step {
                "y" => {
                    guide.terminal.wait_for("Do this?");
                    guide.terminal.press("y");
                }
                "j\r" => {
                    guide.terminal.wait_for("What is to become of it");
                    guide.terminal.wait_for("Remove the account");
                    guide.terminal.press("j\r");
                }
                entry => guide.next(entry),
            }
        }
        guide.terminal.wait_for(prompt);
        let writes = test.sandbox.writes().len();
        guide.terminal.interrupt_prompt();
        guide.terminal.exits(130);
        assert_eq!(test.sandbox.writes().len(), writes, "{steps:?}");
        // Whoever comes back finds it as it was left.
        let mut guide = Guide::start(&test);
        match steps.iter().filter(|step| **step == "y").count() {
            0 => guide.takes_the_next_step("Make the audit's issue"),
            1 => guide.takes_the_next_step("Write the report into the issue"),
            _ => guide.takes_the_next_step("Read answers, ask people"),
        }
        guide.terminal.wait_for("Do this?");
        guide.terminal.press("n");
        guide.leaves();
        assert_eq!(test.sandbox.writes().len(), writes, "{steps:?}");
    }
}

#[test]
fn without_a_terminal_there_is_help() {
    let test = world();
    for arguments in [&[][..], &["--no-input"], &["--quiet"]] {
        let ran = test.run(arguments).exit(2);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("Usage: support-audit"), "{}", ran.stderr);
        assert!(ran.stderr.contains("init-issue"), "{}", ran.stderr);
    }
    assert!(test.sandbox.requests().is_empty());
}

/// A command that fails is told of, and the menu comes back.
#[test]
fn a_failure_leads_back_to_the_menu() {
    let test = world().with("CALENDLY_API_TOKEN", "");
    let mut guide = Guide::start(&test);
    guide.takes_the_next_step("Make the audit's issue");
    guide.agrees("1. ");
    guide.next("Save the report");
    guide.terminal.wait_for("the report is in audit_output.txt");
    guide.terminal.wait_for("What next");
    std::fs::remove_file(test.path("audit_output.txt")).unwrap();
    std::fs::create_dir(test.path("audit_output.txt")).unwrap();
    guide.terminal.choose("Save the report", "Leave");
    guide.terminal.wait_for("is there already. Replace it?");
    guide.terminal.press("n");
    guide.next("Save the report");
    guide.terminal.wait_for("is there already. Replace it?");
    guide.terminal.press("y");
    guide.terminal.wait_for("error:");
    guide.leaves();
}

/// Nothing is drawn twice where a terminal cannot move its cursor.
#[test]
fn on_a_dumb_terminal_things_are_chosen_by_number() {
    let test = world();
    let script = "TERM=dumb \"$BIN\"";
    let mut guide = Guide { terminal: Terminal::start(&test, script) };
    guide.terminal.wait_for("1  Make the audit's issue");
    guide.terminal.wait_for("4  Leave");
    guide.terminal.wait_for("What next (1 to 4, 1 by itself)");
    guide.terminal.press("9\r");
    guide.terminal.wait_for("there is no 9");
    guide.terminal.wait_for("What next");
    guide.terminal.press("4\r");
    let shown = guide.terminal.exits(0);
    assert!(!shown.contains("\u{1b}[2K\u{1b}[1B"), "{shown}");
    assert!(test.sandbox.writes().is_empty());
}

/// Of two open audits one is chosen, and all that follows is about it.
#[test]
fn of_several_open_audits_one_is_chosen() {
    let test = world();
    for period in ["FY28-Q1", "FY28-Q3"] {
        test.run(&["init-issue", "--yes", "--period", period]).success();
    }
    let mut guide = Guide::start(&test);
    guide.terminal.wait_for("Which of the open audits");
    guide.terminal.choose("FY28-Q3", "FY28-Q3");
    guide.takes_the_next_step("Write the report into the issue");
    guide.terminal.wait_for("--issue=2");
    guide.agrees("1. ");
    guide.terminal.wait_for("FY28-Q3");
    guide.leaves();
    let issues = test.issues();
    let has_report = |iid: u64| {
        let issue = issues.iter().find(|issue| issue.iid == iid).unwrap();
        issue.description.as_deref().unwrap_or_default().contains("support-audit:begin")
    };
    assert_eq!([has_report(1), has_report(2)], [false, true]);
}

/// Somebody with an empty home, for whom nothing is set but Calendly's address.
fn newcomer() -> TestWorld {
    TestWorld::demo().with("SUPPORT_AUDIT_GITLAB_URL", "").with("SUPPORT_AUDIT_NOW", "")
}

/// Answers the question for GitLab's address, which has this usual answer, and gives the token.
#[track_caller]
fn connects(guide: &mut Guide, usual: &str, url: &str, token: &str) {
    guide.terminal.wait_for(&format!("GitLab's address [{usual}]"));
    guide.terminal.press(&format!("{url}\r"));
    gives_token(guide, token);
}

/// Answers the questions of the first use behind that for the token.
#[track_caller]
fn introduces(guide: &mut Guide) {
    for (question, answer) in [
        ("Project that holds the audits' issues [", ""),
        ("Project that holds the roster [gitlab-com/support/team]", ""),
        ("Path of the roster in it: a file, or a folder [data/support-team.yaml]", ""),
        ("Branch of the roster [master]", ""),
        ("GitLab username of the Support Operations Manager", "@nadeyemi"),
    ] {
        guide.terminal.wait_for(question);
        guide.terminal.press(&format!("{answer}\r"));
    }
}

const USUAL_URL: &str = "https://gitlab.com";

#[track_caller]
fn gives_token(guide: &mut Guide, token: &str) {
    guide.terminal.wait_for("GitLab token for 127.0.0.1");
    guide.terminal.type_line(token);
}

#[test]
fn from_nothing_to_the_report() {
    let test = newcomer();
    let file = test.path(".config/support-audit/config.toml");
    let url = test.sandbox.gitlab_url();
    let mut guide = Guide::start(&test);
    guide.terminal.wait_for("Welcome.");
    connects(&mut guide, USUAL_URL, &url, GITLAB_TOKEN);
    guide.terminal.wait_for("GitLab knows you as ivelderman");
    introduces(&mut guide);
    guide.terminal.wait_for("Keep this in the configuration file?");
    assert!(!file.exists(), "nobody has agreed yet");
    guide.terminal.press("y");
    guide.terminal.wait_for("ok    managers: nadeyemi");
    guide.next("Save the report");
    guide.terminal.wait_for("the report is in audit_output.txt");
    let shown = guide.leaves();
    assert_eq!(shown.matches("GitLab token for").count(), 2, "asked and answered: {shown}");
    assert!(!shown.contains(GITLAB_TOKEN), "{shown}");
    let report = std::fs::read_to_string(test.path("audit_output.txt")).unwrap();
    assert!(report.contains("## Support Team"), "{report}");
    assert!(test.sandbox.writes().is_empty());
    let kept = std::fs::read_to_string(&file).unwrap();
    let kept: toml::Table = kept.parse().unwrap();
    assert_eq!(kept["gitlab"]["url"].as_str().unwrap().trim_end_matches('/'), url);
    assert_eq!(kept["gitlab"]["audits_project"].as_str(), Some(AUDITS));
    assert_eq!(kept["roster"]["path"].as_str(), Some("data/support-team.yaml"));
    assert_eq!(kept["managers"][0]["username"].as_str(), Some("nadeyemi"));

    // The second time nothing is asked but the token, which nothing here could keep.
    let mut guide = Guide::start(&test);
    gives_token(&mut guide, GITLAB_TOKEN);
    let shown = guide.leaves();
    assert!(!shown.contains("Welcome") && !shown.contains("address ["), "{shown}");
    let test = test.with("GL_TOKEN", GITLAB_TOKEN);
    let shown = Guide::start(&test).leaves();
    assert!(!shown.contains("Welcome") && !shown.contains("GitLab token for"), "{shown}");
}

#[test]
fn answers_that_lead_nowhere_are_asked_for_again() {
    let test = newcomer();
    let file = test.path(".config/support-audit/config.toml");
    let url = test.sandbox.gitlab_url();
    let mut guide = Guide::start(&test);
    for (wrong, said) in [("http://gitlab.example.com", "https"), ("no address", "must look like")]
    {
        guide.terminal.wait_for(&format!("GitLab's address [{USUAL_URL}]"));
        guide.terminal.press(&format!("{wrong}\r"));
        guide.terminal.wait_for("error:");
        guide.terminal.wait_for(said);
    }
    connects(&mut guide, USUAL_URL, &url, "glpat-strange");
    guide.terminal.wait_for("error:");
    guide.terminal.wait_for("401");
    connects(&mut guide, &url, "", GITLAB_TOKEN);
    for (question, wrong) in [
        ("Project that holds the audits' issues [", "somebody/elses"),
        ("Project that holds the audits' issues [", ""),
        ("Project that holds the roster [", "somebody/elses"),
        ("Path of the roster in it: a file, or a folder [data/support-team.yaml]", "data"),
        ("Branch of the roster [master]", ""),
        ("Project that holds the roster [gitlab-com/support/team]", ""),
        ("Path of the roster in it: a file, or a folder [data/support-team.yaml]", ""),
        ("Branch of the roster [master]", ""),
        ("GitLab username of the Support Operations Manager", "@no.body"),
        ("GitLab username of the Support Operations Manager", ""),
    ] {
        guide.terminal.wait_for(question);
        assert!(!file.exists(), "{question}");
        guide.terminal.press(&format!("{wrong}\r"));
    }
    guide.terminal.wait_for("Keep this in the configuration file?");
    guide.terminal.press("y");
    let shown = guide.leaves();
    assert_eq!(shown.matches("error:\u{1b}").count(), 6, "{shown}");
    assert_eq!(shown.matches("404").count(), 2, "{shown}");
    let kept: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    assert_eq!(kept["gitlab"]["url"].as_str().unwrap().trim_end_matches('/'), url);
    assert_eq!(kept["gitlab"]["audits_project"].as_str(), Some(AUDITS));
    assert_eq!(kept["roster"]["project"].as_str(), Some("gitlab-com/support/team"));
    assert_eq!(kept["roster"]["path"].as_str(), Some("data/support-team.yaml"));
}

#[test]
fn an_interrupt_during_the_first_use_keeps_nothing() {
    let questions = ["GitLab's address [", "token for", "Keep this"];
    for (place, question) in questions.into_iter().enumerate() {
        let test = newcomer();
        let mut guide = Guide::start(&test);
        if place > 0 {
            guide.terminal.wait_for("GitLab's address [");
            guide.terminal.press(&format!("{}\r", test.sandbox.gitlab_url()));
        }
        if place > 1 {
            gives_token(&mut guide, GITLAB_TOKEN);
            introduces(&mut guide);
        }
        guide.terminal.wait_for(question);
        guide.terminal.interrupt_prompt();
        guide.terminal.exits(130);
        assert!(!test.path(".config").exists());
    }
}

#[test]
fn a_declined_configuration_is_not_kept_and_the_guide_goes_on() {
    let test = newcomer();
    let mut guide = Guide::start(&test);
    connects(&mut guide, USUAL_URL, &test.sandbox.gitlab_url(), GITLAB_TOKEN);
    introduces(&mut guide);
    guide.terminal.wait_for("Keep this in the configuration file?");
    guide.terminal.press("n");
    guide.next("Save the report");
    guide.terminal.wait_for("the report is in audit_output.txt");
    guide.leaves();
    assert!(!test.path(".config").exists());
}
