//! The fields of one roster entry, as the file has them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use crate::identity::is_email_address;

/// A fact of the roster that may be missing or unreadable, because unknown is never taken for
/// absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// The roster does not have the field.
    #[default]
    Missing,
    /// The roster has the field, but its value is invalid; a problem reports it.
    Unreadable,
    /// The value in the roster.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if it is readable.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

/// A field that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldError {
    /// The field as written, such as `gitlab.username`.
    pub(super) field: &'static str,
    pub(super) fault: Fault,
    /// The line of the field's value, if the parser knows it.
    pub(super) line: Option<u64>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The value is of another type, such as `a list`.
    Type(&'static str),
    /// The field is given twice, so that it is unknown which value counts.
    Twice,
    /// The text is not one plain e-mail address.
    NotAnAddress,
    /// The value is not an id of a GitLab user.
    NotAnId,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, fault, .. } = self;
        match fault {
            Fault::Type(found) => {
                write!(formatter, "`{field}` is {found}, not {}", expected(field))?;
                let is_unquoted = *field != "email" && matches!(*found, A_NUMBER | A_BOOLEAN);
                let hint = if is_unquoted { "; put it in quotes if it is right" } else { "" };
                formatter.write_str(hint)
            }
            Fault::Twice if *field == "gitlab" => {
                write!(formatter, "`{field}` or one of its keys is given twice")
            }
            Fault::Twice => write!(formatter, "`{field}` is given twice"),
            Fault::NotAnAddress => write!(formatter, "`{field}` is not a plain e-mail address"),
            Fault::NotAnId => write!(formatter, "`{field}` is not a positive whole number"),
        }
    }
}

/// What a field should hold.
fn expected(field: &str) -> &'static str {
    match field {
        "gitlab" => "a mapping with `id` and `username`",
        "focuses" => "a list",
        "email" => "an e-mail address",
        _ => "a text",
    }
}

/// The fields of an entry that are used, and those among them that cannot be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) name: Field<Box<str>>,
    pub(super) email: Field<Box<str>>,
    pub(super) reports_to: Field<Box<str>>,
    /// The person's link, once [`Entry::resolve_link`] has found it.
    pub(super) link: Field<Box<str>>,
    pub(super) gitlab_id: Field<u64>,
    pub(super) gitlab_username: Field<Box<str>>,
    /// Boxed, because pruning removes it from most entries before they are parsed.
    pub(super) job: Option<Box<JobFields>>,
    /// Whether another field is a list of people, so that the entry is more than one person.
    ///
    /// It is known once [`Entry::resolve_link`] has looked at the other fields.
    pub(super) lists_people: bool,
    pub(super) errors: Vec<FieldError>,
    /// The fields whose names mean nothing to every roster: one of them is the link.
    others: Vec<OtherField>,
}

/// A field that not every roster has; one of them may be the link.
#[derive(Debug, PartialEq, Eq)]
struct OtherField {
    key: Box<str>,
    value: Node<Values>,
    /// How many errors the fields before it have, so that its own stand in their order.
    errors_before: usize,
}

/// The fields that decide whether a person belongs to the operations team.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JobFields {
    pub(super) titles: Vec<Box<str>>,
    pub(super) focuses: Vec<Box<str>>,
    /// Whether the title or a focus cannot be read.
    pub(super) is_unreadable: bool,
}

/// The name of a list in messages.
pub(super) const A_LIST: &str = "a list";
const A_NUMBER: &str = "a number";
const A_BOOLEAN: &str = "true or false";

/// An entry of a roster: a mapping, or another value in its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Mapping(Box<Fields>),
    /// Another value, described in words such as `a list`.
    Other(&'static str),
}

/// The fields that every entry may have, beside the kind's link and [`JOB_FIELDS`].
///
/// `prune` blanks a field that is in neither list, so each text arm of `Fields::take` needs its key in
/// one of them.
pub(super) const FIELDS: [&str; 4] = ["name", "email", "reports_to", "gitlab"];

/// Further fields, which are read if they may make the person a member of the operations team.
pub(super) const JOB_FIELDS: [&str; 2] = ["title", "focuses"];

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(NodeVisitor::<Fields>::new())? {
            Node::Mapping(fields) => Self::Mapping(Box::new(fields)),
            Node::Text(_) => Self::Other("a text"),
            Node::Null => Self::Other("nothing"),
            Node::Whole(_) => Self::Other(A_NUMBER),
            Node::Odd(found) => Self::Other(found),
            Node::List(_) => Self::Other(A_LIST),
        })
    }
}

