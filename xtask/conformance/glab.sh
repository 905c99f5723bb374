#!/usr/bin/env bash
# The calls of an audit, made with glab; then the audit itself, read back.
#
# Usage: glab.sh AUDIT, the folder with what support-audit printed: `told` and `status.json`. The
# environment says where GitLab is, as the sandbox printed it, and glab is in the search path.
# Every check is a line on stdout: `ok NAME`, or `not ok NAME: reason`.
set -uo pipefail

audit=$1
url=$SUPPORT_AUDIT_GITLAB_URL
operator=ivelderman
audits=gitlab-com/support/support-ops/support-ops-tools/audits
project=projects/${audits//\//%2F}
team=projects/gitlab-com%2Fsupport%2Fteam
file=repository/files/data%2Fsupport-team.yaml
failed=0

# A configuration of its own: glab shall see nothing of the user's.
export GLAB_CONFIG_DIR=$audit/glab GITLAB_HOST=${url#http://} NO_COLOR=1 NO_PROMPT=1
export GLAB_CHECK_UPDATE=false
unset GITLAB_TOKEN GITLAB_ACCESS_TOKEN OAUTH_TOKEN
mkdir -p "$GLAB_CONFIG_DIR"
(umask 077 && cat >"$GLAB_CONFIG_DIR/config.yml") <<END
check_update: false
host: $GITLAB_HOST
hosts:
  $GITLAB_HOST:
    api_protocol: http
    api_host: $GITLAB_HOST
    token: $GL_TOKEN
END

# What answers are compared with. `is` gives one line for each difference; what is wanted is a
# value, `integer`, a pattern behind `~`, or a list or the fields of such.
shapes='
def integer: "~integer";
def text: "~(.|\n)+";
def at: "~[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z";
def hash: "~[0-9a-f]{40}";
def color: "~#[0-9a-fA-F]{6}";
def address: "~\($url)/.+";
def differences($wanted; $where):
  if ($wanted | type) == "object" and type == "object" then
    . as $seen | $wanted | to_entries[] | . as {$key, $value} | $seen
    | if has($key) then .[$key] | differences($value; "\($where).\($key)")
      else "\($where) has no \($key)" end
  elif ($wanted | type) == "array" and type == "array" then
    if length != ($wanted | length) then
      "\($where) has \(length) entries, not \($wanted | length)"
    else range(length) as $i | .[$i] | differences($wanted[$i]; "\($where)[\($i)]") end
  elif $wanted == integer then
    if type == "number" and . == floor and . > 0 then empty else "\($where) is \(tojson)" end
  elif ($wanted | type) == "string" and ($wanted | startswith("~")) then
    if type == "string" and test("^(\($wanted[1:]))$") then empty
    else "\($where) is \(tojson), no \($wanted[1:])" end
  elif . == $wanted then empty
  else "\($where) is \(tojson), not \($wanted | tojson)" end;
def is($wanted): differences($wanted; "answer");

def user($name):
  {id: integer, username: $name, name: text, state: "active", web_url: "\($url)/\($name)"};
def whole_user($name): user($name) + {locked: false, avatar_url: null, public_email: null};
def note($body):
  {id: integer, type: null, body: $body, author: whole_user($operator), created_at: at,
   updated_at: at, system: false, noteable_id: $issue.id, noteable_iid: $issue.iid,
   noteable_type: "Issue", project_id: $issue.project_id, resolvable: false,
   confidential: false, internal: false, imported: false, imported_from: "none",
   commands_changes: {}};
def threaded($body):
  note($body) + {type: "DiscussionNote", resolvable: true, resolved: false, resolved_by: null,
   resolved_at: null};
def status: $status[0];
def findings: status.findings;
def asked: findings | map(select(.asked_at));
def instant: capture("^(?<whole>[^.Z]+)([.](?<part>[0-9]*?)0*)?Z$") | "\(.whole).\(.part // "")";
def resolved: . + {resolved: true, resolved_by: whole_user($operator), resolved_at: at};
'
issue=null

# run FILTER: jq with the shapes, and with what support-audit said.
run() {
    jq --raw-output --arg url "$url" --arg operator "$operator" --arg audits "$audits" \
        --argjson issue "$issue" --rawfile told "$audit/told" \
        --slurpfile status "$audit/status.json" "$shapes $1"
}

# check NAME FILTER COMMAND…: the filter gives the reasons why what is printed is wrong, or none.
# The answer stays in $answer.
check() {
    local name=$1 filter=$2 reasons
    shift 2
    answer=$("$@" 2>"$audit/errors") || true
    [ -n "$answer" ] || answer=$(jq --raw-input --slurp . "$audit/errors")
    reasons=$(run "$filter" <<<"$answer" 2>&1) || reasons=${reasons:-no answer}
    if [ -z "$reasons" ]; then
        echo "ok $name"
    else
        echo "not ok $name: $(head -c 1000 <<<"$reasons" | tr '\n' ' ')"
        failed=1
    fi
}

# What a command prints, as one JSON text.
text() { "$@" | jq --raw-input --slurp .; }

# The status and the errors of a command that fails.
refused() {
    "$@" >"$audit/output" 2>"$audit/errors"
    jq --raw-input --slurp "[$?, .]" "$audit/errors"
}

# All pages of a list as one.
all() { glab api --paginate "$1" | jq --slurp add; }

# take FILTER: a part of the last answer.
take() { jq --raw-output "$1" <<<"$answer"; }

check "signed in" 'is("~(.|\n)*Logged in to .* as \($operator) (.|\n)*")' \
    text eval 'glab auth status 2>&1'
check "user" 'is(whole_user($operator) + {email: text, commit_email: text, bot: false,
    created_at: at, external: false})' glab api user
