"""The calls of an audit, made with python-gitlab; then the audit itself, read back.

Usage: python_gitlab.py AUDIT, the folder with what support-audit printed: `told` and
`status.json`. The environment says where GitLab is, as the sandbox printed it. Every check is a
line on stdout: `ok NAME`, or `not ok NAME: reason`.
"""

import base64
import hashlib
import io
import json
import os
import re
import sys
import tarfile
from datetime import datetime
from pathlib import Path

import gitlab

URL = os.environ["SUPPORT_AUDIT_GITLAB_URL"]
TOKEN = os.environ["GL_TOKEN"]
AUDITS = "gitlab-com/support/support-ops/support-ops-tools/audits"
TEAM = "gitlab-com/support/team"
ROSTER = "data/support-team.yaml"
OPERATOR = "ivelderman"
LABEL = "python-gitlab"

AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HASH = re.compile(r"[0-9a-f]{40}")
ADDRESS = re.compile(re.escape(URL) + "/.+")

passed = failed = 0


def check(name, ask, wanted):
    """Asks, compares, tells; returns the answer."""
    global passed, failed
    answer = None
    try:
        answer = ask()
        reasons = list(differences(answer, wanted, "answer"))
    except Exception as error:
        reasons = [f"{type(error).__name__}: {error}"]
    if reasons:
        failed += 1
        print(f"not ok {name}: {'; '.join(reasons)}", flush=True)
    else:
        passed += 1
        print(f"ok {name}", flush=True)
    return answer


def differences(seen, wanted, where):
    """What is wanted is a value, its type, a pattern of it, or a list or the fields of such."""
    if isinstance(seen, gitlab.base.RESTObject):
        seen = seen.attributes
    if isinstance(wanted, dict) and isinstance(seen, dict):
        for name, value in wanted.items():
            if name in seen:
                yield from differences(seen[name], value, f"{where}.{name}")
            else:
                yield f"{where} has no {name}"
    elif isinstance(wanted, list) and isinstance(seen, list):
        if len(seen) != len(wanted):
            yield f"{where} has {len(seen)} entries, not {len(wanted)}"
        for index, (one, value) in enumerate(zip(seen, wanted)):
            yield from differences(one, value, f"{where}[{index}]")
    elif isinstance(wanted, type):
        if type(seen) is not wanted:
            yield f"{where} is {seen!r}, no {wanted.__name__}"
    elif isinstance(wanted, re.Pattern):
        if not (isinstance(seen, str) and wanted.fullmatch(seen)):
            yield f"{where} is {seen!r}, no {wanted.pattern}"
    elif seen != wanted or type(seen) is not type(wanted):
        yield f"{where} is {seen!r}, not {wanted!r}"


def refused(ask):
    """The status and the message with which GitLab refuses."""
    try:
        ask()
    except gitlab.exceptions.GitlabError as error:
        return [error.response_code, error.error_message]
    return None


def user(username):
    return {
        "id": int,
        "username": username,
        "name": str,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "public_email": None,
        "web_url": f"{URL}/{username}",
    }


def note(issue, body, **more):
    return {
        "id": int,
        "body": body,
        "author": user(OPERATOR),
        "created_at": AT,
        "updated_at": AT,
        "system": False,
        "noteable_id": issue.id,
        "noteable_iid": issue.iid,
        "noteable_type": "Issue",
        "project_id": issue.project_id,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "commands_changes": {},
        "type": None,
    } | more


def threaded(issue, body, **more):
    unresolved = {"resolved": False, "resolved_by": None, "resolved_at": None}
    return note(issue, body, type="DiscussionNote", resolvable=True, **unresolved) | more


def identity():
    gl = gitlab.Gitlab(URL, private_token=TOKEN)

    def authenticate():
        gl.auth()
        return gl.user

    own = {"email": str, "commit_email": str, "bot": False, "created_at": AT, "external": False}
    me = check("user", authenticate, user(OPERATOR) | own)
    token = {
        "id": int,
        "name": str,
        "active": True,
        "revoked": False,
        "scopes": ["api"],
        "user_id": me.id,
        "created_at": AT,
        "last_used_at": AT,
        "expires_at": None,
    }
    check("token", lambda: gl.personal_access_tokens.get("self"), token)
    bearer = gitlab.Gitlab(URL, oauth_token=TOKEN)
    check("bearer token", lambda: bearer.http_get("/user"), user(OPERATOR))
    check("version", lambda: list(gl.version()), [re.compile(r"\d+\.\d+\.\d+.*"), str])
    return gl, me