/// Any value of a roster, with mappings read as `M`.
#[derive(Debug, PartialEq, Eq)]
enum Node<M> {
    Null,
    Text(Box<str>),
    Whole(u64),
    List(M),
    Mapping(M),
    /// A value that is neither, in words.
    Odd(&'static str),
}

/// A mapping that takes its fields one by one, or a list that takes its items.
trait TakeField: Default {
    /// Reads the value of `key` from `map`, or skips it.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;

    /// Reads the next item of a list in its place, or skips it; `None` at its end.
    fn take_item<'de, A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        Ok(list.next_element::<IgnoredAny>()?.is_some())
    }
}

impl<'de, M: TakeField> Deserialize<'de> for Node<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor::new())
    }
}

struct NodeVisitor<M>(std::marker::PhantomData<M>);

impl<M> NodeVisitor<M> {
    fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<'de, M: TakeField> Visitor<'de> for NodeVisitor<M> {
    type Value = Node<M>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Node<M>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<M>, E> {
        Ok(Node::Odd(A_BOOLEAN))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<M>, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<M>, E> {
        Ok(u64::try_from(number).map_or(Node::Odd(A_NUMBER), Node::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<M>, E> {
        Ok(Node::Odd(A_NUMBER))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node<M>, E> {
        Ok(Node::Odd(A_NUMBER))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node<M>, E> {
        Ok(Node::Odd(A_NUMBER))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Node<M>, E> {
        Ok(Node::Odd("binary data"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<M>, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node<M>, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<M>, A::Error> {
        let mut items = M::default();
        while items.take_item(&mut list)? {}
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<M>, A::Error> {
        let mut mapping = M::default();
        while let Some(Key(key)) = map.next_key()? {
            mapping.take(key.as_deref().unwrap_or_default(), &mut map)?;
        }
        Ok(Node::Mapping(mapping))
    }
}

/// The key of a mapping, if it is a string.
struct Key(Option<Box<str>>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Node::<Ignored>::deserialize(deserializer)? {
            Node::Text(text) => Some(text),
            _ => None,
        }))
    }
}

/// A mapping whose content is ignored.
#[derive(Default)]
struct Ignored;

impl TakeField for Ignored {
    fn take<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// The mapping under `gitlab`.
#[derive(Default)]
struct Handle {
    id: Option<Node<Ignored>>,
    username: Option<Node<Ignored>>,
    twice: bool,
}

impl TakeField for Handle {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let slot = match key {
            "id" => &mut self.id,
            "username" => &mut self.username,
            _ => return map.next_value::<IgnoredAny>().map(drop),
        };
        self.twice |= slot.replace(map.next_value()?).is_some();
        Ok(())
    }
}

impl TakeField for Fields {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let errors = &mut self.errors;
        match key {
            "name" => take_text::<Ignored>(&mut self.name, "name", map.next_value()?, errors),
            "email" => {
                take_text::<Ignored>(&mut self.email, "email", map.next_value()?, errors);
                if self.email.value().is_some_and(|email| !is_email_address(email)) {
                    self.email = unreadable("email", Fault::NotAnAddress, errors);
                }
            }
            "reports_to" => {
                take_text::<Ignored>(&mut self.reports_to, "reports_to", map.next_value()?, errors);
            }
            "gitlab" => self.take_gitlab(map.next_value()?),
            "title" => self.take_title(map.next_value()?),
            "focuses" => self.take_focuses(map.next_value()?),
            _ => {
                let value = map.next_value::<Node<Values>>()?;
                self.others.push(OtherField {
                    key: key.into(),
                    value,
                    errors_before: errors.len(),
                });
            }
        }
        Ok(())
    }
}

impl Fields {
    /// Takes the link from the field `link_field`, and looks whether one of the others lists people.
    fn resolve_link(&mut self, link_field: &'static str) {
        let mut added = 0;
        for OtherField { key, value, errors_before } in std::mem::take(&mut self.others) {
            if *key != *link_field {
                self.lists_people |= value.lists_people(&key, link_field);
                continue;
            }
            let mut errors = Vec::new();
            take_text(&mut self.link, link_field, value, &mut errors);
            let start = errors_before.saturating_add(added).min(self.errors.len());
            added += errors.len();
            self.errors.splice(start..start, errors);
        }
    }

    fn take_title(&mut self, node: Node<Ignored>) {
        match node {
            Node::Text(text) => self.job.get_or_insert_default().titles.push(text),
            Node::Null | Node::Whole(_) | Node::Odd(_) => {}
            Node::List(_) | Node::Mapping(_) => {
                self.job.get_or_insert_default().is_unreadable = true;
                self.errors.push(FieldError {
                    field: "title",
                    fault: Fault::Type(node.describe()),
                    line: None,
                });
            }
        }
    }

    fn take_focuses(&mut self, node: Node<Focuses>) {
        let job = self.job.get_or_insert_default();
        match node {
            Node::List(Focuses(names)) => job.focuses.extend(names),
            Node::Null => {}
            other => {
                job.is_unreadable = true;
                let fault = Fault::Type(other.describe());
                self.errors.push(FieldError { field: "focuses", fault, line: None });
            }
        }
    }

    fn take_gitlab(&mut self, node: Node<Handle>) {
        let errors = &mut self.errors;
        let handle = match node {
            Node::Null => return,
            Node::Mapping(handle) if !handle.twice => Ok(handle),
            Node::Mapping(_) => Err(Fault::Twice),
            other => Err(Fault::Type(other.describe())),
        };
        let handle = match handle {
            Ok(handle) => handle,
            Err(fault) => {
                self.gitlab_id = unreadable("gitlab", fault, errors);
                self.gitlab_username = Field::Unreadable;
                return;
            }
        };
        let id = match handle.id {
            None | Some(Node::Null) => Field::Missing,
            Some(node) => match node.gitlab_id() {
                Some(id) => Field::Value(id),
                None => unreadable("gitlab.id", Fault::NotAnId, errors),
            },
        };
        set(&mut self.gitlab_id, "gitlab", id, errors);
        let username = match handle.username.unwrap_or(Node::Null) {
            // People write usernames the way they mention them.
            Node::Text(text) => Node::Text(text.trim().trim_start_matches('@').into()),
            other => other,
        };
        take_text(&mut self.gitlab_username, "gitlab.username", username, errors);
    }
}

impl Node<Ignored> {
    /// The id of a GitLab account, which people write as a number or as a string.
    fn gitlab_id(&self) -> Option<u64> {
        let id = match self {
            Self::Whole(id) => *id,
            Self::Text(text) => {
                let digits = text.trim();
                // The standard parser also accepts `+7`.
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| is_number)?
            }
            _ => return None,
        };
        (id > 0).then_some(id)
    }
}

/// The fields that hold people, whatever their values look like.
const PEOPLE_FIELDS: [&str; 4] = ["members", "people", "team_members", "employees"];

/// The fields that make a mapping with a `name` a person, as the kind's link does.
const PERSON_FIELDS: [&str; 3] = ["email", "reports_to", "gitlab"];

/// Whether the lines of an unused field may hold a list of people.
///
/// Only the answer "no" has to be right, because those lines are not parsed.
pub(super) fn may_list_people(key: &str, lines: &str, link_field: &str) -> bool {
    // A key in double quotes may hold escapes.
    PEOPLE_FIELDS.contains(&key)
        || lines.contains('\\')
        || lines.contains(link_field)
        || PERSON_FIELDS.iter().any(|field| lines.contains(field))
}

/// The value of an unused field, as far as it shows whether it holds people.
#[derive(Debug, Default, PartialEq, Eq)]
struct Values {
    has_items: bool,
    has_person: bool,
    /// The names of the fields beside a `name` that may be a person's link.
    beside_names: Vec<Box<str>>,
}

impl TakeField for Values {
    fn take<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value::<Node<PersonFields>>()?;
        self.add(value);
        Ok(())
    }

    fn take_item<'de, A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        let Some(value) = list.next_element::<Node<PersonFields>>()? else { return Ok(false) };
        self.add(value);
        Ok(true)
    }
}

impl Values {
    fn add(&mut self, value: Node<PersonFields>) {
        self.has_items = true;
        if let Node::Mapping(PersonFields { has_name: true, has_detail, others }) = value {
            self.has_person |= has_detail;
            self.beside_names.extend(others);
        }
    }
}

impl Node<Values> {
    /// Whether the value of the field `key` is a list of people, or a mapping to them.
    fn lists_people(&self, key: &str, link_field: &str) -> bool {
        let (Self::List(values) | Self::Mapping(values)) = self else { return false };
        values.has_person
            || values.beside_names.iter().any(|field| **field == *link_field)
            || values.has_items && PEOPLE_FIELDS.contains(&key)
    }
}

/// The fields of a person that a mapping has.
#[derive(Default)]
struct PersonFields {
    has_name: bool,
    has_detail: bool,
    others: Vec<Box<str>>,
}

impl TakeField for PersonFields {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.has_name = true,
            key if PERSON_FIELDS.contains(&key) => self.has_detail = true,
            key => self.others.push(key.into()),
        }
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// The lines of an entry's fields, counted from 1 within the parsed text.
/// Fields below `gitlab` have names such as `gitlab.id`.
#[derive(Debug, Default)]
pub(super) struct FieldLines(BTreeMap<String, u64>);

impl<'de> Deserialize<'de> for FieldLines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Node::deserialize(deserializer)? {
            Node::Mapping(lines) => lines,
            _ => Self::default(),
        })
    }
}

impl TakeField for FieldLines {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key != "gitlab" {
            let value = map.next_value::<Spanned<IgnoredAny>>()?;
            self.0.insert(key.to_owned(), value.referenced.line());
            return Ok(());
        }
        let value = map.next_value::<Spanned<Self>>()?;
        self.0.insert(key.to_owned(), value.referenced.line());
        self.0.extend(value.value.0.into_iter().map(|(key, line)| (format!("gitlab.{key}"), line)));
        Ok(())
    }
}

impl Entry {
    /// Takes the person's link from the field that the audited kind names.
    ///
    /// Only then are the entry's errors known.
    pub(super) fn resolve_link(&mut self, link_field: &'static str) {
        if let Self::Mapping(fields) = self {
            fields.resolve_link(link_field);
        }
    }

