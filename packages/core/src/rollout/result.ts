import { table } from '../markdown/index.ts';
import type { Advanced } from './advance.ts';
import type { RolloutOrder } from './order.ts';
import type { RolloutAnswer } from './start.ts';
import { type Outcome, weightOf } from './state.ts';
import { type RolloutReport, rolloutCharts, rolloutReport, rolloutSummary } from './tell.ts';

/** What a step that rolled out tells: its outputs, its section of the summary, and its report where it has ended. */
export function resultOf(
  answer: RolloutAnswer,
  { rules, driver }: Pick<RolloutOrder, 'rules' | 'driver'>,
  now: number,
) {
  const { outcome, rollout, seen, stable } = answer;
  const state = rollout?.state;
  const ended =
    outcome === 'scheduled' || outcome === 'planned' || outcome === 'unchanged' ? undefined : outcome;
  const weight = outcome === 'unchanged' ? 100 : state ? weightOf(state) : 0;
  const changed = outcome === 'planned' || state === undefined ? false : weight !== state.initial;
  const report = rollout && ended ? rolloutReport(rollout, ended, seen, now) : undefined;
  const course = rollout && outcome !== 'planned' ? rolloutSummary(rollout, seen, now) : '';
  const title = ended ? '' : `### Canary rollout: ${outcome}\n\n${answer.sentence}\n\n`;
  const by =
    outcome === 'scheduled' && driver === 'schedule' ? '\n\nadvance-rollouts takes the next steps.' : '';
  return {
    outputs: {
      outcome,
      verdict: seen?.verdict,
      reasons: reasonsOf(answer),
      weight,
      stableVersion: stable,
      canaryVersion: rules.canary,
      changed,
      rollout: answer.id,
      chart: rollout && outcome !== 'planned' ? rolloutCharts(rollout, seen, now) : '',
    },
    summary: `${title}${course}${by}`,
    ...(report ? { report } : {}),
  };
}

function reasonsOf({ rollout, seen, sentence }: RolloutAnswer): string {
  const own = rollout?.state.reasons ?? [];
  if (own.length > 0) return own.join('\n');
  return seen ? seen.reasons.join('\n') : sentence;
}

/** What a step that advanced rollouts tells. It fails where one did not go as it should, so that somebody looks. */
export function advanceResult(all: readonly Advanced[], now: number) {
  const count = (...ones: readonly Advanced['became'][]) =>
    all.filter(({ became }) => ones.includes(became)).length;
  const bad = all.filter(({ became }) => !['advanced', 'completed', 'waiting', 'busy'].includes(became));
  const rows = all.map(({ functionName, alias, became, weight, told }) => [
    `${functionName}:${alias}`,
    became,
    weight === undefined ? '' : `${weight}%`,
    told,
  ]);
  const summary =
    rows.length === 0
      ? '### Rollouts\n\nNone is under way.'
      : `### Rollouts\n\n${table(['Alias', 'Became', 'Weight', ''], rows)}`;
  const details = all.flatMap(({ rollout, seen, became }) =>
    rollout && seen && became !== 'waiting' ? [rolloutSummary(rollout, seen, now)] : [],
  );
  return {
    outputs: {
      advanced: count('advanced'),
      completed: count('completed'),
      undone: count('undone'),
      waiting: count('waiting', 'busy'),
      failed: count('stuck', 'superseded', 'refused'),
      report: JSON.stringify(all.map((one) => reported(one, now))),
    },
    summary: [summary, ...details].join('\n\n'),
    ...(bad.length > 0 ? { failure: bad.map(({ told }) => told).join('\n') } : {}),
  };
}

function reported({ rollout, seen, ...rest }: Advanced, now: number): object {
  const ended: readonly Advanced['became'][] = ['completed', 'undone', 'superseded', 'refused'];
  const outcome = ended.find((one): one is Outcome => one === rest.became);
  const report: RolloutReport | undefined = rollout && outcome && rolloutReport(rollout, outcome, seen, now);
  return { ...rest, ...(report ? { report } : {}) };
}
