import { type Counts, eventsNeeded, requestsNeeded } from '../evidence/index.ts';
import { formatNumber, withUnit } from '../metrics/index.ts';
import type { Evidence, EvidencePath, Judgement } from './judge.ts';
import { type Minute, totalOf } from './minute.ts';
import type { Broken } from './objectives.ts';

interface Asked {
  readonly alpha: number;
  readonly objectives: { readonly errors: number; readonly slow: number };
  readonly maxP95: number;
}

/** Four evidences are averaged, so one alone must be four times as strong. */
const averaged = 4;
/** How bad a canary is taken to be where the time to find one is told. */
const plainlyWorse = 5;
/** How bad it is taken to be at most, where the stable version has next to nothing of what it has. */
const mostTimes = 50;

/** Why a canary is rolled back: what of it is worse, and how unlikely that is by chance. */
export function tellBlame(minutes: readonly Minute[], path: EvidencePath, maxP95: number): string[] {
  const decided = path.minutes.findIndex((minute) => minute.evidence >= path.limit);
  const { errors, slow, p } = path.minutes[decided] ?? { errors: 0, slow: 0, p: 1 };
  const seen = minutes.slice(0, decided + 1);
  const kind = errors >= slow ? 'errors' : 'slow';
  const unasked = seen.some(({ alone, baseline }) => alone || baseline.invocations === 0);
  const sound = unasked ? 'were no worse and kept its objectives' : 'were no worse';
  const chance = `If the canary ${sound}, the chance of ever seeing as much is under 1 in ${formatNumber(Math.floor(Math.min(1 / p, 1e6) + 1e-9))}.`;
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
  asked: Asked,
): Pick<Judgement, 'reasons'> & Required<Pick<Judgement, 'missing'>> {
  const { maxP95, objectives } = asked;
  const kinds = (['errors', 'slow'] as const).filter((kind) => broken.some((one) => one.kind === kind));
  const reasons = kinds.map((kind) => {
    const [canary, baseline] = (['canary', 'baseline'] as const).map((arm) =>
      broken.some((one) => one.kind === kind && one.arm === arm),
    );
    const who = canary && baseline ? 'both are' : canary ? 'the canary is' : 'the stable version is';
    const limit = withUnit(objectives[kind] * 100, '%');
    const needed = minutesToBlame(minutes, kind, asked);
    const time = Number.isFinite(needed)
      ? `Should it go on like this, about ${plural(needed, 'minute')} more would show it.`
      : 'More time would not show it.';
    return `${tellKind(minutes, kind, maxP95)}: ${who} above the objective of ${limit}, and the canary is not shown to be worse. ${time}`;
  });
  const soonest = Math.min(...kinds.map((kind) => minutesToBlame(minutes, kind, asked)));
  const shared = broken.some((one) => one.arm === 'baseline');
  const what = shared
    ? 'the stable version is above the objective itself, and the canary is not shown to be worse'
    : 'the canary is above the objective, and is not shown to be worse';
  const remedy = shared
    ? 'Look for an incident that both versions share and evaluate again when it is over; if the service is always like this, raise `max-error-rate` or `max-p95-ms`.'
    : 'It may be the usual rate of this service: raise `max-error-rate` or `max-p95-ms` then.';
  return {
    reasons,
    missing: { what, remedy, ...(shared || !Number.isFinite(soonest) ? {} : { minutes: soonest }) },
  };
}

/** How many more minutes like these would blame the canary; infinite where they would not. */
function minutesToBlame(
  minutes: readonly Minute[],
  kind: 'errors' | 'slow',
  { alpha, objectives }: Asked,
): number {
  const [canary, baseline] = [countsOf(minutes, 'canary', kind), countsOf(minutes, 'baseline', kind)];
  const limit = averaged / alpha;
  const usual = baseline.invocations === 0 ? objectives[kind] : rateOf(baseline);
  const ratio = Math.min(rateOf(canary) / usual, mostTimes);
  if (!(ratio > 1)) return Number.POSITIVE_INFINITY;
  const weight = canary.invocations / (canary.invocations + baseline.invocations);
  const needed =
    baseline.invocations === 0
      ? requestsNeeded(limit, ratio, usual) / canary.invocations
      : eventsNeeded(limit, ratio, weight) / (canary.events + baseline.events);
  return Math.max(1, Math.ceil((needed - 1) * minutes.length));
}

/** What an arm is judged by: errors among all invocations, slow ones among those whose latency is known. */
function countsOf(minutes: readonly Minute[], arm: 'canary' | 'baseline', kind: 'errors' | 'slow'): Counts {
  const { invocations, errors, slow, timed } = totalOf(minutes, arm);
  return kind === 'errors' ? { invocations, events: errors } : { invocations: timed, events: slow };
}

function rateOf({ invocations, events }: Counts): number {
  return events / invocations;
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
  const [canary, baseline] = [countsOf(minutes, 'canary', kind), countsOf(minutes, 'baseline', kind)];
  const share = (counts: Counts) =>
    `${withUnit(rateOf(counts) * 100, '%')} (${formatNumber(counts.events)} of ${formatNumber(counts.invocations)})`;
  const what = kind === 'errors' ? 'fails in' : `is slower than ${formatNumber(maxP95)} ms in`;
  if (canary.invocations === 0) return `The latency of the canary is unknown`;
  const told = `The canary ${what} ${share(canary)} of its invocations`;
  if (baseline.invocations === 0) return `${told}; there is no stable version to compare with`;
  const ratio = rateOf(canary) / rateOf(baseline);
  const times =
    Number.isFinite(ratio) && ratio > 1
      ? `, ${formatNumber(Number(ratio.toPrecision(2)))} times as often`
      : '';
  return `${told}, the stable version in ${share(baseline)}${times}`;
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