    /// Whether the lines of unreadable fields are still unknown.
    pub(super) fn has_errors(&self) -> bool {
        matches!(self, Self::Mapping(fields) if !fields.errors.is_empty())
    }

    /// Sets the lines of the unreadable fields of an entry whose text begins on `first_line`.
    pub(super) fn locate_errors(&mut self, lines: &FieldLines, first_line: u64) {
        let Self::Mapping(fields) = self else { return };
        for error in &mut fields.errors {
            let line = lines.0.get(error.field);
            error.line = line.map(|line| first_line + line.saturating_sub(1));
        }
    }
}

/// The value of `focuses`: the names in the list.
#[derive(Default)]
struct Focuses(Vec<Box<str>>);

impl TakeField for Focuses {
    fn take<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }

    fn take_item<'de, A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        match list.next_element::<Node<Focus>>()? {
            None => return Ok(false),
            Some(Node::Mapping(Focus(names))) => self.0.extend(names),
            // People also write the name alone.
            Some(Node::Text(name)) => self.0.push(name),
            Some(_) => {}
        }
        Ok(true)
    }
}

/// A mapping below `focuses`: its names, of which there should be one.
#[derive(Default)]
struct Focus(Vec<Box<str>>);

impl TakeField for Focus {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key != "name" {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        if let Node::<Ignored>::Text(name) = map.next_value()? {
            self.0.push(name);
        }
        Ok(())
    }
}

