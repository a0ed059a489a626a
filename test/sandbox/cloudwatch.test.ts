import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  PutDashboardCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { clientConfiguration } from './aws.ts';

const START = Date.parse('2026-03-03T20:00:00Z');
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(START - minutes * MINUTE);

let sandbox: Sandbox;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  sandbox = await startSandbox({
    start: '2026-03-03T20:00:00Z',
    world: {
      accounts: {
        prod: { id: '222222222222', region: 'af-south-1' },
        sit: { id: '111111111111', region: 'af-south-1' },
      },
      alarms: [
        {
          account: 'prod',
          name: 'tenant-service-errors',
          changes: [
            { at: '2026-03-03T22:10:00Z', state: 'ALARM' },
            { at: '2026-03-03T22:20:00Z', state: 'OK' },
          ],
        },
        { account: 'prod', name: 'tenant-service-latency', state: 'ALARM' },
        { account: 'prod', name: 'tenant-service-all', type: 'composite' },
        { account: 'prod', name: 'unrelated', state: 'INSUFFICIENT_DATA' },
      ],
      metrics: [
        {
          account: 'prod',
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: 'tenant-dlq' },
          value: 3,
          unit: 'Count',
        },
      ],
    },
  });
  cloudWatch = new CloudWatchClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  cloudWatch.destroy();
  await sandbox.close();
});

const queue = (Id: string, more: object = {}): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'tenant-dlq' }],
    },
    Period: 60,
    Stat: 'Maximum',
    ...more,
  },
});

describe('GetMetricData by the SDK', () => {
  test('gives one datapoint a minute, newest first', async () => {
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({ MetricDataQueries: [queue('dlq')], StartTime: ago(3), EndTime: ago(0) }),
    );
    expect(MetricDataResults).toEqual([
      {
        Id: 'dlq',
        Label: 'ApproximateNumberOfMessagesVisible',
        Timestamps: [ago(1), ago(2), ago(3)],
        Values: [3, 3, 3],
        StatusCode: 'Complete',
      },
    ]);
  });

  test('takes 500 queries and refuses 501, a doubled ID and an ID that begins wrongly', async () => {
    const ask = (queries: MetricDataQuery[]) =>
      cloudWatch.send(
        new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: ago(2), EndTime: ago(0) }),
      );
    const many = (count: number) => Array.from({ length: count }, (_, index) => queue(`q${index}`));
    expect((await ask(many(500))).MetricDataResults).toHaveLength(500);
    await expect(ask(many(501))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The collection MetricDataQueries must not have a size greater than 500.',
    });
    await expect(ask([queue('q'), queue('q')])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The values for parameter id in MetricDataQueries are not unique.',
    });
    await expect(ask([queue('Queue')])).rejects.toMatchObject({
      message:
        'The value Queue for parameter MetricDataQueries.member.1.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.',
    });
  });

  test('computes expressions over what it returns and what it does not', async () => {
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          { ...queue('dlq'), ReturnData: false },
          { Id: 'twice', Expression: 'SUM(METRICS()) + FILL(dlq, 0)', Label: 'Twice' },
        ],
        StartTime: ago(2),
        EndTime: ago(0),
      }),
    );
    expect(MetricDataResults).toMatchObject([{ Id: 'twice', Label: 'Twice', Values: [6, 6] }]);
  });
});

