//! A project with issues and the people around it.

use anyhow::ensure;
use sandbox::{Sandbox, Token, World};
use serde_json::{Value, json};

use crate::http::{get, write};

/// The issues of the one project.
pub(crate) const ISSUES: &str = "projects/1/issues";

/// `group/audits`, private: `olga` owns it, `max` maintains it, `dev` develops, `bob` and `ada`
/// report, `gus` is a guest, `eve` is no member. The labels are `calendly` and `x`.
pub(crate) fn world() -> World {
    let mut world = World::empty();
    world.now = jiff::Timestamp::constant(1_795_348_800, 0);
    for username in ["olga", "max", "dev", "bob", "ada", "gus", "eve"] {
        world.add_user(username);
        world.add_token(Token::new(&format!("token-of-{username}"), username, &["api"]));
    }
    let project = world.add_project("group/audits");
    project.add_member("olga", 50).add_member("max", 40).add_member("dev", 30);
    project.add_member("bob", 20).add_member("ada", 20).add_member("gus", 10);
    project.add_label("calendly");
    project.add_label("x");
    world
}

pub(crate) fn open() -> anyhow::Result<Sandbox> {
    Sandbox::start(world())
}

/// Creates, as JSON, and gives back what was created.
pub(crate) fn create(
    sandbox: &Sandbox,
    username: &str,
    path: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let seen = write(sandbox, username, ("POST", path), body)?;
    ensure!(seen.status == 201, "{} {}", seen.status, seen.text());
    seen.json()
}

/// Updates, as JSON, and gives back what was updated.
pub(crate) fn update(
    sandbox: &Sandbox,
    username: &str,
    path: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let seen = write(sandbox, username, ("PUT", path), body)?;
    ensure!(seen.status == 200, "{} {}", seen.status, seen.text());
    seen.json()
}

/// Reads JSON.
pub(crate) fn read(sandbox: &Sandbox, username: &str, path: &str) -> anyhow::Result<Value> {
    let seen = get(sandbox, username, path)?;
    ensure!(seen.status == 200, "{} {}", seen.status, seen.text());
    seen.json()
}

/// A sandbox in which `dev` has opened issue 1.
pub(crate) fn with_issue() -> anyhow::Result<Sandbox> {
    let sandbox = open()?;
    create(&sandbox, "dev", ISSUES, &json!({"title": "Audit", "description": "Hello"}))?;
    Ok(sandbox)
}

/// The values of one field of a list.
pub(crate) fn field(list: &Value, name: &str) -> Vec<Value> {
    list.as_array().into_iter().flatten().map(|item| item[name].clone()).collect()
}
