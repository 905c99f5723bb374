//! The settings: one row each, from which everything else about settings comes.

use std::collections::BTreeMap;

use api::BaseUrl;

use super::resolver::SettingsResolver;
use super::setting::{Call, DefaultValue, Setting};
use super::spelling;
use super::values::{
    Confidential, Days, Manager, Month, OperationsTeam, Operator, Quarters, Wait, base_url,
};
use crate::tokens::Service;

/// Makes, of a row for each setting, the table [`SETTINGS`] and the struct [`Values`] with a field for
/// each. A value is parsed by the `Deserialize` of its field's type.
macro_rules! settings {
    ($($field:ident: $type:ty = {
        key: $key:literal,
        form: $form:literal,
        $(default: $default:literal,)?
        $(default_of_kind: $default_of_kind:expr,)?
        $(flag: $argument:ident $flag:literal, variable: $variable:literal,)?
        documentation: $documentation:literal $(,)?
    })*) => {
        /// The value of each setting.
        #[derive(Debug)]
        pub(super) struct Values {
            $(pub(super) $field: $type,)*
        }

        /// All settings, in the order in which they are shown.
        pub(crate) const SETTINGS: &[Setting] =
            &[$(settings!(@row $key, $form, ($($default)? $(, $default_of_kind)?), ($($argument $flag $variable)?), $documentation)),*];

        impl Values {
            /// Finds the value of each setting.
            pub(super) fn resolve(resolver: &mut SettingsResolver<'_>) -> anyhow::Result<Self> {
                Ok(Self {
                    $($field: resolver.resolve(
                        &settings!(@row $key, $form, ($($default)? $(, $default_of_kind)?), ($($argument $flag $variable)?), $documentation),
                    )?,)*
                })
            }
        }
    };
    (@row $key:literal, $form:literal, $default:tt, $call:tt, $documentation:literal) => {
        Setting {
            key: $key,
            form: $form,
            default: settings!(@default $default),
            call: settings!(@call $call),
            documentation: $documentation,
        }
    };
    (@default ()) => { DefaultValue::Absent };
    (@default ($default:literal)) => { DefaultValue::Toml($default) };
    (@default (, $default_of_kind:expr)) => { DefaultValue::OfKind($default_of_kind) };
    (@call ()) => { None };
    (@call ($argument:ident $flag:literal $variable:literal)) => {
        Some(Call { flag: $flag, value: |settings| settings.$argument.as_deref(), variable: $variable })
    };
}

