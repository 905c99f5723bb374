//! The issue's description: our region of it, and everything else byte for byte.
//!
//! Ours is only what is between our two marks, which are HTML comments on lines of their own.
//! Text that people typed there, into our tables or beside them, survives every write.
//! A carriage return without a line feed becomes a line feed, because GitLab would drop it.

mod departed;
mod held;
mod merge;
mod outline;
mod previous;
mod region;
mod table;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

pub use departed::{Departed, departed};
use held::Held;
pub use merge::merge_again;
use outline::Outline;
use previous::{BEGIN, END, Previous};
use region::{Extent, ReadAt};
use table::{OurTable, Row};

use crate::identity::SubjectId;
use crate::kinds::Spec;
use crate::record::marker::{Content, Marker};
use crate::report::markdown::ROSTER;
use crate::report::{Report, is_summary};

/// The section that holds our region.
const SECTION: &str = "Notes";

/// The largest description that GitLab takes, in bytes (GitLab 18.9: 1 MiB).
pub const MAX_DESCRIPTION: usize = 1_048_576;

/// Why a report cannot be written into a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The marks are not one pair in the right order.
    Marks(MarksFault),
    /// Our tables are there without marks around them, as when a report was pasted by hand.
    Unmarked,
    /// Somebody changed the head of one of our tables.
    Head,
    /// A code block or a comment in the description is never closed, and would swallow our region
    /// or the text below it.
    Open,
    /// The description would be larger than GitLab takes, in bytes.
    TooLarge(usize),
    /// The report's place was computed wrongly, which is a fault of this program.
    Misplaced,
}

/// What is wrong with the marks around a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarksFault {
    /// Somebody deleted the upper one.
    UpperGone,
    /// Somebody deleted the lower one.
    LowerGone,
    /// The lower one is above the upper one.
    Swapped,
    /// One of them occurs several times.
    Doubled,
    /// One of them is there alone, without a table that could be adopted with it.
    NoTable,
}

impl fmt::Display for MarksFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UpperGone => "the upper one is gone",
            Self::LowerGone => "the lower one is gone",
            Self::Swapped => "the lower one stands above the upper one",
            Self::Doubled => "there is more than one pair",
            Self::NoTable => "there is one, and no table beside it",
        })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marks(reason) => {
                write!(formatter, "the marks around the report are broken: {reason}")
            }
            Self::Unmarked => formatter.write_str("the report's tables have no marks around them"),
            Self::Head => formatter.write_str("somebody changed the head of one of our tables"),
            Self::Open => formatter
                .write_str("a block of code or a comment stays open before or in our place"),
            Self::TooLarge(size) => {
                write!(formatter, "the description would have {size} bytes, beyond GitLab's limit")
            }
            Self::Misplaced => {
                formatter.write_str("the report's place in the description was computed wrongly")
            }
        }
    }
}

impl std::error::Error for Broken {}

/// Whether tables without marks are adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopt {
    /// Tables without marks are an error.
    No,
    /// The marks are put around the tables, and the text that was typed into them stays.
    Yes,
}

/// A description with a report in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The complete description.
    pub text: String,
    /// Whether the table of people holds only people with findings, because there was no room for
    /// all.
    pub is_shortened: bool,
    /// The instant of the accounts that the description still shows, if the report has none.
    pub accounts_as_of: Option<String>,
}

/// Writes `report` into `description`, in place of the report that is there.
///
/// # Errors
///
/// [`Broken`], and the description is unchanged.
pub fn write(description: &str, report: &Report, adopt: Adopt) -> Result<Written, Broken> {
    let description = &*with_line_feeds(description);
    let outline = Outline::new(description);
    let spec = report.evaluation().kind.spec();
    let place = find(description, &outline, spec, adopt)?;
    let previous = match &place {
        Place::Region { inner, digests, .. } => {
            Previous::read(slice(description, inner.clone())?, digests, spec)
        }
        Place::Pasted(range) => {
            Previous::read(slice(description, range.clone())?, &HashSet::new(), spec)
        }
        Place::Nothing { .. } => Previous::default(),
    };
    if previous.has_other_head {
        return Err(Broken::Head);
    }
    let held = Held::read(report, &previous);
    let put = |extent, instant| {
        let region = region::render(report, &previous, held.as_ref(), extent, instant);
        place.put(description, &region, &previous)
    };
    for (extent, is_shortened) in [(Extent::Everybody, false), (Extent::Findings, true)] {
        // A report that says the same as the present one is not written again.
        let same = put(extent, ReadAt::Kept)?;
        let is_same = stored(&same) == stored(description);
        let text = if is_same { same } else { put(extent, ReadAt::New)? };
        let written = Outline::new(&text);
        let place_of_it = find(&text, &written, spec, Adopt::No);
        // Text that was typed into our region is now below it, and might hide the rest of the
        // issue.
        let rest = description.len() - place.end();
        let is_kept = written.of_last(&text, rest) == outline.of_last(description, rest);
        if !matches!(place_of_it, Ok(Place::Region { .. })) || !is_kept {
            return Err(Broken::Open);
        }
        if text.len() <= MAX_DESCRIPTION {
            let accounts_as_of = held.map(|held| held.as_of.to_owned());
            return Ok(Written { text, is_shortened, accounts_as_of });
        }
    }
    Err(Broken::TooLarge(put(Extent::Findings, ReadAt::New)?.len()))
}