check "token" 'is({id: integer, name: text, active: true, revoked: false, scopes: ["api"],
    user_id: integer, created_at: at, last_used_at: at, expires_at: null})' \
    glab api personal_access_tokens/self
check "version" 'is({version: "~[0-9]+[.].*", revision: text, enterprise: false})' \
    glab api version

check "project" 'is({id: integer, name: "audits", path: "audits", path_with_namespace: $audits,
    default_branch: "main", visibility: "private", web_url: "\($url)/\($audits)",
    archived: false, empty_repo: false, issues_enabled: true, issues_access_level: "enabled",
    http_url_to_repo: "\($url)/\($audits).git", created_at: at, last_activity_at: at,
    namespace: {id: integer, kind: "group", full_path: ($audits | rtrimstr("/audits"))},
    permissions: {project_access: {access_level: 40}, group_access: null},
    _links: {self: address, issues: address}})' glab repo view "$audits" -F json
number=$(take .id)
check "project by number" 'is({path_with_namespace: $audits})' glab api "projects/$number"
check "public project" 'is({default_branch: "master", visibility: "public"})' glab api "$team"

check "templates" 'is([{key: "Calendly", name: "Calendly"}])' \
    glab api "$project/templates/issues"
check "template" 'is({name: "Calendly", content: "~## Summary\n(.|\n)*## Notes\n(.|\n)*"})' \
    glab api "$project/templates/issues/Calendly"
check "raw file" 'is("~(- )?(.|\n)*ivelderman(.|\n)*")' text glab api "$team/$file/raw?ref=master"
check "file" 'is({file_name: "support-team.yaml", file_path: "data/support-team.yaml",
    size: integer, encoding: "base64", content: text, content_sha256: "~[0-9a-f]{64}",
    ref: "master", blob_id: hash, commit_id: hash, last_commit_id: hash,
    execute_filemode: false})' glab api "$team/$file?ref=master"
check "tree" 'is([{id: hash, name: "data", type: "tree", path: "data", mode: "040000"},
    {id: hash, name: "README.md", type: "blob", path: "README.md", mode: "100644"}])' \
    glab api "$team/repository/tree"
check "commits" 'is([{id: hash, short_id: text, title: text, message: text, author_name: text,
    author_email: text, authored_date: text, committed_date: text, parent_ids: [],
    web_url: address}])' \
    glab api "$team/repository/commits?path=data/support-team.yaml"

check "user by name" 'is([whole_user("nadeyemi")])' glab api "users?username=NAdeyemi"
check "unknown user" 'is([])' glab api "users?username=nobody-of-that-name"
check "members" 'map({(.username): .}) | add | is({
    ivelderman: (whole_user($operator) + {access_level: 40, created_at: at, expires_at: null}),
    nadeyemi: {access_level: 50}, taaseby: {access_level: 20}})' all "$project/members/all"

check "make an issue" 'is("~(.|\n)*\($url)/\($audits)/-/issues/[0-9]+\n")' \
    text glab issue create -R "$audits" --title Conformance \
    --description $'First line\n\n- [ ] a task\n- [x] a task done\n' \
    --label glab,second --assignee "$operator" --due-date 2031-02-03 --yes
