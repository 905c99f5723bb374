//! What is ready for a review, who is asked for it, and in which words.

use expect_test::expect;

use super::*;
use crate::followup::Act;
use crate::followup::tests::told::{ADA, BERT, LINK, OLGA, PETE, SAM, edit, told, with_outsider};
use crate::followup::tests::world::{URL, World};
use crate::input::Provenance;

fn report(world: &World) -> Report {
    let provenance = Provenance {
        project: Some("group/team".to_owned()),
        path: "data/team.yaml".to_owned(),
        commit: Some("0123abcd".to_owned()),
        sha256: "4c29".to_owned(),
        read_at: world.now,
        version: "1.2.3".to_owned(),
    };
    Report::new(provenance, world.texts.evaluate(world.now))
}

/// Posts the request of an operator, to whoever may be asked if `to_manager`.
fn request(world: &mut World, operator: u64, to_manager: bool) -> String {
    let report = report(world);
    let by = world.user(operator).clone();
    let plan = world.with_facts(|facts| {
        let reviewer = reviewer(facts, &by).filter(|_| to_manager);
        plan(facts, &report, reviewer, URL)
    });
    let posted = world.post(&plan, operator);
    world.note_mut(posted[0].0).body.clone()
}

fn ready(world: &mut World) -> Readiness {
    world.with_facts(readiness)
}

/// An audit in which everything is addressed: Ada's link is accepted, and she is asked no more.
fn addressed() -> World {
    let mut world = with_outsider();
    world.forget(true);
    world.unlink();
    world.run(OLGA);
    world.pass(1);
    let findings = [LINK, "outsider:xeno@y.example"].map(str::to_owned).to_vec();
    world.do_act(PETE, Act::Accept { findings, reason: "Fine.".to_owned() });
    world.run(OLGA);
    world
}

#[test]
fn what_is_open_or_unknown_is_told() {
    type Change = fn(&mut World);
    let changes: [(Change, &[&str]); 9] = [
        (|_| {}, &[]),
        (
            |world| {
                edit(&mut world.texts.team, "reports_to: Mia", "calendly: x\n  reports_to: Mia");
            },
            &["link-malformed:ada@x.example is not asked"],
        ),
        (
            |world| {
                edit(&mut world.texts.team, "reports_to: Mia", "calendly: x\n  reports_to: Mia");
                world.run(OLGA);
            },
            &[
                "link-malformed:ada@x.example is waiting until 2027-02-04T11:00:00Z, asked on 2027-02-01",
            ],
        ),
        (
            |world| {
                edit(&mut world.texts.team, "reports_to: Mia", "calendly: x\n  reports_to: Mia");
                world.run(OLGA);
                world.say(ADA, None, "So what?");
            },
            &[
                "link-malformed:ada@x.example is answered, asked on 2027-02-01: read it, then --accept or --ask-again",
            ],
        ),
        (
            |world| {
                edit(&mut world.texts.team, "reports_to: Mia", "calendly: x\n  reports_to: Mia");
                let body = world.forge(Marked::Accept, "link-malformed", "ada@x.example").unwrap();
                world.say(BERT, None, &body);
            },
            &[
                "link-malformed:ada@x.example is held: bert wrote a marker of ours and is not among `operators`",
            ],
        ),
        (|world| world.texts.accounts = None, &["the check outsider is unknown without accounts"]),
        (
            |world| world.texts.team.push_str("- 7\n"),
            &[
                "the check outsider is unknown while a problem may hide a person",
                "a person may be hidden: team.yaml:9: the entry is a number, not a mapping",
            ],
        ),
        (
            |world| world.texts.recorded = Some(3),
            &["the roster is more than 10 % smaller than the 3 people of the issue"],
        ),
        // Even where no check concludes anything from it.
        (
            |world| {
                let off = ["outsider", "admin-unexpected", "manager-unresolved"];
                world.texts.policy.checks_off = off.map(str::to_owned).to_vec();
                world.texts.recorded = Some(3);
            },
            &["the roster is more than 10 % smaller than the 3 people of the issue"],
        ),
    ];
    for (change, expected) in changes {
        let mut world = addressed();
        change(&mut world);
        let open = ready(&mut world).open;
        for line in expected {
            assert!(open.contains(&(*line).to_owned()), "{line}: {open:#?}");
        }
        assert_eq!(open.is_empty(), expected.is_empty(), "{open:#?}");
        // A request claims completeness only where nothing is open.
        let body = request(&mut world, OLGA, true);
        let claim = if expected.is_empty() { "complete=yes" } else { "complete=no" };
        assert!(body.contains(claim) && body.contains("@sam") == expected.is_empty(), "{body}");
    }
}