/// The justification and the decision that somebody typed about an outsider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The outsider in this row.
    pub subject: SubjectId,
    /// The cell of the justification, as Markdown that somebody wrote.
    pub justification: String,
    /// The cell of the decision, as Markdown that somebody wrote.
    pub decision: String,
}

/// The text that people typed about the outsiders of `report` into the issue's table.
///
/// It is empty if nobody can tell which cell belongs to which column.
pub fn typed(description: &str, report: &Report) -> Vec<Typed> {
    let description = &*with_line_feeds(description);
    let outline = Outline::new(description);
    let spec = report.evaluation().kind.spec();
    let Ok(Place::Region { inner, digests, .. }) = find(description, &outline, spec, Adopt::No)
    else {
        return Vec::new();
    };
    let text = description.get(inner).unwrap_or_default();
    let previous = Previous::read(text, &digests, report.evaluation().kind.spec());
    if previous.has_other_head {
        return Vec::new();
    }
    let typed = region::typed_about(report, &previous).into_iter();
    typed
        .filter(|(_, justification, decision)| !justification.is_empty() || !decision.is_empty())
        .map(|(subject, justification, decision)| Typed { subject, justification, decision })
        .collect()
}

/// The digests of the keys in each row of the table of people, as [`key_digest`] makes them.
///
/// [`key_digest`]: crate::identity::key_digest
pub fn keys_in_rows(description: &str) -> Vec<Vec<String>> {
    description
        .lines()
        .filter_map(Row::parse_stamped)
        .filter(|row| row.table() == OurTable::People)
        .map(|row| row.keys().to_vec())
        .collect()
}

/// The form in which GitLab stores a text: without carriage returns, and without white space at its
/// end.
pub fn stored(text: &str) -> String {
    text.replace('\r', "").trim_end().to_owned()
}

/// The text with a line feed for each carriage return that stands alone.
/// Such a carriage return ends a line of Markdown (`CommonMark` 2.1), but GitLab drops it, which
/// would join two lines.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let parts: Vec<String> = text.split("\r\n").map(|part| part.replace('\r', "\n")).collect();
    Cow::Owned(parts.join("\r\n"))
}

/// The marker of an issue: the first one in its description outside code and quotes.
///
/// A pasted marker of a comment does not make an issue an audit's.
pub fn marker(description: &str) -> Option<Marker> {
    let description = &*with_line_feeds(description);
    let outline = Outline::new(description);
    let marker = |range: &Range<usize>| Marker::parse(description.get(range.clone())?);
    outline.html.iter().filter_map(marker).find(|marker| marker.content == Content::Issue)
}

/// The place of the report.
#[derive(Debug)]
enum Place<'a> {
    /// Between our marks.
    Region { outer: Range<usize>, inner: Range<usize>, digests: HashSet<&'a str> },
    /// A pasted report without marks.
    Pasted(Range<usize>),
    /// There is no report yet. It belongs at this offset, below a new heading if there is no
    /// section.
    Nothing { at: usize, has_section: bool },
}

impl Place<'_> {
    /// The end of the place.
    fn end(&self) -> usize {
        match self {
            Self::Region { outer, .. } | Self::Pasted(outer) => outer.end,
            Self::Nothing { at, .. } => *at,
        }
    }

    /// The description with `region` in this place, followed by the text that people wrote within.
    fn put(
        &self,
        description: &str,
        region: &str,
        previous: &Previous<'_>,
    ) -> Result<String, Broken> {
        let mut region = region.to_owned();
        if !previous.untrusted.is_empty() {
            region.push('\n');
            region.extend(previous.untrusted.iter().map(|line| format!("{line}\n")));
        }
        let (range, region) = match self {
            Self::Region { outer, .. } | Self::Pasted(outer) => (outer.clone(), region),
            Self::Nothing { at, has_section } => {
                let before = slice(description, 0..*at)?;
                let gap = match before {
                    "" => "",
                    before if before.ends_with("\n\n") => "",
                    before if before.ends_with('\n') => "\n",
                    _ => "\n\n",
                };
                let heading =
                    if *has_section { String::new() } else { format!("## {SECTION}\n\n") };
                (*at..*at, format!("{gap}{heading}{region}\n"))
            }
        };
        let before = slice(description, 0..range.start)?;
        let after = slice(description, range.end..description.len())?;
        Ok(format!("{before}{region}{after}"))
    }
}

/// A part of a description.
///
/// An empty text in place of a part would delete what people wrote, so a wrong range is an error.
fn slice(description: &str, range: Range<usize>) -> Result<&str, Broken> {
    description.get(range).ok_or(Broken::Misplaced)
}

