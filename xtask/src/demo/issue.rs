//! The demonstration's issue, as somebody in a browser reads and edits it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Sandbox;

/// The issue's address; the demonstration's is the first of its project.
const PATH: &str =
    "/api/v4/projects/gitlab-com%2Fsupport%2Fsupport-ops%2Fsupport-ops-tools%2Faudits/issues/1";

/// The issue's description.
pub(super) fn description(sandbox: &Sandbox) -> anyhow::Result<String> {
    let issue = ask(sandbox, "GET", "")?;
    let text = issue.get("description").and_then(Value::as_str);
    Ok(text.context("the issue has no description")?.to_owned())
}

/// Replaces `text` in the issue's description.
pub(super) fn edit(sandbox: &Sandbox, text: &str, by: &str) -> anyhow::Result<()> {
    let old = description(sandbox)?;
    let new = old.replacen(text, by, 1);
    ensure!(new != old, "the issue does not hold {text:?}");
    ask(sandbox, "PUT", &json!({ "description": new }).to_string())?;
    Ok(())
}

/// One request in plain HTTP/1.0, which the other side ends by closing the connection.
fn ask(sandbox: &Sandbox, method: &str, body: &str) -> anyhow::Result<Value> {
    let url = sandbox.value("SUPPORT_AUDIT_GITLAB_URL")?;
    let token = sandbox.value("GL_TOKEN")?;
    let host = url.strip_prefix("http://").context("the sandbox speaks plain HTTP")?;
    let mut stream = TcpStream::connect(host).context("could not reach the sandbox")?;
    let length = body.len();
    write!(
        stream,
        "{method} {PATH} HTTP/1.0\r\nHost: {host}\r\nPRIVATE-TOKEN: {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("could not read the sandbox's answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the sandbox gave no answer")?;
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.contains(" 200 "), "{method} {PATH}: {status}");
    serde_json::from_str(body).context("the sandbox's answer is no JSON")
}
