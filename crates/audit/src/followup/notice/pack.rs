//! Spreads the lines of a notice over comments.

use super::line::{Line, Section};

/// How many people one comment names at most.
const MAX_PEOPLE: usize = 150;

/// How many characters one comment has at most, the marker aside.
const MAX_CHARACTERS: usize = 40_000;

/// How many steps one marker holds at most, so that a comment stays below GitLab's million
/// characters.
pub(super) const MAX_STEPS: usize = 3_000;

/// How many characters are kept for the head of a comment and the ways to fix.
const RESERVED: usize = 6_000;

/// Spreads lines over comments in their order, so that none of the comments is too long.
///
/// `to_support_managers` are the lines that go to the end of the last comment; since any comment may
/// become the last, each keeps room for them.
pub(super) fn pack(lines: Vec<Line>, to_support_managers: &[Line]) -> Vec<Vec<Line>> {
    let mut empty = Load { characters: RESERVED, people: 0, steps: 0 };
    for line in to_support_managers {
        empty = empty.with(line);
    }
    let mut help = empty;
    for line in lines.iter().filter(|line| line.section == Section::Help) {
        help = help.with(line);
    }
    let mut parts: Vec<Vec<Line>> = Vec::new();
    let mut part: Vec<Line> = Vec::new();
    let mut load = empty;
    let mut has_help = false;
    for line in lines {
        let begins_help = line.section == Section::Help && !has_help;
        has_help |= begins_help;
        // What the Support Operations Manager is mentioned for stays together if it can, so that a
        // run that ends between two comments has not asked managers without telling them.
        let splits_help = begins_help && help.fits() && !load.plus(help, empty).fits();
        if (splits_help || !load.with(&line).fits()) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            load = empty;
        }
        load = load.with(&line);
        part.push(line);
    }
    // A notice without any line is still one comment, for the paragraph to the manager.
    parts.push(part);
    parts
}

/// How full a comment is.
#[derive(Debug, Clone, Copy)]
struct Load {
    characters: usize,
    people: usize,
    steps: usize,
}

impl Load {
    fn with(self, line: &Line) -> Self {
        Self {
            characters: self.characters + line.characters(),
            people: self.people + line.people,
            steps: self.steps + line.steps.len(),
        }
    }

    /// Both loads together, `base` being in each of them.
    fn plus(self, added: Self, base: Self) -> Self {
        Self {
            characters: self.characters + added.characters - base.characters,
            people: self.people + added.people - base.people,
            steps: self.steps + added.steps - base.steps,
        }
    }

    fn fits(self) -> bool {
        self.characters <= MAX_CHARACTERS && self.people <= MAX_PEOPLE && self.steps <= MAX_STEPS
    }
}
