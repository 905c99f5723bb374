//! What is ready for a review, who is asked for it, and in which words.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{AskedHow, Justification, NoteRef, ReviewRequest, State, Verdict};
use crate::input::Provenance;
use crate::record::marker::{ReportMark, WithdrawalReason};

fn report(sample: &Sample) -> Report {
    let provenance = Provenance {
        project: Some("group/team".to_owned()),
        path: "data/team.yaml".to_owned(),
        commit: Some("cfcd02a3".to_owned()),
        sha256: "4c29".to_owned(),
        read_at: sample.now,
        version: "1.2.3",
    };
    Report::new(provenance, Sample::new().evaluation)
}

fn note(id: u64) -> NoteRef {
    NoteRef {
        id,
        thread: "t".to_owned(),
        created_at: at("2027-02-01T10:00:00Z"),
        author: user(1005, "otto"),
    }
}

/// An audit whose report is recorded, read again afterwards.
fn recorded() -> Sample {
    let mut sample = Sample::new();
    let mark = ReportMark {
        people: 7,
        accounts: Some(4),
        is_complete: true,
        invitations: Some(1),
        findings: Some(12),
        outsiders: Some(1),
        part: None,
    };
    let body = Sample::header().with(Content::Report(mark)).to_string();
    sample.say(5, (1005, "otto"), &body);
    sample.now = at("2027-02-07T11:00:00Z");
    sample.evaluation.accounts.as_mut().unwrap().capture.read_at = sample.now;
    sample
}

/// Findings all of which are settled or justified.
fn settled(sample: &Sample) -> Cases {
    let decided = |verdict, reason| decision(verdict, reason);
    let removed = State::Removed {
        decision: decided(Verdict::Remove, "left the project"),
        record: Some(note(30)),
    };
    sample.cases(vec![
        sample.case(
            "Ada Bianchi",
            vec![
                asked("link-missing", "", State::Fixed, AskedHow::Mentioned),
                entry(
                    "account-missing",
                    "",
                    State::Justified(Justification::Decision(decided(
                        Verdict::Accept,
                        "hands over | in March",
                    ))),
                ),
            ],
        ),
        sample.case(
            "Bob Stone",
            vec![entry("link-missing", "", State::Withdrawn(WithdrawalReason::Off))],
        ),
        sample.case("vera@y.example", vec![asked("outsider", "user", removed, AskedHow::Sent)]),
    ])
}

fn body(plan: &Plan) -> &str {
    match plan.actions.last() {
        Some(Action::Comment { body, .. }) => body,
        action => panic!("{action:?}"),
    }
}

