import type { Counts, Wealth } from './wealth.ts';

const factors = [1.25, 1.5, 2, 3, 5, 10, 20] as const;
const largestRate = 0.99;

export interface AbsoluteTest extends Wealth<Counts> {
  readonly objective: number;
}

/**
 * Tests one arm's rate of events against an objective: null hypothesis p ≤ objective (a share, 0 to 1). Each bet is the
 * likelihood ratio of a larger rate to the objective, which is a supermartingale under the null.
 */
export function absoluteTest(objective: number): AbsoluteTest {
  const rates = factors.map((factor) => Math.min(factor * objective, largestRate));
  const gains = rates.map((rate) => ({
    event: Math.log(rate / objective),
    none: Math.log((1 - rate) / (1 - objective)),
  }));
  return {
    objective,
    start: rates.map(() => 0),
    next: (parts, { invocations, events }) =>
      parts.map((part, index) => {
        const gain = gains[index] ?? { event: 0, none: 0 };
        return part + events * gain.event + (invocations - events) * gain.none;
      }),
  };
}
