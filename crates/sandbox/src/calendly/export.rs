//! The list of users that the Admin Center exports.

use jiff::{Timestamp, tz::TimeZone};

use super::{account::InvitationStatus, organization::Calendly};

impl Calendly {
    /// The members and the pending invitations as CSV (RFC 4180), the same people as the API
    /// lists. The columns `Name`, `Login email`, `Role` and `Calendly link` are Calendly's; the
    /// documentation's list of them ends there (Calendly help: Users page). `Status` is `Active`
    /// or `Pending`, `Date added` a day in UTC; both are ours.
    pub fn members_csv(&self) -> String {
        let header = ["Name", "Login email", "Role", "Calendly link", "Status", "Date added"];
        let mut text = line(&header);
        for member in self.members() {
            let (link, day) = (member.scheduling_url(), day(member.joined));
            let (name, email, role) = (&member.name, &member.email, &member.role);
            text.push_str(&line(&[name, email, role, &link, "Active", &day]));
        }
        let invitations = self.invitations.iter();
        for invitation in invitations.filter(|one| one.status == InvitationStatus::Pending) {
            let day = day(invitation.created_at);
            text.push_str(&line(&["", &invitation.email, "", "", "Pending", &day]));
        }
        text
    }
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
