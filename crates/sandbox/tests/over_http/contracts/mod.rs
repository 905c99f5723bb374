//! The sandbox's answers against the API documents of GitLab and Calendly.
//!
//! | file | concept |
//! | --- | --- |
//! | `schema` | whether a value is what a schema says |
//! | `listed` | the documents' defects, and what the sandbox leaves out |
//!
//! The documents are in a folder of contracts, see
//! [`source::folder`](crate::recorded::source::folder); without it the tests say so and pass.

mod listed;
mod schema;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, ensure};
use sandbox::{Answer, Fault as Misbehaviour, FaultKind, Service, World};
use schema::{Document, Fault};
use serde_json::Value;

use crate::{
    http::{Seen, at},
    recorded::source,
    routes::{self, Example, Route, Stage},
};

const DOCUMENTS: &[&str] = &[
    "gitlab-rest-v4.cut.swagger2.yaml",
    "gitlab-rest-v4.notes-users-oauth.openapi3.yaml",
    "calendly-v2.cut.openapi3.yaml",
];

const SKIPPED: &str = "skipped: there is no folder of API documents beside the project";

/// The API documents together.
#[derive(Debug)]
struct Contracts(Vec<Document>);

impl Contracts {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &&'static str| -> anyhow::Result<Document> {
            let text = fs::read_to_string(folder.join(name)).context(*name)?;
            Ok(Document { root: serde_yaml::from_str(&text).context(*name)? })
        };
        DOCUMENTS.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// All operations: method, path, what is said of it.
    fn operations(&self) -> Vec<(String, &str, &Document, &Value)> {
        let mut operations = Vec::new();
        for document in &self.0 {
            for (path, methods) in at(&document.root, "paths").as_object().into_iter().flatten() {
                for (method, operation) in methods.as_object().into_iter().flatten() {
                    if operation.is_object() {
                        let method = method.to_uppercase();
                        operations.push((method, path.as_str(), document, operation));
                    }
                }
            }
        }
        operations
    }

    fn operation(&self, route: &Route) -> Option<(&Document, &Value)> {
        let operations = self.operations().into_iter();
        let mut same = operations
            .filter(|(method, path, ..)| method == route.method && *path == route.template);
        same.next().map(|(_, _, document, operation)| (document, operation))
    }
}

/// What the sandbox answers to an example, in the circumstances that its status needs.
fn play(stage: &Stage, route: &Route, example: &Example) -> anyhow::Result<Seen> {
    let change = |world: &mut World| {
        if example.status == 429 && route.service == Service::Calendly {
            world.calendly.quota.per_minute = 0;
        } else if example.status == 429 {
            world.limits.requests_per_minute = Some(0);
        }
    };
    stage.play(route, example, change)
}

/// The faults of an answer; none where the document has no schema for it.
fn faults(
    document: &Document,
    operation: &Value,
    (place, seen): (&str, &Seen),
) -> Option<Vec<Fault>> {
    let response = document.resolve(at(at(operation, "responses"), &seen.status.to_string()));
    let kind = seen.header("content-type").split(';').next().unwrap_or_default();
    let typed = at(at(response, "content"), kind).get("schema");
    let schema = typed.or_else(|| response.get("schema"))?;
    let value = if kind == "application/json" {
        seen.json().unwrap_or_default()
    } else {
        Value::String(seen.text())
    };
    Some(document.check(place, schema, &value))
}

