//! Reads one file of a roster into entries, and says what it could not read.
//!
//! A YAML list is read item by item: so a broken item costs nobody but itself, items are read side
//! by side, and what a text can make the parser do is bounded by its own length.
//! Where an alias means an anchor of another item, the document is read as a whole, without the
//! items that are broken by themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_yaml::{DefaultMessageFormatter, Error, MessageFormatter, Options, Spanned};

use super::entry::{A_LIST, Entry, Fields};
use super::operations_team::OperationsTeam;
use super::prune::push_pruned;
use super::split::{self, Part};

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The entries that are mappings, in the order of their lines.
    pub(super) items: Vec<Item>,
    /// What could not be read, in the order of the lines.
    pub(super) problems: Vec<Trouble>,
}

/// An entry and the line on which it begins, counted from 1.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) fields: Box<Fields>,
    pub(super) line: u64,
}

/// A problem before its file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) line: Option<u64>,
    pub(super) message: String,
    pub(super) hides_person: bool,
}

impl Trouble {
    /// An entry, or more, that could not be read at all.
    fn lost(line: impl Into<Option<u64>>, message: impl Into<String>) -> Self {
        Self { line: line.into(), message: message.into(), hides_person: true }
    }
}

/// How many items the parser is given at a time.
const BATCH: usize = 64;

/// How many broken items are looked for where a document must be read as a whole.
const ROUNDS: usize = 16;

/// Reads one file.
pub(super) fn file(bytes: &[u8], team: &OperationsTeam) -> Reading {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = &*with_line_feeds(bytes);
    let mut reading = Reading::default();
    if let Some(b'[' | b'{') = bytes.trim_ascii_start().first()
        && let Some(json) = json(bytes)
    {
        return json;
    }
    let documents = split::documents(bytes);
    if let [_, second, ..] = documents.as_slice() {
        reading.problems.push(Trouble {
            line: Some(second.line),
            message: format!(
                "the file holds {} YAML documents where one is expected; all of them were read",
                documents.len()
            ),
            hides_person: false,
        });
    }
    for document in &documents {
        match split::items(*document) {
            Some(items) => list(&items, team, &mut reading),
            None => whole(*document, &mut reading),
        }
    }
    if documents.is_empty() {
        reading.problems.push(Trouble::lost(None, "the file is empty"));
    }
    reading.problems.sort_by_key(|problem| problem.line);
    reading
}

/// The text with a line feed for each carriage return that stands alone: in YAML it ends a line too,
/// and whoever missed that would take an item for a part of the comment or field above it.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let following = bytes.iter().skip(1).map(Some).chain([None]);
    let byte = |(byte, next): (&u8, Option<&u8>)| match (byte, next) {
        (b'\r', Some(b'\n')) => b'\r',
        (b'\r', _) => b'\n',
        (other, _) => *other,
    };
    Cow::Owned(bytes.iter().zip(following).map(byte).collect())
}

impl Reading {
    fn push(&mut self, entry: Entry, line: u64) {
        match entry {
            Entry::Mapping(fields) => self.items.push(Item { fields, line }),
            Entry::Other(found) => self
                .problems
                .push(Trouble::lost(line, format!("the entry is {found}, not a mapping"))),
        }
    }
}

/// What became of an item that was read by itself.
enum Outcome {
    Read(Entry),
    Broken(Box<Trouble>),
    /// It means an anchor that stands in another item.
    NeedsTheWhole(Box<Trouble>),
}

