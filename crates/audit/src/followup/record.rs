//! The record of an operator: the one comment of a run that holds what they accepted, decided or
//! noted.
//!
//! The first act creates the comment, and an edit adds each further act, which mails nobody.
//! Item n of its list belongs to step n of its marker.
//! The reason of an item is its text after the first `: `.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::dates::{date_of, day_and_month};
use crate::markdown::{Document, Markdown};
use crate::record::marker::{Content, MarkerHeader, Step, StepAction};
use crate::text::{clean, excerpt};

/// The acts of an operator in one run, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    header: MarkerHeader,
    items: Vec<RecordItem>,
}

/// One act about one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordItem {
    /// The step that the marker holds.
    pub step: Step,
    /// The subject of the finding, untrusted: a name, or the address of an account.
    pub subject: String,
    /// The reason, untrusted; may be empty.
    pub reason: String,
}

impl Record {
    /// An empty record of the audit.
    pub fn new(header: MarkerHeader) -> Self {
        Self { header, items: Vec::new() }
    }

    /// Adds acts at the end.
    pub fn extend(&mut self, items: impl IntoIterator<Item = RecordItem>) {
        self.items.extend(items);
    }

    /// Whether there is no act yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The acts, in their order.
    pub fn items(&self) -> &[RecordItem] {
        &self.items
    }

    /// The text of the comment, with its marker.
    pub fn body(&self) -> Document {
        let mut body = Document::new();
        // Neighbouring acts of one sort share a heading.
        // The order is that of the acts, because the later of two decisions at one instant counts.
        for group in self.items.chunk_by(|act, next| heading(act, 2) == heading(next, 2)) {
            let Some(first) = group.first() else { continue };
            let title = heading(first, group.len());
            let title =
                Markdown::literal(title).and(" (").and(Markdown::number(group.len())).and("):");
            body = body.paragraph(title).list(group.iter().map(line));
        }
        let steps = self.items.iter().map(|act| act.step.clone()).collect();
        body.hidden_line(&self.header.with(Content::Record(steps)).to_string())
    }
}

/// The heading above acts of one sort.
fn heading(act: &RecordItem, count: usize) -> &'static str {
    match act.step.action {
        StepAction::Accept | StepAction::Keep { .. } if count == 1 => "Accepted as it is",
        StepAction::Accept | StepAction::Keep { .. } => "Accepted as they are",
        StepAction::Remove => "To be removed",
        StepAction::Removed => "Removed",
        StepAction::Again => "To be asked again",
        StepAction::Sent { .. } => "Asked outside this issue",
        StepAction::Answered => "Answered outside this issue",
        StepAction::Ask { .. } | StepAction::Escalate { .. } => "Asked",
        StepAction::Fixed | StepAction::Withdrawn { .. } | StepAction::Gone => "Settled",
    }
}

fn line(act: &RecordItem) -> Markdown {
    // A colon within a name would begin the reason.
    let subject = clean(&excerpt(&act.subject)).replace(':', " ");
    let is_about_account = act.step.account.is_some() && subject.contains('@');
    let between = if is_about_account { " " } else { " of " };
    let mut line = Markdown::code(&act.step.check);
    if !subject.trim().is_empty() {
        line = line.and(between).and(Markdown::code(&subject));
    }
    line = line.and(suffix(&act.step));
    if act.reason.trim().is_empty() {
        line
    } else {
        line.and(": ").and(Markdown::code(&act.reason))
    }
}

/// What an item adds after its subject.
fn suffix(step: &Step) -> Markdown {
    match step.action {
        StepAction::Keep { until: Some(until) } => {
            Markdown::literal(", kept until ").and(Markdown::date(until))
        }
        StepAction::Keep { until: None } => Markdown::literal(", kept"),
        StepAction::Sent { .. } => Markdown::literal(", on ").and(day_and_month(date_of(step.at))),
        _ => Markdown::default(),
    }
}

/// The reasons of the acts, untrusted, in the order of the marker's steps.
/// `None` if the list does not have exactly one item for each of the `steps`, because somebody
/// edited it.
///
/// An item without a reason has an empty one.
pub(crate) fn read_reasons(body: &str, steps: usize) -> Option<Vec<String>> {
    let items = list_items(body);
    if items.len() != steps {
        return None;
    }
    let mut reasons = Vec::new();
    for item in &items {
        let reason = item.split_once(": ").map_or("", |(_, reason)| reason.trim());
        reasons.push(reason.to_owned());
    }
    Some(reasons)
}

