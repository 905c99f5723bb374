//! Every route of the sandbox with examples of requests, and a world in which they make sense.

use anyhow::{Context as _, ensure};
use sandbox::{CalendlyToken, CalendlyUser, InvitationStatus, Sandbox, Service, Token, World};
use serde_json::json;

use crate::{
    http::{Seen, send_with},
    office,
};

const TEXT: &str = include_str!("../contracts/routes.txt");

/// A route, named as the API's own document names it.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) service: Service,
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    /// One that succeeds.
    pub(crate) usual: Example,
    pub(crate) others: Vec<Example>,
}

/// A request and the status of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) status: u16,
    user: &'static str,
    pub(crate) path: String,
    body: &'static str,
}

impl Route {
    pub(crate) fn examples(&self) -> impl Iterator<Item = &Example> {
        std::iter::once(&self.usual).chain(&self.others)
    }

    /// The route with another path for its usual example; none if that does not begin so.
    pub(crate) fn with_path(&self, old: &str, new: &str) -> Option<Self> {
        let rest = self.usual.path.strip_prefix(old)?;
        let usual = Example { path: format!("{new}{rest}"), ..self.usual.clone() };
        Some(Self { usual, others: Vec::new(), ..*self })
    }
}

/// All routes.
pub(crate) fn all() -> anyhow::Result<Vec<Route>> {
    let mut routes: Vec<Route> = Vec::new();
    let lines = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let (method, template) = line.split_once(' ').context(line)?;
        let is_gitlab = template.starts_with("/api/v4/");
        let service = if is_gitlab { Service::GitLab } else { Service::Calendly };
        let usual = example(lines.next().context(line)?)?;
        let mut others = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            others.push(example(line)?);
        }
        routes.push(Route { service, method, template, usual, others });
    }
    Ok(routes)
}

fn example(line: &'static str) -> anyhow::Result<Example> {
    let (status, rest) = line.trim_start().split_once(' ').context(line)?;
    let (user, rest) = rest.split_once(' ').context(line)?;
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    Ok(Example { status: status.parse()?, user, path: path.to_owned(), body })
}

/// A sandbox, and the world to which it is set back before each example.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    world: World,
    names: Vec<(&'static str, String)>,
}

impl Stage {
    pub(crate) fn open() -> anyhow::Result<Self> {
        let sandbox = Sandbox::start(people())?;
        let one = "projects/1/issues/1";
        sandbox.update(|world| -> anyhow::Result<()> {
            let text = "- [ ] one\n\nHello";
            world.open_issue(PROJECT, "dev", "Audit", text)?;
            world.comment(PROJECT, 1, "dev", "a comment")?;
            Ok(())
        })?;
        let threads = format!("{one}/discussions");
        let thread = office::create(&sandbox, "dev", &threads, &json!({"body": "start"}))?;
        let thread = thread.get("id").and_then(|id| id.as_str()).context("no id")?.to_owned();
        let reply = json!({"body": "reply"});
        office::create(&sandbox, "bob", &format!("{threads}/{thread}/notes"), &reply)?;
        let thumb = json!({"name": "thumbsup"});
        office::create(&sandbox, "dev", &format!("{one}/award_emoji"), &thumb)?;
        office::create(&sandbox, "bob", &format!("{one}/notes/2/award_emoji"), &thumb)?;
        let changes = json!({"labels": "x", "state_event": "close", "due_date": "2026-12-15"});
        office::update(&sandbox, "dev", one, &changes)?;
        let changes = json!({"remove_labels": "x", "add_labels": "calendly", "assignee_ids": [4]});
        office::update(&sandbox, "dev", one, &changes)?;
        let world = sandbox.update(|world| world.clone());
        let mut names = vec![("{thread}", thread)];
        names.extend(calendly_names(&world));
        Ok(Self { sandbox, world, names })
    }

    /// Sets the world back, lets it be changed, and sends the request of an example.
    pub(crate) fn play(
        &self,
        route: &Route,
        example: &Example,
        change: impl FnOnce(&mut World),
    ) -> anyhow::Result<Seen> {
        self.reset(change);
        self.send(route, example)
    }

    /// Sets the world back and lets it be changed.
    pub(crate) fn reset(&self, change: impl FnOnce(&mut World)) {
        let mut world = self.world.clone();
        change(&mut world);
        self.sandbox.update(|present| *present = world);
    }

