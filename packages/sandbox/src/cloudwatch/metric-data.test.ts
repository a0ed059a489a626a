import { expect, test } from '@jest/globals';
import { constantDatum, type Series } from '../traffic/index.ts';
import { getMetricData } from './metric-data.ts';

const NOW = Date.parse('2026-03-03T21:00:00Z');
const at = (text: string) => Date.parse(`2026-03-03T${text}Z`);

/** A metric whose minute's value is the minute of the hour; the minutes listed have none. */
function counter(name: string, gaps: readonly number[] = []): Series {
  return {
    ...{ namespace: 'App', name, dimensions: { Kind: 'test' }, unit: 'Count' },
    datum(minute, now) {
      const index = new Date(minute).getUTCMinutes();
      return minute + 60_000 > now || gaps.includes(index) ? undefined : constantDatum(index, 1);
    },
  };
}

const series = [counter('Requests'), counter('Errors', [1, 2])];
const query = (Id: string, MetricName: string, more: object = {}) => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'App', MetricName, Dimensions: [{ Name: 'Kind', Value: 'test' }] },
    Period: 60,
    Stat: 'Sum',
    ...more,
  },
});
const ask = (queries: readonly object[], more: object = {}) => ({
  MetricDataQueries: queries,
  StartTime: new Date(at('20:00:30')),
  EndTime: new Date(at('20:03:00')),
  ...more,
});

test('the start counts and is floored to its minute, the end does not; newest first', () => {
  expect(getMetricData(ask([query('m', 'Requests')]), series, NOW)).toEqual({
    MetricDataResults: [
      {
        Id: 'm',
        Label: 'Requests',
        Timestamps: ['20:02:00', '20:01:00', '20:00:00'].map((time) => new Date(at(time))),
        Values: [2, 1, 0],
        StatusCode: 'Complete',
      },
    ],
    Messages: [],
    NextToken: undefined,
  });
});

test('periods gather minutes from the start on', () => {
  const output = getMetricData(
    ask([query('m', 'Requests', { Period: 300 })], {
      EndTime: at('20:15:00') / 1000,
      ScanBy: 'TimestampAscending',
    }),
    series,
    NOW,
  );
  expect(output.MetricDataResults).toMatchObject([{ Values: [10, 35, 60] }]);
});

test('expressions see other queries, returned or not, and only what is asked is returned', () => {
  const queries = [
    { ...query('errors', 'Errors'), ReturnData: false },
    { ...query('requests', 'Requests'), ReturnData: 'false' },
    { Id: 'filled', Expression: 'FILL(errors, 0)', ReturnData: false },
    { Id: 'rate', Expression: '100 * filled / requests', Label: 'Error rate' },
  ];
  const output = getMetricData(ask(queries), series, NOW);
  expect(output.MetricDataResults).toEqual([
    {
      Id: 'rate',
      Label: 'Error rate',
      Timestamps: [new Date(at('20:02:00')), new Date(at('20:01:00'))],
      Values: [0, 0],
      StatusCode: 'Complete',
    },
  ]);
});

test('pages follow each other without loss', () => {
  const seen: Record<string, number[]> = {};
  const statuses: string[] = [];
  let token: string | undefined;
  do {
    const page = getMetricData(
      ask([query('m', 'Requests'), query('e', 'Errors'), query('none', 'Nothing')], {
        MaxDatapoints: 2,
        NextToken: token,
      }),
      series,
      NOW,
    );
    const results = page.MetricDataResults as readonly { Id: string; Values: number[]; StatusCode: string }[];
    expect(results.flatMap(({ Values }) => Values).length).toBeLessThanOrEqual(2);
    for (const { Id, Values, StatusCode } of results) {
      seen[Id] = [...(seen[Id] ?? []), ...Values];
      statuses.push(`${Id} ${StatusCode}`);
    }
    token = page.NextToken as string | undefined;
  } while (token !== undefined);
  expect(seen).toEqual({ m: [2, 1, 0], e: [0], none: [] });
  expect(statuses).toEqual(['m PartialData', 'none Complete', 'm Complete', 'e Complete']);
});

test('a request over all of time is answered from what is remembered', () => {
  const output = getMetricData(
    ask([query('m', 'Requests', { Period: 86_400 })], { StartTime: 0, EndTime: NOW / 1000 }),
    series,
    NOW,
  );
  expect(output.MetricDataResults).toMatchObject([{ StatusCode: 'Complete' }]);
  expect((output.MetricDataResults as { Values: number[] }[])[0]?.Values).toHaveLength(455);
});

test('another unit, other dimensions or a fraction of a minute find nothing', () => {
  for (const other of [
    query('m', 'Requests', { Unit: 'Seconds' }),
    query('m', 'Requests', { Metric: { Namespace: 'App', MetricName: 'Requests', Dimensions: [] } }),
    query('m', 'Requests', { Period: 30 }),
  ]) {
    expect(getMetricData(ask([other]), series, NOW).MetricDataResults).toMatchObject([{ Values: [] }]);
  }
});

test.each([
  [
    [query('Up', 'Errors')],
    'The value Up for parameter MetricDataQueries.member.1.Id is not matching the expected pattern',
  ],
  [
    [query('m', 'Errors'), query('m', 'Errors')],
    'The values for parameter id in MetricDataQueries are not unique.',
  ],
  [
    [query('m', 'Errors', { Stat: 'p101' })],
    'The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid',
  ],
  [
    [query('m', 'Errors', { Stat: 'PR(:)' })],
    'MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.',
  ],
  [[query('m', 'Errors', { Period: 90 })], 'multiple of 60'],
  [[{ Id: 'm' }], 'MetricDataQueries.member.1.MetricStat is required'],
  [[{ ...query('m', 'Errors'), Expression: '1' }], 'are mutually exclusive'],
  [[{ Id: 'e', Expression: '1 + 1' }], "Error in expression 'e': the expression must return a time series"],
  [[{ Id: 'e', Expression: 'missing * 2' }], "Error in expression 'e': Undefined variable missing"],
  [
    [
      { Id: 'a', Expression: 'b' },
      { Id: 'b', Expression: 'a' },
    ],
    '"a" depends on itself',
  ],
  [
    Array.from({ length: 501 }, (_, index) => query(`m${index}`, 'Errors')),
    'must not have a size greater than 500',
  ],
])('%#: refused in the words of AWS', (queries, message) => {
  expect(() => getMetricData(ask(queries), series, NOW)).toThrow(message);
});

test('a request without its times, or with them reversed, is refused', () => {
  expect(() => getMetricData({ MetricDataQueries: [] }, series, NOW)).toThrow(
    'The parameter StartTime is required.\nThe parameter EndTime is required.',
  );
  const reversed = ask([query('m', 'Errors')], { EndTime: new Date(at('19:00:00')) });
  expect(() => getMetricData(reversed, series, NOW)).toThrow('must be less than');
});
