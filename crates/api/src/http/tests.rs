//! Requests over a socket: where the token goes, what is repeated, what is refused.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::error::NetworkKind;
use crate::events::WaitReason;
use crate::fake::{Fake, answer, json};

mod writes;

const TOKEN: &str = "glpat-s3cret";

fn options(fake: &Fake) -> Options {
    let base = BaseUrl::parse(&fake.url()).unwrap();
    let mut options = Options::new(base, Some(Token::new(TOKEN).unwrap()));
    options.sleep = Sleep::Skipped;
    options
}

fn client(fake: &Fake) -> Http {
    Http::new(Service::GitLab, options(fake)).unwrap()
}

async fn get(fake: &Fake) -> Result<Vec<u8>, Error> {
    client(fake).get("x", &[]).await.map(|answer| answer.body)
}

#[tokio::test]
async fn a_get_is_repeated_until_it_succeeds_and_each_wait_is_reported() {
    let fake = Fake::start(vec![
        answer("502 Bad Gateway", "", b"<html>"),
        answer("429 Too Many Requests", "Retry-After: 40\r\n", b"Retry later"),
        json("", "{}"),
    ]);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let mut options = options(&fake);
    let log = Arc::clone(&reported);
    options.observer = Arc::new(move |wait| log.lock().unwrap().push(wait));
    let http = Http::new(Service::GitLab, options).unwrap();
    let skipped = tokio::time::timeout(Duration::from_secs(20), http.get("x", &[])).await;
    assert_eq!(skipped.unwrap().unwrap().body, b"{}");
    assert_eq!(fake.requests().len(), 3);
    let reported = reported.lock().unwrap();
    let facts: Vec<_> = reported.iter().map(|w| (w.reason, w.attempt, w.attempts)).collect();
    assert_eq!(facts, [(WaitReason::Failed(502), 2, 5), (WaitReason::RateLimited, 3, 5)]);
    assert!((41..43).contains(&reported[1].delay.as_secs()), "{reported:?}");
}

#[tokio::test]
async fn a_real_wait_takes_its_time() {
    let fake = Fake::start(vec![
        answer("429 Too Many Requests", "Retry-After: 40\r\n", b""),
        json("", "{}"),
    ]);
    let mut options = options(&fake);
    options.sleep = Sleep::Real;
    let http = Http::new(Service::GitLab, options).unwrap();
    let patience = Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, http.get("x", &[])).await.is_err());
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn repeats_end() {
    let fake = Fake::start(vec![answer("503 Service Unavailable", "", b""); 9]);
    assert!(matches!(
        get(&fake).await,
        Err(Error { kind: ErrorKind::Server { status: 503, .. }, .. })
    ));
    assert_eq!(fake.requests().len(), 5);

    let limited = answer("429 Too Many Requests", "Retry-After: 9\r\n", b"");
    let fake = Fake::start(vec![limited; 9]);
    let error = get(&fake).await.unwrap_err();
    let expected = Duration::from_secs(9);
    assert!(
        matches!(&error.kind, ErrorKind::RateLimited { retry_after } if *retry_after == expected)
    );
    assert_eq!(fake.requests().len(), 5);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let fake = Fake::start(vec![answer("404 Not Found", "", br#"{"message":"404 X"}"#); 2]);
    assert!(matches!(get(&fake).await, Err(Error { kind: ErrorKind::NotFound { .. }, .. })));
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_truncated_body_is_read_again() {
    let mut cut = json("", "[1,2,3]");
    cut.truncate(cut.len() - 2);
    let fake = Fake::start(vec![cut.clone(), json("", "[1,2,3]")]);
    assert_eq!(get(&fake).await.unwrap(), b"[1,2,3]");

    let fake = Fake::start(vec![cut; 5]);
    let error = get(&fake).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::Cut, .. }), "{error:?}");
    assert_eq!(fake.requests().len(), 5);
}

#[tokio::test]
async fn a_closed_port_is_no_connection_and_a_silent_server_a_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let mut options = Options::new(base.clone(), None);
    options.sleep = Sleep::Skipped;
    options.timeout = Duration::from_millis(100);
    let http = Http::new(Service::Calendly, options).unwrap();
    let error = http.get("x", &[("email", "q-s3cret")]).await.err().unwrap();
    assert!(
        matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::Timeout, .. }),
        "{error:?}"
    );
    drop(listener);
    let error = http.get("x", &[("email", "q-s3cret")]).await.err().unwrap();
    assert!(
        matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::NotConnected, .. }),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn redirects_stay_with_the_host() {
    let fake = Fake::start(vec![
        answer("301 Moved Permanently", "Location: /projects/7?a=b\r\n", b""),
        json("", "{}"),
    ]);
    assert_eq!(get(&fake).await.unwrap(), b"{}");
    let requests = fake.requests();
    assert_eq!(requests[1].path(), "/projects/7?a=b");
    assert_eq!(requests[1].header("private-token"), Some(TOKEN));
}

