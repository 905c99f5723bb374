//! Merges a description that we write with changes that somebody else made meanwhile.

use super::outline::Outline;
use super::{Adopt, MAX_DESCRIPTION, Place, find, marker};
use crate::kinds::Kind;

/// The description `now` with our change from `read` to `text`.
/// Everything else that changed since `read` has to be outside our marks.
///
/// Commands merge directly before they write, so that nobody's text is overwritten.
/// `None` if our region itself changed, or cannot be determined.
pub fn merge_again(read: &str, text: &str, now: &str, kind: Kind) -> Option<String> {
    let spec = kind.spec();
    let place = find(read, &Outline::new(read), spec, Adopt::No).ok()?;
    let outline = Outline::new(now);
    let present = find(now, &outline, spec, Adopt::No).ok()?;
    let (ours, target) = match (place, present) {
        (Place::Region { outer: ours, .. }, Place::Region { outer: present, .. })
            if read.get(ours.clone()) == now.get(present.clone()) =>
        {
            (ours, present)
        }
        (
            Place::Nothing { at: ours, has_section: had_section },
            Place::Nothing { at: present, has_section },
        ) if had_section == has_section => (ours..ours, present..present),
        _ => return None,
    };
    if marker(read) != marker(now) {
        return None;
    }
    let written =
        text.strip_prefix(read.get(..ours.start)?)?.strip_suffix(read.get(ours.end..)?)?;
    let rest = now.get(target.end..)?;
    let merged = format!("{}{written}{rest}", now.get(..target.start)?);
    // As in every write, our text must not hide the text after it.
    let merged_outline = Outline::new(&merged);
    let is_region =
        matches!(find(&merged, &merged_outline, spec, Adopt::No), Ok(Place::Region { .. }));
    let is_kept = merged_outline.of_last(&merged, rest.len()) == outline.of_last(now, rest.len());
    (is_region && is_kept && merged.len() <= MAX_DESCRIPTION).then_some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: &str = "Above.\n\n## Notes\n\n<!-- support-audit:begin v1 -->\n\nold\n\n\
                        <!-- support-audit:end -->\n\n## After\n";

    fn merged(read: &str, change: (&str, &str)) -> Option<String> {
        let text = READ.replace("old", "new");
        let now = read.replace(change.0, change.1);
        assert_ne!(now, read);
        merge_again(read, &text, &now, Kind::Calendly)
    }

    #[test]
    fn words_outside_our_marks_are_kept_beside_our_change() {
        for (from, to) in [("Above.", "Above, by Ada."), ("## After\n", "## After\n\nMore.\n")] {
            let expected = READ.replace("old", "new").replace(from, to);
            assert_eq!(merged(READ, (from, to)), Some(expected));
        }
    }

    #[test]
    fn a_change_inside_our_marks_is_never_merged() {
        for (from, to) in [
            ("old", "older"),
            ("<!-- support-audit:end -->\n", ""),
            ("## After", "<!-- support-audit:end -->"),
            ("Above.", "Above.\n\n```"),
            ("## After", "<!-- support-audit v1 calendly FY28-Q1 issue -->"),
        ] {
            assert_eq!(merged(READ, (from, to)), None, "{to}");
        }
    }

    #[test]
    fn a_first_report_goes_to_the_end_of_the_section_as_it_is_now() {
        let read = "## Notes\n\nTyped.\n";
        let text = "## Notes\n\nTyped.\n\n<!-- support-audit:begin v1 -->\n\nnew\n\n\
                    <!-- support-audit:end -->\n";
        let now = "## Notes\n\nTyped.\nAnd more.\n";
        let expected = text.replace("Typed.\n", "Typed.\nAnd more.\n");
        assert_eq!(merge_again(read, text, now, Kind::Calendly), Some(expected));
        assert_eq!(merge_again(read, text, text, Kind::Calendly), None);
    }
}