#[test]
fn the_request_is_a_summary_for_five_minutes() {
    let mut world = addressed();
    let body = request(&mut world, OLGA, true);
    let lines = body.split_inclusive('\n');
    let body: String = lines.filter(|line| !line.contains("support-audit v1")).collect();
    expect![[r#"
        @sam: the Calendly access review FY28-Q1 is done. Please look it over, mark it complete and close this issue.

        - 2 people, 2 findings (link-missing: 1, outsider: 1), 0 problems; 3 accounts, 0 invitations, 1 outsider.
        - 2 justified.

        **Justified**

        - `link-missing` of Ada Ash, by `pete`: <https://gitlab.example/group/audits/-/issues/1#note_102>
        - `outsider` of `xeno@y.example`, by `pete`: <https://gitlab.example/group/audits/-/issues/1#note_103>

        **Sources**

        - Roster `group/team` `data/team.yaml` at commit `0123abcd`, SHA-256 `4c29`, 2 people, read at 2027-02-01T11:00:00Z by support-audit 1.2.3.
        - Accounts `users.csv`, SHA-256 `2a47302cdec939e10f33ddcba3189e5d1133fa078e6dae8c067cc882cce58fdf`, 3 with invitations, read whole, read at 2027-02-01T11:00:00Z.

    "#]]
    .assert_eq(&body);
}

/// Whoever reviews sees what nobody looked at, and what was justified beforehand by whom.
#[test]
fn what_is_left_out_or_excepted_is_told() {
    let mut world = with_outsider();
    world.texts.policy.checks_off = vec!["link-shared".to_owned()];
    world.texts.policy.exclude = vec!["mia@x.example".to_owned()];
    "- check: outsider\n  email: xeno@y.example\n  reason: Books demos.\n  approved_by: sam\n  approved_on: 2027-01-01\n  expires: 2027-06-01\n"
        .clone_into(&mut world.texts.exceptions);
    let body = request(&mut world, OLGA, true);
    for line in [
        "- Check off: link-shared.\n",
        "- Excluded: Mia Man.\n",
        "- Exception used, outsider, for `xeno@y.example`, expires on 2027-06-01, approved on 2027-01-01 by `sam`: Books demos.",
    ] {
        assert!(body.contains(line), "{line}: {body}");
    }
}

#[test]
fn without_completeness_it_claims_nothing_and_tells_nobody() {
    let mut world = told();
    let body = request(&mut world, OLGA, false);
    assert!(
        body.starts_with(
            "How the Calendly access review FY28-Q1 stands, with what is still open.\n"
        )
    );
    assert!(body.split('`').step_by(2).all(|it| !it.contains('@')), "{body}");
    assert!(body.contains("\n**Open**\n\n- `link-missing:ada@x.example is not asked`\n"), "{body}");
    let asked = ready(&mut world).asked.unwrap();
    assert_eq!((&*asked.by, asked.is_complete), ("olga", false));
    let message = world.with_facts(|facts| direct_message(facts, &readiness(facts), URL));
    assert!(message.starts_with(
        "Hello! The Calendly access review FY28-Q1 cannot be finished without you. Still open:\n- link-missing:ada@x.example is not asked\n"
    ));
    assert!(message.ends_with(&format!("Please have a look: {URL}\n")));
}

#[test]
fn it_may_be_asked_again_when_the_findings_have_changed() {
    let mut world = addressed();
    assert_eq!(ready(&mut world).asked, None);
    request(&mut world, OLGA, true);
    let asked = ready(&mut world).asked.unwrap();
    assert!(asked.is_complete && asked.is_current && asked.by == "olga");
    world.pass(24 * 30);
    assert!(ready(&mut world).asked.unwrap().is_current);
    edit(&mut world.texts.team, "https://calendly.com/mia", "https://calendly.com/mia/x");
    assert!(!ready(&mut world).asked.unwrap().is_current);
    let findings = vec!["link-malformed:mia@x.example".to_owned()];
    world.do_act(PETE, Act::Accept { findings, reason: "Fine.".to_owned() });
    assert!(!ready(&mut world).asked.unwrap().is_current);
    request(&mut world, PETE, true);
    let asked = ready(&mut world).asked.unwrap();
    assert!(asked.is_current && asked.by == "pete");
    // The last one counts, and only an operator's.
    let body = world.conversation.threads.last().unwrap().notes[0].body.clone();
    let forged = world.say(BERT, None, &body);
    assert_ne!(ready(&mut world).asked.unwrap().note, forged);
}

#[test]
fn the_reviewer_is_not_the_operator_where_there_is_another() {
    let managers: [(&[&str], u64, Option<&str>); 6] = [
        (&["sam", "sue"], OLGA, Some("sam")),
        (&["sam", "sue"], SAM, Some("sue")),
        (&["sam"], SAM, Some("sam")),
        (&["none", "sue"], OLGA, Some("sue")),
        (&["none"], OLGA, None),
        (&[], OLGA, None),
    ];
    for (names, operator, expected) in managers {
        let mut world = told();
        world.forget(true);
        world.managers = names.iter().map(|it| (*it).to_owned()).collect();
        let by = world.user(operator).clone();
        let found = world.with_facts(|facts| reviewer(facts, &by).map(|it| it.username.clone()));
        assert_eq!(found.as_deref(), expected, "{names:?}");
    }
}
