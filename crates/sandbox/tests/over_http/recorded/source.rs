//! Where the recorded answers come from.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value};

/// A request, and what a real GitLab answered to it.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) method: String,
    pub(super) path: String,
    /// The headers that were sent; the token of `ada` is `token-of-ada`.
    pub(super) headers: Vec<(String, String)>,
    /// The body as it was sent; empty where there was none.
    pub(super) sent: String,
    pub(super) status: u16,
    /// The headers of the answer, names in lower case.
    pub(super) answered: BTreeMap<String, String>,
    pub(super) body: Value,
}

/// The recordings by name.
pub(super) type Recordings = BTreeMap<String, Recording>;

/// A folder of recorded answers and contracts, if there is one: where the environment variable
/// `SUPPORT_AUDIT_CONTRACTS` says, else beside the workspace.
pub(crate) fn folder() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let beside = workspace.parent()?.join("shared").join("contracts");
    let folder = env::var_os("SUPPORT_AUDIT_CONTRACTS").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// One JSON file of the folder.
pub(crate) fn json(path: &Path) -> anyhow::Result<Value> {
    let reading = || format!("reading {}", path.display());
    let text = fs::read_to_string(path).with_context(reading)?;
    serde_json::from_str(&text).with_context(reading)
}

/// The recordings that are part of the project.
pub(super) fn own() -> anyhow::Result<Recordings> {
    let all: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("../../recorded/answers.json"))?;
    all.into_iter().map(|(name, value)| Ok((name, recording(&value)?))).collect()
}

/// All recordings of the folder: every file that is no table of behaviours.
pub(super) fn shared(folder: &Path) -> anyhow::Result<Recordings> {
    let mut found = Recordings::new();
    for entry in fs::read_dir(folder.join("recorded"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if is_json && !name.starts_with("behaviour_") {
            let recording = recording(&json(&path)?).with_context(|| name.clone())?;
            found.insert(name, recording);
        }
    }
    ensure!(!found.is_empty(), "there are no recordings in {}", folder.display());
    Ok(found)
}

/// Reads a recording; of two the request was not recorded, only what it was about.
fn recording(value: &Value) -> anyhow::Result<Recording> {
    let none = Value::Null;
    let request = value.get("request").unwrap_or(&none);
    let response = value.get("response").unwrap_or(value);
    let text = |name: &str| Some(request.get(name)?.as_str()?.to_owned());
    let sent = match request.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(body) => body.to_string(),
    };
    let mut headers = Vec::new();
    for (name, value) in request.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let own = value.as_str().unwrap_or_default().replace("<token:", "token-of-");
        headers.push((name.clone(), own.trim_end_matches('>').to_owned()));
    }
    let status = response.get("status").and_then(Value::as_u64).context("no status")?;
    Ok(Recording {
        method: text("method").unwrap_or_default(),
        path: text("path").unwrap_or_default(),
        headers,
        sent,
        status: u16::try_from(status)?,
        answered: answered(response.get("headers").unwrap_or(&none)),
        body: response.get("body").cloned().unwrap_or_default(),
    })
}

/// Headers, written as pairs in their order or as an object.
fn answered(headers: &Value) -> BTreeMap<String, String> {
    let pair = |name: &str, value: &Value| {
        (name.to_ascii_lowercase(), value.as_str().unwrap_or_default().to_owned())
    };
    match headers {
        Value::Array(pairs) => {
            pairs.iter().filter_map(|own| Some(pair(own.get(0)?.as_str()?, own.get(1)?))).collect()
        }
        Value::Object(fields) => Map::iter(fields).map(|(name, own)| pair(name, own)).collect(),
        _ => BTreeMap::new(),
    }
}
