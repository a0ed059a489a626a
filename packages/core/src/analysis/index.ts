export { chartOf } from './chart.ts';
export { type CanaryPorts, type CanaryQuestion, evaluateCanary } from './evaluate.ts';
export { type GuardLimits, guardJudge, type Sufficiency } from './guard.ts';
export { type Evidence, guarded, type Judge, type Judgement, type Missing, type Verdict } from './judge.ts';
export { type JudgeName, judgeNamed, judgeNames } from './judges.ts';
export {
  type Arm,
  type Arms,
  armSeries,
  assembleMinutes,
  type Minute,
  type Total,
  totalOf,
} from './minute.ts';
export { type CanaryReport, summaryOf } from './report.ts';
export { planWindow, type Schedule, settledUntil } from './schedule.ts';
export { judgeHealth } from './signals.ts';
export { type ThresholdLimits, thresholdJudge } from './threshold.ts';
