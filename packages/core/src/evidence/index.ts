export { type AbsoluteTest, absoluteEvidence, absoluteTest, requestsNeeded } from './absolute.ts';
export { type Blame, blameTest, sum } from './blame.ts';
export { eventsNeeded, relativeTest } from './relative.ts';
export {
  type KindsOfMinute,
  type SequentialState,
  type SequentialTest,
  sequentialTest,
} from './sequential.ts';
export { type Counts, foldEvidence, logMean, type MinuteCounts } from './wealth.ts';
