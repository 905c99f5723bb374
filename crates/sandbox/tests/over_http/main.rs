//! The sandbox as its clients see it: over TCP, with HTTP written by hand.

mod archive;
mod calendly;
mod contracts;
mod demo;
mod demo_accounts;
mod discussions;
mod fault;
mod files;
mod http;
mod identity;
mod issue_list;
mod issues;
mod limits;
mod misbehaviour;
mod notes;
mod notifications;
mod office;
mod others;
mod people;
mod program;
mod project;
mod quick_actions;
mod reactions;
mod recorded;
mod refusals;
mod routes;
mod tree;
mod week;

use sandbox::{Sandbox, Token, Visibility, World};

/// Two projects: `group/team`, public, with files; `group/audits`, private, of which `ada` is a
/// reporter and `gus` a guest. `eve` is no member.
fn world() -> World {
    let mut world = World::empty();
    for username in ["ada", "gus", "eve"] {
        world.add_user(username);
        world.add_token(Token::new(&format!("token-of-{username}"), username, &["api"]));
    }
    let team = world.add_project("group/team");
    team.visibility = Visibility::Public;
    "master".clone_into(&mut team.default_branch);
    team.add_file("data/team.yaml", "- name: Ada\n");
    let audits = world.add_project("group/audits");
    audits.add_member("ada", 20).add_member("gus", 10);
    audits.add_file("README.md", "Audits\n");
    world
}

fn start() -> anyhow::Result<Sandbox> {
    Sandbox::start(world())
}
