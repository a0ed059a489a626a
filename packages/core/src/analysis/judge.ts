import { withUnit } from '../metrics/index.ts';
import type { Minute } from './minute.ts';

/**
 * `rollback`: the canary is to blame, or must not go on. `promote`: it is as good as it has to be. `continue`: not
 * enough seen yet, and more is coming. `hold`: all that was to be seen has been, and it does not suffice.
 */
export type Verdict = 'rollback' | 'continue' | 'promote' | 'hold';

/** One measure that a judge held against its limit. */
export interface Evidence {
  /** In the words of the inputs: `error rate`, `p95`, `errors in 2 minutes`. */
  readonly measure: string;
  /** Of the canary, or of the comparison. */
  readonly value: number;
  /** The same of the stable version, where it has one. */
  readonly baseline?: number;
  readonly limit: number;
  readonly bound: 'at most' | 'at least';
  /** Written behind the numbers: `%`, or nothing. */
  readonly unit: string;
  /** `open` where too little was seen to say. */
  readonly outcome: 'within' | 'breached' | 'open';
}

/** What keeps a judge from deciding, and how long the present traffic would need to change that. */
export interface Missing {
  readonly what: string;
  /** Further minutes of the present traffic; absent where no traffic comes, or where time would not help. */
  readonly minutes?: number;
  /** What to do instead of waiting, where that is not to look after the traffic. */
  readonly remedy?: string;
}

/** How the evidence against the canary grew, minute by minute. Evidence is in powers of ten: 2 is a hundred to one. */
export interface EvidencePath {
  /** The evidence that rolls back: the logarithm of 1/alpha. */
  readonly limit: number;
  readonly minutes: readonly {
    /** Epoch milliseconds of its beginning. */
    readonly at: number;
    readonly evidence: number;
    /** Of each kind alone; `evidence` is the mean of both (before taking logarithms). */
    readonly errors: number;
    readonly slow: number;
    /** The chance of ever having seen as much by then if the canary were no worse. */
    readonly p: number;
  }[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Sentences. */
  readonly reasons: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly missing?: Missing;
  readonly path?: EvidencePath;
}

/**
 * A pure function from the settled minutes so far, oldest first and without gaps, to a judgement. It is asked again at
 * every look with all minutes anew, because numbers fill in late.
 */
export type Judge = (minutes: readonly Minute[]) => Judgement;

/**
 * A judge under a guard: what exceeds the guard's limits when the guard's window ends, or when the judge concludes
 * before that, rolls back; otherwise the judge decides.
 */
export function guarded(guard: Judge, judge: Judge): Judge {
  return (minutes) => {
    const first = guard(minutes);
    const second = judge(minutes);
    const evidence = [...first.evidence, ...second.evidence];
    const breached = first.evidence.filter((one) => one.outcome === 'breached');
    const concluded = first.verdict === 'rollback' || second.verdict !== 'continue';
    if (!concluded || breached.length === 0) return { ...second, evidence };
    const agreed = second.verdict === 'rollback' ? second.reasons : [];
    const path = second.path ? { path: second.path } : {};
    return { verdict: 'rollback', reasons: [...breached.map(tell), ...agreed], evidence, ...path };
  };
}

/** Evidence as a sentence: "error rate 4.8%; must be at most 1% (stable version: 0.1%)." */
export function tell(evidence: Evidence): string {
  const { measure, bound, outcome } = evidence;
  const limit = `must be ${bound} ${written(evidence, evidence.limit)}`;
  if (outcome === 'open') return `${measure} not judged for want of data; ${limit}.`;
  const beside =
    evidence.baseline === undefined ? '' : ` (stable version: ${written(evidence, evidence.baseline)})`;
  return `${measure} ${written(evidence, evidence.value)}; ${limit}${beside}.`;
}

/** A number of the evidence with its unit. */
export function written(evidence: Evidence, value: number): string {
  return withUnit(value, evidence.unit);
}
