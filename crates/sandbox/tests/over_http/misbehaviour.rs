//! Every route with every misbehaviour: made up, of the world, and of others between two requests.

use std::time::Duration;

use anyhow::ensure;
use sandbox::{Answer, Fault, FaultKind, Service, World};

use crate::{
    http::{Seen, at, send},
    routes::{self, PROJECT, Route, Stage},
};

/// A misbehaviour: tries it on a route, and says whether the route can have it.
type Trial = fn(&Stage, &Route) -> anyhow::Result<bool>;

const TRIALS: &[(&str, Trial)] = &[
    ("429 as text", |stage, route| answered(stage, route, &Answer::too_many_requests_text())),
    ("429 as JSON", |stage, route| answered(stage, route, &Answer::too_many_requests_json())),
    ("500", |stage, route| answered(stage, route, &Answer::internal_server_error())),
    ("500 of Calendly", |stage, route| {
        answered(stage, route, &Answer::calendly(500, "Internal Server Error", "x"))
    }),
    ("502 with HTML", |stage, route| answered(stage, route, &Answer::bad_gateway())),
    ("409 of a lock", |stage, route| answered(stage, route, &Answer::resource_lock())),
    ("captcha", |stage, route| answered(stage, route, &Answer::captcha())),
    ("spam", |stage, route| answered(stage, route, &Answer::spam())),
    ("500 after the write", answered_after),
    ("cut before the write", |stage, route| cut(stage, route, FaultKind::CutBefore, false)),
    ("cut after the write", |stage, route| cut(stage, route, FaultKind::CutAfter, true)),
    ("slow", slow),
    ("truncated", truncated),
    ("wrong content type", wrong_type),
    ("redirect", redirected),
    ("wrong clock", wrong_clock),
    ("no headers of paging", no_paging),
    ("internal host in Link", internal_link),
    ("limit on requests", limited),
    ("expired token", expired),
    ("token of too few scopes", under_scoped),
    ("short pages", short_pages),
    ("missing totals", no_totals),
    ("renamed project", renamed),
    ("removed member", removed),
    ("edited description", edited),
];

/// What a write changes.
fn state(stage: &Stage) -> String {
    stage.sandbox.update(|world| {
        let calendly = &world.calendly;
        format!("{:?} {:?} {:?}", world.projects, calendly.users, calendly.invitations)
    })
}

fn is_write(route: &Route) -> bool {
    !matches!(route.method, "GET" | "HEAD")
}

/// Sends the route's usual request to a world set back and then changed.
fn play(stage: &Stage, route: &Route, change: impl FnOnce(&mut World)) -> anyhow::Result<Seen> {
    stage.play(route, &route.usual, change)
}

/// The same, of a world that has a fault waiting.
fn faulty(stage: &Stage, route: &Route, kind: FaultKind) -> anyhow::Result<Seen> {
    stage.sandbox.inject(Fault::new("", kind).method(route.method));
    play(stage, route, |_| {})
}

/// Nothing is written, and the answer is the one made up.
fn answered(stage: &Stage, route: &Route, answer: &Answer) -> anyhow::Result<bool> {
    stage.reset(|_| {});
    let before = state(stage);
    let seen = faulty(stage, route, FaultKind::Answer(answer.clone()))?;
    assert_eq!(seen.status, answer.status);
    assert_eq!(seen.header("content-type"), answer.content_type);
    assert!(seen.body == answer.body || route.method == "HEAD");
    assert_eq!(state(stage), before);
    Ok(true)
}

fn answered_after(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    stage.reset(|_| {});
    let before = state(stage);
    let kind = FaultKind::AnswerAfter(Answer::internal_server_error());
    assert_eq!(faulty(stage, route, kind)?.status, 500);
    assert_eq!(state(stage) != before, is_write(route));
    Ok(true)
}

fn cut(stage: &Stage, route: &Route, kind: FaultKind, is_done: bool) -> anyhow::Result<bool> {
    stage.reset(|_| {});
    let before = state(stage);
    let lost = faulty(stage, route, kind);
    ensure!(lost.is_err(), "there was an answer: {lost:?}");
    assert_eq!(state(stage) != before, is_done && is_write(route));
    Ok(true)
}

fn slow(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let delay = Duration::from_millis(4);
    let begin = std::time::Instant::now();
    let seen = faulty(stage, route, FaultKind::Slow(delay))?;
    assert!(begin.elapsed() >= delay);
    assert_eq!(seen.status, route.usual.status);
    Ok(true)
}

