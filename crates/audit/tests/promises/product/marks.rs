//! Checks, instants, keys, evidence and steps, in the product's form and back in the model's.

use std::collections::{BTreeSet, HashMap};

use audit::identity::{AccountId, SubjectId, account_digest, digest};
use audit::kinds::Kind;
use audit::record::marker::{self, Key, KeyKind, StepAction, WithdrawalReason};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::evaluation::{Verdict, evaluate};
use crate::world::{
    Cause, Check, DAY, Evidence, Keys, Role, Seconds, Status, Step, StepKind, UserId, World, lower,
};

/// The instant at which the issue was made. A day of the model is one of the calendar.
fn origin() -> Timestamp {
    "2027-02-01T00:00:00Z".parse().expect("an instant")
}

pub fn instant(seconds: Seconds) -> Timestamp {
    origin() + SignedDuration::from_secs(seconds)
}

pub fn seconds(instant: Timestamp) -> Seconds {
    instant.duration_since(origin()).as_secs()
}

/// The day of an instant.
pub fn day(seconds: Seconds) -> Date {
    instant(seconds).to_zoned(TimeZone::UTC).date()
}

/// The beginning of a day.
fn beginning(day: Date) -> Seconds {
    seconds(day.to_zoned(TimeZone::UTC).expect("a day").timestamp()) / DAY * DAY
}

pub fn check_id(check: Check) -> &'static str {
    match check {
        Check::LinkMissing => "link-missing",
        Check::LinkMalformed => "link-malformed",
        Check::LinkShared => "link-shared",
        Check::ManagerUnresolved => "manager-unresolved",
        Check::LinkMismatch => "link-mismatch",
        Check::AccountMissing => "account-missing",
        Check::InvitationPending => "invitation-pending",
        Check::Outsider => "outsider",
        Check::OwnerCount => "owner-count",
        Check::AdminMissing => "admin-missing",
        Check::AdminUnexpected => "admin-unexpected",
    }
}

pub fn check_named(id: &str) -> Check {
    let mut checks = Check::ALL.into_iter();
    checks.find(|check| check_id(*check) == id).expect("a check of the model")
}

#[test]
fn the_model_has_the_checks_of_the_product() {
    let ids: Vec<&str> = Kind::Calendly.spec().checks.iter().map(|check| check.id).collect();
    assert_eq!(Check::ALL.map(check_id).to_vec(), ids);
}

pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Joined => "active",
        Status::Invited => "invited",
    }
}

pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::User => "user",
    }
}

/// What the product sees where the model sees this evidence.
fn evidence_text(evidence: &Evidence) -> String {
    match evidence {
        Evidence::None => String::new(),
        Evidence::Link(link) => link.clone(),
        Evidence::Shared { link, subjects } => {
            let mut subjects: Vec<String> = subjects
                .iter()
                .map(|subject| match subject.strip_prefix('#') {
                    Some(id) => format!("gitlab:{id}"),
                    None => format!("email:{subject}"),
                })
                .collect();
            subjects.sort();
            format!("{link} {}", subjects.join(" "))
        }
        Evidence::ReportsTo(name) => name.clone(),
        Evidence::Links { roster, account } => format!("{roster} {}", account.join(" ")),
        Evidence::Account { status, role, .. } => {
            format!("{} {}", status_word(*status), role_word(*role))
        }
        Evidence::Owners(owners) => owners.join(" "),
        Evidence::Role(role) => role_word(*role).to_owned(),
    }
}

/// The keys of a step. A name is not among the model's keys: all people have the same one, which is
/// nobody's on the roster.
fn keys(check: Check, keys: &Keys) -> Vec<Key> {
    if check == Check::OwnerCount {
        return vec![Key::new(&SubjectId::Organization)];
    }
    let id = keys.id.map(SubjectId::GitLabId);
    let email = keys.email.clone().map(SubjectId::Email);
    let is_person = keys.account.is_none() && check != Check::Outsider;
    let name = is_person.then(|| SubjectId::Name("somebody".to_owned()));
    id.into_iter().chain(email).chain(name).map(|id| Key::new(&id)).collect()
}

/// A step as the product writes it.
pub fn step(step: &Step) -> marker::Step {
    let due = step.until.map(instant);
    let action = match step.kind {
        StepKind::Ask => StepAction::Ask { due },
        StepKind::Escalate => StepAction::Escalate { due },
        StepKind::Fixed => StepAction::Fixed,
        StepKind::Withdrawn => StepAction::Withdrawn {
            reason: match step.cause {
                Some(Cause::Left) => WithdrawalReason::Left,
                _ => WithdrawalReason::Off,
            },
        },
        StepKind::Gone => StepAction::Gone,
        StepKind::Removed => StepAction::Removed,
        StepKind::Accept => StepAction::Accept,
        StepKind::Keep => StepAction::Keep { until: step.until.map(day) },
        StepKind::Remove => StepAction::Remove,
        StepKind::Again => StepAction::Again,
        StepKind::Sent => StepAction::Sent { due },
        StepKind::Answered => StepAction::Answered,
    };
    let account = step.keys.account.as_ref().map(|id| account_digest(&AccountId::new(id)));
    // The product's step names the round that it ends, the model's the one that it starts.
    let round = match step.kind {
        StepKind::Again => step.round.saturating_sub(1).max(1),
        _ => step.round,
    };
    marker::Step {
        action,
        check: check_id(step.check).to_owned(),
        keys: keys(step.check, &step.keys),
        account,
        evidence: digest(&evidence_text(&step.evidence)),
        round,
        at: instant(step.at),
        mentioned: step.mentioned.clone(),
    }
}

