import { decide, fixedRules, looksOf, sawNothing, usualLimits } from './fixed.ts';
import { kayentaMinutes, usualConfidence } from './kayenta.ts';
import type { Release, Scenario } from './releases.ts';
import { sequentialHolds, sequentialRule } from './sequential.ts';
import { textbookRule } from './textbook.ts';
import type { Tuned } from './tune.ts';

/** What a rule made of one release. */
export interface Outcome {
  /** The minute, from 1, at which it rolled back; 0 for never. */
  readonly minute: number;
  /** Whether it ended without an answer. */
  readonly undecided: boolean;
}

export type Setting = 'default' | 'tuned' | 'textbook';

export interface RuleName {
  readonly name: string;
  readonly setting: Setting;
}

const kayentas = ['Kayenta, every 5 minutes', 'Kayenta, at 60 minutes'];

/** All rules in the order of `judgeAll`. */
export const ruleNames: readonly RuleName[] = [
  { name: 'sequential', setting: 'default' },
  { name: 'sequential', setting: 'textbook' },
  ...[...fixedRules.map(({ name }) => name), ...kayentas].flatMap((name) => [
    { name, setting: 'default' } as const,
    { name, setting: 'tuned' } as const,
  ]),
];

/** What every rule makes of one release, in the order of `ruleNames`. */
export function judgeAll(release: Release, scenario: Scenario, tuned: Tuned): Outcome[] {
  const minute = sequentialRule(release, scenario.cold);
  const outcomes: Outcome[] = [
    { minute, undecided: minute === 0 && sequentialHolds(release, scenario.cold) },
    { minute: textbookRule(release, scenario.cold), undecided: false },
  ];
  for (const rule of fixedRules) {
    const looks = looksOf(rule, release);
    for (const limits of [usualLimits, tuned.limits.get(rule.name) ?? usualLimits]) {
      const at = decide(rule, looks, limits);
      outcomes.push({ minute: at, undecided: at === 0 && sawNothing(rule, looks) });
    }
  }
  const { often, once } = kayentaMinutes(release, {
    often: [usualConfidence, tuned.kayenta.often],
    once: [usualConfidence, tuned.kayenta.once],
  });
  for (const minute of [...often, ...once]) outcomes.push({ minute, undecided: false });
  return outcomes;
}
