//! The configuration: flag before environment before file before default, each value with its origin.
//!
//! The file is never looked for in the current folder: a checked-out repository must not be able to
//! send a token elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use api::BaseUrl;
use etcetera::BaseStrategy as _;
use serde::Serialize;

use crate::args::Global;
use crate::error::{Exit, Failure};
use crate::suggest::nearest;

mod file;

use audit::calendar::Calendar;
use audit::evaluation::Policy;
use audit::followup::WaitPolicy;
use audit::roster::OperationsTeam;
pub(crate) use file::Manager;
use file::{Confidential, Days, File};

/// The effective configuration.
#[derive(Debug)]
pub(crate) struct Config {
    /// GitLab's address.
    pub(crate) gitlab_url: BaseUrl,
    /// Calendly's address.
    pub(crate) calendly_url: BaseUrl,
    /// The full path of the project that holds the audits' issues.
    pub(crate) audits_project: String,
    /// When audits are.
    pub(crate) calendar: Calendar,
    /// The name of the issue's template.
    pub(crate) template: String,
    /// The issue's labels.
    pub(crate) labels: Vec<String>,
    /// Whether the issue is confidential, if that does not depend on the project.
    pub(crate) confidential: Option<bool>,
    /// GitLab usernames of further people whose writings of ours count.
    pub(crate) operators: Vec<String>,
    /// Where the roster is.
    pub(crate) roster: RosterSource,
    /// The Support Operations Managers, in order.
    pub(crate) managers: Vec<Manager>,
    /// How long an answer is waited for.
    pub(crate) waits: WaitPolicy,
    /// Who must be admin.
    pub(crate) operations_team: OperationsTeam,
    /// The path of the standing exceptions in the audits' project.
    pub(crate) exceptions_path: Option<String>,
    /// How the audit is done.
    pub(crate) policy: Policy,
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// All values as `support-audit config` shows them.
    pub(crate) shown: Vec<Shown>,
}

/// A roster in a GitLab repository.
#[derive(Debug, Clone)]
pub(crate) struct RosterSource {
    /// The project's full path.
    pub(crate) project: String,
    /// The path of the file or folder within it.
    pub(crate) path: String,
    /// The branch, tag or commit.
    pub(crate) reference: String,
}

/// A value of the configuration and where it comes from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shown {
    /// The value's key, as in the file.
    pub(crate) key: &'static str,
    /// The value.
    pub(crate) value: serde_json::Value,
    /// Where it comes from, in words.
    pub(crate) origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of this call.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// The configuration file.
    File(PathBuf),
    /// The program itself.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(formatter, "flag {flag}"),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Default => formatter.write_str("default"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Shown {
    /// Whether the value is the program's own.
    pub(crate) fn is_default(&self) -> bool {
        self.origin == Origin::Default
    }
}

/// The variables of the environment that settings come from, each with its key.
pub(crate) fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let keys =
        [&GITLAB_URL, &AUDITS_PROJECT, &ROSTER_PROJECT, &ROSTER_PATH, &ROSTER_REF, &CALENDLY_URL];
    keys.into_iter().map(|key| (key.variable, key.name))
}

