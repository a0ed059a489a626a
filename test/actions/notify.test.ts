import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction, type StepRun } from '../bundle/run.ts';

const webhook = 'https://hooks.slack.com/services/T1/B1/hidden-part';
const key = 'a1b2c3d4'.repeat(4);
const topic = 'arn:aws:sns:af-south-1:222222222222:releases';
const world: World = {
  accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
  slack: {
    webhooks: [
      { path: '/services/T1/B1/hidden-part', channel: 'releases' },
      { path: '/services/T1/B2/archived', channel: 'old', archived: true },
    ],
  },
  pagerduty: { keys: [key] },
  sns: [
    { account: 'prod', topic: 'releases' },
    { account: 'prod', topic: 'releases.fifo' },
  ],
};
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ world });
});
afterEach(() => sandbox.close());

function tell(on: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepRun> {
  return runAction('notify', {
    inputs: {
      on,
      environment: 'prod',
      service: 'orders',
      version: 'v1.4.0',
      'slack-webhook': webhook,
      'pagerduty-key': key,
      'sns-topic': topic,
      ...inputs,
    },
    sandbox: sandbox.environment(),
  });
}
const ofLevel = (run: StepRun, level: string) =>
  run.annotations
    .filter((it) => it.level === level)
    .map((it) => it.message)
    .join('\n');
async function heard<T>(where: string): Promise<T> {
  return (await (await fetch(`${sandbox.url}/_sandbox/${where}`)).json()) as T;
}
interface Slack {
  readonly channel: string;
  readonly message: { readonly text: string; readonly blocks: unknown };
}
interface PagerDuty {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly open: readonly string[];
}
interface Topic {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: unknown;
}

const refusal = JSON.stringify({
  gate: 'stability-check',
  decision: 'fail',
  subject: {},
  at: '2026-03-03T20:00:00Z',
  findings: [
    {
      check: 'errors',
      outcome: 'fail',
      seen: '12',
      limit: '5',
      message: '12 errors.',
      remedy: 'Look at the logs.',
    },
  ],
});

test('a failure is told everywhere; the rollback after it resolves the incident', async () => {
  const failed = await tell('failed', {
    message: 'The canary had 5% errors. <!channel> look & mend.',
    fields: 'Canary: 50%',
    'slack-mention': '<!here>',
    gates: JSON.stringify({ 'jira-gate': '', 'stability-check': refusal }),
  });
  expect(failed.code).toBe(0);
  expect(failed.outputs).toEqual({ sent: 'slack\npagerduty\nsns', failed: '' });
  const [message] = await heard<Slack[]>('slack/messages');
  expect(message).toMatchObject({
    channel: 'releases',
    message: { text: 'orders v1.4.0 could not be promoted to prod' },
  });
  const blocks = JSON.stringify(message?.message.blocks);
  expect(blocks).toContain('&lt;!channel&gt; look &amp; mend.');
  expect(blocks).toContain('"text":"<!here>"');
  expect(blocks).toContain('<https://github.com/example/tenant-service/actions/runs/7001|Open the run>');
  expect(blocks).toContain('*Canary*\\n50%');
  expect(blocks).toContain('*Gates*\\njira-gate skipped, stability-check refused');
  expect(blocks).toContain('stability-check: 12 errors. Look at the logs.');
  expect(await heard<PagerDuty>('pagerduty/events')).toMatchObject({
    events: [{ event_action: 'trigger', payload: { severity: 'error', source: 'orders' } }],
    open: ['promo/example/tenant-service/orders/prod'],
  });
  expect(await heard<Topic[]>('sns/messages')).toMatchObject([
    {
      topic,
      subject: 'orders v1.4.0 could not be promoted to prod',
      message: expect.stringContaining('Canary: 50%'),
      attributes: { occasion: 'failed', environment: 'prod', service: 'orders' },
    },
  ]);
  await sandbox.clock.advance(60_000);
  expect((await tell('rolled-back', { 'from-version': 'v1.4.0', version: 'v1.3.0' })).outputs.failed).toBe(
    '',
  );
  const after = await heard<PagerDuty>('pagerduty/events');
  expect(after.open).toEqual([]);
  expect(after.events).toMatchObject([
    {},
    { payload: { summary: 'orders v1.3.0 was rolled back in prod' } },
    { event_action: 'resolve' },
  ]);
});

test('what is longer than a channel takes is cut, and Slack’s pace kept', async () => {
  const long = `${'<&>🙂 '.repeat(4_000)}`;
  const fields = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`Fact ${n}`, long.slice(0, 3_000)]),
  );
  const inputs = {
    message: long,
    reason: long,
    version: 'v1.4.0'.repeat(300),
    fields: JSON.stringify(fields),
  };
  expect((await tell('succeeded', inputs)).outputs.failed).toBe('');
  const before = sandbox.clock.now();
  expect((await tell('succeeded', { 'sns-topic': `${topic}.fifo` })).outputs.sent).toBe(
    'slack\npagerduty\nsns',
  );
  expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(1_000);
  const [first] = await heard<Topic[]>('sns/messages');
  expect(first?.subject).toHaveLength(99);
});