fn list(items: &[Part<'_>], team: &OperationsTeam, reading: &mut Reading) {
    let batches = items.par_chunks(BATCH);
    let mut outcomes: Vec<Outcome> = batches.flat_map_iter(|items| batch(items, team)).collect();
    if outcomes.iter().any(|outcome| matches!(outcome, Outcome::NeedsTheWhole(_))) {
        together(items, &mut outcomes);
    }
    reading.items.reserve(outcomes.len());
    for (outcome, item) in outcomes.into_iter().zip(items) {
        match outcome {
            Outcome::Read(mut entry) => {
                place_oddities(&mut entry, *item);
                reading.push(entry, item.line);
            }
            Outcome::Broken(trouble) | Outcome::NeedsTheWhole(trouble) => {
                reading.problems.push(*trouble);
            }
        }
    }
}

/// Finds the lines of an entry's odd fields: the parser is asked where each field stands.
fn place_oddities(entry: &mut Entry, item: Part<'_>) {
    let Entry::Mapping(fields) = entry else { return };
    if fields.oddities.is_empty() {
        return;
    }
    let Ok(text) = str::from_utf8(item.bytes) else { return };
    let places: Vec<BTreeMap<String, Spanned<IgnoredAny>>> =
        serde_yaml::from_str_with_options(text, options(text.len())).unwrap_or_default();
    let Some(places) = places.first() else { return };
    for oddity in &mut fields.oddities {
        let key = oddity.field.split('.').next().unwrap_or_default();
        let line = places.get(key).map(|value| value.referenced.line());
        oddity.line = line.map(|line| item.line + line.saturating_sub(1));
    }
}

fn batch(items: &[Part<'_>], team: &OperationsTeam) -> Vec<Outcome> {
    if let Some(entries) = read_pruned(items, team) {
        return entries.into_iter().map(Outcome::Read).collect();
    }
    items.iter().map(|item| read_alone(*item)).collect()
}

fn read_pruned(items: &[Part<'_>], team: &OperationsTeam) -> Option<Vec<Entry>> {
    let mut text = String::with_capacity(items.iter().map(|item| item.bytes.len()).sum());
    for item in items {
        push_pruned(str::from_utf8(item.bytes).ok()?, team, &mut text);
    }
    let entries: Vec<Entry> = serde_yaml::from_str_with_options(&text, options(text.len())).ok()?;
    (entries.len() == items.len()).then_some(entries)
}

fn read_alone(item: Part<'_>) -> Outcome {
    let text = match utf8(item) {
        Ok(text) => text,
        Err(trouble) => return Outcome::Broken(Box::new(trouble)),
    };
    match serde_yaml::from_str_with_options::<Vec<Entry>>(text, options(text.len())) {
        Ok(mut entries) => match (entries.pop(), entries.is_empty()) {
            (Some(entry), true) => Outcome::Read(entry),
            _ => Outcome::Broken(Box::new(Trouble::lost(
                item.line,
                "the lines from here to the next entry do not hold exactly one entry",
            ))),
        },
        Err(error) => {
            let mut trouble = trouble(&error, item.line);
            if trouble.line != Some(item.line) {
                // An open quote is noticed where the text ends, which may be a screen below.
                trouble.message.push_str(&format!(", in the entry of line {}", item.line));
            }
            match error {
                Error::UnknownAnchor { .. } => Outcome::NeedsTheWhole(Box::new(trouble)),
                _ => Outcome::Broken(Box::new(trouble)),
            }
        }
    }
}

/// Reads a list as a whole, but for its broken items, and replaces the outcomes if it can.
fn together(items: &[Part<'_>], outcomes: &mut Vec<Outcome>) {
    let broken = outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
        Outcome::Broken(trouble) => Some((index, Trouble::clone(trouble))),
        Outcome::Read(_) | Outcome::NeedsTheWhole(_) => None,
    });
    let mut broken: BTreeMap<usize, Trouble> = broken.collect();
    let first_line = items.first().map_or(1, |item| item.line);
    for _ in 0..ROUNDS {
        let text = without(items, &broken);
        match serde_yaml::from_str_with_options::<Vec<Entry>>(&text, options(text.len())) {
            Ok(entries) if entries.len() + broken.len() == items.len() => {
                let mut entries = entries.into_iter();
                let outcome = |index| match broken.remove(&index) {
                    Some(trouble) => Some(Outcome::Broken(Box::new(trouble))),
                    None => entries.next().map(Outcome::Read),
                };
                *outcomes = (0..items.len()).filter_map(outcome).collect();
                return;
            }
            Ok(_) => return,
            Err(error) => {
                let trouble = trouble(&error, first_line);
                let line = trouble.line.unwrap_or(first_line);
                let index = items.partition_point(|item| item.line <= line).saturating_sub(1);
                if broken.insert(index, trouble).is_some() {
                    return;
                }
            }
        }
    }
}

/// The text of `items`, with nothing but line breaks in place of the broken ones.
fn without(items: &[Part<'_>], broken: &BTreeMap<usize, Trouble>) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        match str::from_utf8(item.bytes) {
            Ok(item) if !broken.contains_key(&index) => text.push_str(item),
            _ => text.extend(item.bytes.iter().filter(|byte| **byte == b'\n').map(|_| '\n')),
        }
    }
    text
}

/// Reads a document that is not a list of lines with one item each: one person, or a flow list.
fn whole(document: Part<'_>, reading: &mut Reading) {
    let text = match utf8(document) {
        Ok(text) => text,
        Err(trouble) => return reading.problems.push(trouble),
    };
    let options = || options(text.len());
    let line = |entry: &Spanned<Entry>| document.line + entry.referenced.line().saturating_sub(1);
    match serde_yaml::from_str_with_options::<Spanned<Entry>>(text, options()) {
        Ok(Spanned { value: Entry::Other(A_LIST), .. }) => {
            match serde_yaml::from_str_with_options::<Vec<Spanned<Entry>>>(text, options()) {
                Ok(entries) => entries.into_iter().for_each(|entry| {
                    let line = line(&entry);
                    reading.push(entry.value, line);
                }),
                Err(error) => reading.problems.push(trouble(&error, document.line)),
            }
        }
        Ok(entry) => {
            let line = line(&entry);
            reading.push(entry.value, line);
        }
        Err(error) => reading.problems.push(trouble(&error, document.line)),
    }
}

fn utf8(part: Part<'_>) -> Result<&str, Trouble> {
    str::from_utf8(part.bytes).map_err(|error| {
        let before = part.bytes.get(..error.valid_up_to()).unwrap_or_default();
        Trouble::lost(part.line + line_breaks(before), "the text is not valid UTF-8")
    })
}

fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').map(|_| 1).sum()
}

