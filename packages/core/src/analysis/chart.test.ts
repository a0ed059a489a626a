import { expect, test } from '@jest/globals';
import { chartOf } from './chart.ts';
import { drawLines } from './lines.ts';
import type { Minute } from './minute.ts';

const start = Date.parse('2026-03-03T20:05:00Z');
const arm = (invocations: number, errors: number) => ({ invocations, errors, slow: 0, p95: 100 + errors });
const none = { invocations: 0, errors: 0, slow: 0 };
const minutesOf = (count: number, change: (index: number) => Partial<Minute> = () => ({})): Minute[] =>
  Array.from({ length: count }, (_, index) => ({
    at: start + index * 60_000,
    canary: arm(100, 2),
    baseline: arm(900, 9),
    throttles: 0,
    ...change(index),
  }));
const draw = (minutes: readonly Minute[]) => chartOf({ minutes, evidence: [], latencyObjective: 500 });
const linesOf = (chart: string) =>
  [...chart.matchAll(/^ {2}line \[(.*)\]$/gm)].map(([, values = '']) => values.split(', ').map(Number));

test('few minutes are named on the axis, many are counted from the first', () => {
  expect(draw(minutesOf(12))).toContain('x-axis ["20:05", "20:06", ');
  expect(draw(minutesOf(61))).toContain('x-axis "Minutes since 2026-03-03 20:05 UTC" 0 --> 60');
  expect(draw(minutesOf(2_881))).toContain('x-axis "Hours since 2026-03-03 20:05 UTC" 0 --> 47.92');
});

test('a rollout of a week stays within what Mermaid draws, and no burst is lost in it', () => {
  const burst = (index: number) => (index === 5_000 ? { canary: arm(100, 100) } : {});
  const chart = draw(minutesOf(7 * 1_440, burst));
  for (const block of chart.split('```mermaid')) expect(block.length).toBeLessThan(50_000);
  const [stable = [], canary = [], , , latency = []] = linesOf(chart);
  expect(canary.length).toBeLessThanOrEqual(120);
  expect(stable.every((share) => share === 1)).toBe(true);
  expect(Math.max(...canary)).toBeGreaterThan(3);
  expect(Math.max(...latency)).toBe(200);
});

test('the chart begins with the canary’s traffic; a version without any stays where it was', () => {
  const change = (index: number) => ({
    ...(index < 2 || index === 4 ? { canary: none } : {}),
    ...(index > 4 ? { baseline: none } : {}),
  });
  const [stable, canary] = linesOf(draw(minutesOf(7, change)));
  expect(draw(minutesOf(7, change))).toContain('x-axis ["20:07"');
  expect([stable, canary]).toEqual([Array(5).fill(1), Array(5).fill(2)]);
});

test('without a stable version its line is left out, and one point is no chart', () => {
  expect(linesOf(draw(minutesOf(3, () => ({ baseline: none }))))[0]).toEqual([2, 2, 2]);
  expect(draw(minutesOf(1))).toBe('');
  expect(drawLines('Nothing', { from: start, pace: 60_000 }, [])).toBe('');
});
