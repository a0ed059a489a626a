import { formatInstant } from '../clock/index.ts';
import type { Evidence } from './judge.ts';
import type { Arm, Minute } from './minute.ts';

const palette = { canary: '#d1242f', stable: '#0969da', limit: '#8c959f' };

interface Charted {
  readonly minutes: readonly Minute[];
  readonly evidence: readonly Evidence[];
  readonly latencyObjective: number;
}

/**
 * Two Mermaid charts as Markdown, which GitHub draws in summaries and comments: errors in percent and p95, minute by
 * minute, canary against stable. Minutes without canary traffic have no point; the stable line is drawn where it has
 * traffic in all the others. Empty with fewer than two such minutes.
 */
export function chartOf({ minutes, evidence, latencyObjective }: Charted): string {
  const errors = drawn(
    'Errors, %',
    minutes,
    (arm) => (arm.invocations === 0 ? undefined : (arm.errors / arm.invocations) * 100),
    evidence.find((one) => one.measure === 'error rate')?.limit,
  );
  const latency = drawn('p95, ms', minutes, (arm) => arm.p95, latencyObjective);
  return [errors, latency].filter(Boolean).join('\n\n');
}

function drawn(
  title: string,
  minutes: readonly Minute[],
  value: (arm: Arm) => number | undefined,
  limit: number | undefined,
): string {
  const shown = minutes.filter((minute) => value(minute.canary) !== undefined);
  if (shown.length < 2) return '';
  const canary = shown.map((minute) => value(minute.canary) ?? 0);
  const stable = shown.map((minute) => value(minute.baseline));
  const whole = stable.every((one) => one !== undefined);
  const lines = [
    ...(limit === undefined
      ? []
      : [{ name: 'limit grey', color: palette.limit, values: shown.map(() => limit) }]),
    ...(whole ? [{ name: 'stable blue', color: palette.stable, values: stable.map((one) => one ?? 0) }] : []),
    { name: 'canary red', color: palette.canary, values: canary },
  ];
  const colors = lines.map((line) => line.color).join(', ');
  const top = niceCeiling(Math.max(...lines.flatMap((line) => line.values)));
  const times = shown.map((minute) => `"${formatInstant(minute.at).slice(11, 16)}"`);
  return [
    '```mermaid',
    `%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "${colors}"}}}}%%`,
    'xychart-beta',
    `  title "${title} (${lines
      .map((line) => line.name)
      .reverse()
      .join(', ')})"`,
    `  x-axis [${times.join(', ')}]`,
    `  y-axis 0 --> ${top}`,
    ...lines.map((line) => `  line [${line.values.map((one) => Number(one.toFixed(2))).join(', ')}]`),
    '```',
  ].join('\n');
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below the value, so that lines of different charts can be compared. */
function niceCeiling(value: number): number {
  let step = 1;
  while (step < value) step *= String(step).startsWith('2') ? 2.5 : 2;
  return step;
}
