//! Standing exceptions: findings that are justified beforehand, by whom, why, and until when.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use serde_yaml::Spanned;

use crate::identity::{AccountId, comparable_email};
use crate::input::{Location, Problem, SourceFile};
use crate::kinds::Kind;

/// A justification of findings before they are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The ids of the checks.
    pub checks: Vec<&'static str>,
    /// The subject that it is about.
    pub subject: ExceptionSubject,
    /// Why the finding is justified.
    pub reason: String,
    /// The GitLab username of the user who approved it, without `@`.
    pub approved_by: String,
    /// The day of the approval.
    pub approved_on: Date,
    /// The first day on which it no longer justifies anything.
    pub expires: Date,
    /// The entry's place in the file.
    pub location: Location,
}

/// The subject of an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExceptionSubject {
    /// The audited organisation: the entry names nobody.
    Organization,
    /// A person or an account, by the comparable e-mail address in `email`.
    Email(String),
    /// An account, by the audited service's own id in `account`.
    Account(AccountId),
}

impl ExceptionSubject {
    /// The address or the id, as untrusted text; `None` for the organisation.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Organization => None,
            Self::Email(email) => Some(email),
            Self::Account(id) => Some(id.as_str()),
        }
    }
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: Checks,
    email: Option<String>,
    account: Option<String>,
    reason: String,
    approved_by: String,
    approved_on: Date,
    expires: Date,
}

/// One check or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`check` is a check or a list of checks")]
enum Checks {
    One(String),
    Several(Vec<String>),
}

/// Parses exceptions from a YAML list.
///
/// An entry that cannot be read becomes a problem with its line, and the others are read.
///
/// # Errors
///
/// The file is not a YAML list.
pub fn parse(kind: Kind, file: &SourceFile) -> Result<(Vec<Exception>, Vec<Problem>), Problem> {
    let problem = |line: Option<u64>, message: String| {
        let location = Location { file: file.name.clone(), line };
        Problem { location, message, hides_person: false }
    };
    let text = str::from_utf8(&file.bytes)
        .map_err(|_| problem(None, "the text is not valid UTF-8".to_owned()))?;
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        // A snippet would quote people's data in messages.
        with_snippet: false,
    };
    let entries: Option<Vec<Spanned<Value>>> = serde_yaml::from_str_with_options(text, options)
        .map_err(|error| {
            let line = error.location().map(|location| location.line());
            let reason = error.without_snippet().to_string();
            // The parser's message continues with advice for programmers.
            let reason = reason.split(", set DuplicateKeyPolicy").next().unwrap_or_default();
            problem(line, format!("not a YAML list of exceptions: {reason}"))
        })?;
    let (mut exceptions, mut problems) = (Vec::new(), Vec::new());
    for entry in entries.unwrap_or_default() {
        let line = Some(entry.referenced.line());
        let location = Location { file: file.name.clone(), line };
        match Entry::deserialize(entry.value)
            .map_err(|error| error.to_string())
            .and_then(|entry| entry.judge(kind, location))
        {
            Ok(exception) => exceptions.push(exception),
            Err(message) => problems.push(problem(line, message)),
        }
    }
    Ok((exceptions, problems))
}

impl Entry {
    /// The exception, or why the entry is not one.
    fn judge(self, kind: Kind, location: Location) -> Result<Exception, String> {
        let ids = match self.check {
            Checks::One(id) => vec![id],
            Checks::Several(ids) => ids,
        };
        let mut checks = Vec::new();
        for id in ids {
            match kind.spec().checks.iter().find(|check| check.id == id) {
                Some(check) => checks.push(check.id),
                None => return Err(format!("there is no check `{id}`")),
            }
        }
        if checks.is_empty() {
            return Err("`check` names no check".to_owned());
        }
        if self.reason.trim().is_empty() {
            return Err("`reason` is empty".to_owned());
        }
        let approved_by = self
            .approved_by
            .trim()
            .trim_start_matches(|character: char| character == '@' || character.is_whitespace())
            .to_owned();
        if approved_by.is_empty() {
            return Err("`approved_by` is empty".to_owned());
        }
        if self.expires <= self.approved_on {
            return Err("`expires` is not after `approved_on`".to_owned());
        }
        let subject = match (self.email, self.account) {
            (None, None) => ExceptionSubject::Organization,
            (Some(email), None) => ExceptionSubject::Email(comparable_email(email.trim())),
            (None, Some(id)) if id.trim().is_empty() => {
                return Err("`account` is empty".to_owned());
            }
            (None, Some(id)) => ExceptionSubject::Account(AccountId::new(id.trim())),
            (Some(_), Some(_)) => {
                return Err("`email` and `account` are both given: one of them names whom it is \
                    about"
                    .to_owned());
            }
        };
        Ok(Exception {
            checks,
            subject,
            reason: self.reason.trim().to_owned(),
            approved_by,
            approved_on: self.approved_on,
            expires: self.expires,
            location,
        })
    }
}

/// A user who may approve exceptions: a Support Operations Manager, or an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    /// Their present GitLab username.
    pub username: String,
    /// The id of their GitLab user, if it is known.
    pub id: Option<u64>,
}

impl Exception {
    /// The approver of an exception, if they may approve it.
    pub(super) fn approver<'a>(&self, approvers: &'a [Approver]) -> Option<&'a Approver> {
        approvers.iter().find(|approver| approver.username.eq_ignore_ascii_case(&self.approved_by))
    }
}

