import type {
  Approval,
  Comment,
  ScheduleFields,
  Status,
  Ticket,
  TicketSystem,
} from '@promo-actions/core/change';
import type { Jira } from './client.ts';
import { type Node, toDocument, toText } from './document.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}
interface IssueAnswer {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>> & {
    readonly summary: string | null;
    readonly status: Named;
  };
  readonly names?: Readonly<Record<string, string>>;
}
interface CommentsAnswer {
  readonly total: number;
  readonly comments: readonly { readonly id: string; readonly body: Node }[];
}
interface ApprovalsAnswer {
  readonly isLastPage: boolean;
  readonly values: readonly {
    readonly name: string;
    readonly finalDecision: string;
    readonly createdDate?: { readonly epochMillis: number };
  }[];
}

/** Jira Cloud as the system of change tickets, with the approvals of Jira Service Management. */
export function createTicketSystem(jira: Jira): TicketSystem {
  const issue = (key: string) => `/rest/api/3/issue/${encodeURIComponent(key)}`;
  const site = siteOf(jira);

  const find = async (key: string, fields: ScheduleFields): Promise<Ticket | undefined> => {
    const what = `Ticket ${key} could not be read`;
    const answer = await jira.askFor({ method: 'GET', path: `${issue(key)}?expand=names`, what });
    return answer === undefined ? undefined : toTicket(answer as IssueAnswer, fields, await site());
  };

  return {
    find,
    async approvals(key) {
      const approvals: Approval[] = [];
      for (;;) {
        const answer = (await jira.ask({
          method: 'GET',
          path: `/rest/servicedeskapi/request/${encodeURIComponent(key)}/approval?start=${approvals.length}&limit=50`,
          what: `The approvals of ${key} could not be read`,
          remedy: `Only requests of Jira Service Management have approvals: check that ${key} is one and that the user is an agent there, or set \`require-jsm-approval: false\`.`,
        })) as ApprovalsAnswer;
        approvals.push(...answer.values.map(toApproval));
        if (answer.isLastPage || answer.values.length === 0) return approvals;
      }
    },
    async transitions(key) {
      const what = `The transitions of ${key} could not be read`;
      const answer = (await jira.ask({ method: 'GET', path: `${issue(key)}/transitions`, what })) as {
        readonly transitions: readonly (Named & { readonly to: Named })[];
      };
      return answer.transitions.map(({ id, name, to }) => ({ id, name, to: toStatus(to) }));
    },
    async transition(key, id) {
      await jira.ask({
        method: 'POST',
        path: `${issue(key)}/transitions`,
        body: { transition: { id } },
        what: `${key} could not be moved by transition ${id}`,
        remedy:
          'The transition may ask for fields or conditions: fill them in Jira, or take another transition.',
      });
    },
    async comments(key) {
      const comments: Comment[] = [];
      for (;;) {
        const { total, comments: page } = (await jira.ask({
          method: 'GET',
          path: `${issue(key)}/comment?startAt=${comments.length}&maxResults=100`,
          what: `The comments of ${key} could not be read`,
        })) as CommentsAnswer;
        comments.push(...page.map(({ id, body }) => ({ id, text: toText(body) })));
        if (comments.length >= total || page.length === 0) return comments;
      }
    },
    async addComment(key, text) {
      const what = `A comment could not be added to ${key}`;
      await jira.ask({
        method: 'POST',
        path: `${issue(key)}/comment`,
        body: { body: toDocument(text) },
        what,
      });
    },
    async changeComment(key, id, text) {
      const what = `Comment ${id} of ${key} could not be changed`;
      const path = `${issue(key)}/comment/${encodeURIComponent(id)}`;
      await jira.ask({ method: 'PUT', path, body: { body: toDocument(text) }, what });
    },
    async link(key, id) {
      const what = `The links of ${key} could not be read`;
      const path = `${issue(key)}/remotelink?globalId=${encodeURIComponent(id)}`;
      const answer = await jira.askFor({ method: 'GET', path, what });
      if (answer === undefined) return undefined;
      const { object } = answer as { readonly object: { readonly url: string; readonly title: string } };
      return { id, url: object.url, title: object.title };
    },
    async putLink(key, { id, url, title }) {
      await jira.ask({
        method: 'POST',
        path: `${issue(key)}/remotelink`,
        body: {
          globalId: id,
          application: { type: 'promo-actions', name: 'GitHub Actions' },
          relationship: 'is promoted by',
          object: { url, title, icon: { url16x16: 'https://github.com/favicon.ico', title: 'GitHub' } },
        },
        what: `${key} could not be linked to ${url}`,
      });
    },
    async labelled(project, label, fields) {
      const jql = `project = "${quoted(project)}" AND labels = "${quoted(label)}" ORDER BY created ASC`;
      const { issues } = (await jira.ask({
        method: 'GET',
        path: `/rest/api/3/search/jql?${new URLSearchParams({ jql, fields: 'summary', maxResults: '1' })}`,
        what: `Tickets of ${project} with the label ${label} could not be searched for`,
        remedy: `Check the project key \`${project}\`, and that the user may browse it.`,
      })) as { readonly issues: readonly { readonly key: string }[] };
      const [first] = issues;
      return first ? find(first.key, fields) : undefined;
    },
    async create({ project, type, title, description, label, fields }) {
      const answer = (await jira.ask({
        method: 'POST',
        path: '/rest/api/3/issue',
        body: {
          fields: {
            ...fields,
            project: { key: project },
            issuetype: { name: type },
            summary: title.slice(0, 255),
            labels: [label],
            ...(description ? { description: toDocument(description) } : {}),
          },
        },
        what: `No ${type} could be made in project ${project}`,
        remedy: 'Give what Jira names: `project`, `issue-type`, or further `fields` by their ID.',
      })) as { readonly key: string };
      return answer.key;
    },
  };
}

