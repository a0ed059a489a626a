import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SeriesQuery } from '@promo-actions/core/metrics';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { createAlarmSource, createMetricSource } from './index.ts';

const now = Date.parse('2026-03-03T20:05:00Z');
const minute = 60_000;
const account = { accounts: { prod: { id: '222222222222', region: 'af-south-1' } } };

let close: () => Promise<void> = async () => {};
const before = { ...process.env };
afterEach(async () => {
  await close();
  process.env = { ...before };
});

async function start(world: World): Promise<Sandbox> {
  const sandbox = await startSandbox({ start: now, world: { ...account, ...world } });
  close = () => sandbox.close();
  Object.assign(process.env, sandbox.environment());
  return sandbox;
}

/** A CloudWatch that gives these answers one after the other. */
async function answer(...answers: readonly { status?: number; body: object }[]): Promise<string[]> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(body);
      const next = answers[Math.min(asked.length, answers.length) - 1];
      response.writeHead(next?.status ?? 200, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': 'req-1',
      });
      response.end(JSON.stringify(next?.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => server.close(() => resolve()));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: '222222222222',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'af-south-1',
  });
  return asked;
}

function metric(id: string, change: object = {}): SeriesQuery {
  return { id, namespace: 'Shop', name: 'Orders', dimensions: {}, statistic: 'Sum', period: 60, ...change };
}

const orders = { account: 'prod', namespace: 'Shop', name: 'Orders', value: 7 };

describe('series', () => {
  test('come oldest first, between the instants, empty where there is no data, without those that are not returned', async () => {
    const sandbox = await start({ metrics: [orders] });
    const series = await createMetricSource().series(
      [
        metric('a'),
        metric('hidden', { returned: false }),
        metric('none', { name: 'Nothing' }),
        { id: 'twice', expression: 'hidden * 2', period: 60 },
      ],
      now - 10 * minute,
      now - 7 * minute,
    );
    const at = [10, 9, 8].map((ago) => now - ago * minute);
    expect([...series.keys()].sort()).toEqual(['a', 'none', 'twice']);
    expect(series.get('a')).toEqual(at.map((one) => ({ at: one, value: 7 })));
    expect(series.get('twice')).toEqual(at.map((one) => ({ at: one, value: 14 })));
    expect(series.get('none')).toEqual([]);
    expect(sandbox.journal()).toHaveLength(1);
  });

  test('of more points than a page holds are read to the last', async () => {
    const sandbox = await start({ metrics: [orders] });
    const days = 14;
    const queries = Array.from({ length: 6 }, (_, index) => metric(`m${index}`));
    const series = await createMetricSource().series(queries, now - days * 1_440 * minute, now);
    expect(sandbox.journal().map((entry) => entry.operation)).toEqual(['GetMetricData', 'GetMetricData']);
    for (const points of series.values()) {
      expect(points).toHaveLength(days * 1_440);
      expect(
        points.every((point, index) => index === 0 || point.at - (points[index - 1]?.at ?? 0) === minute),
      ).toBe(true);
    }
  });

  test('of more than 500 queries take several calls', async () => {
    const sandbox = await start({ metrics: [orders] });
    const queries = Array.from({ length: 501 }, (_, index) => metric(`m${index}`));
    const series = await createMetricSource().series(queries, now - 5 * minute, now - 4 * minute);
    expect(series.size).toBe(501);
    expect(sandbox.journal()).toHaveLength(2);
  });

  test('that CloudWatch gives only in part are an error, because half a sum looks like health', async () => {
    await answer({
      body: {
        MetricDataResults: [
          {
            Id: 'a',
            StatusCode: 'PartialData',
            Timestamps: [1],
            Values: [1],
            Messages: [{ Code: 'X', Value: 'late' }],
          },
        ],
      },
    });
    await expect(createMetricSource().series([metric('a')], 0, minute)).rejects.toThrow(
      /only in part: Sum of Shop Orders.*X: late.*PartialData/,
    );
  });

  test('partial pages that a next page completes are whole', async () => {
    const asked = await answer(
      {
        body: {
          MetricDataResults: [{ Id: 'a', StatusCode: 'PartialData', Timestamps: [60], Values: [1] }],
          NextToken: 'more',
        },
      },
      { body: { MetricDataResults: [{ Id: 'a', StatusCode: 'Complete', Timestamps: [0], Values: [2] }] } },
    );
    const series = await createMetricSource().series([metric('a')], 0, 2 * minute);
    expect(series.get('a')).toEqual([
      { at: 0, value: 2 },
      { at: minute, value: 1 },
    ]);
    expect(asked[1]).toContain('"NextToken":"more"');
  });

  test('that may not be read name the permission', async () => {
    await answer({ status: 403, body: { __type: 'AccessDeniedException', message: 'not authorized' } });
    await expect(createMetricSource().series([metric('a')], 0, minute)).rejects.toThrow(
      /Allow `cloudwatch:GetMetricData`/,
    );
  });
});

describe('alarms', () => {
  const many = Array.from({ length: 120 }, (_, index) => ({ account: 'prod', name: `orders-${index}` }));
  const alarms = [
    ...many,
    { account: 'prod', name: 'orders-all', type: 'composite' as const, state: 'ALARM' as const },
    { account: 'prod', name: 'other' },
  ];

  test('by prefix are all of them, composite ones too', async () => {
    await start({ alarms });
    const found = await createAlarmSource().byPrefix('orders-');
    expect(found).toHaveLength(121);
    expect(found.filter((alarm) => alarm.state === 'ALARM').map((alarm) => alarm.name)).toEqual([
      'orders-all',
    ]);
  });

  test('by name may be more than one call takes; those that do not exist are left out', async () => {
    const sandbox = await start({ alarms });
    const names = [...alarms.map((alarm) => alarm.name), 'missing', 'other'];
    const found = await createAlarmSource().byName(names);
    expect(found).toHaveLength(122);
    expect(sandbox.journal()).toHaveLength(2);
    expect(await createAlarmSource().byName([])).toEqual([]);
  });
});