#[test]
fn the_review_request() {
    let sample = recorded();
    let cases = settled(&sample);
    let input = sample.input();
    assert_eq!(readiness(&input, &cases).open, [""; 0]);
    let reviewer = reviewer(&input).cloned();
    assert_eq!(reviewer.as_ref().map(|user| &*user.username), Some("nadia"));
    let plan = plan(&input, &cases, &report(&sample), reviewer.as_ref(), None);
    expect![[r#"
        @nadia: the Calendly access review FY28-Q1 is ready for your review (about five minutes). If you agree, mark it complete and close this issue; if not, reply here.

        |  | First report (1 Feb) | Now (7 Feb) |
        | --- | --- | --- |
        | People on the roster | 7 | 6 |
        | Accounts, invitations | 3, 1 | 3, 0 |
        | Findings | 12 | 0 open, 3 settled, 1 accepted |
        | Outsiders | 1 | 1 |

        **1. Removed from Calendly (1)**

        | Account | Asked | Decided by | Reason | Record |
        | --- | --- | --- | --- | --- |
        | `vera@y.example` | by e-mail 1 Feb, no reply | `otto` | `left the project` | [decision](https://gitlab.example/audits/-/issues/1#note_14), [removal](https://gitlab.example/audits/-/issues/1#note_30) |

        **2. Kept or accepted (1)**

        | Finding | Who | Reason | By | Record |
        | --- | --- | --- | --- | --- |
        | `account-missing` | `Ada Bianchi` | `hands over \| in March` | `otto` | [record](https://gitlab.example/audits/-/issues/1#note_14) |

        **3. Fixed (1)**

        - `link-missing` of `Ada Bianchi`, [asked](https://gitlab.example/audits/-/issues/1#note_3)

        **4. No longer relevant (1)**

        - `link-missing` of `Bob Stone`

        **5. Not checked:** none.
        **6. Exceptions used:** none.

        Nobody accepted a finding about themselves. Sources: roster commit `cfcd02a3` read at 2027-02-07 11:00 UTC, SHA-256 `4c29`; accounts read completely by the file's time 2027-02-07 11:00 UTC, SHA-256 `70412b379f0bc5d6106de2c234db686e29b54aabcb2ad323528d1182d8b3fd92`.

        <!-- support-audit v1 calendly FY28-Q1 review complete=yes state=50d94c77 to=1004 -->"#]].assert_eq(body(&plan));
}

#[test]
fn what_is_open_claims_and_mentions_nothing() {
    let sample = recorded();
    let mut cases = settled(&sample);
    let mut open = sample.case("Dan Under", vec![entry("link-missing", "", State::Exhausted)]);
    open.name = "Dan @all".to_owned();
    cases.cases.push(open);
    let input = sample.input();
    let plan = plan(&input, &cases, &report(&sample), reviewer(&input), None);
    let body = body(&plan);
    assert!(body.starts_with("Where the Calendly access review FY28-Q1 stands today."), "{body}");
    assert!(
        body.contains("**Open (1)**\n\n- `link-missing:dan@x.example has had no reply"),
        "{body}"
    );
    assert!(body.contains(" review complete=no "), "{body}");
    assert!(!body.contains("@nadia") && !body.contains("- @"), "{body}");
}

#[test]
fn what_keeps_an_audit_from_its_review() {
    type Change = fn(&mut Sample, &mut Cases);
    let changes: [(Change, &str); 7] = [
        (
            |sample, cases| {
                let entries = vec![entry("link-missing", "", State::NotAsked)];
                cases.cases.push(sample.case("Dan Under", entries));
            },
            "link-missing:dan@x.example is not asked",
        ),
        (
            |sample, _| {
                let check = check("outsider");
                sample.evaluation.unknown.push((check, crate::evaluation::Unknown::Gaps));
            },
            "the check outsider could not be evaluated while the accounts",
        ),
        (|sample, _| sample.conversation.threads.clear(), "no report is recorded"),
        (
            |sample, _| {
                let body = &mut sample.conversation.threads[0].notes[0].body;
                *body = body.replace("complete=yes", "complete=no");
            },
            "the accounts are not recorded completely in the issue",
        ),
        (
            |sample, cases| {
                let mut notice = note(9);
                notice.created_at = sample.now + jiff::SignedDuration::from_secs(1);
                cases.notices.push(notice);
            },
            "the roster was captured before the last notice",
        ),
        (
            |sample, _| {
                let accounts = sample.evaluation.accounts.as_mut().unwrap();
                accounts.capture.read_at = at("2027-01-31T00:00:00Z");
            },
            "the accounts were captured before the issue was made",
        ),
        (
            |sample, _| {
                let now = sample.now;
                sample.now = now + jiff::SignedDuration::from_secs(1);
                let removal = Sample::header().with(Content::Removal(Vec::new())).to_string();
                sample.say(31, (1005, "otto"), &removal);
                sample.now = now;
            },
            "the accounts were captured before the last removal",
        ),
    ];
    for (change, expected) in changes {
        let mut sample = recorded();
        let mut cases = settled(&sample);
        change(&mut sample, &mut cases);
        let open = readiness(&sample.input(), &cases).open;
        assert!(open.iter().any(|line| line.contains(expected)), "{expected}: {open:#?}");
    }
}

#[test]
fn a_request_is_current_until_a_finding_changes() {
    let sample = recorded();
    let mut cases = settled(&sample);
    let state = readiness(&sample.input(), &cases).state;
    cases.reviews.push(ReviewRequest { note: note(40), is_complete: true, state, reviewer: None });
    assert!(readiness(&sample.input(), &cases).is_in_review());
    cases.cases[0].entries[0].state = State::NotAsked;
    assert!(!readiness(&sample.input(), &cases).is_in_review());
}

#[test]
fn the_operator_reviews_only_where_nobody_else_can() {
    let mut sample = recorded();
    let name = |sample: &Sample| reviewer(&sample.input()).map(|user| user.username.clone());
    sample.managers = ["otto", "sam"].map(str::to_owned).to_vec();
    assert_eq!(name(&sample).as_deref(), Some("sam"));
    sample.managers = ["otto", "nobody"].map(str::to_owned).to_vec();
    assert_eq!(name(&sample).as_deref(), Some("otto"));
    sample.managers = Vec::new();
    assert_eq!(name(&sample), None);
}

#[test]
fn the_message_for_the_manager() {
    let sample = recorded();
    let mut cases = settled(&sample);
    for number in 0..12 {
        let entries = vec![entry("link-missing", "", State::Exhausted)];
        let mut case = sample.case("Dan Under", entries);
        case.name = format!("Person {number}");
        cases.cases.push(case);
    }
    let owners = vec![entry("owner-count", "a@x b@x", State::Waiting { until: None })];
    cases.cases.push(sample.case("Calendly", owners));
    let waiting = State::Waiting { until: Some(sample.now) };
    cases.cases.push(sample.case("Mia Moss", vec![entry("account-missing", "", waiting)]));
    expect![[r#"
        Hi, the Calendly access review FY28-Q1 needs you: 14 of 18 findings are open.
        12 people did not reply, nor did their managers:
        - Person 0 (no link in the roster)
        - Person 1 (no link in the roster)
        - Person 2 (no link in the roster)
        - Person 3 (no link in the roster)
        - Person 4 (no link in the roster)
        - Person 5 (no link in the roster)
        - Person 6 (no link in the roster)
        - Person 7 (no link in the roster)
        - Person 8 (no link in the roster)
        - Person 9 (no link in the roster)
        - and 2 more
        1 person is still being asked, or waits for a decision:
        - Mia Moss (no account)
        1 is for the operators: Calendly has two owners.
        Please nudge or decide by Friday 12 Feb. Everything, with who said what: https://gitlab.example/audits/-/issues/1
    "#]].assert_eq(&direct_message(&sample.input(), &cases));
}
