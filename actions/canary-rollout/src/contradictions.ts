import type { InputProblem } from '@promo-actions/core/action';
import { watchProblems } from '@promo-actions/core/analysis';
import { type FenceInputs, fenceProblems } from '@promo-actions/core/lock';
import { type Rule, zoneProblems } from '@promo-actions/core/window';

type Given = FenceInputs &
  Parameters<typeof watchProblems>[0] & {
    readonly driver?: 'job' | 'schedule' | undefined;
    readonly table?: string | undefined;
    readonly windows?: readonly Rule[] | undefined;
    readonly freezes?: readonly Rule[] | undefined;
    readonly timeZone?: string | undefined;
    readonly version?: string | undefined;
    readonly expectedStableVersion?: string | undefined;
    readonly timeLimit?: number | undefined;
  };

/** What no single input shows to be wrong. */
export function contradictions(given: Given): readonly InputProblem[] {
  const problems: InputProblem[] = [...watchProblems(given), ...zoneProblems(given), ...fenceProblems(given)];
  const complain = (input: string, message: string) => problems.push({ input, message });
  if (given.driver === 'schedule' && given.table === undefined)
    complain('table', 'is missing; a rollout by schedule is kept in a DynamoDB table.');
  if (given.timeLimit === 0) complain('time-limit', 'is 0, which leaves no time at all.');
  if (given.version !== undefined && given.version === given.expectedStableVersion)
    complain(
      'version',
      `is ${given.version}, which is also the \`expected-stable-version\`: a version cannot be its own canary.`,
    );
  return problems;
}
