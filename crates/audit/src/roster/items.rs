//! Splits a YAML text into its documents, and a list into its items.
//!
//! Only what YAML itself guarantees is used.
//! A line that begins with `---` or `...` ends a document in any context (YAML 1.2.2, §9.1.2).
//! Everything that belongs to an item of a list is indented further than its dash.

/// A part of a file: its bytes, and the line on which it begins, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) line: u64,
}

/// The lines of `part`, each with its line break.
fn lines(part: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    part.bytes
        .split_inclusive(|byte| *byte == b'\n')
        .zip(part.line..)
        .map(|(bytes, line)| Part { bytes, line })
}

/// The documents of a file that are not empty.
pub(super) fn documents(file: &[u8]) -> Vec<Part<'_>> {
    let mut documents = Vec::new();
    let (mut start, mut start_line, mut position) = (0, 1, 0);
    for line in lines(Part { bytes: file, line: 1 }) {
        let after = position + line.bytes.len();
        if let Some(rest) = after_mark(line.bytes) {
            let bytes = file.get(start..position).unwrap_or_default();
            documents.push(Part { bytes, line: start_line });
            let opens_with_content = !is_blank_or_comment(rest);
            (start, start_line) =
                if opens_with_content { (position, line.line) } else { (after, line.line + 1) };
        }
        position = after;
    }
    documents.push(Part { bytes: file.get(start..).unwrap_or_default(), line: start_line });
    documents.retain(|document| {
        !lines(*document)
            .all(|line| is_blank_or_comment(line.bytes) || line.bytes.starts_with(b"%"))
    });
    documents
}

/// The items of a document that is a list with each item on lines of its own; `None` for anything
/// else.
pub(super) fn items(document: Part<'_>) -> Option<Vec<Part<'_>>> {
    let mut starts = Vec::new();
    let mut position = 0;
    let first = lines(document).find(|line| !is_blank_or_comment(line.bytes))?;
    let column = first.bytes.iter().take_while(|byte| **byte == b' ').count();
    for line in lines(document) {
        if is_item(line.bytes, column) {
            starts.push((position, line.line));
        } else if starts.is_empty() && !is_blank_or_comment(line.bytes) {
            return None;
        }
        position += line.bytes.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([position]);
    let items = starts.iter().zip(ends).map(|((start, line), end)| Part {
        bytes: document.bytes.get(*start..end).unwrap_or_default(),
        line: *line,
    });
    Some(items.collect())
}

fn is_blank_or_comment(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), None | Some(b'#'))
}

/// The text after the marker of a document on its line.
fn after_mark(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"---").or_else(|| line.strip_prefix(b"..."))?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

fn is_item(line: &[u8], column: usize) -> bool {
    let Some((indentation, rest)) = line.split_at_checked(column) else { return false };
    let Some(rest) = rest.strip_prefix(b"-") else { return false };
    indentation.iter().all(|byte| *byte == b' ') && rest.first().is_none_or(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(parts: &[Part<'_>]) -> Vec<(u64, String)> {
        parts.iter().map(|part| (part.line, String::from_utf8_lossy(part.bytes).into())).collect()
    }

    #[test]
    fn a_list_falls_into_items_with_their_lines() {
        let text = b"# the team\n\n- name: A\n  email: a\n\n# B\n- name: B\n-\n  name: C";
        let items = items(Part { bytes: text, line: 1 }).unwrap();
        let expected = [
            (3, "- name: A\n  email: a\n\n# B\n".to_owned()),
            (7, "- name: B\n".to_owned()),
            (8, "-\n  name: C".to_owned()),
        ];
        assert_eq!(texts(&items), expected);
    }

    #[test]
    fn what_is_no_list_at_column_0_is_left_whole() {
        for text in ["name: A\n", "[a, b]\n", "-name: A\n", "|\n- name: A\n"] {
            assert_eq!(items(Part { bytes: text.as_bytes(), line: 1 }), None, "{text}");
        }
    }

    #[test]
    fn documents_are_told_apart_and_empty_ones_left_out() {
        let text = b"%YAML 1.2\n---\n- a\n---\n# nothing\n--- # more\n- b\n...\n---\tc\n";
        let expected =
            [(3, "- a\n".to_owned()), (7, "- b\n".to_owned()), (9, "---\tc\n".to_owned())];
        assert_eq!(texts(&documents(text)), expected);
        assert_eq!(documents(b"\n# nothing\n---\n"), []);
        assert_eq!(documents(b"a: ---\n --- b\n----\n").len(), 1);
    }
}
