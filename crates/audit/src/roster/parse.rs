//! Parses one file of a roster into entries, and reports what it could not read.
//!
//! A YAML list is parsed item by item.
//! A broken item then costs only itself, items are parsed in parallel, and the length of a text
//! bounds what it can make the parser do.
//! If an alias refers to an anchor in another item, the complete document is parsed, without the
//! broken items.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_yaml::{DefaultMessageFormatter, Error, MessageFormatter, Options, Spanned};

use super::fields::{A_LIST, Entry, FieldLines, Fields};
use super::items::{self, Part};
use super::prune::push_pruned;
use super::rules::Rules;

/// The content of a file.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The entries that are mappings, in the order of their lines.
    pub(super) items: Vec<Item>,
    /// The problems, in the order of the lines.
    pub(super) problems: Vec<EntryError>,
}

/// An entry, and the line on which it begins, counted from 1.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) fields: Box<Fields>,
    pub(super) line: u64,
}

/// A problem before its file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryError {
    pub(super) line: Option<u64>,
    pub(super) message: String,
    pub(super) hides_person: bool,
}

impl EntryError {
    /// One or more entries that could not be read at all.
    fn lost(line: impl Into<Option<u64>>, message: impl Into<String>) -> Self {
        Self { line: line.into(), message: message.into(), hides_person: true }
    }
}

/// How many items the parser gets at a time.
const BATCH: usize = 64;

/// How many broken items are searched for in a document that is parsed as one.
const ROUNDS: usize = 16;

/// Parses one file.
pub(super) fn file(bytes: &[u8], rules: Rules<'_>) -> Reading {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = &*with_line_feeds(bytes);
    let mut reading = Reading::default();
    if let Some(b'[' | b'{') = bytes.trim_ascii_start().first()
        && let Some(json) = json(bytes, rules)
    {
        return json;
    }
    let documents = items::documents(bytes);
    if let [_, second, ..] = documents.as_slice() {
        reading.problems.push(EntryError {
            line: Some(second.line),
            message: format!(
                "the file holds {} YAML documents where one is expected; all of them were read",
                documents.len()
            ),
            hides_person: false,
        });
    }
    for document in &documents {
        match items::items(*document) {
            Some(items) => parse_list(&items, rules, &mut reading),
            None => parse_document(*document, rules, &mut reading),
        }
    }
    if documents.is_empty() {
        reading.problems.push(EntryError::lost(None, "the file is empty"));
    }
    reading.problems.sort_by_key(|problem| problem.line);
    reading
}

/// The text with a line feed for each carriage return that stands alone.
/// YAML ends a line there too; otherwise an item would become part of the comment or field above
/// it.
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
                .push(EntryError::lost(line, format!("the entry is {found}, not a mapping"))),
        }
    }
}

/// The outcome of parsing an item alone.
enum Outcome {
    Read(Entry),
    Broken(Box<EntryError>),
    /// It refers to an anchor in another item.
    NeedsOthers(Box<EntryError>),
}

impl Outcome {
    /// An item that was read, with its link where the rules say that it is.
    fn read(mut entry: Entry, rules: Rules<'_>) -> Self {
        entry.resolve_link(rules.link_field);
        Self::Read(entry)
    }
}

fn parse_list(items: &[Part<'_>], rules: Rules<'_>, reading: &mut Reading) {
    let batches = items.par_chunks(BATCH);
    let mut outcomes: Vec<Outcome> = batches.flat_map_iter(|items| batch(items, rules)).collect();
    if outcomes.iter().any(|outcome| matches!(outcome, Outcome::NeedsOthers(_))) {
        parse_as_one(items, rules, &mut outcomes);
    }
    reading.items.reserve(outcomes.len());
    for (outcome, item) in outcomes.into_iter().zip(items) {
        match outcome {
            Outcome::Read(mut entry) => {
                locate_errors(&mut entry, *item);
                reading.push(entry, item.line);
            }
            Outcome::Broken(problem) | Outcome::NeedsOthers(problem) => {
                reading.problems.push(*problem);
            }
        }
    }
}

/// Finds the lines of an entry's unreadable fields by parsing its text again.
fn locate_errors(entry: &mut Entry, item: Part<'_>) {
    if !entry.has_errors() {
        return;
    }
    let lines: Vec<FieldLines> = field_lines(item.bytes).unwrap_or_default();
    if let Some(lines) = lines.first() {
        entry.locate_errors(lines, item.line);
    }
}

fn field_lines<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = str::from_utf8(bytes).ok()?;
    serde_yaml::from_str_with_options(text, options(text.len())).ok()
}

