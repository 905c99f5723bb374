//! The configuration: flag before environment before file before default, each value with its origin.
//!
//! The file is never looked for in the current folder: a checked-out repository must not be able to
//! send a token elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};

use api::BaseUrl;
use etcetera::BaseStrategy as _;

use crate::args::Global;
use crate::error::{Exit, Failure};
use crate::suggest::nearest;
use crate::tokens::Service;

mod environment;
mod file;
mod resolver;
mod setting;
mod spelling;
mod table;
mod values;

use audit::calendar::Calendar;
use audit::evaluation::Policy;
use audit::followup::WaitPolicy;
use audit::roster::OperationsTeam;
pub(crate) use environment::variable;
use file::FileSettings;
pub(crate) use resolver::ResolvedSetting;
use resolver::SettingsResolver;
pub(crate) use setting::{Call, Setting};
pub(crate) use table::SETTINGS;
use table::{ServiceUrls, Values};
use values::{Confidential, Days};
pub(crate) use values::{Manager, Operator};

/// The effective configuration.
#[derive(Debug)]
pub(crate) struct Config {
    /// The address of each service: see [`Config::url`].
    urls: ServiceUrls,
    /// The full path of the project that holds the audits' issues.
    pub(crate) audits_project: String,
    /// When audits are.
    pub(crate) calendar: Calendar,
    /// The name of the template.
    pub(crate) template: String,
    /// The labels.
    pub(crate) labels: Vec<String>,
    /// Whether the issue is confidential, if that does not depend on the project.
    pub(crate) confidential: Option<bool>,
    /// Further people whose markers count.
    pub(crate) operators: Vec<Operator>,
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
    /// Every setting as `support-audit config` shows it.
    pub(crate) settings: Vec<ResolvedSetting>,
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

impl Config {
    /// Reads the file, if there is one, and finds the value of every setting.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or a value that is not one of its setting.
    pub(crate) fn load(global: &Global) -> anyhow::Result<Self> {
        let path = find(global)?;
        let text = path.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let file =
            path.as_deref().map(|path| FileSettings::parse(path, &text, SETTINGS)).transpose()?;
        let mut resolver = SettingsResolver::new(global.kind, &global.settings, file);
        let values = Values::resolve(&mut resolver)?;
        let mut settings = resolver.into_resolved();
        known_checks(&values.checks_off, global)?;
        let urls = ServiceUrls::parse(&values)?;
        let gitlab = urls.get(Service::Gitlab);
        let audits_project =
            spelling::project("gitlab.audits_project", &values.audits_project, gitlab)?;
        let roster_project = spelling::project("roster.project", &values.roster_project, gitlab)?;
        let roster_path = spelling::path_in_project(&values.roster_path);
        for (key, value) in [
            ("gitlab.url", &gitlab.to_string()),
            ("gitlab.audits_project", &audits_project),
            ("roster.project", &roster_project),
            ("roster.path", &roster_path),
        ] {
            for setting in settings.iter_mut().filter(|setting| setting.key == key) {
                setting.value = value.as_str().into();
            }
        }
        Ok(Self {
            urls,
            audits_project,
            calendar: values.quarters.calendar(values.fiscal_start),
            template: values.template,
            labels: values.labels,
            confidential: match values.confidential {
                Confidential::Auto => None,
                Confidential::Always(confidential) => Some(confidential),
            },
            operators: values.operators,
            roster: RosterSource {
                project: roster_project,
                path: roster_path,
                reference: values.roster_ref,
            },
            managers: values.managers,
            waits: WaitPolicy {
                person: values.person_wait.0,
                manager: values.manager_wait.0,
                working_days: values.days == Days::Working,
            },
            operations_team: values.operations_team.into(),
            exceptions_path: values.exceptions_path,
            policy: Policy {
                checks_off: values.checks_off,
                exclude: values.exclude,
                aliases: values.aliases,
                handles: values.handles,
            },
            file: path,
            settings,
        })
    }

    /// The address of a service.
    pub(crate) const fn url(&self, service: Service) -> &BaseUrl {
        self.urls.get(service)
    }
}

/// The variable that names the configuration file.
pub(crate) const CONFIG_VARIABLE: &str = "SUPPORT_AUDIT_CONFIG";

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

fn known_checks(off: &[String], global: &Global) -> anyhow::Result<()> {
    let checks = global.kind.spec().checks;
    for (index, id) in off.iter().enumerate() {
        if !checks.iter().any(|check| check.id == id) {
            let known: Vec<_> = checks.iter().map(|check| check.id).collect();
            // The id is not repeated: it may be a token in the wrong place.
            let message = format!("`checks.off` has an unknown check at position {}", index + 1);
            let near = nearest(id, known.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let hint = format!("{near}the checks are {}", known.join(", "));
            return Err(Failure::new(Exit::BadInput, message).hint(hint).into());
        }
    }
    Ok(())
}
