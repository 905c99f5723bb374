//! Parses a file of accounts: the Users export of Calendly's Admin Center, or a plain list of
//! addresses.
//!
//! The export is read by the names of its columns, in any order; only the e-mail address is
//! required (Calendly help, "How to export users").
//! A spreadsheet may have opened and saved the file, with semicolons, tabs or a BOM.

use csv::{ReaderBuilder, StringRecord};

use crate::accounts::{Account, AccountStatus, Export};
use crate::identity::{AccountId, is_email_address};
use crate::input::{Location, Problem, SourceFile};

/// Parses the accounts of a file.
///
/// # Errors
///
/// The file is not one of accounts.
pub(super) fn read(file: &SourceFile) -> Result<Export, Problem> {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>();
        problem(file, line, "the text is not UTF-8: save the file as CSV in UTF-8")
    })?;
    let delimiter = delimiter(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text, offset: 0, line: 1 };
    let mut rows = Vec::new();
    // The reader works on memory, and the text is UTF-8.
    for row in reader.records().flatten() {
        let line = lines.line(&row);
        if row.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((line, row));
        }
    }
    let (columns, rows) = match rows.split_first() {
        None => return Err(problem(file, 1, "the file holds no account")),
        Some(((_, first), rest)) => match Columns::from_head(first)
            .map_err(|message| problem(file, 1, &message))?
        {
            Some(columns) => (columns, rest),
            None if first.len() == 1
                && is_email_address(first.get(0).unwrap_or_default().trim()) =>
            {
                (Columns { count: 1, ..Columns::default() }, rows.as_slice())
            }
            None => return Err(problem(file, 1, "no column is called `Email` or `Login email`")),
        },
    };
    let mut export = Export::default();
    for (line, row) in rows {
        match columns.account(file, *line, row) {
            Ok(Some(account)) => export.list.push(account),
            Ok(None) => {}
            Err(problem) => export.problems.push(problem),
        }
    }
    let unread = export.problems.len();
    if unread > 0 {
        export.gaps.push(format!("{unread} of the file's rows could not be read"));
    }
    if text.matches('"').count() % 2 == 1 {
        export.gaps.push("a quotation mark in the file stays open".to_owned());
    }
    if !text.ends_with('\n') {
        let gap = "the file's last line has no line break, so its end may be missing: if the file is complete, add one";
        export.gaps.push(gap.to_owned());
    }
    Ok(export)
}

fn problem(file: &SourceFile, line: u64, message: &str) -> Problem {
    Problem::of_account(Location { file: file.name.clone(), line: Some(line) }, message)
}

/// Counts the lines of the rows of a text, one row after the other.
///
/// The reader's own count is wrong if lines are blank, or if they end in a carriage return.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a row begins, counted from 1.
    fn line(&mut self, row: &StringRecord) -> u64 {
        let start =
            row.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let bytes = self.text.as_bytes();
        let rest = bytes.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = bytes.get(self.offset..start + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>();
        self.offset = start + blank;
        self.line
    }
}

/// The delimiter: the usual character that is most frequent in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The columns of the facts in a row.
#[derive(Debug, Default)]
struct Columns {
    count: usize,
    email: usize,
    name: Option<usize>,
    role: Option<usize>,
    page: Option<usize>,
    status: Option<usize>,
    /// Whether the holder has joined, as yes or no.
    joined: Option<usize>,
    since: Option<usize>,
}

impl Columns {
    /// Finds the columns by their names; `None` without a column of e-mail addresses.
    fn from_head(head: &StringRecord) -> Result<Option<Self>, String> {
        let names: Vec<String> = head.iter().map(letters).collect();
        let find = |wanted: &[&str]| {
            wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
        };
        let Some(email) =
            find(&["loginemail", "loginemailaddress", "email", "emailaddress", "useremail"])
        else {
            return Ok(None);
        };
        let name = names.get(email);
        if names.iter().filter(|other| Some(*other) == name).count() > 1 {
            return Err("two columns of e-mail addresses have the same name".to_owned());
        }
        Ok(Some(Self {
            count: names.len(),
            email,
            name: find(&["name", "fullname", "username"]),
            role: find(&["role", "userrole"]),
            page: find(&["calendlylink", "schedulinglink", "schedulingurl", "link"]),
            status: find(&["status", "state"]),
            joined: find(&["inviteaccepted", "activated"]),
            since: find(&["since", "dateadded", "joined", "created", "createdat"]),
        }))
    }

