//! The parameters of a request, whether in its query, a form or JSON.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::bad_parameter;
use crate::{
    reply::Reply,
    request::{Request, pairs},
};

/// The parameters of a request; those of the body win over those of the query.
#[derive(Debug)]
pub(super) struct Parameters(Map<String, Value>);

impl Parameters {
    /// # Errors
    ///
    /// 400 for a body that is not the JSON it claims to be, and for a NUL anywhere.
    pub(super) fn parse(request: &Request) -> Result<Self, Reply> {
        let mut parameters = Map::new();
        for (name, value) in request.query() {
            add(&mut parameters, &name, value);
        }
        let kind = request.header("content-type").unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            for (name, value) in pairs(&String::from_utf8_lossy(&request.body)) {
                add(&mut parameters, &name, value);
            }
        } else if !request.body.is_empty() && request.is_write() {
            let invalid = || bad_parameter("Invalid JSON format");
            match serde_json::from_slice(&request.body).map_err(|_| invalid())? {
                Value::Object(body) => parameters.extend(body),
                _ => return Err(invalid()),
            }
        }
        if parameters.values().any(has_nul) {
            return Err(Reply::bytes(400, "text/plain", "Bad Request"));
        }
        Ok(Self(parameters))
    }

    /// Whether the parameter was sent, even as null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string; `None` for null.
    ///
    /// # Errors
    ///
    /// 400 for an object or an array.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Reply> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => plain(value).map(Some).ok_or_else(|| invalid(name)),
        }
    }

    /// A flag, in any of the forms that clients send: `true`, `True`, `1`, …
    ///
    /// # Errors
    ///
    /// 400 for anything else.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        match text.map(|text| text.to_lowercase()).as_deref() {
            None => Ok(None),
            Some("true" | "t" | "1" | "on" | "yes") => Ok(Some(true)),
            Some("false" | "f" | "0" | "off" | "no") => Ok(Some(false)),
            Some(_) => Err(invalid(name)),
        }
    }

    /// A list, as an array or as a string with commas; `None` for null.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let items = match self.0.get(name)? {
            Value::Null => return None,
            Value::Array(items) => items.iter().filter_map(plain).collect(),
            value => plain(value)?.split(',').map(str::to_owned).collect::<Vec<_>>(),
        };
        let items = items.iter().map(|item| item.trim().to_owned());
        Some(items.filter(|item| !item.is_empty()).collect())
    }

    /// A list of numbers.
    ///
    /// # Errors
    ///
    /// 400 for an item that is not a number.
    pub(super) fn numbers(&self, name: &str) -> Result<Option<Vec<u64>>, Reply> {
        let Some(items) = self.list(name) else { return Ok(None) };
        let numbers: Result<Vec<u64>, _> = items.iter().map(|item| item.parse()).collect();
        numbers.map(Some).map_err(|_| invalid(name))
    }

    /// An instant, or the beginning of a day.
    ///
    /// # Errors
    ///
    /// 400 for what is neither.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Timestamp>, Reply> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let of_day = |day: Date| day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        // A `+` that was not encoded arrives as a space.
        let instant = text.replace(' ', "+").parse().or_else(|_| text.parse().and_then(of_day));
        instant.map(Some).map_err(|_| invalid(name))
    }

    /// One of several values; the first if none was sent.
    ///
    /// # Errors
    ///
    /// 400 for another word.
    pub(super) fn word(&self, name: &str, words: &[&'static str]) -> Result<&'static str, Reply> {
        let sent = self.text(name)?.filter(|text| !text.is_empty());
        let word = match sent {
            None => words.first(),
            Some(sent) => words.iter().find(|word| **word == sent),
        };
        word.copied().ok_or_else(|| bad_parameter(&format!("{name} does not have a valid value")))
    }
}

fn add(parameters: &mut Map<String, Value>, name: &str, value: String) {
    match name.strip_suffix("[]") {
        None => {
            parameters.insert(name.to_owned(), Value::String(value));
        }
        Some(name) => {
            let items = parameters.entry(name).or_insert_with(|| json!([]));
            if let Value::Array(items) = items {
                items.push(Value::String(value));
            }
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        _ => false,
    }
}

fn invalid(name: &str) -> Reply {
    bad_parameter(&format!("{name} is invalid"))
}
