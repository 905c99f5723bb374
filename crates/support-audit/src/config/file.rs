//! The configuration file: its settings by key, and what is wrong with it by line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::Setting;
use crate::error::{Exit, Failure};
use crate::suggest::nearest;

/// The settings that a configuration file gives, not yet parsed.
#[derive(Debug)]
pub(super) struct FileSettings<'a> {
    path: PathBuf,
    text: &'a str,
    /// The settings that there are.
    known: &'static [Setting],
    values: BTreeMap<String, Spanned<DeValue<'a>>>,
}

/// Reads the text of the file at `path`.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let message = format!("could not read the configuration {}: {error}", path.display());
        Failure::new(Exit::BadInput, message)
    })
}

impl<'a> FileSettings<'a> {
    /// Finds the `known` settings in the text of a file.
    ///
    /// # Errors
    ///
    /// The text is not TOML, or holds another key.
    pub(super) fn parse(
        path: &Path,
        text: &'a str,
        known: &'static [Setting],
    ) -> Result<Self, Failure> {
        let mut file = Self { path: path.to_owned(), text, known, values: BTreeMap::new() };
        let table = DeTable::parse(text).map_err(|error| file.syntax_failure(&error))?;
        file.collect("", table.into_inner())?;
        Ok(file)
    }

    /// The file's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The value of a setting, once.
    pub(super) fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'a>>> {
        self.values.remove(key)
    }

    /// What is wrong with the value of a setting, which is at `span` in the file.
    pub(super) fn value_failure(
        &self,
        key: &str,
        span: Range<usize>,
        error: &toml::de::Error,
    ) -> Failure {
        let span = error.span().unwrap_or(span);
        self.failure(Some(span), &format!("{} in `{key}`", error.message()))
    }

    /// Keeps the settings of a table, and of the tables in it.
    fn collect(&mut self, prefix: &str, table: DeTable<'a>) -> Result<(), Failure> {
        for (name, value) in table {
            // A dot within a quoted name does not part a table from its setting.
            let key = match name.get_ref() {
                quoted if quoted.contains('.') => format!("{prefix}{quoted:?}"),
                plain => format!("{prefix}{plain}"),
            };
            let inner = format!("{key}.");
            if self.known.iter().any(|setting| setting.key == key) {
                self.values.insert(key, value);
            } else if self.known.iter().any(|setting| setting.key.starts_with(&inner)) {
                let span = value.span();
                let DeValue::Table(table) = value.into_inner() else {
                    return Err(self.failure(Some(span), &format!("`{key}` must be a table")));
                };
                self.collect(&inner, table)?;
            } else {
                return Err(self.unknown(&key, name.span()));
            }
        }
        Ok(())
    }

    fn unknown(&self, key: &str, span: Range<usize>) -> Failure {
        let failure = self.failure(Some(span), &format!("there is no setting `{key}`"));
        let tables = self.known.iter().filter_map(|setting| setting.key.split_once('.'));
        let known = self.known.iter().map(|setting| setting.key);
        match nearest(key, known.chain(tables.map(|(table, _)| table))) {
            Some(near) => failure.hint(format!("did you mean `{near}`? {LIST}")),
            None => failure.hint(LIST),
        }
    }

    /// The line is not repeated from its `=` on: a value may be a token in the wrong place.
    fn syntax_failure(&self, error: &toml::de::Error) -> Failure {
        let content = self.text.lines().nth(self.line(error.span())).unwrap_or_default();
        let content = content.split('=').next().unwrap_or_default().trim();
        self.failure(error.span(), &format!("{} in `{content}`", error.message()))
    }

    fn failure(&self, span: Option<Range<usize>>, reason: &str) -> Failure {
        let (path, line) = (self.path.display(), self.line(span) + 1);
        Failure::new(Exit::BadInput, format!("the configuration {path} line {line}: {reason}"))
            .hint(LIST)
    }

    /// The line in which a span begins, counted from 0.
    fn line(&self, span: Option<Range<usize>>) -> usize {
        let before = self.text.get(..span.unwrap_or_default().start).unwrap_or_default();
        before.matches('\n').count()
    }
}

/// Where the settings are listed.
const LIST: &str = "`support-audit help settings` lists the settings with their defaults";
