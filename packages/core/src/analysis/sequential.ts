import {
  foldEvidence,
  type KindsOfMinute,
  relativeTest,
  type SequentialTest,
  sequentialTest,
} from '../evidence/index.ts';
import { type Sufficiency, tooFew } from './guard.ts';
import type { Evidence, EvidencePath, Judge, Judgement } from './judge.ts';
import { type Minute, totalOf } from './minute.ts';
import { brokenObjectives, kindsOf } from './objectives.ts';
import { tellBlame, tellClean, tellSufficiency, tellUnclear } from './sequential-words.ts';

/** What the sequential judge is asked with. */
export interface SequentialLimits extends Sufficiency {
  /** The chance of ever blaming a canary that is no worse, above 0 and below 0.5; 0.01 unless given. */
  readonly alpha?: number | undefined;
  /** The objective: the share of errors that the service may have, in percent. */
  readonly maxErrorRate: number;
  /** Milliseconds; the objective that the minutes' `slow` was counted with. */
  readonly maxP95: number;
  /** Whether a canary that is shown not to be twice as bad as the stable version is promoted before the window ends. */
  readonly promoteEarly?: boolean | undefined;
}

/** An objective given as a p95 allows this share of requests to be slower. */
const slowShare = 0.05;
const defaultAlpha = 0.01;
/** The chance of promoting early a canary that is twice as bad. */
const beta = 0.05;
const tolerated = 2;
/** Beyond it a number says nothing more. */
const largestEvidence = 1e6;

/**
 * Compares the canary with the stable version after every minute, by evidence that may be looked at as often as one likes:
 * a canary that is no worse is ever rolled back with probability at most alpha. It rolls back as soon as the evidence
 * suffices, and otherwise concludes at the end of the window: promote, or hold where too little was seen, or where an
 * objective is broken without the canary being to blame.
 * @throws RangeError for an alpha that is not above 0 and below 0.5.
 */
export function sequentialJudge(limits: SequentialLimits): Judge {
  const { window, minInvocations, promoteEarly, alpha = defaultAlpha } = limits;
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha is ${alpha}, not above 0 and below 0.5`);
  const objectives = { errors: limits.maxErrorRate / 100, slow: slowShare };
  const test = sequentialTest(objectives);
  const asked = { ...limits, alpha, objectives };

  return (minutes) => {
    const kinds = minutes.map(kindsOf);
    const path = pathOf(test, minutes, kinds, alpha);
    const strongest = 10 ** Math.max(0, ...path.minutes.map((minute) => minute.evidence));
    const canary = totalOf(minutes, 'canary');
    const blamed = strongest >= 1 / alpha;
    const evidence: Evidence = {
      measure: 'evidence against the canary',
      value: Math.min(strongest, largestEvidence),
      limit: 1 / alpha,
      bound: 'at most',
      unit: 'to 1',
      outcome: blamed ? 'breached' : canary.invocations === 0 ? 'open' : 'within',
    };
    const judged = (judgement: Omit<Judgement, 'evidence' | 'path'>): Judgement => ({
      ...judgement,
      evidence: [evidence],
      path,
    });

    if (blamed) return judged({ verdict: 'rollback', reasons: tellBlame(minutes, path, limits.maxP95) });
    const enough = canary.invocations >= Math.max(1, minInvocations);
    const broken = brokenObjectives(kinds, objectives, alpha);
    if (minutes.length < window) {
      if (promoteEarly && enough && broken.length === 0 && isGoodEnough(kinds))
        return judged({ verdict: 'promote', reasons: tellClean(minutes, evidence, limits.maxP95, 'early') });
      const what = `${minutes.length} of ${window} minutes have settled`;
      const missing = { what, minutes: window - minutes.length };
      return judged({ verdict: 'continue', reasons: [`${what}.`], missing });
    }
    if (!enough) {
      const held = tooFew(minutes.length, canary.invocations, Math.max(1, minInvocations), []);
      return judged({ ...held, reasons: [...held.reasons, ...tellSufficiency(minutes, asked)] });
    }
    if (canary.timed === 0) {
      const what = 'no data of latency';
      return judged({ verdict: 'hold', reasons: [`CloudWatch has ${what}.`], missing: { what } });
    }
    if (broken.length > 0) return judged({ verdict: 'hold', ...tellUnclear(minutes, broken, asked) });
    return judged({ verdict: 'promote', reasons: tellClean(minutes, evidence, limits.maxP95) });
  };
}

function pathOf(
  test: SequentialTest,
  minutes: readonly Minute[],
  kinds: readonly KindsOfMinute[],
  alpha: number,
): EvidencePath {
  let state = test.start;
  let p = 1;
  const points = minutes.map(({ at }, index) => {
    const kind = kinds[index];
    if (kind) state = test.next(state, kind);
    const { total, errors, slow } = test.evidence(state);
    p = Math.min(p, Math.exp(-total));
    return { at, evidence: total / Math.LN10, errors: errors / Math.LN10, slow: slow / Math.LN10, p };
  });
  return { limit: -Math.log10(alpha), minutes: points };
}

/** Neither errors nor slowness are twice the stable version's, each shown with a chance of error of at most beta. */
function isGoodEnough(kinds: readonly KindsOfMinute[]): boolean {
  const better = relativeTest('better', tolerated);
  return (['errors', 'slow'] as const).every(
    (kind) =>
      foldEvidence(
        better,
        kinds.map((minute) => minute[kind]),
      ) >= Math.log(1 / beta),
  );
}