#[tokio::test]
async fn a_redirect_to_another_host_sends_nothing_there() {
    let elsewhere = Fake::start(vec![json("", "{}")]);
    let location = format!("Location: {}/x\r\n", elsewhere.url());
    let fake = Fake::start(vec![answer("302 Found", &location, b"")]);
    let error = get(&fake).await.unwrap_err();
    let expected = elsewhere.url();
    assert!(
        matches!(&error.kind, ErrorKind::Redirected { host, .. } if *host == expected),
        "{error:?}"
    );
    assert!(elsewhere.requests().is_empty());
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn redirects_end() {
    let fake = Fake::start(vec![answer("302 Found", "Location: /again\r\n", b""); 9]);
    assert!(matches!(
        get(&fake).await,
        Err(Error { kind: ErrorKind::RedirectLoop { limit: 5, .. }, .. })
    ));
    assert_eq!(fake.requests().len(), 6);
}

#[tokio::test]
async fn large_answers_are_refused_by_length_and_by_count() {
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n".to_vec();
    let fake = Fake::start(vec![announced]);
    let error = get(&fake).await.unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::TooLarge { limit, .. } if limit == "256 MiB"),
        "{error:?}"
    );

    let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
    for (max_body, fits) in [(4, true), (3, false)] {
        let fake = Fake::start(vec![chunks.to_vec()]);
        let mut http = client(&fake);
        http.max_body = max_body;
        let read = http.get("x", &[]).await.map(|answer| answer.body);
        assert_eq!(read == Ok(b"abcd".to_vec()), fits, "{read:?}");
    }
}

