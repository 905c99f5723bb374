//! Lists of issues: filters, orders, pages.

use anyhow::Context as _;
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::{
    http::{get, send},
    office::{ISSUES, create, field, open, read, update},
};

/// Five issues by several people.
fn filled() -> anyhow::Result<Sandbox> {
    let sandbox = open()?;
    for (author, issue) in [
        ("dev", json!({"title": "Calendly audit FY27-Q3", "labels": "calendly"})),
        ("bob", json!({"title": "Zoom seats", "description": "see the calendly audit"})),
        ("dev", json!({"title": "Audit", "labels": "calendly,x", "assignee_ids": [4]})),
        ("gus", json!({"title": "Secret", "confidential": true, "due_date": "2026-12-01"})),
        ("ada", json!({"title": "Last", "description": "<!-- marker -->"})),
    ] {
        create(&sandbox, author, ISSUES, &issue)?;
    }
    update(&sandbox, "bob", "projects/1/issues/2", &json!({"state_event": "close"}))?;
    Ok(sandbox)
}

#[test]
fn filters_leave_what_they_should() -> anyhow::Result<()> {
    let sandbox = filled()?;
    for (query, iids) in [
        ("", vec![5, 4, 3, 2, 1]),
        ("state=all", vec![5, 4, 3, 2, 1]),
        ("state=opened", vec![5, 4, 3, 1]),
        ("state=closed", vec![2]),
        ("labels=calendly", vec![3, 1]),
        ("labels=calendly,x", vec![3]),
        ("labels[]=calendly&labels[]=x", vec![3]),
        ("labels=None", vec![5, 4, 2]),
        ("labels=Any", vec![3, 1]),
        ("search=calendly+audit", vec![2, 1]),
        ("search=CALENDLY&in=title", vec![1]),
        ("search=marker&in=title%2Cdescription", vec![5]),
        ("author_username=dev", vec![3, 1]),
        ("author_username=nobody", vec![]),
        ("author_id=6", vec![4]),
        ("assignee_username=bob", vec![3]),
        ("assignee_username[]=bob", vec![3]),
        ("assignee_id=4", vec![3]),
        ("assignee_id=None", vec![5, 4, 2, 1]),
        ("not[labels]=calendly", vec![5, 4, 2]),
        ("not[labels][]=x&not[labels][]=y", vec![5, 4, 2, 1]),
        ("labels=calendly&not[labels]=x", vec![1]),
        ("not[author_username]=dev", vec![5, 4, 2]),
        ("not[author_id]=6", vec![5, 3, 2, 1]),
        ("not[assignee_username]=bob", vec![5, 4, 2, 1]),
        ("not[assignee_username][]=nobody", vec![5, 4, 3, 2, 1]),
        ("not[assignee_id]=4", vec![5, 4, 2, 1]),
        ("iids[]=1&iids[]=4", vec![4, 1]),
        ("confidential=true", vec![4]),
        ("confidential=false", vec![5, 3, 2, 1]),
        ("created_after=2026-11-22T12:00:00.002Z", vec![5, 4, 3, 2]),
        ("created_before=2026-11-22", vec![]),
        ("updated_after=2026-11-22T12:00:00%2B00:00&sort=asc", vec![1, 2, 3, 4, 5]),
        ("order_by=updated_at", vec![2, 5, 4, 3, 1]),
        ("order_by=due_date&per_page=1", vec![4]),
        ("scope=created_by_me", vec![3, 1]),
        ("scope=assigned_to_me", vec![]),
    ] {
        let list = read(&sandbox, "dev", &format!("{ISSUES}?{query}"))?;
        assert_eq!(field(&list, "iid"), iids, "{query}");
    }
    let list = read(&sandbox, "bob", &format!("{ISSUES}?scope=assigned_to_me"))?;
    assert_eq!(field(&list, "iid"), [3]);
    Ok(())
}