/// Everything in a world that a digest may stand for.
pub struct Digests {
    ids: HashMap<Key, UserId>,
    emails: HashMap<Key, String>,
    accounts: HashMap<String, String>,
    evidence: HashMap<String, Evidence>,
}

impl Digests {
    pub fn new(world: &World) -> Self {
        let marked = world.issue.notes.iter().filter_map(|note| note.marker.as_ref());
        let steps: Vec<&Step> = marked.flat_map(|marker| &marker.steps).collect();
        let entries = &world.roster.entries;
        let accounts = || world.accounts.iter().flat_map(|accounts| &accounts.list);
        let ids: BTreeSet<UserId> = entries
            .iter()
            .filter_map(|entry| entry.id)
            .chain(world.users.iter().map(|user| user.id))
            .chain(steps.iter().filter_map(|step| step.keys.id))
            .collect();
        let emails: BTreeSet<String> = entries
            .iter()
            .map(|entry| lower(&entry.email))
            .chain(accounts().map(|account| lower(&account.email)))
            .chain(steps.iter().filter_map(|step| step.keys.email.clone()))
            .collect();
        let account_ids = accounts()
            .map(|account| account.id.clone())
            .chain(steps.iter().filter_map(|step| step.keys.account.clone()));
        let found = evaluate(world).verdicts.into_values().filter_map(|verdict| match verdict {
            Verdict::Found(evidence) => Some(evidence),
            _ => None,
        });
        let roles = [Role::Owner, Role::Admin, Role::User].map(Evidence::Role);
        let evidence = found
            .chain(steps.iter().map(|step| step.evidence.clone()))
            .chain(roles)
            .chain([Evidence::None])
            .filter(|evidence| !matches!(evidence, Evidence::Account { .. }));
        Self {
            ids: ids.into_iter().map(|id| (Key::new(&SubjectId::GitLabId(id)), id)).collect(),
            emails: emails
                .into_iter()
                .map(|email| (Key::new(&SubjectId::Email(email.clone())), email))
                .collect(),
            accounts: account_ids
                .map(|id| (account_digest(&AccountId::new(id.clone())), id))
                .collect(),
            evidence: evidence
                .map(|evidence| (digest(&evidence_text(&evidence)), evidence))
                .collect(),
        }
    }

    /// The account of a digest.
    pub fn account(&self, digest: &str) -> String {
        self.accounts.get(digest).cloned().expect("a digest of an account of the world")
    }

    /// The address among keys.
    pub fn email(&self, keys: &[Key]) -> Option<String> {
        let key = keys.iter().find(|key| key.kind == KeyKind::Email)?;
        Some(self.emails.get(key).cloned().expect("a digest of an address of the world"))
    }

    fn id(&self, keys: &[Key]) -> Option<UserId> {
        let key = keys.iter().find(|key| key.kind == KeyKind::GitLabId)?;
        Some(*self.ids.get(key).expect("a digest of a user of the world"))
    }

    fn evidence(&self, check: Check, digest_of_it: &str, account: Option<&String>) -> Evidence {
        if check == Check::Outsider {
            for status in [Status::Joined, Status::Invited] {
                for role in [Role::Owner, Role::Admin, Role::User] {
                    let id = account.cloned().expect("an outsider's account");
                    let evidence = Evidence::Account { id, status, role };
                    if digest(&evidence_text(&evidence)) == digest_of_it {
                        return evidence;
                    }
                }
            }
            panic!("the evidence of an account");
        }
        let evidence = self.evidence.get(digest_of_it).cloned();
        let evidence = evidence.unwrap_or_else(|| panic!("{check:?}: evidence of the world"));
        // An empty list of owners looks as no evidence does.
        match (check, evidence) {
            (Check::OwnerCount, Evidence::None) => Evidence::Owners(Vec::new()),
            (_, Evidence::Owners(owners)) if check != Check::OwnerCount && owners.is_empty() => {
                Evidence::None
            }
            (_, evidence) => evidence,
        }
    }

    /// A step as the model has it.
    pub fn step(&self, step: &marker::Step) -> Step {
        let (kind, until, cause) = match step.action {
            StepAction::Ask { due } => (StepKind::Ask, due.map(seconds), None),
            StepAction::Escalate { due } => (StepKind::Escalate, due.map(seconds), None),
            StepAction::Fixed => (StepKind::Fixed, None, None),
            StepAction::Withdrawn { reason: WithdrawalReason::Left } => {
                (StepKind::Withdrawn, None, Some(Cause::Left))
            }
            StepAction::Withdrawn { .. } => (StepKind::Withdrawn, None, Some(Cause::Configured)),
            StepAction::Gone => (StepKind::Gone, None, None),
            StepAction::Removed => (StepKind::Removed, None, None),
            StepAction::Accept => (StepKind::Accept, None, None),
            StepAction::Keep { until } => (StepKind::Keep, until.map(beginning), None),
            StepAction::Remove => (StepKind::Remove, None, None),
            StepAction::Again => (StepKind::Again, None, None),
            StepAction::Sent { due } => (StepKind::Sent, due.map(seconds), None),
            StepAction::Answered => (StepKind::Answered, None, None),
        };
        let check = check_named(&step.check);
        let account = step.account.as_deref().map(|digest| self.account(digest));
        Step {
            kind,
            check,
            evidence: self.evidence(check, &step.evidence, account.as_ref()),
            keys: Keys { id: self.id(&step.keys), email: self.email(&step.keys), account },
            round: if kind == StepKind::Again { step.round + 1 } else { step.round },
            at: seconds(step.at),
            until,
            mentioned: step.mentioned.clone(),
            cause,
        }
    }
}
