//! How an audit stands.

use expect_test::expect;

use super::*;
use crate::followup::Act;
use crate::followup::tests::told::{LINK, OLGA, PETE, edit, told, with_outsider};
use crate::followup::tests::world::{URL, World};
use crate::plan::Plan;
use crate::report::Decision;
use crate::steps::outsiders::{self, Proposal};

fn issue() -> Issue {
    Issue {
        url: URL.to_owned(),
        closed_by: None,
        is_closed: false,
        has_report: true,
        operator: "olga".to_owned(),
    }
}

fn stage(world: &mut World, issue: &Issue) -> (Stage, &'static str, String) {
    world.with_facts(|facts| {
        let status = status(facts, issue);
        (status.stage(), status.next(), status.summary.clone())
    })
}

#[test]
fn the_stages_of_an_audit() {
    let mut world = told();
    let no_report = Issue { has_report: false, ..issue() };
    let found = stage(&mut world, &no_report);
    assert_eq!((found.0, found.1), (Stage::Begun, "support-audit run --write"));
    let found = stage(&mut world, &issue());
    assert_eq!((found.0, found.1), (Stage::Reconciling, "support-audit reconcile --write"));

    let mut world = with_outsider();
    let found = stage(&mut world, &issue());
    assert_eq!(found, (Stage::FollowingUp, "support-audit followups", "1 not asked".to_owned()));
    let findings = vec!["outsider:xeno@y.example".to_owned()];
    world.do_act(PETE, Act::Accept { findings, reason: "Fine.".to_owned() });
    let found = stage(&mut world, &issue());
    assert_eq!(found, (Stage::Ready, "support-audit submit-review", "1 justified".to_owned()));

    let state = world.with_facts(|facts| crate::steps::review::readiness(facts).state);
    let mark = Mark::from(World::marker().of(Marked::Review)).with("state", state);
    let body = format!("@sam: please.\n\n{}", mark.with("complete", "yes"));
    world.say(OLGA, None, &body);
    let (found, next, summary) = stage(&mut world, &issue());
    assert_eq!((found, next), (Stage::InReview, "wait for the manager"));
    assert_eq!(summary, "olga has asked sam to review and close it");
    edit(&mut world.texts.team, "https://calendly.com/mia", "https://calendly.com/mia/x");
    let (_, _, summary) = stage(&mut world, &issue());
    assert!(summary.ends_with("close it; the findings have changed since"), "{summary}");

    for (by, expected) in [
        (Some("sam"), "closed by sam"),
        (Some("Olga"), "closed by Olga, who is the operator: a manager should have"),
        (None, "closed by somebody"),
    ] {
        let closed_by = by.map(str::to_owned);
        let closed = Issue { is_closed: true, closed_by, ..issue() };
        let (found, next, summary) = stage(&mut world, &closed);
        assert_eq!((found, next, &*summary), (Stage::Closed, "support-audit init-issue", expected));
    }
}

/// Refuses another order of what comes next; a run and a wait lie between.
#[track_caller]
fn goes_on(world: &mut World, expected: &[&str]) {
    for expected in expected {
        let (_, next, summary) = stage(world, &issue());
        assert_eq!(next, format!("support-audit {expected}"), "{summary}");
        world.pass(73);
        world.run(OLGA);
    }
}