/// Of an answer without a body there is nothing to cut off.
fn truncated(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let has_body = !play(stage, route, |_| {})?.body.is_empty();
    let cut = faulty(stage, route, FaultKind::Truncate(1)).map(|seen| seen.status);
    assert_eq!(cut.is_err(), has_body, "{cut:?}");
    Ok(has_body)
}

fn wrong_type(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let right = play(stage, route, |_| {})?;
    let wrong = faulty(stage, route, FaultKind::ContentType("text/html".to_owned()))?;
    assert_eq!(wrong.header("content-type"), "text/html");
    assert_eq!((wrong.status, wrong.body), (right.status, right.body));
    Ok(true)
}

fn wrong_clock(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let right = play(stage, route, |_| {})?;
    for date in ["Thu, 26 Nov 2026 12:00:00 GMT", "never"] {
        let wrong = faulty(stage, route, FaultKind::Date(date.to_owned()))?;
        assert_eq!(wrong.header("date"), date);
        assert_eq!((wrong.status, &wrong.body), (right.status, &right.body));
    }
    assert_ne!(right.header("date"), "");
    Ok(true)
}

fn no_paging(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let usual = play(stage, route, |_| {})?;
    let without = faulty(stage, route, FaultKind::NoPaging)?;
    for header in ["link", "x-next-page", "x-page", "x-per-page", "x-total", "x-total-pages"] {
        assert_eq!(without.find(header), None);
    }
    assert_eq!((without.status, &without.body), (usual.status, &usual.body));
    Ok(usual.find("link").is_some())
}

fn internal_link(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let usual = play(stage, route, |_| {})?;
    let origin = "http://gitlab.internal:8080";
    let moved = faulty(stage, route, FaultKind::LinkOrigin(origin.to_owned()))?;
    let right = usual.header("link").replace(&stage.sandbox.gitlab_url(), origin);
    assert_eq!(moved.header("link"), right);
    assert_eq!(moved.header("x-next-page"), usual.header("x-next-page"));
    Ok(!right.is_empty())
}

fn redirected(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let location = "http://127.0.0.1:1/elsewhere".to_owned();
    let kind = FaultKind::Redirect { status: 302, location: location.clone() };
    let seen = faulty(stage, route, kind)?;
    assert_eq!((seen.status, seen.header("location")), (302, location.as_str()));
    Ok(true)
}

fn limited(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let seen = play(stage, route, |world| {
        world.limits.requests_per_minute = Some(0);
        world.calendly.quota.per_minute = 0;
    })?;
    assert_eq!(seen.status, 429);
    Ok(true)
}

fn expired(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let seen = play(stage, route, |world| {
        for token in &mut world.tokens {
            token.expires_at = Some(jiff::civil::date(2026, 1, 1));
        }
        // Calendly's tokens are valid or unknown.
        world.calendly.tokens.clear();
    })?;
    assert_eq!(seen.status, 401);
    if route.service == Service::GitLab && route.method != "HEAD" {
        assert_eq!(at(&seen.json()?, "error"), "invalid_token");
    }
    Ok(true)
}

/// Any token may ask who it is.
fn under_scoped(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let seen = play(stage, route, |world| {
        for token in &mut world.tokens {
            token.scopes = vec!["write_registry".to_owned()];
        }
        for token in &mut world.calendly.tokens {
            token.scopes = Some(vec!["event_types:read".to_owned()]);
        }
    })?;
    let needs_none = route.template.ends_with("/personal_access_tokens/self");
    assert_eq!(seen.status, if needs_none { 200 } else { 403 });
    Ok(!needs_none)
}

fn short_pages(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let (usual, short) = (
        play(stage, route, |_| {})?,
        play(stage, route, |world| {
            world.short_pages = 99;
        })?,
    );
    let count = |seen: &Seen| {
        let body = seen.json().unwrap_or_default();
        body.get("collection").unwrap_or(&body).as_array().map(Vec::len)
    };
    let (Some(usual), Some(shown)) = (count(&usual), count(&short)) else { return Ok(false) };
    if short.find("x-page").is_none() && route.service == Service::GitLab {
        return Ok(false);
    }
    assert_eq!(shown, 1);
    let body = short.json()?;
    let next = at(at(&body, "pagination"), "next_page_token").as_str();
    let has_next = !short.header("x-next-page").is_empty() || next.is_some();
    assert_eq!(has_next, usual > 1);
    Ok(true)
}

