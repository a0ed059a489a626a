import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { Alarm, AlarmSource } from '@promo-actions/core/metrics';
import { awsCall, type Call, clientOptions } from '../aws/index.ts';

/** DescribeAlarms takes and gives this many alarms a call. */
const alarmsPerCall = 100;

const call: Call = {
  service: 'CloudWatch',
  operation: 'DescribeAlarms',
  what: 'the alarms could not be read from CloudWatch',
};

/** CloudWatch's metric and composite alarms in the region and account of the ambient credentials (`cloudwatch:DescribeAlarms`). */
export function createAlarmSource(options: { readonly region?: string } = {}): AlarmSource {
  const client = new CloudWatchClient(clientOptions(options));
  return {
    byPrefix: (prefix) => describeAlarms(client, { AlarmNamePrefix: prefix }),
    async byName(names) {
      const wanted = [...new Set(names)];
      const found: Alarm[] = [];
      for (let first = 0; first < wanted.length; first += alarmsPerCall) {
        const AlarmNames = wanted.slice(first, first + alarmsPerCall);
        found.push(...(await describeAlarms(client, { AlarmNames })));
      }
      return found;
    },
  };
}

async function describeAlarms(
  client: CloudWatchClient,
  filter: Pick<DescribeAlarmsCommandInput, 'AlarmNames' | 'AlarmNamePrefix'>,
): Promise<Alarm[]> {
  const found: Alarm[] = [];
  let token: string | undefined;
  do {
    const page = await awsCall(call, () =>
      client.send(
        new DescribeAlarmsCommand({
          ...filter,
          // Left out, it means metric alarms alone.
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: alarmsPerCall,
          ...(token ? { NextToken: token } : {}),
        }),
      ),
    );
    found.push(...(page.MetricAlarms ?? []).map(alarm), ...(page.CompositeAlarms ?? []).map(alarm));
    token = page.NextToken;
  } while (token);
  return found;
}

function alarm(described: MetricAlarm | CompositeAlarm): Alarm {
  return {
    name: described.AlarmName ?? '',
    state: described.StateValue ?? 'INSUFFICIENT_DATA',
    reason: described.StateReason ?? '',
    changedAt: (described.StateTransitionedTimestamp ?? described.StateUpdatedTimestamp)?.getTime() ?? 0,
  };
}