def projects(gl):
    api = f"{URL}/api/v4/projects/"
    shape = {
        "id": int,
        "name": "audits",
        "path": "audits",
        "path_with_namespace": AUDITS,
        "default_branch": "main",
        "visibility": "private",
        "archived": False,
        "empty_repo": False,
        "issues_enabled": True,
        "issues_access_level": "enabled",
        "web_url": f"{URL}/{AUDITS}",
        "http_url_to_repo": f"{URL}/{AUDITS}.git",
        "created_at": AT,
        "last_activity_at": AT,
        "namespace": {"id": int, "kind": "group", "full_path": AUDITS.rpartition("/")[0]},
        "permissions": {"project_access": {"access_level": 40}, "group_access": None},
        "_links": {"self": re.compile(re.escape(api) + r"\d+"), "issues": ADDRESS},
    }
    audits = check("project", lambda: gl.projects.get(AUDITS), shape)
    number = {"id": audits.id, "path_with_namespace": AUDITS}
    check("project by number", lambda: gl.projects.get(audits.id), number)
    team = {"path_with_namespace": TEAM, "default_branch": "master", "visibility": "public"}
    return audits, check("public project", lambda: gl.projects.get(TEAM), team)


def templates(audits):
    listed = [{"key": "Calendly", "name": "Calendly"}]
    check("templates", lambda: audits.issue_templates.list(get_all=True), listed)
    content = re.compile(r"## Summary\n.*## Notes\n.*", re.DOTALL)
    one = {"name": "Calendly", "content": content}
    check("template", lambda: audits.issue_templates.get("Calendly"), one)


def files(team):
    raw = check("raw file", lambda: team.files.raw(ROSTER, ref="master"), bytes)
    encoded = base64.b64encode(raw).decode()
    about = {
        "file_name": "support-team.yaml",
        "file_path": ROSTER,
        "size": len(raw),
        "encoding": "base64",
        "content": encoded,
        "content_sha256": hashlib.sha256(raw).hexdigest(),
        "ref": "master",
        "blob_id": HASH,
        "commit_id": HASH,
        "last_commit_id": HASH,
        "execute_filemode": False,
    }
    file = check("file", lambda: team.files.get(ROSTER, ref="master"), about)
    headers = {"x-gitlab-size": str(len(raw)), "x-gitlab-blob-id": file.blob_id}
    check("head of a file", lambda: dict(team.files.head(ROSTER, ref="master")), headers)
    sent = lambda: io.BytesIO(team.repository_archive(format="tar.gz", sha="master", path="data"))

    def unpack():
        with tarfile.open(fileobj=sent()) as archive:
            return [archive.extractfile(it).read() for it in archive if it.isfile()]

    check("archive", unpack, [raw])
    entry = {"id": HASH, "name": "data", "type": "tree", "path": "data", "mode": "040000"}
    blob = {"id": HASH, "name": "README.md", "type": "blob", "path": "README.md", "mode": "100644"}
    check("tree", lambda: team.repository_tree(get_all=True), [entry, blob])
    found = {"id": file.blob_id, "name": "support-team.yaml", "type": "blob", "path": ROSTER}
    check("tree of a folder", lambda: team.repository_tree(path="data", get_all=True), [found])
    commit = {
        "id": file.last_commit_id,
        "short_id": file.last_commit_id[:8],
        "title": str,
        "message": str,
        "author_name": str,
        "author_email": str,
        "committer_name": str,
        "committer_email": str,
        "authored_date": str,
        "committed_date": str,
        "parent_ids": [],
        "web_url": ADDRESS,
    }
    # `path=` would be the path of the call itself.
    of_roster = {"path": ROSTER}
    history = lambda: team.commits.list(query_parameters=of_roster, get_all=True)
    check("commits", history, [commit])
    check("commit", lambda: team.commits.get("master"), commit)