#[test]
fn a_list_shows_what_a_single_issue_shows_but_for_the_subscription() -> anyhow::Result<()> {
    let sandbox = filled()?;
    let mut single = read(&sandbox, "dev", "projects/1/issues/3")?;
    single.as_object_mut().context("no object")?.remove("subscribed");
    let list = read(&sandbox, "dev", &format!("{ISSUES}?iids[]=3"))?;
    assert_eq!(list, json!([single]));
    let list = read(&sandbox, "dev", &format!("{ISSUES}?iids[]=3&with_labels_details=true"))?;
    assert_eq!(field(&list[0]["labels"], "name"), ["calendly", "x"]);
    Ok(())
}

#[test]
fn pages_have_the_headers_of_gitlab() -> anyhow::Result<()> {
    let sandbox = filled()?;
    let path = "projects/group%2Faudits/issues?per_page=2&state=opened&iids[]=1&iids[]=3&iids[]=5";
    let seen = get(&sandbox, "dev", path)?;
    let header = |name: &str| seen.header(name).to_owned();
    assert_eq!(header("x-total"), "3");
    assert_eq!(header("x-total-pages"), "2");
    assert_eq!(header("x-per-page"), "2");
    assert_eq!(header("x-next-page"), "2");
    assert_eq!(header("x-prev-page"), "");
    let link = format!(
        "<{}/api/v4/projects/group%2Faudits/issues?id=group%2Faudits&iids%5B%5D=1&iids%5B%5D=3\
         &iids%5B%5D=5&order_by=created_at&page=2&per_page=2&sort=desc&state=opened\
         &with_labels_details=false>; rel=\"next\"",
        sandbox.gitlab_url()
    );
    assert!(header("link").starts_with(&link), "{}", header("link"));
    let seen = get(&sandbox, "dev", &format!("{ISSUES}?page=9&per_page=500"))?;
    assert_eq!((seen.text().as_str(), seen.header("x-per-page")), ("[]", "100"));
    Ok(())
}

/// Follows `rel="next"` to the end and gathers the numbers.
fn walk(sandbox: &Sandbox, path: &str) -> anyhow::Result<(Vec<Value>, Vec<usize>)> {
    let mut url = format!("{}/api/v4/{path}", sandbox.gitlab_url());
    let (mut iids, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let base = sandbox.gitlab_url();
        let path = url.strip_prefix(&base).context("another host")?;
        let seen = send(&base, "GET", path, &[("PRIVATE-TOKEN", "token-of-dev")])?;
        let page = field(&seen.json()?, "iid");
        sizes.push(page.len());
        iids.extend(page);
        let link = seen.header("link").split(", ").find(|link| link.contains("rel=\"next\""));
        let Some(link) = link else { return Ok((iids, sizes)) };
        let next = link.trim_start_matches('<').split('>').next();
        next.unwrap_or_default().clone_into(&mut url);
    }
}

#[test]
fn keyset_pages_follow_one_another_without_totals() -> anyhow::Result<()> {
    let sandbox = filled()?;
    let path = format!("{ISSUES}?pagination=keyset&per_page=2&order_by=created_at&sort=desc");
    let seen = get(&sandbox, "dev", &path)?;
    assert!(!seen.header("x-next-cursor").is_empty());
    assert_eq!(seen.header("x-total"), "");
    assert_eq!(
        walk(&sandbox, &path)?,
        (vec![5, 4, 3, 2, 1].into_iter().map(Value::from).collect(), vec![2, 2, 1])
    );
    Ok(())
}

#[test]
fn pages_may_be_shorter_than_asked_though_more_follow() -> anyhow::Result<()> {
    let sandbox = filled()?;
    sandbox.update(|world| world.short_pages = 2);
    let all: Vec<Value> = [5, 4, 3, 2, 1].into_iter().map(Value::from).collect();
    let expected = (all, vec![2, 2, 1]);
    assert_eq!(walk(&sandbox, &format!("{ISSUES}?per_page=4"))?, expected);
    assert_eq!(walk(&sandbox, &format!("{ISSUES}?per_page=4&pagination=keyset"))?, expected);
    let seen = get(&sandbox, "dev", &format!("{ISSUES}?per_page=4"))?;
    assert_eq!(seen.header("x-per-page"), "4");
    Ok(())
}
