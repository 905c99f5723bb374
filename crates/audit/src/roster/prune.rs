//! Removes the unused fields of an item's text, so that the parser need not read them.
//!
//! A field is removed only if its lines show beyond doubt where it begins and ends.
//! After the first doubt, the text of an item stays as it is and only costs time.
//! Line breaks stay, so that every line keeps its number.

use super::fields::{FIELDS, JOB_FIELDS, may_list_people};
use super::rules::Rules;

/// Appends `item` to `text` without the unused fields.
///
/// `item` begins in column 0 with the dash of a list.
/// If it is a mapping in the usual layout, its fields begin in column 2.
pub(super) fn push_pruned(item: &str, rules: Rules<'_>, text: &mut String) {
    let mut rest = item;
    let mut field = "";
    let mut key = None;
    for line in item.split_inclusive('\n') {
        let starts_field = match Line::parse(line) {
            Line::Doubtful => break,
            Line::OpenField => {
                push_field(key, field, rules, text);
                rest = rest.get(field.len()..).unwrap_or_default();
                break;
            }
            Line::Field(key) => Some(Some(key)),
            Line::First => Some(None),
            Line::Deeper => None,
        };
        if let Some(next) = starts_field {
            push_field(key, field, rules, text);
            rest = rest.get(field.len()..).unwrap_or_default();
            field = "";
            key = next;
        }
        field = rest.get(..field.len() + line.len()).unwrap_or_default();
        if field.len() == rest.len() {
            push_field(key, field, rules, text);
            return;
        }
    }
    text.push_str(rest);
}

/// Appends the lines of the field `key`, or as many blank ones. The first line of an item has no
/// key here.
fn push_field(key: Option<&str>, field: &str, rules: Rules<'_>, text: &mut String) {
    let is_read = key.is_none_or(|key| {
        FIELDS.contains(&key)
            || key == rules.link_field
            || JOB_FIELDS.contains(&key) && !rules.team.is_ruled_out(field)
            || may_list_people(key, field, rules.link_field)
    });
    // An alias elsewhere may refer to the anchor.
    if is_read || field.contains('&') {
        text.push_str(field);
    } else {
        text.extend(field.matches('\n'));
    }
}

/// The role of a line within an item, as far as it is certain without parsing YAML.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// The first line of the item, with a plain key in column 2.
    First,
    /// A line with a plain key in column 2.
    Field(&'a str),
    /// A line of the field above it: it is indented further, or blank.
    Deeper,
    /// A line with a plain key in column 2, whose value may continue after the end of the line.
    OpenField,
    /// Anything else, or an indented line on which a quoted string or a flow collection may begin.
    Doubtful,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Self {
        let content = line.trim_end_matches(['\n', '\r']).trim_end_matches(' ');
        if content.contains(['\t', '\r']) {
            return Self::Doubtful;
        }
        let inner = content.trim_start_matches(' ');
        match content.len() - inner.len() {
            _ if inner.is_empty() => Self::Deeper,
            0 => match content.strip_prefix("- ").and_then(plain_field) {
                Some((_, value)) if is_closed(value) => Self::First,
                _ => Self::Doubtful,
            },
            2 => match plain_field(inner) {
                Some((key, value)) if is_closed(value) => Self::Field(key),
                Some(_) => Self::OpenField,
                None => Self::Doubtful,
            },
            1 => Self::Doubtful,
            _ if opens_nothing(inner) => Self::Deeper,
            _ => Self::Doubtful,
        }
    }
}

/// The key and the value of a line that is `key:` alone or `key: value`.
fn plain_field(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = if value.is_empty() { value } else { value.strip_prefix(' ')?.trim_start() };
    (is_plain && !key.is_empty()).then_some((key, value))
}

fn is_closed(value: &str) -> bool {
    opens_nothing(value) || closes_what_it_opens(value)
}

/// Whether no quoted string and no flow collection begins in `text`.
///
/// They begin only where a token may.
/// Elsewhere, as in `O'Neil`, their characters stand for themselves.
fn opens_nothing(text: &str) -> bool {
    let mut previous = ' ';
    text.chars().all(|character| {
        let may_begin = matches!(previous, ' ' | ',' | '[' | '{' | ':' | '-' | '?');
        previous = character;
        !(may_begin && matches!(character, '"' | '\'' | '[' | '{'))
    })
}

