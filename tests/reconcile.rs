//! `reconcile`: who really has an account, beside who should.

mod beside_run;
mod by_flag;
mod decided;
mod exceptions;
mod explained;
mod files;
mod hostile;
mod removed;
mod trouble;

use sandbox::{CalendlyToken, Request, Service, World};
use serde_json::{Value, json};

use crate::support::{FORMATS, TestWorld, VANCE};

/// The demo world with both tokens and its configuration.
fn demo() -> TestWorld {
    TestWorld::demo().with_token().with_accounts()
}

/// The report of `reconcile` as JSON, with further arguments.
#[track_caller]
fn report(test: &TestWorld, arguments: &[&str]) -> Value {
    test.run(&[&["reconcile", "--format", "json"], arguments].concat()).success().json()
}

/// Who has a finding of which check, sorted: people by name, accounts by address.
fn findings(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found = Vec::new();
    let mut take = |who: &str, list: &Value| {
        for finding in list.as_array().unwrap() {
            found.push((text(&finding["check"]), who.to_owned()));
        }
    };
    for person in report["people"].as_array().unwrap() {
        take(person["name"].as_str().unwrap(), &person["findings"]);
    }
    for outsider in report["outsiders"]["rows"].as_array().unwrap_or(&Vec::new()) {
        take(outsider["email"].as_str().unwrap(), &outsider["findings"]);
    }
    take("", &report["organization"]);
    found.sort();
    found
}

/// Whom a check finds, sorted.
fn found(report: &Value, check: &str) -> Vec<String> {
    let findings = findings(report).into_iter();
    findings.filter(|(id, _)| id == check).map(|(_, who)| who).collect()
}

/// The requests to Calendly, without those before `skip` requests to either service.
fn asked_of_calendly(test: &TestWorld, skip: usize) -> Vec<Request> {
    let requests = test.sandbox.requests().into_iter().skip(skip);
    requests.filter(|request| request.service == Service::Calendly).collect()
}

/// The rows of the outsiders' table in the first issue, without their line breaks.
fn rows(test: &TestWorld) -> Vec<String> {
    let content = test.description();
    let (_, table) =
        content.split_once("### Those in Calendly but not part of support team\n\n").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(str::to_owned).collect()
}

/// The row of an outsider in the first issue.
#[track_caller]
fn row(test: &TestWorld, email: &str) -> String {
    let rows = rows(test);
    let found: Vec<&String> = rows.iter().filter(|row| row.contains(email)).collect();
    assert_eq!(found.len(), 1, "{rows:?}");
    found[0].clone()
}

/// Somebody types a justification and a decision into the row of an outsider.
#[track_caller]
fn type_in(test: &TestWorld, email: &str, justification: &str, decision: &str) {
    let row = row(test, email);
    let mut cells: Vec<String> = row.split(" |").map(str::to_owned).collect();
    cells[4] = format!(" {justification}");
    let (_, stamp) = cells[5].split_once("<!--").unwrap();
    cells[5] = format!(" {decision} <!--{stamp}");
    test.replace(&row, &cells.join(" |"));
}

#[test]
fn the_demo_world_has_each_planted_fault_once() {
    let report = report(&demo(), &[]);
    let expected = [
        ("account-missing", "Torbjørn Aaseby"),
        ("admin-missing", "Wambui Njoroge-Hale"),
        ("admin-unexpected", "Concepción Arrieta"),
        ("invitation-pending", "小鳥遊 湊"),
        ("link-malformed", "Zuzana Hrušovská"),
        ("link-mismatch", "Philippa St. Clair-Boone"),
        ("link-missing", "Ezekiel Brightwater"),
        ("link-shared", "Harjit Dhillon-Whyte"),
        ("link-shared", "Priyamvada Ramaswamy"),
        ("manager-unresolved", "Mihi-Rose Tauranga"),
        ("outsider", VANCE),
        ("owner-count", ""),
    ];
    let expected = expected.map(|(check, who)| (check.to_owned(), who.to_owned()));
    assert_eq!(findings(&report), expected);
    assert_eq!(report["problems"], json!([]));
    assert_eq!(report["checks_unknown"], json!([]));
    let seats = json!({ "active": 40, "invited": 1, "outsiders": 1 });
    assert_eq!(report["summary"]["seats"], seats);
    assert_eq!(report["summary"]["findings"], 12);
    let evidence = &report["organization"][0]["evidence"];
    assert_eq!(*evidence, json!("mdaubigny@example.com nadeyemi@example.com"));
    demo().run(&["reconcile", "--exit-code"]).exit(10);
}

