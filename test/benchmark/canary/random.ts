/** Numbers from 0 up to, not including, 1. */
export type Random = () => number;

/** A small fast generator (Chris Doty-Humphrey's sfc32), the same for the same seeds on every machine. */
export function randomOf(...seeds: readonly number[]): Random {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (const seed of seeds) {
    a = (a ^ seed) | 0;
    for (let round = 0; round < 15; round++) next();
  }
  return next;
}

/** Draws counts of one distribution. */
export type Draw = (random: Random) => number;

const nothing: Draw = () => 0;
const negligible = 1e-13;

/** Draws from Poisson(mean) by one random number and one look-up (Walker's alias method). */
export function poisson(mean: number): Draw {
  if (mean <= 0) return nothing;
  const { lowest, weights } = poissonWeights(mean);
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => (weight / total) * size);
  const stay = new Float64Array(size).fill(1);
  const other = Int32Array.from({ length: size }, (_, index) => index);
  const small = shares.flatMap((share, index) => (share < 1 ? [index] : []));
  const large = shares.flatMap((share, index) => (share < 1 ? [] : [index]));
  for (let low = small.pop(), high = large.at(-1); low !== undefined && high !== undefined; ) {
    stay[low] = shares[low] ?? 1;
    other[low] = high;
    const rest = (shares[high] ?? 0) - (1 - (shares[low] ?? 0));
    shares[high] = rest;
    if (rest < 1) {
      large.pop();
      small.push(high);
    }
    low = small.pop();
    high = large.at(-1);
  }
  return (random) => {
    const at = random() * size;
    const index = at | 0;
    return lowest + (at - index < (stay[index] ?? 1) ? index : (other[index] ?? 0));
  };
}

function poissonWeights(mean: number): { lowest: number; weights: number[] } {
  const mode = Math.floor(mean);
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0; k--) {
    weight *= k / mean;
    if (weight < negligible) break;
    below.push(weight);
  }
  const above: number[] = [];
  for (let k = mode + 1, weight = mean / (mode + 1); weight > negligible; k++, weight *= mean / k) {
    above.push(weight);
  }
  return { lowest: mode - below.length, weights: [...below.reverse(), 1, ...above] };
}
