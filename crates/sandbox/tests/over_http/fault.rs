//! Every way to misbehave.

use std::time::{Duration, Instant};

use sandbox::{Answer, Fault, FaultKind, Sandbox};

use crate::{
    http::{get, send},
    start,
};

const RAW: &str = "projects/1/repository/files/data%2Fteam.yaml/raw";

fn status(sandbox: &Sandbox, path: &str) -> Option<u16> {
    get(sandbox, "ada", path).ok().map(|seen| seen.status)
}

#[test]
fn made_up_answers_arrive_as_they_are() -> anyhow::Result<()> {
    let sandbox = start()?;
    let wrong_type = Answer::text(200, "text/html", "<html>please sign in</html>");
    for (answer, code, kind, text) in [
        (Answer::too_many_requests_text(), 429, "text/plain", "Retry later\n"),
        (Answer::too_many_requests_json(), 429, "", "requested too many times"),
        (Answer::internal_server_error(), 500, "application/json", "500 Internal Server Error"),
        (Answer::bad_gateway(), 502, "text/html", "<html>"),
        (Answer::captcha(), 409, "application/json", r#""needs_captcha_response":true"#),
        (Answer::calendly(403, "No", "a \"b\""), 403, "application/json", r#"a \"b\""#),
        (Answer::spam(), 400, "application/json", "recognized as spam"),
        (wrong_type, 200, "text/html", "please sign in"),
    ] {
        for retry_after in ["", "7"] {
            let mut answer = answer.clone();
            if !retry_after.is_empty() {
                answer = answer.header("Retry-After", retry_after);
            }
            sandbox.inject(Fault::new("user", FaultKind::Answer(answer)));
            let seen = get(&sandbox, "ada", "user")?;
            assert_eq!(seen.status, code);
            assert_eq!(seen.header("content-type"), kind);
            assert_eq!(seen.header("retry-after"), retry_after);
            assert!(seen.text().contains(text), "{}", seen.text());
        }
    }
    assert_eq!(status(&sandbox, "user"), Some(200), "all faults are used up");
    Ok(())
}

#[test]
fn faults_apply_in_order_and_only_where_they_match() -> anyhow::Result<()> {
    let sandbox = start()?;
    let answer = |code| FaultKind::Answer(Answer::json(code, "{}"));
    sandbox.inject(Fault::new("/projects/", answer(501)).method("POST"));
    sandbox.inject(Fault::new("/projects/", answer(502)).times(2));
    sandbox.inject(Fault::new("", answer(503)));
    sandbox.inject(Fault::new("?ref=x", answer(504)));
    for (path, expected) in [
        ("projects/1", 502),
        ("user", 503),
        ("projects/1", 502),
        ("projects/1", 200),
        ("projects/1?ref=x", 504),
        ("user", 200),
    ] {
        assert_eq!(status(&sandbox, path), Some(expected), "{path}");
    }
    let seen = send(&sandbox.gitlab_url(), "POST", "/api/v4/projects/1", &[])?;
    assert_eq!(seen.status, 501);
    Ok(())
}

#[test]
fn a_fault_may_let_requests_pass_first() -> anyhow::Result<()> {
    let sandbox = start()?;
    let answer = |code| FaultKind::Answer(Answer::json(code, "{}"));
    sandbox.inject(Fault::new("user", answer(501)).skip(2).times(2));
    sandbox.inject(Fault::new("user", answer(502)));
    for (path, expected) in [
        ("user", 502),
        ("version", 200),
        ("user", 200),
        ("user", 501),
        ("user", 501),
        ("user", 200),
    ] {
        assert_eq!(status(&sandbox, path), Some(expected), "{path}");
    }
    // What an earlier fault takes does not count.
    sandbox.inject(Fault::new("user", answer(503)));
    sandbox.inject(Fault::new("user", answer(504)).skip(1));
    for expected in [503, 200, 504, 200] {
        assert_eq!(status(&sandbox, "user"), Some(expected));
    }
    Ok(())
}

#[test]
fn a_cut_connection_gives_no_answer_at_all() -> anyhow::Result<()> {
    let sandbox = start()?;
    for kind in [FaultKind::CutBefore, FaultKind::CutAfter] {
        sandbox.inject(Fault::new("user", kind));
        let error = get(&sandbox, "ada", "user").map(|seen| seen.status);
        assert!(error.is_err(), "{error:?}");
        assert_eq!(status(&sandbox, "user"), Some(200));
    }
    assert_eq!(sandbox.requests().len(), 4, "a swallowed request is still seen");
    Ok(())
}

#[test]
fn a_truncated_answer_promises_more_than_it_holds() -> anyhow::Result<()> {
    let sandbox = start()?;
    for (bytes, expected) in [(0, "0 of 12"), (5, "5 of 12")] {
        sandbox.inject(Fault::new("raw", FaultKind::Truncate(bytes)));
        let error = get(&sandbox, "ada", RAW).map(|seen| seen.text());
        let error = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(status(&sandbox, RAW), Some(200));
    Ok(())
}

#[test]
fn a_big_answer_is_truncated_at_the_same_byte() -> anyhow::Result<()> {
    let sandbox = start()?;
    sandbox.update(|world| {
        world.project("group/team").map(|team| {
            team.add_file("big", vec![b'x'; 3_000_000]);
        })
    })?;
    let big = "projects/1/repository/files/big/raw";
    assert_eq!(get(&sandbox, "ada", big)?.body.len(), 3_000_000);
    sandbox.inject(Fault::new("big", FaultKind::Truncate(2_000_001)));
    let error = get(&sandbox, "ada", big).map(|seen| seen.body.len());
    let error = error.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.starts_with("2000001 of 3000000"), "{error}");
    Ok(())
}

#[test]
fn a_redirect_leads_to_another_host() -> anyhow::Result<()> {
    let (sandbox, other) = (start()?, start()?);
    for code in [301, 302, 307] {
        let location = format!("{}/api/v4/user", other.gitlab_url());
        let kind = FaultKind::Redirect { status: code, location: location.clone() };
        sandbox.inject(Fault::new("user", kind));
        let seen = get(&sandbox, "ada", "user")?;
        assert_eq!((seen.status, seen.header("location")), (code, location.as_str()));
    }
    assert!(other.requests().is_empty());
    Ok(())
}

#[test]
fn a_wrong_checksum_is_all_that_is_wrong() -> anyhow::Result<()> {
    let sandbox = start()?;
    sandbox.inject(Fault::new("raw", FaultKind::WrongSha256));
    let (wrong, right) = (get(&sandbox, "ada", RAW)?, get(&sandbox, "ada", RAW)?);
    let name = "x-gitlab-content-sha256";
    assert_eq!(wrong.header(name), "0".repeat(64));
    assert_ne!(wrong.header(name), right.header(name));
    assert_eq!(wrong.body, right.body);
    Ok(())
}

#[test]
fn a_slow_answer_takes_its_time_and_holds_up_nobody() -> anyhow::Result<()> {
    let sandbox = start()?;
    let delay = Duration::from_millis(600);
    sandbox.inject(Fault::new("user", FaultKind::Slow(delay)));
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let begin = Instant::now();
            (status(&sandbox, "user"), begin.elapsed())
        });
        while sandbox.requests().is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(status(&sandbox, "version"), Some(200));
        assert!(!slow.is_finished(), "the others do not wait");
        let (code, elapsed) = slow.join().map_err(|_| anyhow::anyhow!("the client panicked"))?;
        assert_eq!(code, Some(200));
        assert!(elapsed >= delay, "{elapsed:?}");
        Ok(())
    })
}

#[test]
fn requests_are_recorded_as_sent() -> anyhow::Result<()> {
    let sandbox = start()?;
    get(&sandbox, "ada", "projects/group%2fteam?a=b%20c")?;
    send(&sandbox.gitlab_url(), "GET", "/api/v4/projects/1", &[])?;
    let requests = sandbox.requests();
    assert_eq!(requests[0].method, "GET");
    assert_eq!(requests[0].path, "/api/v4/projects/group%2fteam?a=b%20c");
    assert_eq!(requests[0].header("private-token"), Some("token-of-ada"));
    assert_eq!(requests[1].header("PRIVATE-TOKEN"), None);
    Ok(())
}

#[test]
fn dropping_the_sandbox_closes_its_doors() -> anyhow::Result<()> {
    let sandbox = start()?;
    let (gitlab, calendly) = (sandbox.gitlab_url(), sandbox.calendly_url());
    drop(sandbox);
    for url in [gitlab, calendly] {
        assert!(send(&url, "GET", "/", &[]).is_err(), "{url}");
    }
    Ok(())
}
