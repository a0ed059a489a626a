import type { Evidence, EvidencePath } from './judge.ts';
import { drawLines, minutesAPoint, type Pace } from './lines.ts';
import { type Arm, type Minute, minuteLength } from './minute.ts';

const palette = { canary: '#d1242f', stable: '#0969da', limit: '#8c959f' };

interface Charted {
  readonly minutes: readonly Minute[];
  readonly evidence: readonly Evidence[];
  readonly latencyObjective: number;
  readonly evidencePath?: EvidencePath;
}

/**
 * Mermaid charts as Markdown: errors in percent and p95, canary against stable, and the evidence against the canary
 * where the judge weighs it. A point is a minute, or some minutes together where there are many.
 */
export function chartOf({ minutes, evidence, latencyObjective, evidencePath }: Charted): string {
  const points = slots(minutes);
  const errors = drawnArms(
    'Errors, %',
    points,
    (arms) => {
      const invocations = arms.reduce((sum, arm) => sum + arm.invocations, 0);
      return invocations === 0
        ? undefined
        : (arms.reduce((sum, arm) => sum + arm.errors, 0) / invocations) * 100;
    },
    evidence.find((one) => one.measure === 'error rate')?.limit,
  );
  const latency = drawnArms(
    'p95, ms',
    points,
    (arms) => {
      const known = arms.flatMap(({ p95 }) => (p95 === undefined ? [] : [p95]));
      return known.length === 0 ? undefined : Math.max(...known);
    },
    latencyObjective,
  );
  const path = evidencePath ? drawnPath(evidencePath) : '';
  return [errors, latency, path].filter(Boolean).join('\n\n');
}

function drawnArms(
  title: string,
  points: readonly (readonly Minute[])[],
  value: (arms: readonly Arm[]) => number | undefined,
  limit: number | undefined,
): string {
  const first = points.findIndex((point) => value(point.map(({ canary }) => canary)) !== undefined);
  if (first < 0) return '';
  const shown = points.slice(first);
  const of = (arm: 'canary' | 'baseline') => shown.map((point) => value(point.map((minute) => minute[arm])));
  return drawLines(title, paceOf(shown), [
    { name: 'limit grey', color: palette.limit, values: limit === undefined ? [] : shown.map(() => limit) },
    { name: 'stable blue', color: palette.stable, values: of('baseline') },
    { name: 'canary red', color: palette.canary, values: of('canary') },
  ]);
}

/** Evidence for the canary is drawn as none against it, and overwhelming evidence as twice what rolls back. */
function drawnPath({ limit, minutes }: EvidencePath): string {
  const points = slots(minutes);
  const shown = (evidence: number) => Math.min(2 * limit, Math.max(0, evidence));
  const strongest = (point: (typeof points)[number]) => Math.max(...point.map(({ evidence }) => evidence));
  return drawLines('Evidence against the canary, powers of ten', paceOf(points), [
    { name: 'limit grey', color: palette.limit, values: points.map(() => limit) },
    { name: 'evidence red', color: palette.canary, values: points.map((point) => shown(strongest(point))) },
  ]);
}

/** Minutes that are drawn as one point, oldest first. */
function slots<T>(minutes: readonly T[]): readonly (readonly T[])[] {
  const size = minutesAPoint(minutes.length);
  return Array.from({ length: Math.ceil(minutes.length / size) }, (_, index) =>
    minutes.slice(index * size, (index + 1) * size),
  );
}

function paceOf(points: readonly (readonly { readonly at: number }[])[]): Pace {
  const [from = 0, next = from + minuteLength] = points.slice(0, 2).map(([first]) => first?.at);
  return { from, pace: next - from };
}