fn find<'a>(
    description: &'a str,
    outline: &Outline,
    spec: &Spec,
    adopt: Adopt,
) -> Result<Place<'a>, Broken> {
    let line = |range: &Range<usize>| description.get(range.clone()).unwrap_or_default().trim();
    // A comment that continues on the next line would hide the text after it, so it is not a mark.
    let is_begin =
        |range: &&Range<usize>| line(range).starts_with(BEGIN) && line(range).ends_with("-->");
    let begins: Vec<_> = outline.html.iter().filter(is_begin).collect();
    let ends: Vec<_> = outline.html.iter().filter(|range| line(range) == END).collect();
    match (begins.as_slice(), ends.as_slice()) {
        ([begin], [end]) if begin.end <= end.start => {
            let digests = line(begin).trim_start_matches(BEGIN).trim_end_matches("-->");
            Ok(Place::Region {
                outer: begin.start..end.end,
                inner: begin.end..end.start,
                digests: digests.split_whitespace().collect(),
            })
        }
        ([_], [_]) => Err(Broken::Marks(MarksFault::Swapped)),
        ([], []) => unmarked(description, outline, spec, adopt),
        // One mark without the other is adopted with the tables beside it.
        ([mark], []) | ([], [mark]) if adopt == Adopt::Yes => {
            match unmarked(description, outline, spec, adopt)? {
                Place::Pasted(range) => {
                    Ok(Place::Pasted(range.start.min(mark.start)..range.end.max(mark.end)))
                }
                _ => Err(Broken::Marks(MarksFault::NoTable)),
            }
        }
        ([], [_]) => Err(Broken::Marks(MarksFault::UpperGone)),
        ([_], []) => Err(Broken::Marks(MarksFault::LowerGone)),
        _ => Err(Broken::Marks(MarksFault::Doubled)),
    }
}

/// The place of a report in a description without marks.
fn unmarked<'a>(
    description: &str,
    outline: &Outline,
    spec: &Spec,
    adopt: Adopt,
) -> Result<Place<'a>, Broken> {
    let ours = |text: &str| {
        text.eq_ignore_ascii_case(spec.team_heading)
            || text.eq_ignore_ascii_case(spec.outsiders_heading)
    };
    let headings: Vec<_> =
        outline.headings.iter().filter(|heading| ours(heading.text.trim())).collect();
    if let (Some(first), Some(last)) = (headings.first(), headings.last()) {
        return match adopt {
            Adopt::No => Err(Broken::Unmarked),
            Adopt::Yes => {
                let start = pasted_start(description, first.range.start);
                Ok(Place::Pasted(start..pasted_end(description, last.range.end)))
            }
        };
    }
    let section = outline
        .headings
        .iter()
        .position(|heading| heading.text.trim().eq_ignore_ascii_case(SECTION));
    let Some(section) = section else {
        return Ok(Place::Nothing {
            at: content_end(description, outline, 0, description.len()),
            has_section: false,
        });
    };
    let level = outline.headings.get(section).map_or(0, |heading| heading.level);
    let start = outline.headings.get(section).map_or(0, |heading| heading.range.end);
    let mut following = outline.headings.iter().skip(section + 1);
    let end = following.find(|heading| heading.level <= level);
    let end = end.map_or(description.len(), |heading| heading.range.start);
    Ok(Place::Nothing { at: content_end(description, outline, start, end), has_section: true })
}

/// The end of the content between `start` and `end`: before the issue's own marker, if that is
/// last.
///
/// A marker in a list or a quote was written by somebody, and stays where it is.
fn content_end(description: &str, outline: &Outline, start: usize, end: usize) -> usize {
    let is_last = |range: &&Range<usize>| {
        let rest = description.get(range.end..end);
        range.start >= start && rest.is_some_and(|rest| rest.trim().is_empty())
    };
    let line = outline.html.iter().rfind(is_last);
    let line = line.filter(|range| {
        description.get((*range).clone()).is_some_and(|line| Marker::parse(line).is_some())
    });
    let Some(line) = line else { return end };
    let before = description.get(..line.start).unwrap_or_default();
    before.rfind('\n').map_or(0, |at| at + 1)
}

/// The start of a pasted report: its line of provenance, or else its first heading.
fn pasted_start(description: &str, heading: usize) -> usize {
    let before = description.get(..heading).unwrap_or_default();
    before
        .rfind(&format!("{ROSTER}`"))
        .filter(|start| {
            *start == 0 || before.get(..*start).is_some_and(|above| above.ends_with('\n'))
        })
        .unwrap_or(heading)
}

/// The end of a pasted report: after its last table and the summary below that.
fn pasted_end(description: &str, heading: usize) -> usize {
    let mut end = heading;
    let mut position = heading;
    let mut is_table_over = false;
    for line in description.get(heading..).unwrap_or_default().split_inclusive('\n') {
        position += line.len();
        if table::cells(line).is_some() && !is_table_over {
            end = position;
        } else if !line.trim().is_empty() {
            if is_summary(line.trim()) {
                end = position;
            }
            break;
        } else if end > heading {
            is_table_over = true;
        }
    }
    end
}

#[cfg(test)]
mod tests;
