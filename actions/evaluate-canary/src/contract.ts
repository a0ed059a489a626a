import { defineContract, duration, matching, oneOf, text } from '@promo-actions/core/action';
import { watchInputs, watchProblems } from '@promo-actions/core/analysis';
import { formatDuration } from '@promo-actions/core/clock';

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
    window: duration(
      'How much of the canary is counted, in whole minutes. It begins after the warm-up; its last minute is read once it has settled, 2 minutes or the timeout of the function later.',
      { default: '5m' },
    ),
    ...watchInputs,
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
    const problems = watchProblems(inputs);
    const { window, maxWindow } = inputs;
    if (window !== undefined && window < minute)
      problems.push({ input: 'window', message: 'is shorter than a minute, the grain of CloudWatch.' });
    if (inputs.onHold === 'extend' && window !== undefined && maxWindow !== undefined && maxWindow < window) {
      const message = `is shorter than \`window\` (${formatDuration(window)}), which it must not be with \`on-hold: extend\`.`;
      problems.push({ input: 'max-window', message });
    }
    return problems;
  },
});
