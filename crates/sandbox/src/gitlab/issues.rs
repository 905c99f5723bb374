//! Reading issues (GitLab docs: Issues API).

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Answered, access, bad_parameter,
    files::base64,
    instant,
    issue_json::{View, label},
    missing, page,
    parameters::Parameters,
};
use crate::{
    issue::{Actor, Issue},
    reply::Reply,
    request::Request,
    world::{Project, World},
};

/// `GET /projects/:id/issues/:iid`.
pub(super) fn show(world: &World, request: &Request, id: &str, iid: &str) -> Answered {
    let found = access::issue(world, request, (id, iid), missing)?;
    let view = View { world, request, project: found.project };
    Ok(Reply::json(200, &view.single(found.issue, found.actor.user)))
}

/// `GET /projects/:id/issues`; where they are switched off, the list is empty (GitLab's finder of
/// issues; not recorded).
pub(super) fn list(world: &World, request: &Request, id: &str) -> Answered {
    let (project, actor) = access::project_and_actor(world, request, id)?;
    let parameters = Parameters::parse(request)?;
    let filter = Filter::parse(world, &parameters)?;
    let order = parameters.word("order_by", &["created_at", "updated_at", "due_date", "title"])?;
    let sort = parameters.word("sort", &["desc", "asc"])?;
    let state = parameters.word("state", &["all", "opened", "closed"])?;
    let details = parameters.flag("with_labels_details")?.unwrap_or(false);
    let mut issues: Vec<&Issue> = project
        .issues
        .iter()
        .filter(|_| !project.issues_disabled)
        .filter(|issue| actor.may_see(issue) && filter.admits(issue, actor))
        .filter(|issue| state == "all" || (state == "closed") == issue.closed.is_some())
        .collect();
    issues.sort_by(|one, other| compare(&key(one, order), &key(other, order), sort));
    let view = View { world, request, project };
    let show = |issue: &Issue| shown(view, issue, details);
    let details = if details { "true" } else { "false" };
    let fixed = [("id", id), ("order_by", order), ("sort", sort), ("state", state)];
    let fixed = [&fixed[..], &[("with_labels_details", details)]].concat();
    if parameters.text("pagination")?.as_deref() == Some("keyset") {
        let after = parameters.text("cursor")?.filter(|cursor| !cursor.is_empty());
        let start = match after {
            None => 0,
            Some(cursor) => start(&cursor, project, &issues, (order, sort))?,
        };
        let items = issues.iter().map(|issue| (cursor(issue, order), show(issue))).collect();
        let fixed = [&fixed[..], &[("page", "1")]].concat();
        return page::by_cursor(world, request, &fixed, (items, start));
    }
    page::by_number(world, request, &fixed, (issues, show), true)
}

fn shown(view: View<'_>, issue: &Issue, details: bool) -> Value {
    let mut body = view.issue(issue);
    if let Value::Object(body) = &mut body
        && details
    {
        let own = view.project.labels.iter().filter(|label| issue.labels.contains(&label.name));
        body.insert("labels".to_owned(), own.map(label).collect());
    }
    body
}

/// The sort key of an issue: a text that sorts as the value does, then the id.
fn key(issue: &Issue, order: &str) -> (String, u64) {
    let text = match order {
        "updated_at" => instant(issue.updated_at),
        "due_date" => issue.due_date.map(|day| day.to_string()).unwrap_or_default(),
        "title" => issue.title.to_lowercase(),
        _ => instant(issue.created_at),
    };
    (text, issue.id)
}

fn compare(one: &(String, u64), other: &(String, u64), sort: &str) -> Ordering {
    if sort == "asc" { one.cmp(other) } else { other.cmp(one) }
}

/// The position after an issue, as a text that is opaque to the client.
fn cursor(issue: &Issue, order: &str) -> String {
    let (value, id) = key(issue, order);
    base64(json!({order: value, "id": id.to_string(), "_kd": "n"}).to_string().as_bytes())
}

/// The index at which a list continues after the issue of a cursor. The issue itself may have left
/// the list.
fn start(
    sent: &str,
    project: &Project,
    issues: &[&Issue],
    (order, sort): (&str, &str),
) -> Result<usize, Reply> {
    let mut all = project.issues.iter();
    let last = all.find(|issue| cursor(issue, order) == sent);
    let last = key(last.ok_or_else(|| bad_parameter("cursor is invalid"))?, order);
    Ok(issues
        .partition_point(|issue| compare(&key(issue, order), &last, sort) != Ordering::Greater))
}

fn nobody() -> Reply {
    bad_parameter("assignee_id should be an integer, 'None' or 'Any'")
}

/// Which issues a list includes.
#[derive(Debug)]
struct Filter {
    labels: Option<Vec<String>>,
    words: Vec<String>,
    fields: Vec<String>,
    author: Option<Person>,
    assignee: Option<Person>,
    iids: Option<Vec<u64>>,
    confidential: Option<bool>,
    created: [Option<Timestamp>; 2],
    updated: [Option<Timestamp>; 2],
    scope: &'static str,
    not: Not,
}

/// Which issues a list excludes: `not[labels]`, `not[author_username]`, …
#[derive(Debug)]
struct Not {
    labels: Vec<String>,
    author: Option<Person>,
    assignee: Option<Person>,
}

#[derive(Debug)]
enum Person {
    Nobody,
    Somebody,
    /// The user; `None` if there is no such user.
    User(Option<u64>),
}

