//! Refuses accounts of Calendly's API that have no plain address; `services/calendly.rs` in the
//! binary makes the accounts.

use crate::accounts::{Account, Export};
use crate::identity::is_email_address;
use crate::input::Problem;

/// The accounts in the answers of Calendly's API; `gaps` says what else could not be read.
///
/// Calendly shows people the e-mail addresses of its users.
/// An answer without a plain address is therefore a problem, and the accounts are incomplete.
pub fn read_answers(list: Vec<Account>, mut gaps: Vec<String>) -> Export {
    let mut export = Export::default();
    for account in list {
        if account.email.as_deref().is_some_and(is_email_address) {
            export.list.push(account);
        } else {
            let message = "the account has no plain e-mail address";
            export.problems.push(Problem::of_account(account.location, message));
        }
    }
    let unread = export.problems.len();
    if unread > 0 {
        gaps.push(format!("{unread} of the service's accounts have no plain e-mail address"));
    }
    Export { gaps, ..export }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::AccountStatus;
    use crate::identity::AccountId;
    use crate::input::Location;

    #[test]
    fn an_answer_without_a_plain_address_leaves_the_accounts_incomplete() {
        let emails = [None, Some(""), Some("<a@example.com>"), Some("b@example.com")];
        let list = emails.map(|email| Account {
            id: AccountId::new("https://api.calendly.com/users/A"),
            email: email.map(str::to_owned),
            name: String::new(),
            role: None,
            page: None,
            status: AccountStatus::Active,
            since: String::new(),
            location: Location { file: "https://api.calendly.com/users/A".to_owned(), line: None },
        });
        let export = read_answers(list.to_vec(), vec!["page 2 failed".to_owned()]);
        let kept: Vec<_> = export.list.iter().map(Account::key).collect();
        assert_eq!(kept, ["b@example.com"]);
        assert_eq!(export.problems.len(), 3);
        assert_eq!(
            export.gaps,
            ["page 2 failed", "3 of the service's accounts have no plain e-mail address"]
        );
    }
}
