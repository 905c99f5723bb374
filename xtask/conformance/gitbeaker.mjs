// The calls of an audit, made with @gitbeaker/rest; then the audit itself, read back.
//
// Usage: gitbeaker.mjs AUDIT, the folder with what support-audit printed: `told` and
// `status.json`. The environment says where GitLab is, as the sandbox printed it. Every check is a
// line on stdout: `ok NAME`, or `not ok NAME: reason`.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Gitlab } from '@gitbeaker/rest';

const host = process.env.SUPPORT_AUDIT_GITLAB_URL;
const token = process.env.GL_TOKEN;
const audits = 'gitlab-com/support/support-ops/support-ops-tools/audits';
const team = 'gitlab-com/support/team';
const roster = 'data/support-team.yaml';
const operator = 'ivelderman';
const label = 'gitbeaker';

const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const hash = /^[0-9a-f]{40}$/;
const address = /^http:\/\/127\.0\.0\.1:\d+\/.+$/;
const integer = Number.isInteger;
const text = (seen) => typeof seen === 'string' && seen !== '';

let failed = 0;

/** Asks, compares, tells; returns the answer. */
async function check(name, ask, wanted) {
  let answer;
  let reasons;
  try {
    answer = await ask();
    reasons = differences(answer, wanted, 'answer');
  } catch (error) {
    reasons = [`${error}`];
  }
  failed += reasons.length > 0;
  console.log(reasons.length > 0 ? `not ok ${name}: ${reasons.join('; ')}` : `ok ${name}`);
  return answer;
}

/** What is wanted is a value, a test or pattern of it, or a list or the fields of such. */
function differences(seen, wanted, where) {
  const told = `${where} is ${JSON.stringify(seen)}`;
  if (wanted instanceof RegExp) {
    return text(seen) && wanted.test(seen) ? [] : [`${told}, no ${wanted}`];
  }
  if (typeof wanted === 'function') {
    return wanted(seen) ? [] : [`${told}, no ${wanted.name}`];
  }
  if (Array.isArray(wanted) && Array.isArray(seen)) {
    const parts = wanted.map((value, index) => differences(seen[index], value, `${where}[${index}]`));
    const size = `${where} has ${seen.length} entries, not ${wanted.length}`;
    return seen.length === wanted.length ? parts.flat() : [size];
  }
  if (wanted !== null && typeof wanted === 'object' && seen !== null && typeof seen === 'object') {
    return Object.entries(wanted).flatMap(([name, value]) =>
      name in seen ? differences(seen[name], value, `${where}.${name}`) : [`${where} has no ${name}`],
    );
  }
  return seen === wanted ? [] : [`${told}, not ${JSON.stringify(wanted)}`];
}

/** The status and the message with which GitLab refuses. */
async function refused(ask) {
  try {
    await ask();
  } catch (error) {
    return [error.cause.response.status, error.cause.description];
  }
  return null;
}

const user = (username) => ({
  id: integer,
  username,
  name: text,
  state: 'active',
  locked: false,
  avatar_url: null,
  public_email: null,
  web_url: `${host}/${username}`,
});

const note = (issue, body) => ({
  id: integer,
  type: null,
  body,
  author: user(operator),
  created_at: at,
  updated_at: at,
  system: false,
  noteable_id: issue.id,
  noteable_iid: issue.iid,
  noteable_type: 'Issue',
  project_id: issue.project_id,
  resolvable: false,
  confidential: false,
  internal: false,
  imported: false,
  imported_from: 'none',
  commands_changes: {},
});

const threaded = (issue, body) => ({
  ...note(issue, body),
  type: 'DiscussionNote',
  resolvable: true,
  resolved: false,
  resolved_by: null,
  resolved_at: null,
});

async function identity(api) {
  const own = { email: text, commit_email: text, bot: false, created_at: at, external: false };
  const me = await check('user', () => api.Users.showCurrentUser(), { ...user(operator), ...own });
  await check('token', () => api.PersonalAccessTokens.show(), {
    id: integer,
    name: text,
    active: true,
    revoked: false,
    scopes: ['api'],
    user_id: me.id,
    created_at: at,
    last_used_at: at,
    expires_at: null,
  });
  const bearer = new Gitlab({ host, oauthToken: token });
  await check('bearer token', () => bearer.Users.showCurrentUser(), user(operator));
  const version = { version: /^\d+\.\d+\.\d+/, revision: text, enterprise: false, kas: { enabled: false } };
  await check('version', () => api.Metadata.show(), version);
  return me;
}

