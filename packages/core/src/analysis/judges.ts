import { type GuardLimits, guardJudge } from './guard.ts';
import { guarded, type Judge } from './judge.ts';
import { kayentaJudge } from './kayenta/index.ts';
import { type SequentialLimits, sequentialJudge } from './sequential.ts';
import { type ThresholdLimits, thresholdJudge } from './threshold.ts';

/** The judges that can be asked for by name, the default first. */
export const judgeNames = ['sequential', 'threshold', 'kayenta', 'guard'] as const;

export type JudgeName = (typeof judgeNames)[number];

/** What judges are asked with. */
export type JudgeLimits = GuardLimits & ThresholdLimits & SequentialLimits;

/** The runbook's limit on errors in 2 minutes, for judges that hold the canary against fixed limits. */
const usualMaxErrors = 5;

/**
 * A judge by its name. The guard's hard limits are judged before every other judge. Judges that compare with the stable
 * version have no limit on errors in the guard unless one is given: a fixed count blames a busy canary for the errors that
 * every version has.
 */
export function judgeNamed(name: JudgeName, limits: JudgeLimits): Judge {
  const compares = name === 'sequential' || name === 'kayenta';
  const guard = guardJudge({
    ...limits,
    maxErrors: limits.maxErrors ?? (compares ? undefined : usualMaxErrors),
  });
  if (name === 'guard') return guard;
  const judges = { sequential: sequentialJudge, threshold: thresholdJudge, kayenta: kayentaJudge };
  return guarded(guard, judges[name](limits));
}
