//! Whether a value is what a schema says: as much of Swagger 2.0 and `OpenAPI` 3.0 as the documents
//! use.

use serde_json::{Map, Value};

use crate::http::at;

/// An API document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Value,
}

/// What is wrong with a value: where, by the name of the schema and the field, and what.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Fault {
    pub(super) place: String,
    pub(super) what: String,
}

impl Document {
    /// What a reference points to; the value itself where it is none.
    pub(super) fn resolve<'doc>(&'doc self, value: &'doc Value) -> &'doc Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(path) => self.root.pointer(path.trim_start_matches('#')).unwrap_or(value),
            None => value,
        }
    }

    /// The faults of a value; `place` names the schema.
    pub(super) fn check(&self, place: &str, schema: &Value, value: &Value) -> Vec<Fault> {
        let mut checking = Checking { document: self, faults: Vec::new() };
        checking.value(place, schema, value);
        checking.faults
    }

    /// GitLab's Swagger 2.0 has no word for what may be null.
    fn knows_null(&self) -> bool {
        self.root.get("openapi").is_some()
    }
}

#[derive(Debug)]
struct Checking<'doc> {
    document: &'doc Document,
    faults: Vec<Fault>,
}

impl<'doc> Checking<'doc> {
    fn value(&mut self, place: &str, schema: &'doc Value, value: &Value) {
        let named = schema.get("$ref").and_then(Value::as_str);
        let place = named.and_then(|path| path.rsplit('/').next()).unwrap_or(place);
        let schema = self.document.resolve(schema);
        if value.is_null() {
            let may_be = schema.get("nullable").is_some() || !self.document.knows_null();
            return self.demand(may_be, place, "is null");
        }
        if let Some(options) = schema.get("oneOf").and_then(Value::as_array) {
            let fits =
                options.iter().any(|option| self.document.check(place, option, value).is_empty());
            return self.demand(fits, place, "is none of the alternatives");
        }
        let kind = at(schema, "type").as_str().unwrap_or_default();
        if let (Value::Array(items), true) = (value, kind == "object") {
            self.fault(place, "is a list, not one object");
            for item in items {
                self.object(place, schema, item);
            }
            return;
        }
        self.demand(is_of(kind, value), place, &format!("is no {kind}"));
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            self.demand(words.contains(value), place, "is none of the words");
        }
        self.text(place, schema, value);
        match value {
            Value::Array(items) => {
                for item in items {
                    self.value(place, schema.get("items").unwrap_or(&Value::Null), item);
                }
            }
            Value::Object(_) => self.object(place, schema, value),
            _ => {}
        }
    }

    fn text(&mut self, place: &str, schema: &Value, value: &Value) {
        let Some(text) = value.as_str() else { return };
        let fits = match at(schema, "format").as_str().unwrap_or_default() {
            "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
            "date" => text.parse::<jiff::civil::Date>().is_ok(),
            "uri" => text.contains("://"),
            "email" => text.contains('@'),
            _ => true,
        };
        self.demand(fits, place, "is in another format");
    }

    fn object(&mut self, place: &str, schema: &'doc Value, value: &Value) {
        let Value::Object(fields) = value else { return };
        let mut parts = Vec::new();
        self.parts(schema, &mut parts);
        let is_open = parts.iter().any(|part| part.get("additionalProperties").is_some());
        let documented =
            |name: &str| parts.iter().find_map(|part| at(part, "properties").get(name));
        for part in &parts {
            for name in at(part, "required").as_array().into_iter().flatten() {
                let there = name.as_str().is_some_and(|name| fields.contains_key(name));
                self.demand(there, &below(place, name.as_str().unwrap_or_default()), "is missing");
            }
        }
        let has_fields = parts.iter().any(|part| part.get("properties").is_some());
        for (name, value) in Map::iter(fields) {
            let place = below(place, name);
            for part in parts.iter().filter_map(|part| at(part, "properties").get(name)) {
                self.value(&place, part, value);
            }
            let is_known = documented(name).is_some() || is_open || !has_fields;
            self.demand(is_known, &place, "is not documented");
        }
    }

    /// The schema and all that it consists of.
    fn parts(&self, schema: &'doc Value, parts: &mut Vec<&'doc Value>) {
        let schema = self.document.resolve(schema);
        parts.push(schema);
        for part in at(schema, "allOf").as_array().into_iter().flatten() {
            self.parts(part, parts);
        }
    }

    fn demand(&mut self, holds: bool, place: &str, what: &str) {
        if !holds {
            self.fault(place, what);
        }
    }

    fn fault(&mut self, place: &str, what: &str) {
        self.faults.push(Fault { place: place.to_owned(), what: what.to_owned() });
    }
}

fn below(place: &str, name: &str) -> String {
    format!("{place}.{name}")
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
