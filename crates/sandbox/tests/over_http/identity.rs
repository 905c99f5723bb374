//! Tokens: who they are and what they may do.

use jiff::civil::date;
use sandbox::{Sandbox, Token};

use crate::{
    http::{get, send},
    start, world,
};

#[test]
fn a_token_is_accepted_in_both_headers() -> anyhow::Result<()> {
    let sandbox = start()?;
    for header in [
        ("PRIVATE-TOKEN", "token-of-ada"),
        ("private-token", "token-of-ada"),
        ("Authorization", "Bearer token-of-ada"),
        ("authorization", "bearer token-of-ada"),
    ] {
        let seen = send(&sandbox.gitlab_url(), "GET", "/api/v4/user", &[header])?;
        assert_eq!(seen.status, 200, "{header:?}");
        assert_eq!(seen.header("content-type"), "application/json");
        let user = seen.json()?;
        assert_eq!(user["username"], "ada");
        assert_eq!(user["id"], 1);
        assert_eq!(user["email"], "ada@example.com");
        assert_eq!(user["state"], "active");
    }
    Ok(())
}

#[test]
fn no_token_and_a_wrong_one_are_unauthorized() -> anyhow::Result<()> {
    let sandbox = start()?;
    for headers in [
        &[][..],
        &[("PRIVATE-TOKEN", "nope")],
        &[("PRIVATE-TOKEN", "")],
        &[("Authorization", "Bearer nope")],
        &[("Authorization", "Basic token-of-ada")],
    ] {
        for path in ["user", "personal_access_tokens/self", "version", "metadata"] {
            let path = format!("/api/v4/{path}");
            let seen = send(&sandbox.gitlab_url(), "GET", &path, headers)?;
            assert_eq!(seen.status, 401, "{path} {headers:?}");
            assert_eq!(seen.text(), r#"{"message":"401 Unauthorized"}"#);
        }
    }
    Ok(())
}

#[test]
fn a_dead_token_is_refused_with_the_reason() -> anyhow::Result<()> {
    let mut world = world();
    world.now = "2026-11-22T00:00:00Z".parse()?;
    let token = |value: &str, expires_at, revoked| Token {
        expires_at,
        revoked,
        ..Token::new(value, "ada", &["api"])
    };
    world.add_token(token("token-of-yesterday", Some(date(2026, 11, 22)), false));
    world.add_token(token("token-of-tomorrow", Some(date(2026, 11, 23)), false));
    world.add_token(token("token-of-nobody", None, true));
    let sandbox = Sandbox::start(world)?;
    for (name, status, error, reason) in [
        ("yesterday", 401, "invalid_token", "Token is expired."),
        ("nobody", 401, "invalid_token", "Token was revoked."),
        ("tomorrow", 200, "", ""),
    ] {
        let seen = get(&sandbox, name, "personal_access_tokens/self")?;
        assert_eq!(seen.status, status, "{name}");
        let body = seen.json()?;
        assert_eq!(body["error"].as_str().unwrap_or_default(), error);
        let description = body["error_description"].as_str().unwrap_or_default();
        assert!(description.starts_with(reason), "{description}");
        assert_eq!(
            seen.header("www-authenticate").contains("error=\"invalid_token\""),
            status == 401
        );
    }
    sandbox.update(|world| world.now = jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(get(&sandbox, "yesterday", "user")?.status, 200);
    Ok(())
}

#[test]
fn scopes_open_what_they_should() -> anyhow::Result<()> {
    let mut world = world();
    for scope in ["read_api", "read_user", "read_repository", "sudo"] {
        world.add_token(Token::new(&format!("token-of-{scope}"), "ada", &[scope]));
    }
    let sandbox = Sandbox::start(world)?;
    let file = "projects/group%2Faudits/repository/files/README.md";
    let json_file = format!("{file}?ref=main");
    let raw_file = format!("{file}/raw");
    let paths = [
        "user",
        "version",
        "personal_access_tokens/self",
        "projects/group%2Faudits",
        &json_file,
        &raw_file,
        "projects/group%2Faudits/repository/tree",
        "projects/group%2Faudits/repository/commits/HEAD",
        "projects/group%2Faudits/repository/archive.tar.gz",
    ];
    for (scope, allowed) in [
        ("ada", [true, true, true, true, true, true, true, true, true]),
        ("read_api", [true, true, true, true, true, true, true, true, true]),
        ("read_user", [true, true, true, false, false, false, false, false, false]),
        ("read_repository", [false, false, true, false, true, true, false, false, false]),
        ("sudo", [false, false, true, false, false, false, false, false, false]),
    ] {
        for (path, allowed) in paths.iter().zip(allowed) {
            let seen = get(&sandbox, scope, path)?;
            assert_eq!(seen.status, if allowed { 200 } else { 403 }, "{scope} {path}");
            if !allowed {
                assert_eq!(seen.json()?["error"], "insufficient_scope");
                assert!(seen.json()?["scope"].as_str().is_some_and(|text| text.contains("api")));
            }
        }
    }
    Ok(())
}

#[test]
fn a_token_tells_about_itself() -> anyhow::Result<()> {
    let mut world = world();
    let expires_at = Some(date(2100, 1, 1));
    world.add_token(Token { expires_at, ..Token::new("token-of-x", "gus", &["read_api", "sudo"]) });
    let sandbox = Sandbox::start(world)?;
    let token = get(&sandbox, "x", "personal_access_tokens/self")?.json()?;
    assert_eq!(token["expires_at"], "2100-01-01");
    assert_eq!(token["scopes"], serde_json::json!(["read_api", "sudo"]));
    assert_eq!(token["user_id"], 2);
    assert_eq!(token["active"], true);
    let token = get(&sandbox, "ada", "personal_access_tokens/self")?.json()?;
    assert!(token["expires_at"].is_null());
    Ok(())
}

#[test]
fn every_answer_has_the_rate_limit_headers() -> anyhow::Result<()> {
    let mut world = world();
    world.now = "2026-11-22T12:00:00Z".parse()?;
    let sandbox = Sandbox::start(world)?;
    for path in ["user", "nope", "projects/9", "projects/1/repository/files/data%2Fteam.yaml/raw"] {
        let seen = get(&sandbox, "ada", path)?;
        assert_eq!(seen.header("ratelimit-limit"), "2000", "{path}");
        assert_eq!(seen.header("ratelimit-name"), "throttle_authenticated_api");
        assert_eq!(seen.header("ratelimit-observed"), "1");
        assert_eq!(seen.header("ratelimit-remaining"), "1999");
        assert_eq!(seen.header("ratelimit-reset"), "1795348860");
    }
    Ok(())
}

#[test]
fn the_version_is_that_of_a_gitlab() -> anyhow::Result<()> {
    let sandbox = start()?;
    for path in ["version", "metadata"] {
        let body = get(&sandbox, "ada", path)?.json()?;
        assert_eq!(body["version"], "18.9.0-pre");
        assert_eq!(body["enterprise"], false);
    }
    Ok(())
}

#[test]
fn what_is_no_route_is_not_found() -> anyhow::Result<()> {
    let sandbox = start()?;
    let url = sandbox.gitlab_url();
    for (method, path) in [
        ("GET", "/api/v4/nope"),
        ("GET", "/api/v4/projects/group/team"),
        ("GET", "/api/v4/projects/group/team/repository/tree"),
        ("GET", "/api/v4/projects/1/repository/files/data/team.yaml"),
        ("GET", "/"),
        ("POST", "/api/v4/user"),
    ] {
        let seen = send(&url, method, path, &[("PRIVATE-TOKEN", "token-of-ada")])?;
        assert_eq!(seen.status, 404, "{path}");
        assert_eq!(seen.text(), r#"{"error":"404 Not Found"}"#);
    }
    assert_eq!(sandbox.writes().len(), 1);
    assert_eq!(sandbox.requests().len(), 6);
    Ok(())
}

#[test]
fn json_answers_have_a_tag_that_gives_304() -> anyhow::Result<()> {
    let sandbox = start()?;
    let first = get(&sandbox, "ada", "user")?;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    for (sent, status) in [(tag, 304), ("W/\"other\"", 200)] {
        let headers = [("PRIVATE-TOKEN", "token-of-ada"), ("If-None-Match", sent)];
        let seen = send(&sandbox.gitlab_url(), "GET", "/api/v4/user", &headers);
        // Of a 304 the body is gone, whatever its length was.
        assert_eq!(seen?.status, status);
    }
    Ok(())
}
