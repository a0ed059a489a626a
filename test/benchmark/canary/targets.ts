import { falseRollbacks, isService, measuredOf, type Results } from './results.ts';
import type { Service } from './services.ts';

export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly met: boolean;
}

/** What the sequential rule is to do with its one default, and what it did. Times are medians, at 1 % usual errors. */
export function targetsOf(results: Results): Target[] {
  const independent = results.nulls.filter((scenario) => scenario.independent).map(({ name }) => name);
  const falses = independent.map((name) => ({ name, ...falseRollbacks(results, 0, name) }));
  const worst = falses.reduce((one, other) => (other.worst > one.worst ? other : one));
  const minutes = (
    scenario: string,
    limit: number,
    service: ReturnType<typeof isService>,
    at: string,
  ): Target => {
    const median = measuredOf(results, 0, scenario, service)[0]?.measured.median ?? null;
    return {
      what: `${scenario}, ${at}: median minutes`,
      wanted: `≤ ${limit}`,
      found: median === null ? 'never' : String(median),
      met: median !== null && median <= limit,
    };
  };
  const power = (
    scenario: string,
    limit: number,
    service: ReturnType<typeof isService>,
    at: string,
  ): Target => {
    const found = measuredOf(results, 0, scenario, service)[0]?.measured.rolledBack ?? 0;
    return {
      what: `${scenario}, ${at}: found within the hour`,
      wanted: `≥ ${percent(limit)}`,
      found: percent(found),
      met: found >= limit,
    };
  };
  const busy = isService(1_000, 0.1, 0.01);
  const atBusy = '1,000 requests a minute, 10 %';
  const quiet = isService(1, 0.5, 0.01);
  const quietest = falses.map(({ name }) =>
    Math.max(
      ...measuredOf(results, 0, name, ({ traffic }) => traffic === 1).map((one) => one.measured.rolledBack),
    ),
  );
  return [
    {
      what: `false rollbacks, worst of ${results.services.length} services on the worst independent null (${worst.name}; ${tellService(worst.worstService)})`,
      wanted: '≤ 1 %',
      found: percent(worst.worst),
      met: worst.worst <= 0.01,
    },
    minutes('errors ×10', 3, busy, atBusy),
    minutes('errors ×5', 5, busy, atBusy),
    minutes('errors ×3', 12, busy, atBusy),
    power('errors ×2', 0.85, busy, atBusy),
    power('errors ×5', 0.8, isService(100, 0.1, 0.01), '100 requests a minute, 10 %'),
    {
      what: 'false rollbacks at 1 request a minute, worst service and independent null',
      wanted: '≤ 1 %',
      found: percent(Math.max(...quietest)),
      met: Math.max(...quietest) <= 0.01,
    },
    minutes('fully broken', 7, quiet, '1 request a minute, 50 %'),
  ];
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 99.95 ? value.toFixed(0) : value < 10 ? value.toFixed(1 + Number(value < 1)) : value.toFixed(0)} %`;
}

export function tellService({ traffic, weight, errorRate }: Service): string {
  const share = weight === 'ramp' ? 'a ramp' : `${weight * 100} %`;
  return `${traffic.toLocaleString('en-US')}/min, ${share}, ${errorRate * 100} % errors`;
}