def people(gl, audits, me):
    check("user by name", lambda: gl.users.list(username="NAdeyemi"), [user("nadeyemi")])
    check("unknown user", lambda: gl.users.list(username="nobody-of-that-name"), [])
    check("user by number", lambda: gl.users.get(me.id), user(OPERATOR))
    status = {"availability": None, "emoji": None, "message": None}
    check("user's status", lambda: gl.users.get(me.id, lazy=True).status.get(), status)
    member = user(OPERATOR) | {"access_level": 40, "created_at": AT, "created_by": None}
    member |= {"expires_at": None}
    check("member", lambda: audits.members_all.get(me.id), member)
    members = check("members", lambda: audits.members_all.list(get_all=True), list)
    direct = lambda: audits.members.list(get_all=True) == members
    check("direct members", direct, True)
    levels = {one.username: one.access_level for one in members}
    wanted = {OPERATOR: 40, "nadeyemi": 50, "taaseby": 20}
    check("levels of the members", lambda: levels, wanted)


def issues(audits, me):
    sent = {
        "title": "Conformance",
        "description": "First line\n\n- [ ] a task\n- [x] a task done\n",
        "labels": [LABEL, "second"],
        "assignee_ids": [me.id],
        "due_date": "2031-02-03",
    }
    shape = {
        "id": int,
        "iid": int,
        "project_id": audits.id,
        "title": sent["title"],
        "description": sent["description"].rstrip(),
        "state": "opened",
        "type": "ISSUE",
        "issue_type": "issue",
        "created_at": AT,
        "updated_at": AT,
        "closed_at": None,
        "closed_by": None,
        "labels": sorted(sent["labels"]),
        "milestone": None,
        "author": user(OPERATOR),
        "assignee": user(OPERATOR),
        "assignees": [user(OPERATOR)],
        "due_date": sent["due_date"],
        "confidential": False,
        "discussion_locked": None,
        "user_notes_count": 0,
        "merge_requests_count": 0,
        "moved_to_id": None,
        "upvotes": 0,
        "downvotes": 0,
        "task_completion_status": {"count": 2, "completed_count": 1},
        "web_url": re.compile(re.escape(f"{URL}/{AUDITS}/-/issues/") + r"\d+"),
        "references": {
            "short": re.compile(r"#\d+"),
            "relative": re.compile(r"#\d+"),
            "full": re.compile(re.escape(AUDITS) + r"#\d+"),
        },
        "_links": {"self": ADDRESS, "notes": ADDRESS, "award_emoji": ADDRESS, "project": ADDRESS},
    }
    issue = check("make an issue", lambda: audits.issues.create(sent), shape)
    check("issue", lambda: audits.issues.get(issue.iid), shape | {"subscribed": True})

    def mine(**filters):
        return audits.issues.list(labels=[LABEL], get_all=True, **filters)

    check("issues by label", mine, [shape])
    check("issues by text", lambda: mine(search="conformance", in_="title"), [{"iid": issue.iid}])
    check("closed issues", lambda: mine(state="closed"), [])
    other = {"labels": LABEL, "not[labels]": "second"}
    check("issues without a label", lambda: audits.issues.list(query_parameters=other), [])
    keyset = {"pagination": "keyset", "order_by": "created_at", "iterator": True}
    by_keyset = lambda: list(audits.issues.list(labels=[LABEL], **keyset))
    check("issues by keyset", by_keyset, [{"iid": issue.iid}])

    def edit():
        issue.description = "Second\n\nTwo paragraphs"
        issue.labels = [LABEL, "third"]
        issue.due_date = "2031-02-04"
        issue.save()
        return audits.issues.get(issue.iid)

    labels = [LABEL, "third"]
    edited = {"description": "Second\n\nTwo paragraphs", "labels": labels, "due_date": "2031-02-04"}
    check("change an issue", edit, shape | edited | {"task_completion_status": {"count": 0}})

    label = {
        "id": int,
        "name": LABEL,
        "color": re.compile("#[0-9a-fA-F]{6}"),
        "text_color": re.compile("#[0-9a-fA-F]{6}"),
        "description": None,
        "is_project_label": True,
        "priority": None,
        "subscribed": False,
    }
    check("label", lambda: audits.labels.list(search=LABEL, get_all=True), [label])
    event = {"id": int, "user": user(OPERATOR), "created_at": AT, "resource_type": "Issue"}
    event |= {"resource_id": issue.id, "action": "add", "label": {"id": int, "name": LABEL}}
    added = check("events of labels", lambda: issue.resourcelabelevents.list(get_all=True), list)
    check("event of a label", lambda: [it for it in added if it.label["name"] == LABEL], [event])
    return issue