/// Who is asked no more is left to a decision about the account, or to the manager.
#[test]
fn where_nobody_is_left_to_ask_a_decision_comes_next() {
    let mut world = with_outsider();
    world.do_act(OLGA, Act::Sent { subject: "xeno@y.example".to_owned() });
    goes_on(&mut world, &["followups", "followups", "reconcile --write"]);
    let email = "xeno@y.example".to_owned();
    let justification = "Left.".to_owned();
    let proposal = Proposal { email, decision: Decision::Remove, justification };
    let (marker, policy) = (World::marker(), &world.texts.policy);
    let action =
        outsiders::confirm(world.evaluation(), policy, marker, 1, "pete", &proposal).unwrap();
    world.post(&Plan { actions: vec![action], notes: Vec::new() }, PETE);
    goes_on(&mut world, &["reconcile --remove"]);

    let mut world = with_outsider();
    edit(&mut world.texts.team, "https://calendly.com/ada", "https://calendly.com/ada/x");
    let findings = vec!["outsider:xeno@y.example".to_owned()];
    world.do_act(PETE, Act::Accept { findings, reason: "Fine.".to_owned() });
    world.run(OLGA);
    goes_on(&mut world, &["followups", "followups", "submit-review --unresolved"]);

    // What is fixed has to be told first.
    let mut world = with_outsider();
    edit(&mut world.texts.team, "https://calendly.com/ada", "https://calendly.com/ada/x");
    world.do_act(OLGA, Act::Sent { subject: "xeno@y.example".to_owned() });
    for _ in 0..3 {
        world.run(OLGA);
        world.pass(73);
    }
    edit(&mut world.texts.team, "https://calendly.com/ada/x", "https://calendly.com/ada");
    goes_on(&mut world, &["followups", "reconcile --write"]);
}

#[test]
fn every_finding_with_its_state_and_what_comes_next() {
    let (mut world, _, _) = World::asked(73);
    edit(&mut world.texts.team, "reports_to: Mia Man", "reports_to: Nobody");
    world.run(OLGA);
    assert_eq!(world.word(LINK), "escalated");
    let (table, json) = world.with_facts(|facts| {
        let status = status(facts, &issue());
        (status.table(), serde_json::to_string_pretty(&status).unwrap())
    });
    expect![[r#"
        FY28-Q1 https://gitlab.example/group/audits/-/issues/1
        Stage: reconciling; the accounts are not known
        Next: support-audit reconcile --write

        Finding                           State      Age      Due (UTC)
        link-missing:ada@x.example        escalated  3 d 1 h  2027-02-07 11:00
        manager-unresolved:ada@x.example  waiting    0 h
        Unknown: link-mismatch without accounts
        Unknown: account-missing without accounts
        Unknown: invitation-pending without accounts
        Unknown: outsider without accounts
        Unknown: owner-count without accounts
        Unknown: admin-missing without accounts
        Unknown: admin-unexpected without accounts
    "#]]
    .assert_eq(&table);
    expect![[r#"
        {
          "schema": "support-audit/status/1",
          "issue": "https://gitlab.example/group/audits/-/issues/1",
          "period": "FY28-Q1",
          "stage": "reconciling",
          "summary": "the accounts are not known",
          "next": "support-audit reconcile --write",
          "findings": [
            {
              "finding": "link-missing:ada@x.example",
              "check": "link-missing",
              "subject": "ada@x.example",
              "name": "Ada Ash",
              "state": "escalated",
              "standing": "is escalated until 2027-02-07T11:00:00Z, asked on 2027-02-01",
              "round": 1,
              "asked_at": "2027-02-01T10:00:00.003Z",
              "age_hours": 73,
              "due": "2027-02-07T11:00:00.009Z",
              "thread": "https://gitlab.example/group/audits/-/issues/1#note_101"
            },
            {
              "finding": "manager-unresolved:ada@x.example",
              "check": "manager-unresolved",
              "subject": "ada@x.example",
              "name": "Ada Ash",
              "state": "waiting",
              "standing": "is waiting for an operator, asked on 2027-02-04",
              "round": 1,
              "asked_at": "2027-02-04T11:00:00.012Z",
              "age_hours": 0,
              "due": null,
              "thread": "https://gitlab.example/group/audits/-/issues/1#note_103",
              "evidence": "Nobody"
            }
          ],
          "unknown": [
            "link-mismatch without accounts",
            "account-missing without accounts",
            "invitation-pending without accounts",
            "outsider without accounts",
            "owner-count without accounts",
            "admin-missing without accounts",
            "admin-unexpected without accounts"
          ]
        }"#]]
    .assert_eq(&json);
}
