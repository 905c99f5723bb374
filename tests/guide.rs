//! The guide: a whole audit by somebody who types nothing but `support-audit`.

use sandbox::World;

use crate::support::{AUDITS, GITLAB_TOKEN, Terminal, TestWorld};

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
