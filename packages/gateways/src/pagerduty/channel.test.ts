import { expect, test } from '@jest/globals';
import type { Notice, Occasion } from '@promo-actions/core/notice';
import { createPagerDutyChannel, eventsFor } from './channel.ts';

const notice: Notice = {
  occasion: 'failed',
  repository: 'example/tenant-service',
  environment: 'prod',
  service: 'orders',
  version: 'v1.4.0',
  fromVersion: undefined,
  actor: 'release-manager',
  reason: undefined,
  ticket: undefined,
  message: undefined,
  fields: {},
  links: [['Open the run', 'https://github.com/example/tenant-service/actions/runs/1']],
  at: Date.UTC(2026, 2, 3, 20),
};
const key = 'k'.repeat(32);
const dedup = 'promo/example/tenant-service/orders/prod';

test.each<[Occasion, readonly (readonly [string, unknown])[]]>([
  ['started', []],
  ['pending', []],
  ['failed', [['/v2/enqueue', 'trigger']]],
  [
    'succeeded',
    [
      ['/v2/change/enqueue', undefined],
      ['/v2/enqueue', 'resolve'],
    ],
  ],
  [
    'rolled-back',
    [
      ['/v2/change/enqueue', undefined],
      ['/v2/enqueue', 'resolve'],
    ],
  ],
])('what %s tells', (occasion, expected) => {
  const events = eventsFor({ ...notice, occasion }, 'critical', key);
  expect(events.map(({ path, body }) => [path, body.event_action])).toEqual(expected);
  for (const { path, body } of events) if (path === '/v2/enqueue') expect(body.dedup_key).toBe(dedup);
});

test('an incident says who, where and how bad, within what PagerDuty takes', () => {
  const long = '🙂\u0001'.repeat(100_000);
  const fields = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n} ${long}`, long]));
  const [event] = eventsFor(
    { ...notice, version: long, service: `s${long}`, message: long, fields },
    'critical',
    key,
  );
  const body = JSON.stringify(event?.body);
  expect(Buffer.byteLength(body)).toBeLessThan(512 * 1024);
  const { payload, dedup_key } = JSON.parse(body) as { payload: { summary: string }; dedup_key: string };
  expect(payload.summary.length).toBeLessThanOrEqual(1_024);
  expect(dedup_key.length).toBeLessThanOrEqual(255);
  const [plain] = eventsFor(notice, 'critical', key);
  expect(plain?.body).toMatchObject({
    routing_key: key,
    payload: {
      summary: 'orders v1.4.0 could not be promoted to prod',
      source: 'orders',
      severity: 'critical',
      timestamp: '2026-03-03T20:00:00Z',
      custom_details: { Environment: 'prod', By: 'release-manager' },
    },
    links: [{ text: 'Open the run' }],
  });
});

test.each([
  ['us', 'https://events.pagerduty.com/v2/enqueue'],
  ['eu', 'https://events.eu.pagerduty.com/v2/enqueue'],
] as const)('an account in %s is told at %s, and a wrong key is told without it', async (region, address) => {
  const asked: string[] = [];
  const channel = createPagerDutyChannel({
    routingKey: key,
    region,
    severity: 'error',
    required: false,
    clock: {
      now: () => 0,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
    fetch: async (input) => {
      asked.push(String(input));
      return new Response(JSON.stringify({ status: 'invalid event', message: 'No', errors: ['x'] }), {
        status: 400,
      });
    },
  });
  const refusal = await channel.tell(notice).catch(String);
  expect(asked).toEqual([address]);
  expect(refusal).toContain('PagerDuty says: No; x. (POST /v2/enqueue, HTTP 400) Check `pagerduty-key`');
  expect(refusal).not.toContain(key);
});
