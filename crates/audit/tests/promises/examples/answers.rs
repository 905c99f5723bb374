//! Cases: whose words and reactions are an answer.

use super::*;

const ANSWERS_COUNT_FROM_WHOM_THEY_SHOULD: &[Case] = &[
    (
        "words of the subject in the thread",
        |s| {
            asked(s);
            let n = s.notice();
            s.says(ALICE, n);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "words of the subject elsewhere",
        |s| {
            asked(s);
            s.says(ALICE, 0);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "words before the ask",
        |s| {
            s.says(ALICE, 0);
            asked(s);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "words of somebody else",
        |s| {
            asked(s);
            let n = s.notice();
            s.says(BOB, n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "words that were deleted",
        |s| {
            asked(s);
            let n = s.says(ALICE, 0);
            s.delete(n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "a reaction to the notice",
        |s| {
            asked(s);
            let n = s.notice();
            s.reacts(ALICE, n);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "a reaction to another comment",
        |s| {
            asked(s);
            let n = s.says(BOB, 0);
            s.reacts(ALICE, n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "a reaction to the escalation is not to what asks them",
        |s| {
            escalated(s);
            let n = s.notice();
            s.reacts(ALICE, n);
        },
        LINK,
        "Alice",
        Some(Escalated),
    ),
    (
        "a late reply still answers",
        |s| {
            escalated(s);
            s.says(ALICE, 0);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "words of the manager in the thread",
        |s| {
            escalated(s);
            let n = s.notice();
            s.says(MIA, n);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "words of the manager elsewhere",
        |s| {
            escalated(s);
            s.says(MIA, 0);
        },
        LINK,
        "Alice",
        Some(Escalated),
    ),
    (
        "words of the manager before the escalation",
        |s| {
            asked(s);
            let n = s.notice();
            s.says(MIA, n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "words of the manager are for all of their people there",
        |s| {
            escalated_for_two(s);
            let n = s.notice();
            s.says(MIA, n);
        },
        LINK,
        "Bob",
        Some(Answered),
    ),
    (
        "a reaction of the manager",
        |s| {
            escalated(s);
            let n = s.notice();
            s.reacts(MIA, n);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "a Support Operations Manager where a manager was",
        |s| {
            escalated(s);
            let n = s.notice();
            s.says(NADIA, n);
        },
        LINK,
        "Alice",
        Some(Escalated),
    ),
    (
        "a Support Operations Manager where no manager was",
        |s| {
            s.person("Alice").reports_to = Field::Absent;
            escalated(s);
            let n = s.notice();
            s.says(NADIA, n);
        },
        LINK,
        "Alice",
        Some(Answered),
    ),
    (
        "a subject's own words are no answer for another",
        |s| {
            escalated_for_two(s);
            s.says(BOB, 0);
        },
        LINK,
        "Alice",
        Some(Escalated),
    ),
    (
        "an operator's unmarked words",
        |s| {
            asked(s);
            let n = s.notice();
            s.says(OTTO, n);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "GitLab's own notes",
        |s| {
            asked(s);
            let n = s.says(ALICE, 0);
            s.world.issue.notes.last_mut().expect("it").system = true;
            assert!(n > 0);
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "an answer by e-mail, recorded",
        |s| {
            vera(s);
            send_to_vera(s);
            let subject = vera_key().subject;
            s.command(OTTO, &Command::Answered { subject });
        },
        OUT,
        "V",
        Some(Answered),
    ),
    (
        "asked again, the old answer is spent",
        |s| {
            asked(s);
            s.says(ALICE, 0);
            ask_again(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "a reaction to the old notice is spent",
        |s| {
            asked(s);
            let n = s.notice();
            s.reacts(ALICE, n);
            ask_again(s, LINK, "Alice");
        },
        LINK,
        "Alice",
        Some(Waiting),
    ),
    (
        "changed evidence starts nothing after an answer",
        |s| {
            s.account("Alice").link = Field::Value(page("al"));
            s.follow_up();
            s.says(ALICE, 0);
            s.account("Alice").link = Field::Value(page("ally"));
            s.pass(HOUR).read();
        },
        MISMATCH,
        "Alice",
        Some(Answered),
    ),
    (
        "answered and then fixed",
        |s| {
            asked(s);
            s.says(ALICE, 0);
            s.person("Alice").link = Field::Value(page("alice"));
            s.pass(HOUR).read();
        },
        LINK,
        "Alice",
        Some(Fixed),
    ),
];

#[test]
fn answers_count_from_whom_they_should() {
    check_states(ANSWERS_COUNT_FROM_WHOM_THEY_SHOULD);
}