def conversation(gl, audits, issue):
    one = check("make a note", lambda: issue.notes.create({"body": "hello"}), note(issue, "hello"))
    check("note", lambda: issue.notes.get(one.id), note(issue, "hello"))

    def edit():
        one.body = "hello again"
        one.save()
        return issue.notes.get(one.id)

    check("change a note", edit, note(issue, "hello again"))
    body = f"@{OPERATOR}: please answer"
    thread = check(
        "open a thread",
        lambda: issue.discussions.create({"body": body}),
        {"id": HASH, "individual_note": False, "notes": [threaded(issue, body)]},
    )
    answer = lambda: thread.notes.create({"body": "answered"})
    check("reply", answer, threaded(issue, "answered"))
    both = [threaded(issue, body), threaded(issue, "answered")]
    whole = {"id": thread.id, "individual_note": False, "notes": both}
    check("thread", lambda: issue.discussions.get(thread.id), whole)

    # python-gitlab has no call that resolves an issue's thread.
    path = f"/projects/{audits.id}/issues/{issue.iid}/discussions/{thread.id}"
    resolve = lambda resolved: gl.http_put(path, post_data={"resolved": resolved})
    done = {"resolved": True, "resolved_by": user(OPERATOR), "resolved_at": AT}
    resolved = [threaded(issue, body, **done), threaded(issue, "answered", **done)]
    check("resolve a thread", lambda: resolve(True), {"id": thread.id, "notes": resolved})
    check("open it again", lambda: resolve(False), {"id": thread.id, "notes": both})

    alone = {"id": HASH, "individual_note": True, "notes": [note(issue, "hello again")]}
    comments = lambda: [
        it for it in issue.discussions.list(get_all=True) if not it.attributes["notes"][0]["system"]
    ]
    check("threads", comments, [alone, whole])
    reaction = {
        "id": int,
        "name": "thumbsup",
        "user": user(OPERATOR),
        "created_at": AT,
        "updated_at": AT,
        "awardable_id": one.id,
        "awardable_type": "Note",
    }
    give = lambda: one.awardemojis.create({"name": "thumbsup"})
    check("react", give, reaction)
    check("reactions", lambda: one.awardemojis.list(get_all=True), [reaction])
    one.awardemojis.list(get_all=True)[0].delete()
    check("no reactions", lambda: one.awardemojis.list(get_all=True), [])
    commands = {"commands_changes": {"state_event": "close"}, "summary": list}
    check("a quick action", lambda: issue.notes.create({"body": "/close"}), commands)
    closed = {"state": "closed", "closed_at": AT, "closed_by": user(OPERATOR)}
    check("a closed issue", lambda: audits.issues.get(issue.iid), closed)
    check("events of the state", lambda: issue.resourcestateevents.list(), [{"state": "closed"}])


def pages(issue):
    for number in range(103):
        issue.notes.create({"body": f"note {number}"})
    listed = lambda: issue.notes.list(
        get_all=True, per_page=100, sort="asc", order_by="created_at", activity_filter="only_comments"
    )
    bodies = ["hello again", f"@{OPERATOR}: please answer", "answered"]
    bodies += [f"note {number}" for number in range(103)]
    check("more notes than a page", lambda: [it.body for it in listed()], bodies)
    page = lambda: issue.notes.list(iterator=True, per_page=100, activity_filter="only_comments")
    totals = lambda: [page().total, page().total_pages, page().per_page, page().next_page]
    check("headers of a page", totals, [106, 2, 100, 2])
    check("small pages", lambda: len(issue.discussions.list(get_all=True, per_page=7)) > 103, True)


def errors(gl, audits):
    missing = "404 Project Not Found"
    check("no project", lambda: refused(lambda: gl.projects.get("no/where")), [404, missing])
    check("no issue", lambda: refused(lambda: audits.issues.get(99999)), [404, "404 Not found"])
    absent = lambda: audits.files.raw("absent", ref="main")
    check("no file", lambda: refused(absent), [404, "404 File Not Found"])
    absent = lambda: audits.issue_templates.get("absent")
    check("no template", lambda: refused(absent), [404, "404 Template Not Found"])
    bad = gitlab.Gitlab(URL, private_token="wrong")
    check("a wrong token", lambda: refused(bad.auth), [401, "401 Unauthorized"])
    hidden = lambda: gitlab.Gitlab(URL).projects.get(AUDITS)
    check("no token", lambda: refused(hidden), [404, missing])
    blank = lambda: audits.issues.create({"title": ""})
    check("no title", lambda: refused(blank), [400, {"title": ["can't be blank"]}])


