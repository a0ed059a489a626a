import type {
  ApprovalDefinition,
  Category,
  JiraDefinition,
  ProjectDefinition,
  TransitionDefinition,
} from './definition.ts';

export const plannedStart = 'customfield_10061';
export const plannedEnd = 'customfield_10062';

export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: Category;
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly created: number;
  updated: number;
  body: unknown;
}

export interface RemoteLink {
  readonly id: number;
  globalId: string | undefined;
  /** What the caller gave: application, relationship, object. */
  content: Readonly<Record<string, unknown>>;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  status: Status;
  readonly created: number;
  updated: number;
  /** Everything but status, type, project and times: `summary`, `labels`, `description`, custom fields. */
  readonly fields: Record<string, unknown>;
  readonly approvals: readonly ApprovalDefinition[];
  readonly transitions: readonly TransitionDefinition[];
  readonly comments: Comment[];
  readonly links: RemoteLink[];
}

/** All that the sandbox's Jira knows. */
export interface JiraState {
  readonly issues: Map<string, Issue>;
  readonly projects: ReadonlyMap<string, ProjectDefinition>;
  readonly fieldNames: ReadonlyMap<string, string>;
  readonly users: JiraDefinition['users'];
  statusNamed(name: string, category?: Category): Status;
  nextId(): number;
}

/** Where a world does not say it: what the words mean on most boards. */
const usual: Readonly<Record<string, Category>> = {
  open: 'new',
  'to do': 'new',
  done: 'done',
  closed: 'done',
  completed: 'done',
  declined: 'done',
  rejected: 'done',
  cancelled: 'done',
};

/** @throws Error when two issues have one key */
export function createState(definition: JiraDefinition | undefined, now: number): JiraState {
  const statuses = new Map<string, Status>();
  let id = 10_100;
  const state: JiraState = {
    issues: new Map(),
    projects: projectsOf(definition),
    fieldNames: new Map([
      [plannedStart, 'Planned start'],
      [plannedEnd, 'Planned end'],
      ...Object.entries(definition?.fields ?? {}),
    ]),
    users: definition?.users,
    statusNamed(name, category) {
      const known = statuses.get(name.toLowerCase());
      if (known) return known;
      const status = {
        id: String(10_001 + statuses.size),
        name,
        category: category ?? usual[name.toLowerCase()] ?? 'indeterminate',
      };
      statuses.set(name.toLowerCase(), status);
      return status;
    },
    nextId: () => ++id,
  };
  for (const issue of definition?.issues ?? []) {
    if (state.issues.has(issue.key)) throw new Error(`jira: there are two issues ${issue.key}.`);
    state.issues.set(issue.key, {
      id: String(state.nextId()),
      key: issue.key,
      type: issue.type,
      status: state.statusNamed(issue.status, issue['status-category']),
      created: now,
      updated: now,
      fields: {
        summary: issue.summary,
        labels: issue.labels,
        description: null,
        [plannedStart]: dateTime(issue['planned-start']),
        [plannedEnd]: dateTime(issue['planned-end']),
        ...Object.fromEntries(Object.keys(definition?.fields ?? {}).map((field) => [field, null])),
        ...issue.fields,
      },
      approvals: issue.approvals,
      transitions: issue.transitions,
      comments: [],
      links: [],
    });
  }
  return state;
}

function projectsOf(definition: JiraDefinition | undefined): ReadonlyMap<string, ProjectDefinition> {
  const listed = definition?.projects ?? [];
  const implied = (definition?.issues ?? []).map(
    ({ key, type }): ProjectDefinition => ({
      key: key.split('-')[0] ?? '',
      status: 'Open',
      'issue-types': [...new Set([type, 'Change', 'Task'])],
      transitions: [],
    }),
  );
  return new Map([...implied, ...listed].map((project) => [project.key, project]));
}

/** `2026-03-03T22:00:00.000+0000`, as Jira writes times. */
export function dateTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString().replace('Z', '+0000');
}
