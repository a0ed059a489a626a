import { type Sufficiency, tooFew } from '../guard.ts';
import type { Evidence, Judge } from '../judge.ts';
import { type Arm, type Minute, totalOf } from '../minute.ts';
import { type Classified, classify, type MetricRule, type Sample } from './classify.ts';
import { scoreOf, usualThresholds } from './score.ts';

const errorRate: MetricRule = { name: 'error rate', group: 'errors', direction: 'increase' };
const latency: MetricRule = { name: 'latency', group: 'latency', direction: 'increase' };

/**
 * Judges as Spinnaker's canary judge does, once, when the window ends: error rate and latency of canary and stable
 * version, minute by minute, by Mann–Whitney; a score of 95 promotes, one from 75 up is marginal and holds, less rolls
 * back. Kayenta fails a canary when half of its metrics have no data; what nobody saw is a hold here.
 */
export function kayentaJudge({ window, minInvocations }: Sufficiency): Judge {
  return (minutes) => {
    const metrics = [classify(errorRate, valuesOf(minutes, rateOf)), classify(latency, latencyOf(minutes))];
    const { score, classification, cause } = scoreOf(metrics);
    const { invocations } = totalOf(minutes, 'canary');
    const evidence: Evidence = {
      measure: 'score',
      value: score,
      limit: usualThresholds.pass,
      bound: 'at least',
      unit: 'of 100',
      outcome: 'within',
    };
    const open = { ...evidence, outcome: 'open' } as const;
    if (minutes.length < window) {
      const what = `${minutes.length} of ${window} minutes have settled`;
      const missing = { what, minutes: window - minutes.length };
      return { verdict: 'continue', reasons: [`${what}.`], evidence: [open], missing };
    }
    if (invocations < Math.max(1, minInvocations))
      return tooFew(minutes.length, invocations, Math.max(1, minInvocations), [open]);
    const reasons = metrics.map(tellMetric);
    if (cause === 'no data') {
      const unseen = metrics.filter(({ label }) => label === 'no data').map(({ rule }) => rule.name);
      const missing = { what: `no data of ${unseen.join(' and ')} of both versions` };
      return { verdict: 'hold', reasons, evidence: [open], missing };
    }
    if (classification === 'pass') return { verdict: 'promote', reasons, evidence: [evidence] };
    if (classification === 'fail')
      return { verdict: 'rollback', reasons, evidence: [{ ...evidence, outcome: 'breached' }] };
    const missing = {
      what: `a score of ${score}, from ${usualThresholds.marginal} to ${usualThresholds.pass}`,
    };
    return { verdict: 'hold', reasons, evidence: [open], missing };
  };
}

function valuesOf(minutes: readonly Minute[], value: (arm: Arm) => number | undefined): Sample {
  return {
    canary: minutes.map(({ canary }) => value(canary) ?? Number.NaN),
    baseline: minutes.map(({ baseline }) => value(baseline) ?? Number.NaN),
  };
}

/** The p95 where CloudWatch has it for every minute with a known latency, else the share of slow invocations in percent. */
function latencyOf(minutes: readonly Minute[]): Sample {
  const arms = minutes.flatMap(({ canary, baseline }) => [canary, baseline]);
  const whole = arms.every((arm) => arm.invocations === 0 || arm.slow === undefined || arm.p95 !== undefined);
  if (whole) return valuesOf(minutes, ({ p95 }) => p95);
  return valuesOf(minutes, ({ invocations, slow }) =>
    invocations === 0 || slow === undefined ? undefined : (slow / invocations) * 100,
  );
}

function rateOf({ invocations, errors }: Arm): number | undefined {
  return invocations === 0 ? undefined : (errors / invocations) * 100;
}

function tellMetric({ rule, label, ratio }: Classified): string {
  if (label === 'no data') return `There is no data of ${rule.name} of both versions.`;
  const times = ratio === undefined ? '' : ` (${Number(ratio.toPrecision(2))} times as much on average)`;
  if (label === 'high') return `The canary's ${rule.name} is higher than the stable version's${times}.`;
  return `The canary's ${rule.name} passes beside the stable version's${times}.`;
}
