//! The body of a refusal, in all the forms that services use.
//!
//! GitLab ("REST API troubleshooting", "Status codes"): `{"message": text}`, `{"message": {field:
//! [text]}}`, `{"message": {"error": text}}`, `{"error": text}`, and for tokens `{"error",
//! "error_description", "scope"}`. What it takes for spam has `needs_captcha_response`, else only
//! a message that says so ("Requests detected as spam"). Calendly: `{"title", "message", "details":
//! [{"parameter", "message"}]}`. Rate limiters answer in plain text, proxies in HTML.
//!
//! Of this crate only `sanitize` is used: the fuzz target includes the two files by themselves.

use serde_json::{Map, Value};

use crate::sanitize::one_line;

/// What a service said when it refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// The message as one harmless line; empty if there was none.
    pub(crate) message: String,
    /// The code of the error, such as `invalid_token`, if there is one.
    pub(crate) error: Option<String>,
    /// The scopes that the service asks for.
    pub(crate) scope: Option<String>,
    /// Whether the service wants a captcha to be solved.
    pub(crate) needs_captcha: bool,
}

impl ErrorBody {
    /// Reads the body of an answer, which must not hold the token any more.
    pub(crate) fn parse(body: &str) -> Self {
        let json: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        let field = |name: &str| Some(one_line(json.get(name)?.as_str()?));
        let message = match &json {
            Value::Null => summary(body),
            Value::Object(fields) => message(fields),
            value => sentence(value),
        };
        Self {
            message: one_line(&message),
            error: field("error"),
            scope: field("scope"),
            needs_captcha: json.get("needs_captcha_response") == Some(&Value::Bool(true)),
        }
    }
}

/// What GitLab says about a text of quick actions only. `body` must not hold the token any more.
pub(crate) fn commands_summary(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    match json.get("summary") {
        Some(commands) => one_line(&sentence(commands)),
        None => summary(body),
    }
}

/// Summarizes a body that is not JSON: the title or the text of an HTML page, or plain text.
pub(crate) fn summary(body: &str) -> String {
    let text = body.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return one_line(text);
    }
    match title(text).map(one_line) {
        Some(title) if !title.is_empty() => title,
        _ => one_line(&html_text(text)),
    }
}

/// The message of a refusal, with Calendly's details if there are any.
fn message(fields: &Map<String, Value>) -> String {
    let mut message = String::new();
    for name in ["error_description", "message", "error", "title"] {
        message = fields.get(name).map(sentence).unwrap_or_default();
        if !message.is_empty() {
            break;
        }
    }
    let details = match fields.get("details").and_then(Value::as_array) {
        Some(details) => details.iter().map(detail).filter(|text| !text.is_empty()).collect(),
        None => Vec::new(),
    };
    if details.is_empty() { message } else { format!("{message}: {}", details.join("; ")) }
}

/// One of Calendly's details as `parameter: message`, or as much of that as there is.
fn detail(detail: &Value) -> String {
    let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("parameter"), text("message")) {
        ("", message) => message.to_owned(),
        (parameter, "") => parameter.to_owned(),
        (parameter, message) => format!("{parameter}: {message}"),
    }
}

/// Any JSON as a sentence: `{"title": ["is too long"]}` becomes `title is too long`.
fn sentence(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => items.iter().map(sentence).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let parts = fields.iter().map(|(name, value)| match name.as_str() {
                // These do not name a field: `base` is what Rails calls the whole object.
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
fn html_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let end = if starts_with(tag, "style") || starts_with(tag, "script") { "</" } else { "" };
        let tag = tag.split_once(end).map_or("", |(_, tag)| tag);
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text
}

/// Whether `text` starts with `name`, in whatever case.
fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
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
            assert_eq!(ErrorBody::parse(body).message, expected, "{body}");
        }
    }
}
