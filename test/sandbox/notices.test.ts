import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';

const key = 'k'.repeat(32);
const world: World = {
  accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
  slack: {
    webhooks: [
      { path: '/services/T/B/x', channel: 'releases' },
      { path: '/services/T/B/old', channel: 'old', archived: true },
    ],
  },
  pagerduty: { keys: [key] },
  sns: [
    { account: 'prod', topic: 'releases' },
    { account: 'prod', topic: 'releases.fifo' },
  ],
};
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.load(world));

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

test.each<[string, unknown, number, string]>([
  ['x', { text: 'Hello' }, 200, 'ok'],
  ['x', { blocks: [section('Hello'), { type: 'divider' }] }, 200, 'ok'],
  ['x', '{', 400, 'invalid_payload'],
  ['x', {}, 400, 'no_text'],
  ['x', { blocks: [section('')] }, 400, 'invalid_blocks'],
  ['x', { blocks: [section('a'.repeat(3_001))] }, 400, 'invalid_blocks'],
  [
    'x',
    { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'a'.repeat(151) } }] },
    400,
    'invalid_blocks',
  ],
  ['x', { blocks: Array.from({ length: 51 }, () => section('a')) }, 400, 'invalid_blocks'],
  ['x', { blocks: Array.from({ length: 5 }, () => section('a'.repeat(3_000))) }, 400, 'msg_blocks_too_long'],
  ['old', { text: 'Hello' }, 410, 'channel_is_archived'],
  ['gone', { text: 'Hello' }, 404, 'no_service'],
])('Slack: to %s %j is answered %i %s', async (webhook, message, status, said) => {
  const answer = await post(`/slack/services/T/B/${webhook}`, message);
  expect([answer.status, answer.text]).toEqual([status, said]);
});

test('Slack: a webhook takes a message a second', async () => {
  const send = () => post('/slack/services/T/B/x', { text: 'Hello' });
  expect([(await send()).status, (await send()).status]).toEqual([200, 429]);
  await sandbox.clock.advance(1_000);
  expect((await send()).status).toBe(200);
});

const payload = { summary: 's', source: 'orders', severity: 'error' };
test.each<[string, unknown, number]>([
  ['/v2/enqueue', { routing_key: key, event_action: 'trigger', payload }, 202],
  ['/v2/enqueue', { routing_key: key, event_action: 'resolve', dedup_key: 'd' }, 202],
  ['/v2/enqueue', { routing_key: key, event_action: 'resolve' }, 400],
  [
    '/v2/enqueue',
    { routing_key: key, event_action: 'trigger', payload: { ...payload, severity: 'bad' } },
    400,
  ],
  [
    '/v2/enqueue',
    { routing_key: key, event_action: 'trigger', payload: { ...payload, summary: 's'.repeat(1_025) } },
    400,
  ],
  ['/v2/enqueue', { routing_key: 'u'.repeat(32), event_action: 'trigger', payload }, 400],
  ['/v2/change/enqueue', { routing_key: key, payload: { summary: 's' } }, 202],
  ['/v2/change/enqueue', { routing_key: key, payload: {} }, 400],
  ['/v2/change/enqueue', { routing_key: key, payload: { summary: 's', custom: 'x'.repeat(600_000) } }, 413],
])('PagerDuty: to %s an event is answered as it deserves', async (path, event, status) => {
  expect((await post(`/pagerduty${path}`, event)).status).toBe(status);
});

test.each<[string, Readonly<Record<string, string>>, number, string]>([
  ['releases', { Message: 'm', Subject: 's' }, 200, '<MessageId>'],
  ['releases', { Message: '' }, 400, 'Empty message'],
  ['releases', { Message: 'm', Subject: 'é' }, 400, 'Subject'],
  ['releases', { Message: 'm'.repeat(262_145) }, 400, 'Message too long'],
  ['other', { Message: 'm' }, 404, 'Topic does not exist'],
  ['releases.fifo', { Message: 'm' }, 400, 'FIFO'],
  ['releases.fifo', { Message: 'm', MessageGroupId: 'g', MessageDeduplicationId: 'd' }, 200, '<MessageId>'],
])('SNS: publishing to %s is answered as it deserves', async (topic, form, status, text) => {
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: `arn:aws:sns:af-south-1:222222222222:${topic}`,
    ...form,
  });
  const answer = await post('/', String(body), {
    'content-type': 'application/x-www-form-urlencoded',
    authorization:
      'AWS4-HMAC-SHA256 Credential=222222222222/20260303/af-south-1/sns/aws4_request, SignedHeaders=host, Signature=x',
  });
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
});

test('a topic of an account that the world does not have is refused', async () => {
  await expect(sandbox.load({ sns: [{ account: 'sit', topic: 'x' }] })).rejects.toThrow(
    'the world has no account sit',
  );
});
