//! Finding a project, and hiding it.

use sandbox::{Sandbox, Visibility};
use serde_json::json;

use crate::{
    http::{get, send, write},
    office::{read, with_issue},
    start, world,
};

#[test]
fn a_project_is_found_by_number_and_by_path_in_any_case() -> anyhow::Result<()> {
    let sandbox = start()?;
    for id in ["2", "group%2Faudits", "group%2faudits", "Group%2FAUDITS", "group%2F%61udits"] {
        let seen = get(&sandbox, "ada", &format!("projects/{id}"))?;
        assert_eq!(seen.status, 200, "{id}");
        let project = seen.json()?;
        assert_eq!(project["id"], 2);
        assert_eq!(project["path_with_namespace"], "group/audits");
        assert_eq!(project["visibility"], "private");
        assert_eq!(project["default_branch"], "main");
        assert_eq!(project["archived"], false);
        assert_eq!(project["issues_access_level"], "enabled");
        assert_eq!(project["web_url"], format!("{}/group/audits", sandbox.gitlab_url()));
        assert_eq!(project["permissions"]["project_access"]["access_level"], 20);
    }
    Ok(())
}

#[test]
fn who_cannot_see_a_project_is_told_that_there_is_none() -> anyhow::Result<()> {
    let mut world = world();
    world.add_project("group/internal").visibility = Visibility::Internal;
    let sandbox = Sandbox::start(world)?;
    let anonymous = |path: &str| send(&sandbox.gitlab_url(), "GET", path, &[]);
    for (path, ada, eve, nobody) in [
        ("projects/group%2Fteam", 200, 200, 200),
        ("projects/group%2Finternal", 200, 200, 404),
        ("projects/group%2Faudits", 200, 404, 404),
        ("projects/2/repository/tree", 200, 404, 404),
        ("projects/2/repository/files/README.md/raw", 200, 404, 404),
        ("projects/2/repository/archive", 200, 404, 404),
        ("projects/nope%2Fnope", 404, 404, 404),
        ("projects/99", 404, 404, 404),
    ] {
        let answers = [
            (get(&sandbox, "ada", path)?, ada),
            (get(&sandbox, "eve", path)?, eve),
            (anonymous(&format!("/api/v4/{path}"))?, nobody),
        ];
        for (seen, status) in answers {
            assert_eq!(seen.status, status, "{path}");
            if status == 404 {
                assert_eq!(seen.text(), r#"{"message":"404 Project Not Found"}"#);
            }
        }
    }
    Ok(())
}

#[test]
fn a_guest_of_a_private_project_sees_it_but_not_its_files() -> anyhow::Result<()> {
    let sandbox = start()?;
    assert_eq!(get(&sandbox, "gus", "projects/2")?.status, 200);
    let seen = get(&sandbox, "gus", "projects/2/repository/tree")?;
    assert_eq!(seen.status, 403);
    assert_eq!(seen.text(), r#"{"message":"403 Forbidden"}"#);
    Ok(())
}

#[test]
fn an_old_path_redirects_with_all_that_follows_it() -> anyhow::Result<()> {
    let sandbox = start()?;
    sandbox.update(|world| world.rename_project("group/audits", "new/place"))?;
    for (path, tail) in [
        ("projects/group%2Faudits", ""),
        ("projects/Group%2faudits?license=true", "?license=true"),
        (
            "projects/group%2Faudits/repository/files/a%2Fb%20c.yaml/raw?ref=main%2F1",
            "/repository/files/a%2Fb%20c.yaml/raw?ref=main%2F1",
        ),
        ("projects/group%2Faudits/repository/archive.tar.gz", "/repository/archive.tar.gz"),
    ] {
        let seen = get(&sandbox, "ada", path)?;
        assert_eq!(seen.status, 301, "{path}");
        let expected = format!("{}/api/v4/projects/2{tail}", sandbox.gitlab_url());
        assert_eq!(seen.header("location"), expected);
        assert_eq!(get(&sandbox, "eve", path)?.status, 404, "a stranger learns nothing");
    }
    assert_eq!(get(&sandbox, "ada", "projects/new%2Fplace")?.status, 200);
    Ok(())
}

#[test]
fn a_new_project_of_an_old_path_comes_first() -> anyhow::Result<()> {
    let sandbox = start()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.rename_project("group/team", "group/crew")?;
        world.add_project("group/team").visibility = Visibility::Public;
        Ok(())
    })?;
    let seen = get(&sandbox, "ada", "projects/group%2Fteam")?;
    assert_eq!(seen.json()?["id"], 3);
    assert_eq!(seen.json()?["empty_repo"], true);
    assert!(seen.json()?["default_branch"].is_null());
    Ok(())
}

