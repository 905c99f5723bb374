//! Archives, unpacked.

use std::io::Read as _;

use anyhow::Context as _;
use flate2::read::GzDecoder;
use sandbox::{Sandbox, World};
use tar::EntryType;

use crate::{http::get, start, world};

/// The entries as kind, path and content.
fn unpack(bytes: &[u8]) -> anyhow::Result<Vec<(EntryType, String, String)>> {
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    let mut entries = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let mut content = String::new();
        entry.read_to_string(&mut content)?;
        let path = entry.path()?.to_str().context("a path is Unicode")?.to_owned();
        entries.push((entry.header().entry_type(), path, content));
    }
    Ok(entries)
}

fn with_agents() -> anyhow::Result<World> {
    let mut world = world();
    let team = world.project("group/team")?;
    team.add_file("data/agents/ada.yaml", "name: Ada\n").add_file("data/agents.md", "x");
    Ok(world)
}

#[test]
fn an_archive_holds_the_path_under_one_folder() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(with_agents()?)?;
    let commit = get(&sandbox, "ada", "projects/1/repository/commits/HEAD")?.json()?;
    let commit = commit["id"].as_str().context("a commit has an id")?;
    for (query, top) in [
        (".tar.gz?path=data/agents", format!("team-master-{commit}-data-agents")),
        ("?sha=HEAD&path=data%2Fagents%2F", format!("team-HEAD-{commit}-data-agents")),
        (
            &format!(".tar.gz?path=data/agents&sha={commit}"),
            format!("team-{commit}-{commit}-data-agents"),
        ),
    ] {
        let seen = get(&sandbox, "ada", &format!("projects/1/repository/archive{query}"))?;
        assert_eq!(seen.status, 200, "{query}");
        assert_eq!(seen.header("content-type"), "application/octet-stream");
        let disposition = format!("attachment; filename=\"{top}.tar.gz\"");
        assert_eq!(seen.header("content-disposition"), disposition);
        let expected = [
            (EntryType::XGlobalHeader, "pax_global_header", format!("52 comment={commit}\n")),
            (EntryType::Directory, &format!("{top}/"), String::new()),
            (EntryType::Directory, &format!("{top}/data/"), String::new()),
            (EntryType::Directory, &format!("{top}/data/agents/"), String::new()),
            (EntryType::Regular, &format!("{top}/data/agents/ada.yaml"), "name: Ada\n".into()),
        ];
        let expected = expected.map(|(kind, path, content)| (kind, path.to_owned(), content));
        assert_eq!(unpack(&seen.body)?, expected, "{query}");
    }
    Ok(())
}

#[test]
fn an_archive_without_a_path_holds_everything() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(with_agents()?)?;
    let seen = get(&sandbox, "ada", "projects/1/repository/archive.tar.gz?sha=master")?;
    let files: Vec<String> = unpack(&seen.body)?
        .into_iter()
        .filter(|(kind, ..)| *kind == EntryType::Regular)
        .filter_map(|(_, path, _)| path.split_once('/').map(|(_, rest)| rest.to_owned()))
        .collect();
    assert_eq!(files, ["data/agents.md", "data/agents/ada.yaml", "data/team.yaml"]);
    Ok(())
}

#[test]
fn names_too_long_for_a_header_survive() -> anyhow::Result<()> {
    let mut world = world();
    let long = format!("data/{}é.yaml", "very-".repeat(40));
    world.project("group/team")?.add_file(&long, "long");
    let sandbox = Sandbox::start(world)?;
    let seen = get(&sandbox, "ada", "projects/1/repository/archive.tar.gz")?;
    let found = unpack(&seen.body)?;
    assert!(
        found.iter().any(|(_, path, content)| path.ends_with(&long) && content == "long"),
        "{found:?}"
    );
    Ok(())
}

#[test]
fn what_is_not_there_is_a_missing_file() -> anyhow::Result<()> {
    let sandbox = start()?;
    for query in [".tar.gz?sha=nope", ".tar.gz?path=nope", "?path=dat"] {
        let seen = get(&sandbox, "ada", &format!("projects/1/repository/archive{query}"))?;
        assert_eq!(seen.status, 404, "{query}");
        assert_eq!(seen.text(), r#"{"message":"404 File Not Found"}"#);
    }
    assert_eq!(get(&sandbox, "ada", "projects/1/repository/archive.rar")?.status, 404);
    Ok(())
}
