import { type Blame, blameTest } from './blame.ts';
import { logMean, type MinuteCounts } from './wealth.ts';

/** One minute of two arms, each kind of event with its own denominator. */
export interface KindsOfMinute {
  readonly errors: MinuteCounts;
  /** Requests slower than the latency objective, among those whose latency is known. */
  readonly slow: MinuteCounts;
}

export interface SequentialState {
  readonly errors: Blame;
  readonly slow: Blame;
}

export interface SequentialEvidence {
  /** Natural logs: of the whole, and of each kind's own mean. */
  readonly total: number;
  readonly errors: number;
  readonly slow: number;
}

/**
 * Tests at every minute whether the canary is to blame for errors or for slowness: the mean of the evidence of both
 * kinds. Null hypothesis: in neither is it worse than the baseline. Then the evidence ever reaches 1/alpha with
 * probability at most alpha.
 */
export interface SequentialTest {
  readonly start: SequentialState;
  next(state: SequentialState, minute: KindsOfMinute): SequentialState;
  evidence(state: SequentialState): SequentialEvidence;
}

/** Ten requests without an error are a comparison for errors. */
const comparableForErrors = 10;
/** Slowness is often shared, and an objective as a p95 is soon broken by chance: one fast request is enough to ask further. */
const comparableForSlow = 1;

/** @param objectives the shares (0 to 1) of errors and of slow requests that the service may have. */
export function sequentialTest(objectives: {
  readonly errors: number;
  readonly slow: number;
}): SequentialTest {
  const errors = blameTest(objectives.errors, comparableForErrors);
  const slow = blameTest(objectives.slow, comparableForSlow);
  return {
    start: { errors: errors.start, slow: slow.start },
    next: (state, minute) => ({
      errors: errors.next(state.errors, minute.errors),
      slow: slow.next(state.slow, minute.slow),
    }),
    evidence(state) {
      const [ofErrors, ofSlow] = [logMean(errors.logs(state.errors)), logMean(slow.logs(state.slow))];
      return { total: logMean([ofErrors, ofSlow]), errors: ofErrors, slow: ofSlow };
    },
  };
}
