//! Cases: who is mentioned, and what a review claims.

use super::*;

/// Whom a run of everything that is due mentions, by finding.
fn mentioned(stage: &Stage, operator: u64, command: &Command) -> Vec<(Check, StepKind, Vec<u64>)> {
    let run = crate::reference::run(&stage.world, operator, command);
    let mut mentioned: Vec<_> = run
        .lines(MarkerKind::Notice)
        .iter()
        .map(|line| (line.step.check, line.step.kind, line.step.mentioned.clone()))
        .collect();
    mentioned.sort();
    mentioned
}

fn overdue(stage: &mut Stage) {
    asked(stage);
    stage.pass(73 * HOUR);
}

fn block(world: &mut World, user: u64) {
    for candidate in &mut world.users {
        candidate.active &= candidate.id != user;
    }
}

type Mentions = &'static [(Check, StepKind, &'static [u64])];

const ASK: Mentions = &[(LINK, StepKind::Ask, &[ALICE])];
const NOBODY: Mentions = &[];

const MENTIONED: &[(&str, Play, Mentions)] = &[
    (
        "the subject is asked",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        ASK,
    ),
    (
        "by the id, whatever the username",
        |s| {
            s.person("Alice").username = None;
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        ASK,
    ),
    (
        "by the username without an id",
        |s| {
            s.person("Alice").id = None;
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        ASK,
    ),
    (
        "not without id and username",
        |s| {
            s.person("Alice").id = None;
            s.person("Alice").username = None;
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "not a blocked user",
        |s| {
            block(&mut s.world, ALICE);
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "not who cannot see the issue",
        |s| {
            s.world.users.iter_mut().find(|u| u.id == ALICE).expect("her").level = 0;
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "an assignee sees the issue",
        |s| {
            s.world.users.iter_mut().find(|u| u.id == ALICE).expect("her").level = 0;
            s.world.issue.assignees.push(ALICE);
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        ASK,
    ),
    (
        "level 10 does not see a confidential issue",
        |s| {
            s.world.visibility = crate::world::Visibility::Confidential;
            s.world.users.iter_mut().find(|u| u.id == ALICE).expect("her").level = 10;
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "an outsider has no handle",
        |s| {
            vera(s);
        },
        NOBODY,
    ),
    (
        "an outsider by their handle",
        |s| {
            s.world.config.handles.push(("v@vendor.example".to_owned(), "vera".to_owned()));
            vera(s);
        },
        &[(OUT, StepKind::Ask, &[VERA])],
    ),
    (
        "not while a like name is a suggestion",
        |s| {
            s.accounts.retain(|a| a.name != "Alice");
            s.accounts.push(crate::world::Account { name: "Alice".to_owned(), ..outsider() });
            s.read();
        },
        NOBODY,
    ),
    (
        "the manager and a Support Operations Manager help",
        overdue,
        &[(LINK, StepKind::Escalate, &[MIA, NADIA])],
    ),
    (
        "a blocked manager is passed over",
        |s| {
            overdue(s);
            block(&mut s.world, MIA);
        },
        &[(LINK, StepKind::Escalate, &[crate::stage::DORA, NADIA])],
    ),
    (
        "the token's user is passed over as a manager",
        |s| {
            s.world.config.managers = vec![OTTO, SAM];
            overdue(s);
        },
        &[(LINK, StepKind::Escalate, &[MIA, SAM])],
    ),
    (
        "a subject who is a Support Operations Manager",
        |s| {
            s.world.config.managers = vec![ALICE, SAM];
            overdue(s);
        },
        &[(LINK, StepKind::Escalate, &[MIA, SAM])],
    ),
    (
        "a manager who is the first of managers is mentioned once",
        |s| {
            s.world.config.managers = vec![MIA, SAM];
            overdue(s);
        },
        &[(LINK, StepKind::Escalate, &[MIA])],
    ),
    (
        "no manager on the roster",
        |s| {
            s.person("Alice").reports_to = Field::Absent;
            overdue(s);
        },
        &[(LINK, StepKind::Escalate, &[NADIA])],
    ),
    (
        "no managers configured",
        |s| {
            s.world.config.managers.clear();
            overdue(s);
        },
        &[(LINK, StepKind::Escalate, &[MIA])],
    ),
    (
        "a fix alone makes no notice",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read();
        },
        NOBODY,
    ),
    (
        "whoever was mentioned by hand is not asked",
        |s| {
            let n = s.says(OTTO, 0);
            s.world.issue.notes.iter_mut().find(|x| x.id == n).expect("it").mentions.push(ALICE);
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "nothing after a review was asked for",
        |s| {
            s.world.append(crate::world::Note::marked(OTTO, MarkerKind::Review, true, vec![]));
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        NOBODY,
    ),
    (
        "an unresolved summary stops nothing",
        |s| {
            s.world.append(crate::world::Note::marked(OTTO, MarkerKind::Review, false, vec![]));
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        ASK,
    ),
    (
        "nothing in a closed issue",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            s.world.issue.closed = true;
        },
        NOBODY,
    ),
    (
        "nothing in a stranger's issue",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            s.world.issue.author = GUEST;
        },
        NOBODY,
    ),
];

#[test]
fn the_next_notice_holds_who_is_due() {
    for (name, play, expected) in MENTIONED {
        let mut stage = Stage::new();
        play(&mut stage);
        let expected: Vec<_> =
            expected.iter().map(|(check, kind, users)| (*check, *kind, users.to_vec())).collect();
        assert_eq!(mentioned(&stage, OTTO, &Command::all_due()), expected, "{name}");
    }
}

#[test]
fn an_escalation_to_the_operator_alone_happens_only_where_nobody_else_is() {
    let mut stage = Stage::new();
    stage.world.config.operators.extend([OTTO, MIA]);
    overdue(&mut stage);
    let finding = stage.finding(LINK, "Alice");
    let entry = Oracle::new(&stage.world, MIA).entry(&finding).expect("a finding");
    assert_eq!(entry.duty, crate::oracle::Duty::Escalate(vec![[crate::stage::DORA, NADIA].into()]));
    stage.world.config.managers.clear();
    stage.person("Mia").reports_to = Field::Absent;
    stage.read();
    let entry = Oracle::new(&stage.world, MIA).entry(&finding).expect("a finding");
    assert_eq!(entry.duty, crate::oracle::Duty::Escalate(vec![[MIA].into()]));
}

const REVIEWS: &[(&str, Play, bool)] = &[
    ("nothing was found", |_| {}, true),
    (
        "a finding is open",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
        },
        false,
    ),
    (
        "a finding waits",
        |s| {
            asked(s);
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "a finding is answered",
        |s| {
            asked(s);
            s.says(ALICE, 0);
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "a finding is accepted",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
            s.pass(HOUR).read();
        },
        true,
    ),
    (
        "a finding is fixed",
        |s| {
            asked(s);
            s.person("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read();
        },
        true,
    ),
    (
        "unknown for one person",
        |s| {
            s.person("Alice").operations = Field::Unreadable;
            s.read();
        },
        false,
    ),
    (
        "a finding is in doubt",
        |s| {
            s.person("Bob").id = Some(ALICE);
            asked(s);
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "a finding is held",
        |s| {
            s.person("Alice").link = Field::Absent;
            s.read();
            forge(s, PAT, StepKind::Ask, vec![]);
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "the accounts are not recorded in the issue",
        |s| {
            s.world.issue.recorded_accounts = None;
        },
        false,
    ),
    (
        "the accounts are not complete",
        |s| {
            s.complete = false;
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "the sources are older than the last notice",
        |s| {
            asked(s);
            accept(s, LINK, "Alice");
        },
        false,
    ),
    (
        "the sources are older than the issue",
        |s| {
            s.world.roster.captured = -HOUR;
        },
        false,
    ),
    (
        "an outsider is to be removed",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            s.pass(HOUR).read();
        },
        false,
    ),
    (
        "an outsider was removed",
        |s| {
            vera(s);
            decide(s, StepKind::Remove, None);
            drop_vera(s);
        },
        true,
    ),
];

#[test]
fn a_review_claims_only_what_is_seen() {
    for (name, play, expected) in REVIEWS {
        let mut stage = Stage::new();
        play(&mut stage);
        let open = Oracle::new(&stage.world, OTTO).open();
        assert_eq!(open.is_empty(), *expected, "{name}: {open:?}");
    }
    assert_eq!(Oracle::new(&Stage::new().world, NADIA).reviewer(), Some(SAM), "not the operator");
}
