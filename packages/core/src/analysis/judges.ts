import { type GuardLimits, guardJudge } from './guard.ts';
import { guarded, type Judge } from './judge.ts';
import { type ThresholdLimits, thresholdJudge } from './threshold.ts';

/** The judges that can be asked for by name, the default first. */
export const judgeNames = ['threshold', 'guard'] as const;

export type JudgeName = (typeof judgeNames)[number];

/** A judge by its name. The guard's hard limits are judged before every other judge. */
export function judgeNamed(name: JudgeName, limits: GuardLimits & ThresholdLimits): Judge {
  const guard = guardJudge(limits);
  return name === 'guard' ? guard : guarded(guard, thresholdJudge(limits));
}