/// Whether `value` is one quoted string or one flow collection that ends where `value` does.
fn closes_what_it_opens(value: &str) -> bool {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut last = '[';
    let mut is_first = true;
    for character in value.chars() {
        if !is_first && depth == 0 && quote.is_none() {
            return false;
        }
        is_first = false;
        match (quote, character) {
            // The parser decides how an escape or a comment continues.
            (Some('"'), '\\') | (None, '#') => return false,
            (Some(open), _) => {
                if character == open {
                    quote = None;
                }
            }
            (None, '"' | '\'') if !matches!(last, '[' | '{' | ',' | ':') => return false,
            (None, '"' | '\'') => quote = Some(character),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth == 0 => return false,
            (None, ']' | '}') => depth -= 1,
            (None, _) if depth == 0 => return false,
            (None, _) => {}
        }
        if character != ' ' {
            last = character;
        }
    }
    depth == 0 && quote.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::operations_team::OperationsTeam;

    fn pruned(item: &str) -> String {
        let mut text = String::new();
        let team = OperationsTeam::default();
        push_pruned(item, Rules { link_field: "page", team: &team }, &mut text);
        text
    }

    #[test]
    fn fields_that_nobody_reads_become_blank_lines() {
        let item = "- name: Ada\n  country: NO\n  about: >\n    Long\n\n    text.\n  skills: [a, \"b c\"]\n  email: a@b.example\n  hours: 'x'\n";
        assert_eq!(pruned(item), "- name: Ada\n\n\n\n\n\n\n  email: a@b.example\n\n");
        assert_eq!(pruned("- name: Ada\n  country: NO"), "- name: Ada\n");
    }

    #[test]
    fn what_may_make_somebody_one_of_the_operations_team_stays() {
        for field in [
            "  title: Support Operations Manager\n",
            "  title: senior support   operations specialist\n",
            "  title: \"Support Engineer\"\n",
            "  title:\n    - Support Engineer\n",
            "  title: Support\n    Engineer\n",
            "  focuses:\n    - name: OPERATIONS\n      percentage: 5\n",
            "  focuses:\n    - name: SaaS & more\n",
            "  focuses:\n    - SaaS\n",
            "  focuses: SaaS\n",
            "  focuses: [{name: SaaS}]\n",
        ] {
            let item = format!("- name: Ada\n{field}");
            assert_eq!(pruned(&item), item);
        }
        for field in [
            "  title: Support Engineer, EMEA\n",
            "  focuses:\n    - name: SaaS\n      percentage: 5\n\n    - name: Li-cences\n",
            "  focuses:\n",
        ] {
            let breaks = "\n".repeat(field.matches('\n').count());
            assert_eq!(pruned(&format!("- name: Ada\n{field}")), format!("- name: Ada\n{breaks}"));
        }
    }

    #[test]
    fn a_doubtful_field_stays_and_so_does_all_behind_it() {
        let kept = [
            "  about: \"open\n  country: NO\"\n",
            "  about: 'it''s\n    open'\n",
            "  about: >\n    a\n    \"quoted\n  country: NO\n",
            "  skills: [a,\n  country: NO]\n",
            "  skills: [5\", \"six]\n  country: NO\n",
            "  about: \"a\\\" b\n  country: NO\n",
            "  'about': x\n",
            "  about : x\n",
            "  ? about\n",
            "\tcountry: NO\n",
            "# a comment\n  country: NO\n",
            "  country: NO\r  name: x\n",
            "  defaults: &defaults\n    title: x\n",
            "  <<: *defaults\n",
        ];
        for text in kept {
            let item = format!("- name: Ada\n{text}");
            assert_eq!(pruned(&item), item);
        }
        for item in
            ["- - a\n  country: NO\n", "-   name: a\n    country: NO\n", "- |\n  country: NO\n"]
        {
            assert_eq!(pruned(item), item);
        }
    }

    #[test]
    fn what_stands_before_a_doubt_is_left_out_all_the_same() {
        let item = "- name: Ada O'Neil\n  country: NO\n  about: 'open\n  region: EMEA\n";
        assert_eq!(pruned(item), "- name: Ada O'Neil\n\n  about: 'open\n  region: EMEA\n");
    }
}
