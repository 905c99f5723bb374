//! One entry of a roster as it stands in the file, before it is judged.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::text::is_email;

/// A fact of the roster that may be absent or unreadable: unknown is never taken for absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// The roster does not say.
    #[default]
    Missing,
    /// The roster says something that is no such value; a problem tells of it.
    Unreadable,
    /// What the roster says.
    Value(T),
}

impl<T> Field<T> {
    /// The value, where there is a readable one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

/// What a field holds instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oddity {
    /// The field as written, such as `gitlab.username`.
    pub(super) field: &'static str,
    /// What is there, such as `a list`.
    pub(super) found: &'static str,
    /// The line on which the field stands, where that could be told.
    pub(super) line: Option<u64>,
}

/// An entry's fields, as far as they are used, and what is odd about them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) name: Field<Box<str>>,
    pub(super) email: Field<Box<str>>,
    pub(super) reports_to: Field<Box<str>>,
    pub(super) calendly: Field<Box<str>>,
    pub(super) gitlab_id: Field<u64>,
    pub(super) gitlab_username: Field<Box<str>>,
    /// Boxed, since it is left out of most entries before they are parsed.
    pub(super) work: Option<Box<Work>>,
    pub(super) oddities: Vec<Oddity>,
}

/// What somebody does, as far as it may make them one of the operations team.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) titles: Vec<Box<str>>,
    pub(super) focuses: Vec<Box<str>>,
    /// Whether a title or the focuses are of no form that can be understood.
    pub(super) is_odd: bool,
}

/// A list, in words.
pub(super) const A_LIST: &str = "a list";

/// An entry of a roster: a mapping, or whatever stands where one should.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Mapping(Box<Fields>),
    /// Something else, named in words such as `a list`.
    Other(&'static str),
}

/// The names of the fields that are read at an entry's top level; all others are ignored.
pub(super) const FIELDS: [&str; 5] = ["name", "email", "reports_to", "calendly", "gitlab"];

/// The names of further fields, which are read where they may make somebody one of the operations
/// team.
pub(super) const WORK_FIELDS: [&str; 2] = ["title", "focuses"];

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(NodeVisitor::<Fields>::new())? {
            Node::Mapping(fields) => Self::Mapping(Box::new(fields)),
            Node::Text(_) => Self::Other("a text"),
            Node::Null => Self::Other("nothing"),
            Node::Whole(_) => Self::Other("a number"),
            Node::Odd(found) => Self::Other(found),
            Node::List(_) => Self::Other(A_LIST),
        })
    }
}

/// Any value of a roster, with mappings read as `M`.
enum Node<M> {
    Null,
    Text(Box<str>),
    Whole(u64),
    List(M),
    Mapping(M),
    /// Neither of these, in words.
    Odd(&'static str),
}

/// A mapping that takes its fields one by one; or a list, its items.
trait TakeField: Default {
    /// Reads the value of `key` from `map`, or skips it.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;

