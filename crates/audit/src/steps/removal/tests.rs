//! Who is removed, who stays, and what is recorded.

use expect_test::expect;

use super::*;
use crate::followup::samples::*;
use crate::followup::{NoteRef, Verdict};
use crate::identity::AccountId;
use crate::record::marker::Marker;

const LIMITS: Limits<'_> = Limits { max_share: 25, own: "otto@x.example" };

fn to_remove() -> Entry {
    entry(OUTSIDER, "user", State::ToRemove(decision(Verdict::Remove, "left")))
}

fn removed(record: Option<NoteRef>) -> Entry {
    let decision = decision(Verdict::Remove, "left");
    entry(OUTSIDER, "user", State::Removed { decision, record })
}

fn planned(sample: &Sample, entry: Entry, confirmed: &[&str]) -> Result<Plan, Refusal> {
    let cases = sample.cases(vec![sample.case("vera@y.example", vec![entry])]);
    let confirmed: Vec<String> = confirmed.iter().map(|name| (*name).to_owned()).collect();
    plan(&sample.input(), &cases, LIMITS, &confirmed)
}

#[test]
fn a_removal_is_recorded_with_what_it_was_about() {
    let plan = planned(&Sample::new(), to_remove(), &["Vera@Y.example", "vera@y.example"]).unwrap();
    let [Action::Remove(removal), Action::Comment { body, marker, .. }] = plan.actions.as_slice()
    else {
        panic!("{plan}")
    };
    assert_eq!((removal.name(), removal.role.as_deref()), ("vera@y.example", Some("user")));
    assert_eq!(Marker::of_comment(body).as_ref(), Some(marker));
    expect![[r#"
        Removed (1):

        - The account `vera@y.example` was removed from the Calendly organisation. A fresh read of the accounts confirmed that it is gone.

        <!-- support-audit v1 calendly FY28-Q1 removal removed/outsider/e71ade844cebe33b5/04f8996d/1/at=20270201T090000Z/account=0123456789abcdef -->"#]].assert_eq(body);
}

#[test]
fn nobody_else_is_removed() {
    let sample = Sample::new();
    assert!(planned(&sample, to_remove(), &[]).unwrap().is_empty());
    let undecided = planned(&sample, to_remove(), &["bob@x.example"]);
    assert_eq!(undecided, Err(Refusal::Undecided("bob@x.example".to_owned())));
    let answered = planned(&sample, entry(OUTSIDER, "user", State::Answered), &["vera@y.example"]);
    assert!(matches!(answered, Err(Refusal::Undecided(_))));
    let cases = sample.cases(vec![sample.case("vera@y.example", vec![to_remove()])]);
    let own = Limits { own: "Vera@y.example", ..LIMITS };
    let stays = plan(&sample.input(), &cases, own, &["vera@y.example".to_owned()]);
    assert!(matches!(stays, Err(Refusal::Stays(_, "is your own: another admin has to remove it"))));
}

#[test]
fn an_owner_is_never_removed() {
    let mut sample = Sample::new();
    for account in &mut sample.evaluation.accounts.as_mut().unwrap().list {
        account.role = Some(OWNER.to_owned());
    }
    let stays = planned(&sample, to_remove(), &["vera@y.example"]);
    assert!(matches!(stays, Err(Refusal::Stays(_, reason)) if reason.starts_with("is an owner")));
}

#[test]
fn one_account_is_never_too_many_and_several_may_be() {
    let sample = Sample::new();
    // One of three accounts is more than 25 %.
    assert!(planned(&sample, to_remove(), &["vera@y.example"]).is_ok());
    let cases = sample.cases(vec![
        sample.case("vera@y.example", vec![to_remove()]),
        sample.case_of_account("bob@x.example", vec![to_remove()]),
    ]);
    let both = ["vera@y.example".to_owned(), "bob@x.example".to_owned()];
    let refused = plan(&sample.input(), &cases, LIMITS, &both);
    assert_eq!(refused, Err(Refusal::TooMany { removed: 2, all: 3 }));
    let all = Limits { max_share: 100, ..LIMITS };
    assert_eq!(plan(&sample.input(), &cases, all, &both).unwrap().actions.len(), 4);
}

#[test]
fn a_removal_without_a_record_is_recorded_once_it_is_confirmed_again() {
    let sample = Sample::new();
    let plan = planned(&sample, removed(None), &["vera@y.example"]).unwrap();
    assert!(matches!(plan.actions.as_slice(), [Action::Comment { .. }]), "{plan}");
    assert!(planned(&sample, removed(None), &[]).unwrap().is_empty());
    let note = decision(Verdict::Remove, "").note;
    assert!(planned(&sample, removed(Some(note)), &["vera@y.example"]).unwrap().is_empty());
}

#[test]
fn several_accounts_at_one_address_are_named_one_by_one() {
    let mut sample = Sample::new();
    let list = &mut sample.evaluation.accounts.as_mut().unwrap().list;
    for (number, account) in list.iter_mut().enumerate() {
        account.email = Some("vera@y.example".to_owned());
        account.id = AccountId::new(format!("https://api/users/{number}"));
    }
    let cases = sample.cases(
        [0, 2].into_iter().map(|index| sample.case_of_index(index, vec![to_remove()])).collect(),
    );
    let named = |name: &str| plan(&sample.input(), &cases, LIMITS, &[name.to_owned()]);
    assert!(matches!(named("vera@y.example"), Err(Refusal::Several(_, ids)) if ids.len() == 2));
    let plan = named("https://api/users/0").unwrap();
    let [Action::Remove(removal), _] = plan.actions.as_slice() else { panic!("{plan}") };
    assert_eq!(removal.id, AccountId::new("https://api/users/0"));
    let (candidates, _) = candidates(&sample.input(), &cases, LIMITS).unwrap();
    assert_eq!(candidates[0].name, "https://api/users/0");
}