test('a channel that fails is a warning, and a failure where it is required; the others are told', async () => {
  const archived = { 'slack-webhook': 'https://hooks.slack.com/services/T1/B2/archived' };
  const run = await tell('started', { ...archived, 'sns-topic': `${topic}s` });
  expect([run.code, run.outputs.failed]).toEqual([0, 'slack\nsns']);
  expect(run.log).toContain('pagerduty has nothing to be told of this');
  expect(ofLevel(run, 'warning')).toContain('The channel of the webhook is archived');
  expect(ofLevel(run, 'warning')).toContain('Topic does not exist');
  const required = await tell('failed', { ...archived, required: 'slack', 'pagerduty-key': 'f'.repeat(32) });
  expect([required.code, required.outputs.sent]).toEqual([1, 'sns']);
  expect(ofLevel(required, 'error')).toContain('slack: Slack could not be told');
  expect(ofLevel(required, 'warning')).toContain(
    "PagerDuty says: Event object is invalid; 'routing_key' is not known",
  );
});

test('bad minutes are outlasted; a lost answer is told as what it is, without the webhook', async () => {
  sandbox.inject({ service: 'slack', nth: 1, times: 2, status: 429 });
  sandbox.inject({ service: 'pagerduty', nth: 1, drop: 'after' });
  expect((await tell('failed')).outputs.sent).toBe('slack\npagerduty\nsns');
  expect((await heard<PagerDuty>('pagerduty/events')).open).toHaveLength(1);
  sandbox.inject({ service: 'slack', nth: 1, drop: 'after' });
  const lost = await tell('failed', { 'pagerduty-key': '', 'sns-topic': '' });
  expect(ofLevel(lost, 'warning')).toContain('whether it took effect is not known');
  const shown =
    lost.log.replaceAll(`::add-mask::${webhook}`, '') + lost.summary + JSON.stringify(lost.outputs);
  expect(shown).not.toContain('hidden-part');
});

test('a dry run tells nobody; without a channel it says so; wrong inputs are told at once', async () => {
  const dry = await tell('failed', { 'dry-run': 'true' });
  expect(dry.log).toContain(
    'pagerduty would be told: an incident (promo/example/tenant-service/orders/prod)',
  );
  const none = { 'slack-webhook': '', 'pagerduty-key': '', 'sns-topic': '' };
  expect(ofLevel(await tell('failed', none), 'notice')).toContain('nobody was told');
  const wrong = await tell('done', {
    'slack-webhook': 'https://example.com/hidden-part',
    'pagerduty-key': 'short',
    'sns-topic': 'releases',
    fields: '[1]',
    required: 'slack, pigeon',
  });
  for (const input of ['on', 'slack-webhook', 'pagerduty-key', 'sns-topic', 'fields', 'required'])
    expect(ofLevel(wrong, 'error')).toContain(`  ${input}: `);
  expect(ofLevel(wrong, 'error')).not.toContain('hidden-part');
  expect(sandbox.journal()).toEqual([]);
});