    /// Reads the next item, or skips it, where there is a list instead; nothing at its end.
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
        Ok(Node::Odd("true or false"))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<M>, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<M>, E> {
        Ok(u64::try_from(number).map_or(Node::Odd("a number"), Node::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<M>, E> {
        Ok(Node::Odd("a number"))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node<M>, E> {
        Ok(Node::Odd("a number"))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node<M>, E> {
        Ok(Node::Odd("a number"))
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

/// A mapping's key, where it is a text.
struct Key(Option<Box<str>>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Node::<Ignored>::deserialize(deserializer)? {
            Node::Text(text) => Some(text),
            _ => None,
        }))
    }
}

/// A mapping of which nothing is used.
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
        let oddities = &mut self.oddities;
        match key {
            "name" => take_text(&mut self.name, "name", map.next_value()?, oddities),
            "email" => {
                take_text(&mut self.email, "email", map.next_value()?, oddities);
                if self.email.value().is_some_and(|email| !is_email(email)) {
                    self.email = odd("email", "no e-mail address", oddities);
                }
            }
            "reports_to" => {
                take_text(&mut self.reports_to, "reports_to", map.next_value()?, oddities);
            }
            "calendly" => take_text(&mut self.calendly, "calendly", map.next_value()?, oddities),
            "gitlab" => self.take_gitlab(map.next_value()?),
            "title" => self.take_title(map.next_value()?),
            "focuses" => self.take_focuses(map.next_value()?),
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }
}

impl Fields {
    fn take_title(&mut self, node: Node<Ignored>) {
        match node {
            Node::Text(text) => self.work.get_or_insert_default().titles.push(text),
            Node::Null | Node::Whole(_) | Node::Odd(_) => {}
            Node::List(_) | Node::Mapping(_) => {
                self.work.get_or_insert_default().is_odd = true;
                self.oddities.push(Oddity { field: "title", found: node.in_words(), line: None });
            }
        }
    }

    fn take_focuses(&mut self, node: Node<Focuses>) {
        let work = self.work.get_or_insert_default();
        match node {
            Node::List(Focuses(names)) => work.focuses.extend(names),
            Node::Null => {}
            other => {
                work.is_odd = true;
                let found = other.in_words();
                self.oddities.push(Oddity { field: "focuses", found, line: None });
            }
        }
    }

    fn take_gitlab(&mut self, node: Node<Handle>) {
        let oddities = &mut self.oddities;
        let found = match node {
            Node::Null => return,
            Node::Mapping(handle) if !handle.twice => Ok(handle),
            Node::Mapping(_) => Err("a mapping with a key given twice"),
            other => Err(other.in_words()),
        };
        let handle = match found {
            Ok(handle) => handle,
            Err(found) => {
                self.gitlab_id = odd("gitlab", found, oddities);
                self.gitlab_username = Field::Unreadable;
                return;
            }
        };
        let id = match handle.id {
            None | Some(Node::Null) => Field::Missing,
            Some(Node::Whole(id)) => Field::Value(id),
            Some(Node::Text(text)) => match text.trim().parse() {
                Ok(id) => Field::Value(id),
                Err(_) => odd("gitlab.id", "a text", oddities),
            },
            Some(other) => odd("gitlab.id", other.in_words(), oddities),
        };
        set(&mut self.gitlab_id, "gitlab", id, oddities);
        let username = match handle.username.unwrap_or(Node::Null) {
            // People write handles as they mention them.
            Node::Text(text) => Node::Text(text.trim().trim_start_matches('@').into()),
            other => other,
        };
        take_text(&mut self.gitlab_username, "gitlab.username", username, oddities);
    }
}

/// The list under `focuses`: the names in it.
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
            // People write the name alone.
            Some(Node::Text(name)) => self.0.push(name),
            Some(_) => {}
        }
        Ok(true)
    }
}

/// A mapping under `focuses`: its names, of which there should be one.
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
    /// What it is, for a sentence.
    fn in_words(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a text",
            Self::Whole(_) => "a number",
            Self::List(_) => A_LIST,
            Self::Mapping(_) => "a mapping",
            Self::Odd(found) => found,
        }
    }
}

fn odd<T>(field: &'static str, found: &'static str, oddities: &mut Vec<Oddity>) -> Field<T> {
    oddities.push(Oddity { field, found, line: None });
    Field::Unreadable
}

/// Keeps `value`, unless the field had been given before: then nobody knows which one counts.
fn set<T>(field: &mut Field<T>, name: &'static str, value: Field<T>, oddities: &mut Vec<Oddity>) {
    *field = match field {
        Field::Missing => value,
        Field::Unreadable | Field::Value(_) => odd(name, "given twice", oddities),
    };
}

fn take_text(
    field: &mut Field<Box<str>>,
    name: &'static str,
    node: Node<Ignored>,
    oddities: &mut Vec<Oddity>,
) {
    let value = match node {
        Node::Null => Field::Missing,
        Node::Text(text) if text.trim().is_empty() => Field::Missing,
        Node::Text(text) if text.trim().len() == text.len() => Field::Value(text),
        Node::Text(text) => Field::Value(text.trim().into()),
        other => odd(name, other.in_words(), oddities),
    };
    set(field, name, value, oddities);
}