iid=$(take 'match("/issues/([0-9]+)").captures[0].string')
# Through the types of glab, which leave nothing out.
typed='{id: integer, iid: integer, project_id: integer, title: "Conformance",
    description: "First line\n\n- [ ] a task\n- [x] a task done", state: "opened",
    issue_type: "issue", created_at: at, updated_at: at, closed_at: null, closed_by: null,
    labels: ["glab", "second"], author: user($operator), assignee: user($operator),
    assignees: [user($operator)], due_date: "2031-02-03", confidential: false, upvotes: 0,
    downvotes: 0, subscribed: true, user_notes_count: 0,
    task_completion_status: {count: 2, completed_count: 1},
    web_url: "~\($url)/\($audits)/-/issues/[0-9]+",
    references: {short: "~#[0-9]+", relative: "~#[0-9]+", full: "~\($audits)#[0-9]+"},
    _links: {self: address, notes: address, award_emoji: address, project: address}}'
check "issue" "is($typed)" glab issue view "$iid" -R "$audits" -F json
check "issue as it is" "is($typed + {type: \"ISSUE\", author: whole_user(\$operator),
    assignees: [whole_user(\$operator)], discussion_locked: null})" glab api "$project/issues/$iid"
issue=$(take '{id, iid, project_id}')
check "issues by label" 'is([{iid: $issue.iid, title: "Conformance"}])' \
    glab api "$project/issues?labels=glab"
check "a list of issues" 'is("~(.|\n)*#\($issue.iid)\t\($audits)#\($issue.iid)\tConformance\t(.|\n)*")' \
    text glab issue list -R "$audits" --label glab --search conformance
check "closed issues" 'is([])' glab api "$project/issues?labels=glab&state=closed"
check "issues without a label" 'is("~No open issues match your search in \($audits)(.|\n)*")' \
    text eval 'glab issue list -R "$audits" --search conformance --not-label second 2>&1'
check "change an issue" 'is("~(.|\n)*\($url)/\($audits)/-/issues/\($issue.iid)\n")' \
    text glab issue update "$iid" -R "$audits" --label third --unlabel second \
    --description $'Second\n\nTwo paragraphs'
check "changed issue" 'is({description: "Second\n\nTwo paragraphs", labels: ["glab", "third"],
    due_date: "2031-02-03"})' glab issue view "$iid" -R "$audits" -F json
check "label" 'map(select(.name == "glab")) | is([{id: integer, name: "glab", color: color,
    text_color: color, description: "", is_project_label: true, subscribed: false}])' \
    glab label list -R "$audits" -F json

check "make a note" 'is("~\($url)/\($audits)/-/issues/\($issue.iid)#note_[0-9]+\n")' \
    text glab issue note "$iid" -R "$audits" --message hello
note=$(take 'match("#note_([0-9]+)").captures[0].string')
notes=$project/issues/$iid/notes
check "note" 'is(note("hello"))' glab api "$notes/$note"
check "change a note" 'is(note("hello again"))' \
    glab api -X PUT "$notes/$note" -f body="hello again"
ping="@$operator: please answer"
threads=$project/issues/$iid/discussions
check "open a thread" "is({id: hash, individual_note: false, notes: [threaded(\"$ping\")]})" \
    glab api "$threads" -f body="$ping"
thread=$(take .id)
check "reply" 'is(threaded("answered"))' glab api "$threads/$thread/notes" -f body=answered
both="threaded(\"$ping\"), threaded(\"answered\")"
check "thread" "is({id: \"$thread\", individual_note: false, notes: [$both]})" \
    glab api "$threads/$thread"
check "resolve a thread" "is({notes: [$both | resolved]})" \
    glab api -X PUT "$threads/$thread" -F resolved=true