impl Config {
    /// Reads the file, if there is one, and settles every value.
    pub(crate) fn load(global: &Global) -> anyhow::Result<Self> {
        let path = find(global)?;
        let file = match &path {
            Some(path) => file::read(path)?,
            None => File::default(),
        };
        let settings = &global.settings;
        let mut values = Values { path, shown: Vec::new() };
        let gitlab_url =
            values.text(&GITLAB_URL, settings.gitlab_url.as_deref(), file.gitlab.url)?;
        let project = settings.project.as_deref();
        let audits_project = values.text(&AUDITS_PROJECT, project, file.gitlab.audits_project)?;
        let roster = RosterSource {
            project: values.text(
                &ROSTER_PROJECT,
                settings.roster_project.as_deref(),
                file.roster.project,
            )?,
            path: values.text(&ROSTER_PATH, settings.roster_path.as_deref(), file.roster.path)?,
            reference: values.text(
                &ROSTER_REF,
                settings.roster_ref.as_deref(),
                file.roster.r#ref,
            )?,
        };
        let calendly_url =
            values.text(&CALENDLY_URL, settings.calendly_url.as_deref(), file.calendly.url)?;
        let start = values.file("calendar.fiscal_start", file.calendar.fiscal_start)?;
        let quarters = values.file("calendar.quarters", file.calendar.quarters)?;
        let template = values.file("issue.template", file.issue.template)?;
        let labels = values.file("issue.labels", file.issue.labels)?;
        let confidential = values.file("issue.confidential", file.issue.confidential)?;
        let managers = values.file("managers", file.managers)?;
        let operators = values.file("operators", file.operators)?;
        let handles = values.file("handles", file.handles)?;
        let aliases = values.file("aliases", file.aliases)?;
        let operations_team = values.file("operations_team", file.operations_team)?;
        let person = values.file("waits.person", file.waits.person)?;
        let manager = values.file("waits.manager", file.waits.manager)?;
        let days = values.file("waits.days", file.waits.days)?;
        let checks_off = values.file("checks.off", file.checks.off)?;
        let exclude = values.file("exclude", file.exclude)?;
        let exceptions_path = values.file("exceptions.path", file.exceptions.path.map(Some))?;
        known_checks(&checks_off, global)?;
        Ok(Self {
            audits_project,
            calendar: quarters.calendar(start),
            template: template.0,
            labels,
            confidential: match confidential {
                Confidential::Auto => None,
                Confidential::Always(confidential) => Some(confidential),
            },
            operators,
            gitlab_url: base_url("gitlab.url", &gitlab_url)?,
            calendly_url: base_url("calendly.url", &calendly_url)?,
            roster,
            managers,
            waits: WaitPolicy {
                person: person.0,
                manager: manager.0,
                working_days: days == Days::Working,
            },
            operations_team: operations_team.into(),
            exceptions_path,
            policy: Policy { checks_off, exclude, aliases, handles },
            file: values.path,
            shown: values.shown,
        })
    }
}

/// A value that can come from anywhere.
struct Key {
    name: &'static str,
    flag: &'static str,
    variable: &'static str,
    default: &'static str,
}

const GITLAB_URL: Key = Key {
    name: "gitlab.url",
    flag: "--gitlab-url",
    variable: "SUPPORT_AUDIT_GITLAB_URL",
    default: "https://gitlab.com",
};
const AUDITS_PROJECT: Key = Key {
    name: "gitlab.audits_project",
    flag: "--project",
    variable: "SUPPORT_AUDIT_PROJECT",
    default: "gitlab-com/support/support-ops/support-ops-tools/audits",
};
const ROSTER_PROJECT: Key = Key {
    name: "roster.project",
    flag: "--roster-project",
    variable: "SUPPORT_AUDIT_ROSTER_PROJECT",
    default: "gitlab-com/support/team",
};
const ROSTER_PATH: Key = Key {
    name: "roster.path",
    flag: "--roster-path",
    variable: "SUPPORT_AUDIT_ROSTER_PATH",
    default: "data/support-team.yaml",
};
const ROSTER_REF: Key = Key {
    name: "roster.ref",
    flag: "--roster-ref",
    variable: "SUPPORT_AUDIT_ROSTER_REF",
    default: "master",
};
const CALENDLY_URL: Key = Key {
    name: "calendly.url",
    flag: "--calendly-url",
    variable: "SUPPORT_AUDIT_CALENDLY_URL",
    default: "https://api.calendly.com",
};

/// The variable that names the configuration file.
pub(crate) const CONFIG_VARIABLE: &str = "SUPPORT_AUDIT_CONFIG";

/// Settles values one by one and keeps what is shown of them.
struct Values {
    path: Option<PathBuf>,
    shown: Vec<Shown>,
}

impl Values {
    fn text(
        &mut self,
        key: &Key,
        flag: Option<&str>,
        file: Option<String>,
    ) -> anyhow::Result<String> {
        let (value, origin) = match (flag, variable(key.variable)?, file) {
            (Some(flag), ..) => (flag.to_owned(), Origin::Flag(key.flag)),
            (None, Some(value), _) => (value, Origin::Environment(key.variable)),
            (None, None, Some(value)) => (value, self.origin_of_file()),
            (None, None, None) => (key.default.to_owned(), Origin::Default),
        };
        self.show(key.name, &value, origin)?;
        Ok(value)
    }

    /// A value that comes from the file or from the program.
    fn file<T: Serialize + Default + PartialEq>(
        &mut self,
        key: &'static str,
        value: Option<T>,
    ) -> anyhow::Result<T> {
        let origin = if value.is_some() { self.origin_of_file() } else { Origin::Default };
        let value = value.unwrap_or_default();
        self.show(key, &value, origin)?;
        Ok(value)
    }

