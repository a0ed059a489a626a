import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { jiraOperations } from '../../packages/sandbox/src/jira/index.ts';

const world: World = {
  jira: {
    issues: [
      {
        key: 'CHG-101',
        status: 'Approved',
        'status-category': 'indeterminate',
        summary: 'Orders v1.4.0',
        'planned-start': '2026-03-03T22:00:00+02:00',
        approvals: Array.from({ length: 60 }, (_, index) => ({
          name: `Approver ${index}`,
          decision: 'approved' as const,
        })),
        transitions: [
          { id: '31', name: 'Finish', to: 'Done' },
          { id: '41', name: 'Reopen', to: 'Open', from: 'Done' },
        ],
      },
      { key: 'CHG-102', status: 'Declined' },
    ],
    projects: [
      { key: 'OPS', 'issue-types': ['Change'], transitions: [{ id: '5', name: 'Approve', to: 'Approved' }] },
    ],
    users: [
      { user: 'bot@example.com', token: 'classic' },
      { user: 'bot@example.com', token: 'scoped', scoped: true },
    ],
  },
};
const seen = new Set<string>();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
  // Whatever the order of the tests: together they ask for every operation. One test alone, by `-t`, does not.
  expect(jiraOperations.filter((operation) => !seen.has(operation))).toEqual([]);
});
beforeEach(() => sandbox.load(world));

const basic = (token: string) => `Basic ${Buffer.from(`bot@example.com:${token}`).toString('base64')}`;