impl Person {
    fn is_among(&self, users: &[u64]) -> bool {
        match self {
            Self::Nobody => users.is_empty(),
            Self::Somebody => !users.is_empty(),
            Self::User(user) => user.is_some_and(|user| users.contains(&user)),
        }
    }
}

impl Filter {
    fn parse(world: &World, parameters: &Parameters) -> Result<Self, Reply> {
        let search = parameters.text("search")?.unwrap_or_default().to_lowercase();
        let fields = parameters.list("in");
        let fields = fields.unwrap_or_else(|| vec!["title".to_owned(), "description".to_owned()]);
        let scopes = ["all", "created_by_me", "created-by-me", "assigned_to_me", "assigned-to-me"];
        Ok(Self {
            labels: parameters.list("labels").filter(|labels| !labels.is_empty()),
            words: search.split_whitespace().map(str::to_owned).collect(),
            fields,
            author: author(world, parameters, &str::to_owned)?,
            assignee: assignee(world, parameters, &str::to_owned)?,
            iids: parameters.numbers("iids")?,
            confidential: parameters.flag("confidential")?,
            created: [parameters.instant("created_after")?, parameters.instant("created_before")?],
            updated: [parameters.instant("updated_after")?, parameters.instant("updated_before")?],
            scope: parameters.word("scope", &scopes)?,
            not: Not::parse(world, parameters)?,
        })
    }

    fn admits(&self, issue: &Issue, actor: Actor) -> bool {
        self.assignee.as_ref().is_none_or(|person| person.is_among(&issue.assignees))
            && self.author.as_ref().is_none_or(|person| person.is_among(&[issue.author]))
            && self.iids.as_ref().is_none_or(|iids| iids.contains(&issue.iid))
            && self.confidential.is_none_or(|hidden| hidden == issue.confidential)
            && (!self.scope.starts_with("created") || issue.author == actor.user)
            && (!self.scope.starts_with("assigned") || issue.assignees.contains(&actor.user))
            && !self.not.forbids(issue)
            && is_within(issue.created_at, self.created)
            && is_within(issue.updated_at, self.updated)
            && self.admits_labels(issue)
            && self.admits_words(issue)
    }

    fn admits_labels(&self, issue: &Issue) -> bool {
        match self.labels.as_deref() {
            None => true,
            Some([only]) if only.eq_ignore_ascii_case("none") => issue.labels.is_empty(),
            Some([only]) if only.eq_ignore_ascii_case("any") => !issue.labels.is_empty(),
            Some(labels) => labels.iter().all(|label| issue.labels.contains(label)),
        }
    }

    /// Each word must occur somewhere. GitLab itself searches for complete words, by other rules.
    fn admits_words(&self, issue: &Issue) -> bool {
        let description = issue.description.as_deref().unwrap_or_default();
        let texts = [("title", issue.title.as_str()), ("description", description)];
        let text: Vec<String> = texts
            .into_iter()
            .filter(|(name, _)| self.fields.iter().any(|field| field == name))
            .map(|(_, text)| text.to_lowercase())
            .collect();
        self.words.iter().all(|word| text.iter().any(|text| text.contains(word.as_str())))
    }
}

impl Not {
    fn parse(world: &World, parameters: &Parameters) -> Result<Self, Reply> {
        let named = |name: &str| format!("not[{name}]");
        Ok(Self {
            labels: parameters.list(&named("labels")).unwrap_or_default(),
            author: author(world, parameters, &named)?,
            assignee: assignee(world, parameters, &named)?,
        })
    }

    fn forbids(&self, issue: &Issue) -> bool {
        self.labels.iter().any(|label| issue.labels.contains(label))
            || self.author.as_ref().is_some_and(|person| person.is_among(&[issue.author]))
            || self.assignee.as_ref().is_some_and(|person| person.is_among(&issue.assignees))
    }
}

/// The author that the parameters name; `prefixed` makes the parameters' names.
fn author(
    world: &World,
    parameters: &Parameters,
    prefixed: &dyn Fn(&str) -> String,
) -> Result<Option<Person>, Reply> {
    let ids = parameters.numbers(&prefixed("author_id"))?;
    let by_id = ids.and_then(|ids| ids.first().copied()).map(Some);
    let name = parameters.text(&prefixed("author_username"))?;
    Ok(by_id.or_else(|| name.map(|name| id(world, &name))).map(Person::User))
}

/// The assignee that the parameters name, who may also be nobody or anybody.
fn assignee(
    world: &World,
    parameters: &Parameters,
    prefixed: &dyn Fn(&str) -> String,
) -> Result<Option<Person>, Reply> {
    let names = parameters.list(&prefixed("assignee_username")).unwrap_or_default();
    Ok(match parameters.text(&prefixed("assignee_id"))?.as_deref() {
        Some("None" | "none") => Some(Person::Nobody),
        Some("Any" | "any") => Some(Person::Somebody),
        Some(id) => Some(Person::User(Some(id.parse().map_err(|_| nobody())?))),
        None => names.first().map(|name| Person::User(id(world, name))),
    })
}

fn id(world: &World, username: &str) -> Option<u64> {
    world.user(username).map(|user| user.id)
}

fn is_within(at: Timestamp, [after, before]: [Option<Timestamp>; 2]) -> bool {
    after.is_none_or(|after| at >= after) && before.is_none_or(|before| at <= before)
}
