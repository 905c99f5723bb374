//! The status in aligned columns, for a terminal.

use crate::dates::{relative, short_deadline};
use crate::steps::status::stage::Stage;
use crate::steps::status::{Counts, Status};
use crate::text::{aligned, clean};
use crate::wording::counted;

impl Status {
    /// The status in aligned columns, for a terminal.
    pub fn table(&self) -> String {
        let Counts { findings, to_do, waiting, closed } = self.counts;
        let mut text = format!(
            "{} audit {}, issue #{}, {}. {}: {to_do} to do, {waiting} waiting, {closed} closed\n{}\n",
            self.system,
            self.period,
            self.iid,
            self.stage.as_str(),
            counted(findings, "finding", "findings"),
            clean(&self.issue),
        );
        if matches!(self.stage, Stage::Closed | Stage::InReview) {
            text.push_str(&format!("{}\n", clean(&self.summary)));
        } else {
            self.push_tasks(&mut text);
        }
        if let (true, Some(due), Some(now)) = (waiting > 0, self.next_due, self.now) {
            text.push_str(&format!(
                "WAITING  {waiting}, next due {} ({})\n",
                short_deadline(due),
                relative(due, now)
            ));
        }
        if closed > 0 {
            text.push_str(&format!("CLOSED  {closed}\n"));
        }
        if let Some(reviewer) = &self.reviewer {
            text.push_str(&format!("Reviewer: {}\n", clean(reviewer)));
        }
        text.push_str(&format!("Next: {}\n", clean(&self.next.to_string())));
        self.push_rows(&mut text);
        for unknown in &self.unknown {
            text.push_str(&format!("Unknown: {unknown}\n"));
        }
        text
    }

    fn push_tasks(&self, text: &mut String) {
        let mut rows: Vec<[String; 2]> = Vec::new();
        for task in &self.tasks {
            let command = task.command.to_string();
            rows.push([format!("  {}", clean(&task.what)), clean(&command).into_owned()]);
        }
        if rows.is_empty() {
            rows.push([
                format!("  {}", clean(&self.summary)),
                clean(&self.next.to_string()).into_owned(),
            ]);
        }
        text.push_str(&format!("DO NOW\n{}", aligned(&rows)));
    }

    fn push_rows(&self, text: &mut String) {
        if self.findings.is_empty() {
            return;
        }
        let mut rows = vec![["Finding", "State", "Age", "Due", "Next"].map(str::to_owned)];
        for row in &self.findings {
            rows.push([
                clean(&row.finding).into_owned(),
                row.state.to_owned(),
                row.age_hours.map(age).unwrap_or_default(),
                row.due.map(|due| short_deadline(due).to_string()).unwrap_or_default(),
                row.next.to_owned(),
            ]);
        }
        text.push_str(&format!("\n{}", aligned(&rows)));
    }
}

/// A number of hours as people write it.
fn age(hours: i64) -> String {
    match (hours / 24, hours % 24) {
        (0, hours) => format!("{hours} h"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}
