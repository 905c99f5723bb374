//! The clauses that describe a finding: to its subject, about its subject, in a plan.
//!
//! Each check brings clauses with placeholders ([`Wording`]).
//! The roster and the accounts fill the placeholders; the text is cut and neutralised here.

use crate::markdown::Markdown;
use crate::text::{clean, excerpt};

/// The clauses of a check, without a final stop, in lower case unless a name begins them.
///
/// The placeholders are `{entry}` (the subject's roster entry, a link if its address is known),
/// `{subject}`, `{evidence}` (the complete evidence), `{first}` and `{second}` (the words of the
/// evidence), `{list}` (all of its words as a list), `{, list}` (the same after a comma, if there
/// are any) and `{count}` (the number of words).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording {
    /// The clause that tells the subject what was found.
    pub asks: &'static str,
    /// The clause that tells anybody else what was found.
    pub about: &'static str,
    /// The finding in a few words.
    pub short: &'static str,
    /// How to fix the finding; without placeholders, since a notice says it once for each check.
    pub fix: &'static str,
}

/// The values that fill the placeholders of a clause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Details<'a> {
    /// The address of the subject's roster entry, if it has one.
    pub(crate) entry: Option<&'a str>,
    /// The subject's name, untrusted.
    pub(crate) subject: &'a str,
    /// The evidence, untrusted.
    pub(crate) evidence: &'a str,
    /// The beginning of the addresses that may be links.
    pub(crate) link_base: &'static str,
}

/// How many words of the evidence a list shows.
const LISTED: usize = 10;

/// A name in a code span, cut to a length that fits a line.
pub(crate) fn name(untrusted: &str) -> Markdown {
    Markdown::code(&excerpt(untrusted))
}

/// `one and two`, or `one, two and three`.
pub(crate) fn join_list(items: &[Markdown]) -> Markdown {
    let mut list = Markdown::default();
    for (index, item) in items.iter().enumerate() {
        let separator = match index {
            0 => "",
            index if index + 1 == items.len() => " and ",
            _ => ", ",
        };
        list = list.and(separator).and(item);
    }
    list
}

/// `1 person`, or `2 people`.
pub(crate) fn counted(count: usize, singular: &str, plural: &str) -> String {
    if count == 1 { format!("1 {singular}") } else { format!("{count} {plural}") }
}

/// The position of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// After other words.
    Inside,
    /// At the beginning of a sentence.
    SentenceStart,
}

impl Details<'_> {
    /// A clause for a comment.
    pub(crate) fn markdown(&self, clause: &'static str, position: Position) -> Markdown {
        let mut text = Markdown::default();
        for (index, piece) in pieces(clause).enumerate() {
            let is_start = index == 0 && position == Position::SentenceStart;
            text = text.and(&match piece {
                Piece::Words(words) if is_start => Markdown::sentence(words),
                Piece::Words(words) => Markdown::literal(words),
                Piece::Placeholder("entry") => self.entry(is_start),
                Piece::Placeholder("subject") => name(self.subject),
                Piece::Placeholder("evidence") => self.untrusted(self.evidence),
                Piece::Placeholder("first") => self.word(0),
                Piece::Placeholder("second") => self.word(1),
                Piece::Placeholder("list") => self.list(),
                Piece::Placeholder(", list") if self.words().next().is_none() => {
                    Markdown::default()
                }
                Piece::Placeholder(", list") => Markdown::literal(", ").and(self.list()),
                Piece::Placeholder("count") => match self.count_name() {
                    Some(name) => Markdown::literal(name),
                    None => Markdown::number(self.words().count()),
                },
                Piece::Placeholder(_) => Markdown::default(),
            });
        }
        text
    }

    /// A clause for a plain text: a letter, or a terminal.
    pub(crate) fn plain(&self, clause: &'static str) -> String {
        let cut = |text: &str| clean(&excerpt(text)).into_owned();
        let mut text = String::new();
        for piece in pieces(clause) {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Placeholder("entry") => text.push_str("your roster entry"),
                Piece::Placeholder("subject") => text.push_str(&cut(self.subject)),
                Piece::Placeholder("evidence") => text.push_str(&cut(self.evidence)),
                Piece::Placeholder("first") => text.push_str(&cut(self.nth_word(0))),
                Piece::Placeholder("second") => text.push_str(&cut(self.nth_word(1))),
                Piece::Placeholder("list") => {
                    let words: Vec<String> = self.words().take(LISTED).map(cut).collect();
                    text.push_str(&words.join(", "));
                }
                Piece::Placeholder("count") => match self.count_name() {
                    Some(name) => text.push_str(name),
                    None => text.push_str(&self.words().count().to_string()),
                },
                Piece::Placeholder(_) => {}
            }
        }
        text
    }

    fn entry(&self, is_start: bool) -> Markdown {
        let words = if is_start { "Your entry" } else { "your entry" };
        match self.entry {
            Some(address) => Markdown::link(words, address),
            None => Markdown::literal(words),
        }
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.evidence.split_whitespace()
    }

    fn nth_word(&self, index: usize) -> &str {
        self.words().nth(index).unwrap_or_default()
    }

    fn word(&self, index: usize) -> Markdown {
        self.untrusted(self.nth_word(index))
    }

    fn untrusted(&self, text: &str) -> Markdown {
        Markdown::untrusted_or_link(&excerpt(text), self.link_base)
    }

    fn list(&self) -> Markdown {
        let mut items: Vec<Markdown> = self.words().take(LISTED).map(name).collect();
        let more = self.words().count().saturating_sub(LISTED);
        if more > 0 {
            items.push(Markdown::number(more).and(" more"));
        }
        join_list(&items)
    }

    /// How many words the evidence has, spelled out where the number has one digit.
    fn count_name(&self) -> Option<&'static str> {
        let names = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        names.get(self.words().count()).copied()
    }
}

