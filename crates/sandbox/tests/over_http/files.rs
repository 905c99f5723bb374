//! Single files and the commits they come from.

use sandbox::Sandbox;

use crate::{
    http::{get, send},
    start, world,
};

const FILE: &str = "projects/group%2Fteam/repository/files/data%2Fteam.yaml";
/// `printf -- '- name: Ada\n' | git hash-object --stdin`
const BLOB: &str = "9fa19c0603aa18b1ca108b707848faad20492239";
/// `printf -- '- name: Ada\n' | sha256sum`
const SHA256: &str = "22eb586c0e8a4565cddee9202fa5b75f168f5a04b5e0d4b20f07fe4dbcd31a74";

fn head_of(sandbox: &Sandbox, path: &str) -> anyhow::Result<String> {
    sandbox.update(|world| {
        let head = world.project(path)?.repository.head().map(|head| head.id.clone());
        Ok(head.unwrap_or_default())
    })
}

#[test]
fn raw_gives_the_bytes_and_what_they_are() -> anyhow::Result<()> {
    let sandbox = start()?;
    let commit = head_of(&sandbox, "group/team")?;
    for reference in [None, Some("master"), Some("HEAD"), Some(commit.as_str())] {
        let query = reference.map(|reference| format!("?ref={reference}")).unwrap_or_default();
        let seen = get(&sandbox, "ada", &format!("{FILE}/raw{query}"))?;
        assert_eq!(seen.status, 200, "{reference:?}");
        assert_eq!(seen.text(), "- name: Ada\n");
        for (name, value) in [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-disposition", "inline; filename=\"team.yaml\"; filename*=UTF-8''team.yaml"),
            ("cache-control", "max-age=0, private, must-revalidate, no-store, no-cache"),
            ("x-gitlab-file-name", "team.yaml"),
            ("x-gitlab-file-path", "data/team.yaml"),
            ("x-gitlab-size", "12"),
            ("x-gitlab-encoding", "base64"),
            ("x-gitlab-content-sha256", SHA256),
            ("x-gitlab-ref", reference.unwrap_or_default()),
            ("x-gitlab-blob-id", BLOB),
            ("x-gitlab-commit-id", &commit),
            ("x-gitlab-last-commit-id", &commit),
            ("x-gitlab-execute-filemode", "false"),
        ] {
            assert_eq!(seen.header(name), value, "{name}");
        }
    }
    Ok(())
}

#[test]
fn json_holds_the_same_with_the_content_encoded() -> anyhow::Result<()> {
    let sandbox = start()?;
    let commit = head_of(&sandbox, "group/team")?;
    let seen = get(&sandbox, "ada", &format!("{FILE}?ref=master"))?;
    assert_eq!(seen.header("x-gitlab-blob-id"), BLOB);
    let expected = serde_json::json!({
        "file_name": "team.yaml", "file_path": "data/team.yaml", "size": 12,
        "encoding": "base64", "content_sha256": SHA256, "ref": "master", "blob_id": BLOB,
        "commit_id": commit, "last_commit_id": commit, "execute_filemode": false,
        "content": "LSBuYW1lOiBBZGEK",
    });
    assert_eq!(seen.json()?, expected);
    Ok(())
}

#[test]
fn head_gives_the_headers_alone() -> anyhow::Result<()> {
    let sandbox = start()?;
    for (path, kind) in [
        (format!("/api/v4/{FILE}?ref=master"), "application/json"),
        (format!("/api/v4/{FILE}/raw"), "text/plain; charset=utf-8"),
    ] {
        let seen = send(&sandbox.gitlab_url(), "HEAD", &path, &[])?;
        assert_eq!(seen.status, 200, "{path}");
        assert_eq!(seen.header("content-type"), kind);
        assert_eq!(seen.header("x-gitlab-content-sha256"), SHA256);
        assert!(seen.body.is_empty());
    }
    assert!(sandbox.writes().is_empty());
    Ok(())
}

