//! Begins an audit: creates its issue, once for each kind and period.

use jiff::civil::Date;

use crate::calendar::{Calendar, Period};
use crate::kinds::Kind;
use crate::plan::{Action, NewIssue, Plan};
use crate::record::description;
use crate::record::marker::{Content, Marker, MarkerHeader};

/// Everything that the issue is made from.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The audited system.
    pub kind: Kind,
    /// The audit's period.
    pub period: Period,
    /// The calendar of audits.
    pub calendar: &'a Calendar,
    /// The day on which the issue is created.
    pub today: Date,
    /// The full path of the project that holds the issues.
    pub project: &'a str,
    /// The text of the template.
    pub template: &'a str,
    /// The issue's labels.
    pub labels: &'a [String],
    /// The user who does the audit: id and username.
    pub operator: (u64, &'a str),
    /// Whether only members see the issue.
    pub confidential: bool,
}

/// An existing issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its number in its project.
    pub iid: u64,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether its author's markers count.
    pub counts: bool,
}

/// What begins an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// Nothing: the audit has these issues, by their numbers.
    /// The first is the one that should be open, or the oldest if several are.
    Exists(Vec<u64>),
    /// An issue has the audit's title, but no marker, so a person has to look at it.
    Unmarked(u64),
    /// Create this issue.
    Make(Plan),
}

/// Decides how to begin an audit; `issues` are all issues of the project, open or closed.
pub fn plan(opening: &Opening<'_>, issues: &[Existing]) -> Beginning {
    let header = MarkerHeader { kind: opening.kind, period: opening.period };
    let marker = header.with(Content::Issue);
    let is_of_audit = |issue: &&Existing| {
        issue.counts && description::marker(&issue.description).as_ref() == Some(&marker)
    };
    let mut existing: Vec<&Existing> = issues.iter().filter(is_of_audit).collect();
    if !existing.is_empty() {
        existing.sort_by_key(|issue| (!issue.is_open, issue.iid));
        return Beginning::Exists(existing.iter().map(|issue| issue.iid).collect());
    }
    let title = title(opening.kind, opening.period);
    // An issue that a stranger made blocks nothing.
    let is_unmarked =
        |issue: &&Existing| issue.counts && issue.title.trim().eq_ignore_ascii_case(&title);
    if let Some(issue) = issues.iter().find(is_unmarked) {
        return Beginning::Unmarked(issue.iid);
    }
    let due = opening.calendar.due(opening.period, opening.today);
    let (id, username) = opening.operator;
    Beginning::Make(Plan {
        actions: vec![Action::CreateIssue(NewIssue {
            project: opening.project.to_owned(),
            title,
            description: marked(opening.template.trim_end(), &marker),
            labels: opening.labels.to_vec(),
            assignee: (id, username.to_owned()),
            due,
            confidential: opening.confidential,
            marker,
        })],
        ..Plan::default()
    })
}

/// Disarms the quick actions of a template, and returns them.
///
/// GitLab runs a line that begins with `/` when an issue is created (GitLab docs: Quick actions).
/// With a backslash before it the line reads the same and does nothing.
/// Lines in fenced code do not run, and are not changed.
pub fn disarm_quick_actions(template: &str) -> (String, Vec<String>) {
    let (mut text, mut quick_actions) = (String::new(), Vec::new());
    let mut fence: Option<&str> = None;
    for line in template.split_inclusive('\n') {
        let content = line.trim_start();
        let own_fence = ["```", "~~~"].into_iter().find(|mark| content.starts_with(mark));
        match (fence, own_fence) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let is_quick_action = content
            .strip_prefix('/')
            .is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_alphabetic()));
        if fence.is_none() && is_quick_action {
            let indent = line.get(..line.len() - content.len()).unwrap_or_default();
            text.push_str(&format!("{indent}\\{content}"));
            quick_actions.push(content.trim_end().to_owned());
        } else {
            text.push_str(line);
        }
    }
    (text, quick_actions)
}

/// The template with the marker where it can be read again.
/// This is the end, or the place before a text that would swallow it, such as a code block that is
/// never closed.
fn marked(template: &str, marker: &Marker) -> String {
    let text = format!("{template}\n\n{marker}");
    if description::marker(&text).as_ref() == Some(marker) {
        text
    } else {
        format!("{marker}\n\n{template}")
    }
}

/// Whether a title is that of an audit of a kind, and of the period if one is given.
///
/// The commands look for an audit by its title if its marker is lost.
pub fn has_title(text: &str, kind: Kind, period: Option<Period>) -> bool {
    let prefix = format!("{} audit ", kind.spec().system);
    let text = text.trim();
    let Some((start, rest)) = text.split_at_checked(prefix.len()) else { return false };
    let named = rest.trim().to_uppercase().parse::<Period>().ok();
    start.eq_ignore_ascii_case(&prefix)
        && named.is_some_and(|named| period.is_none_or(|period| period == named))
}