check "open it again" "is({notes: [$both]})" glab api -X PUT "$threads/$thread" -F resolved=false
check "threads" "map(select(.notes[0].system | not)) | is([
    {id: hash, individual_note: true, notes: [note(\"hello again\")]}, {notes: [$both]}])" \
    all "$threads"
reaction="{id: integer, name: \"thumbsup\", user: whole_user(\$operator), created_at: at,
    updated_at: at, awardable_id: $note, awardable_type: \"Note\"}"
check "react" "is($reaction)" glab api "$notes/$note/award_emoji" -f name=thumbsup
check "reactions" "is([$reaction])" glab api "$notes/$note/award_emoji"
check "close an issue" 'is("~(.|\n)*Closed issue #\($issue.iid)\n(.|\n)*")' \
    text eval 'glab issue close "$iid" -R "$audits" 2>&1'
check "a closed issue" 'is({state: "closed", closed_at: at, closed_by: user($operator)})' \
    glab issue view "$iid" -R "$audits" -F json

for number in {1..103}; do
    glab api --silent "$notes" -f body="note $number" || failed=1
done
check "more notes than a page" "map(.body)
    | is([\"hello again\", \"$ping\", \"answered\"] + [range(1; 104) | \"note \\(.)\"])" \
    all "$notes?per_page=100&sort=asc&activity_filter=only_comments"
check "small pages" 'if length > 103 then empty else "\(length) threads" end' \
    all "$threads?per_page=7"
check "a page of comments" 'is("~(.|\n)*note 16\n(.|\n)*")' \
    text glab issue view "$iid" -R "$audits" --comments

missing() { refused glab api "$1"; }
check "no route" 'is([1, "~glab: HTTP 404\n*"])' missing nowhere
check "no project" 'is([1, "~glab: 404 Project Not Found .HTTP 404.\n*"])' \
    missing projects/no%2Fwhere
check "no issue" 'is([1, "~glab: 404 Not found .HTTP 404.\n*"])' missing "$project/issues/99999"
check "no file" 'is([1, "~glab: 404 File Not Found .HTTP 404.\n*"])' \
    missing "$project/repository/files/absent/raw"
check "a wrong token" 'is([1, "~glab: 401 Unauthorized .HTTP 401.\n*"])' \
    refused env GITLAB_TOKEN=wrong glab api user

# What support-audit wrote is what it said.
page=$(jq --raw-output .issue "$audit/status.json")
iid=${page##*/}
check "the audit's issue" '($told | capture("assigned to (?<who>\\S+), due on (?<day>\\S+)")) as $plan
    | is({title: "Calendly audit \(status.period)", state: "opened", web_url: status.issue,
    author: user($operator), assignees: [user($plan.who)], due_date: $plan.day})' \
    glab issue view "$iid" -R "$audits" -F json
check "its tables" '.description as $text | [
    "<!-- support-audit:begin v1 ",
    "### Support Team\n\n| Name | GitLab | Calendly link | Account | Findings |\n",
    "### Those in Calendly but not part of support team\n\n| Name | Email | Role |",
    "<!-- support-audit:end -->",
    "<!-- support-audit v1 calendly \(status.period) issue -->"]
    | map(. as $part | $text | index($part)) | . as $places | is($places | map(values) | sort)' \
    glab issue view "$iid" -R "$audits" -F json
check "its rows" '($told | capture("(?<people>[0-9]+) people, .* (?<outsiders>[0-9]+) outsider")) as $n
    | [.description | split("\n")[] | select(contains("| ") and contains("<!-- sa "))] | length
    | is(($n.people | tonumber) + ($n.outsiders | tonumber))' \
    glab issue view "$iid" -R "$audits" -F json
# The table of the outsiders need not say what they are.
check "its findings" '(.description | split("\n")) as $lines | findings
    | map(. as $finding | select([$lines[] | select(contains($finding.name)
        and ($finding.check == "outsider" or contains($finding.check)))] | length == 1))
    | is(findings)' glab issue view "$iid" -R "$audits" -F json
check "all of its comments" 'map(.id) | is([$told | scan("#note_([0-9]+)")[] | tonumber] | unique)' \
    all "$project/issues/$iid/notes?sort=asc&activity_filter=only_comments"
check "the review" '[.[-1].body | split("\n")[] | select(test("^- `.+ is .+`$"))] |
    is(findings | map("- `\(.finding) \(.standing)`"))' \
    all "$project/issues/$iid/notes?sort=asc&activity_filter=only_comments"
threads() { all "$project/issues/$iid/discussions" | jq 'map(select(.individual_note | not).notes[0])'; }
check "what was asked when" '. as $pings | asked | map(select(. as {$check, $asked_at}
    | any($pings[]; (.body | contains("`\($check)`"))
        and (.created_at | instant) == ($asked_at | instant)))) | is(asked)' threads
check "no other thread" 'length | is(asked | map(.asked_at) | unique | length)' threads
# What operators are asked has no end, and mentions nobody.
check "who is mentioned" '[.[] as $ping | $ping.body | split("\n")[]
    | capture("^- @(?<name>[A-Za-z0-9_.-]+): ") | "\(status.issue)#note_\($ping.id) \(.name)"] | unique
    | is([asked[] | select(.due) | "\(.thread) \(.subject | split("@")[0])"] | unique)' threads

exit "$failed"