/// Requests that write, one of each kind.
const WRITES: &[(&str, &str)] = &[
    ("POST", "issues"),
    ("PUT", "issues/1"),
    ("DELETE", "issues/1"),
    ("POST", "issues/1/notes"),
    ("POST", "issues/1/discussions"),
    ("POST", "issues/1/notes/1/award_emoji"),
    ("PUT", "issues/1/notes/1"),
    ("DELETE", "issues/1/notes/1"),
];

#[test]
fn an_archived_project_is_read_and_not_written_to() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.comment("group/audits", 1, "olga", "Hello")?;
        world.project("group/audits")?.archived = true;
        Ok(())
    })?;
    assert_eq!(read(&sandbox, "olga", "projects/1")?["archived"], true);
    assert_eq!(read(&sandbox, "olga", "projects/1/issues/1/notes")?[0]["body"], "Hello");
    for &(method, path) in WRITES {
        let path = format!("projects/1/{path}");
        let seen = write(&sandbox, "olga", (method, &path), &json!({"title": "x", "body": "x"}))?;
        assert_eq!(seen.status, 403, "{method} {path}");
        assert_eq!(seen.text(), r#"{"message":"403 Forbidden"}"#);
    }
    assert_eq!(sandbox.update(|world| world.project("group/audits").unwrap().issues.len()), 1);
    Ok(())
}

#[test]
fn where_issues_are_switched_off_there_are_none() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| -> anyhow::Result<()> {
        world.project("group/audits")?.issues_disabled = true;
        Ok(())
    })?;
    let project = read(&sandbox, "olga", "projects/1")?;
    assert_eq!(project["issues_access_level"], "disabled");
    assert_eq!(project["_links"].get("issues"), None);
    assert_eq!(read(&sandbox, "olga", "projects/1/issues")?, json!([]));
    assert_eq!(get(&sandbox, "olga", "projects/1/issues/1/notes")?.status, 404);
    for &(method, path) in WRITES {
        let path = format!("projects/1/{path}");
        let seen = write(&sandbox, "olga", (method, &path), &json!({"title": "x", "body": "x"}))?;
        assert_eq!(seen.status, if path.ends_with("/issues") { 403 } else { 404 }, "{path}");
    }
    Ok(())
}

#[test]
fn nothing_is_written_by_an_old_path() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.rename_project("group/audits", "new/place"))?;
    for &(method, path) in WRITES {
        let path = format!("projects/group%2Faudits/{path}");
        let seen = write(&sandbox, "olga", (method, &path), &json!({"title": "x", "body": "x"}))?;
        let text = "Non GET methods are not allowed for moved projects";
        assert_eq!((seen.status, seen.json()?), (405, json!({"message": text})), "{path}");
    }
    Ok(())
}

#[test]
fn each_access_level_sees_and_hears_what_it_may() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    sandbox.update(|world| world.open_issue("group/audits", "dev", "Hidden", "/confidential"))?;
    let levels = [(5, 404, 404), (10, 200, 404), (15, 200, 200), (20, 200, 200), (50, 200, 200)];
    for (level, open, confidential) in levels {
        sandbox.update(|world| world.set_access_level("group/audits", "eve", level))?;
        let member = read(&sandbox, "dev", "projects/1/members/all/7")?;
        assert_eq!(member["access_level"], level);
        for (iid, status) in [(1, open), (2, confidential)] {
            let path = format!("projects/1/issues/{iid}");
            assert_eq!(get(&sandbox, "eve", &path)?.status, status, "level {level}, {path}");
            let before = sandbox.notifications().len();
            sandbox.update(|world| world.comment("group/audits", iid, "dev", "@eve"))?;
            let told = sandbox.notifications().split_off(before);
            let is_told = told.iter().any(|told| told.user == "eve");
            assert_eq!(is_told, status == 200, "level {level}, {path}");
        }
    }
    Ok(())
}

#[test]
fn two_operators_write_each_as_themself() -> anyhow::Result<()> {
    let sandbox = with_issue()?;
    for (user, id) in [("dev", 3), ("max", 2)] {
        assert_eq!(read(&sandbox, user, "user")?["id"], id);
        let own = read(&sandbox, user, "personal_access_tokens/self")?;
        assert_eq!(own["user_id"], id);
        let path = "projects/1/issues/1/discussions";
        let thread = write(&sandbox, user, ("POST", path), &json!({"body": "Notice"}))?.json()?;
        assert_eq!(thread["notes"][0]["author"]["id"], id);
    }
    let notes = "projects/1/issues/1/notes";
    let others = format!("{notes}/2");
    let body = json!({"body": "Struck"});
    assert_eq!(write(&sandbox, "dev", ("PUT", &others), &body)?.status, 403, "a maintainer's");
    let own = format!("{notes}/1");
    assert_eq!(write(&sandbox, "dev", ("PUT", &own), &body)?.status, 200);
    assert_eq!(write(&sandbox, "dev", ("DELETE", &own), &json!({}))?.status, 204);
    Ok(())
}
