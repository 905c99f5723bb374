//! Finding a project, and hiding it.

use sandbox::{Sandbox, Visibility};

use crate::{
    http::{get, send},
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
