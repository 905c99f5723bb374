//! What counts as decided, and what may be removed.

use super::*;
use crate::accounts::Accounts;
use crate::evaluation::Sources;
use crate::input::SourceFile;
use crate::kinds::Kind;
use crate::roster::{OperationsTeam, parse};
use crate::steps::removal::{self, Limits, Record, Refusal};

const ACCOUNTS: &str = "\
Name,Email,Role
Ada,ada@x.example,Owner
Bob,bob@x.example,User
Cid,cid@x.example,User
Dan,dan@x.example,User
X,x@y.example,User
Me,me@y.example,Admin
Own,own@y.example,Owner
";

fn evaluation(accounts: &str) -> Evaluation {
    let team = ["ada", "bob", "cid", "dan"]
        .map(|name| format!("- name: {name}\n  email: {name}@x.example\n"))
        .concat();
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
    let (roster, problems) = parse(&[file("team.yaml", &team)], &OperationsTeam::default());
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let accounts = Accounts::from_file(Kind::Calendly, &file("users.csv", accounts), now).unwrap();
    let sources = Sources { roster, accounts: Some(accounts), problems, ..Sources::default() };
    Evaluation::new(Kind::Calendly, &Policy::default(), sources, "2026-11-22".parse().unwrap())
}

fn marker() -> Marker {
    Marker { kind: Kind::Calendly, period: "FY28-Q1".parse().unwrap(), marked: Marked::Issue }
}

fn typed(email: &str, justification: &str, decision: &str) -> Typed {
    let [email, justification, decision] = [email, justification, decision].map(str::to_owned);
    Typed { email, justification, decision }
}

