import type { MetricQuery } from '../metrics/index.ts';

type Series = Pick<MetricQuery, 'namespace' | 'name' | 'dimensions' | 'statistic'>;

/** Something whose traffic is looked at: which CloudWatch series count its requests, failures and throttles. */
export interface Target {
  /** As messages call it. */
  readonly label: string;
  /** `invocations` of a function, `requests` of anything else. */
  readonly unit: 'invocations' | 'requests';
  readonly requests: Series;
  /** Their sum is the number of failed requests. */
  readonly errors: readonly Series[];
  /** Absent where the service has no such metric. */
  readonly throttles?: Series;
  readonly p95: Series;
  /** Milliseconds in one unit of the p95 series. */
  readonly p95Unit: number;
}

function series(namespace: string, dimensions: Readonly<Record<string, string>>) {
  return (name: string, statistic = 'Sum'): Series => ({ namespace, name, dimensions, statistic });
}

/** A function by its name or ARN, or the traffic that reaches it through one alias. */
export function functionTarget(nameOrArn: string, alias: string | undefined): Target {
  const functionName = nameOrArn.split(':').at(-1) ?? nameOrArn;
  const resource = `${functionName}:${alias}`;
  const metric = series('AWS/Lambda', {
    FunctionName: functionName,
    ...(alias === undefined ? {} : { Resource: resource }),
  });
  return {
    label: alias === undefined ? functionName : resource,
    unit: 'invocations',
    requests: metric('Invocations'),
    errors: [metric('Errors')],
    throttles: metric('Throttles'),
    p95: metric('Duration', 'p95'),
    p95Unit: 1,
  };
}

/** An Application Load Balancer, by its ARN or the ARN's last part `app/name/id`: its own 5xx and its targets' count as failures. */
export function loadBalancerTarget(nameOrArn: string): Target {
  const name = nameOrArn.replace(/^arn:.*:loadbalancer\//, '');
  const metric = series('AWS/ApplicationELB', { LoadBalancer: name });
  return {
    label: name,
    unit: 'requests',
    requests: metric('RequestCount'),
    errors: [metric('HTTPCode_Target_5XX_Count'), metric('HTTPCode_ELB_5XX_Count')],
    p95: metric('TargetResponseTime', 'p95'),
    p95Unit: 1_000,
  };
}

/** An API Gateway API, written `rest:name`, `rest:name/stage`, `http:id` or `http:id/stage`. */
export function apiTarget(text: string): Target | undefined {
  const [, kind, api, stage] = apiPattern.exec(text) ?? [];
  if (!kind || !api) return undefined;
  const rest = kind === 'rest';
  const metric = series('AWS/ApiGateway', {
    [rest ? 'ApiName' : 'ApiId']: api,
    ...(stage ? { Stage: stage } : {}),
  });
  return {
    label: text,
    unit: 'requests',
    requests: metric('Count'),
    errors: [metric(rest ? '5XXError' : '5xx')],
    p95: metric('Latency', 'p95'),
    p95Unit: 1,
  };
}

const apiPattern = /^(rest|http):([^/]+)(?:\/([^/]+))?$/;
