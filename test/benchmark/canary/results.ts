import type { Cell, Effort, Measured } from './measure.ts';
import { alternatives, nulls } from './releases.ts';
import { type RuleName, ruleNames } from './rules.ts';
import { type Service, services } from './services.ts';

/** Everything that was measured, with what it was measured by. */
export interface Results {
  readonly effort: Effort;
  readonly services: readonly Service[];
  readonly rules: readonly RuleName[];
  readonly nulls: readonly { readonly name: string; readonly independent: boolean }[];
  readonly alternatives: readonly { readonly name: string; readonly bad: 'errors' | 'slow' }[];
  readonly cells: readonly Cell[];
}

export function resultsOf(effort: Effort, cells: readonly Cell[]): Results {
  return {
    effort,
    services,
    rules: ruleNames,
    nulls: nulls.map(({ name, independent }) => ({ name, independent })),
    alternatives: alternatives.map(({ name, bad }) => ({ name, bad })),
    cells,
  };
}

/** What a rule did in a scenario, for every service that is asked for. */
export function measuredOf(
  { cells, services: all }: Results,
  rule: number,
  scenario: string,
  wanted: (service: Service) => boolean = () => true,
): { readonly service: Service; readonly measured: Measured; readonly runs: number }[] {
  return cells.flatMap((cell) => {
    const service = all[cell.service];
    const measured = cell.rules[rule];
    if (cell.scenario !== scenario || !service || !measured || !wanted(service)) return [];
    return [{ service, measured, runs: cell.runs }];
  });
}

export interface FalseRollbacks {
  readonly mean: number;
  readonly worst: number;
  readonly worstService: Service;
}

/** How often a rule rolled back good releases: over all services, and of the service that fared worst. */
export function falseRollbacks(results: Results, rule: number, scenario: string): FalseRollbacks {
  const all = measuredOf(results, rule, scenario);
  const worst = all.reduce((one, other) =>
    other.measured.rolledBack > one.measured.rolledBack ? other : one,
  );
  const mean = all.reduce((sum, { measured }) => sum + measured.rolledBack, 0) / all.length;
  return { mean, worst: worst.measured.rolledBack, worstService: worst.service };
}

export function isService(traffic: number, weight: Service['weight'], errorRate: number) {
  return (service: Service) =>
    service.traffic === traffic && service.weight === weight && service.errorRate === errorRate;
}