async function projects(api) {
  const project = await check('project', () => api.Projects.show(audits), {
    id: integer,
    name: 'audits',
    path: 'audits',
    path_with_namespace: audits,
    default_branch: 'main',
    visibility: 'private',
    archived: false,
    empty_repo: false,
    issues_enabled: true,
    issues_access_level: 'enabled',
    web_url: `${host}/${audits}`,
    http_url_to_repo: `${host}/${audits}.git`,
    created_at: at,
    last_activity_at: at,
    namespace: { id: integer, kind: 'group', full_path: 'gitlab-com/support/support-ops/support-ops-tools' },
    permissions: { project_access: { access_level: 40 }, group_access: null },
    _links: { self: address, issues: address },
  });
  const number = { id: project.id, path_with_namespace: audits };
  await check('project by number', () => api.Projects.show(project.id), number);
  const open = { path_with_namespace: team, default_branch: 'master', visibility: 'public' };
  await check('public project', () => api.Projects.show(team), open);
  return project;
}

async function templates(api) {
  const listed = [{ key: 'Calendly', name: 'Calendly' }];
  await check('templates', () => api.ProjectTemplates.all(audits, 'issues'), listed);
  const one = { name: 'Calendly', content: /^## Summary\n[^]*## Notes\n/ };
  await check('template', () => api.ProjectTemplates.show(audits, 'issues', 'Calendly'), one);
}

async function files(api) {
  const raw = await check('raw file', () => api.RepositoryFiles.showRaw(team, roster, 'master'), text);
  const file = await check('file', () => api.RepositoryFiles.show(team, roster, 'master'), {
    file_name: 'support-team.yaml',
    file_path: roster,
    size: Buffer.byteLength(raw),
    encoding: 'base64',
    content: Buffer.from(raw).toString('base64'),
    content_sha256: createHash('sha256').update(raw).digest('hex'),
    ref: 'master',
    blob_id: hash,
    commit_id: hash,
    last_commit_id: hash,
    execute_filemode: false,
  });
  const unpack = async () => {
    const which = { fileType: 'tar.gz', sha: 'master', path: 'data' };
    const archive = await api.Repositories.showArchive(team, which);
    return gunzipSync(Buffer.from(await archive.arrayBuffer())).includes(raw);
  };
  await check('archive', unpack, true);
  const folder = { id: hash, name: 'data', type: 'tree', path: 'data', mode: '040000' };
  const blob = { id: hash, name: 'README.md', type: 'blob', path: 'README.md', mode: '100644' };
  await check('tree', () => api.Repositories.allRepositoryTrees(team), [folder, blob]);
  const found = { id: file.blob_id, name: 'support-team.yaml', type: 'blob', path: roster };
  const within = () => api.Repositories.allRepositoryTrees(team, { path: 'data' });
  await check('tree of a folder', within, [found]);
  const commit = {
    id: file.last_commit_id,
    short_id: file.last_commit_id.slice(0, 8),
    title: text,
    message: text,
    author_name: text,
    author_email: text,
    committer_name: text,
    committer_email: text,
    authored_date: text,
    committed_date: text,
    parent_ids: [],
    web_url: address,
  };
  await check('commits', () => api.Commits.all(team, { path: roster }), [commit]);
  await check('commit', () => api.Commits.show(team, 'master'), commit);
}

async function people(api, me) {
  const named = (username) => api.Users.all({ username });
  await check('user by name', () => named('NAdeyemi'), [user('nadeyemi')]);
  await check('unknown user', () => named('nobody-of-that-name'), []);
  await check('user by number', () => api.Users.show(me.id), user(operator));
  const status = { availability: null, emoji: null, message: null };
  await check("user's status", () => api.Users.showStatus({ iDOrUsername: me.id }), status);
  const since = { created_at: at, created_by: null, expires_at: null };
  const member = { ...user(operator), ...since, access_level: 40 };
  const all = { includeInherited: true };
  await check('member', () => api.ProjectMembers.show(audits, me.id, all), member);
  const members = await check('members', () => api.ProjectMembers.all(audits, all), Array.isArray);
  await check('direct members', () => api.ProjectMembers.all(audits), members);
  const levels = Object.fromEntries(members.map((one) => [one.username, one.access_level]));
  const wanted = { [operator]: 40, nadeyemi: 50, taaseby: 20 };
  await check('levels of the members', () => levels, wanted);
}

async function issues(api, project, me) {
  const shape = {
    id: integer,
    iid: integer,
    project_id: project.id,
    title: 'Conformance',
    description: 'First line\n\n- [ ] a task\n- [x] a task done',
    state: 'opened',
    type: 'ISSUE',
    issue_type: 'issue',
    created_at: at,
    updated_at: at,
    closed_at: null,
    closed_by: null,
    labels: [label, 'second'],
    milestone: null,
    author: user(operator),
    assignee: user(operator),
    assignees: [user(operator)],
    due_date: '2031-02-03',
    confidential: false,
    discussion_locked: null,
    user_notes_count: 0,
    merge_requests_count: 0,
    moved_to_id: null,
    upvotes: 0,
    downvotes: 0,
    task_completion_status: { count: 2, completed_count: 1 },
    web_url: address,
    references: { short: /^#\d+$/, relative: /^#\d+$/, full: new RegExp(`^${audits}#\\d+$`) },
    _links: { self: address, notes: address, award_emoji: address, project: address },
  };
  const make = () =>
    api.Issues.create(audits, 'Conformance', {
      description: 'First line\n\n- [ ] a task\n- [x] a task done\n',
      labels: `${label},second`,
      assigneeIds: [me.id],
      dueDate: '2031-02-03',
    });
  const issue = await check('make an issue', make, shape);
  const one = () => api.Issues.show(issue.iid, { projectId: audits });
  await check('issue', one, { ...shape, subscribed: true });
  const mine = (filters) => () => api.Issues.all({ projectId: audits, labels: label, ...filters });
  await check('issues by label', mine({}), [shape]);
  await check('issues by text', mine({ search: 'conformance', in: 'title' }), [{ iid: issue.iid }]);
  await check('closed issues', mine({ state: 'closed' }), []);
  await check('issues without a label', mine({ not: { labels: 'second' } }), []);
  const keyset = { pagination: 'keyset', orderBy: 'created_at' };
  await check('issues by keyset', mine(keyset), [{ iid: issue.iid }]);

  const description = 'Second\n\nTwo paragraphs';
  const change = async () => {
    const changes = { description, labels: `${label},third`, dueDate: '2031-02-04' };
    await api.Issues.edit(audits, issue.iid, changes);
    return one();
  };
  const labels = [label, 'third'];
  const counted = { task_completion_status: { count: 0, completed_count: 0 } };
  const changed = { ...shape, ...counted, description, labels, due_date: '2031-02-04' };
  await check('change an issue', change, changed);

  const color = /^#[0-9a-fA-F]{6}$/;
  await check('label', () => api.ProjectLabels.all(audits, { search: label }), [
    {
      id: integer,
      name: label,
      color,
      text_color: color,
      description: null,
      is_project_label: true,
      priority: null,
      subscribed: false,
    },
  ]);
  const added = async () => {
    const events = await api.IssueLabelEvents.all(audits, issue.iid);
    return events.filter((event) => event.label.name === label);
  };
  const event = { id: integer, user: user(operator), created_at: at, resource_type: 'Issue' };
  const about = { resource_id: issue.id, action: 'add', label: { id: integer, name: label } };
  await check('event of a label', added, [{ ...event, ...about }]);
  return issue;
}

async function conversation(api, issue) {
  const place = [audits, issue.iid];
  const hello = note(issue, 'hello');
  const one = await check('make a note', () => api.IssueNotes.create(...place, 'hello'), hello);
  await check('note', () => api.IssueNotes.show(...place, one.id), hello);
  const again = note(issue, 'hello again');
  const edit = () => api.IssueNotes.edit(...place, one.id, { body: 'hello again' });
  await check('change a note', edit, again);

  const body = `@${operator}: please answer`;
  const opened = { id: hash, individual_note: false, notes: [threaded(issue, body)] };
  const open = () => api.IssueDiscussions.create(...place, body);
  const thread = await check('open a thread', open, opened);
  const reply = () => api.IssueDiscussions.addNote(...place, thread.id, 'answered');
  await check('reply', reply, threaded(issue, 'answered'));
  const whole = { ...opened, id: thread.id, notes: [...opened.notes, threaded(issue, 'answered')] };
  const show = () => api.IssueDiscussions.show(...place, thread.id);
  await check('thread', show, whole);

  // There is no call that resolves an issue's thread; the one that edits a note takes what it is
  // given.
  const resolve = async (resolved) => {
    await api.IssueDiscussions.editNote(...place, thread.id, thread.notes[0].id, { resolved });
    return show();
  };
  const done = { resolved: true, resolved_by: user(operator), resolved_at: at };
  const resolved = whole.notes.map((wanted) => ({ ...wanted, ...done }));
  await check('resolve a thread', () => resolve(true), { ...whole, notes: resolved });
  await check('open it again', () => resolve(false), whole);

  const comments = async () => {
    const all = await api.IssueDiscussions.all(...place);
    return all.filter((found) => !found.notes[0].system);
  };
  const alone = { id: hash, individual_note: true, notes: [again] };
  await check('threads', comments, [alone, whole]);

  const reaction = {
    id: integer,
    name: 'thumbsup',
    user: user(operator),
    created_at: at,
    updated_at: at,
    awardable_id: one.id,
    awardable_type: 'Note',
  };
  const given = await check(
    'react',
    () => api.IssueNoteAwardEmojis.award(...place, one.id, 'thumbsup'),
    reaction,
  );
  const reactions = () => api.IssueNoteAwardEmojis.all(...place, one.id);
  await check('reactions', reactions, [reaction]);
  await api.IssueNoteAwardEmojis.remove(...place, one.id, given.id);
  await check('no reactions', reactions, []);
  const commands = { commands_changes: { state_event: 'close' }, summary: Array.isArray };
  await check('a quick action', () => api.IssueNotes.create(...place, '/close'), commands);
  const closed = { state: 'closed', closed_at: at, closed_by: user(operator) };
  const now = () => api.Issues.show(issue.iid, { projectId: audits });
  await check('a closed issue', now, closed);
  const states = () => api.IssueStateEvents.all(...place);
  await check('events of the state', states, [{ id: integer, state: 'closed', resource_id: issue.id }]);
}

async function pages(api, issue) {
  const count = 103;
  const wanted = ['hello again', `@${operator}: please answer`, 'answered'];
  for (let number = 0; number < count; number += 1) {
    wanted.push(`note ${number}`);
    await api.IssueNotes.create(audits, issue.iid, `note ${number}`);
  }
  const options = { perPage: 100, sort: 'asc', orderBy: 'created_at', activityFilter: 'only_comments' };
  const bodies = async () => {
    const notes = await api.IssueNotes.all(audits, issue.iid, options);
    return notes.map((found) => found.body);
  };
  await check('more notes than a page', bodies, wanted);
  const page = async () => {
    const only = { ...options, page: 1, maxPages: 1, showExpanded: true };
    const { paginationInfo } = await api.IssueNotes.all(audits, issue.iid, only);
    return paginationInfo;
  };
  const info = { total: wanted.length, totalPages: 2, perPage: 100, current: 1, next: 2, previous: null };
  await check('headers of a page', page, info);
  const small = () => api.IssueDiscussions.all(audits, issue.iid, { perPage: 7 });
  await check('small pages', async () => (await small()).length > count, true);
}

async function errors(api) {
  const missing = '404 Project Not Found';
  await check('no project', () => refused(() => api.Projects.show('no/where')), [404, missing]);
  const issue = () => api.Issues.show(99999, { projectId: audits });
  await check('no issue', () => refused(issue), [404, '404 Not found']);
  const file = () => api.RepositoryFiles.showRaw(audits, 'absent', 'main');
  await check('no file', () => refused(file), [404, '404 File Not Found']);
  const template = () => api.ProjectTemplates.show(audits, 'issues', 'absent');
  await check('no template', () => refused(template), [404, '404 Template Not Found']);
  const wrong = new Gitlab({ host, token: 'wrong' });
  await check('a wrong token', () => refused(() => wrong.Users.showCurrentUser()), [401, '401 Unauthorized']);
  const blank = () => api.Issues.create(audits, '', {});
  await check('no title', () => refused(blank), [400, text]);
}

/** What support-audit wrote is what it said. */
async function audit(api, folder) {
  const told = readFileSync(`${folder}/told`, 'utf8');
  const status = JSON.parse(readFileSync(`${folder}/status.json`, 'utf8'));
  const { findings } = status;
  const [, assignee, due] = told.match(/assigned to (\S+), due on (\S+)/);
  const iid = Number(status.issue.split('/').at(-1));
  const show = () => api.Issues.show(iid, { projectId: audits });
  const issue = await check("the audit's issue", show, {
    title: `Calendly audit ${status.period}`,
    state: 'opened',
    author: user(operator),
    assignees: [user(assignee)],
    due_date: due,
    web_url: status.issue,
  });
  const parts = [
    '<!-- support-audit:begin v1 ',
    '### Support Team\n\n| Name | GitLab | Calendly link | Account | Findings |\n',
    '### Those in Calendly but not part of support team\n\n| Name | Email | Role |',
    '<!-- support-audit:end -->',
    `<!-- support-audit v1 calendly ${status.period} issue -->`,
  ];
  const places = () => parts.map((part) => issue.description.indexOf(part));
  const inOrder = (seen) => seen.every((place, index) => place > (seen[index - 1] ?? -1));
  await check('its tables', places, inOrder);
  const lines = issue.description.split('\n');
  const [, people, outsiders] = told.match(/(\d+) people, .* (\d+) outsider/);
  const rows = () => lines.filter((line) => line.includes('| ') && line.includes('<!-- sa '));
  await check('its rows', () => rows().length, Number(people) + Number(outsiders));
  // The table of the outsiders need not say what they are.
  const found = ({ name, check: id }) =>
    lines.filter((line) => line.includes(name) && (id === 'outsider' || line.includes(id))).length;
  const once = () => findings.filter((finding) => found(finding) === 1);
  await check('its findings', once, findings);

  const options = { sort: 'asc', activityFilter: 'only_comments' };
  const all = () => api.IssueNotes.all(audits, iid, options);
  const notes = await check('its comments', all, Array.isArray);
  const numbers = [...told.matchAll(/#note_(\d+)/g)].map(([, number]) => Number(number));
  const ids = [...new Set(numbers)].sort((one, other) => one - other);
  await check('all of its comments', () => notes.map((one) => one.id), ids);
  const first = async () => {
    const threads = await api.IssueDiscussions.all(audits, iid);
    return threads.filter((one) => !one.individual_note).map((one) => one.notes[0]);
  };
  const pings = await check('its threads', first, Array.isArray);
  const asked = findings.filter((finding) => finding.asked_at !== null);
  const same = (one, other) => Date.parse(one) === Date.parse(other);
  const isAsked = (finding) =>
    pings.some(
      (ping) => ping.body.includes(`\`${finding.check}\``) && same(ping.created_at, finding.asked_at),
    );
  await check('what was asked when', () => asked.filter(isAsked), asked);
  const times = new Set(asked.map((finding) => finding.asked_at));
  await check('no other thread', () => pings.length, times.size);
  const mentions = () =>
    pings.flatMap((ping) =>
      [...ping.body.matchAll(/^- @([\w.-]+): /gm)].map(
        ([, username]) => `${issue.web_url}#note_${ping.id} ${username}`,
      ),
    );
  // What operators are asked has no end, and mentions nobody.
  const ofPeople = asked.filter((finding) => finding.due !== null);
  const usernames = ofPeople.map((finding) => `${finding.thread} ${finding.subject.split('@')[0]}`);
  const sorted = (lines) => [...new Set(lines)].sort();
  await check('who is mentioned', () => sorted(mentions()), sorted(usernames));
  const listed = () => notes.at(-1).body.match(/^- `.+ is .+`$/gm);
  const standings = findings.map((finding) => `- \`${finding.finding} ${finding.standing}\``);
  await check('the review', listed, standings);
}

async function main() {
  const api = new Gitlab({ host, token });
  const me = await identity(api);
  const project = await projects(api);
  await templates(api);
  await files(api);
  await people(api, me);
  const issue = await issues(api, project, me);
  await conversation(api, issue);
  await pages(api, issue);
  await errors(api);
  await audit(api, process.argv[2]);
}

await main();
process.exitCode = failed > 0 ? 1 : 0;