    /// The account of a row; `None` if the row is a closed invitation.
    fn account(
        &self,
        file: &SourceFile,
        line: u64,
        row: &StringRecord,
    ) -> Result<Option<Account>, Problem> {
        let failed = |message: &str| Err(problem(file, line, message));
        if row.len() != self.count {
            let message = format!("the row has {} of {} cells", row.len(), self.count);
            return failed(&message);
        }
        let cell =
            |column: Option<usize>| column.and_then(|index| row.get(index)).unwrap_or("").trim();
        let email = cell(Some(self.email));
        if !is_email_address(email) {
            return failed("the row has no plain e-mail address");
        }
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let status = match self.status_of(row) {
            Ok(Some(status)) => status,
            Ok(None) => return Ok(None),
            Err(message) => return failed(message),
        };
        Ok(Some(Account {
            // The export has no ids.
            id: AccountId::from_email(email),
            email: Some(email.to_owned()),
            name: cell(self.name).to_owned(),
            role: known(&cell(self.role).to_lowercase()),
            page: known(cell(self.page)),
            status,
            since: cell(self.since).to_owned(),
            location: Location { file: file.name.clone(), line: Some(line) },
        }))
    }

    /// Whether the holder of a row's account has joined; `None` if the invitation was declined or
    /// has expired.
    ///
    /// Only known words count.
    /// Taking all others for "joined" would make a user of a person who was invited, suspended or
    /// deactivated.
    fn status_of(&self, row: &StringRecord) -> Result<Option<AccountStatus>, &'static str> {
        use AccountStatus::{Active, Invited};
        let word = |column: Option<usize>| column.and_then(|column| row.get(column)).map(letters);
        let by_status = match word(self.status).as_deref() {
            None => None,
            Some("active" | "accepted" | "joined") => Some(Active),
            Some("pending" | "invited") => Some(Invited),
            Some("declined" | "expired" | "revoked") => return Ok(None),
            Some(_) => {
                return Err("the row's status is not known: \
                    active, pending, invited, declined and expired are understood");
            }
        };
        let by_answer = match word(self.joined).as_deref() {
            None => None,
            Some("yes" | "true") => Some(Active),
            Some("no" | "false" | "pending") => Some(Invited),
            Some(_) => {
                return Err(
                    "the row does not say with yes or no whether the invitation was accepted",
                );
            }
        };
        match (by_status, by_answer) {
            (Some(status), Some(answer)) if status != answer => {
                Err("the row's status contradicts whether the invitation was accepted")
            }
            (status, answer) => Ok(Some(status.or(answer).unwrap_or(Active))),
        }
    }
}

