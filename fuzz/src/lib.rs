//! What the fuzz targets share.

use audit::input::SourceFile;
use serde::de::IgnoredAny;

/// The bytes as a file.
pub fn file(name: &str, bytes: &[u8]) -> SourceFile {
    SourceFile { name: name.to_owned(), bytes: bytes.to_vec() }
}

/// How many items a text holds that is one YAML list as a whole; nothing if it is none.
pub fn yaml_items(text: &str) -> Option<usize> {
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
        with_snippet: false,
    };
    let items: Vec<IgnoredAny> = serde_saphyr::from_str_with_options(text, options).ok()?;
    Some(items.len())
}

/// How many lines a text has, by any way to end one, and one more where something ends behind it.
pub fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).map(|_| 1).sum::<u64>() + 1
}
