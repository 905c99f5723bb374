//! Listing directories, page by page.

use serde_json::Value;

use crate::{http::get, start, world};
use sandbox::Sandbox;

fn names(body: &Value) -> Vec<&str> {
    body.as_array().into_iter().flatten().filter_map(|entry| entry["path"].as_str()).collect()
}

#[test]
fn directories_are_listed_flat_and_deep() -> anyhow::Result<()> {
    let sandbox = start()?;
    sandbox.update(|world| {
        world.project("group/audits").map(|audits| {
            audits.add_file(".gitlab/issue_templates/Calendly.md", "x").add_file("zoo/a.md", "y");
        })
    })?;
    for (query, expected) in [
        ("", &[".gitlab", "zoo", "README.md"][..]),
        ("?path=.gitlab", &[".gitlab/issue_templates"]),
        ("?path=.gitlab/issue_templates/", &[".gitlab/issue_templates/Calendly.md"]),
        (
            "?recursive=true",
            &[
                ".gitlab",
                ".gitlab/issue_templates",
                "zoo",
                ".gitlab/issue_templates/Calendly.md",
                "README.md",
                "zoo/a.md",
            ],
        ),
        (
            "?recursive=True&path=.gitlab&ref=main",
            &[".gitlab/issue_templates", ".gitlab/issue_templates/Calendly.md"],
        ),
    ] {
        let seen = get(&sandbox, "ada", &format!("projects/2/repository/tree{query}"))?;
        assert_eq!(names(&seen.json()?), expected, "{query}");
        assert_eq!(seen.header("x-total"), expected.len().to_string());
    }
    let entries = get(&sandbox, "ada", "projects/2/repository/tree")?.json()?;
    let kinds: Vec<(&str, &str, &str)> = entries
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            Some((entry["name"].as_str()?, entry["type"].as_str()?, entry["mode"].as_str()?))
        })
        .collect();
    let expected =
        [(".gitlab", "tree", "040000"), ("zoo", "tree", "040000"), ("README.md", "blob", "100644")];
    assert_eq!(kinds, expected);
    Ok(())
}

#[test]
fn a_missing_path_or_ref_is_a_missing_tree() -> anyhow::Result<()> {
    let mut world = world();
    world.add_project("group/empty").add_member("ada", 20);
    let sandbox = Sandbox::start(world)?;
    for path in ["2/repository/tree?path=nope", "2/repository/tree?ref=nope", "3/repository/tree"] {
        let seen = get(&sandbox, "ada", &format!("projects/{path}"))?;
        assert_eq!(seen.status, 404, "{path}");
        assert_eq!(seen.text(), r#"{"message":"404 Tree Not Found"}"#);
    }
    let seen = get(&sandbox, "ada", "projects/2/repository/tree?per_page=x")?;
    assert_eq!((seen.status, seen.text().as_str()), (400, r#"{"error":"per_page is invalid"}"#));
    Ok(())
}

/// A project `group/audits` with 205 files in `many`, of which two are equal.
fn many() -> anyhow::Result<Sandbox> {
    let mut world = world();
    let files = (0..205_u8).map(|number| (format!("many/{number:03}"), vec![number / 2; 3]));
    world.project("group/audits")?.add_files(files);
    Sandbox::start(world)
}

/// The address in a `Link` header that has the relation, without the origin and `/api/v4/`.
fn linked(link: &str, relation: &str) -> Option<String> {
    let wanted = format!("rel=\"{relation}\"");
    let part = link.split(", ").find(|part| part.ends_with(&wanted))?;
    let address = part.trim_start_matches('<').split('>').next()?;
    address.split_once("/api/v4/").map(|(_, path)| path.to_owned())
}

#[test]
fn pages_are_numbered() -> anyhow::Result<()> {
    let sandbox = many()?;
    let path = "projects/group%2Faudits/repository/tree?path=many&per_page=1000";
    for (page, next, previous, count) in
        [("1", "2", "", 100), ("2", "3", "1", 100), ("3", "", "2", 5), ("4", "", "3", 0)]
    {
        let seen = get(&sandbox, "ada", &format!("{path}&page={page}"))?;
        assert_eq!(names(&seen.json()?).len(), count, "page {page}");
        assert_eq!(seen.header("x-page"), page);
        assert_eq!(seen.header("x-per-page"), "100");
        assert_eq!(seen.header("x-next-page"), next);
        assert_eq!(seen.header("x-prev-page"), previous);
        assert_eq!(seen.header("x-total"), "205");
        assert_eq!(seen.header("x-total-pages"), "3");
    }
    let seen = get(&sandbox, "ada", path)?;
    let query = |page: &str| {
        Some(format!(
            "projects/group%2Faudits/repository/tree?id=group%2Faudits&page={page}\
             &pagination=legacy&path=many&per_page=100&recursive=false"
        ))
    };
    for (relation, expected) in
        [("next", query("2")), ("prev", None), ("first", query("1")), ("last", query("3"))]
    {
        assert_eq!(linked(seen.header("link"), relation), expected, "{relation}");
    }
    Ok(())
}

#[test]
fn keyset_pages_follow_their_links_to_the_end() -> anyhow::Result<()> {
    let sandbox = many()?;
    let mut path = Some("projects/2/repository/tree?path=many&pagination=keyset".to_owned());
    let (mut found, mut pages) = (Vec::new(), 0);
    while let Some(next) = path {
        let seen = get(&sandbox, "ada", &next)?;
        assert_eq!(seen.header("x-next-page"), "");
        found.extend(names(&seen.json()?).into_iter().map(str::to_owned));
        path = linked(seen.header("link"), "next");
        pages += 1;
    }
    let expected: Vec<String> = (0..205).map(|number| format!("many/{number:03}")).collect();
    assert_eq!(found, expected);
    assert_eq!(pages, 11);
    let seen =
        get(&sandbox, "ada", "projects/2/repository/tree?pagination=keyset&page_token=nope")?;
    assert_eq!(seen.status, 400);
    Ok(())
}
