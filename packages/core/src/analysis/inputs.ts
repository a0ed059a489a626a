import { amount, count, duration, flag, json, list, oneOf, percent, text } from '../action/index.ts';
import type { InputProblem } from '../errors/index.ts';
import { watchedMetricsExpected, watchedMetricsSchema } from '../metrics/index.ts';
import { type JudgeLimits, type JudgeName, judgeNames } from './judges.ts';

/** The inputs of a step that has a canary watched and judged. */
export const watchInputs = {
  judge: oneOf(
    judgeNames,
    '`sequential` compares the canary with the stable version after every minute, whatever the traffic, and blames a canary that is no worse with a chance of at most `alpha`; `threshold` holds error rate, success rate and p95 against fixed limits; `kayenta` scores it as the canary judge of Spinnaker does; `guard` knows the hard limits alone (`guard-errors`, `guard-throttles`), which come first with every judge. In a rollout, `sequential` and `kayenta` judge the whole of it, `threshold` and `guard` each step.',
    { default: 'sequential' },
  ),
  alpha: amount(
    'The chance, above 0 and below 0.5, with which the judge `sequential` ever rolls back a canary that is no worse than the stable version, however often it looks.',
    { default: '0.01' },
  ),
  'promote-early': flag(
    'Whether the judge `sequential` promotes (and a rollout rises) before the time is over once a canary is shown to be less than twice as bad as the stable version, in errors and latency, with a chance of error of 5 %.',
    { default: 'false' },
  ),
  interval: duration('The time between looks.', { default: '30s' }),
  warmup: duration(
    'How much of the beginning of the life of the canary is left out, because of cold starts. evaluate-canary leaves out nothing where it has served requests for that long.',
    { default: '3m' },
  ),
  'max-error-rate': percent(
    'The largest share of the invocations of the canary that may fail, in percent. `sequential` takes it as the objective of both versions: it blames the canary for breaking it only while there is no stable version with traffic to compare with, and holds where either breaks it otherwise.',
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
    'The least invocations of the canary to promote it on. With fewer the judge holds, unless the canary failed already beyond what the rest could make good.',
    { default: '100' },
  ),
  'guard-errors': count(
    'The most errors of the canary in any 2 minutes. Without it, 5 with the judges `threshold` and `guard`, and any number with `sequential` and `kayenta`: a fixed number blames a busy canary for the errors that every version has, and would void the promise of `alpha`.',
  ),
  'guard-throttles': count('The most throttled requests of the alias in any 2 minutes.', { default: '10' }),
  alarms: list(
    'CloudWatch alarms, metric or composite, by name. One that goes into ALARM while the canary is watched rolls back at the next look.',
  ),
  metrics: json(
    watchedMetricsSchema,
    watchedMetricsExpected,
    'Further CloudWatch metrics or metric math with a limit each, over the minutes that are counted; written as in stability-check.',
  ),
  'health-payload': text(
    'JSON with which the canary is invoked at each look. An answer with another status than 200 (also as `statusCode` in the answer) rolls back at once.',
  ),
};

interface Given {
  readonly judge?: JudgeName | undefined;
  readonly alpha?: number | undefined;
  readonly promoteEarly?: boolean | undefined;
  readonly interval?: number | undefined;
  readonly healthPayload?: string | undefined;
}

/** What is wrong with them that no single parser shows. */
export function watchProblems(given: Given): InputProblem[] {
  const { judge, alpha, promoteEarly, interval, healthPayload } = given;
  const problems: InputProblem[] = [];
  const complain = (input: string, message: string) => problems.push({ input, message });
  if (alpha !== undefined && !(alpha > 0 && alpha < 0.5))
    complain('alpha', `is ${alpha}; it must be above 0 and below 0.5.`);
  if (promoteEarly && judge !== undefined && judge !== 'sequential')
    complain('promote-early', `needs the judge \`sequential\`; \`${judge}\` knows no early end.`);
  if (interval !== undefined && interval < 1_000)
    complain('interval', 'is shorter than a second; numbers change once a minute.');
  if (healthPayload !== undefined && !isJson(healthPayload))
    complain('health-payload', 'is not JSON, which Lambda takes alone.');
  return problems;
}

function isJson(payload: string): boolean {
  try {
    JSON.parse(payload);
    return true;
  } catch {
    return false;
  }
}

/** What a judge is asked with, but for the window. */
export function limitsOf(inputs: {
  readonly minInvocations: number;
  readonly guardErrors: number | undefined;
  readonly guardThrottles: number;
  readonly maxErrorRate: number;
  readonly minSuccessRate: number;
  readonly maxP95Ms: number;
  readonly alpha: number;
  readonly promoteEarly: boolean;
}): Omit<JudgeLimits, 'window'> {
  const { minInvocations, guardErrors, guardThrottles, maxErrorRate, minSuccessRate, maxP95Ms } = inputs;
  return {
    minInvocations,
    ...(guardErrors === undefined ? {} : { maxErrors: guardErrors }),
    maxThrottles: guardThrottles,
    maxErrorRate,
    minSuccessRate,
    maxP95: maxP95Ms,
    alpha: inputs.alpha,
    promoteEarly: inputs.promoteEarly,
  };
}
