import type { MinuteCounts, Wealth } from './wealth.ts';

/** Factors between the rates of canary and baseline that the test bets on, in units of kappa. */
const worseFactors = [1.5, 2, 3, 5, 10, 20, 50] as const;
const betterFactors = [1, 0.75, 0.5] as const;

/** No single minute multiplies the evidence by more: one burst of a sick container does not decide. */
const minuteCap = Math.log(10);

export interface RelativeTest extends Wealth<MinuteCounts> {
  readonly kappa: number;
}

/**
 * Tests the rates of events of two arms against each other, whatever the rate itself and however it varies by minute.
 *
 * - `worse`: null hypothesis p_canary ≤ kappa · p_baseline; evidence grows when the canary is worse.
 * - `better`: null hypothesis p_canary ≥ kappa · p_baseline; evidence grows when the canary is not that bad.
 *
 * Given the events of a minute, each is the canary's with probability theta(r) = r·n_c / (r·n_c + n_b) when the rates'
 * ratio is r. A bet on rho pays theta(rho)/theta(kappa) for an event of the canary and (1 − theta(rho))/(1 −
 * theta(kappa)) for one of the baseline. With 1 + x ≤ e^x its expectation is at most
 * exp{(theta(rho) − theta(kappa)) (kappa·n_c + n_b) (p_c/kappa − p_b)}, which is at most 1 under the null.
 * After Lindon and Malek, NeurIPS 2022 (arXiv 2011.03567) and Turner, Ly and Grünwald (arXiv 2106.02693).
 */
export function relativeTest(direction: 'worse' | 'better', kappa: number): RelativeTest {
  const bets = (direction === 'worse' ? worseFactors.map((factor) => factor * kappa) : betterFactors).map(
    (ratio) => ({ ratio, logRatio: Math.log(ratio / kappa) }),
  );
  return {
    kappa,
    start: bets.map(() => 0),
    next(parts, { canary, baseline }) {
      if (canary.invocations === 0 || baseline.invocations === 0) return parts;
      const events = canary.events + baseline.events;
      if (events === 0) return parts;
      const under = kappa * canary.invocations + baseline.invocations;
      // theta(rho)/theta(kappa) is rho/kappa times, and (1 − theta(rho))/(1 − theta(kappa)) is, under / over.
      return parts.map((part, index) => {
        const { ratio, logRatio } = bets[index] ?? { ratio: kappa, logRatio: 0 };
        const over = ratio * canary.invocations + baseline.invocations;
        const gain = canary.events * logRatio + events * Math.log(under / over);
        return part + Math.min(gain, minuteCap);
      });
    },
  };
}

/**
 * About how many events (of both arms together) must be seen before evidence of `limit` (not its log) blames the canary,
 * if its true rate is `ratio` times the baseline's and it gets the share `weight` (0 to 1) of requests:
 * [ln(limit) + ln|G|] / KL(theta‖weight).
 */
export function eventsNeeded(limit: number, ratio: number, weight: number): number {
  const share = (ratio * weight) / (ratio * weight + (1 - weight));
  const perEvent = share * Math.log(share / weight) + (1 - share) * Math.log((1 - share) / (1 - weight));
  return Math.log(limit * worseFactors.length) / perEvent;
}
