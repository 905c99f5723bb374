//! A client that sends what it is told and notices every shortcoming of the answer.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use sandbox::Sandbox;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The value of a header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The value of a header, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(seen, _)| seen.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {}", self.text()))
    }
}

/// Sends one request without a body; see [`send_with`].
pub(crate) fn send(
    base: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> anyhow::Result<Seen> {
    send_with(base, method, path, (headers, b""))
}

/// Sends one request to `base` and reads the whole answer; an answer that is missing or shorter
/// than its `Content-Length` is an error.
pub(crate) fn send_with(
    base: &str,
    method: &str,
    path: &str,
    (headers, body): (&[(&str, &str)], &[u8]),
) -> anyhow::Result<Seen> {
    let host = base.strip_prefix("http://").context("a base address begins with http://")?;
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request = format!("{request}{name}: {value}\r\n");
    }
    if !body.is_empty() {
        request = format!("{request}Content-Length: {}\r\n", body.len());
    }
    stream.write_all(format!("{request}\r\n").as_bytes())?;
    stream.write_all(body)?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    let head_ends = received.windows(4).position(|four| four == b"\r\n\r\n");
    let head_ends = head_ends.context("the connection ended without an answer")?;
    let body = received.split_off(head_ends + 4);
    let head = String::from_utf8(received)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?;
    let status = status.parse()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let seen = Seen { status, headers, body };
    let length = seen.header("content-length").parse().unwrap_or(0);
    let complete = method == "HEAD" || seen.body.len() == length;
    ensure!(complete, "{} of {length} bytes arrived", seen.body.len());
    Ok(seen)
}

/// GET from GitLab as `username`, whose token is `token-of-<username>`.
pub(crate) fn get(sandbox: &Sandbox, username: &str, path: &str) -> anyhow::Result<Seen> {
    let token = format!("token-of-{username}");
    let path = format!("/api/v4/{path}");
    send(&sandbox.gitlab_url(), "GET", &path, &[("PRIVATE-TOKEN", &token)])
}

/// Writes JSON to GitLab as `username`; null is no body.
pub(crate) fn write(
    sandbox: &Sandbox,
    username: &str,
    (method, path): (&str, &str),
    body: &Value,
) -> anyhow::Result<Seen> {
    let token = format!("token-of-{username}");
    let path = format!("/api/v4/{path}");
    let headers = [("PRIVATE-TOKEN", token.as_str()), ("Content-Type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send_with(&sandbox.gitlab_url(), method, &path, (&headers, body.as_bytes()))
}

/// A field of an object; null where there is none.
pub(crate) fn at<'body>(body: &'body Value, name: &str) -> &'body Value {
    body.get(name).unwrap_or(&Value::Null)
}