/// The name of a column as it is compared: its letters and digits in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(bytes: impl AsRef<[u8]>, expected: &Expect) {
        let file = SourceFile { name: "users.csv".to_owned(), bytes: bytes.as_ref().to_vec() };
        let text = match read(&file) {
            Err(problem) => format!("refused: {problem}\n"),
            Ok(export) => {
                let mut text = String::new();
                for account in &export.list {
                    let Account { name, role, page, status, since, location, .. } = account;
                    let email = account.name_in_commands();
                    let line = location.line.unwrap_or_default();
                    let role = role.as_deref().unwrap_or("?");
                    let page = page.as_deref().unwrap_or("?");
                    let name = name.escape_debug();
                    let line = format!("{line}: {email} {name} {role} {page} {status:?} {since}");
                    text.push_str(&format!("{}\n", line.trim_end()));
                }
                text.extend(export.problems.iter().map(|problem| format!("problem {problem}\n")));
                text.extend(export.gaps.iter().map(|gap| format!("gap: {gap}\n")));
                text
            }
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn columns_are_found_by_their_names_in_any_order() {
        check(
            "Name,Login email,Role,Calendly link,Groups\nAda,ada@example.com,Owner,https://calendly.com/ada,x\n",
            &expect![[r#"
                2: ada@example.com Ada owner https://calendly.com/ada Active
            "#]],
        );
        check(
            "\u{feff}Role;Status;E-Mail;Date added;Name\r\nAdmin;Pending;Bob@Example.com;2025-01-02;\"Bob;\nB.\"\r\n\r\nUser;Active;eve@example.com;;Eve\r\n",
            &expect![[r#"
                2: Bob@Example.com Bob;\nB. admin ? Invited 2025-01-02
                5: eve@example.com Eve user ? Active
            "#]],
        );
        check(
            "email\tInvite accepted?\na@b.example\tNo\nc@b.example\tYes\n",
            &expect![[r#"
            2: a@b.example  ? ? Invited
            3: c@b.example  ? ? Active
        "#]],
        );
    }

    #[test]
    fn a_plain_list_has_one_address_a_line() {
        check(
            "ada@example.com\n\n bob@example.com \n",
            &expect![[r#"
            1: ada@example.com  ? ? Active
            3: bob@example.com  ? ? Active
        "#]],
        );
        check(
            "ada@example.com\nbob\nADA@example.com\n",
            &expect![[r#"
            1: ada@example.com  ? ? Active
            3: ADA@example.com  ? ? Active
            problem users.csv:2: the row has no plain e-mail address
            gap: 1 of the file's rows could not be read
        "#]],
        );
    }

    #[test]
    fn an_unknown_status_is_a_problem() {
        check(
            "Email,Invite accepted?\na@x.example,0\nb@x.example,N\nc@x.example,Not accepted\nd@x.example,Invited\ne@x.example,\nf@x.example,Yes\ng@x.example,no\n",
            &expect![[r#"
                7: f@x.example  ? ? Active
                8: g@x.example  ? ? Invited
                problem users.csv:2: the row does not say with yes or no whether the invitation was accepted
                problem users.csv:3: the row does not say with yes or no whether the invitation was accepted
                problem users.csv:4: the row does not say with yes or no whether the invitation was accepted
                problem users.csv:5: the row does not say with yes or no whether the invitation was accepted
                problem users.csv:6: the row does not say with yes or no whether the invitation was accepted
                gap: 5 of the file's rows could not be read
            "#]],
        );
        check(
            "Email,Status\na@x.example,Invite pending\nb@x.example,Suspended\nc@x.example,Deactivated\nd@x.example,\ne@x.example,Active\nf@x.example,Pending\n",
            &expect![[r#"
                6: e@x.example  ? ? Active
                7: f@x.example  ? ? Invited
                problem users.csv:2: the row's status is not known: active, pending, invited, declined and expired are understood
                problem users.csv:3: the row's status is not known: active, pending, invited, declined and expired are understood
                problem users.csv:4: the row's status is not known: active, pending, invited, declined and expired are understood
                problem users.csv:5: the row's status is not known: active, pending, invited, declined and expired are understood
                gap: 4 of the file's rows could not be read
            "#]],
        );
        check(
            "Email,Status,Invite accepted?\na@x.example,Active,No\nb@x.example,Active,Yes\n",
            &expect![[r#"
                3: b@x.example  ? ? Active
                problem users.csv:2: the row's status contradicts whether the invitation was accepted
                gap: 1 of the file's rows could not be read
            "#]],
        );
    }

    #[test]
    fn an_invitation_that_is_over_is_no_account() {
        check(
            "Email,Status\na@x.example,Declined\nb@x.example,expired\nc@x.example,Pending\n",
            &expect![[r#"
                4: c@x.example  ? ? Invited
            "#]],
        );
    }

    #[test]
    fn what_is_no_plain_address_is_a_problem() {
        for cell in [
            "'ann@example.com",
            "mailto:ann@example.com",
            "ann@example.com\\",
            "<ann@example.com>",
            "[ann@example.com](mailto:ann@example.com)",
        ] {
            let text = format!("Name,Login email,Role\nAnn Ode,{cell},owner\n");
            let bytes = text.into_bytes();
            let export = read(&SourceFile { name: "users.csv".to_owned(), bytes }).unwrap();
            assert_eq!((export.list.len(), export.problems.len()), (0, 1), "{cell}");
            assert_eq!(export.gaps, ["1 of the file's rows could not be read"], "{cell}");
        }
        check(
            "Name,Login email,Role\nAnn Ode,ann@example.com,owner\n",
            &expect![[r#"
                2: ann@example.com Ann Ode owner ? Active
            "#]],
        );
        check(
            "{\"email\":\"ann@example.com\"}\n",
            &expect![[r#"
            refused: users.csv:1: no column is called `Email` or `Login email`
        "#]],
        );
    }

    #[test]
    fn a_missing_last_line_break_says_its_cure() {
        check(
            "Login email,Role\r\nann@example.com,owner\r\nout@example.com,user",
            &expect![[r#"
                2: ann@example.com  owner ? Active
                3: out@example.com  user ? Active
                gap: the file's last line has no line break, so its end may be missing: if the file is complete, add one
            "#]],
        );
    }

    #[test]
    fn what_may_be_cut_short_is_not_whole() {
        check(
            "Name,Email,Role\nAda,ada@example.com,user\nBob,bob@exam",
            &expect![[r#"
                2: ada@example.com Ada user ? Active
                problem users.csv:3: the row has 2 of 3 cells
                gap: 1 of the file's rows could not be read
                gap: the file's last line has no line break, so its end may be missing: if the file is complete, add one
            "#]],
        );
        check(
            "Email,Role\nada@example.com,user\nbob@example.com,us",
            &expect![[r#"
            2: ada@example.com  user ? Active
            3: bob@example.com  us ? Active
            gap: the file's last line has no line break, so its end may be missing: if the file is complete, add one
        "#]],
        );
        check(
            "Email,Name\nada@example.com,\"Ada\nbob@example.com,Bob\n",
            &expect![[r#"
            2: ada@example.com Ada\nbob@example.com,Bob ? ? Active
            gap: a quotation mark in the file stays open
        "#]],
        );
        check(
            "Email,Role\n,user\nnobody,user\n",
            &expect![[r#"
            problem users.csv:2: the row has no plain e-mail address
            problem users.csv:3: the row has no plain e-mail address
            gap: 2 of the file's rows could not be read
        "#]],
        );
    }

    #[test]
    fn what_is_no_file_of_accounts_is_refused() {
        check(
            "",
            &expect![[r#"
            refused: users.csv:1: the file holds no account
        "#]],
        );
        check(
            "\n \n",
            &expect![[r#"
            refused: users.csv:1: the file holds no account
        "#]],
        );
        check(
            "Name,Role\nAda,user\n",
            &expect![[r#"
            refused: users.csv:1: no column is called `Email` or `Login email`
        "#]],
        );
        check(
            "Email,Email\na@b.example,c@d.example\n",
            &expect![[r#"
            refused: users.csv:1: two columns of e-mail addresses have the same name
        "#]],
        );
        check(
            b"Name,Email\nZo\xeb,zoe@example.com\n",
            &expect![[r#"
            refused: users.csv:2: the text is not UTF-8: save the file as CSV in UTF-8
        "#]],
        );
        check(
            b"\xff\xfeE\0m\0",
            &expect![[r#"
            refused: users.csv:1: the text is not UTF-8: save the file as CSV in UTF-8
        "#]],
        );
        check(
            "<html><body>Sign in</body></html>\n",
            &expect![[r#"
            refused: users.csv:1: no column is called `Email` or `Login email`
        "#]],
        );
    }
}
