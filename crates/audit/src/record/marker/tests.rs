//! What is written is read again, and nothing else is taken for it.

use jiff::Timestamp;

use super::*;
use crate::identity::{SubjectId, digest, key_digest};

fn header() -> MarkerHeader {
    MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn step(action: StepAction) -> Step {
    Step {
        action,
        check: "link-missing".to_owned(),
        keys: [SubjectId::GitLabId(7), SubjectId::Email("a@b.example".to_owned())]
            .map(|id| Key::new(&id))
            .to_vec(),
        account: None,
        evidence: digest("user"),
        round: 12,
        at: at("2027-02-01T09:00:00Z"),
        mentioned: vec![7, 1001],
    }
}

/// A step of every sort.
fn steps() -> Vec<Step> {
    let due = Some(at("2027-02-04T09:00:00Z"));
    let until = Some("2027-08-01".parse().unwrap());
    let withdrawn = WithdrawalReason::ALL.map(|reason| StepAction::Withdrawn { reason });
    let actions = [
        StepAction::Ask { due },
        StepAction::Ask { due: None },
        StepAction::Escalate { due },
        StepAction::Fixed,
        StepAction::Gone,
        StepAction::Removed,
        StepAction::Accept,
        StepAction::Keep { until },
        StepAction::Keep { until: None },
        StepAction::Remove,
        StepAction::Again,
        StepAction::Sent { due },
        StepAction::Answered,
    ];
    let mut steps: Vec<Step> = actions.into_iter().chain(withdrawn).map(step).collect();
    let account = SubjectId::Email("v@y.example".to_owned());
    steps.push(Step {
        check: "outsider".to_owned(),
        keys: vec![Key::new(&account)],
        account: Some("0123456789abcdef".to_owned()),
        mentioned: Vec::new(),
        ..step(StepAction::Remove)
    });
    let others = [SubjectId::Name("ada".to_owned()), SubjectId::Organization];
    steps.push(Step { keys: others.map(|id| Key::new(&id)).to_vec(), ..step(StepAction::Fixed) });
    steps
}

#[test]
fn what_is_written_is_read_again() {
    let report = ReportMark {
        people: 41,
        accounts: Some(40),
        is_complete: true,
        part: Some((1, 3)),
        invitations: Some(1),
        findings: Some(12),
        outsiders: Some(0),
    };
    let review =
        ReviewMark { is_complete: true, state: "89abcdef".to_owned(), reviewer: Some(1004) };
    for content in [
        Content::Issue,
        Content::Report(report),
        Content::Report(ReportMark { people: 1, ..ReportMark::default() }),
        Content::Notice(steps()),
        Content::Record(steps()),
        Content::Removal(Vec::new()),
        Content::Review(review),
        Content::Review(ReviewMark { state: "0".to_owned(), ..ReviewMark::default() }),
    ] {
        let mut marker = header().with(content);
        assert_eq!(Marker::parse(&marker.to_string()), Some(marker.clone()));
        marker.sources = SourceDigests {
            roster: Some("0123456789abcdef".to_owned()),
            accounts: Some("fedcba9876543210".to_owned()),
        };
        marker.accepted = Sizes { roster: Some(10), accounts: Some(75) };
        let line = marker.to_string();
        assert_eq!(Marker::parse(&line), Some(marker), "{line}");
        assert!(!line.contains('\n'));
    }
}

#[test]
fn the_form_of_a_step_is_for_good() {
    let line = header().with(Content::Notice(vec![step(StepAction::Ask {
        due: Some(at("2027-02-04T09:00:00Z")),
    })]));
    let (id, email) = (
        key_digest(&SubjectId::GitLabId(7)),
        key_digest(&SubjectId::Email("a@b.example".to_owned())),
    );
    assert_eq!(
        line.to_string(),
        format!(
            "<!-- support-audit v1 calendly FY28-Q1 notice ask/link-missing/u{id}+e{email}/04f8996d/12/at=20270201T090000Z/due=20270204T090000Z/to=7+1001 -->"
        )
    );
}

#[test]
fn unknown_words_values_and_steps_are_skipped() {
    let known = "fixed/link-missing/u0123456789abcdef/89abcdef/1/at=20270201T090000Z";
    for (word, count) in [
        ("x", 0),
        ("people=7", 0),
        (known, 1),
        // A value that this version does not know changes nothing.
        (&format!("{known}/colour=red"), 1),
        // A check that this version does not know is kept: its steps are passed over later.
        (&known.replace("link-missing", "badge-missing"), 1),
        (&known.replace("fixed", "danced"), 0),
        (&known.replace("/1/", "/0/"), 0),
        (&known.replace("/1/", "/1000001/"), 0),
        (&known.replace("/u", "/x"), 0),
        (&known.replace("/u0123", "/0123"), 0),
        (&known.replace("89abcdef/1", "89ABCDEF/1"), 0),
        (&known.replace("89abcdef/1", "89abcde/1"), 0),
        (&known.replace("link-missing", "Link"), 0),
        (&known.replace("20270201T090000Z", "soon"), 0),
        (&known.replace("/at=20270201T090000Z", ""), 0),
        (&format!("{known}/to=7+x"), 0),
        (&format!("{known}/account=vera"), 0),
        (&known.replace("fixed", "withdrawn"), 0),
        (&format!("{}/reason=bored", known.replace("fixed", "withdrawn")), 0),
        (&format!("{}/reason=left", known.replace("fixed", "withdrawn")), 1),
    ] {
        let line = format!("<!-- support-audit v1 calendly FY28-Q1 notice {word} -->");
        let steps = Marker::parse(&line).unwrap().content.steps().len();
        assert_eq!(steps, count, "{line}");
    }
}

#[test]
fn other_lines_are_no_markers() {
    for line in [
        "",
        "<!-- support-audit v1 calendly FY28-Q1 notice",
        " <!-- support-audit v1 calendly FY28-Q1 notice -->",
        "<!-- support-audit v2 calendly FY28-Q1 notice -->",
        "<!-- support-audit v1 pagerduty FY28-Q1 notice -->",
        "<!-- support-audit v1 calendly FY28-Q9 notice -->",
        "<!-- support-audit v1 calendly FY28-Q1 -->",
        "<!-- support-audit v1 calendly FY28-Q1 dance -->",
        "<!-- support-audit v1 calendly FY28-Q1 report -->",
        "<!-- support-audit v1 calendly FY28-Q1 report people=many -->",
    ] {
        assert_eq!(Marker::parse(line), None, "{line}");
    }
}

#[test]
fn a_marker_is_a_line_of_its_own_in_no_quote_list_or_code() {
    let line = header().with(Content::Notice(Vec::new())).to_string();
    for (body, count) in [
        (line.clone(), 1),
        (format!("Words.\n\n{line}\n"), 1),
        (format!("Words.\n\n{line}\n\nA tail that somebody added.\n"), 1),
        (format!("Words.\r\n\r\n{line}\r\n"), 1),
        (format!("{line}\n\nWords.\n\n{line}"), 2),
        (format!("> {line}"), 0),
        (format!("> Words.\n> {line}"), 0),
        (format!("- Words.\n\n  {line}"), 0),
        (format!("    {line}"), 0),
        (format!("```\n{line}\n```"), 0),
        (format!("Words. {line}"), 0),
        (format!("`{line}`"), 0),
        (format!("<!-- opened above\n{line}"), 0),
    ] {
        assert_eq!(Marker::find_all(&body).len(), count, "{body:?}");
        assert_eq!(Marker::of_comment(&body).is_some(), count > 0, "{body:?}");
    }
}

#[test]
fn of_several_markers_the_last_is_the_comments() {
    let earlier = header().with(Content::Issue);
    let later = header().with(Content::Record(vec![step(StepAction::Accept)]));
    let body = format!("{earlier}\n\nWords.\n\n{later}\n\nMore.");
    assert_eq!(Marker::of_comment(&body), Some(later.clone()));
    assert_eq!(Marker::find_all(&body), [earlier, later]);
}
