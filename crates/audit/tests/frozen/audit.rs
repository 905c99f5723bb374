//! Turns the files into what a command reads from GitLab and Calendly.

use std::collections::BTreeSet;

use ::audit::accounts::{Account, AccountStatus, Accounts, Export};
use ::audit::evaluation::{Evaluation, Policy, Sources};
use ::audit::followup::{
    self, Cases, FollowupInput, IssueFacts, Selection, WaitPolicy, finding_name,
};
use ::audit::identity::AccountId;
use ::audit::input::{Location, Provenance, SourceFile, sha256};
use ::audit::kinds::Kind;
use ::audit::plan::{Action, Plan};
use ::audit::record::conversation::{Conversation, Note, Reaction, Thread, User, audit_of_issue};
use ::audit::record::description::typed;
use ::audit::record::directory::{Directory, Known};
use ::audit::record::marker::{MarkerHeader, SourceDigests};
use ::audit::report::Report;
use ::audit::roster::{OperationsTeam, parse};
use ::audit::steps::outsiders;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

/// The description of the issue.
pub const DESCRIPTION: &str = include_str!("v1/description.md");

const NOTES: &str = include_str!("v1/notes.json");

/// When the files were written.
const LAST_READ: &str = "2027-02-06T22:00:00Z";

/// The audit at an instant, with the sources as they are then.
pub struct Audit {
    header: MarkerHeader,
    /// The comments, and those that [`Audit::post`] has added.
    pub conversation: Conversation,
    directory: Directory,
    facts: IssueFacts,
    policy: Policy,
    /// The ids of the users whose markers count.
    pub operators: BTreeSet<u64>,
    managers: Vec<String>,
    /// The report, with the decisions that are recorded in the issue.
    pub report: Report,
    digests: SourceDigests,
    now: Timestamp,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

fn user(value: &Value) -> User {
    User { id: value["id"].as_u64().unwrap(), username: text(&value["username"]) }
}

fn conversation(notes: &Value) -> Conversation {
    let mut conversation = Conversation::default();
    for thread in notes["threads"].as_array().unwrap() {
        let mut read = Thread { id: text(&thread["id"]), notes: Vec::new() };
        for note in thread["notes"].as_array().unwrap() {
            let id = note["id"].as_u64().unwrap();
            read.notes.push(Note {
                id,
                author: user(&note["author"]),
                body: text(&note["body"]),
                created_at: instant(&note["created_at"]),
                is_system: note["system"].as_bool().unwrap(),
            });
            let reactions = note["reactions"].as_array().into_iter().flatten();
            let reactions = reactions.map(|reaction| Reaction {
                by: user(&reaction["by"]),
                at: instant(&reaction["at"]),
            });
            conversation.reactions.insert(id, reactions.collect());
        }
        conversation.threads.push(read);
    }
    conversation
}

fn directory(notes: &Value) -> Directory {
    let mut directory = Directory::default();
    directory.is_complete = true;
    for known in notes["users"].as_array().unwrap() {
        let access_level = known["access_level"].as_u64().unwrap();
        directory.add(Known {
            user: user(known),
            is_active: known["is_active"].as_bool().unwrap(),
            sees_issue: access_level >= 15,
            access_level,
        });
    }
    let noor = User { id: 990_001, username: "noor".to_owned() };
    directory.add(Known { user: noor, is_active: true, sees_issue: true, access_level: 20 });
    directory
}

fn accounts(file: &str, read_at: Timestamp) -> Accounts {
    let list: Vec<Value> = serde_json::from_str(file).unwrap();
    let list = list.iter().map(|account| Account {
        id: AccountId::new(text(&account["id"])),
        email: Some(text(&account["email"])),
        name: text(&account["name"]),
        role: account["role"].as_str().map(str::to_owned),
        page: account["page"].as_str().map(str::to_owned),
        status: match account["status"].as_str() {
            Some("active") => AccountStatus::Active,
            _ => AccountStatus::Invited,
        },
        since: text(&account["since"]),
        location: Location { file: text(&account["id"]), line: None },
    });
    let source = "https://api.calendly.com/organizations/SANDBOXORG000001".to_owned();
    let export = Export { list: list.collect(), ..Export::default() };
    Accounts::from_service(source, read_at, export)
}

impl Audit {
    /// The audit of the files with this roster and these accounts, read `hours` after the files.
    pub fn read(roster: &str, accounts_file: &str, hours: i64) -> Self {
        let notes: Value = serde_json::from_str(NOTES).unwrap();
        let now = LAST_READ.parse::<Timestamp>().unwrap() + hours.hours();
        let header = audit_of_issue("Calendly audit FY28-Q1", DESCRIPTION).unwrap().unwrap();
        let conversation = conversation(&notes);
        let author = user(&notes["issue"]["author"]);
        let operators = BTreeSet::from([author.id]);
        let recorded = conversation.recorded_sizes(header, &operators);
        let file = SourceFile { name: "data/support-team.yaml".into(), bytes: roster.into() };
        let provenance = Provenance {
            project: Some("gitlab-com/support/team".to_owned()),
            path: file.name.clone(),
            commit: None,
            sha256: sha256(&file.bytes),
            read_at: now,
            version: "0.1.0",
        };
        let (roster, problems) =
            parse(&[file], Kind::Calendly.spec().roster_field, &OperationsTeam::default());
        let sources = Sources {
            roster,
            accounts: Some(accounts(accounts_file, now)),
            problems,
            recorded_people: recorded.roster,
            recorded_accounts: recorded.accounts,
            ..Sources::default()
        };
        let mut policy = Policy::default();
        policy.aliases.insert("ebrightwater@example.com".into(), "zeke@brightwater.example".into());
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let report =
            Report::new(provenance, Evaluation::new(Kind::Calendly, &policy, sources, today));
        let facts = IssueFacts {
            iid: 1,
            url: "https://gitlab.example.com/audits/-/issues/1".to_owned(),
            created_at: instant(&notes["issue"]["created_at"]),
            author,
            assignees: Vec::new(),
        };
        let managers = vec!["nadeyemi".to_owned(), "mdaubigny".to_owned()];
        let (directory, digests) = (directory(&notes), SourceDigests::default());
        let mut audit = Self {
            header,
            conversation,
            directory,
            facts,
            policy,
            operators,
            managers,
            report,
            digests,
            now,
        };
        let typed = typed(DESCRIPTION, &audit.report);
        let decisions = outsiders::decisions(&audit.input(), &audit.cases(), &typed);
        audit.report.set_rulings(decisions.rulings);
        audit
    }

