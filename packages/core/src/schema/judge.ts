import { type Allowance, allowanceFor } from '../allowance/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import type { Breakage } from './breakage.ts';

export interface SchemaLimits {
  readonly warnings: 'refuse' | 'report';
  readonly allow: readonly Allowance[];
}

/** So many breakages of one file are listed; all are counted. */
const listed = 20;

/** One finding for the file as a whole, then one for each breakage. `used` takes note of the allowances that were needed. */
export function judgeBreakages(
  path: string,
  by: string,
  breakages: readonly Breakage[],
  { warnings, allow }: SchemaLimits,
  used: Set<Allowance>,
): readonly Finding[] {
  const each = breakages.map((breakage) => {
    const allowance = allowanceFor(`${breakage.rule} ${breakage.object}`, allow);
    if (allowance) used.add(allowance);
    return judgeOne(breakage, warnings, allowance);
  });
  const stops = each.filter(({ outcome }) => outcome === 'fail' || outcome === 'hold');
  const common = { check: 'compatibility', subject: path };
  const whole: Finding =
    stops.length === 0
      ? {
          ...common,
          outcome: 'pass',
          seen: each.length === 0 ? 'compatible' : `${each.length} let pass`,
          message: `${path} (${by}): ${each.length === 0 ? 'nothing breaks' : `${amount(each.length)}, let pass`}.`,
        }
      : {
          ...common,
          outcome: stops.some(({ outcome }) => outcome === 'fail') ? 'fail' : 'hold',
          seen: amount(stops.length),
          limit: 'nothing breaks',
          remedy: 'What is listed must stay compatible, or be allowed with a reason.',
          message: `${path} (${by}): ${amount(stops.length)}${stops.length > listed ? `; the first ${listed} are listed` : ''}.`,
        };
  return [
    whole,
    ...stops.slice(0, listed),
    ...each.filter(({ outcome }) => outcome === 'info').slice(0, listed),
  ];
}

function judgeOne(
  breakage: Breakage,
  warnings: 'refuse' | 'report',
  allowance: Allowance | undefined,
): Finding {
  const { rule, object, path, line, message, remedy } = breakage;
  const place = line === undefined ? path : `${path}:${line}`;
  const common = { check: rule, subject: place, seen: object, limit: 'compatible' };
  const told = /[.:]$/.test(message) ? message : `${message}.`;
  const text = line === undefined ? told : `${place}: ${told}`;
  if (allowance)
    return { ...common, outcome: 'info', message: `${text} Allowed: ${oneLine(allowance.reason)}.` };
  if (breakage.warning && warnings === 'report') return { ...common, outcome: 'info', message: text };
  return {
    ...common,
    outcome: breakage.unseen ? 'hold' : 'fail',
    message: `${text} (\`${rule} ${object}\`)`,
    remedy: remedy ?? 'Keep it compatible, or name it in `allow` with the reason.',
  };
}

function amount(count: number): string {
  return count === 1 ? '1 finding' : `${count} findings`;
}