impl<M> Node<M> {
    /// The type of the value in messages.
    fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a text",
            Self::Whole(_) => A_NUMBER,
            Self::List(_) => A_LIST,
            Self::Mapping(_) => "a mapping",
            Self::Odd(found) => found,
        }
    }
}

/// Reports a field, which is unreadable from then on.
fn unreadable<T>(field: &'static str, fault: Fault, errors: &mut Vec<FieldError>) -> Field<T> {
    errors.push(FieldError { field, fault, line: None });
    Field::Unreadable
}

/// Stores `value`, unless the field was given before, because it is then unknown which value
/// counts.
fn set<T>(field: &mut Field<T>, name: &'static str, value: Field<T>, errors: &mut Vec<FieldError>) {
    *field = match field {
        Field::Missing => value,
        Field::Unreadable | Field::Value(_) => unreadable(name, Fault::Twice, errors),
    };
}

fn take_text<M>(
    field: &mut Field<Box<str>>,
    name: &'static str,
    node: Node<M>,
    errors: &mut Vec<FieldError>,
) {
    let value = match node {
        Node::Null => Field::Missing,
        Node::Text(text) if text.trim().is_empty() => Field::Missing,
        Node::Text(text) if text.trim().len() == text.len() => Field::Value(text),
        Node::Text(text) => Field::Value(text.trim().into()),
        other => unreadable(name, Fault::Type(other.describe()), errors),
    };
    set(field, name, value, errors);
}
