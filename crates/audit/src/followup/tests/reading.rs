//! Comments of ours, read as people read them.

use std::collections::BTreeMap;

use super::cast::{Cast, PERSON_CHECKS};
use crate::plan::Action;

/// What a comment of ours does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Ask,
    Sent,
    Escalate,
    Fixed,
    Withdrawn,
    Accept,
    Keep,
    Remove,
    Answered,
}

/// A comment of ours as it reads.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) step: Step,
    /// In which thread, if it does not open one.
    pub(super) thread: Option<String>,
    /// The findings; of one who is gone only the check is told.
    pub(super) about: Vec<(Option<usize>, &'static str)>,
    pub(super) mentions: Vec<String>,
    pub(super) is_for_operators: bool,
}

fn checks() -> impl Iterator<Item = &'static str> {
    PERSON_CHECKS.into_iter().chain(["owner-count"])
}

/// The text without what stands in code spans and comments.
fn outside_code(body: &str) -> String {
    let body = body.split("<!--").next().unwrap();
    body.split('`').step_by(2).collect()
}

/// Whom a comment mentions, as GitLab would see it.
fn mentions(body: &str) -> Vec<String> {
    let text = outside_code(body);
    let is_word = |it: char| it.is_alphanumeric() || "-_.".contains(it);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let (before, after) = text.split_at(at);
        if !before.ends_with(is_word) {
            let name: String = after.chars().skip(1).take_while(|it| is_word(*it)).collect();
            found.push(name.trim_end_matches(['.', '-']).to_owned());
        }
    }
    found
}

/// Reads a comment as a person does.
pub(super) fn read(
    cast: &Cast,
    threads: &BTreeMap<String, usize>,
    action: &Action,
) -> Option<Comment> {
    let (thread, body) = match action {
        Action::OpenThread { body, .. } | Action::Comment { body, .. } => (None, body),
        Action::Reply { thread, body, .. } => (Some(thread.clone()), body),
        _ => return None,
    };
    let is_for_operators = body.starts_with("**For the operators**");
    let has = |words: &str| body.contains(words);
    let step = match () {
        () if has("there is no answer from ") => Step::Escalate,
        () if body.starts_with("By e-mail, ") => Step::Sent,
        () if body.starts_with("Fixed, as seen at") => Step::Fixed,
        () if body.starts_with("This does not count any more") => Step::Withdrawn,
        () if body.starts_with("Accepted as it is") => Step::Accept,
        () if body.starts_with("An answer came outside") => Step::Answered,
        () if body.starts_with("Decided to keep") => Step::Keep,
        () if body.starts_with("Decided to remove") => Step::Remove,
        () => Step::Ask,
    };
    let mentions = mentions(body);
    let whole = |name: &str| cast.named(name.trim_matches('`'));
    let after = |words: &str, end: &str| {
        let rest = body.split_once(words)?.1;
        whole(rest.split_once(end)?.0)
    };
    let subject = match step {
        Step::Escalate => after("answered for ", " since").or_else(|| after("answered for ", ". ")),
        Step::Sent => after("By e-mail, ", " was asked"),
        Step::Keep | Step::Remove => after("the account `", "`"),
        _ => None,
    };
    let subject = subject.or_else(|| threads.get(thread.as_ref()?).copied());
    let mut about = Vec::new();
    for line in body.lines().filter(|line| line.starts_with("- ")) {
        let Some(check) = checks().find(|check| line.contains(&format!("`{check}`"))) else {
            continue;
        };
        let named = match step {
            Step::Ask if is_for_operators => {
                whole(line.trim_start_matches("- ").split(": `").next().unwrap())
            }
            Step::Ask | Step::Sent | Step::Escalate => subject,
            _ => line.split_once("` of ").and_then(|(_, name)| whole(name)),
        };
        about.push((named, check));
    }
    if matches!(step, Step::Keep | Step::Remove) {
        about.push((subject, "outsider"));
    }
    Some(Comment { step, thread, about, mentions, is_for_operators })
}
