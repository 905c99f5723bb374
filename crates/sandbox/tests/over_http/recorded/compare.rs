//! What of two answers has to be equal.
//!
//! Times, hosts and git's hashes are compared by their form, the addresses of pictures not at
//! all, and the numbers of things by what they mean: what has one number in the recordings has
//! one in the sandbox, and the other way round.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::source::Recording;
use crate::http::Seen;

/// The address of the server that was recorded.
const RECORDED_AT: &str = "http://127.0.0.1:18080";

/// The headers that are compared, beside those that begin with `x-gitlab-`: what a client may act
/// on, not what is for browsers. Of an `ETag` only whether it is there, and whether it is weak.
const HEADERS: &[&str] = &[
    "allow",
    "cache-control",
    "content-disposition",
    "content-type",
    "etag",
    "expires",
    "link",
    "location",
    "retry-after",
    "www-authenticate",
    "x-next-cursor",
    "x-next-page",
    "x-page",
    "x-per-page",
    "x-prev-page",
    "x-total",
    "x-total-pages",
];

/// A place where the sandbox answered other than GitLab, with both values.
#[derive(Debug)]
pub(super) struct Difference {
    /// `status`, `header <name>`, or the JSON pointer of a value, places in lists as `*`.
    pub(super) place: String,
    pub(super) values: String,
}

/// Which things of the recordings are which of the sandbox.
#[derive(Debug, Default)]
pub(super) struct Known {
    pairs: BTreeMap<(String, String), String>,
    back: BTreeMap<(String, String), String>,
}

impl Known {
    /// The name in the sandbox of a recorded thing; its own where it has not been met.
    pub(super) fn own<'name>(&'name self, kind: &str, recorded: &'name str) -> &'name str {
        let key = (kind.to_owned(), recorded.to_owned());
        self.pairs.get(&key).map_or(recorded, String::as_str)
    }

    /// Whether both can be the same thing; from now on they are.
    pub(super) fn meet(&mut self, kind: &str, recorded: &str, seen: &str) -> bool {
        let there = |name: &str| (kind.to_owned(), name.to_owned());
        let pair = self.pairs.entry(there(recorded)).or_insert_with(|| seen.to_owned());
        let back = self.back.entry(there(seen)).or_insert_with(|| recorded.to_owned());
        pair == seen && back == recorded
    }
}

/// All places where the answers differ.
pub(super) fn differences(
    recording: &Recording,
    seen: &Seen,
    base: &str,
    known: &mut Known,
) -> Vec<Difference> {
    let mut comparison = Comparison { base, known, found: Vec::new() };
    comparison.unequal("status", &recording.status.to_string(), &seen.status.to_string());
    comparison.headers(recording, seen);
    let body = match serde_json::from_slice(&seen.body) {
        Ok(body) => body,
        Err(_) if seen.body.is_empty() => Value::Null,
        Err(_) => Value::String(seen.text()),
    };
    comparison.values("", (&recording.body, &body), "");
    comparison.found
}

