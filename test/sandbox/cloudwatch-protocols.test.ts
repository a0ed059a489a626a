import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { aws, hasAwsCli } from './aws.ts';

// The SDK speaks JSON (cloudwatch.test.ts); here are CloudWatch's other two protocols.

let sandbox: Sandbox;

beforeAll(async () => {
  const [MetricName, QueueName] = ['ApproximateNumberOfMessagesVisible', 'tenant-dlq'];
  const metric = { account: 'prod', namespace: 'AWS/SQS', name: MetricName, dimensions: { QueueName } };
  sandbox = await startSandbox({
    start: '2026-03-03T20:00:00Z',
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      alarms: [
        { account: 'prod', name: 'tenant-service-errors' },
        { account: 'prod', name: 'tenant-service-latency', state: 'ALARM' },
      ],
      metrics: [{ ...metric, value: 3, unit: 'Count' }],
    },
  });
});
afterAll(() => sandbox.close());

const queue = (Id: string) => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'tenant-dlq' }],
    },
    Period: 60,
    Stat: 'Maximum',
  },
});

describe('the query protocol', () => {
  const send = async (form: Record<string, string>) => {
    const answer = await fetch(sandbox.url, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=222222222222/20260303/af-south-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: new URLSearchParams({ Version: '2010-08-01', ...form }),
    });
    return { status: answer.status, text: await answer.text() };
  };

  test('is answered in XML', async () => {
    const answer = await send({
      Action: 'GetMetricData',
      StartTime: '2026-03-03T19:58:00Z',
      EndTime: '2026-03-03T20:00:00Z',
      'MetricDataQueries.member.1.Id': 'dlq',
      'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'AWS/SQS',
      'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'ApproximateNumberOfMessagesVisible',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'QueueName',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'tenant-dlq',
      'MetricDataQueries.member.1.MetricStat.Period': '60',
      'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
      'MetricDataQueries.member.1.ReturnData': 'true',
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(
      '<Timestamps><member>2026-03-03T19:59:00.000Z</member><member>2026-03-03T19:58:00.000Z</member></Timestamps><Values><member>3</member><member>3</member></Values>',
    );
  });

  test('has its own form of errors, and names what it does not know', async () => {
    const wrong = await send({ Action: 'DescribeAlarms', MaxRecords: '500' });
    expect([wrong.status, wrong.text]).toEqual([
      400,
      expect.stringContaining('<Code>ValidationError</Code>'),
    ]);
    const unknown = await send({ Action: 'PutMetricStream' });
    expect([unknown.status, unknown.text]).toEqual([501, expect.stringContaining('PutMetricStream')]);
  });
});

(hasAwsCli ? describe : describe.skip)('the AWS CLI', () => {
  test('gets metric data, statistics, alarms and lists', async () => {
    const span = ['--start-time', '2026-03-03T19:58:00Z', '--end-time', '2026-03-03T20:00:00Z'];
    expect(
      await aws(
        sandbox,
        'cloudwatch',
        'get-metric-data',
        ...span,
        '--metric-data-queries',
        JSON.stringify([queue('dlq')]),
      ),
    ).toMatchObject({
      MetricDataResults: [
        // CLI version 1 writes CBOR's timestamps as seconds, version 2 as ISO 8601.
        { Id: 'dlq', Values: [3, 3], Timestamps: [expect.anything(), expect.anything()] },
      ],
    });
    const words = ['--namespace', 'AWS/SQS', '--metric-name', 'ApproximateNumberOfMessagesVisible'];
    const dimensions = ['--dimensions', 'Name=QueueName,Value=tenant-dlq'];
    expect(
      await aws(
        ...([sandbox, 'cloudwatch', 'get-metric-statistics', ...words, ...dimensions, ...span] as const),
        ...['--period', '60', '--statistics', 'Sum', '--unit', 'Count'],
      ),
    ).toMatchObject({ Datapoints: [{ Sum: 3 }, { Sum: 3 }] });
    expect(
      await aws(sandbox, 'cloudwatch', 'describe-alarms', '--alarm-name-prefix', 'tenant-service-l'),
    ).toMatchObject({
      MetricAlarms: [{ AlarmName: 'tenant-service-latency', StateValue: 'ALARM' }],
    });
    expect(await aws(sandbox, 'cloudwatch', 'list-metrics', '--namespace', 'AWS/SQS')).toMatchObject({
      Metrics: [{ Dimensions: [{ Name: 'QueueName', Value: 'tenant-dlq' }] }],
    });
  });

  test('puts a metric, and tells an error by its code', async () => {
    await aws(
      sandbox,
      'cloudwatch',
      'put-metric-data',
      '--namespace',
      'Cli',
      '--metric-name',
      'One',
      '--value',
      '1.5',
    );
    expect(await aws(sandbox, 'cloudwatch', 'list-metrics', '--namespace', 'Cli')).toMatchObject({
      Metrics: [{ MetricName: 'One' }],
    });
    const wrong = JSON.stringify([queue('Upper')]);
    const span = ['--start-time', '2026-03-03T19:58:00Z', '--end-time', '2026-03-03T20:00:00Z'];
    await expect(
      aws(sandbox, 'cloudwatch', 'get-metric-data', ...span, '--metric-data-queries', wrong),
    ).rejects.toMatchObject({
      stderr: expect.stringMatching(/\(ValidationError\).*The value Upper for parameter/s),
    });
  });
});
