//! Organisations of many.

use std::time::{Duration, Instant};

use sandbox::Sandbox;

use super::{MEMBERSHIPS, get, names, world};

#[test]
fn ten_thousand_members_are_read_soon() -> anyhow::Result<()> {
    let mut world = world();
    world.calendly.users.retain(|user| user.name == "ada");
    for number in 1..10_000 {
        world.calendly.add_member(&format!("m{number}@example.com"));
    }
    let sandbox = Sandbox::start(world)?;
    let start = Instant::now();
    let mut path = format!("{MEMBERSHIPS}?count=100");
    let mut found = Vec::new();
    loop {
        let body = get(&sandbox, "ada", &path)?.json()?;
        found.extend(names(&body));
        let Some(token) = body["pagination"]["next_page_token"].as_str() else { break };
        path = format!("{MEMBERSHIPS}?count=100&page_token={token}");
    }
    assert_eq!(found.len(), 10_000);
    assert_eq!(found.last().map(String::as_str), Some("m9999"));
    assert_eq!(sandbox.requests().len(), 100);
    // Far more than is needed: what it guards against takes minutes.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    Ok(())
}