#[derive(Debug)]
struct Comparison<'base> {
    base: &'base str,
    known: &'base mut Known,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn headers(&mut self, recording: &Recording, seen: &Seen) {
        let absent = || "(absent)".to_owned();
        let of_gitlab: Vec<&str> = recording
            .answered
            .keys()
            .map(String::as_str)
            .filter(|name| name.starts_with("x-gitlab-"))
            .collect();
        for name in HEADERS.iter().copied().chain(of_gitlab) {
            // A stand-in for GitLab's own proxy gave the raw files their type.
            if recording.answered.is_empty()
                || (matches!(name, "content-type" | "etag") && recording.path.contains("/raw"))
            {
                continue;
            }
            let there = recording.answered.get(name).map(|value| self.form(name, value));
            let here = seen.find(name).map(|value| self.form(name, value));
            let place = format!("header {name}");
            self.unequal(&place, &there.unwrap_or_else(absent), &here.unwrap_or_else(absent));
        }
    }

    fn values(&mut self, place: &str, (recorded, seen): (&Value, &Value), kind: &str) {
        match (recorded, seen) {
            (Value::Object(recorded), Value::Object(seen)) => self.objects(place, recorded, seen),
            (Value::Array(recorded), Value::Array(seen)) => {
                if recorded.len() != seen.len() {
                    let sizes = (recorded.len().to_string(), seen.len().to_string());
                    self.unequal(&format!("{place}/length"), &sizes.0, &sizes.1);
                }
                for pair in recorded.iter().zip(seen) {
                    self.values(&format!("{place}/*"), pair, kind);
                }
            }
            (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_))
                if !kind.is_empty() =>
            {
                let texts = (plain(recorded), plain(seen));
                if !self.known.meet(kind, &texts.0, &texts.1) {
                    self.unequal(place, &texts.0, &format!("{} of another {kind}", texts.1));
                }
            }
            (Value::String(recorded), Value::String(seen)) => {
                let forms = (self.form(place, recorded), self.form(place, seen));
                self.unequal(place, &forms.0, &forms.1);
            }
            _ => self.unequal(place, &recorded.to_string(), &seen.to_string()),
        }
    }

    fn objects(&mut self, place: &str, recorded: &Map<String, Value>, seen: &Map<String, Value>) {
        for (name, value) in recorded {
            let place = format!("{place}/{name}");
            match seen.get(name) {
                _ if name == "avatar_url" => {}
                None => self.unequal(&place, &value.to_string(), "(absent)"),
                Some(own) => {
                    let kind = kind(name, recorded);
                    self.values(&place, (value, own), kind);
                }
            }
        }
        for (name, value) in seen.iter().filter(|(name, _)| !recorded.contains_key(*name)) {
            self.unequal(&format!("{place}/{name}"), "(absent)", &value.to_string());
        }
    }

    fn unequal(&mut self, place: &str, recorded: &str, seen: &str) {
        if recorded != seen {
            let values = format!("{recorded} was recorded, {seen} was answered");
            self.found.push(Difference { place: place.to_owned(), values });
        }
    }

    /// The text without what is another on every server and every day.
    fn form(&self, name: &str, text: &str) -> String {
        let text = text.replace(RECORDED_AT, "<host>").replace(self.base, "<host>");
        match name {
            "etag" => text.split('"').next().unwrap_or_default().to_owned() + "<tag>",
            "x-next-cursor" => "<cursor>".to_owned(),
            "link" => without_cursors(&text),
            name if name.ends_with("blob-id") || name.ends_with("blob_id") => text,
            _ if is_instant(&text) => text.replace(|letter: char| letter.is_ascii_digit(), "9"),
            _ => without_hashes(&text),
        }
    }
}

/// What kind of thing a field numbers; empty where it numbers nothing.
fn kind(name: &str, object: &Map<String, Value>) -> &'static str {
    let has = |field: &str| object.contains_key(field);
    let is_note = object.get("awardable_type").is_some_and(|kind| kind == "Note");
    match name {
        "id" if has("iid") => "issue",
        "id" if has("username") => "user",
        "id" if has("color") => "label",
        "id" if has("noteable_id") => "note",
        "id" if has("individual_note") => "discussion",
        "id" if has("path_with_namespace") => "project",
        "id" | "parent_id" if has("full_path") => "namespace",
        "id" if has("awardable_id") => "reaction",
        "id" if has("scopes") => "token",
        "id" if has("action") => "label event",
        "id" if has("state") && has("resource_id") => "state event",
        "id" if has("mode") => "blob",
        "id" | "commit_id" | "last_commit_id" | "parent_ids" => "commit",
        "short_id" => "short commit",
        "awardable_id" if is_note => "note",
        "noteable_id" | "resource_id" | "awardable_id" => "issue",
        "user_id" | "creator_id" => "user",
        "project_id" => "project",
        "add_label_ids" => "label",
        _ => "",
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the text begins as an instant does: `2026-11-22T…`.
fn is_instant(text: &str) -> bool {
    let form: String =
        text.chars().take(11).map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    form == "9999-99-99T" || (form == "9999-99-99" && text.len() == 10)
}

/// Replaces every run of exactly 40 hexadecimal digits.
fn without_hashes(text: &str) -> String {
    let mut runs = vec![String::new()];
    for letter in text.chars() {
        let goes_on = runs
            .last()
            .and_then(|run| run.chars().last())
            .is_none_or(|last| letter.is_ascii_hexdigit() == last.is_ascii_hexdigit());
        if !goes_on {
            runs.push(String::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(letter);
        }
    }
    let is_hash = |run: &String| run.len() == 40 && run.chars().all(|c| c.is_ascii_hexdigit());
    runs.into_iter().map(|run| if is_hash(&run) { "<hash>".to_owned() } else { run }).collect()
}

fn without_cursors(links: &str) -> String {
    let parts = links.split('&').map(|part| match part.split_once("cursor=") {
        Some((before, _)) => format!("{before}cursor=<cursor>"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}
