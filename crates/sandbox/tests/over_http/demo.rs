//! The demo world: what it promises to hold.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::{Sandbox, World};

use crate::http::send;

const ROSTER: &str =
    "projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team.yaml/raw?ref=master";

/// A person of the roster as the fields of its top level; `focuses` holds the names of theirs,
/// joined by commas.
pub(crate) type Person = BTreeMap<String, String>;

/// The people of the roster, read without a YAML library: the file is ours and plain.
pub(crate) fn people() -> anyhow::Result<Vec<Person>> {
    let sandbox = Sandbox::start(World::demo()?)?;
    let headers = [("PRIVATE-TOKEN", "sandbox-gitlab-token")];
    let path = format!("/api/v4/{ROSTER}");
    let roster = send(&sandbox.gitlab_url(), "GET", &path, &headers)?.text();
    let mut people: Vec<Person> = Vec::new();
    for line in roster.lines() {
        let (starts, field) = match line.strip_prefix("- ") {
            Some(field) => (true, field),
            None => (false, line.strip_prefix("  ").unwrap_or_default()),
        };
        if starts {
            people.push(BTreeMap::new());
        }
        let (Some(person), Some((name, value))) = (people.last_mut(), field.split_once(": "))
        else {
            continue;
        };
        let value = value.trim_matches(['"', '\'']);
        if name == "  - name" {
            let focuses = person.entry("focuses".to_owned()).or_default();
            focuses.push_str(value);
            focuses.push(',');
        } else if !name.starts_with(' ') {
            person.insert(name.to_owned(), value.to_owned());
        }
    }
    Ok(people)
}

fn values(people: &[Person], field: &str) -> Vec<String> {
    people.iter().filter_map(|person| person.get(field).cloned()).collect()
}

/// Those that are there more than once.
fn repeated(values: &[String]) -> Vec<&String> {
    let mut seen = BTreeSet::new();
    values.iter().filter(|value| !seen.insert(*value)).collect()
}

#[test]
fn each_fault_of_the_roster_is_planted_once() -> anyhow::Result<()> {
    let people = people()?;
    assert!((38..=45).contains(&people.len()), "{}", people.len());
    let links = values(&people, "calendly");
    assert_eq!(links.len(), people.len() - 1, "one has no link");
    let prefix = "https://calendly.com/";
    assert!(links.iter().all(|link| link.starts_with(prefix)));
    let pages: Vec<&String> =
        links.iter().filter(|link| link.trim_start_matches(prefix).contains('/')).collect();
    assert_eq!(pages, ["https://calendly.com/zhrusovska/30min"]);
    let shared = repeated(&links);
    assert_eq!(shared, ["https://calendly.com/priyamr"], "one pair, and no third");
    assert!(repeated(&values(&people, "email")).is_empty());
    let names = values(&people, "name");
    assert!(repeated(&names).is_empty());
    let bosses = values(&people, "reports_to");
    assert_eq!(bosses.len(), people.len() - 1, "one is at the top");
    let unknown: Vec<&String> = bosses.iter().filter(|boss| !names.contains(boss)).collect();
    assert_eq!(unknown, ["Cornelius Faircloth"]);
    Ok(())
}

#[test]
fn it_has_what_an_audit_starts_from() -> anyhow::Result<()> {
    let world = World::demo()?;
    assert!(world.config.as_ref().is_some_and(|path| path.is_absolute() && path.exists()));
    assert_eq!(world.users.len(), people()?.len());
    let sandbox = Sandbox::start(world)?;
    let template = "/api/v4/projects/\
        gitlab-com%2Fsupport%2Fsupport-ops%2Fsupport-ops-tools%2Faudits/\
        repository/files/.gitlab%2Fissue_templates%2FCalendly.md/raw";
    let headers = [("PRIVATE-TOKEN", "sandbox-gitlab-token")];
    let seen = send(&sandbox.gitlab_url(), "GET", template, &headers)?.text();
    for heading in ["## Summary\n", "## Steps\n", "## Notes\n"] {
        assert!(seen.contains(heading), "{heading}");
    }
    assert_eq!(send(&sandbox.gitlab_url(), "GET", template, &[])?.status, 404, "it is private");
    Ok(())
}
