//! What a service says when it refuses, in all the shapes it says it.
//!
//! GitLab ("REST API troubleshooting", "Status codes"): `{"message": text}`, `{"message": {field:
//! [text]}}`, `{"message": {"error": text}}`, `{"error": text}`, and for tokens `{"error",
//! "error_description", "scope"}`; what it takes for spam is marked by `needs_captcha_response`, else
//! by words ("Requests detected as spam"). Calendly: `{"title", "message", "details": [{"parameter",
//! "message"}]}`. Rate limiters answer in plain text, proxies in HTML.

use reqwest::StatusCode;
use serde_json::{Map, Value};

use crate::error::{Call, Error};
use crate::foreign::clean;

/// The error for an answer that is no success. `body` must not hold the token any more.
pub(crate) fn refusal(call: Call, status: u16, body: &str) -> Error {
    let json = serde_json::from_str(body).unwrap_or(Value::Null);
    let fields = json.as_object();
    let field = |name: &str| fields?.get(name)?.as_str();
    let captcha = json.get("needs_captcha_response") == Some(&Value::Bool(true));
    let said = match fields {
        Some(fields) => complaint(fields),
        None if json.is_null() => gist(body),
        None => sentence(&json),
    };
    let mut message = clean(&said);
    if message.is_empty() {
        let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
        message = reason.unwrap_or("no reason given").to_lowercase();
    }
    let holds = |words: &str| message.to_ascii_lowercase().contains(words);
    match (status, field("error")) {
        (400, _) if holds("recognized as spam") => Error::Spam { call, message },
        (401, Some("invalid_token")) => Error::InvalidToken { call, description: message },
        (401, _) => Error::Unauthorized { call, message },
        (403, Some("insufficient_scope")) => Error::InsufficientScope {
            call,
            scope: clean(field("scope").unwrap_or("not told which")),
        },
        (403, _) => Error::Forbidden { call, message },
        (404, _) => Error::NotFound { call, message },
        (409, _) if captcha => Error::Captcha { call, message },
        (409, _) if holds("resource lock") => Error::Locked { call },
        (500..=599, _) => Error::Server { call, status, message },
        _ => Error::Api { call, status, message },
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
    use proptest::prelude::*;
    use proptest::{collection, sample};

    use url::Url;

    use super::*;

    fn call() -> Call {
        Call::new("GET", &Url::parse("https://h.example/api/v4/user?email=a%40b").unwrap())
    }

    fn error(status: u16, body: &str) -> Error {
        refusal(call(), status, body)
    }

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
            ("", "bad request"),
            ("{}", "bad request"),
            ("<html><head><TITLE>\n 413 Too\tLarge </TITLE><body>no", "413 Too Large"),
            ("<p>Access <b>denied</b></p><style>p{x:y}</style> by proxy", "Access denied by proxy"),
            ("<title></title><h1>Blocked</h1>", "Blocked"),
            (r#"{"message":"a\u001b[31mb\u202ec"}"#, "abc"),
        ] {
            let message = expected.to_owned();
            assert_eq!(error(400, body), Error::Api { call: call(), status: 400, message });
        }
    }

    #[test]
    fn foreign_text_is_bounded() {
        let text = error(502, &"x".repeat(100_000)).to_string();
        assert!(text.chars().count() < 300, "{text}");
    }

    #[test]
    fn statuses_become_what_the_user_can_act_on() {
        let plain = r#"{"message":"said"}"#;
        let said = || "said".to_owned();
        for (status, body, expected) in [
            (401, plain, Error::Unauthorized { call: call(), message: said() }),
            (
                401,
                r#"{"error":"invalid_token","error_description":"Token is expired."}"#,
                Error::InvalidToken { call: call(), description: "Token is expired.".to_owned() },
            ),
            (
                401,
                r#"{"title":"Unauthenticated","message":"The access token is invalid"}"#,
                Error::Unauthorized {
                    call: call(),
                    message: "The access token is invalid".to_owned(),
                },
            ),
            (403, plain, Error::Forbidden { call: call(), message: said() }),
            (
                403,
                r#"{"title":"Permission Denied","message":"You can not change owner role"}"#,
                Error::Forbidden {
                    call: call(),
                    message: "You can not change owner role".to_owned(),
                },
            ),
            (
                403,
                r#"{"error":"insufficient_scope","error_description":"more","scope":"api read_api"}"#,
                Error::InsufficientScope { call: call(), scope: "api read_api".to_owned() },
            ),
            (404, plain, Error::NotFound { call: call(), message: said() }),
            (
                404,
                r#"{"error":"invalid_token"}"#,
                Error::NotFound { call: call(), message: "invalid_token".to_owned() },
            ),
            (
                403,
                r#"{"message":"403 Forbidden - Quick actions cannot be used."}"#,
                Error::Forbidden {
                    call: call(),
                    message: "403 Forbidden - Quick actions cannot be used.".to_owned(),
                },
            ),
            (409, plain, Error::Api { call: call(), status: 409, message: said() }),
            (304, "", Error::Api { call: call(), status: 304, message: "not modified".to_owned() }),
            (500, plain, Error::Server { call: call(), status: 500, message: said() }),
            (
                599,
                "",
                Error::Server { call: call(), status: 599, message: "no reason given".to_owned() },
            ),
        ] {
            assert_eq!(error(status, body), expected);
        }
    }

    #[test]
    fn what_is_taken_for_spam_or_changed_at_the_same_time_is_told_apart() {
        let spam = "Your issue has been recognized as spam.";
        let body = format!(r#"{{"message":{{"error":"{spam}"}}}}"#);
        let message = || spam.to_owned();
        assert_eq!(error(400, &body), Error::Spam { call: call(), message: message() });
        assert_eq!(error(422, &body), Error::Api { call: call(), status: 422, message: message() });

        let body = |needed: bool| {
            format!(
                r#"{{"needs_captcha_response":{needed},"spam_log_id":42,"captcha_site_key":"k",
                    "message":{{"error":"{spam}"}}}}"#
            )
        };
        assert_eq!(error(409, &body(true)), Error::Captcha { call: call(), message: message() });
        let other = Error::Api { call: call(), status: 409, message: message() };
        assert_eq!(error(409, &body(false)), other);

        let lock = r#"{"message":"409 Conflict: Resource lock"}"#;
        assert_eq!(error(409, lock), Error::Locked { call: call() });
        assert!(matches!(error(423, lock), Error::Api { status: 423, .. }));
    }

    #[test]
    fn texts_name_the_call_but_no_query() {
        let text = error(404, r#"{"message":"404 Project Not Found"}"#).to_string();
        assert_eq!(text, "not found: 404 Project Not Found (GET h.example/api/v4/user)");
    }

    /// A text as services send it, or nearly so.
    fn body() -> impl Strategy<Value = String> {
        let key = sample::select(vec![
            "message",
            "error",
            "error_description",
            "scope",
            "details",
            "parameter",
            "title",
            "needs_captcha_response",
            "summary",
            "x",
        ]);
        let leaf = prop_oneof![
            "\\PC{0,20}".prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        let json = leaf.prop_recursive(6, 40, 5, move |inner| {
            let field = (key.clone().prop_map(str::to_owned), inner.clone());
            prop_oneof![
                collection::vec(inner, 0..5).prop_map(Value::from),
                collection::vec(field, 0..5).prop_map(|fields| fields.into_iter().collect()),
            ]
        });
        prop_oneof![
            4 => json.prop_map(|value| value.to_string()),
            1 => "(<[a-z!/]{0,8}>|\\PC|\n|\x1b){0,60}",
            1 => "[\\[{\"]{1,300}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_service_says_becomes_one_harmless_line(
            status in 400_u16..600, body in body()
        ) {
            for text in [error(status, &body).to_string(), summary(&body)] {
                prop_assert!(!text.contains(char::is_control), "{:?} of {}", text, body);
                prop_assert!(text.chars().count() <= 400, "{} of {}", text, body);
            }
        }
    }
}
