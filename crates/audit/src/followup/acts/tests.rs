//! What an operator records, and what no operator may.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{AskedHow, Cases, Doubt, DoubtReason, Due, Selection, plan_cases};

const NOW: &str = "2027-02-05T09:00:00Z";

fn sample() -> Sample {
    let mut sample = Sample::new();
    sample.now = at(NOW);
    sample
}

fn do_acts(sample: &Sample, cases: &Cases, acts: Vec<Act>) -> Result<Due, Refusal> {
    plan_cases(&sample.input(), cases, &Selection { acts, ..Selection::default() })
}

fn accept(finding: &str, reason: &str) -> Act {
    Act::Accept { findings: vec![finding.to_owned()], reason: reason.to_owned() }
}

fn again(finding: &str) -> Act {
    Act::AskAgain { findings: vec![finding.to_owned()], reason: "Please look.".to_owned() }
}

fn sent(subject: &str, note: Option<u64>) -> Act {
    Act::Sent { subject: subject.to_owned(), note }
}

/// The body of the one comment that is planned.
fn body(due: &Due) -> &str {
    match due.plan.actions.as_slice() {
        [Action::Comment { body, .. } | Action::EditComment { body, .. }] => body,
        [Action::Notice(notice)] => &notice.parts[0].body,
        actions => panic!("{actions:?}"),
    }
}

fn doubt(reason: DoubtReason) -> State {
    State::InDoubt(Doubt { reason, subjects: vec!["Ada".to_owned()], notes: Vec::new() })
}

fn cases(sample: &Sample) -> Cases {
    let answered = |id| asked(id, "", State::Answered, AskedHow::Mentioned);
    let waiting = State::Waiting { until: Some(sample.now) };
    sample.cases(vec![
        sample.case(
            "Ada Bianchi",
            vec![answered("link-missing"), entry("account-missing", "", State::NotAsked)],
        ),
        sample.case(
            "Bob Stone",
            vec![
                asked("link-shared", "x", waiting, AskedHow::Mentioned),
                entry("admin-missing", "user", State::NotAsked),
            ],
        ),
        sample.case("Otto Ohm", vec![answered("link-missing")]),
        sample.case("Max Moritz", vec![entry("link-missing", "", State::NotAsked)]),
        sample.case("Mia Moss", vec![entry("link-missing", "", State::Fixed)]),
        sample.case(
            "Dan Under",
            vec![
                entry("link-missing", "", doubt(DoubtReason::FormerId)),
                entry("account-missing", "", doubt(DoubtReason::SharedId)),
            ],
        ),
        sample.case(
            "vera@y.example",
            vec![asked("outsider", "user", State::Answered, AskedHow::Sent)],
        ),
    ])
}