#[test]
fn every_answer_is_what_its_document_says() -> anyhow::Result<()> {
    let Some(folder) = source::folder() else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let (contracts, stage) = (Contracts::read(&folder)?, Stage::open()?);
    let (mut found, mut checked) = (BTreeSet::new(), 0);
    let note = |place: &str, what: &str| (place.to_owned(), what.to_owned());
    for route in routes::all()? {
        let name = format!("{} {}", route.method, route.template);
        let Some((document, operation)) = contracts.operation(&route) else {
            found.insert(note(&name, "is in no document"));
            continue;
        };
        let documented = at(operation, "responses");
        let mut given = BTreeSet::new();
        for example in route.examples() {
            let seen = play(&stage, &route, example)?;
            ensure!(seen.status == example.status, "{name}: {} {}", seen.status, seen.text());
            checked += 1;
            let status = seen.status.to_string();
            if documented.get(&status).is_none() {
                let is_swagger = document.root.get("swagger").is_some() && seen.status > 299;
                let place = if is_swagger { "GitLab's Swagger 2.0" } else { name.as_str() };
                let what = if is_swagger { "most refusals" } else { status.as_str() };
                found.insert(note(place, &format!("{what} are not documented")));
            }
            let place = format!("{name} {status}");
            for fault in faults(document, operation, (&place, &seen)).into_iter().flatten() {
                found.insert((fault.place, fault.what));
            }
            given.insert(status);
        }
        for status in documented.as_object().into_iter().flatten().map(|(status, _)| status) {
            if status == "500" {
                // The sandbox has no mishaps of its own: it gives this one when it is told to.
                let title = "Internal Server Error";
                let text = "The server encountered an unexpected condition that prevented it \
                    from fulfilling the request.";
                let answer = FaultKind::Answer(Answer::calendly(500, title, text));
                stage.sandbox.inject(Misbehaviour::new("", answer));
                let seen = stage.send(&route, &route.usual)?;
                let found = faults(document, operation, (&name, &seen));
                assert_eq!(found, Some(Vec::new()));
                checked += 1;
            } else if !given.contains(status) {
                found.insert(note(&name, &format!("{status} is documented and not given")));
            }
        }
    }
    listed::compare(&found, listed::ANSWERS)?;
    let counts = (checked, routes::all()?.len());
    assert_eq!(counts, (175, 58), "docs/sandbox.md says how many answers of how many routes");
    Ok(())
}

#[test]
fn what_is_documented_and_not_served_is_known() -> anyhow::Result<()> {
    let Some(folder) = source::folder() else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let contracts = Contracts::read(&folder)?;
    let routes = routes::all()?;
    let is_served = |method: &str, path: &str| {
        routes.iter().any(|route| route.method == method && route.template == path)
    };
    let missing = contracts.operations().into_iter();
    let missing = missing.filter(|(method, path, ..)| !is_served(method, path));
    let found = missing
        .map(|(method, path, ..)| (format!("{method} {path}"), "is not served".to_owned()))
        .collect();
    listed::compare(&found, listed::ROUTES)
}

/// Query parameters by name, with their schema.
fn parameters<'doc>(
    document: &'doc Document,
    operation: &'doc Value,
) -> BTreeMap<&'doc str, &'doc Value> {
    let all = at(operation, "parameters").as_array().into_iter().flatten();
    let all = all.map(|parameter| document.resolve(parameter));
    let in_query = all.filter(|parameter| at(parameter, "in") == "query");
    in_query
        .filter_map(|parameter| {
            let schema = parameter.get("schema").unwrap_or(parameter);
            Some((at(parameter, "name").as_str()?, schema))
        })
        .collect()
}

#[test]
fn parameters_are_refused_and_ignored_as_documented() -> anyhow::Result<()> {
    let Some(folder) = source::folder() else {
        println!("{SKIPPED}");
        return Ok(());
    };
    let (contracts, stage) = (Contracts::read(&folder)?, Stage::open()?);
    let (mut found, mut checked) = (BTreeSet::new(), 0);
    for route in routes::all()?.iter().filter(|route| route.method == "GET") {
        let first = &route.usual;
        let plain = stage.play(route, first, |_| {})?;
        let with = |name: &str| stage.send_with_query(route, first, &format!("{name}=bogus"));
        let ignored = with("nonsense")?;
        assert_eq!(ignored.status, plain.status, "{}", route.template);
        if ignored.header("link").is_empty() && !first.path.contains("archive") {
            assert_eq!(without_links(&ignored), without_links(&plain), "{}", route.template);
        }
        let Some((document, operation)) = contracts.operation(route) else { continue };
        for (name, schema) in parameters(document, operation) {
            let kind = at(schema, "type").as_str().unwrap_or_default();
            let has_form =
                schema.get("enum").is_some() || ["integer", "number", "boolean"].contains(&kind);
            if has_form && with(name)?.status != 400 {
                found.insert((format!("GET {}", route.template), format!("{name} takes anything")));
            }
            checked += usize::from(has_form);
        }
    }
    listed::compare(&found, listed::PARAMETERS)?;
    println!("{checked} parameters checked");
    Ok(())
}

/// An answer's text without the addresses in it, which repeat the query.
fn without_links(seen: &Seen) -> Value {
    let mut body = seen.json().unwrap_or_else(|_| Value::String(seen.text()));
    if let Some(pagination) = body.get_mut("pagination") {
        *pagination = Value::Null;
    }
    body
}