#[test]
fn an_account_is_a_persons_by_address_by_page_or_by_alias() {
    let report = report(&demo(), &[]);
    let account = |name: &str| {
        let people = report["people"].as_array().unwrap();
        people.iter().find(|person| person["name"] == name).unwrap()["account"].clone()
    };
    for (name, email) in [
        ("Yasmin El-Khoury", "YElKhoury@Example.com"),
        ("Noémie Tremblay-Roy", "noemie@tremblay-roy.example"),
        ("Ezekiel Brightwater", "zeke@brightwater.example"),
    ] {
        let expected = json!({ "state": "active", "email": email, "role": "user" });
        assert_eq!(account(name), expected, "{name}");
    }
    assert_eq!(account("Torbjørn Aaseby"), json!({ "state": "none" }));
    let invited = json!({ "state": "invited", "email": "m-takanashi@example.com" });
    assert_eq!(account("小鳥遊 湊"), invited);
}

/// Without the alias a like address is a suggestion, and nothing else.
#[test]
fn a_similar_address_is_a_suggestion_and_not_a_match() {
    let test = demo().with("SUPPORT_AUDIT_CONFIG", "");
    test.calendly(|it| it.member("zeke@brightwater.example").unwrap().slug = "zeke".to_owned());
    let ran = test.run(&["reconcile", "--format", "json"]).success();
    let report = ran.json();
    assert_eq!(found(&report, "outsider"), [VANCE, "zeke@brightwater.example"]);
    assert!(found(&report, "account-missing").contains(&"Ezekiel Brightwater".to_owned()));
    let suggestion = ran.stderr.lines().find(|line| line.contains("zeke@brightwater.example"));
    let suggestion = suggestion.unwrap();
    assert!(suggestion.contains("Ezekiel Brightwater") && suggestion.contains("`aliases`"));
    assert!(!ran.stderr.contains(VANCE), "{}", ran.stderr);
}

#[test]
fn every_form_reports_the_accounts_and_the_seats() {
    let test = demo();
    for form in FORMATS {
        let out = test.run(&["reconcile", "--format", form]).success().stdout;
        for part in [
            VANCE,
            "2024-05-14",
            "undecided",
            "40 accounts, 1 invitation, 1 outsider",
            "https://api.calendly.com/organizations/SANDBOXORG000001",
            "owner-count",
            "mdaubigny@example.com nadeyemi@example.com",
        ] {
            assert!(out.contains(part), "{form} {part}: {out}");
        }
    }
    let ran = test.run(&["reconcile"]).success();
    assert!(ran.stderr.contains("40 accounts, 1 invitation, 1 outsider"), "{}", ran.stderr);
    assert!(ran.stdout.contains(", 41 with invitations, read whole, read at "), "{}", ran.stdout);
}

#[test]
fn an_outsider_who_is_an_admin_is_reported_as_both() {
    let test = demo();
    test.calendly(|it| it.member(VANCE).unwrap().role = "admin".to_owned());
    let report = report(&test, &[]);
    assert!(found(&report, "outsider").contains(&VANCE.to_owned()));
    assert_eq!(found(&report, "admin-unexpected"), ["Concepción Arrieta", VANCE]);
    let csv = test.run(&["reconcile", "--format", "csv"]).success().stdout;
    let row = csv.lines().find(|line| line.starts_with("outsiders,Bartholomew")).unwrap();
    assert!(row.contains("\"outsider, admin-unexpected\""), "{row}");
}

