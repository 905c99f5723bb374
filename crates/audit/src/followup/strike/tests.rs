//! What is taken back where two operators asked at the same time.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{AskedHow, Cases, Selection, State, plan_cases};

fn cases(sample: &Sample) -> Cases {
    sample.cases(vec![
        sample.case("Ada Bianchi", vec![entry("link-missing", "", State::NotAsked)]),
        sample.case("Bob Stone", vec![entry("link-missing", "", State::NotAsked)]),
        sample.case(
            "Dan Under",
            vec![asked("account-missing", "", State::Overdue, AskedHow::Mentioned)],
        ),
        sample.case("Mia Moss", vec![entry("account-missing", "", State::Fixed)]),
    ])
}

/// The notice that a run posts for a selection of people.
fn notice(sample: &Sample, only: &[&str]) -> String {
    let only = only.iter().map(|name| (*name).to_owned()).collect();
    let selection = Selection { only, ..Selection::default() };
    let due = plan_cases(&sample.input(), &cases(sample), &selection).unwrap();
    match due.plan.actions.as_slice() {
        [Action::Notice(notice)] => notice.parts[0].body.to_string(),
        actions => panic!("{actions:?}"),
    }
}

fn corrected(sample: &Sample, author: u64) -> Vec<Action> {
    let operators = BTreeSet::from([1005, 1007]);
    corrections(&sample.conversation, Sample::header(), &operators, author, 1)
}

#[test]
fn a_notice_that_says_the_same_is_deleted_by_its_author() {
    let mut sample = Sample::new();
    let body = notice(&sample, &[]);
    sample.say(11, (1007, "sam"), &body);
    sample.say(10, (1005, "otto"), &body);
    assert_eq!(corrected(&sample, 1005), []);
    let deleted = Action::DeleteComment { iid: 1, note: 11, expected: body.clone() };
    assert_eq!(corrected(&sample, 1007), [deleted]);
    // Somebody replied in it: it stays, without its lines.
    let mut reply = sample.conversation.threads[0].notes[0].clone();
    (reply.id, reply.author, reply.body) = (12, user(1001, "ada"), "On it.".to_owned());
    sample.conversation.threads[0].notes.push(reply);
    let actions = corrected(&sample, 1007);
    let [Action::EditComment { note: 11, body, .. }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert!(!body.contains("@ada") && !body.contains("@otto"), "{body}");
    assert_eq!(Marker::of_comment(body).unwrap().content.steps(), []);
}

#[test]
fn doubled_lines_are_struck_and_the_others_stay() {
    let mut sample = Sample::new();
    let (first, second) = (notice(&sample, &["ada", "dan@x.example"]), notice(&sample, &[]));
    sample.say(10, (1005, "otto"), &first);
    sample.say(11, (1007, "sam"), &format!("{second}\n\nA tail."));
    let actions = corrected(&sample, 1007);
    let [Action::EditComment { note: 11, body, marker, .. }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    expect![[r#"
        **Calendly access review FY28-Q1.** 2 people have something to fix or to explain. **Please do so by Thursday 4 February 2027, 09:00 UTC.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if "on it" is all you would say, a 👍 will do.

        - @bob: no Calendly link in [your entry](https://gitlab.example/team/-/blob/master/data/team.yaml#L5) (`link-missing`)

        **How to fix.** `link-missing`: add `calendly: https://calendly.com/` followed by the name of your page.

        Without a fix or a reply by then, your manager and the Support Operations Manager are asked to help.

        @nadia: 1 person and 1 manager are named above; nothing is needed from you unless you want to help.

        **Settled.** Confirmed as fixed: `account-missing` of `Mia Moss`. Thank you.

        What an earlier notice asks already was taken out of this one.

        <!-- support-audit v1 calendly FY28-Q1 notice ask/link-missing/u0cbd316cf0b392a6+ed6440f084120b555/e3b0c442/1/at=20270201T090000Z/due=20270204T090000Z/to=1002 fixed/account-missing/u98927dfb9d8b4908+e8dc0d224ac31f695/e3b0c442/1/at=20270201T090000Z lines=2x1+10x1 -->

        A tail."#]].assert_eq(body);
    assert_eq!(Marker::of_comment(body).as_ref(), Some(marker));
    // Once it is struck, nothing is left to do.
    sample.conversation.threads[1].notes[0].body = body.to_string();
    assert_eq!(corrected(&sample, 1007), []);
}

#[test]
fn what_is_not_the_same_is_not_struck() {
    let mut sample = Sample::new();
    let body = notice(&sample, &["ada"]);
    sample.say(10, (1005, "otto"), &body);
    for (id, other) in [
        (11, body.replace("/1/at=", "/2/at=")),
        (12, body.replace("ask/link-missing", "ask/link-malformed")),
        (13, body.replace("/to=1001", "/to=1002")),
        (14, body.replace("FY28-Q1 notice", "FY28-Q3 notice")),
        (15, body.replace(" notice ", " record ")),
    ] {
        assert_ne!(body, other);
        sample.say(id, (1007, "sam"), &other);
    }
    // Nor is what a stranger wrote before.
    let mut strangers = Sample::new();
    strangers.say(9, (1002, "bob"), &body);
    strangers.say(10, (1005, "otto"), &body);
    assert_eq!(corrected(&sample, 1007), []);
    assert_eq!(corrected(&strangers, 1005), []);
}

/// A notice with one step of the marker, changed.
fn changed(body: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(body.to_owned(), |body, (from, to)| body.replace(from, to))
}

#[test]
fn a_namesake_and_whoever_takes_over_an_address_are_others() {
    let mut sample = Sample::new();
    let body = notice(&sample, &["dan@x.example"]);
    let marker = Marker::of_comment(&body).unwrap();
    let [step] = marker.content.steps() else { panic!("{marker}") };
    let id = step.keys.iter().find(|key| key.kind == KeyKind::GitLabId).map(Key::to_string);
    let email = step.keys.iter().find(|key| key.kind == KeyKind::Email).unwrap().to_string();
    let (other_id, other_email) = ("u0123456789abcdef", "e0123456789abcdef");
    sample.say(10, (1005, "otto"), &body);
    let id = id.expect("Dan has an id");
    sample.say(11, (1007, "sam"), &changed(&body, &[(&id, other_id)]));
    sample.say(12, (1007, "sam"), &changed(&body, &[(&id, other_id), (&email, other_email)]));
    // The last one has the id of the one before it: they are one.
    let actions = corrected(&sample, 1007);
    assert!(matches!(actions.as_slice(), [Action::DeleteComment { note: 12, .. }]), "{actions:?}");
}

#[test]
fn an_escalation_is_said_again_after_a_later_ask() {
    let mut sample = Sample::new();
    let help = notice(&sample, &["dan@x.example"]);
    let ask = changed(&help, &[(" notice escalate/", " notice ask/")]);
    assert_ne!(help, ask);
    sample.say(10, (1005, "otto"), &help);
    sample.say(11, (1005, "otto"), &ask);
    sample.say(12, (1005, "otto"), &help);
    assert_eq!(corrected(&sample, 1005), []);
    sample.say(13, (1005, "otto"), &help);
    let actions = corrected(&sample, 1005);
    assert!(matches!(actions.as_slice(), [Action::DeleteComment { note: 13, .. }]), "{actions:?}");
}
