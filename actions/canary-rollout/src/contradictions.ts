import type { InputProblem } from '@promo-actions/core/action';
import type { JudgeName } from '@promo-actions/core/analysis';
import { type FenceInputs, fenceProblems } from '@promo-actions/core/lock';
import { type Rule, zoneProblems } from '@promo-actions/core/window';

interface Given extends FenceInputs {
  readonly driver?: 'job' | 'schedule' | undefined;
  readonly table?: string | undefined;
  readonly judge?: JudgeName | undefined;
  readonly alpha?: number | undefined;
  readonly interval?: number | undefined;
  readonly healthPayload?: string | undefined;
  readonly promoteEarly?: boolean | undefined;
  readonly windows?: readonly Rule[] | undefined;
  readonly freezes?: readonly Rule[] | undefined;
  readonly timeZone?: string | undefined;
  readonly version?: string | undefined;
  readonly expectedStableVersion?: string | undefined;
  readonly timeLimit?: number | undefined;
}

/** What no single input shows to be wrong. */
export function contradictions(given: Given): readonly InputProblem[] {
  const { alpha, interval, healthPayload, timeLimit } = given;
  const problems: InputProblem[] = [...zoneProblems(given), ...fenceProblems(given)];
  const complain = (input: string, message: string) => problems.push({ input, message });
  if (given.driver === 'schedule' && given.table === undefined)
    complain('table', 'is missing; a rollout by schedule is kept in a DynamoDB table.');
  if (alpha !== undefined && !(alpha > 0 && alpha < 0.5))
    complain('alpha', `is ${alpha}; it must be above 0 and below 0.5.`);
  if (interval !== undefined && interval < 1_000)
    complain('interval', 'is shorter than a second; numbers change once a minute.');
  if (timeLimit === 0) complain('time-limit', 'is 0, which leaves no time at all.');
  if (healthPayload !== undefined && !isJson(healthPayload))
    complain('health-payload', 'is not JSON, which Lambda takes alone.');
  if (given.promoteEarly && given.judge !== undefined && given.judge !== 'sequential')
    complain('promote-early', `needs the judge \`sequential\`; \`${given.judge}\` knows no early end.`);
  if (given.version !== undefined && given.version === given.expectedStableVersion)
    complain(
      'version',
      `is ${given.version}, which is also the \`expected-stable-version\`: a version cannot be its own canary.`,
    );
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
