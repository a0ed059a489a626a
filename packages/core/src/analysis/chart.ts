import { formatInstant } from '../clock/index.ts';
import type { Evidence, EvidencePath } from './judge.ts';
import type { Arm, Minute } from './minute.ts';

const palette = { canary: '#d1242f', stable: '#0969da', limit: '#8c959f' };

interface Charted {
  readonly minutes: readonly Minute[];
  readonly evidence: readonly Evidence[];
  readonly latencyObjective: number;
  readonly evidencePath?: EvidencePath;
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
}

/**
 * Mermaid charts as Markdown, which GitHub draws in summaries and comments: errors in percent and p95, minute by minute,
 * canary against stable, and the evidence against the canary where the judge weighs it. Minutes without canary traffic
 * have no point; the stable line is drawn where it has traffic in all the others. A chart needs two points.
 */
export function chartOf({ minutes, evidence, latencyObjective, evidencePath }: Charted): string {
  const errors = drawnArms(
    'Errors, %',
    minutes,
    (arm) => (arm.invocations === 0 ? undefined : (arm.errors / arm.invocations) * 100),
    evidence.find((one) => one.measure === 'error rate')?.limit,
  );
  const latency = drawnArms('p95, ms', minutes, (arm) => arm.p95, latencyObjective);
  const path = evidencePath ? drawnPath(evidencePath) : '';
  return [errors, latency, path].filter(Boolean).join('\n\n');
}

function drawnArms(
  title: string,
  minutes: readonly Minute[],
  value: (arm: Arm) => number | undefined,
  limit: number | undefined,
): string {
  const shown = minutes.filter((minute) => value(minute.canary) !== undefined);
  const canary = shown.map((minute) => value(minute.canary) ?? 0);
  const stable = shown.map((minute) => value(minute.baseline));
  const whole = stable.every((one) => one !== undefined);
  return drawn(title, shown, [
    ...(limit === undefined
      ? []
      : [{ name: 'limit grey', color: palette.limit, values: shown.map(() => limit) }]),
    ...(whole ? [{ name: 'stable blue', color: palette.stable, values: stable.map((one) => one ?? 0) }] : []),
    { name: 'canary red', color: palette.canary, values: canary },
  ]);
}

/** Evidence for the canary is drawn as none against it, and overwhelming evidence as twice what rolls back. */
function drawnPath({ limit, minutes }: EvidencePath): string {
  const shown = (evidence: number) => Math.min(2 * limit, Math.max(0, evidence));
  return drawn('Evidence against the canary, powers of ten', minutes, [
    { name: 'limit grey', color: palette.limit, values: minutes.map(() => limit) },
    { name: 'evidence red', color: palette.canary, values: minutes.map((minute) => shown(minute.evidence)) },
  ]);
}

function drawn(title: string, points: readonly { readonly at: number }[], lines: readonly Line[]): string {
  if (points.length < 2) return '';
  const colors = lines.map((line) => line.color).join(', ');
  const top = niceCeiling(Math.max(...lines.flatMap((line) => line.values)));
  const times = points.map((point) => `"${formatInstant(point.at).slice(11, 16)}"`);
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
