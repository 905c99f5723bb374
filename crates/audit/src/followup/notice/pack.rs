//! Spreads the lines of a notice over comments.

use super::line::{Line, Section};

/// How many people one comment names at most.
const MAX_PEOPLE: usize = 150;

/// How many characters one comment has at most, the marker aside.
const MAX_CHARACTERS: usize = 40_000;

/// How many steps one marker holds at most, so that a comment stays below GitLab's million
/// characters.
pub(super) const MAX_STEPS: usize = 3_000;

/// What the head of a comment and the ways to fix have room for.
const RESERVED: usize = 6_000;

/// Spreads lines over comments, in their order, none of them too long.
pub(super) fn pack(lines: Vec<Line>, to_support_managers: &[Line]) -> Vec<Vec<Line>> {
    let mut empty = Load { characters: RESERVED, people: 0, steps: 0 };
    for line in to_support_managers {
        empty = empty.with(line);
    }
    let mut help = empty;
    for line in lines.iter().filter(|line| line.section == Section::Help) {
        help = help.with(line);
    }
    let mut parts: Vec<Vec<Line>> = vec![Vec::new()];
    let (mut load, mut helps) = (empty, false);
    for line in lines {
        let begins_help = line.section == Section::Help && !helps;
        helps |= begins_help;
        // What the Support Operations Manager is mentioned for stays together if it can, so that a
        // run that ends between two comments has not asked managers without telling them.
        let splits_help = begins_help && help.fits() && !load.plus(help, empty).fits();
        if (splits_help || !load.with(&line).fits())
            && parts.last().is_some_and(|it| !it.is_empty())
        {
            parts.push(Vec::new());
            load = empty;
        }
        load = load.with(&line);
        if let Some(part) = parts.last_mut() {
            part.push(line);
        }
    }
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
            characters: self.characters + line.text.chars().count(),
            people: self.people + line.people,
            steps: self.steps + line.steps.len(),
        }
    }

    /// Two loads together, `base` being in both.
    fn plus(self, other: Self, base: Self) -> Self {
        Self {
            characters: self.characters + other.characters - base.characters,
            people: self.people + other.people - base.people,
            steps: self.steps + other.steps - base.steps,
        }
    }

    fn fits(self) -> bool {
        self.characters <= MAX_CHARACTERS && self.people <= MAX_PEOPLE && self.steps <= MAX_STEPS
    }
}
