export { checkWindow, judgeWindow, type WindowAnswer, type WindowRequest } from './check.ts';
export { type CalendarFeed, type Feed, type FeedCopy, type FeedReading, readFeed } from './feed.ts';
export { type SkippedTime, skippedTimes } from './gap.ts';
export { rules, zoneOf, zoneProblems } from './input.ts';
export { type Approvals, type Emergency, grantOverride, type ScopedOverride } from './override.ts';
export { expectedRule, isTimeZone, NoRule, parseRule } from './parse.ts';
export { type DatedRule, lacksZone, type Moment, type Rule, type Weekday, type WeeklyRule } from './rule.ts';
export type { Span } from './span.ts';
export {
  type Bound,
  type Calendar,
  type Frozen,
  frozenTimes,
  horizon,
  nextFit,
  openings,
  openSpans,
  skippedWindows,
  type WindowState,
  windowState,
} from './state.ts';
export { compactDuration, localTime, until } from './tell.ts';