/// The comment that confirms what was typed.
fn confirmed(evaluation: &Evaluation, typed: &Typed) -> String {
    let policy = Policy::default();
    let decisions = decisions(evaluation, &policy, marker(), std::slice::from_ref(typed), &[]);
    let [proposal] = decisions.proposals.as_slice() else { panic!("{decisions:?}") };
    match confirm(evaluation, &policy, marker(), 7, "ivelderman", proposal).unwrap() {
        Action::Comment { body, .. } => body,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_typed_is_a_proposal_and_what_is_confirmed_counts() {
    let evaluation = evaluation(ACCOUNTS);
    let keep = typed("x@y.example", "books @all demos", "**Keep**");
    let body = confirmed(&evaluation, &keep);
    assert!(
        body.starts_with("Decided to keep the account `x@y.example`.\n\n- Reason: `books @all"),
        "{body}"
    );
    let decide = |typed: &[Typed], author: &str, policy: &Policy| {
        decisions(&evaluation, policy, marker(), typed, &[Comment { body: &body, author }])
    };
    let policy = Policy::default();
    let again = decide(std::slice::from_ref(&keep), "ivelderman", &policy);
    assert_eq!(again.confirmed.get("x@y.example"), Some(&Decision::Keep));
    assert_eq!(again.proposals, []);
    assert!(again.rulings["x@y.example"].is_confirmed);
    // Another word in the cell is another proposal, and what was confirmed stands meanwhile.
    for changed in [typed("x@y.example", "gone", "keep"), typed("x@y.example", "gone", "remove")] {
        let other = decide(&[changed], "ivelderman", &policy);
        assert_eq!((other.confirmed.len(), other.proposals.len()), (1, 1));
        assert!(!other.rulings["x@y.example"].is_confirmed);
    }
    // Cells that were emptied take nothing back.
    assert_eq!(decide(&[], "ivelderman", &policy).confirmed.len(), 1);
    // Nobody decides about their own account.
    let mut own = Policy::default();
    own.handles.insert("X@y.example".to_owned(), "xerxes".to_owned());
    let by_self = decide(&[keep], "Xerxes", &own);
    assert_eq!((by_self.confirmed.len(), by_self.proposals.len()), (0, 1));
    let proposal = &by_self.proposals[0];
    assert_eq!(confirm(&evaluation, &own, marker(), 7, "xerxes", proposal), None);
    assert!(confirm(&evaluation, &own, marker(), 7, "ivelderman", proposal).is_some());
}

#[test]
fn a_decision_is_about_the_account_as_it_was() {
    let before = evaluation(ACCOUNTS);
    let body = confirmed(&before, &typed("x@y.example", "demos", "keep"));
    let comments = [Comment { body: &body, author: "ivelderman" }];
    let now = evaluation(&ACCOUNTS.replace("X,x@y.example,User", "X,x@y.example,Admin"));
    let decisions =
        |evaluation| decisions(evaluation, &Policy::default(), marker(), &[], &comments);
    assert_eq!(decisions(&before).confirmed.len(), 1);
    assert_eq!(decisions(&now).confirmed.len(), 0);
}

#[test]
fn what_cannot_be_confirmed_is_told() {
    let evaluation = evaluation(ACCOUNTS);
    for (justification, cell, expected) in [
        ("", "keep", "`x@y.example` is to be kept, without a justification"),
        ("demos", "", "`x@y.example` has a justification and no decision"),
        ("demos", "ask Bob", "`x@y.example` has a decision that is neither `keep` nor `remove`"),
    ] {
        let typed = [typed("x@y.example", justification, cell)];
        let decisions = decisions(&evaluation, &Policy::default(), marker(), &typed, &[]);
        let unclear: Vec<_> = decisions.unclear.iter().map(ToString::to_string).collect();
        assert_eq!((unclear, decisions.proposals), (vec![expected.to_owned()], vec![]));
    }
    assert_eq!(Decision::parse(" `REMOVE`. "), Some(Decision::Remove));
    assert_eq!(Decision::parse("do not remove"), None);
}

fn removed(
    accounts: &str,
    emails: &[&str],
    confirmed: &[&str],
    max_share: u8,
) -> Result<Vec<String>, Refusal> {
    let evaluation = evaluation(accounts);
    let decided = emails.iter().map(|it| ((*it).to_owned(), Decision::Remove));
    let decisions = Decisions { confirmed: decided.collect(), ..Decisions::default() };
    let confirmed: Vec<String> = confirmed.iter().map(|it| (*it).to_owned()).collect();
    let limits = Limits { max_share, own: "Me@y.example" };
    let record = Record { iid: 7, marker: marker(), comments: &[] };
    let plan = removal::plan(&evaluation, &decisions, limits, &confirmed, &record)?;
    let line = |action: &Action| match action {
        Action::Remove(removal) => removal.email.clone(),
        Action::Comment { marker, .. } => marker.marked.as_str().to_owned(),
        other => panic!("{other:?}"),
    };
    Ok(plan.actions.iter().map(line).collect())
}

#[test]
fn only_those_are_removed_whose_removal_is_decided_and_confirmed() {
    let x = "x@y.example";
    let undecided = |email: &str| Err(Refusal::Undecided(email.to_owned()));
    assert_eq!(
        removed(ACCOUNTS, &[x], &["X@Y.example", x], 25),
        Ok(vec![x.to_owned(), "removed".to_owned()])
    );
    assert_eq!(removed(ACCOUNTS, &[x], &[], 25), Ok(vec![]));
    assert_eq!(removed(ACCOUNTS, &[], &[x], 25), undecided(x));
    // Somebody of the team, the owner, oneself.
    assert_eq!(
        removed(ACCOUNTS, &["bob@x.example"], &["bob@x.example"], 25),
        undecided("bob@x.example")
    );
    for email in ["own@y.example", "me@y.example"] {
        let refused = removed(ACCOUNTS, &[email], &[email], 25);
        assert!(matches!(&refused, Err(Refusal::Stays(it, _)) if it == email), "{refused:?}");
        assert_eq!(removed(ACCOUNTS, &[email], &[], 25), Ok(vec![]));
    }
    let many = format!("{ACCOUNTS}Z,z@y.example,User\n");
    let both = [x, "z@y.example"];
    assert_eq!(removed(&many, &both, &both, 25).unwrap().len(), 4);
    assert_eq!(removed(&many, &both, &both, 24), Err(Refusal::TooMany { removed: 2, all: 8 }));
}

#[test]
fn nobody_is_removed_while_it_is_in_doubt_who_is_an_outsider() {
    let x = ["x@y.example"];
    let cut = ACCOUNTS.trim_end();
    assert!(matches!(removed(cut, &x, &x, 25), Err(Refusal::Unknown(_))));
}

#[test]
fn a_removal_that_was_not_recorded_is_recorded_later() {
    let before = evaluation(ACCOUNTS);
    let remove = confirmed(&before, &typed("x@y.example", "", "remove"));
    let keep = confirmed(&before, &typed("x@y.example", "demos", "keep"));
    let after = evaluation(&ACCOUNTS.replace("X,x@y.example,User\n", ""));
    let plan = |evaluation: &Evaluation, bodies: &[&str], confirmed: &[String]| {
        let comments: Vec<_> =
            bodies.iter().map(|body| Comment { body, author: "ivelderman" }).collect();
        let record = Record { iid: 7, marker: marker(), comments: &comments };
        let limits = Limits { max_share: 25, own: "me@y.example" };
        let plan = removal::plan(evaluation, &Decisions::default(), limits, confirmed, &record)?;
        let body = |action: Action| match action {
            Action::Comment { body, .. } => body,
            other => panic!("{other:?}"),
        };
        Ok(plan.actions.into_iter().map(body).collect::<Vec<_>>())
    };
    let planned = |evaluation: &Evaluation, bodies: &[&str]| plan(evaluation, bodies, &[]).unwrap();
    let recorded = planned(&after, &[&keep, &remove]);
    assert!(recorded[0].starts_with("The account `x@y.example` was removed"), "{recorded:?}");
    for bodies in [&[&*remove, &*recorded[0]][..], &[&*remove, &*keep], &[&*keep], &[]] {
        assert_eq!(planned(&after, bodies), [""; 0]);
    }
    assert_eq!(planned(&before, &[&remove]), [""; 0]);
    // Who confirms it again, as by the same command, is told that nothing is left to do.
    let x = ["X@y.example".to_owned()];
    assert_eq!(plan(&after, &[&remove], &x), Ok(recorded.clone()));
    assert_eq!(plan(&after, &[&remove, &recorded[0]], &x), Ok(vec![]));
    assert_eq!(plan(&after, &[&keep], &x), Err(Refusal::Undecided(x[0].clone())));
}