/// The text of each item of a comment's lists, without its markup.
/// A nested item belongs to the outer one.
fn list_items(body: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let (mut depth, mut is_quoted) = (0_usize, 0_usize);
    for event in Parser::new(body) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => is_quoted += 1,
            Event::End(TagEnd::BlockQuote(_)) => is_quoted = is_quoted.saturating_sub(1),
            _ if is_quoted > 0 => {}
            Event::Start(Tag::Item) => {
                if depth == 0 {
                    items.push(String::new());
                }
                depth += 1;
            }
            Event::End(TagEnd::Item) => depth = depth.saturating_sub(1),
            Event::Text(text) | Event::Code(text) if depth > 0 => {
                if let Some(last) = items.last_mut() {
                    last.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) if depth > 0 => {
                if let Some(last) = items.last_mut() {
                    last.push(' ');
                }
            }
            _ => {}
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::kinds::Kind;
    use crate::record::marker::{Key, KeyKind};

    fn act(action: StepAction, check: &str, subject: &str, reason: &str) -> RecordItem {
        let is_account = check == "outsider";
        let step = Step {
            action,
            check: check.to_owned(),
            keys: vec![Key { kind: KeyKind::Email, digest: "0123456789abcdef".to_owned() }],
            account: is_account.then(|| "fedcba9876543210".to_owned()),
            evidence: "89abcdef".to_owned(),
            round: 1,
            at: "2027-02-01T09:00:00Z".parse().unwrap(),
            mentioned: Vec::new(),
        };
        RecordItem { step, subject: subject.to_owned(), reason: reason.to_owned() }
    }

    fn record(items: Vec<RecordItem>) -> Record {
        let header = MarkerHeader { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap() };
        let mut record = Record::new(header);
        record.extend(items);
        record
    }

    #[test]
    fn acts_are_listed_in_their_order() {
        let until = Some("2027-08-01".parse().unwrap());
        let record = record(vec![
            act(StepAction::Accept, "account-missing", "Torbjørn Aaseby", "hands over in March"),
            act(StepAction::Keep { until }, "outsider", "vendor@harbor.example", "books demos"),
            act(StepAction::Remove, "outsider", "b@harbor.example", "left the project"),
            act(StepAction::Accept, "link-missing", "Ada", "on leave"),
            act(StepAction::Sent { due: None }, "link-missing", "Max", ""),
        ]);
        expect![[r#"
            Accepted as they are (2):

            - `account-missing` of `Torbjørn Aaseby`: `hands over in March`
            - `outsider` `vendor@harbor.example`, kept until 2027-08-01: `books demos`

            To be removed (1):

            - `outsider` `b@harbor.example`: `left the project`

            Accepted as it is (1):

            - `link-missing` of `Ada`: `on leave`

            Asked outside this issue (1):

            - `link-missing` of `Max`, on 1 February

            <!-- support-audit v1 calendly FY28-Q1 record accept/account-missing/e0123456789abcdef/89abcdef/1/at=20270201T090000Z keep/outsider/e0123456789abcdef/89abcdef/1/at=20270201T090000Z/account=fedcba9876543210/until=2027-08-01 remove/outsider/e0123456789abcdef/89abcdef/1/at=20270201T090000Z/account=fedcba9876543210 accept/link-missing/e0123456789abcdef/89abcdef/1/at=20270201T090000Z sent/link-missing/e0123456789abcdef/89abcdef/1/at=20270201T090000Z -->"#]]
        .assert_eq(&record.body());
    }

    #[test]
    fn reasons_are_read_back_whatever_they_hold() {
        for reason in [
            "hands over in March",
            "see: the wiki: page 2",
            "`code` and ``more``",
            "- not an item\n- neither",
            "/close @all <!-- support-audit v1 -->",
            "| a | b |",
            "1. one",
        ] {
            for subject in ["Ada", "Dr: No", "`tick`: x", "A:: : B"] {
                let body = record(vec![act(StepAction::Accept, "link-missing", subject, reason)]);
                let read = read_reasons(&body.body(), 1).unwrap();
                let expected = clean(reason).trim().replace("\\|", "\\ |");
                assert_eq!(read, [expected], "{subject}");
            }
        }
    }

    #[test]
    fn an_edited_list_has_no_reasons() {
        let acts = ["Ada", "Bob"].map(|name| act(StepAction::Accept, "link-missing", name, "why"));
        let body = record(acts.to_vec()).body().to_string();
        assert_eq!(read_reasons(&body, 2).unwrap(), ["why", "why"]);
        assert_eq!(read_reasons(&body.replacen("- `", "`", 1), 2), None);
        assert_eq!(read_reasons(&format!("- one more\n\n{body}"), 2), None);
        // What is quoted is not an item of ours.
        let quoted = format!("> - an old one\n\n{body}");
        assert_eq!(read_reasons(&quoted, 2).unwrap(), ["why", "why"]);
    }
}
