//! E-mails for people whom GitLab cannot notify. The operator sends them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::dates::{date_of, long_day, weekday};
use crate::text::{clean, excerpt};

/// An e-mail for the operator to send.
/// Its texts hold untrusted text and are for plain text only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The name to give to `--sent` once the e-mail is sent.
    pub subject_name: String,
    /// The recipient: a name, or the address of an account.
    pub name: String,
    /// The e-mail address, where it is known.
    pub email: Option<String>,
    /// Why the recipient cannot be mentioned in the issue.
    pub reason: String,
    /// The e-mail's subject line.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The ids of the checks that it is about.
    pub checks: Vec<&'static str>,
}

/// What all letters of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LetterContext<'a> {
    /// The audited system's name.
    pub(crate) system: &'static str,
    /// The audit's period, as in `FY28-Q1`.
    pub(crate) period: &'a str,
    /// The sender's username.
    pub(crate) sender: &'a str,
    /// The present.
    pub(crate) now: Timestamp,
    /// The end of the wait, provided that the letter is sent now.
    pub(crate) due: Timestamp,
}

impl LetterContext<'_> {
    /// A letter to the holder of an account who is not on the roster.
    /// `since` is when they got the account, as the source writes it.
    pub(crate) fn for_outsider(&self, account: &str, since: &str) -> (String, String) {
        let Self { system, sender, .. } = self;
        let due = date_of(self.due);
        let since = since_words(since);
        let title = format!(
            "Your account in our {system} organisation - please reply by {}",
            long_day(due)
        );
        let text = format!(
            "Hello,\n\
            we review twice a year who has access to our team's {system} organisation. \
            You have an account there ({}{since}), but you are not on our team's roster.\n\
            Please reply by {}: what do you need it for, and who on our side knows about it?\n\
            Without a reason it will be taken out of our organisation. \
            The {system} account itself stays yours.\n\
            {sender}, for the access review\n",
            clean(&excerpt(account)),
            weekday(due),
        );
        (title, text)
    }

    /// A letter to a colleague.
    /// `excuse` says why they are not asked in GitLab; each item is a finding with its fix.
    ///
    /// The letter has no link to the issue, which its recipient cannot open.
    pub(crate) fn for_colleague(
        &self,
        name: &str,
        excuse: &str,
        items: &[(String, String)],
    ) -> (String, String) {
        let Self { system, period, sender, .. } = self;
        let due = date_of(self.due);
        let title = format!("{system} access review {period} - please reply by {}", long_day(due));
        let mut text = format!(
            "Hello {},\n\
            We could not reach you on GitLab ({excuse}), so please reply to this e-mail.\n\
            We review twice a year who has access to {system}, and on {} we found:\n\n",
            clean(&excerpt(name)),
            long_day(date_of(self.now)),
        );
        for (found, fix) in items {
            text.push_str(&format!("- {found}. To fix it: {fix}.\n"));
        }
        text.push_str(&format!(
            "\nPlease fix it or reply by {}. If it is intentional, one sentence is enough.\n\
            {sender}, for the access review\n",
            weekday(due),
        ));
        (title, text)
    }
}

/// Since when the account exists, where the source says so.
fn since_words(since: &str) -> String {
    let since = since.trim();
    if since.is_empty() {
        return String::new();
    }
    let day = since.parse::<Timestamp>().map(date_of).or_else(|_| since.parse::<Date>());
    match day {
        Ok(day) => format!(", since {}", long_day(day)),
        Err(_) => format!(", since {}", clean(&excerpt(since))),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn context() -> LetterContext<'static> {
        LetterContext {
            system: "Calendly",
            period: "FY28-Q1",
            sender: "ivelderman",
            now: "2027-02-01T09:00:00Z".parse().unwrap(),
            due: "2027-02-04T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_letter_to_an_outsider() {
        let (title, text) =
            context().for_outsider("bvance@harborlight.example", "2024-05-14T08:00:00Z");
        expect!["Your account in our Calendly organisation - please reply by 4 February 2027"]
            .assert_eq(&title);
        expect![[r#"
            Hello,
            we review twice a year who has access to our team's Calendly organisation. You have an account there (bvance@harborlight.example, since 14 May 2024), but you are not on our team's roster.
            Please reply by Thursday 4 February 2027: what do you need it for, and who on our side knows about it?
            Without a reason it will be taken out of our organisation. The Calendly account itself stays yours.
            ivelderman, for the access review
        "#]]
        .assert_eq(&text);
    }

    #[test]
    fn the_letter_to_a_colleague() {
        let items = [(
            "no Calendly link in your roster entry".to_owned(),
            "add `calendly: https://calendly.com/` followed by the name of your page".to_owned(),
        )];
        let (title, text) =
            context().for_colleague("Max Moritz", "you cannot see the audit's issue", &items);
        expect!["Calendly access review FY28-Q1 - please reply by 4 February 2027"]
            .assert_eq(&title);
        expect![[r#"
            Hello Max Moritz,
            We could not reach you on GitLab (you cannot see the audit's issue), so please reply to this e-mail.
            We review twice a year who has access to Calendly, and on 1 February 2027 we found:

            - no Calendly link in your roster entry. To fix it: add `calendly: https://calendly.com/` followed by the name of your page.

            Please fix it or reply by Thursday 4 February 2027. If it is intentional, one sentence is enough.
            ivelderman, for the access review
        "#]]
        .assert_eq(&text);
    }

    #[test]
    fn since_is_left_out_or_shown_as_the_source_says_it() {
        for (since, expected) in [
            ("", ""),
            ("2024-05-14", ", since 14 May 2024"),
            ("May 2024", ", since May 2024"),
            ("now\n/close", ", since now /close"),
        ] {
            assert_eq!(since_words(since), expected);
        }
    }
}
