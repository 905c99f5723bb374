//! Writes over a socket: what is sent, how often, and where to.

use serde_json::json;

use super::*;

const TEXT: &str = "a \"b\"\n\u{202e}ü @bob";

fn created() -> Vec<u8> {
    answer("201 Created", "Content-Type: application/json\r\n", b"{}")
}

async fn post(http: &Http) -> Result<Vec<u8>, Error> {
    let body = json!({ "body": TEXT, "ids": [1, 2] });
    http.send(Method::Post, "x", Some(&body)).await.map(|answer| answer.body)
}

#[tokio::test]
async fn a_body_is_sent_as_json_of_a_known_length() {
    let fake = Fake::start(vec![created(), json("", "{}"), answer("204 No Content", "", b"")]);
    let http = client(&fake);
    post(&http).await.unwrap();
    http.send(Method::Put, "y", Some(&json!({ "description": "" }))).await.unwrap();
    http.send(Method::Delete, "z", None).await.unwrap();

    let requests = fake.requests();
    let sent: Vec<_> = requests.iter().map(|r| (r.method(), r.path(), r.body())).collect();
    let first = "{\"body\":\"a \\\"b\\\"\\n\u{202e}ü @bob\",\"ids\":[1,2]}";
    let paths = ["/x", "/y", "/z"].map(str::to_owned);
    let [x, y, z] = paths;
    assert_eq!(sent, [("POST", x, first), ("PUT", y, r#"{"description":""}"#), ("DELETE", z, "")]);
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].header("content-length"), Some(first.len().to_string().as_str()));
    assert_eq!(requests[0].header("transfer-encoding"), None);
    assert_eq!(requests[0].header("private-token"), Some(TOKEN));
    assert_eq!(requests[2].header("content-type"), None);
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_once() {
    let mut truncated = created();
    truncated.truncate(truncated.len() - 1);
    for first in [
        answer("500 Internal Server Error", "", b"{}"),
        answer("502 Bad Gateway", "", b"<html>"),
        answer("503 Service Unavailable", "Retry-After: 1\r\n", b""),
        truncated,
        Vec::new(),
    ] {
        let fake = Fake::start(vec![first.clone(), created()]);
        let error = post(&client(&fake)).await.unwrap_err();
        assert!(error.may_have_arrived(), "{error:?}");
        assert!(error.to_string().contains("(POST 127.0.0.1"), "{error}");
        assert_eq!(fake.requests().len(), 1, "{}", String::from_utf8_lossy(&first));
    }
}

#[tokio::test]
async fn a_write_that_is_not_answered_in_time_is_sent_once() {
    let fake = Fake::mute();
    let mut options = options(&fake);
    options.timeout = Duration::from_millis(500);
    let error = post(&Http::new(Service::GitLab, options).unwrap()).await.unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::Timeout, .. }),
        "{error:?}"
    );
    assert!(error.may_have_arrived());
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_write_lost_on_a_kept_connection_is_not_sent_on_a_new_one() {
    let fake = Fake::tired();
    let http = client(&fake);
    post(&http).await.unwrap();
    let error = post(&http).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::Cut, .. }), "{error:?}");
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_write_to_nobody_was_not_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let http = Http::new(Service::Calendly, Options::new(base, None)).unwrap();
    // Waits are real: another attempt would take half a second at least.
    let once = tokio::time::timeout(Duration::from_millis(400), post(&http)).await;
    let error = once.unwrap().unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::Network { kind: NetworkKind::NotConnected, .. }),
        "{error:?}"
    );
    assert!(!error.may_have_arrived());
}

#[tokio::test]
async fn a_limited_write_waits_and_is_sent_again() {
    let limited = answer("429 Too Many Requests", "Retry-After: 40\r\n", b"Retry later");
    let fake = Fake::start(vec![limited, created()]);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let mut options = options(&fake);
    let log = Arc::clone(&reported);
    options.observer = Arc::new(move |wait| log.lock().unwrap().push(wait.reason));
    let http = Http::new(Service::GitLab, options).unwrap();
    assert_eq!(post(&http).await.unwrap(), b"{}");
    let requests = fake.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body(), requests[1].body());
    assert_eq!(*reported.lock().unwrap(), [WaitReason::RateLimited]);
}

#[tokio::test]
async fn a_write_is_limited_no_longer_than_a_read() {
    for (seconds, sent) in [("9", 5), ("301", 1)] {
        let headers = format!("Retry-After: {seconds}\r\n");
        let fake = Fake::start(vec![answer("429 Too Many Requests", &headers, b""); 9]);
        let error = post(&client(&fake)).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::RateLimited { .. }), "{error:?}");
        assert!(!error.may_have_arrived());
        assert_eq!(fake.requests().len(), sent);
    }
}

#[tokio::test]
async fn a_lost_answer_after_a_limit_is_not_repeated() {
    let limited = answer("429 Too Many Requests", "", b"");
    let fake = Fake::start(vec![limited, Vec::new(), created()]);
    let error = post(&client(&fake)).await.unwrap_err();
    assert!(error.may_have_arrived(), "{error:?}");
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_write_follows_no_redirect() {
    let elsewhere = Fake::start(vec![created()]);
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary", "308 Permanent"] {
        let location = format!("Location: {}/y\r\n", elsewhere.url());
        let fake = Fake::start(vec![answer(status, &location, b""), created()]);
        let error = post(&client(&fake)).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::Redirected { .. }), "{error:?}");
        assert!(!error.may_have_arrived());
        assert_eq!(fake.requests().len(), 1);

        let location = "Location: /api/v4/projects/a%2Fb/x?q=s3cret\r\n";
        let fake = Fake::start(vec![answer(status, location, b""), created()]);
        let error = post(&client(&fake)).await.unwrap_err();
        assert!(
            matches!(&error.kind, ErrorKind::Moved { path: Some(path), project: Some(project) }
                if path == "/api/v4/projects/a%2Fb/x" && project == "a/b"),
            "{error:?}"
        );
        assert_eq!(fake.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_a_report_may_follow_a_write() {
    let fake = Fake::start(vec![answer("303 See Other", "Location: /y\r\n", b""), created()]);
    let error = post(&client(&fake)).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Refused { status: 303, .. }), "{error:?}");
    assert!(error.may_have_arrived());
    assert_eq!(fake.requests().len(), 1);
}
