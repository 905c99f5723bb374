//! Which error an answer other than a success is.
//!
//! GitLab and Calendly distinguish some refusals by their message alone ("REST API
//! troubleshooting", "Requests detected as spam").

use reqwest::StatusCode;

use super::body::ErrorBody;
use super::kind::ErrorKind;

/// Classifies an answer other than a success. `body` must not hold the token any more.
pub(crate) fn classify(status: u16, body: &str) -> ErrorKind {
    let ErrorBody { mut message, error, scope, needs_captcha } = ErrorBody::parse(body);
    if message.is_empty() {
        let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
        message = reason.unwrap_or("no reason given").to_lowercase();
    }
    let lower_case = message.to_ascii_lowercase();
    match (status, error.as_deref()) {
        (400, _) if lower_case.contains("recognized as spam") => ErrorKind::Spam { message },
        (401, Some("invalid_token")) => ErrorKind::InvalidToken { message },
        (401, _) => ErrorKind::Unauthorized { message },
        (403, Some("insufficient_scope")) => {
            let scope = scope.unwrap_or_else(|| "not told which".to_owned());
            ErrorKind::InsufficientScope { scope }
        }
        (403, _) if lower_case.contains("scim enabled") => ErrorKind::ManagedByScim { message },
        (403, _) => ErrorKind::Forbidden { message },
        (404, _) => ErrorKind::NotFound { message },
        (405, _) if lower_case.contains("moved projects") => {
            ErrorKind::Moved { path: None, project: None }
        }
        (409, _) if needs_captcha => ErrorKind::Captcha { message },
        (409, _) if lower_case.contains("resource lock") => ErrorKind::Locked,
        (500..=599, _) => ErrorKind::Server { status, message },
        _ => ErrorKind::Refused { status, message },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::{collection, sample};
    use serde_json::Value;

    use super::*;
    use crate::error::body::commands_summary;

    #[test]
    fn foreign_text_is_bounded() {
        let text = classify(502, &"x".repeat(100_000)).to_string();
        assert!(text.chars().count() < 300, "{text}");
    }

    #[test]
    fn statuses_become_what_the_user_can_act_on() {
        let plain = r#"{"message":"said"}"#;
        let said = || "said".to_owned();
        for (status, body, expected) in [
            (401, plain, ErrorKind::Unauthorized { message: said() }),
            (
                401,
                r#"{"error":"invalid_token","error_description":"Token is expired."}"#,
                ErrorKind::InvalidToken { message: "Token is expired.".to_owned() },
            ),
            (
                401,
                r#"{"title":"Unauthenticated","message":"The access token is invalid"}"#,
                ErrorKind::Unauthorized { message: "The access token is invalid".to_owned() },
            ),
            (403, plain, ErrorKind::Forbidden { message: said() }),
            (
                403,
                r#"{"title":"Permission Denied","message":"You can not change owner role"}"#,
                ErrorKind::Forbidden { message: "You can not change owner role".to_owned() },
            ),
            (
                403,
                r#"{"error":"insufficient_scope","error_description":"more","scope":"api read_api"}"#,
                ErrorKind::InsufficientScope { scope: "api read_api".to_owned() },
            ),
            (404, plain, ErrorKind::NotFound { message: said() }),
            (
                404,
                r#"{"error":"invalid_token"}"#,
                ErrorKind::NotFound { message: "invalid_token".to_owned() },
            ),
            (
                403,
                r#"{"message":"403 Forbidden - Quick actions cannot be used."}"#,
                ErrorKind::Forbidden {
                    message: "403 Forbidden - Quick actions cannot be used.".to_owned(),
                },
            ),
            (409, plain, ErrorKind::Refused { status: 409, message: said() }),
            (400, "", ErrorKind::Refused { status: 400, message: "bad request".to_owned() }),
            (304, "", ErrorKind::Refused { status: 304, message: "not modified".to_owned() }),
            (500, plain, ErrorKind::Server { status: 500, message: said() }),
            (599, "", ErrorKind::Server { status: 599, message: "no reason given".to_owned() }),
        ] {
            assert_eq!(classify(status, body), expected);
        }
    }

    #[test]
    fn refusals_that_differ_by_their_message_alone_are_distinguished() {
        let spam = "Your issue has been recognized as spam.";
        let body = format!(r#"{{"message":{{"error":"{spam}"}}}}"#);
        let message = || spam.to_owned();
        assert_eq!(classify(400, &body), ErrorKind::Spam { message: message() });
        assert_eq!(classify(422, &body), ErrorKind::Refused { status: 422, message: message() });

        let body = |needed: bool| {
            format!(
                r#"{{"needs_captcha_response":{needed},"spam_log_id":42,"captcha_site_key":"k",
                    "message":{{"error":"{spam}"}}}}"#
            )
        };
        assert_eq!(classify(409, &body(true)), ErrorKind::Captcha { message: message() });
        let other = ErrorKind::Refused { status: 409, message: message() };
        assert_eq!(classify(409, &body(false)), other);

        let moved = r#"{"message":"Non GET methods are not allowed for moved projects"}"#;
        assert_eq!(classify(405, moved), ErrorKind::Moved { path: None, project: None });
        assert!(matches!(classify(405, "{}"), ErrorKind::Refused { status: 405, .. }));

        let scim = "You cannot perform this action for an organization with SCIM enabled.";
        let body = format!(r#"{{"title":"Permission Denied","message":"{scim}"}}"#);
        assert_eq!(classify(403, &body), ErrorKind::ManagedByScim { message: scim.to_owned() });

        let lock = r#"{"message":"409 Conflict: Resource lock"}"#;
        assert_eq!(classify(409, lock), ErrorKind::Locked);
        assert!(matches!(classify(423, lock), ErrorKind::Refused { status: 423, .. }));
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
            for text in [classify(status, &body).to_string(), commands_summary(&body)] {
                prop_assert!(!text.contains(char::is_control), "{:?} of {}", text, body);
                prop_assert!(text.chars().count() <= 400, "{} of {}", text, body);
            }
        }
    }
}