#[tokio::test]
async fn a_body_packed_by_the_server_is_unpacked() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"[1]").unwrap();
    let packed = encoder.finish().unwrap();
    let fake = Fake::start(vec![answer("200 OK", "Content-Encoding: gzip\r\n", &packed)]);
    assert_eq!(get(&fake).await.unwrap(), b"[1]");
    assert_eq!(fake.requests()[0].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn the_clock_of_the_service_is_that_of_its_first_answer() {
    let date = |date: &str| json(&format!("Date: {date}\r\n"), "{}");
    let noon = "Sun, 22 Nov 2026 12:00:00 GMT";
    for (first, expected) in [
        (date(noon), Some("2026-11-22T12:00:00Z")),
        (date("yesterday"), None),
        (json("", "{}"), None),
        (
            answer("404 Not Found", &format!("Date: {noon}\r\n"), b"{}"),
            Some("2026-11-22T12:00:00Z"),
        ),
    ] {
        let fake = Fake::start(vec![first, date("Mon, 23 Nov 2026 12:00:00 GMT")]);
        let http = client(&fake);
        assert_eq!(http.server_time(), None);
        for _ in 0..2 {
            drop(http.get("x", &[]).await);
            let date = http.server_time().map(|time| time.date.to_string());
            assert_eq!(date.as_deref(), expected);
        }
    }
}

#[tokio::test]
async fn an_oauth_token_is_sent_as_a_bearer_token() {
    let oauth = "0123456789abcdef".repeat(4);
    for (token, is_bearer) in [
        (oauth.as_str(), true),
        (&"0".repeat(63), false),
        (&"g".repeat(64), false),
        ("glpat-0123456789abcdef0123", false),
    ] {
        let fake = Fake::start(vec![json("", "{}")]);
        let mut options = options(&fake);
        options.token = Some(Token::new(token).unwrap());
        Http::new(Service::GitLab, options).unwrap().get("x", &[]).await.unwrap();
        let request = &fake.requests()[0];
        let bearer = format!("Bearer {token}");
        assert_eq!(request.header("authorization"), is_bearer.then_some(bearer.as_str()));
        assert_eq!(request.header("private-token"), (!is_bearer).then_some(token));
    }
}

#[tokio::test]
async fn what_is_not_the_expected_json_is_named() {
    let page = format!("<html><title>Sign in {TOKEN}</title>");
    let fake = Fake::start(vec![
        answer("200 OK", "", page.as_bytes()),
        json("", r#"{"id":"x"}"#),
        json("", ""),
    ]);
    let http = client(&fake);
    let mut errors = Vec::new();
    for _ in 0..3 {
        let answer = http.get("x", &[]).await.unwrap();
        errors.push(http.json::<Vec<u8>>(&answer, "numbers").unwrap_err());
    }
    let expected = "numbers";
    let not_json = |found: &str| ErrorKind::NotJson { expected, found: found.to_owned() };
    assert_eq!(errors[0].kind, not_json("Sign in [redacted]"));
    assert!(matches!(&errors[1].kind, ErrorKind::Decode { expected: "numbers", detail }
        if detail.contains("line 1 column")));
    assert_eq!(errors[2].kind, not_json("nothing"));
}

#[tokio::test]
async fn a_server_that_repeats_the_token_does_not_bring_it_into_the_error() {
    let body = format!(r#"{{"message":"bad header {TOKEN}"}}"#);
    let fake = Fake::start(vec![answer("400 Bad Request", "", body.as_bytes())]);
    let error = get(&fake).await.unwrap_err();
    assert!(error.to_string().contains("bad header [redacted]"), "{error}");
    assert!(!format!("{error:?}").contains(TOKEN));
}

#[test]
fn debug_shows_no_token() {
    let fake = Fake::start(vec![]);
    for service in [Service::GitLab, Service::Calendly] {
        let options = options(&fake);
        let (_, value) = authorization(service, options.token.as_ref().unwrap()).unwrap();
        assert!(value.is_sensitive());
        let text = format!("{options:?} {value:?}");
        let text = format!("{text} {:?}", Http::new(service, options).unwrap());
        assert!(text.contains("redacted") && !text.contains("s3cret"), "{text}");
    }
}

/// Runs one test of this binary again, as a process with these variables.
fn again(test: &str, variables: &[(&str, &str)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(variables.iter().copied())
        .env("API_TEST_AGAIN", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_proxy_of_the_environment_does_not_see_loopback() {
    if std::env::var_os("API_TEST_AGAIN").is_none() {
        let test = "http::tests::a_proxy_of_the_environment_does_not_see_loopback";
        let dead = "http://127.0.0.1:1";
        again(test, &[("HTTP_PROXY", dead), ("http_proxy", dead), ("ALL_PROXY", dead)]);
        return;
    }
    let fake = Fake::start(vec![json("", "{}")]);
    assert_eq!(get(&fake).await.unwrap(), b"{}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn missing_certificate_authorities_are_named_and_matter_to_https_only() {
    if std::env::var_os("API_TEST_AGAIN").is_none() {
        let test =
            "http::tests::missing_certificate_authorities_are_named_and_matter_to_https_only";
        again(test, &[("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/dev/null")]);
        return;
    }
    let secure = Options::new(BaseUrl::parse("https://gitlab.example.com").unwrap(), None);
    let error = Http::new(Service::Calendly, secure).unwrap_err().to_string();
    let expected =
        "no certificate authorities can be read: SSL_CERT_FILE names /dev/null, which is empty";
    assert_eq!(error, expected);
    let fake = Fake::start(vec![json("", "{}")]);
    assert_eq!(get(&fake).await.unwrap(), b"{}");
}