/// A piece of a clause.
enum Piece {
    Words(&'static str),
    Placeholder(&'static str),
}

fn pieces(clause: &'static str) -> impl Iterator<Item = Piece> {
    clause
        .split('{')
        .enumerate()
        .flat_map(|(index, part)| match part.split_once('}') {
            Some((placeholder, words)) if index > 0 => {
                vec![Piece::Placeholder(placeholder), Piece::Words(words)]
            }
            _ => vec![Piece::Words(part)],
        })
        .filter(|piece| !matches!(piece, Piece::Words("")))
}

/// The path of an address as a link can hold it: untrusted path segments are percent-encoded.
pub(crate) fn encode_path(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_neutralised() {
        let details = Details {
            entry: Some("https://gitlab.example/team.yaml#L5"),
            subject: "Ada @all",
            evidence: "https://calendly.com/ada /close",
            link_base: "https://calendly.com/",
        };
        let markdown = |clause| details.markdown(clause, Position::Inside).to_string();
        assert_eq!(
            markdown("no link in {entry}"),
            "no link in [your entry](https://gitlab.example/team.yaml#L5)"
        );
        assert_eq!(
            markdown("{subject} has {first}, not {second}"),
            "`Ada @all` has <https://calendly.com/ada>, not `/close`"
        );
        assert_eq!(markdown("{count}: {list}"), "two: `https://calendly.com/ada` and `/close`");
        assert_eq!(
            details.plain("{entry} has {first}"),
            "your roster entry has https://calendly.com/ada"
        );
    }

    #[test]
    fn a_clause_may_begin_a_sentence() {
        let details = Details { entry: None, subject: "Ada", evidence: "", link_base: "" };
        let start = |clause| details.markdown(clause, Position::SentenceStart).to_string();
        assert_eq!(start("{entry} is odd"), "Your entry is odd");
        assert_eq!(start("no link in {entry}"), "No link in your entry");
        assert_eq!(start("{count} owners"), "no owners");
    }

    #[test]
    fn a_huge_value_is_cut() {
        let huge = "é".repeat(1_000_000);
        let details = Details { entry: None, subject: &huge, evidence: &huge, link_base: "" };
        let text = details.markdown("{subject} {evidence} {first} {list}", Position::Inside);
        assert_eq!(
            text.to_string().chars().filter(|character| *character == 'é').count(),
            4 * crate::text::SHOWN
        );
    }

    #[test]
    fn a_path_in_an_address_is_encoded() {
        assert_eq!(encode_path("data/a b)(ü.yaml"), "data/a%20b%29%28%C3%BC.yaml");
    }
}
