import type { InputProblem, Resolution } from '@promo-actions/core/action';
import { type Rule, skippedTimes, zoneOf } from '@promo-actions/core/window';

const year = 366 * 86_400_000;

/** Windows and freezes that begin or end at a time which daylight saving skips within a year from now. */
export function gapProblems(resolutions: readonly Resolution[], now: number): readonly InputProblem[] {
  const problems = new Map<string, InputProblem>();
  for (const { action, settings, values } of resolutions)
    for (const input of ['windows', 'freezes'] as const) {
      const where = settings.find((setting) => setting.input === input)?.where;
      if (where === undefined) continue;
      const skipped = skippedTimes(rulesOf(values[input]), { start: now, end: now + year }, zoneOf(values));
      for (const { rule, local, timeZone } of skipped) {
        const message = `\`${rule.label}\` names ${local} ${timeZone}, which daylight saving skips; a window moves to the hour after, a freeze covers both.`;
        problems.set(`${where} ${message}`, { input: `${action}: ${input}`, message, where });
      }
    }
  return [...problems.values()];
}

function rulesOf(value: unknown): readonly Rule[] {
  return Array.isArray(value) ? value : [];
}