describe('custom metrics', () => {
  test('what is put can be queried, summed and listed', async () => {
    const Dimensions = [{ Name: 'Stage', Value: 'prod' }];
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'Promotion',
        MetricData: [
          { MetricName: 'Orders', Dimensions, Value: 5, Timestamp: ago(4), Unit: 'Count' },
          {
            MetricName: 'Orders',
            Dimensions,
            Values: [1, 10],
            Counts: [3, 1],
            Timestamp: ago(4),
            Unit: 'Count',
          },
          {
            MetricName: 'Sized',
            StatisticValues: { SampleCount: 4, Sum: 20, Minimum: 1, Maximum: 9 },
            Timestamp: ago(4),
          },
        ],
      }),
    );
    const statistics = (MetricName: string, dimensions: typeof Dimensions) =>
      cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'Promotion',
          MetricName,
          Dimensions: dimensions,
          StartTime: ago(5),
          EndTime: ago(0),
          Period: 300,
          Statistics: ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'],
          ExtendedStatistics: ['p50'],
        }),
      );
    expect((await statistics('Orders', Dimensions)).Datapoints).toEqual([
      {
        Timestamp: ago(5),
        Sum: 18,
        SampleCount: 5,
        Average: 3.6,
        Minimum: 1,
        Maximum: 10,
        ExtendedStatistics: { p50: 1 },
        Unit: 'Count',
      },
    ]);
    const sized = (await statistics('Sized', [])).Datapoints?.[0];
    expect(sized).toMatchObject({ Sum: 20, SampleCount: 4, Average: 5 });
    expect(sized?.ExtendedStatistics?.p50).toBeUndefined();
    expect((await statistics('Orders', [])).Datapoints).toEqual([]);
    const { Metrics } = await cloudWatch.send(
      new ListMetricsCommand({ Namespace: 'Promotion', MetricName: 'Orders' }),
    );
    expect(Metrics).toEqual([{ Namespace: 'Promotion', MetricName: 'Orders', Dimensions }]);
  });

  test('AWS namespaces and ambiguous values are refused', async () => {
    const put = (Namespace: string, datum: object) =>
      cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'X', ...datum }] }));
    await expect(put('AWS/Lambda', { Value: 1 })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(put('App', {})).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
    await expect(put('App', { Values: [1, 2], Counts: [1] })).rejects.toMatchObject({
      message: expect.stringContaining('same length'),
    });
  });

  test('other accounts and regions see none of it', async () => {
    for (const [account, region] of [
      ['111111111111', 'af-south-1'],
      ['222222222222', 'eu-west-1'],
    ]) {
      const other = new CloudWatchClient(clientConfiguration(sandbox, account, region));
      expect((await other.send(new ListMetricsCommand({}))).Metrics).toEqual([]);
      expect((await other.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
      other.destroy();
    }
  });

  test('GetMetricStatistics refuses what AWS refuses', async () => {
    const base = { Namespace: 'A', MetricName: 'B', StartTime: ago(10), EndTime: ago(0), Period: 60 };
    const ask = (more: object) =>
      cloudWatch.send(new GetMetricStatisticsCommand({ ...base, Statistics: ['Sum'], ...more }));
    await expect(ask({ Period: 90 })).rejects.toMatchObject({
      message: expect.stringContaining('multiple of 60'),
    });
    await expect(ask({ Statistics: [] })).rejects.toMatchObject({
      name: 'MissingRequiredParameterException',
    });
    await expect(ask({ StartTime: ago(2000) })).rejects.toMatchObject({
      message: expect.stringContaining('exceeds the limit of 1440'),
    });
    await expect(ask({ StartTime: ago(-10) })).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
    });
  });
});

describe('alarms', () => {
  test('only metric alarms come unless composite ones are asked for', async () => {
    const metric = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'tenant-service' }));
    expect(metric.MetricAlarms?.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['tenant-service-errors', 'OK'],
      ['tenant-service-latency', 'ALARM'],
    ]);
    expect(metric.CompositeAlarms).toEqual([]);
    const both = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        AlarmNames: ['tenant-service-all'],
      }),
    );
    expect(both.CompositeAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['tenant-service-all']);
  });

  test('names and prefix exclude each other; pages follow each other; a state filters', async () => {
    await expect(
      cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['unrelated'], AlarmNamePrefix: 'u' })),
    ).rejects.toMatchObject({ message: 'AlarmNamePrefix and AlarmNames cannot be specified together' });
    const names: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await cloudWatch.send(
        new DescribeAlarmsCommand({ MaxRecords: 2, ...(token === undefined ? {} : { NextToken: token }) }),
      );
      names.push(...(page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
      token = page.NextToken;
    } while (token !== undefined);
    expect(names).toEqual(['tenant-service-errors', 'tenant-service-latency', 'unrelated']);
    const alarming = await cloudWatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(alarming.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['tenant-service-latency']);
  });

  test('states change when the timetable says, or when set', async () => {
    const own = await startSandbox({
      start: '2026-03-03T22:05:00Z',
      world: {
        accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
        alarms: [
          { account: 'prod', name: 'errors', changes: [{ at: '2026-03-03T22:10:00Z', state: 'ALARM' }] },
        ],
      },
    });
    const client = new CloudWatchClient(clientConfiguration(own));
    const state = async () => (await client.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0];
    expect(await state()).toMatchObject({ StateValue: 'OK' });
    await own.clock.advance(5 * MINUTE);
    expect(await state()).toMatchObject({
      StateValue: 'ALARM',
      StateUpdatedTimestamp: new Date('2026-03-03T22:10:00Z'),
    });
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'OK', StateReason: 'mended' }),
    );
    expect(await state()).toMatchObject({ StateValue: 'OK', StateReason: 'mended' });
    await expect(
      client.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' })),
    ).rejects.toMatchObject({ message: expect.stringContaining('none') });
    client.destroy();
    await own.close();
  });
});

test('dashboards are kept and must be JSON', async () => {
  const DashboardBody = '{"widgets":[]}';
  await cloudWatch.send(new PutDashboardCommand({ DashboardName: 'promotions', DashboardBody }));
  expect(await cloudWatch.send(new GetDashboardCommand({ DashboardName: 'promotions' }))).toMatchObject({
    DashboardBody,
    DashboardArn: 'arn:aws:cloudwatch::222222222222:dashboard/promotions',
  });
  await expect(
    cloudWatch.send(new PutDashboardCommand({ DashboardName: 'promotions', DashboardBody: 'no' })),
  ).rejects.toMatchObject({ message: expect.stringContaining('valid JSON') });
});
