//! Markers: what is read from a comment is read again from what we write of it.
#![no_main]

use audit::record::description;
use audit::record::marker::{Mark, Marker};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let _ = description::marker(body);
    let Some(mark) = Mark::of_comment(body) else { return };
    let line = mark.to_string();
    assert!(!line.contains('\n'), "{line:?} is no line");
    assert_eq!(Mark::of_line(&line).as_ref(), Some(&mark), "{line:?}");
    assert_eq!(Mark::of_comment(&format!("{body}\n\n{line}\n")).as_ref(), Some(&mark), "{line:?}");
    assert_eq!(Mark::of_audit(mark.marker, body).as_ref(), Some(&mark));
    assert_eq!(Marker::of_line(&mark.marker.to_string()), Some(mark.marker));
});
