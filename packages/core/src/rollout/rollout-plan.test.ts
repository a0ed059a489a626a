import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planInput } from './plan-input.ts';
import { hastened, NoPlan, type Plan, parsePlan, printPlan, profiles } from './rollout-plan.ts';

const minute = 60_000;

const bakeTime = (plan: Plan) => plan.reduce((sum, { bake }) => sum + bake, 0);

const plans: fc.Arbitrary<Plan> = fc
  .record({
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 999_999 }), { maxLength: 12 }),
    bakes: fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 13, maxLength: 13 }),
    lastBakes: fc.boolean(),
  })
  .map(({ weights, bakes, lastBakes }) => [
    ...[...weights]
      .sort((a, b) => a - b)
      .map((weight, index) => ({ weight: weight / 10_000, bake: (bakes[index] ?? 1) * 1_000 })),
    { weight: 100, bake: lastBakes ? (bakes[12] ?? 1) * 1_000 : 0 },
  ]);

describe('a plan', () => {
  test.each<[string, Plan]>([
    [
      '10:5m, 50:5m, 100',
      [
        { weight: 10, bake: 5 * minute },
        { weight: 50, bake: 5 * minute },
        { weight: 100, bake: 0 },
      ],
    ],
    [
      ' 2.5% : 1h30m\n100%:10m\n',
      [
        { weight: 2.5, bake: 90 * minute },
        { weight: 100, bake: 10 * minute },
      ],
    ],
    ['100', [{ weight: 100, bake: 0 }]],
    [
      'canary 10% for 5m',
      [
        { weight: 10, bake: 5 * minute },
        { weight: 100, bake: 0 },
      ],
    ],
    [
      'linear 30 every 90s',
      [
        { weight: 30, bake: 90_000 },
        { weight: 60, bake: 90_000 },
        { weight: 90, bake: 90_000 },
        { weight: 100, bake: 0 },
      ],
    ],
    [
      'production',
      [
        { weight: 5, bake: 10 * minute },
        { weight: 100, bake: 0 },
      ],
    ],
  ])('%j is read', (text, plan) => {
    expect(parsePlan(text)).toEqual(plan);
  });

  test('linear 5% every 10m has nineteen bakes below 100', () => {
    const plan = parsePlan('linear 5% every 10m');
    expect(plan).toHaveLength(20);
    expect(plan.at(-2)).toEqual({ weight: 95, bake: 10 * minute });
    expect(bakeTime(plan)).toBe(190 * minute);
  });

  test('what is printed is read back', () => {
    fc.assert(fc.property(plans, (plan) => expect(parsePlan(printPlan(plan))).toEqual(plan)));
  });

  test('a linear plan rises by equal steps to 100, whatever the step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 999_999 }), (tenThousandths) => {
        const step = tenThousandths / 10_000;
        const weights = parsePlan(`linear ${step}% every 1m`).map(({ weight }) => weight);
        expect(weights.at(-1)).toBe(100);
        weights.slice(0, -1).forEach((weight, index) => {
          expect(weight).toBeCloseTo(step * (index + 1), 3);
          expect(weight).toBeLessThan(weights[index + 1] ?? 0);
        });
      }),
    );
  });

  test('anything that is read keeps the promises of a plan; anything else is refused with a reason', () => {
    const words = [
      '10',
      '50',
      '100',
      '0',
      '-5',
      '%',
      ':',
      '5m',
      '0s',
      ',',
      ' ',
      '\n',
      'linear',
      'every',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 9 }), (parts) => {
        let plan: Plan;
        try {
          plan = parsePlan(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(NoPlan);
          expect((error as NoPlan).message).not.toBe('');
          return;
        }
        expect(plan.at(-1)?.weight).toBe(100);
        plan.forEach(({ weight, bake }, index) => {
          expect(weight).toBeGreaterThan(plan[index - 1]?.weight ?? 0);
          if (weight < 100) expect(bake).toBeGreaterThan(0);
        });
      }),
    );
  });

  test('every profile is one, and is faster for configuration alone', () => {
    for (const name of Object.keys(profiles)) {
      const plan = parsePlan(name);
      expect(bakeTime(hastened(plan))).toBeLessThan(bakeTime(plan));
      expect(hastened(plan).map(({ weight }) => weight)).toEqual(plan.map(({ weight }) => weight));
    }
    expect(printPlan(hastened(parsePlan('10:5m, 50:30s, 100')))).toBe('10:2m, 50:30s, 100');
  });
});

