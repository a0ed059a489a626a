import {
  amount,
  count,
  defineContract,
  duration,
  type InputProblem,
  json,
  list,
  matching,
  oneOf,
  percent,
  text,
} from '@promo-actions/core/action';
import { watchedMetricsExpected, watchedMetricsSchema } from '@promo-actions/core/metrics';
import { apiTarget } from '@promo-actions/core/stability';

const lookedAt = ['functions', 'load-balancer', 'api', 'queues', 'alarm-prefix', 'metrics'] as const;

export const contract = defineContract({
  name: 'stability-check',
  kind: 'gate',
  description:
    'Looks back over a service in the environment it is promoted from: errors, throttles, latency, alarms, dead letters, the age and identity of what is deployed.',
  inputs: {
    functions: list('Lambda functions to look at, by name.'),
    alias: text(
      'The alias callers invoke, such as `latest-sit`: its traffic and its version are looked at. Without it, all traffic of each function and `$LATEST`.',
    ),
    'load-balancer': list(
      'Application Load Balancers to look at, by ARN or by its last part `app/name/0123456789abcdef`. 5xx of the balancer and of its targets are errors.',
    ),
    api: list(
      'API Gateway APIs to look at: `rest:name/stage` for a REST API, `http:id/stage` for an HTTP API; the stage may be left out.',
    ),
    queues: list('Dead-letter queues to look at, by name.'),
    lookback: duration('How far back to look.', { default: '24h' }),
    'max-errors': count(
      'The most failed requests that each function, load balancer or API may have had in the lookback.',
      {
        default: '4',
      },
    ),
    'max-error-rate': percent('The largest share of its requests that may have failed, in percent.', {
      default: '5%',
    }),
    'max-throttles': count('The most throttled invocations that each function may have had.', {
      default: '0',
    }),
    'max-p95-ms': amount(
      'The highest 95th percentile of the latency in milliseconds: Duration of a function, TargetResponseTime of a load balancer, Latency of an API. Over lookbacks of more than a day, that of the worst day. Without it latency is not checked.',
    ),
    'max-dlq-messages': count('The most messages that a queue of `queues` may hold now.', { default: '0' }),
    'alarm-prefix': list(
      'Alarms whose names begin with one of these must not be in ALARM; composite alarms count too.',
    ),
    'min-age': duration(
      'The least time since the deployed version of each function was made; `0s` checks nothing.',
      { default: '24h' },
    ),
    'expected-version': matching(
      /^\S+$/,
      'a Lambda version number such as `12`, or a release such as `v1.4.0`',
      'What `alias` must point at: a Lambda version number, or a release that the version names in its description. Needs `alias`.',
    ),
    'expected-code-sha256': matching(
      /^[A-Za-z0-9+/]{43}=$/,
      'a SHA-256 in Base64 as Lambda writes it, 44 characters',
      'The SHA-256 of the package that each function must run, in Base64.',
    ),
    'no-traffic': oneOf(
      ['pass', 'hold', 'fail'],
      'What it means when a function, load balancer or API had no request in the lookback.',
      { default: 'hold' },
    ),
    metrics: json(
      watchedMetricsSchema,
      watchedMetricsExpected,
      'Further CloudWatch metrics or metric math with a limit each, as YAML: `- {name: concurrency, namespace: AWS/Lambda, metric: ConcurrentExecutions, dimensions: {FunctionName: orders}, statistic: Maximum, max: 800}`. Metric math has `expression` and, under `series`, the metrics it names. `take` says how points become one number (`highest`, `lowest`, `sum`, `average`, `latest`), `period` their length, `no-data` what having none means (`hold`).',
    ),
  },
  outputs: {},
  permissions: {
    aws: [
      'cloudwatch:GetMetricData',
      'cloudwatch:DescribeAlarms',
      'lambda:GetAlias',
      'lambda:GetFunctionConfiguration',
    ],
  },
  example: {
    environment: 'sit',
    functions: 'tenant-service',
    alias: 'latest-sit',
    'expected-version': 'v1.4.0',
    queues: 'tenant-service-dlq',
    'alarm-prefix': 'tenant-service-',
  },
  check(inputs) {
    const problems: InputProblem[] = [];
    const given = [inputs.functions, inputs.loadBalancer, inputs.api, inputs.queues, inputs.alarmPrefix];
    if (given.every((value) => value === undefined) && inputs.metrics === undefined) {
      const names = lookedAt.map((name) => `\`${name}\``).join(', ');
      problems.push({ input: 'functions', message: `is missing; give at least one of ${names}.` });
    }
    if (inputs.expectedVersion !== undefined && inputs.alias === undefined) {
      const message = 'needs `alias`: only an alias says which version callers reach.';
      problems.push({ input: 'expected-version', message });
    }
    if (inputs.alias !== undefined && inputs.functions === undefined)
      problems.push({ input: 'alias', message: 'needs `functions`: an alias belongs to a function.' });
    for (const api of inputs.api ?? []) {
      if (!apiTarget(api))
        problems.push({
          input: 'api',
          message: `got "${api}", expected \`rest:name/stage\` or \`http:id/stage\`.`,
        });
    }
    if (inputs.lookback !== undefined && inputs.lookback < 60_000)
      problems.push({ input: 'lookback', message: 'is shorter than a minute, the grain of CloudWatch.' });
    return problems;
  },
});