def audit(audits, folder):
    """What support-audit wrote is what it said."""
    told = (folder / "told").read_text()
    status = json.loads((folder / "status.json").read_text())
    findings = status["findings"]
    assignee, due = re.search(r"assigned to (\S+), due on (\S+)", told).groups()
    shape = {
        "title": f"Calendly audit {status['period']}",
        "state": "opened",
        "author": user(OPERATOR),
        "assignees": [user(assignee)],
        "due_date": due,
        "web_url": status["issue"],
    }
    number = int(status["issue"].rpartition("/")[2])
    issue = check("the audit's issue", lambda: audits.issues.get(number), shape)
    parts = [
        "<!-- support-audit:begin v1 ",
        "### Support Team\n\n| Name | GitLab | Calendly link | Account | Findings |\n",
        "### Those in Calendly but not part of support team\n\n| Name | Email | Role |",
        "<!-- support-audit:end -->",
        f"<!-- support-audit v1 calendly {status['period']} issue -->",
    ]
    tables = re.compile(".*" + ".*".join(map(re.escape, parts)), re.DOTALL)
    check("its tables", lambda: issue.description, tables)
    lines = issue.description.splitlines()
    people, outsiders = re.search(r"(\d+) people, .* (\d+) outsider", told).groups()
    rows = lambda: sum("| " in line and "<!-- sa " in line for line in lines)
    check("its rows", rows, int(people) + int(outsiders))

    def found(finding):
        # The table of the outsiders need not say what they are.
        words = finding["name"], finding["check"].replace("outsider", "")
        return sum(all(word in line for word in words) for line in lines)

    once = {it["finding"]: 1 for it in findings}
    check("its findings", lambda: {it["finding"]: found(it) for it in findings}, once)

    kept = {"get_all": True, "sort": "asc", "activity_filter": "only_comments"}
    notes = check("its comments", lambda: issue.notes.list(**kept), list)
    ids = sorted({int(it) for it in re.findall(r"#note_(\d+)", told)})
    check("all of its comments", lambda: [it.id for it in notes], ids)
    threads = lambda: [
        it.attributes["notes"]
        for it in issue.discussions.list(get_all=True)
        if not it.attributes["individual_note"]
    ]
    pings = check("its threads", lambda: [it[0] for it in threads()], list)
    asked = [it for it in findings if it["asked_at"]]
    instant = datetime.fromisoformat

    def is_asked(finding):
        of_it = [it for it in pings if f"`{finding['check']}`" in it["body"]]
        return instant(finding["asked_at"]) in [instant(it["created_at"]) for it in of_it]

    seen = lambda: [it["finding"] for it in asked if is_asked(it)]
    check("what was asked when", seen, [it["finding"] for it in asked])
    check("no other thread", lambda: len(pings), len({it["asked_at"] for it in asked}))
    line = re.compile(r"^- @([\w.-]+): ", re.MULTILINE)
    mentions = lambda: sorted(
        f"{issue.web_url}#note_{it['id']} {name}"
        for it in pings
        for name in set(line.findall(it["body"]))
    )
    # What operators are asked has no end, and mentions nobody.
    usernames = sorted({f"{it['thread']} {it['subject'].split('@')[0]}" for it in asked if it["due"]})
    check("who is mentioned", lambda: mentions(), usernames)
    standings = [f"`{it['finding']} {it['standing']}`" for it in findings]
    listed = lambda: re.findall(r"^- (`.+ is .+`)$", notes[-1].body, re.MULTILINE)
    check("the review", listed, standings)


def main():
    gl, me = identity()
    audits, team = projects(gl)
    templates(audits)
    files(team)
    people(gl, audits, me)
    issue = issues(audits, me)
    conversation(gl, audits, issue)
    pages(issue)
    errors(gl, audits)
    audit(audits, Path(sys.argv[1]))
    return 1 if failed else 0


sys.exit(main())