test('an input takes a list of the policy, one step a line, and tells what is wrong with it', () => {
  const input = planInput('The plan.', { default: 'production' });
  expect(input.structured).toBe(false);
  expect(input.parse('10:5m\n100')).toEqual(parsePlan('10:5m, 100'));
  expect(() => input.parse('10:5m\n5')).toThrow('line 2, column 1: 5% falls below');
});

describe('is refused, with the place in the text', () => {
  test.each([
    ['', 'the plan is empty'],
    [' , ', 'the plan is empty'],
    ['10:5m, 50:5m', 'column 13: the plan ends at 50%; add `, 100`'],
    ['50:5m, 10:5m, 100', 'column 8: 10% falls below the 50% before it'],
    ['10:5m, 10:5m, 100', 'column 8: 10% repeats the weight before it'],
    ['10:5m, 120', 'column 8: 120% is more than all requests'],
    ['10:5m, 100, 100', 'column 13: 100% comes after 100%, where a rollout ends'],
    ['0:5m, 100', 'column 1: 0% gives the canary no requests; a weight is above 0'],
    ['-10:5m, 100', 'column 1: -10% gives the canary no requests; a weight is above 0'],
    ['10:-5m, 100', 'column 4: a bake of -5m watches nothing; it must be longer'],
    ['10:0s, 100', 'column 4: a bake of 0s watches nothing; it must be longer'],
    ['10:5, 100', 'column 4: `5` is no duration; expected one with its unit, such as `90s`, `5m` or `1h`'],
    ['10:1500ms, 100', 'column 4: a bake is in whole seconds, and 1500ms is not'],
    [
      '10:5m:3, 100',
      'column 4: `5m:3` is no duration; expected one with its unit, such as `90s`, `5m` or `1h`',
    ],
    ['10:, 100', 'column 4: `` is no duration; expected one with its unit, such as `90s`, `5m` or `1h`'],
    ['10, 100', 'column 1: 10% has no bake; write `10:5m` for five minutes'],
    ['10:5m\nfast\n100', 'line 2, column 1: `fast` is no weight; expected a percent such as `10` or `2.5%`'],
    ['prod', 'column 1: there is no profile `prod`; there are `dev`, `staging`, `production`'],
    ['linear 5% for 10m', 'column 11: expected `linear 5% every 10m`'],
    ['linear', 'column 1: expected `linear 5% every 10m`'],
    ['canary 10%', 'column 1: expected `canary 10% for 5m`'],
    ['linear 0% every 10m', 'column 8: 0% gives the canary no requests; a weight is above 0'],
    ['linear 0.5% every 10m', 'column 8: 0.5% takes more than 100 steps'],
    [
      'canary 100% for 5m',
      'column 8: 100% at once leaves nothing to watch; write `100` for a shift without a canary',
    ],
    [
      'canary 200% for -5m',
      'column 8: 200% is more than all requests; column 17: a bake of -5m watches nothing; it must be longer',
    ],
    [
      '0:5m, 10:x, 5:1m',
      'column 1: 0% gives the canary no requests; a weight is above 0; column 10: `x` is no duration; expected one with its unit, such as `90s`, `5m` or `1h`; column 13: 5% falls below the 10% before it',
    ],
  ])('%j', (text, message) => {
    expect(() => parsePlan(text)).toThrow(new NoPlan(message));
  });
});
