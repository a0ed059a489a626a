import { type Draw, poisson, type Random } from './random.ts';
import { horizon, type Service, weightAt } from './services.ts';

/** Six counts of each minute. */
export interface Counts {
  readonly canary: Int32Array;
  readonly canaryErrors: Int32Array;
  readonly canarySlow: Int32Array;
  readonly baseline: Int32Array;
  readonly baselineErrors: Int32Array;
  readonly baselineSlow: Int32Array;
}

/** One release, minute by minute: as it is in the end, and as each minute looks while it is the last one. */
export interface Release {
  readonly full: Counts;
  /** The same as `full` unless data are late. */
  readonly fresh: Counts;
}

/** The chances that a request of an arm fails, and that it is slow. */
interface Rates {
  readonly errors: number;
  readonly slow: number;
}

/** What happens in one minute. */
interface Happening {
  readonly canary: Rates;
  readonly baseline: Rates;
  /** The share of requests that arrive; 1 unless some are throttled. */
  readonly arriving?: number;
}

export interface Scenario {
  readonly name: string;
  /** Whether the canary is as good as the stable version. */
  readonly isNull: boolean;
  /** What a bad canary is bad at. */
  readonly bad: 'errors' | 'slow';
  /** Whether requests fail independently of one another, as the guarantee supposes. */
  readonly independent: boolean;
  /** Minutes in which the canary is fresh, which a rule with a warm-up leaves out. */
  readonly cold: number;
  readonly late: boolean;
  /** How a release of this kind goes, decided anew for each: what happens minute by minute. */
  begin(service: Service, random: Random): (minute: number) => Happening;
}

/** The latency objective is the stable version's p95. */
const slowShare = 0.05;
/** The spread of the logarithm of latency. */
const sigma = 0.5;

function scenario(
  name: string,
  isNull: boolean,
  begin: Scenario['begin'],
  change: Partial<Pick<Scenario, 'bad' | 'independent' | 'cold' | 'late'>> = {},
): Scenario {
  return { name, isNull, bad: 'errors', independent: true, cold: 0, late: false, begin, ...change };
}

const usual = ({ errorRate }: Service): Rates => ({ errors: errorRate, slow: slowShare });

function steady(canary: (usual: Rates) => Rates): Scenario['begin'] {
  return (service) => {
    const happening = { canary: canary(usual(service)), baseline: usual(service) };
    return () => happening;
  };
}

const moreErrors = (times: number) =>
  scenario(
    `errors ×${times}`,
    false,
    steady(({ errors, slow }) => ({ errors: Math.min(1, errors * times), slow })),
  );

/** With latency lognormal, the share above the stable version's p95 when all requests take `factor` times as long. */
function slowerBy(factor: number): Scenario {
  const slow = 1 - normal(1.6448536 - Math.log(factor) / sigma);
  const name = `latency +${Math.round((factor - 1) * 100)} %`;
  return scenario(
    name,
    false,
    steady(({ errors }) => ({ errors, slow })),
    { bad: 'slow' },
  );
}

export const plain = scenario(
  'plain',
  true,
  steady((rates) => rates),
);

export const nulls: readonly Scenario[] = [
  plain,
  scenario('shared waves and burst', true, (service, random) => {
    const burst = Math.floor(random() * (horizon - 5));
    return (minute) => {
      const wave = 1 + 0.8 * Math.sin((2 * Math.PI * minute) / 20);
      const times = wave * (minute >= burst && minute < burst + 5 ? 10 : 1);
      const { errors, slow } = usual(service);
      const rates = { errors: Math.min(0.95, errors * times), slow: Math.min(0.95, slow * times) };
      return { canary: rates, baseline: rates };
    };
  }),
  scenario(
    'cold start',
    true,
    (service) => (minute) => ({
      canary: { errors: service.errorRate, slow: minute < 2 ? 0.5 : slowShare },
      baseline: usual(service),
    }),
    { cold: 3 },
  ),
  scenario('throttles', true, (service) => () => ({
    canary: usual(service),
    baseline: usual(service),
    arriving: 0.95,
  })),
  scenario(
    'late data',
    true,
    steady((rates) => rates),
    { late: true },
  ),
  scenario(
    'sick container',
    true,
    (service, random) => {
      const until = new Int32Array(30);
      return (minute) => {
        const ofCanary = Math.max(1, Math.round(30 * weightAt(service, minute)));
        const sick = [0, 0];
        for (let container = 0; container < 30; container++) {
          if ((until[container] ?? 0) <= minute && random() < 0.001) until[container] = minute + 5;
          if ((until[container] ?? 0) > minute)
            sick[container < ofCanary ? 0 : 1] = (sick[container < ofCanary ? 0 : 1] ?? 0) + 1;
        }
        const rates = (count: number, containers: number): Rates => ({
          errors: service.errorRate + (count / containers) * (0.5 - service.errorRate),
          slow: slowShare,
        });
        return { canary: rates(sick[0] ?? 0, ofCanary), baseline: rates(sick[1] ?? 0, 30 - ofCanary) };
      };
    },
    { independent: false },
  ),
];