fn batch(items: &[Part<'_>], rules: Rules<'_>) -> Vec<Outcome> {
    if let Some(entries) = read_pruned(items, rules) {
        return entries.into_iter().map(|entry| Outcome::read(entry, rules)).collect();
    }
    items.iter().map(|item| read_alone(*item, rules)).collect()
}

fn read_pruned(items: &[Part<'_>], rules: Rules<'_>) -> Option<Vec<Entry>> {
    let mut text = String::with_capacity(items.iter().map(|item| item.bytes.len()).sum());
    for item in items {
        push_pruned(str::from_utf8(item.bytes).ok()?, rules, &mut text);
    }
    let entries: Vec<Entry> = serde_yaml::from_str_with_options(&text, options(text.len())).ok()?;
    (entries.len() == items.len()).then_some(entries)
}

fn read_alone(item: Part<'_>, rules: Rules<'_>) -> Outcome {
    let text = match utf8(item) {
        Ok(text) => text,
        Err(problem) => return Outcome::Broken(Box::new(problem)),
    };
    match serde_yaml::from_str_with_options::<Vec<Entry>>(text, options(text.len())) {
        Ok(mut entries) => match (entries.pop(), entries.is_empty()) {
            (Some(entry), true) => Outcome::read(entry, rules),
            _ => Outcome::Broken(Box::new(EntryError::lost(
                item.line,
                "the lines from here to the next entry do not hold exactly one entry",
            ))),
        },
        Err(error) => {
            let mut problem = syntax_error(&error, item.line);
            if problem.line != Some(item.line) {
                // The parser notices an open quote only at the end of the text, which may be far
                // below.
                problem.message.push_str(&format!(", in the entry of line {}", item.line));
            }
            match error {
                Error::UnknownAnchor { .. } => Outcome::NeedsOthers(Box::new(problem)),
                _ => Outcome::Broken(Box::new(problem)),
            }
        }
    }
}

/// Parses a list as one document without its broken items, and replaces the outcomes if it can.
fn parse_as_one(items: &[Part<'_>], rules: Rules<'_>, outcomes: &mut Vec<Outcome>) {
    let broken = outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
        Outcome::Broken(problem) => Some((index, EntryError::clone(problem))),
        Outcome::Read(_) | Outcome::NeedsOthers(_) => None,
    });
    let mut broken: BTreeMap<usize, EntryError> = broken.collect();
    let first_line = items.first().map_or(1, |item| item.line);
    for _ in 0..ROUNDS {
        let text = blank_out(items, &broken);
        match serde_yaml::from_str_with_options::<Vec<Entry>>(&text, options(text.len())) {
            Ok(entries) if entries.len() + broken.len() == items.len() => {
                let mut entries = entries.into_iter();
                let outcome = |index| match broken.remove(&index) {
                    Some(problem) => Some(Outcome::Broken(Box::new(problem))),
                    None => entries.next().map(|entry| Outcome::read(entry, rules)),
                };
                *outcomes = (0..items.len()).filter_map(outcome).collect();
                return;
            }
            Ok(_) => return,
            Err(error) => {
                let problem = syntax_error(&error, first_line);
                let line = problem.line.unwrap_or(first_line);
                let index = items.partition_point(|item| item.line <= line).saturating_sub(1);
                if broken.insert(index, problem).is_some() {
                    return;
                }
            }
        }
    }
}

/// The text of `items`, with line breaks in place of the broken ones.
fn blank_out(items: &[Part<'_>], broken: &BTreeMap<usize, EntryError>) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        match str::from_utf8(item.bytes) {
            Ok(item) if !broken.contains_key(&index) => text.push_str(item),
            _ => text.extend(item.bytes.iter().filter(|byte| **byte == b'\n').map(|_| '\n')),
        }
    }
    text
}