    /// What the follow-ups are derived from.
    pub fn input(&self) -> FollowupInput<'_> {
        FollowupInput {
            evaluation: self.report.evaluation(),
            policy: &self.policy,
            conversation: &self.conversation,
            description: DESCRIPTION,
            directory: &self.directory,
            header: self.header,
            issue: &self.facts,
            operator: &self.facts.author,
            operators: &self.operators,
            managers: &self.managers,
            waits: WaitPolicy::default(),
            roster_captured_at: self.now,
            roster_page: None,
            sources: &self.digests,
            now: self.now,
        }
    }

    /// All cases, for which nothing more has to be asked of GitLab.
    pub fn cases(&self) -> Cases {
        let cases = followup::cases(&self.input());
        assert!(cases.inquiries.is_empty(), "{:?}", cases.inquiries);
        cases
    }

    /// The findings with their rounds and states, a line each.
    pub fn states(&self) -> String {
        let mut lines = String::new();
        for (case, entry) in self.cases().entries() {
            let name = finding_name(&self.input(), case, entry);
            lines.push_str(&format!("{name} {} {}\n", entry.round, entry.state.as_str()));
        }
        lines
    }

    /// What is due now.
    pub fn due(&self) -> Plan {
        followup::plan(&self.input(), &Selection::default()).unwrap().plan
    }

    /// Posts the comments of a plan; gives their texts.
    pub fn post(&mut self, plan: Plan) -> String {
        let mut bodies = Vec::new();
        for action in plan.actions {
            match action {
                Action::Notice(notice) => {
                    bodies.extend(notice.parts.into_iter().map(|part| part.body));
                }
                Action::Comment { body, .. } => bodies.push(body),
                action => panic!("not a comment: {action}"),
            }
        }
        let mut texts = String::new();
        for body in bodies {
            let id = 1_000 + self.conversation.threads.len() as u64;
            let author = self.facts.author.clone();
            let note =
                Note { id, author, body: body.to_string(), created_at: self.now, is_system: false };
            self.conversation.threads.push(Thread { id: id.to_string(), notes: vec![note] });
            texts.push_str(&body);
        }
        texts
    }
}
