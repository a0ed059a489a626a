import { type CanaryReport, chartOf, drawLines, minutesAPoint, summaryOf } from '../analysis/index.ts';
import { formatDuration, formatInstant } from '../clock/index.ts';
import type { Finding, GateReport } from '../gate/index.ts';
import { table } from '../markdown/index.ts';
import type { Rollout } from './drive.ts';
import { printPlan } from './rollout-plan.ts';
import { heldSteps, type Outcome, type RolloutState, weightOf } from './state.ts';

/** What a rollout came to, with what its last look saw of both versions. */
export interface RolloutReport extends GateReport, Partial<Omit<CanaryReport, keyof GateReport>> {
  readonly rollout: {
    readonly outcome: Outcome;
    readonly plan: string;
    /** Every weight in percent, from the moment that it was read. */
    readonly weights: readonly { readonly at: string; readonly weight: number }[];
    readonly reasons: readonly string[];
    /** What was let pass. */
    readonly notes: readonly string[];
  };
}

/** How a rollout ended, in one sentence. */
export function tellOutcome({ rules, reasons, history }: RolloutState, outcome: Outcome): string {
  const { stable, canary } = rules;
  const reached = Math.max(...history.map(({ weight }) => weight));
  const why = reasons.length === 0 ? '' : ` ${reasons.join(' ')}`;
  switch (outcome) {
    case 'completed':
      return `Version ${canary} is the stable version and has all requests.`;
    case 'undone':
      return `The rollout of version ${canary} was undone after ${reached}%; version ${stable} has all requests.${why}`;
    case 'refused':
      return `The rollout of version ${canary} did not begin; version ${stable} has all requests.${why}`;
    case 'superseded':
      return `The rollout of version ${canary} was taken out of its hands.${why}`;
  }
}

const remedies: Readonly<Record<Exclude<Outcome, 'completed'>, string>> = {
  undone:
    'Find out why in the logs of its version at that time; promote a mended version, or this one again.',
  refused: 'Mend what is named, then run the step again.',
  superseded:
    'Find out who moved the alias (CloudTrail, UpdateAlias), then promote again where that is still wanted.',
};

/** The report of a rollout that has ended. */
export function rolloutReport(
  { state, watch }: Rollout,
  outcome: Outcome,
  seen: CanaryReport | undefined,
  now: number,
): RolloutReport {
  const { rules, reasons, notes, history } = state;
  const message = tellOutcome(state, outcome);
  const finding = {
    check: 'rollout',
    seen: `${outcome} at ${weightOf(state)}%`,
    limit: 'completed',
    message,
  };
  const findings: Finding[] = [
    outcome === 'completed'
      ? { ...finding, outcome: 'pass' }
      : { ...finding, outcome: 'fail', remedy: remedies[outcome] },
    ...notes.map(
      (note): Finding => ({ check: 'evidence', outcome: 'info', seen: 'not enough', message: note }),
    ),
    ...(seen?.findings ?? []).map((one) => withinRollout(one)),
  ];
  return {
    ...seen,
    gate: 'canary-rollout',
    decision: outcome === 'completed' ? 'pass' : 'fail',
    subject: { service: watch.functionName, version: rules.canary, ...watch.subject },
    at: formatInstant(now),
    findings,
    canaryVersion: rules.canary,
    stableVersion: rules.stable,
    rollout: {
      outcome,
      plan: printPlan(rules.plan),
      weights: history.map(({ at, weight }) => ({ at: formatInstant(at), weight })),
      reasons,
      notes,
    },
  };
}

/** What a look found is told beside the rollout's own finding, which says what it came to and what to do. */
function withinRollout(finding: Finding): Finding {
  const { remedy: _, ...rest } = finding;
  return finding.outcome === 'pass' ? rest : { ...rest, outcome: 'info' };
}

/** The rollout's course: every weight with the time it was held, and the charts of what was seen. */
export function rolloutSummary({ state }: Rollout, seen: CanaryReport | undefined, now: number): string {
  const { history, rules } = state;
  const rows = history.slice(1).map(({ at, weight }, index) => {
    const until = history[index + 2]?.at ?? (state.outcome ? undefined : now);
    const held = until === undefined || until === at ? '' : formatDuration(until - at);
    return [`${weight}%`, formatInstant(at), held];
  });
  const next = state.outcome ? undefined : heldSteps(rules)[state.step + 1];
  if (!state.outcome) rows.push([`${next?.weight ?? 100}%`, 'next', '']);
  return [
    `Plan: \`${printPlan(rules.plan)}\`, version ${rules.stable} to ${rules.canary}.`,
    rows.length === 0 ? '' : table(['Weight', 'From', 'Held'], rows),
    rolloutChart(state, seen, now),
    seen ? summaryOf(seen) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The charts of the weight, of errors and latency, and of the evidence, as Mermaid in Markdown. */
export function rolloutCharts({ state }: Rollout, seen: CanaryReport | undefined, now: number): string {
  return [rolloutChart(state, seen, now), seen ? chartOf(seen) : ''].filter(Boolean).join('\n\n');
}

const minute = 60_000;

/** The canary's weight over time, minute by minute (or coarser, for a long rollout). */
function rolloutChart({ history }: RolloutState, seen: CanaryReport | undefined, now: number): string {
  const first = history[1]?.at;
  if (first === undefined) return '';
  const from = Math.floor(first / minute) * minute - minute;
  const end = Math.max(history.at(-1)?.at ?? now, seen?.minutes.at(-1)?.at ?? 0) + minute;
  const pace = minutesAPoint((end - from) / minute) * minute;
  const values = Array.from({ length: Math.ceil((end - from) / pace) + 1 }, (_, index) => {
    const at = from + index * pace;
    return history.findLast((one) => one.at <= at)?.weight ?? 0;
  });
  if (values.length < 3) return '';
  const weight = { name: 'canary', color: '#8250df', values };
  return drawLines('Weight of the canary, %', { from, pace }, [weight], 100);
}
