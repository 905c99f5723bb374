//! The comments that record a report.

use crate::markdown::Document;
use crate::record::marker::{Content, Marker};
use crate::report::Report;

/// The largest comment that GitLab takes, in characters (GitLab 18.9).
pub(crate) const MAX_COMMENT: usize = 1_000_000;

/// The comments that record a report, in their order, each with its marker at the end.
///
/// Most reports need one comment.
/// A report beyond GitLab's limit is split between rows.
/// Each part repeats the head of the table that it continues, and its marker counts the parts:
/// `part=1/3`.
pub(crate) fn report(report: &Report, marker: &Marker) -> Vec<(Document, Marker)> {
    let parts = split(&report.markdown(), MAX_COMMENT - MARK_ROOM);
    let count = parts.len();
    let mut comments = Vec::new();
    for (number, part) in (1..).zip(parts) {
        let mut marker = marker.clone();
        if let (Content::Report(mark), true) = (&mut marker.content, count > 1) {
            mark.part = Some((number, count));
        }
        comments.push((Document::assembled(format!("{part}\n{marker}")), marker));
    }
    comments
}

/// More characters than the marker of a report has.
const MARK_ROOM: usize = 500;

/// Splits `text` between lines into parts of at most `limit` bytes, unless a line is longer.
fn split(text: &str, limit: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut head: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        if part.len() + line.len() > limit && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            part.extend(head.iter().copied());
        }
        match head.len() {
            _ if !line.starts_with('|') => head.clear(),
            0 | 1 => head.push(line),
            _ => {}
        }
        part.push_str(line);
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_report_is_split_between_rows_under_their_head() {
        let text = "Text.\n\n| a |\n| - |\n| 1 |\n| 2 |\n| 3 |\n\nEnd.\n";
        let expected =
            ["Text.\n\n| a |\n| - |\n| 1 |\n", "| a |\n| - |\n| 2 |\n| 3 |\n\n", "End.\n"];
        assert_eq!(split(text, 26), expected);
        assert_eq!(split(text, 1_000), [text]);
    }
}