/// What the parser says, with the line in the file of a text that begins on `first_line`.
fn trouble(error: &Error, first_line: u64) -> Trouble {
    let line = error.location().map_or(0, |location| location.line());
    let innermost = match error {
        Error::AliasError { error, .. } => error,
        other => other,
    };
    let message = DefaultMessageFormatter.format_message(innermost);
    Trouble::lost(first_line + line.saturating_sub(1), format!("not valid YAML: {message}"))
}

/// How a text of `length` bytes is parsed: what aliases can multiply is bounded by the length.
///
/// Without this, a text of a kilobyte can stand for more nodes than a machine has memory.
pub(super) fn options(length: usize) -> Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_events: length.saturating_mul(2).max(100_000),
            max_nodes: length.max(50_000),
            max_aliases: length.max(1_000),
            max_anchors: length.max(1_000),
            max_merge_keys: length.max(1_000),
            max_recorded_anchor_events: length.saturating_mul(2).max(50_000),
            max_total_scalar_bytes: length.saturating_mul(8).max(1_000_000),
        },
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: length.max(5_000),
        },
        // Whether a field may be given twice is for `entry` to say: only of those that are read.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        // A snippet would quote people's data in messages.
        with_snippet: false,
    }
}

/// Reads a JSON array or object; nothing if it is no JSON from its first value on.
fn json(bytes: &[u8]) -> Option<Reading> {
    let mut reading = Reading::default();
    let text = str::from_utf8(bytes).ok()?;
    let mut values = Vec::new();
    let result = if text.trim_ascii_start().starts_with('[') {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Elements(&mut values).deserialize(&mut deserializer).and_then(|()| deserializer.end())
    } else {
        serde_json::from_str(text).map(|value| values.push(value))
    };
    if let Err(error) = result {
        if values.is_empty() {
            return None;
        }
        let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
        reading.problems.push(Trouble::lost(
            line,
            format!("not valid JSON: {error}; what follows was not read"),
        ));
    }
    let (mut line, mut position) = (1, 0);
    for value in values {
        // Where an element begins is not told otherwise than by where its text lies.
        let offset = value.get().as_ptr().addr() - text.as_ptr().addr();
        line += line_breaks(bytes.get(position..offset).unwrap_or_default());
        position = offset;
        match serde_json::from_str(value.get()) {
            Ok(entry) => reading.push(entry, line),
            Err(error) => {
                reading.problems.push(Trouble::lost(line, format!("not valid JSON: {error}")));
            }
        }
    }
    Some(reading)
}

/// Collects the elements of an array, and keeps those that were read before an error.
struct Elements<'a, 'de>(&'a mut Vec<&'de RawValue>);

impl<'de> DeserializeSeed<'de> for Elements<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        while let Some(value) = array.next_element()? {
            self.0.push(value);
        }
        Ok(())
    }
}