/// Separates exceptions that a permitted user approved from the others, which become problems.
pub(super) fn approved(
    exceptions: Vec<Exception>,
    approvers: &[Approver],
) -> (Vec<Exception>, Vec<Problem>) {
    let mut approved = Vec::new();
    let mut problems = Vec::new();
    for exception in exceptions {
        if exception.approver(approvers).is_some() {
            approved.push(exception);
            continue;
        }
        problems.push(Problem {
            location: exception.location,
            message: format!(
                "`approved_by` {} is neither one of `managers` nor of `operators`",
                exception.approved_by
            ),
            hides_person: false,
        });
    }
    (approved, problems)
}

/// The effect of an exception in an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExceptionOutcome {
    /// It justifies a finding.
    Used,
    /// It would justify a finding, but it has expired.
    Expired,
    /// It would justify a finding, but its approval is in the future.
    Early,
    /// It would justify a finding about the user who approved it, which is not allowed.
    SelfApproved,
    /// The finding that it could justify was not found.
    Unused,
    /// It is unknown, because one of its checks is off or could not be evaluated.
    Unknown,
}

impl ExceptionOutcome {
    /// The outcome, in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Early => "approved in the future",
            Self::SelfApproved => "approved by the one whom it is about",
            Self::Unused => "unused",
            Self::Unknown => "not looked at",
        }
    }
}

impl Exception {
    /// Whether it has expired, or is not valid yet.
    pub(crate) fn validity_on(&self, today: Date) -> Option<ExceptionOutcome> {
        if self.expires <= today {
            Some(ExceptionOutcome::Expired)
        } else if self.approved_on > today {
            Some(ExceptionOutcome::Early)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<Exception>, Vec<Problem>), Problem> {
        let file = SourceFile { name: "exceptions.yaml".to_owned(), bytes: text.into() };
        parse(Kind::Calendly, &file)
    }

    const GOOD: &str = "\
- check: [outsider, admin-unexpected]
  email: Vendor@Example.com
  reason: Books demos.
  approved_by: '@nadeyemi'
  approved_on: 2026-08-01
  expires: 2027-02-01
- check: owner-count
  reason: Hand-over.
  approved_by: nadeyemi
  approved_on: 2026-08-01
  expires: 2027-02-01
";

    #[test]
    fn one_check_or_several_with_or_without_a_subject() {
        let (exceptions, problems) = read(GOOD).unwrap();
        assert_eq!(problems, []);
        let [vendor, organisation] = exceptions.as_slice() else { panic!("{exceptions:?}") };
        assert_eq!(vendor.checks, ["outsider", "admin-unexpected"]);
        assert_eq!(vendor.subject, ExceptionSubject::Email("vendor@example.com".to_owned()));
        assert_eq!(vendor.approved_by, "nadeyemi");
        assert_eq!(organisation.location.line, Some(7));
        assert_eq!(organisation.subject, ExceptionSubject::Organization);
        assert_eq!(read("").unwrap(), (vec![], vec![]));
    }

    #[test]
    fn a_bad_entry_costs_nobody_but_itself() {
        for (from, to, message) in [
            ("  reason: Books demos.\n", "", "missing field `reason`"),
            ("  expires: 2027-02-01\n- ", "- ", "missing field `expires`"),
            ("expires: 2027-02-01\n- ", "expires: soon\n- ", "failed to parse"),
            ("expires: 2027-02-01\n- ", "expires: 2026-08-01\n- ", "not after `approved_on`"),
            ("[outsider, ", "[outsiders, ", "there is no check `outsiders`"),
            ("[outsider, admin-unexpected]", "[]", "names no check"),
            ("[outsider, admin-unexpected]", "{a: b}", "`check` is a check or a list of checks"),
            ("reason: Books demos.", "reason: ' '", "`reason` is empty"),
            ("  email: V", "  account: ' '\n  email: V", "`email` and `account` are both given"),
            ("email: Vendor@Example.com", "account: ' '", "`account` is empty"),
            ("'@nadeyemi'", "'@'", "`approved_by` is empty"),
            ("'@nadeyemi'", "'@ '", "`approved_by` is empty"),
            ("  reason: B", "  excuse: x\n  reason: B", "unknown field `excuse`"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let (exceptions, problems) = read(&text).unwrap();
            let [problem] = problems.as_slice() else { panic!("{from}: {problems:?}") };
            assert!(problem.message.contains(message), "{problem}");
            assert_eq!((problem.location.line, exceptions.len()), (Some(1), 1), "{problem}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_line() {
        for text in ["check: outsider\n", "- check: \"open\n", "just words"] {
            let problem = read(text).unwrap_err();
            assert!(problem.location.line.is_some(), "{problem}");
        }
    }

    #[test]
    fn its_time_ends_with_the_day_before_it_expires() {
        let (exceptions, _) = read(GOOD).unwrap();
        let exception = exceptions.first().unwrap();
        for (day, expected) in [
            ("2026-07-31", Some(ExceptionOutcome::Early)),
            ("2026-08-01", None),
            ("2027-01-31", None),
            ("2027-02-01", Some(ExceptionOutcome::Expired)),
        ] {
            assert_eq!(exception.validity_on(day.parse().unwrap()), expected, "{day}");
        }
    }
}