/// The title of an audit's issue.
fn title(kind: Kind, period: Period) -> String {
    format!("{} audit {period}", kind.spec().system)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const MARKER: &str = "<!-- support-audit v1 calendly FY28-Q1 issue -->";

    #[test]
    fn quick_actions_of_a_template_are_disarmed() {
        let template = "Text.\n/label ~later\n  /close\n\n```\n/due in code\n```\n- /item\n/ 2\n";
        let (text, quick_actions) = disarm_quick_actions(template);
        assert_eq!(
            text,
            "Text.\n\\/label ~later\n  \\/close\n\n```\n/due in code\n```\n- /item\n/ 2\n"
        );
        assert_eq!(quick_actions, ["/label ~later", "/close"]);
    }

    fn plan_with(issues: &[(u64, &str, &str)]) -> Beginning {
        let calendar = Calendar::new(2, &[1, 3]).unwrap();
        let opening = Opening {
            kind: Kind::Calendly,
            period: "FY28-Q1".parse().unwrap(),
            calendar: &calendar,
            today: date(2026, 11, 22),
            project: "support/audits",
            template: "## Notes\n\n",
            labels: &["audit".to_owned()],
            operator: (7, "ada"),
            confidential: true,
        };
        let existing = |(iid, title, description): &(u64, &str, &str)| Existing {
            iid: *iid,
            title: (*title).to_owned(),
            description: (*description).to_owned(),
            is_open: *iid != 2,
            counts: *iid < 100,
        };
        plan(&opening, &issues.iter().map(existing).collect::<Vec<_>>())
    }

    #[test]
    fn the_issue_is_made_where_there_is_none() {
        let others = [
            (1, "Calendly audit FY27-Q3", "<!-- support-audit v1 calendly FY27-Q3 issue -->"),
            (2, "Quoting", &format!("```\n{MARKER}\n```\n")),
        ];
        let Beginning::Make(plan) = plan_with(&others) else { panic!("it exists") };
        let [Action::CreateIssue(issue)] = plan.actions.as_slice() else { panic!("{plan}") };
        assert_eq!(issue.title, "Calendly audit FY28-Q1");
        assert_eq!(issue.description, format!("## Notes\n\n{MARKER}"));
        assert_eq!(issue.due, date(2027, 3, 1));
        assert_eq!(description::marker(&issue.description).as_ref(), Some(&issue.marker));
    }

    #[test]
    fn the_marker_is_read_again_whatever_the_template() {
        let marker = Marker::parse(MARKER).unwrap();
        for template in ["", "## Notes", "```\nopen", "<!-- open", "- item\n\n  more", "> quote"] {
            let text = marked(template, &marker);
            assert_eq!(description::marker(&text).as_ref(), Some(&marker), "{text}");
        }
    }

    #[test]
    fn an_issue_is_known_by_its_marker_whatever_its_title() {
        let renamed = (9, "Something else", &*format!("Text.\n\n{MARKER}\n\nMore."));
        let second = (4, "Calendly audit FY28-Q1", MARKER);
        assert_eq!(plan_with(&[renamed]), Beginning::Exists(vec![9]));
        assert_eq!(plan_with(&[renamed, second]), Beginning::Exists(vec![4, 9]));
        let closed = (2, "Calendly audit FY28-Q1", MARKER);
        assert_eq!(plan_with(&[closed, renamed]), Beginning::Exists(vec![9, 2]));
    }

    #[test]
    fn a_marker_by_somebody_else_does_not_count() {
        assert!(matches!(plan_with(&[(100, "Mine", MARKER)]), Beginning::Make(_)));
    }

    #[test]
    fn a_strangers_title_blocks_nothing() {
        assert!(matches!(plan_with(&[(100, "Calendly audit FY28-Q1", "")]), Beginning::Make(_)));
    }

    #[test]
    fn an_audits_title_is_known_with_or_without_its_period() {
        let period = Some("FY28-Q1".parse().unwrap());
        for (title, any, this) in [
            (" calendly audit fy28-q1", true, true),
            ("Calendly audit FY28-Q3", true, false),
            ("Calendly audit", false, false),
            ("Zendesk audit FY28-Q1", false, false),
        ] {
            assert_eq!(has_title(title, Kind::Calendly, None), any, "{title}");
            assert_eq!(has_title(title, Kind::Calendly, period), this, "{title}");
        }
    }

    #[test]
    fn a_title_without_a_marker_is_for_somebody_to_look_at() {
        assert_eq!(plan_with(&[(3, " calendly audit fy28-q1", "")]), Beginning::Unmarked(3));
    }
}
