//! The notes of a report, which a reader needs to understand it.

use super::{EXCEPTED, Report};
use crate::evaluation::Unknown;
use crate::identity::Subject;
use crate::markdown::{Markdown, join};

const CHECK_OFF: &str = "Check off: ";
const CHECK_UNKNOWN: &str = "Check unknown ";
const GAP: &str = "Accounts not read whole: ";
const EXCLUDED: &str = "Excluded: ";
const EXCLUDED_NOBODY: &str = "Excluded, but not on the roster: ";
const EXCEPTION: &str = "Exception ";

/// What precedes the evidence in a note about the organisation.
pub(crate) const SEEN: &str = ", seen: ";

/// The beginnings of notes, by which the notes of a pasted report are recognised.
pub(crate) const OPENINGS: [&str; 6] =
    [CHECK_OFF, CHECK_UNKNOWN, GAP, EXCLUDED, EXCLUDED_NOBODY, EXCEPTION];

/// A note on what was left out, what is unknown, or what was found about the organisation.
///
/// Every form of the report shows the notes: as Markdown, or as plain text that the form makes
/// harmless.
pub(crate) struct Note<'a> {
    /// The kind of the note, for programs.
    pub(super) table: &'static str,
    /// The id of the check that it is about; may be empty.
    pub(super) check: &'static str,
    /// The subject or text that it is about, untrusted; may be empty.
    pub(super) name: &'a str,
    pieces: Vec<Piece<'a>>,
}

/// A part of a note.
enum Piece<'a> {
    /// Words of the program.
    Own(Markdown),
    /// Untrusted text in its most readable form.
    Untrusted(&'a str),
    /// Untrusted text that is always in a code span.
    Code(&'a str),
}

impl<'a> Note<'a> {
    fn new(table: &'static str, opening: impl Into<Markdown>) -> Self {
        Self { table, check: "", name: "", pieces: vec![Piece::Own(opening.into())] }
    }

    fn own(mut self, words: impl Into<Markdown>) -> Self {
        self.pieces.push(Piece::Own(words.into()));
        self
    }

    fn untrusted(mut self, text: &'a str) -> Self {
        self.pieces.push(Piece::Untrusted(text));
        self
    }

    fn code(mut self, text: &'a str) -> Self {
        self.pieces.push(Piece::Code(text));
        self
    }

    fn check(self, id: &'static str) -> Self {
        Self { check: id, ..self.own(id) }
    }

    fn name(self, name: &'a str) -> Self {
        Self { name, ..self.untrusted(name) }
    }

    /// The note for an issue, without a final stop; addresses that begin with `link_base` are links.
    pub(super) fn markdown(&self, link_base: &str) -> Markdown {
        let mut text = Markdown::default();
        for piece in &self.pieces {
            text = text.and(match piece {
                Piece::Own(words) => words.clone(),
                Piece::Untrusted(untrusted) => Markdown::untrusted_or_link(untrusted, link_base),
                Piece::Code(untrusted) => Markdown::code(untrusted),
            });
        }
        text
    }

    /// The note as plain text, with untrusted text as it is.
    pub(super) fn plain(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            text.push_str(match piece {
                Piece::Own(words) => words.as_str(),
                Piece::Untrusted(untrusted) | Piece::Code(untrusted) => untrusted,
            });
        }
        text
    }
}

impl Report {
    /// The notes, in the order in which every form shows them.
    pub(crate) fn notes(&self) -> Vec<Note<'_>> {
        let evaluation = &self.evaluation;
        let mut notes = Vec::new();
        for check in &evaluation.off {
            notes.push(Note::new("check-off", CHECK_OFF).check(check.id));
        }
        for (check, unknown) in &evaluation.unknown {
            // The first lines of a report without accounts say this already.
            if *unknown == Unknown::NoAccounts {
                continue;
            }
            let note = Note::new("check-unknown", CHECK_UNKNOWN);
            notes.push(note.own(unknown.markdown()).own(": ").check(check.id));
        }
        for gap in evaluation.accounts.iter().flat_map(|accounts| &accounts.capture.gaps) {
            notes.push(Note::new("gap", GAP).name(gap));
        }
        notes.extend(self.organization_notes());
        for name in self.excluded() {
            notes.push(Note::new("excluded", EXCLUDED).name(name));
        }
        for name in &evaluation.excluded_nobody {
            notes.push(Note::new("excluded-nobody", EXCLUDED_NOBODY).name(name));
        }
        notes.extend(self.exception_notes());
        notes
    }

    fn organization_notes(&self) -> Vec<Note<'_>> {
        let mut notes = Vec::new();
        for finding in self.evaluation.findings_of(Subject::Organization) {
            let seen = if finding.evidence.is_empty() { "none" } else { &finding.evidence };
            let note = Note::new("organization", self.evaluation.kind.spec().system).own(": ");
            let mut note = note.check(finding.check.id);
            if finding.exception.is_some() {
                note = note.own(" ").own(EXCEPTED);
            }
            notes.push(note.own(SEEN).code(seen));
        }
        notes
    }

    fn exception_notes(&self) -> Vec<Note<'_>> {
        let system = self.evaluation.kind.spec().system;
        let mut notes = Vec::new();
        for (exception, outcome) in &self.evaluation.exceptions {
            let checks = join(exception.checks.iter().copied().map(Markdown::literal), ", ");
            let note = Note::new("exception", EXCEPTION)
                .own(outcome.describe())
                .own(", ")
                .own(checks)
                .own(", for ")
                .name(exception.subject.name().unwrap_or(system))
                .own(", expires on ")
                .own(Markdown::date(exception.expires))
                .own(", approved on ")
                .own(Markdown::date(exception.approved_on))
                .own(" by ")
                .code(&exception.approved_by)
                .own(": ")
                .untrusted(&exception.reason);
            notes.push(note);
        }
        notes
    }
}
