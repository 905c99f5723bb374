//! Markers: what is read from a comment is read again from what we write of it.
#![no_main]

use audit::record::description;
use audit::record::marker::Marker;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let _ = description::marker(body);
    let Some(marker) = Marker::of_comment(body) else { return };
    let line = marker.to_string();
    assert!(!line.contains('\n'), "{line:?} is not one line");
    assert_eq!(Marker::parse(&line).as_ref(), Some(&marker), "{line:?}");
    assert_eq!(
        Marker::of_comment(&format!("Words.\n\n{line}\n")).as_ref(),
        Some(&marker),
        "{line:?}"
    );
});