settings! {
    gitlab_url: String = {
        key: "gitlab.url",
        form: "a string",
        default: r#""https://gitlab.com""#,
        flag: gitlab_url "--gitlab-url",
        variable: "SUPPORT_AUDIT_GITLAB_URL",
        documentation: "GitLab's address",
    }
    audits_project: String = {
        key: "gitlab.audits_project",
        form: "a string",
        default: r#""gitlab-com/support/support-ops/support-ops-tools/audits""#,
        flag: project "--project",
        variable: "SUPPORT_AUDIT_PROJECT",
        documentation: "the GitLab project that holds the audits' issues",
    }
    roster_project: String = {
        key: "roster.project",
        form: "a string",
        default: r#""gitlab-com/support/team""#,
        flag: roster_project "--roster-project",
        variable: "SUPPORT_AUDIT_ROSTER_PROJECT",
        documentation: "the GitLab project that holds the roster",
    }
    roster_path: String = {
        key: "roster.path",
        form: "a string",
        default: r#""data/support-team.yaml""#,
        flag: roster_path "--roster-path",
        variable: "SUPPORT_AUDIT_ROSTER_PATH",
        documentation: "the roster's path in its project: a file, or a folder of files",
    }
    roster_ref: String = {
        key: "roster.ref",
        form: "a string",
        default: r#""master""#,
        flag: roster_ref "--roster-ref",
        variable: "SUPPORT_AUDIT_ROSTER_REF",
        documentation: "the roster's branch, tag or commit",
    }
    calendly_url: String = {
        key: "calendly.url",
        form: "a string",
        default: r#""https://api.calendly.com""#,
        flag: calendly_url "--calendly-url",
        variable: "SUPPORT_AUDIT_CALENDLY_URL",
        documentation: "Calendly's address",
    }
    fiscal_start: Month = {
        key: "calendar.fiscal_start",
        form: "the name of a month, such as \"february\"",
        default: r#""february""#,
        documentation: "the month in which the fiscal year starts",
    }
    quarters: Quarters = {
        key: "calendar.quarters",
        form: "a list of one or more of 1, 2, 3 and 4",
        default: "[1, 3]",
        documentation: "the fiscal quarters in which there is an audit",
    }
    template: String = {
        key: "issue.template",
        form: "a string",
        default_of_kind: |spec| spec.template_name,
        documentation: "the name of the issue's template in the audits' project",
    }
    labels: Vec<String> = {
        key: "issue.labels",
        form: "a list of strings",
        default: "[]",
        documentation: "the issue's labels",
    }
    confidential: Confidential = {
        key: "issue.confidential",
        form: "\"auto\", true or false",
        default: r#""auto""#,
        documentation: "whether the issue is confidential: true, false, or \"auto\": unless the project is private",
    }
    managers: Vec<Manager> = {
        key: "managers",
        form: "a list of tables with `username` and, if wanted, `slack`",
        default: "[]",
        documentation: "the Support Operations Managers, in order: `{ username = \"…\", slack = \"…\" }`",
    }
    operators: Vec<Operator> = {
        key: "operators",
        form: "a list of tables such as `{ id = 1007, username = \"olga\" }`, or of usernames",
        default: "[]",
        documentation: "further people whose issues and comments of this program count: `{ id = 1007, username = \"…\" }`; the id decides",
    }
    handles: BTreeMap<String, String> = {
        key: "handles",
        form: "a table of strings",
        default: "{}",
        documentation: "the GitLab usernames of outsiders, by e-mail address",
    }
    aliases: BTreeMap<String, String> = {
        key: "aliases",
        form: "a table of strings",
        default: "{}",
        documentation: "other e-mail addresses of people in the roster, each with the roster's",
    }
    operations_team: OperationsTeam = {
        key: "operations_team",
        form: "a table of `focuses` and `titles`, which are lists of strings",
        default: r#"{ focuses = ["Operations"], titles = ["Support Operations"] }"#,
        documentation: "who must be admin: by focus, or by what their title starts with",
    }
    person_wait: Wait = {
        key: "waits.person",
        form: "a time to wait, such as \"72h\" or \"3d\"",
        default: r#""72h""#,
        documentation: "how long a person's answer is waited for",
    }
    manager_wait: Wait = {
        key: "waits.manager",
        form: "a time to wait, such as \"72h\" or \"3d\"",
        default: r#""72h""#,
        documentation: "how long a manager's answer is waited for",
    }
    days: Days = {
        key: "waits.days",
        form: "\"calendar\" or \"working\"",
        default: r#""calendar""#,
        documentation: "the days that count while an answer is waited for: \"calendar\" or \"working\"",
    }
    checks_off: Vec<String> = {
        key: "checks.off",
        form: "a list of strings",
        default: "[]",
        documentation: "the checks that are not made",
    }
    exclude: Vec<String> = {
        key: "exclude",
        form: "a list of strings",
        default: "[]",
        documentation: "the e-mail addresses of people and accounts that are left out",
    }
    exceptions_path: Option<String> = {
        key: "exceptions.path",
        form: "a string",
        documentation: "the path of the standing exceptions in the audits' project",
    }
}

/// The address of each service.
#[derive(Debug)]
pub(super) struct ServiceUrls {
    gitlab: BaseUrl,
    calendly: BaseUrl,
}

impl ServiceUrls {
    /// Parses the settings that are addresses.
    ///
    /// # Errors
    ///
    /// An address that no token may be sent to.
    pub(super) fn parse(values: &Values) -> anyhow::Result<Self> {
        Ok(Self {
            gitlab: base_url("gitlab.url", spelling::gitlab_address(&values.gitlab_url))?,
            calendly: base_url("calendly.url", &values.calendly_url)?,
        })
    }

    /// The address of one service.
    pub(super) const fn get(&self, service: Service) -> &BaseUrl {
        match service {
            Service::Gitlab => &self.gitlab,
            Service::Calendly => &self.calendly,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_flag_of_the_table_is_one_of_the_command_line_and_the_reverse() {
        let command = Cli::command();
        let in_settings = |argument: &&clap::Arg| argument.get_help_heading() == Some("Settings");
        let mut arguments: Vec<String> = command
            .get_arguments()
            .filter(in_settings)
            .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
            .collect();
        let mut flags: Vec<String> = SETTINGS
            .iter()
            .filter_map(|setting| Some(setting.call.as_ref()?.flag.to_owned()))
            .collect();
        arguments.sort();
        flags.sort();
        assert_eq!(flags, arguments);
    }

    #[test]
    fn no_key_is_the_table_of_another() {
        for setting in SETTINGS {
            let table = format!("{}.", setting.key);
            assert!(!SETTINGS.iter().any(|other| other.key.starts_with(&table)), "{table}");
        }
    }
}
