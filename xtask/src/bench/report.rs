//! The content of a report, in a form in which the reports of two programs can be compared.

/// The beginning of the table's first line.
const HEADER: &str = "| Name | GitLab | Calendly link | Account | Findings |";

/// The rows of the table of people, each as its bare cells; what marks up a cell is left out.
pub(super) fn rows(report: &str) -> Vec<Vec<&str>> {
    let table = report.lines().skip_while(|line| *line != HEADER).skip(2);
    table.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// The number of findings in the column of that name.
pub(super) fn findings(rows: &[Vec<&str>]) -> usize {
    let column = cells(HEADER).iter().position(|name| *name == "Findings");
    let cells = rows.iter().filter_map(|row| row.get(column?));
    cells.flat_map(|cell| cell.split(", ")).filter(|id| !id.is_empty()).count()
}

/// The line that a problem such as ``- `file` line 7: …`` is said to be on.
pub(super) fn line_of_problem(item: &str) -> Option<usize> {
    let (_, rest) = item.split_once("` line ")?;
    rest.split_once(':')?.0.parse().ok()
}

fn cells(row: &str) -> Vec<&str> {
    let inner = row.strip_prefix('|').unwrap_or(row);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.split('|').map(|cell| cell.trim_matches([' ', '`', '<', '>'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "\
| Name | GitLab | Calendly link | Account | Findings |
| --- | --- | --- | --- | --- |
| Ana | ana | https://calendly.com/ana | unknown |  |
| Bo |  |  | unknown | link-missing, link-shared |
";

    #[test]
    fn mark_up_and_what_surrounds_the_table_do_not_count() {
        let marked = PLAIN
            .replace("| ana |", "| `ana` |")
            .replace("https://calendly.com/ana", "<https://calendly.com/ana>");
        let report = format!("Roster `x`\n\n## Support Team\n\n{marked}\n| Name | Email |\n");
        assert_eq!(rows(&report), rows(PLAIN));
        assert_eq!(rows(PLAIN).len(), 2);
        assert_eq!(findings(&rows(PLAIN)), 2);
    }

    #[test]
    fn the_line_of_a_problem_is_found() {
        assert_eq!(line_of_problem("- `a: line 3.yaml` line 27013: `not valid`"), Some(27013));
        assert_eq!(line_of_problem("- `roster.yaml`: `not valid`"), None);
    }

    #[test]
    fn another_finding_is_a_difference() {
        assert_ne!(rows(&PLAIN.replace("link-missing", "link-malformed")), rows(PLAIN));
    }
}