/// What the tables say must not depend on who tells: the service, or the file that it exports.
#[test]
fn the_service_and_its_export_give_the_same_findings() {
    let test = demo();
    test.calendly(|it| {
        it.invite("guest@elsewhere.example", "2026-05-06T07:08:09Z".parse().unwrap());
        it.add_member("Owner@Elsewhere.example").role = "Admin".to_owned();
        it.add_member("odd@elsewhere.example").role = "Team Manager".to_owned();
        it.member("asalm@example.com").unwrap().name = "Lindqvist; \"Åsa\", x\r\ny".to_owned();
    });
    let csv = test.sandbox.update(|world| world.calendly.members_csv());
    test.write("users.csv", csv);
    let before = test.sandbox.requests().len();
    let file = report(&test, &["--accounts", "users.csv"]);
    assert_eq!(asked_of_calendly(&test, before).len(), 0);
    let service = report(&test, &[]);
    let without_places = |report: &Value| {
        let mut rows = report["outsiders"]["rows"].clone();
        for row in rows.as_array_mut().unwrap() {
            row.as_object_mut().unwrap().remove("file");
            row.as_object_mut().unwrap().remove("line");
        }
        [report["people"].clone(), rows, report["organization"].clone(), report["summary"].clone()]
    };
    assert_eq!(without_places(&file), without_places(&service));
    assert_eq!(found(&file, "outsider").len(), 4);
    assert_eq!(found(&file, "admin-unexpected").len(), 2);
    assert_eq!(file["accounts"]["source"], "users.csv");
    assert_eq!(file["accounts"]["gaps"], json!([]));
}

/// An organisation of `count` members, all on the roster but the one who owns it and the token.
fn large(count: usize) -> TestWorld {
    let mut world = World::demo().unwrap();
    let calendly = &mut world.calendly;
    calendly.users.clear();
    calendly.invitations.clear();
    calendly.tokens.clear();
    calendly.add_member("p0@example.com").role = "owner".into();
    calendly.add_token(CalendlyToken::new("sandbox-calendly-token", "p0@example.com"));
    let mut roster = String::new();
    for number in 0..count {
        if number > 0 {
            calendly.add_member(&format!("p{number}@example.com"));
        }
        roster.push_str(&format!(
            "- name: Person {number}\n  email: p{number}@example.com\n  calendly: https://calendly.com/p{number}\n"
        ));
    }
    let test = TestWorld::new(world).with_accounts();
    test.write("r.yaml", roster);
    test
}

#[test]
fn ten_thousand_accounts_take_a_hundred_pages() {
    let test = large(10_000);
    let report = report(&test, &["--roster", "r.yaml"]);
    assert_eq!(findings(&report), []);
    let seats = json!({ "active": 10_000, "invited": 0, "outsiders": 0 });
    assert_eq!(report["summary"]["seats"], seats);
    let requests = test.sandbox.requests();
    let pages = requests.iter().filter(|it| it.path.starts_with("/organization_memberships?"));
    let pages: Vec<_> = pages.collect();
    assert_eq!(pages.len(), 100);
    assert!(pages.iter().all(|page| page.path.contains("count=100")));
    // Whose token it is, and the invitations.
    assert_eq!(requests.len(), 102);
}

#[test]
fn what_is_off_or_excluded_is_said_in_every_form() {
    let test = demo();
    let config = test.sandbox.update(|world| world.config.clone()).unwrap();
    let config = std::fs::read_to_string(config).unwrap();
    let policy = format!("exclude = [\"{VANCE}\", \"taaseby\", \"ghost@example.com\"]\n");
    test.write("c.toml", format!("{policy}{config}\n[checks]\noff = [\"owner-count\"]\n"));
    let arguments = ["--config", "c.toml"];
    let json = report(&test, &arguments);
    for check in ["outsider", "account-missing", "owner-count"] {
        assert_eq!(found(&json, check), [""; 0], "{check}");
    }
    assert_eq!(found(&json, "admin-missing").len(), 1);
    assert_eq!(json["checks_off"], json!(["owner-count"]));
    assert_eq!(json["excluded"], json!(["Torbjørn Aaseby", VANCE]));
    assert_eq!(json["excluded_nobody"], json!(["ghost@example.com"]));
    for form in FORMATS {
        let out = test.run(&[&["reconcile", "--format", form][..], &arguments].concat());
        let out = out.success().stdout;
        for part in ["owner-count", VANCE, "ghost@example.com", "Torbjørn Aaseby"] {
            assert!(out.contains(part), "{form} {part}: {out}");
        }
        let is_said = |line: &&str| line.contains(VANCE) && line.to_lowercase().contains("exclude");
        assert!(out.lines().any(|line| is_said(&line)), "{form}: {out}");
    }
}
