export { chartOf } from './chart.ts';
export { alarmsAtStart, evaluateCanary, takeLook } from './evaluate.ts';
export { type GuardLimits, guardJudge, type Sufficiency } from './guard.ts';
export { limitsOf, watchInputs, watchProblems } from './inputs.ts';
export {
  type Evidence,
  type EvidencePath,
  guarded,
  type Judge,
  type Judgement,
  type Missing,
  type Verdict,
} from './judge.ts';
export { type JudgeLimits, type JudgeName, judgeNamed, judgeNames } from './judges.ts';
export {
  classify,
  kayentaJudge,
  type MetricRule,
  normalQuantile,
  type Sensitivity,
  scoreOf,
  usualSensitivity,
} from './kayenta/index.ts';
export { drawLines, minutesAPoint } from './lines.ts';
export {
  type Arm,
  type Arms,
  armSeries,
  assembleMinutes,
  type Minute,
  type Total,
  totalOf,
} from './minute.ts';
export { brokenObjectives, kindsOf } from './objectives.ts';
export type { CanaryPorts, CanaryQuestion, Look } from './question.ts';
export { type CanaryReport, progress, reportOf, summaryOf } from './report.ts';
export { planWindow, type Schedule, settledUntil } from './schedule.ts';
export { type SequentialLimits, sequentialJudge } from './sequential.ts';
export { judgeHealth } from './signals.ts';
export { type ThresholdLimits, thresholdJudge } from './threshold.ts';
