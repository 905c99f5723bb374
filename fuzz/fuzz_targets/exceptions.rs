//! Exceptions: every entry of a list is an exception that can be one, or a problem.
#![no_main]

use audit::evaluation::exceptions::parse;
use audit::kinds::Kind;
use fuzz::{file, lines, yaml_items};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let kind = Kind::Calendly;
    let Ok((exceptions, problems)) = parse(kind, &file("exceptions.yaml", bytes)) else { return };
    let last = lines(bytes);
    let locations =
        exceptions.iter().map(|it| &it.location).chain(problems.iter().map(|it| &it.location));
    for location in locations {
        let line = location.line.unwrap_or_default();
        assert!((1..=last).contains(&line), "line {line} of {last}");
    }
    for exception in &exceptions {
        let checks = kind.spec().checks;
        let is_known = |id: &&str| checks.iter().any(|check| check.id == *id);
        assert!(!exception.checks.is_empty() && exception.checks.iter().all(is_known));
        assert!(exception.approved_on < exception.expires, "{exception:?}");
        let approver = &exception.approved_by;
        for text in [&exception.reason, approver] {
            assert!(!text.is_empty() && text.trim() == text, "{exception:?}");
        }
        assert!(!approver.starts_with('@'), "{exception:?}");
    }
    if let Some(items) = str::from_utf8(bytes).ok().and_then(yaml_items) {
        assert_eq!(exceptions.len() + problems.len(), items);
    }
});
