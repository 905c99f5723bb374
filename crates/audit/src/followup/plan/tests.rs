//! What is asked, escalated, listed and settled, and in which words.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{AskedHow, Hold, State, Suggestion};
use crate::plan::Action;
use crate::record::marker::{Content, Marker};

/// Findings of every sort that a notice speaks of.
fn many(sample: &Sample) -> Cases {
    let overdue = |id, how| asked(id, "", State::Overdue, how);
    sample.cases(vec![
        sample.case(
            "Ada Bianchi",
            vec![
                entry("link-missing", "", State::NotAsked),
                overdue("account-missing", AskedHow::Mentioned),
            ],
        ),
        sample.case(
            "Bob Stone",
            vec![
                entry("link-shared", "https://calendly.com/bob", State::NotAsked),
                entry("admin-missing", "user", State::NotAsked),
            ],
        ),
        sample.case("Dan Under", vec![overdue("account-missing", AskedHow::Mentioned)]),
        sample.case("Mia Moss", vec![entry("account-missing", "", State::Fixed)]),
        sample.case("Max Moritz", vec![entry("link-missing", "", State::NotAsked)]),
        sample.case("vera@y.example", vec![overdue("outsider", AskedHow::Sent)]),
        sample.case(
            "Calendly",
            vec![entry("owner-count", "a@x.example b@x.example", State::NotAsked)],
        ),
    ])
}

fn parts(due: &Due) -> &[crate::plan::NoticePart] {
    match due.plan.actions.as_slice() {
        [Action::Notice(notice)] => &notice.parts,
        actions => panic!("{actions:?}"),
    }
}