/** Where people look at tickets. Behind the API host the site has to be asked for its address, once. */
function siteOf(jira: Jira): () => Promise<string> {
  let known: Promise<string> | undefined;
  const ask = async () => {
    if ('baseUrl' in jira.address) return jira.address.baseUrl;
    const what = `The address of the site ${jira.address.cloudId} could not be read`;
    const { baseUrl } = (await jira.ask({ method: 'GET', path: '/rest/api/3/serverInfo', what })) as {
      readonly baseUrl: string;
    };
    return baseUrl;
  };
  return async () => {
    known ??= ask();
    return (await known).replace(/\/+$/, '');
  };
}

function toTicket({ key, fields, names = {} }: IssueAnswer, schedule: ScheduleFields, site: string): Ticket {
  const planned = (wanted: string) => fieldText(fields, names, wanted);
  const [start, end] = [planned(schedule.start), planned(schedule.end)];
  return {
    key,
    url: `${site}/browse/${key}`,
    summary: fields.summary ?? '',
    status: toStatus(fields.status),
    ...(start === undefined ? {} : { plannedStart: start }),
    ...(end === undefined ? {} : { plannedEnd: end }),
  };
}

/** The field of that ID or name. Names need not be unique in Jira: one that is filled goes first. */
function fieldText(
  fields: IssueAnswer['fields'],
  names: Readonly<Record<string, string>>,
  wanted: string,
): string | null | undefined {
  const ids = Object.keys(fields).filter(
    (id) => id === wanted || names[id]?.toLowerCase() === wanted.toLowerCase(),
  );
  const [id] = [...ids].sort((a, b) => Number(fields[a] == null) - Number(fields[b] == null));
  if (id === undefined) return undefined;
  const value = fields[id];
  return value == null ? null : typeof value === 'string' ? value : JSON.stringify(value);
}

function toStatus({ id, name }: Named): Status {
  return { id, name };
}

function toApproval({ name, finalDecision, createdDate }: ApprovalsAnswer['values'][number]): Approval {
  return { name, decision: finalDecision.toLowerCase(), asked: createdDate?.epochMillis ?? 0 };
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
