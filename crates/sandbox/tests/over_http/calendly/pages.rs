//! Pages of a list.

use sandbox::{Answer, Fault, FaultKind, Sandbox};
use serde_json::Value;

use super::{MEMBERSHIPS, get, names, refuses_parameter, world};

/// `ada` and so many others, `m1` first.
fn with_members(number: usize) -> anyhow::Result<Sandbox> {
    let mut world = world();
    for number in 1..=number {
        world.calendly.add_member(&format!("m{number}@example.com"));
    }
    world.calendly.users.retain(|user| user.name.starts_with('m') || user.name == "ada");
    Sandbox::start(world)
}

fn token<'body>(body: &'body Value, name: &str) -> Option<&'body str> {
    body.get("pagination")?.get(name)?.as_str()
}

/// All pages from `path` on, by their tokens.
fn walk(sandbox: &Sandbox, path: &str) -> anyhow::Result<Vec<Value>> {
    let mut pages = vec![get(sandbox, "ada", path)?.json()?];
    while let Some(token) = pages.last().and_then(|page| token(page, "next_page_token")) {
        let joint = if path.contains('?') { '&' } else { '?' };
        let next = get(sandbox, "ada", &format!("{path}{joint}page_token={token}"))?;
        assert_eq!(next.status, 200, "{}", next.text());
        pages.push(next.json()?);
    }
    Ok(pages)
}

fn sizes(pages: &[Value]) -> Vec<usize> {
    let size = |page: &Value| page["collection"].as_array().map_or(0, Vec::len);
    for page in pages {
        let count = page.pointer("/pagination/count");
        assert_eq!(count.and_then(Value::as_u64), u64::try_from(size(page)).ok(), "{page}");
    }
    pages.iter().map(size).collect()
}

#[test]
fn pages_follow_each_other_without_a_gap() -> anyhow::Result<()> {
    let sandbox = with_members(44)?;
    let mut expected = vec!["ada".to_owned()];
    expected.extend((1..=44).map(|number| format!("m{number}")));
    for (query, expected_sizes) in [
        ("", &[20, 20, 5][..]),
        ("?count=15", &[15, 15, 15]),
        ("?count=44", &[44, 1]),
        ("?count=45", &[45]),
        ("?count=100", &[45]),
    ] {
        let pages = walk(&sandbox, &format!("{MEMBERSHIPS}{query}"))?;
        assert_eq!(sizes(&pages), expected_sizes, "{query}");
        let found: Vec<String> = pages.iter().flat_map(names).collect();
        assert_eq!(found, expected, "{query}");
    }
    Ok(())
}

#[test]
fn links_lead_on_and_back() -> anyhow::Result<()> {
    let sandbox = with_members(4)?;
    let first = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?count=2&role=user"))?.json()?;
    assert!(
        token(&first, "previous_page").is_none() && token(&first, "previous_page_token").is_none()
    );
    let origin = sandbox.calendly_url();
    let link = token(&first, "next_page").unwrap_or_default().to_owned();
    let next = token(&first, "next_page_token").unwrap_or_default();
    assert_eq!(link, format!("{origin}{MEMBERSHIPS}?count=2&role=user&page_token={next}"));
    let follow = |link: &str| get(&sandbox, "ada", link.strip_prefix(&origin).unwrap());
    let second = follow(&link)?.json()?;
    assert_eq!(names(&second), ["m3", "m4"]);
    assert!(token(&second, "next_page").is_none() && token(&second, "next_page_token").is_none());
    let back = follow(token(&second, "previous_page").unwrap_or_default())?.json()?;
    assert_eq!(names(&back), ["m1", "m2"]);
    Ok(())
}

#[test]
fn a_page_may_be_shorter_than_asked_though_more_follow() -> anyhow::Result<()> {
    let sandbox = with_members(9)?;
    for (short, query, expected) in [
        (1, "?count=4", &[3, 3, 3, 1][..]),
        (3, "?count=5", &[2, 2, 2, 2, 2]),
        (99, "?count=100", &[1; 10]),
        (99, "?count=2&role=admin", &[1]),
    ] {
        sandbox.update(|world| world.short_pages = short);
        let pages = walk(&sandbox, &format!("{MEMBERSHIPS}{query}"))?;
        assert_eq!(sizes(&pages), expected);
    }
    Ok(())
}

#[test]
fn counts_and_tokens_that_mean_nothing_are_refused() -> anyhow::Result<()> {
    let sandbox = with_members(30)?;
    for (count, message) in [
        ("0", "must be greater than or equal to 1"),
        ("-5", "must be greater than or equal to 1"),
        ("101", "must be less than or equal to 100"),
        ("9999999999", "must be less than or equal to 100"),
        ("many", "must be an integer"),
        ("", "must be an integer"),
    ] {
        let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?count={count}"))?;
        refuses_parameter(&seen, "count", message);
    }
    let first = get(&sandbox, "ada", MEMBERSHIPS)?.json()?;
    let good = token(&first, "next_page_token").unwrap_or_default();
    assert!(good.len() >= 32 && good.parse::<u128>().is_err(), "{good}");
    let cut = good.get(1..).unwrap_or_default();
    for token in ["1", "20", "x", "äöü", cut, &format!("{good}0"), &good.to_uppercase()] {
        let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?page_token={token}"))?;
        refuses_parameter(&seen, "page_token", "is invalid");
    }
    for path in [format!("{MEMBERSHIPS}?role=user"), "/organizations/O1/invitations?".to_owned()] {
        let seen = get(&sandbox, "ada", &format!("{path}&page_token={good}"))?;
        refuses_parameter(&seen, "page_token", "is invalid");
    }
    let seen = get(&sandbox, "ada", &format!("{MEMBERSHIPS}?count=5&page_token={good}"))?;
    assert_eq!(names(&seen.json()?), ["m20", "m21", "m22", "m23", "m24"]);
    Ok(())
}

#[test]
fn who_leaves_between_two_pages_moves_the_others_up() -> anyhow::Result<()> {
    let sandbox = with_members(5)?;
    sandbox.before("page_token", "GET", |world| {
        world.calendly.member("m1@example.com").unwrap().leave();
    });
    let pages = walk(&sandbox, &format!("{MEMBERSHIPS}?count=3"))?;
    let found: Vec<String> = pages.iter().flat_map(names).collect();
    assert_eq!(found, ["ada", "m1", "m2", "m4", "m5"], "m3 is on no page");
    Ok(())
}

#[test]
fn a_fault_may_wait_for_a_page_of_its_own() -> anyhow::Result<()> {
    let sandbox = with_members(99)?;
    let broken = Answer::calendly(500, "Internal Server Error", "");
    let fault = Fault::new(MEMBERSHIPS, FaultKind::Answer(broken)).method("GET");
    sandbox.inject(fault.skip(56));
    let mut path = format!("{MEMBERSHIPS}?count=1");
    let mut pages = 0;
    loop {
        let seen = get(&sandbox, "ada", &path)?;
        if seen.status == 500 {
            break;
        }
        pages += 1;
        let body = seen.json()?;
        let next = token(&body, "next_page_token").unwrap_or_default();
        path = format!("{MEMBERSHIPS}?count=1&page_token={next}");
    }
    assert_eq!(pages, 56);
    assert_eq!(names(&get(&sandbox, "ada", &path)?.json()?), ["m56"], "it is used up");
    Ok(())
}
