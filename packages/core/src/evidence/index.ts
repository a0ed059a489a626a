export { type AbsoluteTest, absoluteEvidence, absoluteTest, requestsNeeded } from './absolute.ts';
export { type Blame, type BlameTest, blameTest, sum } from './blame.ts';
export { eventsNeeded, type RelativeTest, relativeTest } from './relative.ts';
export {
  type KindsOfMinute,
  type SequentialEvidence,
  type SequentialState,
  type SequentialTest,
  sequentialTest,
} from './sequential.ts';
export { type Counts, foldEvidence, logMean, type MinuteCounts, type Wealth } from './wealth.ts';