    fn origin_of_file(&self) -> Origin {
        self.path.clone().map_or(Origin::Default, Origin::File)
    }

    fn show<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
        origin: Origin,
    ) -> anyhow::Result<()> {
        let value = serde_json::to_value(value).with_context(|| format!("showing {key}"))?;
        self.shown.push(Shown { key, value, origin });
        Ok(())
    }
}

/// A variable of the environment; an empty one counts as absent.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::new(Exit::BadInput, format!("{name} is not valid UTF-8")))
        }
    }
}

/// The file that was named, or the one in the user's folder if anything is there.
fn find(global: &Global) -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = &global.config {
        return Ok(Some(path.clone()));
    }
    if let Some(path) = std::env::var_os(CONFIG_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(Some(path.into()));
    }
    let Some(path) = usual_file() else { return Ok(None) };
    let is_there = is_present(&path).map_err(|error| {
        let message = format!("could not look for the configuration {}: {error}", path.display());
        Failure::new(Exit::BadInput, message)
            .hint(format!("make it readable, or name a file with --config or {CONFIG_VARIABLE}"))
    })?;
    Ok(is_there.then_some(path))
}

/// Whether there is anything at `path`, even a link that leads nowhere.
///
/// "Nothing" sends tokens to the default hosts, so whatever prevents a clear answer is an error: a
/// folder that may not be entered, a file in the place of a folder, a folder that is a dangling link.
fn is_present(path: &Path) -> std::io::Result<bool> {
    if is_entry(path)? {
        return Ok(true);
    }
    for folder in path.ancestors().skip(1) {
        if is_entry(folder)? {
            // The system reports what is behind a dangling link as absent, like what never was there.
            std::fs::metadata(folder)?;
            return Ok(false);
        }
    }
    Ok(false)
}

/// Whether a folder has an entry of this path, without following it.
fn is_entry(path: &Path) -> std::io::Result<bool> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A configuration file with these values: GitLab's address, the audits' project, the roster's project,
/// path and branch, and a manager, if there is one.
pub(crate) fn file_text(url: &str, audits: &str, roster: &[&str; 3], manager: &str) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let [project, path, reference] = roster.map(quoted);
    let manager = match manager.trim_start_matches('@') {
        "" => String::new(),
        username => format!("\n[[managers]]\nusername = {}\n", quoted(username)),
    };
    format!(
        "[gitlab]\nurl = {}\naudits_project = {}\n\n[roster]\nproject = {project}\npath = {path}\nref = {reference}\n{manager}",
        quoted(url),
        quoted(audits),
    )
}

/// Writes the user's configuration file, which must not be there.
pub(crate) fn write_file(text: &str) -> Result<PathBuf, Failure> {
    let failed = |what: &str, error: &dyn fmt::Display| {
        Failure::new(Exit::Failed, format!("could not write the configuration {what}: {error}"))
    };
    let path = usual_file().ok_or_else(|| failed("file", &"there is no home folder"))?;
    let shown = path.display().to_string();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(&shown, &error))?;
    }
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(&path);
    let mut file = file.map_err(|error| failed(&shown, &error))?;
    std::io::Write::write_all(&mut file, text.as_bytes())
        .map_err(|error| failed(&shown, &error))?;
    Ok(path)
}

/// Where the user's configuration file is, or would be.
fn usual_file() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.config_dir();
    // A relative home would be the current folder.
    let folder = Some(folder).filter(|folder| folder.is_absolute())?;
    Some(folder.join("support-audit").join("config.toml"))
}

fn base_url(key: &str, text: &str) -> anyhow::Result<BaseUrl> {
    BaseUrl::parse(text).map_err(|error| {
        let hint = format!("correct {key} where it is set: flag, environment or file");
        Failure::new(Exit::BadInput, format!("{key}: {error}")).hint(hint).into()
    })
}

fn known_checks(off: &[String], global: &Global) -> anyhow::Result<()> {
    let checks = audit::kinds::Kind::from(global.kind).spec().checks;
    for id in off {
        if !checks.iter().any(|check| check.id == id) {
            let known: Vec<_> = checks.iter().map(|check| check.id).collect();
            let message = format!("checks.off: there is no check `{id}`");
            let near = nearest(id, known.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let hint = format!("{near}the checks are {}", known.join(", "));
            return Err(Failure::new(Exit::BadInput, message).hint(hint).into());
        }
    }
    Ok(())
}
