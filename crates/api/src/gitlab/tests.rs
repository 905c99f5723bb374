//! GitLab's calls against prepared answers.

use super::*;
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::fake::{Fake, Received, answer, json};
use crate::options::Options;
use crate::options::Sleep;
use crate::token::Token;

const HELLO_SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

pub(super) fn client(fake: &Fake) -> GitLab {
    let base = BaseUrl::parse(&format!("{}/gitlab/", fake.url())).unwrap();
    let mut options = Options::new(base, Some(Token::new("glpat-s3cret").unwrap()));
    options.sleep = Sleep::Skipped;
    GitLab::new(options).unwrap()
}

pub(super) fn paths(fake: &Fake) -> Vec<String> {
    fake.requests().iter().map(Received::path).collect()
}

fn raw(sha256: &str, body: &[u8]) -> Vec<u8> {
    let headers = format!(
        "X-Gitlab-Commit-Id: c1\r\nX-Gitlab-Last-Commit-Id: c0\r\nX-Gitlab-Blob-Id: b1\r\n{sha256}"
    );
    answer("200 OK", &headers, body)
}

#[tokio::test]
async fn names_reach_the_server_encoded_below_the_relative_root() {
    let fake = Fake::start(vec![
        json("", r#"{"id":1,"username":"alice","name":"Alice","state":"active"}"#),
        json("", r#"{"id":2,"path_with_namespace":"acme/team"}"#),
        json("", r#"{"id":"c1"}"#),
        raw("", b"x"),
    ]);
    let gitlab = client(&fake);
    assert_eq!(gitlab.user().await.unwrap().username, "alice");
    assert_eq!(gitlab.project("acme/team").await.unwrap().id, 2);
    assert_eq!(gitlab.commit("acme/team", "feature/x").await.unwrap().id, "c1");
    gitlab.raw_file("acme/team", "data/a b.yaml", "main").await.unwrap();
    assert_eq!(
        paths(&fake),
        [
            "/gitlab/api/v4/user",
            "/gitlab/api/v4/projects/acme%2Fteam",
            "/gitlab/api/v4/projects/acme%2Fteam/repository/commits/feature%2Fx",
            "/gitlab/api/v4/projects/acme%2Fteam/repository/files/data%2Fa%20b%2Eyaml/raw?ref=main",
        ]
    );
    let requests = fake.requests();
    assert_eq!(requests[0].header("private-token"), Some("glpat-s3cret"));
    assert_eq!(requests[0].header("authorization"), None);
    assert!(requests[0].header("user-agent").unwrap().starts_with("support-audit/"));
}

#[tokio::test]
async fn a_name_that_would_be_another_call_is_not_sent() {
    let fake = Fake::start(vec![]);
    let error = client(&fake).commit("acme/team", "..").await.unwrap_err();
    assert_eq!(error, Error::from(ErrorKind::BadName { name: "..".to_owned() }));
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_token_without_a_record_is_not_an_error_but_a_refused_token_is() {
    let fake = Fake::start(vec![
        answer("404 Not Found", "", br#"{"message":"404 Not Found"}"#),
        answer("401 Unauthorized", "", br#"{"message":"401 Unauthorized"}"#),
    ]);
    let gitlab = client(&fake);
    assert_eq!(gitlab.token_self().await, Ok(None));
    assert!(matches!(
        gitlab.token_self().await,
        Err(Error { kind: ErrorKind::Unauthorized { .. }, .. })
    ));
}

#[tokio::test]
async fn an_oauth_token_has_no_record_to_ask_for() {
    let fake = Fake::start(vec![]);
    let token = Token::new(&"0123456789abcdef".repeat(4)).unwrap();
    let options = Options::new(BaseUrl::parse(&fake.url()).unwrap(), Some(token));
    assert_eq!(GitLab::new(options).unwrap().token_self().await, Ok(None));
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_file_is_checked_against_its_hash() {
    let right = format!("X-Gitlab-Content-Sha256: {HELLO_SHA256}\r\n");
    let fake = Fake::start(vec![raw(&right, b"hello")]);
    let file = client(&fake).raw_file("1", "a", "main").await.unwrap();
    assert_eq!(file.bytes, b"hello");
    assert_eq!(file.commit_id.as_deref(), Some("c1"));
}

#[tokio::test]
async fn a_damaged_file_is_read_once_more() {
    let sha256 = format!("X-Gitlab-Content-Sha256: {HELLO_SHA256}\r\n");
    let fake = Fake::start(vec![raw(&sha256, b"jello"), raw(&sha256, b"hello")]);
    assert_eq!(client(&fake).raw_file("1", "a", "main").await.unwrap().bytes, b"hello");

    let fake = Fake::start(vec![raw(&sha256, b"jello"), raw(&sha256, b"jello")]);
    let error = client(&fake).raw_file("1", "a", "main").await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Damaged { .. }), "{error:?}");
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_damaged_archive_is_read_once_more() {
    // An empty tar, gzipped by hand: 1,024 zeros.
    let empty: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 99, 96, 24, 5, 163, 96, 20, 140, 84, 0, 0, 46, 175, 181,
        239, 0, 4, 0, 0,
    ];
    let cut = &empty[..empty.len() - 1];
    let fake = Fake::start(vec![answer("200 OK", "", cut), answer("200 OK", "", empty)]);
    assert_eq!(client(&fake).archive("a/b", "c1", "data/agents").await, Ok(Archive::default()));
    assert_eq!(
        paths(&fake)[1],
        "/gitlab/api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=c1&path=data%2Fagents"
    );

    let fake = Fake::start(vec![answer("200 OK", "", cut), answer("200 OK", "", cut)]);
    let error = client(&fake).archive("a/b", "c1", "").await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Damaged { .. }), "{error:?}");
    assert!(paths(&fake)[0].ends_with("archive.tar.gz?sha=c1"));
}
