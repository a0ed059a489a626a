import { type Datum, histogramDatum, mergeData, valuesDatum } from './datum.ts';
import { type AliasTraffic, type LatencyGroup, streamsOf, type VersionMinute } from './minute.ts';
import { binomial, normal, type Random } from './random.ts';

/** Up to this many invocations of a group each get a latency of their own; more are counted in bins. */
const SINGLE_LIMIT = 200;
/** The bins' edges in standard deviations of the logarithm, -4.5 to 4.5; nothing is drawn beyond. */
const EDGES = Array.from({ length: 73 }, (_, index) => -4.5 + index / 8);

/** The standard normal's distribution function (Abramowitz and Stegun 26.2.17, good to 1e-7). */
export function normalBelow(z: number): number {
  if (z < 0) return 1 - normalBelow(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** Of those not in an earlier bin, the share in each bin. */
const SHARES = EDGES.slice(1).map((edge, bin) => {
  const [low, high] = [normalBelow(EDGES[bin] ?? edge), normalBelow(edge)];
  const [before, all] = [low - normalBelow(-4.5), normalBelow(4.5) - normalBelow(-4.5)];
  return bin === EDGES.length - 2 ? 1 : (high - low) / (all - before);
});

/** Bins filled by a multinomial draw, so that the count over any limit spreads as it does for single invocations. */
function binned(random: Random, { count, median, sigma, slower, extra }: LatencyGroup): Datum {
  const edges = Float64Array.from(EDGES, (z) => median * Math.exp(sigma * z) * slower + extra);
  let left = count;
  const counts = SHARES.map((share) => {
    const drawn = binomial(random, left, share);
    left -= drawn;
    return drawn;
  });
  return histogramDatum(edges, counts);
}

function single(random: Random, { count, median, sigma, slower, extra }: LatencyGroup): Datum {
  const draw = () => median * Math.exp(sigma * normal(random)) * slower + extra;
  return valuesDatum(Float64Array.from({ length: count }, draw));
}

/** The latencies of a version's minute, in milliseconds. */
export function latencyDatum(
  traffic: AliasTraffic,
  at: number,
  { version, latencies }: VersionMinute,
): Datum {
  const random = streamsOf(traffic, at)('latency', version);
  return mergeData(
    latencies.map((group) =>
      (group.count > SINGLE_LIMIT && group.sigma > 0 ? binned : single)(random, group),
    ),
  );
}