#[test]
fn what_is_missing_is_told_apart() -> anyhow::Result<()> {
    let mut world = world();
    world.add_project("group/empty").add_member("ada", 20);
    let sandbox = Sandbox::start(world)?;
    let no_file = r#"{"message":"404 File Not Found"}"#;
    let no_commit = r#"{"message":"404 Commit Not Found"}"#;
    for (path, status, body) in [
        ("1/repository/files/data%2Fteam.yaml", 400, r#"{"error":"ref is missing"}"#),
        ("1/repository/files/data%2Fteam.yaml?ref=", 400, r#"{"error":"ref is empty"}"#),
        ("1/repository/files/data%2Fteam.yaml?ref=nope", 404, no_commit),
        ("1/repository/files/data%2Fteam.yaml/raw?ref=nope", 404, no_commit),
        ("1/repository/files/nope?ref=master", 404, no_file),
        ("1/repository/files/nope/raw", 404, no_file),
        ("1/repository/files/data/raw", 404, no_file),
        ("1/repository/files/Data%2Fteam.yaml/raw", 404, no_file),
        ("3/repository/files/nope/raw", 404, no_commit),
        ("1/repository/commits/nope", 404, no_commit),
    ] {
        let seen = get(&sandbox, "ada", &format!("projects/{path}"))?;
        assert_eq!((seen.status, seen.text().as_str()), (status, body), "{path}");
    }
    Ok(())
}

#[test]
fn an_older_commit_stays_readable() -> anyhow::Result<()> {
    let sandbox = start()?;
    let first = head_of(&sandbox, "group/team")?;
    sandbox.update(|world| {
        world.project("group/team").map(|team| {
            team.add_file("other", "x").add_file("data/team.yaml", "[]\n").add_file("third", "y");
        })
    })?;
    let raw = |reference: &str| get(&sandbox, "ada", &format!("{FILE}/raw?ref={reference}"));
    let old = raw(&first)?;
    assert_eq!(old.text(), "- name: Ada\n");
    assert_eq!(old.header("x-gitlab-commit-id"), first);
    let new = raw("master")?;
    assert_eq!(new.text(), "[]\n");
    let second = new.header("x-gitlab-last-commit-id");
    assert_ne!(second, first);
    assert_ne!(second, new.header("x-gitlab-commit-id"));
    sandbox.update(|world| {
        world.project("group/team").map(|team| {
            team.remove_file("data/team.yaml");
        })
    })?;
    assert_eq!(raw("master")?.status, 404);
    Ok(())
}

#[test]
fn commits_are_told_one_by_one_and_by_path() -> anyhow::Result<()> {
    let sandbox = start()?;
    let first = head_of(&sandbox, "group/team")?;
    sandbox.update(|world| {
        world.project("group/team").map(|team| {
            team.add_file("other", "x");
        })
    })?;
    let second = head_of(&sandbox, "group/team")?;
    for (reference, id) in [("HEAD", &second), ("master", &second), (first.as_str(), &first)] {
        let path = format!("projects/1/repository/commits/{reference}");
        let commit = get(&sandbox, "ada", &path)?.json()?;
        assert_eq!(commit["id"], **id, "{reference}");
        assert_eq!(commit["short_id"], id.get(..8).unwrap_or_default());
        assert_eq!(commit["project_id"], 1);
        let at = commit["committed_date"].as_str().unwrap_or_default();
        assert!(at.ends_with(".000+00:00"), "{at}");
    }
    for (query, ids) in [
        ("", vec![&second, &first]),
        ("?path=data/team.yaml&ref_name=master", vec![&first]),
        ("?path=data", vec![&first]),
        ("?path=other", vec![&second]),
        ("?path=nope", vec![]),
        ("?per_page=1", vec![&second]),
    ] {
        let seen = get(&sandbox, "ada", &format!("projects/1/repository/commits{query}"))?;
        let commits = seen.json()?;
        let found: Vec<&str> = commits
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|commit| commit["id"].as_str())
            .collect();
        assert_eq!(found, ids, "{query}");
        assert_eq!(seen.header("x-total"), "", "commits are not counted");
    }
    Ok(())
}