fn no_totals(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let usual = play(stage, route, |_| {})?;
    let without = play(stage, route, |world| world.limits.totals_up_to = 0)?;
    assert_eq!((without.find("x-total"), without.find("x-total-pages")), (None, None));
    assert!(!without.header("link").contains("rel=\"last\""));
    assert_eq!(without.header("x-next-page"), usual.header("x-next-page"));
    Ok(usual.find("x-total").is_some())
}

/// The path of the project as it was; see [`Route::with_path`].
fn renamed(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    let Some(by_path) = route.with_path("/projects/1", "/projects/group%2Faudits") else {
        return Ok(false);
    };
    assert_eq!(play(stage, &by_path, |_| {})?.status, route.usual.status);
    let seen = play(stage, &by_path, |world| {
        world.rename_project(PROJECT, "group/elsewhere").unwrap_or_default();
    })?;
    assert_eq!(seen.status, if route.method == "GET" { 301 } else { 405 });
    assert_eq!(seen.header("location").contains("/api/v4/projects/1"), route.method == "GET");
    Ok(true)
}

fn removed(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    assert_eq!(play(stage, route, |_| {})?.status, route.usual.status);
    stage.reset(|_| {});
    stage.sandbox.before("", route.method, |world| {
        for project in &mut world.projects {
            project.members.clear();
        }
        for user in world.calendly.users.iter_mut().filter(|user| user.name == "ada") {
            user.leave();
        }
    });
    let seen = stage.send(route, &route.usual)?;
    let concerns = route.template.contains("/projects/") || is_about_others(route);
    assert_eq!(seen.status >= 400, concerns, "{}", seen.text());
    Ok(concerns)
}

/// Whether somebody who has left Calendly's organisation can no longer ask this.
fn is_about_others(route: &Route) -> bool {
    let is_list = route.template == "/organization_memberships";
    route.service == Service::Calendly && route.template != "/users/me" && !is_list
}

fn edited(stage: &Stage, route: &Route) -> anyhow::Result<bool> {
    if !route.template.contains("/issues/{issue_iid}") {
        return Ok(false);
    }
    stage.reset(|_| {});
    stage.sandbox.before("/issues/1", route.method, |world| {
        world.edit_description(PROJECT, 1, "bob", "Theirs").unwrap_or_default();
    });
    let seen = stage.send(route, &route.usual)?;
    assert_eq!(seen.status, route.usual.status);
    let description = stage
        .sandbox
        .update(|world| world.issue(PROJECT, 1).ok().and_then(|issue| issue.description.clone()));
    let is_gone = route.method == "DELETE" && route.template.ends_with("{issue_iid}");
    assert_eq!(description.as_deref(), (!is_gone).then_some("Theirs"));
    Ok(true)
}

#[test]
fn every_route_can_misbehave_in_every_way() -> anyhow::Result<()> {
    let stage = Stage::open()?;
    let routes = routes::all()?;
    let mut tried = 0;
    for (name, trial) in TRIALS {
        let mut on = 0;
        for route in &routes {
            println!("{name}: {} {}", route.method, route.template);
            on += usize::from(trial(&stage, route)?);
        }
        assert!(on > 0, "no route can have: {name}");
        tried += on;
    }
    let (routes, trials) = (routes.len(), TRIALS.len());
    println!("{routes} routes and {trials} misbehaviours: {tried} pairs tried");
    Ok(())
}

#[test]
fn the_date_is_the_worlds_clock() -> anyhow::Result<()> {
    let stage = Stage::open()?;
    stage.sandbox.update(|world| world.now = jiff::Timestamp::constant(1_795_348_801, 999));
    for base in [stage.sandbox.gitlab_url(), stage.sandbox.calendly_url()] {
        for path in ["/api/v4/user", "/nowhere"] {
            let date = send(&base, "GET", path, &[])?.header("date").to_owned();
            assert_eq!(date, "Sun, 22 Nov 2026 12:00:01 GMT", "{base}{path}");
        }
    }
    stage.sandbox.inject(Fault::new("", FaultKind::Answer(Answer::bad_gateway())));
    stage.sandbox.update(|world| world.advance(Duration::from_hours(24)));
    let seen = send(&stage.sandbox.gitlab_url(), "GET", "/api/v4/user", &[])?;
    assert_eq!((seen.status, seen.header("date")), (502, "Mon, 23 Nov 2026 12:00:01 GMT"));
    Ok(())
}
