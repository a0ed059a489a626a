import { dateTime, type Issue, type Status } from './state.ts';
import {
  amount,
  type Body,
  type Call,
  documentOf,
  issueOf,
  json,
  nothing,
  person,
  Refused,
  type Route,
} from './wire.ts';

/** Issues, their transitions and the search for them. */
export const issueRoutes: readonly Route[] = [
  {
    operation: 'GET /rest/api/3/issue/{issueIdOrKey}',
    handle(call) {
      const issue = issueOf(call);
      const fields = selected(call, issue);
      const names = Object.fromEntries(
        Object.keys(fields).map((id) => [id, call.state.fieldNames.get(id) ?? id]),
      );
      const expand = (call.query.get('expand') ?? '').split(',');
      return json(200, { ...reference(call, issue), fields, ...(expand.includes('names') ? { names } : {}) });
    },
  },
  { operation: 'POST /rest/api/3/issue', handle: create },
  {
    operation: 'GET /rest/api/3/issue/{issueIdOrKey}/transitions',
    handle: (call) => json(200, { expand: 'transitions', transitions: available(call, issueOf(call)) }),
  },
  {
    operation: 'POST /rest/api/3/issue/{issueIdOrKey}/transitions',
    handle(call) {
      const issue = issueOf(call);
      const { id } = (call.body.transition ?? {}) as { id?: unknown };
      if (id === undefined) throw new Refused(400, "Missing 'transition' identifier");
      const chosen = available(call, issue).find((transition) => transition.id === String(id));
      if (!chosen) throw new Refused(400, `Transition id '${id}' is not valid for this issue.`);
      issue.status = call.state.statusNamed(chosen.to.name);
      issue.updated = call.now;
      return nothing;
    },
  },
  { operation: 'GET /rest/api/3/search/jql', handle: search },
  {
    operation: 'GET /rest/api/3/serverInfo',
    handle: ({ site }) => json(200, { baseUrl: site, deploymentType: 'Cloud', version: '1001.0.0-SNAPSHOT' }),
  },
];

function reference({ base }: Call, issue: Issue) {
  return { id: issue.id, key: issue.key, self: `${base}/rest/api/3/issue/${issue.id}` };
}

function statusShape({ base }: Call, { id, name, category }: Status) {
  const categories = {
    new: { id: 2, name: 'To Do', colorName: 'blue-gray' },
    indeterminate: { id: 4, name: 'In Progress', colorName: 'yellow' },
    done: { id: 3, name: 'Done', colorName: 'green' },
  };
  const self = `${base}/rest/api/3`;
  const statusCategory = {
    self: `${self}/statuscategory/${categories[category].id}`,
    key: category,
    ...categories[category],
  };
  return { self: `${self}/status/${id}`, id, name, description: '', statusCategory };
}

/** The fields that the query asks for, by ID; all of them unless it says. */
function selected(call: Call, issue: Issue): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {
    ...issue.fields,
    status: statusShape(call, issue.status),
    issuetype: { name: issue.type, subtask: false },
    project: { key: issue.key.split('-')[0] },
    created: dateTime(issue.created),
    updated: dateTime(issue.updated),
  };
  const asked = (call.query.get('fields') ?? '*all').split(',');
  if (asked.includes('*all')) return all;
  return Object.fromEntries(Object.entries(all).filter(([id]) => asked.includes(id)));
}

function available(call: Call, issue: Issue) {
  return issue.transitions
    .filter(({ from }) => from === undefined || from.toLowerCase() === issue.status.name.toLowerCase())
    .map(({ id, name, to }) => ({
      id,
      name,
      to: statusShape(call, call.state.statusNamed(to)),
      hasScreen: false,
      isGlobal: true,
      isInitial: false,
      isAvailable: true,
      isConditional: false,
    }));
}

function create(call: Call) {
  const { state, now, body, user } = call;
  const {
    project: asked,
    issuetype,
    summary,
    description,
    labels = [],
    ...others
  } = (body.fields ?? {}) as Body;
  const { key: projectKey } = (asked ?? {}) as { key?: string };
  const { name: type } = (issuetype ?? {}) as { name?: string };
  const project = state.projects.get(projectKey ?? '');
  const errors: Record<string, string> = {};
  if (!project) errors.project = 'valid project is required';
  if (typeof summary !== 'string' || summary === '')
    errors.summary = 'You must specify a summary of the issue.';
  else if (summary.length > 255) errors.summary = "Summary can't exceed 255 characters.";
  if (!type || (project && !project['issue-types'].includes(type)))
    errors.issuetype = 'Specify a valid issue type';
  for (const label of Array.isArray(labels) ? labels : [labels])
    if (/\s/.test(String(label))) errors.labels = `The label '${label}' contains spaces which is invalid.`;
  for (const id of Object.keys(others))
    if (!state.fieldNames.has(id))
      errors[id] = `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
  if (!project || Object.keys(errors).length > 0) throw new Refused(400, '', errors);
  const text = description === undefined ? null : documentOf(description);

  const numbers = [...state.issues.keys()]
    .filter((key) => key.startsWith(`${project.key}-`))
    .map((key) => Number(key.split('-')[1]));
  const issue: Issue = {
    id: String(state.nextId()),
    key: `${project.key}-${Math.max(0, ...numbers) + 1}`,
    type: type ?? '',
    status: state.statusNamed(project.status),
    created: now,
    updated: now,
    fields: { summary, labels, description: text, reporter: person(user), ...others },
    approvals: [],
    transitions: project.transitions,
    comments: [],
    links: [],
  };
  state.issues.set(issue.key, issue);
  return json(201, reference(call, issue));
}

/** `project = X AND labels = Y ORDER BY created ASC`, with or without quotes; any other JQL is refused, never guessed at. */
function search(call: Call) {
  const jql = call.query.get('jql') ?? '';
  const [conditions = ''] = jql.split(/\s+ORDER\s+BY\s+/i);
  const wanted = conditions.split(/\s+AND\s+/i).map((condition) => {
    const [, field, quoted, bare] =
      /^(project|labels)\s*=\s*(?:"([^"]*)"|([\w.-]+))$/i.exec(condition.trim()) ?? [];
    if (!field)
      throw new Refused(
        400,
        `The sandbox reads JQL such as project = "CHG" AND labels = "x" alone, not: ${jql}`,
      );
    return { field: field.toLowerCase(), value: quoted ?? bare ?? '' };
  });
  const matches = (issue: Issue) =>
    wanted.every(({ field, value }) =>
      field === 'project' ? issue.key.startsWith(`${value}-`) : [issue.fields.labels].flat().includes(value),
    );
  const found = [...call.state.issues.values()].filter(matches).sort((a, b) => a.created - b.created);
  const size = amount(call.query, 'maxResults', 50, 100);
  const issues = found
    .slice(0, size)
    .map((issue) => ({ ...reference(call, issue), fields: selected(call, issue) }));
  return json(200, { issues, isLast: found.length <= size });
}