async function ask(method: string, path: string, body?: unknown, { token = 'classic', host = '' } = {}) {
  const response = await fetch(`${sandbox.url}/jira${host}${path}`, {
    method,
    headers: {
      authorization: basic(token),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) seen.add(sandbox.journal().at(-1)?.operation ?? '');
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
const doc = (text: string) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});
const issue = '/rest/api/3/issue/CHG-101';

describe('who may ask', () => {
  test('a classic token at the site, a token with scopes at the API host, neither at the other', async () => {
    const host = '/ex/jira/ab-12';
    expect((await ask('GET', issue)).status).toBe(200);
    expect((await ask('GET', issue, undefined, { token: 'scoped', host })).status).toBe(200);
    expect((await ask('GET', issue, undefined, { token: 'scoped' })).status).toBe(401);
    expect((await ask('GET', issue, undefined, { host })).status).toBe(401);
    expect((await ask('GET', issue, undefined, { token: 'wrong' })).headers.get('x-seraph-loginreason')).toBe(
      'AUTHENTICATED_FAILED',
    );
    expect((await fetch(`${sandbox.url}/jira${issue}`)).status).toBe(401);
  });

  test('the site tells its address', async () => {
    expect((await ask('GET', '/rest/api/3/serverInfo')).body.baseUrl).toBe(`${sandbox.url}/jira`);
  });
});

describe('issues', () => {
  test('come with their fields and, when asked, the names of these', async () => {
    const { body } = await ask('GET', `${issue}?expand=names`);
    expect(body).toMatchObject({
      key: 'CHG-101',
      fields: {
        summary: 'Orders v1.4.0',
        status: { name: 'Approved', statusCategory: { key: 'indeterminate' } },
        customfield_10061: '2026-03-03T20:00:00.000+0000',
        customfield_10062: null,
      },
      names: { customfield_10061: 'Planned start', customfield_10062: 'Planned end' },
    });
    expect(Object.keys((await ask('GET', `${issue}?fields=summary,status`)).body.fields)).toEqual([
      'summary',
      'status',
    ]);
    expect(await ask('GET', '/rest/api/3/issue/CHG-999')).toMatchObject({
      status: 404,
      body: { errorMessages: ['Issue does not exist or you do not have permission to see it.'] },
    });
  });

  test('are made with what their project asks for, and found by their label', async () => {
    const fields = {
      project: { key: 'OPS' },
      issuetype: { name: 'Change' },
      summary: 'Promote',
      labels: ['promo-1'],
      description: doc('Why'),
    };
    const made = await ask('POST', '/rest/api/3/issue', { fields });
    expect(made).toMatchObject({ status: 201, body: { key: 'OPS-1' } });
    const jql = encodeURIComponent('project = "OPS" AND labels = "promo-1" ORDER BY created ASC');
    const found = await ask('GET', `/rest/api/3/search/jql?jql=${jql}&fields=summary&maxResults=1`);
    expect(found.body).toMatchObject({
      isLast: true,
      issues: [{ key: 'OPS-1', fields: { summary: 'Promote' } }],
    });
    const none = await ask(
      'GET',
      `/rest/api/3/search/jql?jql=${encodeURIComponent('project = OPS AND labels = other')}`,
    );
    expect(none.body.issues).toEqual([]);
    const strange = await ask(
      'GET',
      `/rest/api/3/search/jql?jql=${encodeURIComponent('assignee = currentUser()')}`,
    );
    expect(strange.status).toBe(400);
  });

  test('with mistakes are refused, field by field', async () => {
    const fields = {
      project: { key: 'NO' },
      issuetype: { name: 'Epic' },
      labels: ['two words'],
      customfield_1: 'x',
    };
    const { status, body } = await ask('POST', '/rest/api/3/issue', { fields });
    expect(status).toBe(400);
    expect(Object.keys(body.errors).sort()).toEqual(['customfield_1', 'labels', 'project', 'summary']);
    const text = {
      project: { key: 'OPS' },
      issuetype: { name: 'Change' },
      summary: 'x',
      description: 'plain',
    };
    expect((await ask('POST', '/rest/api/3/issue', { fields: text })).status).toBe(400);
  });
});

describe('transitions', () => {
  const names = async () =>
    (await ask('GET', `${issue}/transitions`)).body.transitions.map((it: { name: string }) => it.name);

  test('lead to a status, and are there only where they begin', async () => {
    expect(await names()).toEqual(['Finish']);
    expect((await ask('POST', `${issue}/transitions`, { transition: { id: '41' } })).status).toBe(400);
    expect((await ask('POST', `${issue}/transitions`, { transition: { id: '31' } })).status).toBe(204);
    expect((await ask('GET', issue)).body.fields.status).toMatchObject({
      name: 'Done',
      statusCategory: { key: 'done' },
    });
    expect(await names()).toEqual(['Finish', 'Reopen']);
  });
});

describe('comments', () => {
  test('are documents, in pages, and can be changed', async () => {
    const first = await ask('POST', `${issue}/comment`, { body: doc('one') });
    expect(first).toMatchObject({
      status: 201,
      body: { body: doc('one'), author: { emailAddress: 'bot@example.com' } },
    });
    await ask('POST', `${issue}/comment`, { body: doc('two') });
    expect((await ask('PUT', `${issue}/comment/${first.body.id}`, { body: doc('uno') })).status).toBe(200);
    expect((await ask('PUT', `${issue}/comment/7`, { body: doc('x') })).status).toBe(404);
    const page = await ask('GET', `${issue}/comment?startAt=1&maxResults=1`);
    expect(page.body).toMatchObject({
      startAt: 1,
      maxResults: 1,
      total: 2,
      comments: [{ body: doc('two') }],
    });
    const newest = await ask('GET', `${issue}/comment?orderBy=-created`);
    expect(newest.body.comments.map((it: { body: unknown }) => it.body)).toEqual([doc('two'), doc('uno')]);
  });

  test.each([
    ['plain text'],
    [{ type: 'doc', version: 1, content: [{ type: 'text', text: '' }] }],
    [{ type: 'doc', version: 1, content: [{ type: 'marquee' }] }],
  ])('%j is no document', async (body) => {
    expect((await ask('POST', `${issue}/comment`, { body })).status).toBe(400);
  });
});

describe('links', () => {
  test('are replaced by their global ID', async () => {
    const link = (url: string) => ({ globalId: 'prod/v1.4.0', object: { url, title: 'Run' } });
    expect((await ask('GET', `${issue}/remotelink?globalId=prod%2Fv1.4.0`)).status).toBe(404);
    expect((await ask('POST', `${issue}/remotelink`, link('https://run/1'))).status).toBe(201);
    expect((await ask('POST', `${issue}/remotelink`, link('https://run/2'))).status).toBe(200);
    expect((await ask('GET', `${issue}/remotelink?globalId=prod%2Fv1.4.0`)).body.object.url).toBe(
      'https://run/2',
    );
    expect((await ask('GET', `${issue}/remotelink`)).body).toHaveLength(1);
    expect((await ask('POST', `${issue}/remotelink`, { object: {} })).status).toBe(400);
  });
});

describe('approvals', () => {
  test('come in pages of fifty; an issue that asked nobody has none', async () => {
    const page = (start: number) =>
      ask('GET', `/rest/servicedeskapi/request/CHG-101/approval?start=${start}&limit=100`);
    expect((await page(0)).body).toMatchObject({ size: 50, limit: 50, isLastPage: false });
    const last = (await page(50)).body;
    expect(last).toMatchObject({ size: 10, isLastPage: true });
    expect(last.values[9]).toMatchObject({ name: 'Approver 59', finalDecision: 'approved' });
    expect((await ask('GET', '/rest/servicedeskapi/request/CHG-102/approval')).body).toMatchObject({
      size: 0,
      values: [],
      isLastPage: true,
    });
  });
});

test('a limit names itself and when to come back', async () => {
  sandbox.inject({ service: 'jira', operation: 'GET /rest/api/3/issue/{issueIdOrKey}', nth: 1, status: 429 });
  const { status, headers } = await ask('GET', issue);
  expect([status, headers.get('retry-after'), headers.get('ratelimit-reason')]).toEqual([
    429,
    '5',
    'jira-burst-based',
  ]);
  expect((await ask('GET', issue)).status).toBe(200);
  expect(sandbox.journal().at(-1)).toMatchObject({ service: 'jira', subject: { ticket: 'CHG-101' } });
});
