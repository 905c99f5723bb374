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

    /// Reports that the value of a setting, which is at `span` in the file, is not of its form.
    ///
    /// The message of `error` repeats the value, so only its place is used.
    pub(super) fn value_failure(
        &self,
        setting: &Setting,
        span: Range<usize>,
        error: &toml::de::Error,
    ) -> Failure {
        let span = error.span().unwrap_or(span);
        self.failure(Some(span), &format!("`{}` must be {}", setting.key, setting.form))
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
                let is_long = name.get_ref().len() > LONGEST_NAME;
                return Err(self.unknown((!is_long).then_some(&key), name.span()));
            }
        }
        Ok(())
    }

    /// Reports a key that is not a setting's, by its name unless that may be a token.
    fn unknown(&self, key: Option<&String>, span: Range<usize>) -> Failure {
        let Some(key) = key else {
            return self.failure(Some(span), "there is no setting of this name");
        };
        let failure = self.failure(Some(span), &format!("there is no setting `{key}`"));
        let tables = self.known.iter().filter_map(|setting| setting.key.split_once('.'));
        let known = self.known.iter().map(|setting| setting.key);
        match nearest(key, known.chain(tables.map(|(table, _)| table))) {
            Some(near) => failure.hint(format!("did you mean `{near}`? {LIST}")),
            None => failure.hint(LIST),
        }
    }

    /// Reports what is no TOML, with the name of the setting, where the line has one.
    ///
    /// Nothing else of the line is repeated: it may be a token in the wrong place.
    fn syntax_failure(&self, error: &toml::de::Error) -> Failure {
        let content = self.text.lines().nth(self.line(error.span())).unwrap_or_default();
        let name = content.split_once('=').map(|(name, _)| name.trim());
        let names = self.known.iter().filter_map(|setting| setting.key.rsplit('.').next());
        match names.into_iter().find(|known| Some(*known) == name) {
            Some(name) => self.failure(error.span(), &format!("{} in `{name}`", error.message())),
            None => self.failure(error.span(), error.message()),
        }
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

/// The length in bytes of the longest name of a key that is repeated; tokens of both services are longer.
const LONGEST_NAME: usize = 20;

/// Where the settings are listed.
const LIST: &str = "`support-audit help settings` lists the settings with their defaults";