#[test]
fn one_notice_holds_all_that_is_due() {
    let sample = Sample::new();
    let cases = many(&sample);
    expect![[r#"
        1 comment in issue #1: 2 people are asked, 3 managers asked to help, 1 item settled, 2 items for the operators; up to 4 people will be mailed. 1 e-mail to send by hand.
        Asked: Bob Stone (shared link in the roster), Ada Bianchi (no link in the roster)
        1. Post a notice in issue #1:
             **Calendly access review FY28-Q1.** 2 people have something to fix or to explain. **Please do so by Thursday 4 February 2027, 09:00 UTC.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if "on it" is all you would say, a 👍 will do.

             - @ada: no Calendly link in [your entry](https://gitlab.example/team/-/blob/master/data/team.yaml#L1) (`link-missing`)
             - @bob: [your entry](https://gitlab.example/team/-/blob/master/data/team.yaml#L5) has the same Calendly link as somebody else's, <https://calendly.com/bob> (`link-shared`)

             **How to fix.** `link-missing`: add `calendly: https://calendly.com/` followed by the name of your page. `link-shared`: make the link your own; if it is, just say so.

             Without a fix or a reply by then, your manager and the Support Operations Manager are asked to help.

             **Help wanted** by Thursday 4 February 2027, 09:00 UTC. A fix (you may make it), or "intentional, because …", or "away until …" in a reply here settles it; after that it goes into the review as unanswered.

             - @mia, about `Ada Bianchi`: no Calendly account (`account-missing`), [asked on 1 February](https://gitlab.example/audits/-/issues/1#note_3)
             - @otto, about `Dan Under`: no Calendly account (`account-missing`), [asked on 1 February](https://gitlab.example/audits/-/issues/1#note_3)

             @nadia: 2 people and 2 managers are named above; nothing is needed from you unless you want to help. Yours to decide: `vera@y.example` is not on the roster and was asked by e-mail on 1 February.

             **Settled.** Confirmed as fixed: `account-missing` of `Mia Moss`. Thank you.

             **For the operators** (2): fix each, or accept it with a reason.

             - `admin-missing`: `Bob Stone` is on the operations team but is a user. Make them an admin.
             - `owner-count`: the organisation has two owners, `a@x.example` and `b@x.example`. Leave exactly one.

             <!-- support-audit v1 calendly FY28-Q1 notice ask/link-missing/ud901af4ccd999979+ed5e059495ea6a82d/e3b0c442/1/at=20270201T090000Z/due=20270204T090000Z/to=1001 ask/link-shared/u0cbd316cf0b392a6+ed6440f084120b555/7af7b47f/1/at=20270201T090000Z/due=20270204T090000Z/to=1002 escalate/account-missing/ud901af4ccd999979+ed5e059495ea6a82d/e3b0c442/1/at=20270201T090000Z/due=20270204T090000Z/to=1003+1004 escalate/account-missing/ua6afd27463dd37d1+e1dc93f08cf6293de/e3b0c442/1/at=20270201T090000Z/due=20270204T090000Z/to=1005+1004 escalate/outsider/e71ade844cebe33b5/e3b0c442/1/at=20270201T090000Z/account=0123456789abcdef/due=20270204T090000Z/to=1004 fixed/account-missing/u98927dfb9d8b4908+e8dc0d224ac31f695/e3b0c442/1/at=20270201T090000Z ask/admin-missing/u0cbd316cf0b392a6+ed6440f084120b555/04f8996d/1/at=20270201T090000Z ask/owner-count/oaf3a1bb312bf8430/fd893642/1/at=20270201T090000Z lines=2x1+3x1+11x1+12x1+14x1+16x1+20x1+21x1 -->
        Note: write to Max Moritz by e-mail (no GitLab username is known), then record it with --sent max@x.example.
        Note: escalation for Ada Bianchi: Mia Moss is the manager of Ada Bianchi; nadia is a Support Operations Manager.
        Note: escalation for Dan Under: the manager of Otto Ohm is not known; Otto Ohm is the manager of Dan Under, and nobody else is left; nadia is a Support Operations Manager.
        Note: escalation for vera@y.example: people outside the roster have no known manager; nadia is a Support Operations Manager.
        Letter to Some("max@x.example"): Calendly access review FY28-Q1 - please reply by 4 February 2027
    "#]].assert_eq(&sample.shown(&cases, &Selection::default()));
}

#[test]
fn everybody_is_mentioned_once() {
    let sample = Sample::new();
    // Mia is asked herself, and is the manager of Ada.
    let cases = sample.cases(vec![
        sample.case(
            "Ada Bianchi",
            vec![asked("link-missing", "", State::Overdue, AskedHow::Mentioned)],
        ),
        sample.case("Mia Moss", vec![entry("account-missing", "", State::NotAsked)]),
    ]);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    let body = &parts(&due)[0].body;
    assert_eq!(body.matches("@mia").count(), 1, "{body}");
    assert!(body.contains("- `mia`, about `Ada Bianchi`: no Calendly link"), "{body}");
    let Content::Notice(steps) = &parts(&due)[0].marker.content else { panic!() };
    let mentioned: Vec<&[u64]> = steps.iter().map(|step| &*step.mentioned).collect();
    assert_eq!(mentioned, [&[1003][..], &[1003, 1004]]);
    assert_eq!(due.mentioned, 2);
}

#[test]
fn underscores_of_usernames_are_escaped() {
    let sample = Sample::new();
    let cases = sample
        .cases(vec![sample.case("Dan Under", vec![entry("account-missing", "", State::NotAsked)])]);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    assert!(parts(&due)[0].body.contains("- @\\_dan\\_: no account"), "{}", due.plan);
}

#[test]
fn what_is_settled_alone_makes_no_notice() {
    let sample = Sample::new();
    let cases = sample
        .cases(vec![sample.case("Mia Moss", vec![entry("account-missing", "", State::Fixed)])]);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    assert!(due.plan.is_empty(), "{}", due.plan);
}

#[test]
fn who_cannot_be_mentioned_gets_a_letter() {
    let mut sample = Sample::new();
    sample.directory.add(crate::record::directory::Known {
        user: user(1002, "bob"),
        is_active: true,
        sees_issue: false,
        access_level: 30,
    });
    let cases = sample.cases(vec![
        sample.case("Bob Stone", vec![entry("link-missing", "", State::NotAsked)]),
        sample.case("vera@y.example", vec![entry("outsider", "user", State::NotAsked)]),
    ]);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    assert!(due.plan.is_empty());
    let letters: Vec<(&str, Option<&str>, &str)> = due
        .letters
        .iter()
        .map(|letter| (&*letter.subject_name, letter.email.as_deref(), &*letter.reason))
        .collect();
    assert_eq!(
        letters,
        [
            ("bob@x.example", Some("bob@x.example"), "they do not see the issue"),
            ("vera@y.example", Some("vera@y.example"), "no GitLab username is known"),
        ]
    );
    for letter in &due.letters {
        assert!(!letter.text.contains("https://gitlab"), "{}", letter.text);
    }
}

#[test]
fn nobody_is_asked_in_these_states() {
    let sample = Sample::new();
    let suggestion = Suggestion {
        account: "b@y.example".to_owned(),
        person: "Bob Stone".to_owned(),
        person_email: None,
        reason: "a like name",
    };
    let states = [
        State::Unknown(crate::evaluation::Unknown::Gaps),
        State::Held(Hold::Suggestion(vec![suggestion])),
        State::Answered,
        State::Exhausted,
        State::Escalated { until: sample.now },
        State::Waiting { until: Some(sample.now) },
        State::Justified(crate::followup::Justification::Exception(0)),
        State::ToRemove(decision(crate::followup::Verdict::Remove, "")),
        State::Fixed,
        State::Gone,
    ];
    for state in states {
        let name = state.as_str();
        let cases =
            sample.cases(vec![sample.case("Bob Stone", vec![entry("link-missing", "", state)])]);
        let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
        assert!(due.plan.is_empty() && due.letters.is_empty(), "{name}: {}", due.plan);
    }
}

#[test]
fn a_selection_narrows_the_run() {
    let sample = Sample::new();
    let cases = many(&sample);
    let asked = |selection: &Selection| {
        let due = plan_cases(&sample.input(), &cases, selection).unwrap();
        due.plan.summary.join(" ")
    };
    let only = |name: &str| Selection { only: vec![name.to_owned()], ..Selection::default() };
    for name in ["Bob Stone", "bob@x.example", "bob", "@Bob", "gitlab:1002"] {
        assert_eq!(
            asked(&only(name)),
            "1 comment in issue #1: 1 person is asked, 1 item for the operators; up to 1 person will be mailed. Asked: Bob Stone (shared link in the roster)",
            "{name}"
        );
    }
    assert_eq!(
        plan_cases(&sample.input(), &cases, &only("Zoe")),
        Err(Refusal::NoSuch("Zoe".to_owned()))
    );
    // Those whose wait ended come first, then the others by name.
    let first = |limit| Selection { limit: Some(limit), ..Selection::default() };
    let mut later = Sample::new();
    later.now = at("2027-02-05T09:00:00Z");
    let steps = |limit| {
        let due = plan_cases(&later.input(), &cases, &first(limit)).unwrap();
        let Content::Notice(steps) = &parts(&due)[0].marker.content else { panic!() };
        let of_people = steps.iter().filter(|step| !step.mentioned.is_empty());
        let mut names: Vec<String> =
            of_people.map(|step| format!("{} {}", step.action.as_str(), step.check)).collect();
        names.sort();
        names
    };
    assert_eq!(steps(1), ["ask link-missing", "escalate account-missing"]);
    assert_eq!(
        steps(2),
        ["ask link-missing", "escalate account-missing", "escalate account-missing"]
    );
}

#[test]
fn after_a_review_request_only_what_is_named_is_posted() {
    let sample = Sample::new();
    let mut cases = many(&sample);
    let note = asked("link-missing", "", State::Overdue, AskedHow::Mentioned).ask.unwrap().note;
    for (is_complete, is_posted) in [(true, false), (false, true)] {
        cases.reviews = vec![crate::followup::ReviewRequest {
            note: note.clone(),
            is_complete,
            state: String::new(),
            reviewer: None,
        }];
        let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
        assert_eq!(!due.plan.is_empty(), is_posted, "{}", due.plan);
    }
    cases.reviews[0].is_complete = true;
    let only = Selection { only: vec!["ada".to_owned()], ..Selection::default() };
    assert!(!plan_cases(&sample.input(), &cases, &only).unwrap().plan.is_empty());
}

#[test]
fn whoever_was_mentioned_by_hand_is_asked_only_if_the_operator_says_so() {
    let mut sample = Sample::new();
    sample.say(7, (1005, "otto"), "Hi @Ada and @bob, please look.");
    sample.say(8, (1002, "bob"), "@dan look");
    let cases = many(&sample);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    let by_hand: Vec<(&str, u64)> =
        due.by_hand.iter().map(|it| (&*it.subject_name, it.note)).collect();
    assert_eq!(by_hand, [("ada@x.example", 7), ("bob@x.example", 7)]);
    let body = &parts(&due)[0].body;
    assert!(!body.contains("@ada") && !body.contains("@bob"), "{body}");
    // What she was asked before is escalated all the same.
    assert!(body.contains("@mia, about `Ada Bianchi`: no Calendly account"), "{body}");
    for selection in [
        Selection { confirmed: vec!["ada".to_owned()], ..Selection::default() },
        Selection { only: vec!["ada".to_owned()], ..Selection::default() },
    ] {
        let due = plan_cases(&sample.input(), &cases, &selection).unwrap();
        assert!(parts(&due)[0].body.contains("- @ada: "), "{}", due.plan);
    }
}

#[test]
fn a_long_notice_continues_in_its_thread() {
    let sample = Sample::new();
    // One person with a value of a million characters, 200 others, and 3,500 items for the operators.
    let huge = "https://calendly.com/x".to_owned() + &"x".repeat(1_000_000);
    let mut cases =
        vec![sample.case("Bob Stone", vec![entry("link-malformed", &huge, State::NotAsked)])];
    for number in 0..200 {
        let mut case = sample.case("Ada Bianchi", vec![entry("link-missing", "", State::NotAsked)]);
        case.name = format!("Person {number}");
        let mut help = sample.case(
            "Dan Under",
            vec![asked("account-missing", "", State::Overdue, AskedHow::Mentioned)],
        );
        help.name = format!("Report {number} {}", "é".repeat(300));
        cases.extend([case, help]);
    }
    for number in 0..3_500 {
        let mut case =
            sample.case("Bob Stone", vec![entry("manager-unresolved", "Zoe", State::NotAsked)]);
        case.name = format!("Orphan {number}");
        cases.push(case);
    }
    let cases = sample.cases(cases);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    let parts = parts(&due);
    let mut steps = 0;
    for (index, part) in parts.iter().enumerate() {
        let (text, marker) = part.body.rsplit_once("\n<!--").unwrap();
        assert!(text.chars().count() <= 40_000, "{}", text.chars().count());
        assert!(marker.len() < 1_000_000, "{}", marker.len());
        let Content::Notice(of_part) = &part.marker.content else { panic!() };
        steps += of_part.len();
        assert_eq!(Marker::of_comment(&part.body).as_ref(), Some(&part.marker));
        // The Support Operations Manager comes when all of it is there.
        assert_eq!(text.contains("@nadia"), index + 1 == parts.len(), "{index}");
    }
    assert_eq!(steps, 1 + 200 + 200 + 3_500);
    assert!(parts[0].body.contains("**For the operators** (3500)") || parts.len() > 1);
    let all: String = parts.iter().map(|part| &*part.body).collect();
    assert!(all.contains("- and 3400 more, which `support-audit status` lists"));
    for name in ["ada", "bob", "otto", "nadia"] {
        assert_eq!(all.matches(&format!("@{name}")).count(), 1, "{name}");
    }
}

#[test]
fn an_issue_takes_5000_comments() {
    let mut sample = Sample::new();
    for id in 0..5_000 {
        sample.say(id + 100, (1002, "bob"), "Words.");
    }
    let cases = many(&sample);
    let refused = plan_cases(&sample.input(), &cases, &Selection::default());
    assert_eq!(refused, Err(Refusal::TooManyComments { left: 0 }));
}

#[test]
fn a_second_manager_is_mentioned_for_what_is_about_the_first() {
    let mut sample = Sample::new();
    sample.managers = vec!["mia".to_owned(), "sam".to_owned()];
    let overdue = |name| {
        sample.case(name, vec![asked("account-missing", "", State::Overdue, AskedHow::Mentioned)])
    };
    let cases = sample.cases(vec![overdue("Dan Under"), overdue("Mia Moss")]);
    let due = plan_cases(&sample.input(), &cases, &Selection::default()).unwrap();
    let body = &parts(&due)[0].body;
    assert!(body.contains("\n@mia: 1 person and 1 manager are named above"), "{body}");
    assert!(body.contains("@sam: 1 person and 1 manager are named above"), "{body}");
}

#[test]
fn whom_an_escalation_goes_to() {
    let sample = Sample::new();
    // Mia reports to Otto, who runs the audit and is the only one above her.
    let chain = |sample: &Sample, name: &str| {
        let cases = sample.cases(vec![sample.case(name, Vec::new())]);
        let chain = cases.cases[0].chain.clone().unwrap();
        let name = |user: Option<User>| user.map_or("nobody".to_owned(), |user| user.username);
        format!(
            "{}, {}: {}",
            name(chain.manager),
            name(chain.support_manager),
            chain.reasons.join("; ")
        )
    };
    expect![
        "mia, nadia: Mia Moss is the manager of Ada Bianchi; nadia is a Support Operations Manager"
    ]
    .assert_eq(&chain(&sample, "Ada Bianchi"));
    expect!["otto, nadia: the manager of Otto Ohm is not known; Otto Ohm is the manager of Mia Moss, and nobody else is left; nadia is a Support Operations Manager"].assert_eq(&chain(&sample, "Mia Moss"));
    expect!["nobody, nadia: people outside the roster have no known manager; nadia is a Support Operations Manager"].assert_eq(&chain(&sample, "vera@y.example"));
    let mut sample = Sample::new();
    sample.managers = vec!["otto".to_owned(), "mia".to_owned()];
    expect!["mia, nobody: Mia Moss is the manager of Ada Bianchi; mia is a Support Operations Manager; not otto, who runs the audit; mia is the Support Operations Manager as well"].assert_eq(&chain(&sample, "Ada Bianchi"));
    sample.managers = vec!["nobody".to_owned()];
    expect!["otto, nobody: the manager of Otto Ohm is not known; Otto Ohm is the manager of Mia Moss, and nobody else is left; not nobody: GitLab knows no such user who sees the issue"].assert_eq(&chain(&sample, "Mia Moss"));
}
