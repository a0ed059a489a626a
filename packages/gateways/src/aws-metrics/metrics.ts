import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { OutsideError } from '@promo-actions/core/errors';
import type { MetricSource, Point, SeriesQuery } from '@promo-actions/core/metrics';
import { awsCall, type Call, clientOptions } from '../aws/index.ts';
import { batches } from './batches.ts';

const call: Call = {
  service: 'CloudWatch',
  operation: 'GetMetricData',
  what: 'the metrics could not be read from CloudWatch',
};

/** CloudWatch's metrics in the region and account of the ambient credentials (`cloudwatch:GetMetricData`). */
export function createMetricSource(options: { readonly region?: string } = {}): MetricSource {
  const client = new CloudWatchClient(clientOptions(options));
  return {
    async series(queries, from, to) {
      const found = new Map<string, Point[]>(
        queries.filter((query) => !isHidden(query)).map((query) => [query.id, []]),
      );
      for (const batch of batches(queries)) await readBatch(client, batch, from, to, found);
      for (const points of found.values()) points.sort((a, b) => a.at - b.at);
      return found;
    },
  };
}

async function readBatch(
  client: CloudWatchClient,
  batch: readonly SeriesQuery[],
  from: number,
  to: number,
  found: Map<string, Point[]>,
): Promise<void> {
  const request = {
    MetricDataQueries: batch.map(metricDataQuery),
    StartTime: new Date(from),
    EndTime: new Date(to),
    ScanBy: 'TimestampAscending' as const,
  };
  const status = new Map<string, string>();
  const messages: string[] = [];
  let token: string | undefined;
  do {
    const page = await awsCall(call, () =>
      client.send(new GetMetricDataCommand({ ...request, ...(token ? { NextToken: token } : {}) })),
    );
    for (const result of page.MetricDataResults ?? []) {
      const id = result.Id ?? '';
      status.set(id, result.StatusCode ?? 'Complete');
      for (const message of [...(page.Messages ?? []), ...(result.Messages ?? [])])
        messages.push(`${message.Code}: ${message.Value}`);
      const values = result.Values ?? [];
      result.Timestamps?.forEach((at, index) => {
        const value = values[index];
        if (value !== undefined) found.get(id)?.push({ at: at.getTime(), value });
      });
    }
    token = page.NextToken;
  } while (token);
  refuseIncomplete(batch, status, messages);
}

/** A sum over half of the points would look like a healthy service, so it is an error. */
function refuseIncomplete(
  batch: readonly SeriesQuery[],
  status: ReadonlyMap<string, string>,
  messages: readonly string[],
): void {
  const bad = batch.filter((query) => (status.get(query.id) ?? 'Complete') !== 'Complete');
  if (bad.length === 0) return;
  const names = [...new Set(bad.map(describe))].join(', ');
  const codes = [...new Set(bad.map((query) => status.get(query.id)))].join(', ');
  throw new OutsideError({
    what: `CloudWatch gave the metrics only in part: ${names}`,
    ...(messages.length > 0 ? { why: [...new Set(messages)].join('; ') } : {}),
    operation: 'CloudWatch GetMetricData',
    code: codes,
    remedy: codes.includes('Forbidden')
      ? 'Allow `cloudwatch:GetMetricData` on these metrics to the role of this job'
      : 'Run the step again in a minute; for metric math, check the expression',
  });
}

function isHidden(query: SeriesQuery): boolean {
  return 'returned' in query && query.returned === false;
}

function describe(query: SeriesQuery): string {
  if ('expression' in query) return `\`${query.expression}\``;
  const dimensions = Object.entries(query.dimensions).map(([name, value]) => `${name}=${value}`);
  return `${query.statistic} of ${query.namespace} ${query.name} {${dimensions.join(', ')}}`;
}

function metricDataQuery(query: SeriesQuery): MetricDataQuery {
  if ('expression' in query) return { Id: query.id, Expression: query.expression, Period: query.period };
  return {
    Id: query.id,
    MetricStat: {
      Metric: {
        Namespace: query.namespace,
        MetricName: query.name,
        Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat: query.statistic,
      Period: query.period,
    },
    ReturnData: !isHidden(query),
  };
}
