import { type Counts, logMean, type Wealth } from './wealth.ts';

const factors = [1.25, 1.5, 2, 3, 5, 10, 20] as const;
const largestRate = 0.99;
/** An objective of none at all is taken as one in a million, so that one event is strong evidence but not infinite. */
const smallestObjective = 1e-6;

export interface AbsoluteTest extends Wealth<Counts> {
  readonly objective: number;
}

/**
 * Tests one arm's rate of events against an objective: null hypothesis p ≤ objective (a share, 0 to 1). Each bet is the
 * likelihood ratio of a larger rate to the objective, which is a supermartingale under the null. An objective that no
 * larger rate can be told from (99 % and up) has no bets: its evidence stays 1.
 */
export function absoluteTest(objective: number): AbsoluteTest {
  const base = Math.max(objective, smallestObjective);
  const rates = factors.map((factor) => Math.min(factor * base, largestRate)).filter((rate) => rate > base);
  const gains = rates.map((rate) => ({
    event: Math.log(rate / base),
    none: Math.log((1 - rate) / (1 - base)),
  }));
  return {
    objective,
    start: rates.length === 0 ? [0] : rates.map(() => 0),
    next: (parts, { invocations, events }) =>
      parts.map((part, index) => {
        const gain = gains[index] ?? { event: 0, none: 0 };
        return part + events * gain.event + (invocations - events) * gain.none;
      }),
  };
}

/** The log of the evidence of all an arm's requests together; its bets are linear, so sums give what minutes give. */
export function absoluteEvidence(test: AbsoluteTest, total: Counts): number {
  return logMean(test.next(test.start, total));
}

/**
 * About how many requests one arm must serve before evidence of `limit` (not its log) says that it breaks the objective,
 * if its true rate is `ratio` times that.
 */
export function requestsNeeded(limit: number, ratio: number, objective: number): number {
  const base = Math.max(objective, smallestObjective);
  const rate = Math.min(ratio * base, largestRate);
  if (rate <= base) return Number.POSITIVE_INFINITY;
  const perRequest = rate * Math.log(rate / base) + (1 - rate) * Math.log((1 - rate) / (1 - base));
  return Math.log(limit * factors.length) / perRequest;
}
