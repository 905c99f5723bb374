//! What a service says when it refuses, in all the shapes it says it.
//!
//! GitLab ("REST API troubleshooting", "Status codes"): `{"message": text}`, `{"message": {field:
//! [text]}}`, `{"message": {"error": text}}`, `{"error": text}`, and for tokens `{"error",
//! "error_description", "scope"}`; what it takes for spam is marked by `needs_captcha_response`, else
//! by words ("Requests detected as spam"). Calendly: `{"title", "message", "details": [{"parameter",
//! "message"}]}`. Rate limiters answer in plain text, proxies in HTML.
//!
//! It uses nothing of this crate but `sanitize`: the fuzz target includes the two files by themselves.

use serde_json::{Map, Value};

use crate::sanitize::clean;

/// What a service said when it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// Its words on one harmless line; empty where it had none.
    pub(crate) message: String,
    /// The word by which it tells the kind of error, if it does.
    pub(crate) error: Option<String>,
    /// The scopes that it asks for.
    pub(crate) scope: Option<String>,
    /// Whether it wants somebody to solve a captcha.
    pub(crate) needs_captcha: bool,
}

impl Complaint {
    /// Reads the body of an answer, which must not hold the token any more.
    pub(crate) fn of(body: &str) -> Self {
        let json = serde_json::from_str(body).unwrap_or(Value::Null);
        let fields = json.as_object();
        let field = |name: &str| Some(clean(fields?.get(name)?.as_str()?));
        let said = match fields {
            Some(fields) => complaint(fields),
            None if json.is_null() => gist(body),
            None => sentence(&json),
        };
        Self {
            message: clean(&said),
            error: field("error"),
            scope: field("scope"),
            needs_captcha: json.get("needs_captcha_response") == Some(&Value::Bool(true)),
        }
    }
}

/// What GitLab says became of a text of quick actions. `body` must not hold the token any more.
pub(crate) fn summary(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    json.get("summary").map_or_else(|| gist(body), |summary| clean(&sentence(summary)))
}

/// The gist of a body that is no JSON: the title or the words of an HTML page, or the text.
pub(crate) fn gist(body: &str) -> String {
    let text = body.trim_start_matches('\u{feff}').trim_start();
    let words = if text.starts_with('<') {
        title(text).map(clean).filter(|title| !title.is_empty()).unwrap_or_else(|| words(text))
    } else {
        text.to_owned()
    };
    clean(&words)
}

fn complaint(fields: &Map<String, Value>) -> String {
    let first = ["error_description", "message", "error", "title"]
        .into_iter()
        .filter_map(|name| fields.get(name).map(sentence))
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let details: Vec<String> = fields
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|detail| {
            let part = |name| detail.get(name)?.as_str().filter(|text| !text.is_empty());
            let parts: Vec<&str> = ["parameter", "message"].into_iter().filter_map(part).collect();
            parts.join(": ")
        })
        .filter(|detail| !detail.is_empty())
        .collect();
    if details.is_empty() { first } else { format!("{first}: {}", details.join("; ")) }
}

/// Any JSON in words: `{"title": ["is too long"]}` becomes `title is too long`.
fn sentence(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => items.iter().map(sentence).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let parts = fields.iter().map(|(name, value)| match name.as_str() {
                // These name no field: `base` is what Rails calls the whole object.
                "error" | "message" | "base" => sentence(value),
                _ => format!("{name} {}", sentence(value)),
            });
            parts.collect::<Vec<_>>().join("; ")
        }
    }
}

fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower.get(tag..)?.find('>')? + 1;
    let length = lower.get(start..)?.find("</title")?;
    html.get(start..start + length)
}

/// The text between the tags, without that of styles and scripts.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let is = |name: &str| tag.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
        let end = if is("style") || is("script") { "</" } else { "" };
        let tag = tag.split_once(end).map_or("", |(_, tag)| tag);
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_gives_its_words() {
        for (body, expected) in [
            (r#"{"message":"400 Bad request - no"}"#, "400 Bad request - no"),
            (
                r#"{"message":{"title":["can't be blank","is odd"],"due":["is past"]}}"#,
                "due is past; title can't be blank, is odd",
            ),
            (r#"{"message":{"base":["no such group"]}}"#, "no such group"),
            (r#"{"message":{"error":"too many"}}"#, "too many"),
            (r#"{"message":["one","two"]}"#, "one, two"),
            (r#"{"error":"title is missing"}"#, "title is missing"),
            (r#"{"error":"x","error_description":"the reason"}"#, "the reason"),
            (
                r#"{"title":"Invalid Argument","message":"The parameters are invalid",
                    "details":[{"parameter":"email","message":"must be filled"},{"message":"odd"}]}"#,
                "The parameters are invalid: email: must be filled; odd",
            ),
            (
                r#"{"title":"Invalid Argument","message":"no",
                    "details":[{"parameter":"","message":"a\u001b[31m\u202eb\nc"},{},7,null]}"#,
                "no: ab c",
            ),
            (r#"{"title":"Conflict"}"#, "Conflict"),
            (r#"{"message":null,"error":"why"}"#, "why"),
            (r#""just text""#, "just text"),
            ("Retry later\n", "Retry later"),
            ("", ""),
            ("{}", ""),
            ("<html><head><TITLE>\n 413 Too\tLarge </TITLE><body>no", "413 Too Large"),
            ("<p>Access <b>denied</b></p><style>p{x:y}</style> by proxy", "Access denied by proxy"),
            ("<title></title><h1>Blocked</h1>", "Blocked"),
            (r#"{"message":"a\u001b[31mb\u202ec"}"#, "abc"),
        ] {
            assert_eq!(Complaint::of(body).message, expected, "{body}");
        }
    }
}
