//! The oracle, held to the rules sentence by sentence: one small history a case, named after the rule.

mod answers;
mod checks;
mod clock;
mod decisions;
mod identity;
mod notice;
mod settled;
mod unknown;

use crate::oracle::State::{
    Answered, Escalated, Exhausted, Fixed, Gone, Held, InDoubt, Justified, NotAsked, Overdue,
    Removed, ToRemove, Unknown, Waiting, Withdrawn,
};
use crate::oracle::{Oracle, State};
use crate::plan::Command;
use crate::stage::{
    ALICE, BOB, GUEST, MIA, NADIA, NEWT, OLGA, OTTO, PAT, SAM, Stage, VERA, account_of, outsider,
    page,
};
use crate::world::{
    Cause, Check, DAY, Exception, Field, FindingKey, HOUR, MarkerKind, Role, Status, Step,
    StepKind, Subject, World,
};

type Play = fn(&mut Stage);
type Case = (&'static str, Play, Check, &'static str, Option<State>);

/// Alice's link is missing, and she was asked.
fn asked(stage: &mut Stage) {
    stage.person("Alice").link = Field::Absent;
    stage.follow_up();
}

/// Alice was asked, and her manager and a Support Operations Manager were asked to help.
fn escalated(stage: &mut Stage) {
    asked(stage);
    stage.pass(73 * HOUR);
    stage.follow_up();
}

/// The same with Bob, who has the same manager.
fn escalated_for_two(stage: &mut Stage) {
    stage.person("Bob").link = Field::Absent;
    escalated(stage);
}

fn accept(stage: &mut Stage, check: Check, name: &str) {
    let finding = stage.finding(check, name);
    let run = stage.command(OTTO, &Command::Accept { finding, until: None });
    assert!(!run.is_refused, "the acceptance is refused");
}

fn ask_again(stage: &mut Stage, check: Check, name: &str) {
    let findings = vec![stage.finding(check, name)];
    let run = stage.command(OTTO, &Command::AskAgain { findings });
    assert!(!run.is_refused, "asking again is refused");
}

/// An outsider's account appears.
fn vera(stage: &mut Stage) {
    stage.accounts.push(outsider());
    stage.pass(HOUR).read();
}

fn vera_key() -> FindingKey {
    FindingKey { check: Check::Outsider, subject: Subject::Account("acc-v".to_owned()) }
}

fn decide(stage: &mut Stage, kind: StepKind, until: Option<i64>) {
    let finding = vera_key();
    let command = match kind {
        StepKind::Remove => Command::Remove { finding },
        _ => Command::Accept { finding, until },
    };
    assert!(!stage.command(OTTO, &command).is_refused, "the decision is refused");
}

fn send_to_vera(stage: &mut Stage) {
    let subject = Subject::Account("acc-v".to_owned());
    assert!(!stage.command(OTTO, &Command::Sent { subject, at: None }).is_refused);
}

fn drop_vera(stage: &mut Stage) {
    stage.accounts.retain(|account| account.id != "acc-v");
    stage.pass(HOUR).read();
}

fn except(stage: &mut Stage, approved_by: &str, expires: i64) {
    stage.world.exceptions.push(Exception {
        checks: vec![Check::LinkMissing],
        email: Some("alice@example.com".to_owned()),
        approved_by: approved_by.to_owned(),
        expires,
    });
}

fn forge(stage: &mut Stage, author: u64, kind: StepKind, mentioned: Vec<u64>) {
    let finding = stage.finding(Check::LinkMissing, "Alice");
    let step = Step { mentioned, ..stage.step(&finding, kind) };
    stage.marks(author, MarkerKind::Notice, step);
}

fn check_states(cases: &[Case]) {
    let mut failures = Vec::new();
    for (name, play, check, subject, expected) in cases {
        let mut stage = Stage::new();
        play(&mut stage);
        let finding = match *subject {
            "V" => vera_key(),
            "organisation" => FindingKey { check: *check, subject: Subject::Organisation },
            name => stage.finding(*check, name),
        };
        let derived = stage.state(&finding);
        if derived != *expected {
            failures.push(format!("{name}: {derived:?}, expected {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

const LINK: Check = Check::LinkMissing;
const MISSING: Check = Check::AccountMissing;
const INVITED: Check = Check::InvitationPending;
const MISMATCH: Check = Check::LinkMismatch;
const SHARED: Check = Check::LinkShared;
const OUT: Check = Check::Outsider;