#[test]
fn one_record_holds_all_acts_of_a_run() {
    let sample = sample();
    let cases = cases(&sample);
    let acts = vec![
        accept("link-missing:ada@x.example", "on leave"),
        accept("outsider:vera@y.example", "books demos"),
        Act::Remove {
            finding: "outsider:vera@y.example".to_owned(),
            reason: "no: left".to_owned(),
        },
        sent("max", None),
        sent("max@x.example", None),
        Act::Answered { subject: "bob".to_owned(), reason: "is on it".to_owned() },
    ];
    // `max` is no name of anybody.
    assert_eq!(do_acts(&sample, &cases, acts.clone()), Err(Refusal::NoSuch("max".to_owned())));
    let acts = acts.into_iter().filter(|act| *act != sent("max", None)).collect();
    let due = do_acts(&sample, &cases, acts).unwrap();
    let text = body(&due);
    expect![[r#"
        Accepted as they are (2):

        - `link-missing` of `Ada Bianchi`: `on leave`
        - `outsider` `vera@y.example`, kept: `books demos`

        To be removed (1):

        - `outsider` `vera@y.example`: `no: left`

        Asked outside this issue (1):

        - `link-missing` of `Max Moritz`, on 5 February

        Answered outside this issue (1):

        - `link-shared` of `Bob Stone`: `is on it`

        <!-- support-audit v1 calendly FY28-Q1 record accept/link-missing/ud901af4ccd999979+ed5e059495ea6a82d/e3b0c442/1/at=20270205T090000Z keep/outsider/e71ade844cebe33b5/04f8996d/1/at=20270205T090000Z/account=0123456789abcdef remove/outsider/e71ade844cebe33b5/04f8996d/1/at=20270205T090000Z/account=0123456789abcdef sent/link-missing/e09ca4893b253fa98/e3b0c442/1/at=20270205T090000Z/due=20270208T090000Z answered/link-shared/u0cbd316cf0b392a6+ed6440f084120b555/2d711642/1/at=20270205T090000Z -->"#]].assert_eq(text);
    let reasons = crate::followup::record::read_reasons(text, 5).unwrap();
    assert_eq!(reasons, ["on leave", "books demos", "no: left", "", "is on it"]);
}

#[test]
fn the_next_act_is_added_by_an_edit() {
    let mut sample = sample();
    let due = do_acts(&sample, &cases(&sample), vec![accept("link-missing:ada", "one")]).unwrap();
    let posted =
        PostedRecord { note: 40, body: body(&due).to_owned(), record: due.record.clone().unwrap() };
    sample.say(40, (1005, "otto"), &posted.body);
    let next = |sample: &Sample| {
        let acts = vec![accept("outsider:vera@y.example", "two")];
        let selection = Selection { acts, record: Some(posted.clone()), ..Selection::default() };
        plan_cases(&sample.input(), &cases(sample), &selection).unwrap().plan.actions.remove(0)
    };
    let Action::EditComment { note: 40, expected, body, .. } = next(&sample) else { panic!() };
    assert_eq!(expected, posted.body);
    assert_eq!(crate::followup::record::read_reasons(&body, 2).unwrap(), ["one", "two"]);
    // Somebody has changed it: a new record begins.
    sample.conversation.threads[0].notes[0].body.push_str("\n\nEdited.");
    let Action::Comment { body, .. } = next(&sample) else { panic!() };
    assert_eq!(crate::followup::record::read_reasons(&body, 1).unwrap(), ["two"]);
}

#[test]
fn asking_again_is_one_notice_with_these_findings_alone() {
    let sample = sample();
    let cases = cases(&sample);
    let due = do_acts(&sample, &cases, vec![again("link-missing:ada")]).unwrap();
    expect![[r#"
        **Calendly access review FY28-Q1.** 1 person has something to fix or to explain. **Please do so by Monday 8 February 2027, 09:00 UTC.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if "on it" is all you would say, a 👍 will do.

        - @ada: thank you for your reply; this is still open. `otto` writes: `Please look.` No Calendly link in [your entry](https://gitlab.example/team/-/blob/master/data/team.yaml#L1) (`link-missing`)

        **How to fix.** `link-missing`: add `calendly: https://calendly.com/` followed by the name of your page.

        Without a fix or a reply by then, your manager and the Support Operations Manager are asked to help.

        <!-- support-audit v1 calendly FY28-Q1 notice again/link-missing/ud901af4ccd999979+ed5e059495ea6a82d/e3b0c442/1/at=20270205T090000Z/to=1001 ask/link-missing/ud901af4ccd999979+ed5e059495ea6a82d/e3b0c442/2/at=20270205T090000Z/due=20270208T090000Z/to=1001 lines=2x2 -->"#]].assert_eq(body(&due));
    // Whoever was just asked is not asked once more.
    let due = do_acts(&sample, &cases, vec![again("link-shared:bob")]).unwrap();
    assert!(due.plan.is_empty() && due.plan.notes[0].contains("is waiting until"), "{}", due.plan);
}

#[test]
fn no_operator_may_do_these() {
    let mut sample = sample();
    sample.policy.handles = [("vera@y.example".to_owned(), "Otto".to_owned())].into();
    let cases = cases(&sample);
    let remove = |finding: &str| Act::Remove { finding: finding.to_owned(), reason: String::new() };
    for (act, expected, is_usage) in [
        (accept("link-missing:otto", "mine"), "is about you", false),
        (accept("outsider:vera@y.example", "mine"), "is about you", false),
        (remove("outsider:vera@y.example"), "is about you", false),
        (accept("account-missing:dan@x.example", "x"), "correct the roster first", false),
        (again("account-missing:dan@x.example"), "correct the roster first", false),
        (sent("dan@x.example", None), "is in doubt", false),
        (accept("link-missing:mia", "x"), "is fixed", false),
        (again("link-missing:max@x.example"), "no GitLab username is known", false),
        (again("admin-missing:bob"), "is for the operators", true),
        (remove("link-missing:ada"), "is not about an outsider", true),
        (accept("link-missing:zoe", "x"), "there is no finding", true),
        (accept("link-missing", "x"), "there is no finding", true),
        (sent("mia", None), "there is nothing to send", true),
        (sent("max@x.example", Some(99)), "comment 99 is not", true),
        (
            Act::Answered { subject: "max@x.example".to_owned(), reason: "x".to_owned() },
            "was not asked",
            true,
        ),
    ] {
        let refusal = do_acts(&sample, &cases, vec![act.clone()]).unwrap_err();
        assert!(refusal.to_string().contains(expected), "{act:?}: {refusal}");
        assert_eq!(refusal.is_usage(), is_usage, "{refusal}");
    }
    // A doubt that is not the roster's ends by an operator's word.
    for act in [accept("link-missing:dan@x.example", "x"), again("link-missing:dan@x.example")] {
        assert!(!do_acts(&sample, &cases, vec![act]).unwrap().plan.is_empty());
    }
}

#[test]
fn what_was_asked_by_hand_counts_from_that_comment() {
    let mut sample = sample();
    sample.now = at("2027-02-03T08:00:00Z");
    sample.say(7, (1005, "otto"), "Max, please look.");
    sample.say(8, (1002, "bob"), "Me too.");
    sample.now = at(NOW);
    let cases = cases(&sample);
    let due = do_acts(&sample, &cases, vec![sent("max@x.example", Some(7))]).unwrap();
    let text = body(&due);
    assert!(text.contains("at=20270203T080000Z/due=20270206T080000Z"), "{text}");
    assert!(text.contains("on 3 February"), "{text}");
    let strangers = do_acts(&sample, &cases, vec![sent("max@x.example", Some(8))]);
    assert_eq!(strangers, Err(Refusal::NoSuchNote(8)));
}

#[test]
fn the_same_words_are_not_recorded_twice() {
    let sample = sample();
    let kept = decision(Verdict::Keep { until: None }, "books demos");
    let state = State::Justified(Justification::Decision(kept));
    let cases =
        sample.cases(vec![sample.case("vera@y.example", vec![entry("outsider", "user", state)])]);
    let again = do_acts(&sample, &cases, vec![accept("outsider:vera@y.example", "books demos")]);
    assert!(again.unwrap().plan.is_empty());
    let other = do_acts(&sample, &cases, vec![accept("outsider:vera@y.example", "paid for")]);
    assert!(!other.unwrap().plan.is_empty());
}

#[test]
fn a_strangers_marker_keeps_an_operator_from_deciding_and_a_like_name_does_not() {
    let sample = sample();
    let note = decision(Verdict::Accept, "").note;
    for (hold, is_refused) in
        [(Hold::ForeignMarker(note), true), (Hold::Suggestion(Vec::new()), false)]
    {
        let entry = entry("account-missing", "", State::Held(hold));
        let cases = sample.cases(vec![sample.case("Ada Bianchi", vec![entry])]);
        let acts = vec![accept("account-missing:ada@x.example", "on leave")];
        let due = do_acts(&sample, &cases, acts);
        assert_eq!(due.is_err(), is_refused, "{due:?}");
    }
}
