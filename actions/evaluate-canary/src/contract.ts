import {
  amount,
  count,
  defineContract,
  duration,
  flag,
  type InputProblem,
  json,
  list,
  matching,
  oneOf,
  percent,
  text,
} from '@promo-actions/core/action';
import { judgeNames } from '@promo-actions/core/analysis';
import { formatDuration } from '@promo-actions/core/clock';
import { watchedMetricsExpected, watchedMetricsSchema } from '@promo-actions/core/metrics';

const versionNumber = [/^[1-9]\d*$/, 'the number of a published version, such as `12`'] as const;
const minute = 60_000;

export const contract = defineContract({
  name: 'evaluate-canary',
  kind: 'gate',
  description:
    'Watches a canary behind a Lambda alias, minute by minute beside the stable version, until the evidence suffices to promote it or to roll it back.',
  inputs: {
    function: text('The Lambda function, by name.', { required: true }),
    alias: text('The alias that carries the canary, such as `latest-prod`.', { required: true }),
    'canary-version': matching(
      ...versionNumber,
      "The version that is judged. Without it, the alias's additional version.",
    ),
    'stable-version': matching(
      ...versionNumber,
      "The version that it is compared with. Without it, the alias's main version, unless that is the canary. Where both are one version with all the traffic, as in a promotion that is run again, there is nothing to judge and the decision is `skipped`.",
    ),
    judge: oneOf(
      judgeNames,
      '`sequential` compares the canary with the stable version after every minute, whatever the traffic, and blames a canary that is no worse with a chance of at most `alpha`; `threshold` holds error rate, success rate and p95 of the whole window against fixed limits; `kayenta` scores it as the canary judge of Spinnaker does; `guard` knows the hard limits alone (`guard-errors`, `guard-throttles`), which come first with every judge.',
      { default: 'sequential' },
    ),
    alpha: amount(
      'The chance, above 0 and below 0.5, with which the judge `sequential` ever rolls back a canary that is no worse than the stable version.',
      { default: '0.01' },
    ),
    'promote-early': flag(
      'Whether the judge `sequential` promotes before the end of the window once a canary is shown to be less than twice as bad as the stable version, in errors and latency, with a chance of error of 5 %.',
      { default: 'false' },
    ),
    window: duration(
      'How much of the canary is counted, in whole minutes. It begins after the warm-up; its last minute is read once it has settled, 2 minutes or the timeout of the function later.',
      { default: '5m' },
    ),
    interval: duration('The time between looks.', { default: '30s' }),
    warmup: duration(
      'How much of the beginning of the life of the canary is left out, because of cold starts. A canary that has served requests for that long needs no warm-up.',
      { default: '3m' },
    ),
    'max-error-rate': percent(
      'The largest share of the invocations of the canary that may fail, in percent. `sequential` takes it as the objective of both versions: it blames the canary for breaking it only while the stable version has no traffic to compare with, and holds where either breaks it otherwise.',
      { default: '1%' },
    ),
    'min-success-rate': percent(
      'The least share of the invocations of the canary that must succeed, in percent.',
      { default: '99%' },
    ),
    'max-p95-ms': amount(
      'The highest 95th percentile of the Duration of the canary in milliseconds: at most 5 % of its invocations may take longer.',
      { default: '500' },
    ),
    'min-invocations': count(
      'The least invocations of the canary to promote it on. With fewer the answer is `hold`, unless it failed already beyond what the rest could make good.',
      { default: '100' },
    ),
    'guard-errors': count(
      'The most errors of the canary in any 2 minutes of the window. Without it, 5 with the judges `threshold` and `guard`, and any number with `sequential` and `kayenta`: a fixed number blames a busy canary for the errors that every version has, and would void the promise of `alpha`.',
    ),
    'guard-throttles': count('The most throttled requests of the alias in any 2 minutes of the window.', {
      default: '10',
    }),
    alarms: list(
      'CloudWatch alarms, metric or composite, by name. One that goes into ALARM during the evaluation rolls back at once.',
    ),
    metrics: json(
      watchedMetricsSchema,
      watchedMetricsExpected,
      'Further CloudWatch metrics or metric math with a limit each, over the window; written as in stability-check.',
    ),
    'health-payload': text(
      'JSON with which the canary is invoked at each look. An answer with another status than 200 (also as `statusCode` in the answer) rolls back at once.',
    ),
    'on-hold': oneOf(
      ['fail', 'pass', 'extend'],
      'What to do when too little was seen: fail the step, go on with a warning, or `extend` the window up to `max-window` and then fail.',
      { default: 'fail' },
    ),
    'max-window': duration('How long the window may grow with `on-hold: extend`.', { default: '30m' }),
  },
  outputs: {
    verdict: 'What the judge said: `promote`, `rollback` or `hold`.',
    reasons: 'Why, one sentence a line.',
    chart:
      'Errors and p95 of canary and stable version, and the evidence against the canary where the judge weighs it, as Mermaid charts in Markdown; empty without traffic.',
    'canary-version': 'The version that was judged.',
    'stable-version': 'The version it was compared with; empty when the canary had all the traffic.',
  },
  permissions: {
    aws: [
      'cloudwatch:GetMetricData',
      'cloudwatch:DescribeAlarms',
      'lambda:GetAlias',
      'lambda:GetFunctionConfiguration',
      'lambda:InvokeFunction',
    ],
  },
  example: {
    environment: 'prod',
    function: 'tenant-service',
    alias: 'latest-prod',
    window: '10m',
    alarms: 'tenant-service-errors',
    'health-payload': '{"path":"/health"}',
  },
  check(inputs) {
    const problems: InputProblem[] = [];
    const { window, interval, maxWindow, healthPayload } = inputs;
    if (window !== undefined && window < minute)
      problems.push({ input: 'window', message: 'is shorter than a minute, the grain of CloudWatch.' });
    const { alpha } = inputs;
    if (alpha !== undefined && !(alpha > 0 && alpha < 0.5))
      problems.push({ input: 'alpha', message: `is ${alpha}; it must be above 0 and below 0.5.` });
    if (interval !== undefined && interval < 1_000)
      problems.push({
        input: 'interval',
        message: 'is shorter than a second; numbers change once a minute.',
      });
    if (inputs.onHold === 'extend' && window !== undefined && maxWindow !== undefined && maxWindow < window) {
      const message = `is shorter than \`window\` (${formatDuration(window)}), which it must not be with \`on-hold: extend\`.`;
      problems.push({ input: 'max-window', message });
    }
    if (healthPayload !== undefined && !isJson(healthPayload))
      problems.push({ input: 'health-payload', message: 'is not JSON, which Lambda takes alone.' });
    return problems;
  },
});

function isJson(payload: string): boolean {
  try {
    JSON.parse(payload);
    return true;
  } catch {
    return false;
  }
}
