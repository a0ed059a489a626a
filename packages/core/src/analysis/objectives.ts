import { absoluteEvidence, absoluteTest, type KindsOfMinute, sum } from '../evidence/index.ts';
import type { Arm, Minute } from './minute.ts';

/** What a minute counts for: errors of all invocations, slow ones of those whose latency is known. */
export function kindsOf({ canary, baseline, alone }: Minute): KindsOfMinute {
  const errors = ({ invocations, errors: events }: Arm) => ({ invocations, events });
  const slow = ({ invocations, slow: events }: Arm) =>
    events === undefined ? { invocations: 0, events: 0 } : { invocations, events };
  const share = alone === undefined ? {} : { alone };
  return {
    errors: { canary: errors(canary), baseline: errors(baseline), ...share },
    slow: { canary: slow(canary), baseline: slow(baseline), ...share },
  };
}

/** Which arm breaks which objective, by all that it served. */
export interface Broken {
  readonly arm: 'canary' | 'baseline';
  readonly kind: 'errors' | 'slow';
}

/** The objectives (shares, 0 to 1) that are shown to be broken over all the minutes, at alpha. */
export function brokenObjectives(
  kinds: readonly KindsOfMinute[],
  objectives: { readonly errors: number; readonly slow: number },
  alpha: number,
): readonly Broken[] {
  return (['errors', 'slow'] as const).flatMap((kind) =>
    (['canary', 'baseline'] as const).flatMap((arm) => {
      const total = kinds.map((minute) => minute[kind][arm]).reduce(sum, { invocations: 0, events: 0 });
      const broken = absoluteEvidence(absoluteTest(objectives[kind]), total) >= Math.log(1 / alpha);
      return broken ? [{ arm, kind }] : [];
    }),
  );
}
