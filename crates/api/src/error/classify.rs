//! Which error an answer is that is no success.
//!
//! GitLab tells some kinds by words alone ("REST API troubleshooting", "Requests detected as spam").

use reqwest::StatusCode;

use crate::error::body::Complaint;
use crate::error::{Call, Error};

/// The error for an answer that is no success. `body` must not hold the token any more.
pub(crate) fn refusal(call: Call, status: u16, body: &str) -> Error {
    let Complaint { mut message, error, scope, needs_captcha } = Complaint::of(body);
    if message.is_empty() {
        let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
        message = reason.unwrap_or("no reason given").to_lowercase();
    }
    let holds = |words: &str| message.to_ascii_lowercase().contains(words);
    match (status, error.as_deref()) {
        (400, _) if holds("recognized as spam") => Error::Spam { call, message },
        (401, Some("invalid_token")) => Error::InvalidToken { call, description: message },
        (401, _) => Error::Unauthorized { call, message },
        (403, Some("insufficient_scope")) => {
            let scope = scope.unwrap_or_else(|| "not told which".to_owned());
            Error::InsufficientScope { call, scope }
        }
        (403, _) => Error::Forbidden { call, message },
        (404, _) => Error::NotFound { call, message },
        (409, _) if needs_captcha => Error::Captcha { call, message },
        (409, _) if holds("resource lock") => Error::Locked { call },
        (500..=599, _) => Error::Server { call, status, message },
        _ => Error::Api { call, status, message },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::{collection, sample};
    use serde_json::Value;

    use url::Url;

    use super::*;
    use crate::error::body::summary;

    fn call() -> Call {
        Call::new("GET", &Url::parse("https://h.example/api/v4/user?email=a%40b").unwrap())
    }

    fn error(status: u16, body: &str) -> Error {
        refusal(call(), status, body)
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
            (400, "", Error::Api { call: call(), status: 400, message: "bad request".to_owned() }),
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
