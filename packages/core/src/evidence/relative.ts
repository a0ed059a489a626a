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
  const ratios = direction === 'worse' ? worseFactors.map((factor) => factor * kappa) : [...betterFactors];
  return {
    kappa,
    start: ratios.map(() => 0),
    next(parts, { canary, baseline }) {
      if (canary.invocations === 0 || baseline.invocations === 0) return parts;
      const share = (ratio: number) =>
        (ratio * canary.invocations) / (ratio * canary.invocations + baseline.invocations);
      const under = share(kappa);
      return parts.map((part, index) => {
        const bet = share(ratios[index] ?? kappa);
        const gain =
          canary.events * Math.log(bet / under) + baseline.events * Math.log((1 - bet) / (1 - under));
        return part + Math.min(gain, minuteCap);
      });
    },
  };
}

/**
 * About how many events (of both arms together) must be seen before the canary is blamed, if its true rate is `ratio`
 * times the baseline's and it gets the share `weight` (0 to 1) of requests: [ln(1/alpha) + ln|G|] / KL(theta‖weight).
 */
export function eventsNeeded(alpha: number, ratio: number, weight: number): number {
  const share = (ratio * weight) / (ratio * weight + (1 - weight));
  const perEvent = share * Math.log(share / weight) + (1 - share) * Math.log((1 - share) / (1 - weight));
  return (Math.log(1 / alpha) + Math.log(worseFactors.length)) / perEvent;
}
