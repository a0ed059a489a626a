import type { Evidence, Judge, Judgement } from './judge.ts';
import { tell } from './judge.ts';
import { type Minute, totalOf } from './minute.ts';

/** How much must be seen before a judge concludes. */
export interface Sufficiency {
  /** Minutes that are counted. */
  readonly window: number;
  /** Invocations of the canary in them. */
  readonly minInvocations: number;
}

/** The runbook's hard limits: no two minutes of the window may exceed them. */
export interface GuardLimits extends Sufficiency {
  /** Errors of the canary in 2 minutes; absent: any number. */
  readonly maxErrors?: number | undefined;
  /** Throttles of the alias in 2 minutes. */
  readonly maxThrottles: number;
}

/** Rolls back when the window ends and any two consecutive minutes of it exceeded a hard limit. */
export function guardJudge(limits: GuardLimits): Judge {
  return (minutes) => {
    const { maxErrors } = limits;
    const evidence = [
      ...(maxErrors === undefined
        ? []
        : [pairEvidence('errors in 2 minutes', minutes, (minute) => minute.canary.errors, maxErrors)]),
      pairEvidence('throttles in 2 minutes', minutes, (minute) => minute.throttles, limits.maxThrottles),
    ];
    return conclude(minutes, limits, evidence);
  };
}

function pairEvidence(
  measure: string,
  minutes: readonly Minute[],
  count: (minute: Minute) => number,
  limit: number,
): Evidence {
  const sums = minutes.map((minute, index) => {
    const before = minutes[index - 1];
    return count(minute) + (before ? count(before) : 0);
  });
  const value = Math.max(0, ...sums);
  return {
    measure,
    value,
    limit,
    bound: 'at most',
    unit: '',
    outcome: value > limit ? 'breached' : minutes.length === 0 ? 'open' : 'within',
  };
}

/**
 * What evidence amounts to at this point of the window: nothing before its end; then a breach rolls back, too few
 * invocations or open evidence hold, and all within promotes.
 */
export function conclude(
  minutes: readonly Minute[],
  { window, minInvocations }: Sufficiency,
  evidence: readonly Evidence[],
): Judgement {
  const { invocations } = totalOf(minutes, 'canary');
  if (minutes.length < window) {
    const left = window - minutes.length;
    const what = `${minutes.length} of ${window} minutes have settled`;
    return { verdict: 'continue', reasons: [`${what}.`], evidence, missing: { what, minutes: left } };
  }
  const breached = evidence.filter((one) => one.outcome === 'breached');
  if (breached.length > 0) return { verdict: 'rollback', reasons: breached.map(tell), evidence };
  if (invocations < minInvocations || invocations === 0)
    return tooFew(minutes.length, invocations, Math.max(1, minInvocations), evidence);
  const open = evidence.filter((one) => one.outcome === 'open');
  if (open.length > 0) {
    const what = `no data of ${open.map((one) => one.measure).join(' and ')}`;
    return { verdict: 'hold', reasons: [`CloudWatch has ${what}.`], evidence, missing: { what } };
  }
  return { verdict: 'promote', reasons: evidence.map(tell), evidence };
}

/** The hold of a window with too few invocations of the canary, with the time until there are enough. */
export function tooFew(
  minutes: number,
  invocations: number,
  needed: number,
  evidence: readonly Evidence[],
): Judgement {
  const what = `${invocations} of ${needed} invocations of the canary seen in ${minutes} minutes`;
  if (invocations === 0) {
    const reason = `The canary had no traffic in ${minutes} minutes, so nothing was seen of it.`;
    return { verdict: 'hold', reasons: [reason], evidence, missing: { what } };
  }
  const more = Math.ceil(((needed - invocations) * minutes) / invocations);
  const reason = `Insufficient evidence: ${what}; the present traffic would need about ${more} minutes more.`;
  return { verdict: 'hold', reasons: [reason], evidence, missing: { what, minutes: more } };
}