/// Parses a document that is not a list with an item on each line: one person, or a flow list.
fn parse_document(document: Part<'_>, rules: Rules<'_>, reading: &mut Reading) {
    let text = match utf8(document) {
        Ok(text) => text,
        Err(problem) => return reading.problems.push(problem),
    };
    let options = || options(text.len());
    let line = |entry: &Spanned<Entry>| document.line + entry.referenced.line().saturating_sub(1);
    match serde_yaml::from_str_with_options::<Spanned<Entry>>(text, options()) {
        Ok(Spanned { value: Entry::Other(A_LIST), .. }) => {
            match serde_yaml::from_str_with_options::<Vec<Spanned<Entry>>>(text, options()) {
                Ok(mut entries) => {
                    for entry in &mut entries {
                        entry.value.resolve_link(rules.link_field);
                    }
                    let has_errors = entries.iter().any(|entry| entry.value.has_errors());
                    let lines = has_errors.then(|| field_lines(document.bytes)).flatten();
                    let mut lines = Vec::<FieldLines>::into_iter(lines.unwrap_or_default());
                    for mut entry in entries {
                        let fields = lines.next().unwrap_or_default();
                        entry.value.locate_errors(&fields, document.line);
                        let line = line(&entry);
                        reading.push(entry.value, line);
                    }
                }
                Err(error) => reading.problems.push(syntax_error(&error, document.line)),
            }
        }
        Ok(mut entry) => {
            entry.value.resolve_link(rules.link_field);
            if entry.value.has_errors() {
                let lines = field_lines(document.bytes).unwrap_or_default();
                entry.value.locate_errors(&lines, document.line);
            }
            let line = line(&entry);
            reading.push(entry.value, line);
        }
        Err(error) => reading.problems.push(syntax_error(&error, document.line)),
    }
}

fn utf8(part: Part<'_>) -> Result<&str, EntryError> {
    str::from_utf8(part.bytes).map_err(|error| {
        let before = part.bytes.get(..error.valid_up_to()).unwrap_or_default();
        EntryError::lost(part.line + line_breaks(before), "the text is not valid UTF-8")
    })
}

fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').map(|_| 1).sum()
}

/// The parser's message, with the line in the file of a text that begins on `first_line`.
fn syntax_error(error: &Error, first_line: u64) -> EntryError {
    let line = error.location().map_or(0, |location| location.line());
    let innermost = match error {
        Error::AliasError { error, .. } => error,
        other => other,
    };
    let message = DefaultMessageFormatter.format_message(innermost);
    EntryError::lost(first_line + line.saturating_sub(1), format!("not valid YAML: {message}"))
}

/// The parser's options for a text of `length` bytes, which bounds what aliases can multiply.
///
/// Without the bound, a text of a kilobyte can stand for more nodes than fit into memory.
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
        // `Entry` decides whether a field may be given twice: only the fields that are used count.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        // A snippet would quote people's data in messages.
        with_snippet: false,
    }
}

/// Parses a JSON array or object; `None` if the text is not JSON from its first value on.
fn json(bytes: &[u8], rules: Rules<'_>) -> Option<Reading> {
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
        reading.problems.push(EntryError::lost(
            line,
            format!("not valid JSON: {error}; what follows was not read"),
        ));
    }
    let (mut line, mut position) = (1, 0);
    for value in values {
        // Only the position of its text tells where an element begins.
        let offset = value.get().as_ptr().addr() - text.as_ptr().addr();
        line += line_breaks(bytes.get(position..offset).unwrap_or_default());
        position = offset;
        match serde_json::from_str::<Entry>(value.get()) {
            Ok(mut entry) => {
                entry.resolve_link(rules.link_field);
                reading.push(entry, line);
            }
            Err(error) => {
                reading.problems.push(EntryError::lost(line, format!("not valid JSON: {error}")));
            }
        }
    }
    Some(reading)
}

/// Collects the elements of an array, and keeps those before an error.
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