    /// Sends the request of an example.
    pub(crate) fn send(&self, route: &Route, example: &Example) -> anyhow::Result<Seen> {
        self.send_with_query(route, example, "")
    }

    /// Sends the request of an example with more in its query.
    pub(crate) fn send_with_query(
        &self,
        route: &Route,
        example: &Example,
        query: &str,
    ) -> anyhow::Result<Seen> {
        let (base, prefix) = match route.service {
            Service::GitLab => (self.sandbox.gitlab_url(), "/api/v4"),
            Service::Calendly => (self.sandbox.calendly_url(), ""),
        };
        let path = format!("{prefix}{}", self.filled(&example.path));
        ensure!(!path.contains('{'), "{path}");
        let path = match query {
            "" => path,
            query if path.contains('?') => format!("{path}&{query}"),
            query => format!("{path}?{query}"),
        };
        let bearer = format!("Bearer token-of-{}", example.user);
        let mut headers = vec![("Content-Type", "application/json")];
        if example.user != "-" {
            headers.push(("Authorization", &bearer));
        }
        if example.status == 412 {
            headers.push(("If-Unmodified-Since", "Sun, 01 Jan 2023 00:00:00 GMT"));
        }
        send_with(&base, route.method, &path, (&headers, example.body.as_bytes()))
    }

    fn filled(&self, path: &str) -> String {
        self.names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
    }
}

pub(crate) const PROJECT: &str = "group/audits";

fn people() -> World {
    let mut world = office::world();
    for (name, scope) in [("files", "read_repository"), ("reader", "read_api")] {
        world.add_token(Token::new(&format!("token-of-{name}"), "dev", &[scope]));
    }
    let mut expired = Token::new("token-of-expired", "dev", &["api"]);
    expired.expires_at = Some(jiff::civil::date(2026, 1, 1));
    world.add_token(expired);
    let mut mute = Token::new("token-of-mute", "dev", &["api"]);
    mute.no_quick_actions = true;
    world.add_token(mute);
    for project in &mut world.projects {
        project.renamed_from.push("group/old".to_owned());
        project.add_file("README.md", "Audits\n");
        project.add_files([
            ("data/team.yaml".to_owned(), b"- name: Ada\n".to_vec()),
            (".gitlab/issue_templates/Access request.md".to_owned(), b"Access\n".to_vec()),
        ]);
    }
    let (now, calendly) = (world.now, &mut world.calendly);
    for (name, role) in [("olga", "owner"), ("ada", "admin"), ("uma", "user"), ("gone", "user")] {
        let email = format!("{name}@example.com");
        let member = calendly.add_member(&email);
        role.clone_into(&mut member.role);
        if name == "gone" {
            member.leave();
        }
        calendly.add_token(CalendlyToken::new(&format!("token-of-{name}"), &email));
    }
    let none = CalendlyToken::new("token-of-scopeless", "ada@example.com");
    calendly.add_token(none.limited_to(&[]));
    calendly.invite("pending@example.com", now);
    calendly.invite("uma@example.com", now).status = InvitationStatus::Accepted;
    world
}

fn calendly_names(world: &World) -> Vec<(&'static str, String)> {
    let calendly = &world.calendly;
    let last = |uri: &str| uri.rsplit('/').next().unwrap_or_default().to_owned();
    let member = |name: &str| {
        let found = calendly.users.iter().find(|user| user.name == name);
        last(&found.map(CalendlyUser::membership_uri).unwrap_or_default())
    };
    let invitation = |status: InvitationStatus| {
        let found = calendly.invitations.iter().find(|one| one.status == status);
        found.map(|one| one.id.clone()).unwrap_or_default()
    };
    vec![
        ("{organization}", last(&calendly.organization)),
        ("{olga}", member("olga")),
        ("{ada}", member("ada")),
        ("{uma}", member("uma")),
        ("{pending}", invitation(InvitationStatus::Pending)),
        ("{accepted}", invitation(InvitationStatus::Accepted)),
    ]
}

#[test]
fn every_example_gives_its_status() -> anyhow::Result<()> {
    let stage = Stage::open()?;
    for route in all()? {
        for example in route.examples().filter(|example| example.status != 429) {
            let seen = stage.play(&route, example, |_| {})?;
            let (method, path) = (route.method, &example.path);
            assert_eq!(seen.status, example.status, "{method} {path}: {}", seen.text());
        }
    }
    Ok(())
}
