//! The stages of an audit, and what an operator reads first.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{AskedHow, NoteRef, ReviewRequest};
use crate::record::marker::{Content, ReportMark};

fn report(sample: &mut Sample, accounts: Option<usize>) {
    let mark = ReportMark { people: 6, accounts, is_complete: true, ..ReportMark::default() };
    sample.say(
        5 + u64::from(accounts.is_some()),
        (1005, "otto"),
        &Sample::header().with(Content::Report(mark)).to_string(),
    );
}

fn some(sample: &Sample) -> Cases {
    let waiting = State::Waiting { until: Some(at("2027-02-04T09:00:00Z")) };
    sample.cases(vec![
        sample.case(
            "Ada Bianchi",
            vec![
                asked("link-missing", "", State::Answered, AskedHow::Mentioned),
                asked("account-missing", "", waiting, AskedHow::Mentioned),
            ],
        ),
        sample.case(
            "Max Moritz",
            vec![
                entry("link-missing", "", State::NotAsked),
                entry("account-missing", "", State::NotAsked),
            ],
        ),
        sample.case(
            "Bob Stone",
            vec![
                asked("admin-missing", "user", State::Waiting { until: None }, AskedHow::Listed),
                entry("link-missing", "", State::Fixed),
            ],
        ),
    ])
}

#[test]
fn the_head_says_what_to_do() {
    let mut sample = Sample::new();
    report(&mut sample, Some(3));
    sample.now = at("2027-02-02T09:00:00Z");
    let mut cases = some(&sample);
    let note = cases.cases[0].entries[0].ask.as_ref().unwrap().note.clone();
    cases.notices.push(note);
    let status = status(&sample.input(), &cases, &Closing::default());
    expect![[r#"
        Calendly audit FY28-Q1, issue #1, following up. 6 findings: 4 to do, 1 waiting, 1 closed
        https://gitlab.example/audits/-/issues/1
        DO NOW
          1 answer to read   support-audit followups
          1 e-mail to send   max@x.example
          1 operators' item  support-audit status --state waiting --check admin-missing
        WAITING  1, next due Thu 4 Feb 09:00 UTC (in 2 days)
        CLOSED  1
        Reviewer: nadia
        Next: support-audit followups

        Finding                        State      Age      Due                  Next
        link-missing:ada@x.example     answered   1 d 0 h                       read the answer, then accept or ask again
        account-missing:ada@x.example  waiting    1 d 0 h  Thu 4 Feb 09:00 UTC  wait
        link-missing:max@x.example     not asked                                send the e-mail
        account-missing:max@x.example  not asked                                send the e-mail
        admin-missing:bob@x.example    waiting    1 d 0 h                       fix or accept
        link-missing:bob@x.example     fixed                                    nothing
    "#]].assert_eq(&status.table());
    let json = crate::text::json(&status).unwrap();
    for part in ["\"stage\":\"following-up\"", "\"to_do\":4", "\"next\":\"send the e-mail\""] {
        assert!(json.contains(part), "{json}");
    }
    let filtered = status.filtered(&["waiting".to_owned()], &["admin-missing".to_owned()]);
    assert_eq!(filtered.findings.len(), 1);
}

#[test]
fn stages_are_read_off_the_issue() {
    let stage = |sample: &Sample, cases: &Cases, closing: &Closing| {
        status(&sample.input(), cases, closing).stage().as_str()
    };
    let open = Closing::default();
    let mut sample = Sample::new();
    let mut cases = some(&sample);
    assert_eq!(stage(&sample, &cases, &open), "opened");
    report(&mut sample, None);
    assert_eq!(stage(&sample, &cases, &open), "reported");
    report(&mut sample, Some(3));
    assert_eq!(stage(&sample, &cases, &open), "compared");
    // Accounts that this process cannot read change nothing of it.
    let accounts = sample.evaluation.accounts.take();
    assert_eq!(stage(&sample, &cases, &open), "compared");
    sample.evaluation.accounts = accounts;
    let note: NoteRef = cases.cases[0].entries[0].ask.as_ref().unwrap().note.clone();
    cases.notices.push(note.clone());
    assert_eq!(stage(&sample, &cases, &open), "following up");
    for case in &mut cases.cases {
        for entry in &mut case.entries {
            entry.state = State::Fixed;
        }
    }
    assert_eq!(stage(&sample, &cases, &open), "ready for review");
    let digest = readiness(&sample.input(), &cases).state;
    cases.reviews.push(ReviewRequest {
        note,
        is_complete: true,
        state: digest,
        reviewer: Some(1004),
    });
    assert_eq!(stage(&sample, &cases, &open), "in review");
    let status = status(&sample.input(), &cases, &open);
    assert_eq!(status.next().to_string(), "(nothing to do: nadia reviews and closes)");
    let closing = Closing { is_closed: true, by: Some("nadia".to_owned()) };
    assert_eq!(stage(&sample, &cases, &closing), "closed");
    cases.cases[0].entries[0].state = State::NotAsked;
    assert_eq!(stage(&sample, &cases, &open), "following up");
}
