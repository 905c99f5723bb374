//! An open audit, kept as files, is read, continued and finished.
//!
//! Markers, stamps and the heads of tables are in people's issues, and outlive the program that wrote them.
//! The files in `v1` are an audit of the demo world as the program and its people left it in GitLab: the
//! description, the comments with their reactions, the users, and the roster and the accounts at that time.
//! Those in `v1/fixed` are the roster and the accounts once everybody has fixed what was found.
//!
//! **The files are never changed.**
//! Every later version must still read, continue and finish this audit, whatever it writes itself.
//! A new form gets a new folder beside `v1`.

#![cfg(test)]
#![expect(unreachable_pub, reason = "the modules of one test crate share these items")]

mod audit;

use ::audit::record::conversation::check_unmarked_issue;
use ::audit::record::description::{Adopt, write};
use ::audit::steps::review;
use expect_test::expect;

use self::audit::{Audit, DESCRIPTION};

const ROSTER: &str = include_str!("v1/roster.yaml");
const ACCOUNTS: &str = include_str!("v1/accounts.json");
const FIXED_ROSTER: &str = include_str!("v1/fixed/roster.yaml");
const FIXED_ACCOUNTS: &str = include_str!("v1/fixed/accounts.json");

/// The entry of a person who joins the team later.
const NEWCOMER: &str = "- name: Noor Newcomer\n  email: noor@example.com\n  \
                        reports_to: Rosalind Achterberg\n  gitlab: {id: 990001, username: noor}\n";

#[test]
fn every_state_is_derived_as_it_was() {
    let audit = Audit::read(ROSTER, ACCOUNTS, 1);
    check_unmarked_issue(&audit.conversation, &audit.operators).unwrap_err();
    expect![[r#"
        owner-count:organization 1 waiting
        admin-unexpected:carrieta@example.com 1 waiting
        link-missing:ebrightwater@example.com 1 fixed
        outsider:guest@partner.example 1 justified
        link-shared:hdhillonwhyte@example.com 1 escalated
        manager-unresolved:mihirose@example.com 1 waiting
        link-mismatch:pstclairboone@example.com 1 escalated
        link-shared:priyamr@example.com 1 escalated
        account-missing:taaseby@example.com 1 justified
        admin-missing:wambuinh@example.com 1 waiting
        link-malformed:zhrusovska@example.com 1 answered
        invitation-pending:m-takanashi@example.com 1 escalated
        outsider:bvance@harborlight.example 1 removed
    "#]]
    .assert_eq(&audit.states());
}

#[test]
fn the_report_is_written_anew_and_nothing_typed_is_lost() {
    let audit = Audit::read(ROSTER, ACCOUNTS, 1);
    let first = write(DESCRIPTION, &audit.report, Adopt::No).unwrap().text;
    for typed in ["| link-malformed asked in chat ", "| helps with the demo | keep ", "| remove "] {
        assert_eq!(
            (DESCRIPTION.matches(typed).count(), first.matches(typed).count()),
            (1, 1),
            "{first}"
        );
    }
    let outside = |text: &str| {
        let (before, region) = text.split_once("<!-- support-audit:begin ").unwrap();
        let (_, after) = region.split_once("<!-- support-audit:end -->").unwrap();
        format!("{before}{after}")
    };
    assert_eq!(outside(&first), outside(DESCRIPTION));
    let second = write(&first, &audit.report, Adopt::No).unwrap().text;
    assert_eq!(second, first);
}

#[test]
fn the_audit_goes_on_and_comes_to_its_end() {
    let mut audit = Audit::read(&format!("{ROSTER}{NEWCOMER}"), ACCOUNTS, 24);
    let due = audit.due();
    expect![[r#"
        **Calendly access review FY28-Q1.** 1 person has something to fix or to explain. **Please do so by Wednesday 10 February 2027, 22:00 UTC.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if "on it" is all you would say, a 👍 will do.

        - @noor: no Calendly link in your entry (`link-missing`); no account of yours in our Calendly organisation (`account-missing`)

        **How to fix.** `link-missing`: add `calendly: https://calendly.com/` followed by the name of your page. `account-missing`: ask a Calendly admin to invite you, or say here why you do not need an account.

        Without a fix or a reply by then, your manager and the Support Operations Manager are asked to help.

        <!-- support-audit v1 calendly FY28-Q1 notice ask/link-missing/u3eeff79fcaab155a+eff426517dca6a170+n44f5734166e90945/e3b0c442/1/at=20270207T220000Z/due=20270210T220000Z/to=990001 ask/account-missing/u3eeff79fcaab155a+eff426517dca6a170+n44f5734166e90945/e3b0c442/1/at=20270207T220000Z/due=20270210T220000Z/to=990001 lines=2x2 -->"#]].assert_eq(&audit.post(due));
    assert!(audit.due().is_empty());
    let conversation = audit.conversation;

    let mut audit = Audit::read(FIXED_ROSTER, FIXED_ACCOUNTS, 48);
    audit.conversation = conversation;
    expect![[r#"
        owner-count:organization 1 fixed
        admin-unexpected:carrieta@example.com 1 fixed
        link-missing:ebrightwater@example.com 1 fixed
        outsider:guest@partner.example 1 justified
        link-shared:hdhillonwhyte@example.com 1 fixed
        manager-unresolved:mihirose@example.com 1 fixed
        link-mismatch:pstclairboone@example.com 1 fixed
        link-shared:priyamr@example.com 1 fixed
        account-missing:taaseby@example.com 1 justified
        admin-missing:wambuinh@example.com 1 fixed
        link-malformed:zhrusovska@example.com 1 fixed
        invitation-pending:m-takanashi@example.com 1 fixed
        link-missing:gone 1 withdrawn
        account-missing:gone 1 withdrawn
        outsider:bvance@harborlight.example 1 removed
    "#]]
    .assert_eq(&audit.states());
    let cases = audit.cases();
    let readiness = review::readiness(&audit.input(), &cases);
    assert!(readiness.is_ready(), "{:?}", readiness.open);
    let input = audit.input();
    let reviewer = review::reviewer(&input);
    let request = review::plan(&input, &cases, &audit.report, reviewer, None);
    let text = audit.post(request);
    assert!(text.contains("@nadeyemi"), "{text}");
    assert!(review::readiness(&audit.input(), &audit.cases()).is_in_review());
}
