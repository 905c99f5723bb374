//! Which marks count, and which issue is an audit's.

use super::*;
use crate::kinds::Kind;
use crate::record::marker::{ReportMark, SourceDigests};

const OPERATOR: u64 = 1;

fn header() -> MarkerHeader {
    MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap() }
}

fn note(id: u64, author: u64, body: &str) -> Note {
    let created_at = Timestamp::from_second(i64::try_from(id).unwrap()).unwrap();
    let author = User { id: author, username: format!("user{author}") };
    Note { id, author, body: body.to_owned(), created_at, is_system: false }
}

fn conversation(notes: Vec<Note>) -> Conversation {
    let threads = notes
        .into_iter()
        .map(|note| Thread { id: format!("t{}", note.id), notes: vec![note] })
        .collect();
    Conversation { threads, reactions: BTreeMap::new() }
}

fn report(people: usize, accounts: Option<usize>, is_complete: bool) -> Marker {
    header().with(Content::Report(ReportMark {
        people,
        accounts,
        is_complete,
        ..ReportMark::default()
    }))
}

#[test]
fn only_markers_of_operators_and_of_this_audit_count() {
    let line = header().with(Content::Notice(Vec::new())).to_string();
    let earlier = line.replace("FY28-Q1", "FY27-Q3");
    let mut system = note(5, OPERATOR, &line);
    system.is_system = true;
    let conversation = conversation(vec![
        note(3, 7, &line),
        note(2, OPERATOR, &format!("Words.\n\n{line}")),
        note(4, OPERATOR, &earlier),
        system,
        note(6, OPERATOR, &format!("> {line}")),
    ]);
    let markers = conversation.markers(header(), &BTreeSet::from([OPERATOR]));
    let ids = |marked: &[MarkedNote<'_>]| -> Vec<u64> {
        marked.iter().map(|marked| marked.note.id).collect()
    };
    assert_eq!(ids(&markers.counting), [2]);
    assert_eq!(ids(&markers.foreign), [3]);
}

#[test]
fn a_note_that_was_read_twice_is_there_once() {
    let mut conversation = conversation(vec![note(2, 7, "b"), note(1, 7, "a"), note(2, 7, "b")]);
    conversation.threads.push(Thread { id: "t2".to_owned(), notes: vec![note(2, 7, "b")] });
    let ids: Vec<u64> = conversation.notes().iter().map(|entry| entry.note.id).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(conversation.count(), 2);
}

#[test]
fn the_sizes_recorded_last_count() {
    let mut accepted = header().with(Content::Record(Vec::new()));
    accepted.accepted = Sizes { roster: Some(10), accounts: None };
    let mut notes = vec![
        note(1, OPERATOR, &report(12, None, false).to_string()),
        note(2, OPERATOR, &report(12, Some(40), true).to_string()),
        note(3, OPERATOR, &report(12, Some(3), false).to_string()),
        note(4, 7, &report(1, Some(1), true).to_string()),
    ];
    let operators = BTreeSet::from([OPERATOR]);
    let sizes = conversation(notes.clone()).recorded_sizes(header(), &operators);
    assert_eq!(sizes, Sizes { roster: Some(12), accounts: Some(40) });
    notes.push(note(5, OPERATOR, &accepted.to_string()));
    let sizes = conversation(notes).recorded_sizes(header(), &operators);
    assert_eq!(sizes, Sizes { roster: Some(10), accounts: Some(40) });
}

#[test]
fn a_file_is_as_old_as_the_first_comment_that_names_it() {
    let sha256 = "0123456789abcdef".repeat(4);
    let mut marker = header().with(Content::Notice(Vec::new()));
    marker.sources =
        SourceDigests { roster: Some(file_digest(&sha256).to_owned()), accounts: None };
    let notes = [(9, OPERATOR), (4, OPERATOR), (2, 7)]
        .map(|(id, author)| note(id, author, &marker.to_string()));
    let mut notes = notes.to_vec();
    let operators = BTreeSet::from([OPERATOR]);
    // The newest notice names it too: nothing else was read meanwhile.
    let unchanged = conversation(notes.clone());
    assert_eq!(unchanged.first_seen(header(), &operators, &sha256), None);
    let other = header().with(Content::Notice(Vec::new()));
    notes.push(note(10, OPERATOR, &other.to_string()));
    let conversation = conversation(notes);
    let first_seen = conversation.first_seen(header(), &operators, &sha256);
    assert_eq!(first_seen.map(Timestamp::as_second), Some(4));
    assert_eq!(conversation.first_seen(header(), &operators, &"f".repeat(64)), None);
}

#[test]
fn an_issue_belongs_to_the_audit_of_its_only_marker_and_its_title() {
    let issue = header().with(Content::Issue).to_string();
    let later = issue.replace("Q1", "Q3");
    let period: Period = "FY28-Q1".parse().unwrap();
    for (title, description, expected) in [
        ("Calendly audit FY28-Q1", issue.clone(), Ok(Some(header()))),
        ("calendly audit (fy28-q1)", format!("Text\n\n{issue}\n\n{issue}"), Ok(Some(header()))),
        ("Calendly audit FY28-Q1", String::new(), Ok(None)),
        ("Calendly audit FY28-Q1", format!("> {issue}"), Ok(None)),
        ("Calendly audit FY28-Q3", issue.clone(), Err(BrokenMarker::PeriodNotInTitle(period))),
        ("Calendly audit FY28-Q12", issue.clone(), Err(BrokenMarker::PeriodNotInTitle(period))),
        (
            "Calendly audit FY28-Q1",
            format!("{later}\n\n{issue}"),
            Err(BrokenMarker::Several(vec![
                MarkerHeader { period: "FY28-Q3".parse().unwrap(), ..header() },
                header(),
            ])),
        ),
    ] {
        assert_eq!(audit_of_issue(title, &description), expected, "{title}: {description}");
    }
}

#[test]
fn marked_comments_of_operators_betray_a_lost_marker() {
    let notice = header().with(Content::Notice(Vec::new())).to_string();
    let operators = BTreeSet::from([OPERATOR]);
    let strangers = conversation(vec![note(1, 7, &notice), note(2, OPERATOR, "Words.")]);
    assert_eq!(check_unmarked_issue(&strangers, &operators), Ok(()));
    let lost = conversation(vec![note(1, OPERATOR, &notice)]);
    assert_eq!(
        check_unmarked_issue(&lost, &operators),
        Err(BrokenMarker::OnlyInComments(header()))
    );
}

#[test]
fn a_name_is_found_in_our_words_by_its_digest() {
    let keys = [Key::new(&SubjectId::Name("zuzana".to_owned()))];
    assert_eq!(name_in_comment("`link-missing` of `Zuzana`", &keys), Some("Zuzana"));
    let keys = [Key::new(&SubjectId::Email("a@b.example".to_owned()))];
    assert_eq!(name_in_comment("`outsider`: `A@b.example`.", &keys), Some("A@b.example"));
    assert_eq!(name_in_comment("`outsider`: `c@b.example`.", &keys), None);
}
