export {
  type Classified,
  classify,
  type MetricRule,
  type Sample,
  type Sensitivity,
  usualSensitivity,
} from './classify.ts';
export { kayentaJudge } from './judge.ts';
export { type Shift, shiftBetween } from './mann-whitney.ts';
export { normalQuantile } from './normal.ts';
export { type Score, type ScoreThresholds, scoreOf, usualThresholds } from './score.ts';
