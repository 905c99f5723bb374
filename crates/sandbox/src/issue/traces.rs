//! The texts of the system notes after a change of the title or the description.

use crate::markdown;

/// What GitLab notes of a new description: the boxes that were ticked or cleared, and if there are
/// any, nothing else that changed (GitLab docs: Task lists). The words are those of GitLab's code,
/// not recorded; newer versions escape the Markdown in the item's text.
pub(super) fn description_changed(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (markdown::tasks(old), markdown::tasks(new));
    let pairs = old.iter().zip(&new);
    let changed = pairs.filter(|(old, new)| old.text == new.text && old.is_done != new.is_done);
    let traces = changed.map(|(_, task)| {
        let state = if task.is_done { "completed" } else { "incomplete" };
        format!("marked the checklist item **{}** as {state}", task.text)
    });
    let traces: Vec<String> = traces.collect();
    if traces.is_empty() { vec!["changed the description".to_owned()] } else { traces }
}

/// What GitLab notes of a new title.
pub(super) fn title_changed(old: &str, new: &str) -> String {
    let (old, new) = marked(old, new);
    format!("changed title from **{old}** to **{new}**")
}

/// Two titles with what they do not have in common at their ends marked as gone and as new, as
/// GitLab's system notes show them.
fn marked(old: &str, new: &str) -> (String, String) {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let equal = |pair: &(&char, &char)| pair.0 == pair.1;
    let start = old.iter().zip(&new).take_while(equal).count();
    let ends = old.iter().skip(start).rev().zip(new.iter().skip(start).rev());
    let end = ends.take_while(equal).count();
    let mark = |title: &[char], sign: char| {
        let (head, rest) = title.split_at(start);
        let (changed, tail) = rest.split_at(rest.len() - end);
        let [head, changed, tail] = [head, changed, tail].map(String::from_iter);
        if changed.is_empty() {
            head + &tail
        } else {
            format!("{head}{{{sign}{changed}{sign}}}{tail}")
        }
    };
    (mark(&old, '-'), mark(&new, '+'))
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_what_changed_in_a_title() {
        for (old, new, shown) in [
            ("Audit", "New", ("{-Audit-}", "{+New+}")),
            ("Audit Q1", "Audit Q2", ("Audit Q{-1-}", "Audit Q{+2+}")),
            ("aa", "aaa", ("aa", "aa{+a+}")),
        ] {
            assert_eq!(marked(old, new), (shown.0.to_owned(), shown.1.to_owned()));
        }
    }
}
