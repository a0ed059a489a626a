export { type AbsoluteTest, absoluteTest } from './absolute.ts';
export { eventsNeeded, type RelativeTest, relativeTest } from './relative.ts';
export { type Counts, foldEvidence, type MinuteCounts, type Wealth } from './wealth.ts';
