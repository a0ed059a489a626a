import { eventsNeeded, requestsNeeded } from '../evidence/index.ts';
import { formatNumber, withUnit } from '../metrics/index.ts';
import type { Evidence, EvidencePath, Judgement } from './judge.ts';
import { type Minute, type Total, totalOf } from './minute.ts';
import type { Broken } from './sequential.ts';

interface Asked {
  readonly alpha: number;
  readonly objectives: { readonly errors: number; readonly slow: number };
  readonly maxP95: number;
}

/** Four evidences are averaged, so one alone must be four times as strong. */
const averaged = 4;
/** How bad a canary is taken to be where the time to find one is told. */
const plainlyWorse = 5;

/** Why a canary is rolled back: what of it is worse, and how unlikely that is by chance. */
export function tellBlame(minutes: readonly Minute[], path: EvidencePath, maxP95: number): string[] {
  const decided = path.minutes.findIndex((minute) => minute.evidence >= path.limit);
  const { errors, slow, p } = path.minutes[decided] ?? { errors: 0, slow: 0, p: 1 };
  const seen = minutes.slice(0, decided + 1);
  const kind = errors >= slow ? 'errors' : 'slow';
  const chance = `If the canary were no worse, the chance of ever seeing as much is under 1 in ${formatNumber(Math.floor(Math.min(1 / p, 1e6) + 1e-9))}.`;
  return [`${tellKind(seen, kind, maxP95)}, within ${plural(decided + 1, 'minute')}.`, chance];
}

/** Why a canary is promoted. */
export function tellClean(
  minutes: readonly Minute[],
  evidence: Evidence,
  maxP95: number,
  early?: 'early',
): string[] {
  const strength = `${formatNumber(Number(evidence.value.toPrecision(2)))} to 1`;
  const nothing = `Nothing shows it to be worse: evidence against it was never above ${strength}, and ${formatNumber(evidence.limit)} to 1 would roll it back.`;
  const told = (['errors', 'slow'] as const).map((kind) => `${tellKind(minutes, kind, maxP95)}.`);
  const shown = 'It is shown to be less than twice as bad as the stable version, in both.';
  return [...told, early ? shown : nothing];
}

/** Why a window ends without blame and without promotion although enough was seen. */
export function tellUnclear(
  minutes: readonly Minute[],
  broken: readonly Broken[],
  { maxP95, objectives }: Asked,
): Pick<Judgement, 'reasons'> & Required<Pick<Judgement, 'missing'>> {
  const kinds = (['errors', 'slow'] as const).filter((kind) => broken.some((one) => one.kind === kind));
  const reasons = kinds.map((kind) => {
    const [canary, baseline] = (['canary', 'baseline'] as const).map((arm) =>
      broken.some((one) => one.kind === kind && one.arm === arm),
    );
    const who = canary && baseline ? 'both are' : canary ? 'the canary is' : 'the stable version is';
    const limit = withUnit(objectives[kind] * 100, '%');
    return `${tellKind(minutes, kind, maxP95)}: ${who} above the objective of ${limit}, and the canary is not shown to be worse.`;
  });
  const shared = broken.some((one) => one.arm === 'baseline');
  const what = shared
    ? 'the stable version is above the objective itself, and the canary is not shown to be worse'
    : 'the canary is above the objective, and is not shown to be worse';
  const remedy = shared
    ? 'Look for an incident that both versions share and evaluate again when it is over; if the service is always like this, raise `max-error-rate` or `max-p95-ms`.'
    : 'Give it more time (`window`, or `on-hold: extend` with `max-window`), or a larger weight.';
  return { reasons, missing: { what, remedy } };
}

/** How long the present traffic would need to show a canary that is plainly worse; nothing where there is no traffic. */
export function tellSufficiency(minutes: readonly Minute[], { alpha, objectives }: Asked): string[] {
  const [canary, baseline] = [totalOf(minutes, 'canary'), totalOf(minutes, 'baseline')];
  const limit = averaged / alpha;
  if (canary.invocations === 0) return [];
  if (baseline.invocations === 0) {
    const requests = requestsNeeded(limit, plainlyWorse, objectives.errors);
    const needed = Math.ceil((requests * minutes.length) / canary.invocations);
    return [
      `At this traffic a canary with ${plainlyWorse} times the errors of the objective is found in about ${needed} minutes.`,
    ];
  }
  const all = canary.invocations + baseline.invocations;
  const weight = canary.invocations / all;
  const rate = baseline.errors === 0 ? objectives.errors : baseline.errors / baseline.invocations;
  const eventsAMinute = (all / minutes.length) * rate * (plainlyWorse * weight + 1 - weight);
  const needed = Math.ceil(eventsNeeded(limit, plainlyWorse, weight) / eventsAMinute);
  const usual = baseline.errors === 0 ? 'the objective allows' : 'the stable version has';
  return [
    `At this traffic a canary with ${plainlyWorse} times the errors that ${usual} is found in about ${needed} minutes.`,
  ];
}

function tellKind(minutes: readonly Minute[], kind: 'errors' | 'slow', maxP95: number): string {
  const [canary, baseline] = [totalOf(minutes, 'canary'), totalOf(minutes, 'baseline')];
  const events = (total: Total) => (kind === 'errors' ? total.errors : total.slow);
  const whole = (total: Total) => (kind === 'errors' ? total.invocations : total.timed);
  const share = (total: Total) =>
    `${withUnit((events(total) / whole(total)) * 100, '%')} (${formatNumber(events(total))} of ${formatNumber(whole(total))})`;
  const what = kind === 'errors' ? 'fails in' : `is slower than ${formatNumber(maxP95)} ms in`;
  if (whole(canary) === 0) return `The latency of the canary is unknown`;
  const told = `The canary ${what} ${share(canary)} of its invocations`;
  if (whole(baseline) === 0) return `${told}; there is no stable version to compare with`;
  const ratio = events(canary) / whole(canary) / (events(baseline) / whole(baseline));
  const times =
    Number.isFinite(ratio) && ratio > 1
      ? `, ${formatNumber(Number(ratio.toPrecision(2)))} times as often`
      : '';
  return `${told}, the stable version in ${share(baseline)}${times}`;
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
