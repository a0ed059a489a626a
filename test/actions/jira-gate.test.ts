import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('jira-gate');

const world: World = {
  jira: {
    site: 'https://example.atlassian.net',
    issues: [
      {
        key: 'CHG-101',
        status: 'Approved',
        summary: 'Orders v1.4.0',
        'planned-start': '2026-03-03T20:00:00Z',
        'planned-end': '2026-03-03T23:00:00Z',
        approvals: Array.from({ length: 55 }, (_, index) => ({
          name: `Approver ${index}`,
          decision: 'approved' as const,
        })),
        transitions: [{ id: '31', name: 'Finish', to: 'Done' }],
      },
      { key: 'CHG-102', status: 'Declined', approvals: [{ name: 'CAB', decision: 'declined' }] },
      {
        key: 'CHG-103',
        status: 'Approved',
        'planned-start': '2026-03-04T20:00:00Z',
        'planned-end': '2026-03-04T22:00:00Z',
      },
    ],
    users: [
      { user: 'bot@example.com', token: 'classic-secret' },
      { user: 'bot@example.com', token: 'scoped-secret', scoped: true },
    ],
  },
};
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ world, start: '2026-03-03T20:05:00Z' });
});
afterEach(() => sandbox.close());

function gate(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<StepRun> {
  return runAction('jira-gate', {
    inputs: {
      'base-url': `${sandbox.url}/jira`,
      user: 'bot@example.com',
      token: 'classic-secret',
      ticket: 'CHG-101',
      environment: 'prod',
      service: 'orders',
      ...inputs,
    },
    env,
    sandbox: sandbox.environment(),
  });
}
const calls = () => sandbox.journal().map((entry) => entry.operation);
const writes = () => calls().filter((operation) => !operation.startsWith('GET'));

async function read(path: string) {
  const authorization = `Basic ${Buffer.from('bot@example.com:classic-secret').toString('base64')}`;
  return (await fetch(`${sandbox.url}/jira/rest/api/3/issue/${path}`, { headers: { authorization } })).json();
}

describe('verify', () => {
  test('passes an approved ticket in its planned time', async () => {
    const run = await gate({ 'require-jsm-approval': 'true', 'respect-schedule': 'true', version: 'v1.4.0' });
    expect(run.code).toBe(0);
    expect(run.outputs).toMatchObject({
      decision: 'pass',
      ticket: 'CHG-101',
      status: 'Approved',
      url: `${sandbox.url}/jira/browse/CHG-101`,
      changed: 'false',
      'planned-start': '2026-03-03T20:00:00Z',
      'planned-end': '2026-03-03T23:00:00Z',
    });
    expect(JSON.parse(run.outputs.report ?? '')).toMatchObject({
      gate: 'jira-gate',
      subject: { environment: 'prod', service: 'orders', version: 'v1.4.0' },
      findings: [{ check: 'ticket' }, { check: 'status' }, { check: 'approvals' }, { check: 'schedule' }],
    });
    expect(run.summary).toContain('### ✅ jira-gate: pass');
    expect(writes()).toEqual([]);
  });

  test('refuses what is declined, planned for another time, unapproved or not there', async () => {
    const declined = page.refused(
      'a declined ticket',
      await gate({ ticket: 'CHG-102', 'require-jsm-approval': 'true' }),
    );
    expect([declined.code, declined.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(declined)).toContain('CHG-102 is Declined');
    expect(errorsOf(declined)).toContain('CHG-102 is not approved: CAB declined');
    const early = page.refused(
      'a ticket that nobody was asked to approve, before its planned time',
      await gate({ ticket: 'CHG-103', 'require-jsm-approval': 'true' }),
    );
    expect(errorsOf(early)).toContain('CHG-103 has no approval: nobody was asked');
    expect(errorsOf(early)).toContain('planned to start at 2026-03-04T20:00:00Z');
    const missing = page.refused('a ticket that does not exist', await gate({ ticket: 'CHG-999' }));
    expect([missing.code, missing.outputs.decision, missing.outputs.ticket]).toEqual([1, 'fail', 'CHG-999']);
    expect(errorsOf(missing)).toContain('There is no ticket CHG-999');
  });

  test('with mode: warn reports and lets pass', async () => {
    const run = await gate({ ticket: 'CHG-102', mode: 'warn' });
    expect([run.code, run.outputs.decision]).toEqual([0, 'fail']);
    expect(run.annotations).toMatchObject([{ level: 'warning' }]);
  });
});

describe('writing', () => {
  test('a comment once however often the step runs', async () => {
    const comment = {
      operation: 'comment',
      comment: 'Promoted v1.4.0.\n\n- errors 0.1%\n- https://example.com/run',
    };
    const [first, second] = [await gate(comment), await gate(comment)];
    expect([first.outputs.changed, second.outputs.changed]).toEqual(['true', 'false']);
    const { comments } = (await read('CHG-101/comment')) as {
      comments: { body: { content: { type: string }[] } }[];
    };
    expect(comments.map((it) => it.body.content.map((block) => block.type))).toEqual([
      ['paragraph', 'bulletList', 'paragraph'],
    ]);
  });

  test.each(['before', 'after'] as const)(
    'a comment whose answer is lost %s its effect is there once',
    async (drop) => {
      sandbox.inject({
        service: 'jira',
        operation: 'POST /rest/api/3/issue/{issueIdOrKey}/comment',
        nth: 1,
        drop,
      });
      expect(await gate({ operation: 'comment', comment: 'Promoted' })).toMatchObject({
        code: 0,
        outputs: { changed: 'true' },
      });
      expect(((await read('CHG-101/comment')) as { total: number }).total).toBe(1);
    },
  );

  test('a transition, and nothing when the ticket is there already', async () => {
    const done = { operation: 'transition', 'transition-to': 'Done' };
    expect((await gate(done)).outputs).toMatchObject({ decision: 'pass', status: 'Done', changed: 'true' });
    expect((await gate(done)).outputs).toMatchObject({ decision: 'pass', status: 'Done', changed: 'false' });
    const impossible = page.refused(
      'a transition that the workflow of the ticket does not offer',
      await gate({ operation: 'transition', 'transition-to': 'Reviewed' }),
    );
    expect(impossible.code).toBe(1);
    expect(errorsOf(impossible)).toContain(
      'CHG-101 cannot go from Done to Reviewed. It offers Finish → Done.',
    );
  });

  test('a link to the run, moved by the next run', async () => {
    const link = { operation: 'link', version: 'v1.4.0' };
    expect((await gate(link)).outputs.changed).toBe('true');
    expect((await gate(link)).outputs.changed).toBe('false');
    expect((await gate(link, { GITHUB_RUN_ID: '7002' })).outputs.changed).toBe('true');
    expect(await read('CHG-101/remotelink')).toMatchObject([
      {
        globalId: 'promo-actions:example/tenant-service:prod/orders/v1.4.0',
        object: {
          url: 'https://github.com/example/tenant-service/actions/runs/7002',
          title: 'Promotion of orders v1.4.0 to prod',
        },
      },
    ]);
  });

  test('a ticket, which the next run finds', async () => {
    const create = {
      operation: 'create',
      project: 'CHG',
      version: 'v1.4.0',
      ticket: '',
      fields: 'customfield_10061: 2026-03-03T22:00:00.000+0200',
    };
    const first = await gate(create);
    expect(first.outputs).toMatchObject({
      decision: 'pass',
      ticket: 'CHG-104',
      status: 'Open',
      changed: 'true',
      'planned-start': '2026-03-03T20:00:00Z',
    });
    expect((await gate(create)).outputs).toMatchObject({ ticket: 'CHG-104', changed: 'false' });
    expect(await read('CHG-104')).toMatchObject({
      fields: { summary: 'Promote orders v1.4.0 to prod', labels: ['promo-prod-orders-v1.4.0'] },
    });
    const refused = await gate({ ...create, version: 'v1.5.0', 'issue-type': 'Epic' });
    expect(errorsOf(refused)).toContain(
      'No Epic could be made in project CHG. Jira says: issuetype: Specify a valid issue type',
    );
  });

  test.each(['before', 'after'] as const)(
    'a ticket whose making is not answered, lost %s its effect, is made once at most',
    async (drop) => {
      const operation = 'POST /rest/api/3/issue';
      sandbox.inject({ service: 'jira', operation, nth: 1, drop });
      const create = { operation: 'create', project: 'CHG', version: 'v1.4.0', ticket: '' };
      const run = await gate(create);
      expect(calls().filter((call) => call === operation)).toHaveLength(1);
      if (drop === 'after') {
        expect(run.outputs).toMatchObject({ decision: 'pass', ticket: 'CHG-104', changed: 'true' });
        expect(run.log).toContain('found by its label promo-prod-orders-v1.4.0');
      } else expect(errorsOf(run)).toContain('whether it took effect is not known');
      expect((await gate(create)).outputs).toMatchObject({
        ticket: 'CHG-104',
        changed: String(drop === 'before'),
      });
    },
  );

  test.each([
    { operation: 'comment', comment: 'x' },
    { operation: 'transition', 'transition-to': 'Done' },
    { operation: 'link', version: 'v1.4.0' },
    { operation: 'create', project: 'CHG', version: 'v1.4.0' },
  ])('a dry run of $operation writes nothing', async (inputs) => {
    const run = await gate({ ...inputs, 'dry-run': 'true' });
    expect(run).toMatchObject({ code: 0, outputs: { decision: 'pass', changed: 'false' } });
    expect(run.log).toContain('Dry run: ');
    expect(writes()).toEqual([]);
  });
});

describe('bad days', () => {
  test('limits are waited for as long as Jira asks, in virtual time', async () => {
    const operation = 'GET /rest/api/3/issue/{issueIdOrKey}';
    sandbox.inject({ service: 'jira', operation, nth: 1, times: 2, status: 429 });
    const before = sandbox.clock.now();
    expect((await gate({})).outputs.decision).toBe('pass');
    expect(calls().filter((it) => it === operation)).toHaveLength(3);
    expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(10_000);
  });

  test('a Jira that stays away is told with the request ID', async () => {
    sandbox.inject({ service: 'jira', status: 503 });
    const run = await gate({});
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /Ticket CHG-101 could not be read\. .*after 5 attempts: HTTP 503.*request ID /,
    );
  });

  test('a wrong token, and one for the other host', async () => {
    const wrong = page.refused('a token that Jira refuses', await gate({ token: 'wrong-secret' }));
    expect(errorsOf(wrong)).toContain('Check `user` and `token`');
    expect(wrong.log.replaceAll('::add-mask::wrong-secret', '')).not.toContain('wrong-secret');
    expect(errorsOf(await gate({ token: 'scoped-secret' }))).toContain(
      'use `cloud-id` in place of `base-url`',
    );
  });

  test('by cloud ID at the API host, with links that lead to the site', async () => {
    const run = await gate({ 'base-url': '', 'cloud-id': 'ab-12', token: 'scoped-secret' });
    expect(run.outputs).toMatchObject({
      decision: 'pass',
      url: 'https://example.atlassian.net/browse/CHG-101',
    });
    expect(errorsOf(await gate({ 'base-url': '', 'cloud-id': 'ab-12' }))).toContain(
      'use `base-url` in place of `cloud-id`',
    );
  });

  test('every wrong input at once, and nothing is called', async () => {
    const run = await gate({
      'base-url': 'http://example.com',
      user: '',
      token: '',
      operation: 'transition',
      ticket: 'chg 101',
      'require-jsm-approval': 'yes',
      'respect-schedule': 'maybe',
      'dry-run': '1',
    });
    expect(run.code).toBe(1);
    for (const input of [
      'base-url',
      'user',
      'token',
      'ticket',
      'transition-to',
      'require-jsm-approval',
      'respect-schedule',
      'dry-run',
    ])
      expect(errorsOf(run)).toContain(`  ${input}: `);
    expect(errorsOf(run)).toContain('8 inputs are wrong; nothing was called');
    expect(calls()).toEqual([]);
  });

  test.each<[Record<string, string>, string]>([
    [{ 'cloud-id': 'ab-12' }, 'cloud-id: contradicts `base-url`'],
    [{ 'base-url': '' }, 'base-url: is missing'],
    [{ operation: 'comment' }, 'comment: is missing; `operation: comment` needs its text'],
    [
      { operation: 'create', project: 'tenants' },
      'project: got "tenants", expected the key of a Jira project',
    ],
    [
      { operation: 'create', project: 'CHG' },
      'version: is missing; `operation: create` needs `version` or `key`',
    ],
    [{ operation: 'create', project: 'CHG', version: 'v1', fields: '[1]' }, 'fields: got "[1]"'],
    [{ ticket: '' }, 'ticket: is missing; `operation: verify` needs the ticket'],
  ])('%j: %s', async (inputs, message) => {
    const run = await gate(inputs);
    expect(errorsOf(run)).toContain(message);
    expect(calls()).toEqual([]);
  });
});

page.isToldInDocs();
