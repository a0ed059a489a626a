import * as v from 'valibot';
import { json } from '../action/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';

/** What a gate would refuse and people decided to let pass, for a reason that goes into the record. */
export interface Allowance {
  /** What it covers, `*` standing for any text. */
  readonly pattern: string;
  readonly reason: string;
}

const expected = 'a map of patterns to reasons such as `aws_sqs_queue.old: replaced by orders-v2`';
const reasons = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), `it is a list, not ${expected}`),
  v.record(
    v.string(),
    v.pipe(v.string('the reason must be text'), v.trim(), v.minLength(3, 'give the reason')),
    `it is not ${expected}`,
  ),
  v.check(
    (value) => Object.keys(value).every((pattern) => /[^*\s]/.test(pattern)),
    'a pattern of nothing but `*` allows everything; use `mode: warn` for that',
  ),
  v.transform((value): readonly Allowance[] =>
    Object.entries(value).map(([pattern, reason]) => ({ pattern: pattern.trim(), reason })),
  ),
);

/** An input of what a gate lets pass although it would refuse it. */
export function allowances(description: string) {
  return json(reasons, expected, description);
}

/** The first allowance that covers the whole name. */
export function allowanceFor(name: string, allowed: readonly Allowance[]): Allowance | undefined {
  return allowed.find(({ pattern }) => covers(pattern, name));
}

/** Without backtracking, so that no name and pattern take long. */
function covers(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Tells allowances that nothing needed: they would let pass what comes next. */
export function unusedAllowances(
  allowed: readonly Allowance[],
  used: ReadonlySet<Allowance>,
): readonly Finding[] {
  return allowed
    .filter((allowance) => !used.has(allowance))
    .map(({ pattern }) => ({
      check: 'allowance',
      outcome: 'info',
      subject: oneLine(pattern),
      seen: 'not needed',
      message: `Nothing here needs what \`allow\` says of ${oneLine(pattern)}.`,
      remedy: 'Take it out, so that it lets nothing else pass.',
    }));
}
