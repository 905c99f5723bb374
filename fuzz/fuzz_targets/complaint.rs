//! What services say when they refuse: whatever it is, it becomes one short line that nothing acts on.
#![no_main]

#[path = "../../crates/api/src/error/body.rs"]
mod body;
#[path = "../../crates/api/src/sanitize.rs"]
mod sanitize;

use body::{ErrorBody, commands_summary, summary};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let ErrorBody { message, error, scope, needs_captcha } = ErrorBody::parse(body);
    assert!(!needs_captcha || body.contains("needs_captcha_response"));
    for text in [Some(message), error, scope, Some(summary(body)), Some(commands_summary(body))] {
        let text = text.unwrap_or_default();
        assert!(!text.contains(char::is_control), "{text:?} of {body}");
        assert!(text.chars().count() <= 202, "{text:?} of {body}");
    }
});
