//! What a real GitLab answered, asked of the sandbox again.
//!
//! | file | concept |
//! | --- | --- |
//! | `source` | where the recordings are: in the project, and in a folder of contracts |
//! | `story` | the order in which they were made, and what was done between them |
//! | `compare` | what of two answers has to be equal |
//! | `listed` | where the sandbox differs, and why |
//! | `behaviours` | texts, and what they did |
//!
//! The project holds what the tests need of the recordings, in `tests/recorded/`. A folder of
//! recorded answers beside the project may hold more: see [`source::folder`]. Without it, the
//! tests that need it say so and pass.

mod behaviours;
mod compare;
mod listed;
pub(crate) mod source;
mod story;

use std::collections::BTreeSet;

use listed::{LISTED, NOT_SERVED};
use source::Recordings;

/// Replays the recordings; the answer is how many were reproduced in every place, and how many
/// with listed differences or not at all.
fn check(recordings: &Recordings) -> anyhow::Result<(usize, usize)> {
    let outcomes = story::replay(recordings)?;
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    let (mut equal, mut listed) = (0, 0);
    for name in recordings.keys() {
        let is_served = !NOT_SERVED.iter().any(|(not, _)| not == name);
        let Some(found) = outcomes.get(name.as_str()) else {
            wrong.push(format!("{name}: no step of the story replays it"));
            continue;
        };
        let count = if found.is_empty() { &mut equal } else { &mut listed };
        *count += 1;
        if found.is_empty() && !is_served {
            wrong.push(format!("{name}: it is served by now"));
        }
        for difference in found.iter().filter(|_| is_served) {
            let fits = |row: &&(&str, &str, &str)| row.0 == name && row.1 == difference.place;
            match LISTED.iter().find(fits) {
                Some(row) => drop(used.insert((row.0, row.1))),
                None => wrong.push(format!("{name} {}: {}", difference.place, difference.values)),
            }
        }
    }
    for row in LISTED.iter().filter(|row| !used.contains(&(row.0, row.1))) {
        wrong.push(format!("{} {}: it is listed and does not differ", row.0, row.1));
    }
    anyhow::ensure!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
    Ok((equal, listed))
}

#[test]
fn the_sandbox_answers_as_gitlab_was_recorded() -> anyhow::Result<()> {
    let counts = check(&source::own()?)?;
    assert_eq!(counts, (85, 3), "docs/sandbox.md says how many are equal and how many listed");
    Ok(())
}

#[test]
fn the_sandbox_answers_as_the_recordings_beside_the_project() -> anyhow::Result<()> {
    let Some(folder) = source::folder() else {
        println!("skipped: there is no folder of recorded answers beside the project");
        return Ok(());
    };
    let (equal, listed) = check(&source::shared(&folder)?)?;
    println!("{equal} recordings reproduced in every place, {listed} with listed differences");
    Ok(())
}