export const alternatives: readonly Scenario[] = [
  ...[2, 3, 5, 10].map(moreErrors),
  scenario(
    'errors +1 point',
    false,
    steady(({ errors, slow }) => ({ errors: errors + 0.01, slow })),
  ),
  scenario(
    'fully broken',
    false,
    steady(({ slow }) => ({ errors: 1, slow })),
  ),
  ...[1.1, 1.2, 1.5].map(slowerBy),
];

/** Draws releases of one scenario for one service, each into the same arrays. */
export function releasesOf(scenario: Scenario, service: Service, random: Random): () => Release {
  const full = emptyCounts();
  const fresh = scenario.late ? emptyCounts() : full;
  const sampler = samplers();
  return () => {
    const happens = scenario.begin(service, random);
    for (let minute = 0; minute < horizon; minute++) {
      const { canary, baseline, arriving = 1 } = happens(minute);
      const weight = weightAt(service, minute);
      const requests = service.traffic * arriving;
      const half = scenario.late ? 0.5 : 1;
      const { canary: n, canaryErrors: errors, canarySlow: slow } = full;
      drawArm(sampler(requests * weight * half, canary), random, minute, n, errors, slow);
      const { baseline: m, baselineErrors, baselineSlow } = full;
      drawArm(
        sampler(requests * (1 - weight) * half, baseline),
        random,
        minute,
        m,
        baselineErrors,
        baselineSlow,
      );
      if (!scenario.late) continue;
      for (const name of names) fresh[name][minute] = full[name][minute] ?? 0;
      // The other half comes later.
      drawArm(sampler(requests * weight * half, canary), random, minute, n, errors, slow, true);
      drawArm(
        sampler(requests * (1 - weight) * half, baseline),
        random,
        minute,
        m,
        baselineErrors,
        baselineSlow,
        true,
      );
    }
    return { full, fresh };
  };
}

const names = ['canary', 'canaryErrors', 'canarySlow', 'baseline', 'baselineErrors', 'baselineSlow'] as const;

function emptyCounts(): Counts {
  const counts = () => new Int32Array(horizon);
  return {
    canary: counts(),
    canaryErrors: counts(),
    canarySlow: counts(),
    baseline: counts(),
    baselineErrors: counts(),
    baselineSlow: counts(),
  };
}

/** Requests of an arm by kind: failed and slow, failed, slow, neither; each is Poisson, independent of the others. */
type Kinds = readonly [Draw, Draw, Draw, Draw];

function samplers(): (mean: number, rates: Rates) => Kinds {
  const known = new Map<number, Map<number, Map<number, Kinds>>>();
  return (mean, { errors, slow }) => {
    let ofMean = known.get(mean);
    if (!ofMean) {
      ofMean = new Map();
      known.set(mean, ofMean);
    }
    let ofErrors = ofMean.get(errors);
    if (!ofErrors) {
      ofErrors = new Map();
      ofMean.set(errors, ofErrors);
    }
    let kinds = ofErrors.get(slow);
    if (!kinds) {
      kinds = [
        poisson(mean * errors * slow),
        poisson(mean * errors * (1 - slow)),
        poisson(mean * (1 - errors) * slow),
        poisson(mean * (1 - errors) * (1 - slow)),
      ];
      ofErrors.set(slow, kinds);
    }
    return kinds;
  };
}

function drawArm(
  [both, failed, slow, good]: Kinds,
  random: Random,
  minute: number,
  requests: Int32Array,
  errors: Int32Array,
  slowOnes: Int32Array,
  adding = false,
): void {
  const two = both(random);
  const one = failed(random);
  const other = slow(random);
  const all = two + one + other + good(random);
  requests[minute] = all + (adding ? (requests[minute] ?? 0) : 0);
  errors[minute] = two + one + (adding ? (errors[minute] ?? 0) : 0);
  slowOnes[minute] = two + other + (adding ? (slowOnes[minute] ?? 0) : 0);
}

/** The standard normal distribution, to seven digits (Abramowitz and Stegun 26.2.17). */
function normal(x: number): number {
  if (x < 0) return 1 - normal(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const tail = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
  const sum = tail.reduce((total, coefficient) => total * t + coefficient, 0) * t;
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
