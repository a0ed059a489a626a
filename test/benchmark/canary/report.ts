import { falseRollbacks, isService, measuredOf, type Results } from './results.ts';
import type { RuleName } from './rules.ts';
import { percent, targetsOf } from './targets.ts';

/** The results as Markdown: targets, false rollbacks, detection, and the sequential rule by traffic and weight. */
export function reportOf(results: Results): string {
  const { nullRuns, alternativeRuns, seed } = results.effort;
  const cells = results.cells.length.toLocaleString('en-US');
  return [
    `${nullRuns.toLocaleString('en-US')} good and ${alternativeRuns.toLocaleString('en-US')} bad releases for each of ${cells} pairs of a service and a scenario, seed ${seed}; each watched for 60 minutes.`,
    '### Targets of the sequential rule',
    targets(results),
    '### Good releases rolled back',
    'Of the worst of all services, and in brackets the mean over all of them.',
    nullTable(results),
    '### Bad releases found: 1,000 requests a minute, 10 % to the canary, 1 % errors usual',
    'Share found within the hour, median / 90th percentile of minutes, mean bad requests served by then.',
    alternativeTable(results, 1_000, 0.1),
    '### Bad releases found: 100 requests a minute, 10 % to the canary, 1 % errors usual',
    alternativeTable(results, 100, 0.1),
    '### Bad releases found: 1 request a minute, 50 % to the canary, 1 % errors usual',
    alternativeTable(results, 1, 0.5),
    '### The sequential rule by traffic and weight, 1 % errors usual',
    'Share found within the hour and median minutes; then the share of good releases that end without an answer.',
    trafficTable(results),
  ].join('\n\n');
}

function targets(results: Results): string {
  const rows = targetsOf(results).map(({ what, wanted, found, met }) => [
    what,
    wanted,
    found,
    met ? 'yes' : '**no**',
  ]);
  return table(['Target', 'Wanted', 'Measured', 'Met'], rows);
}

function nullTable(results: Results): string {
  const headings = [
    'Rule',
    'Setting',
    ...results.nulls.map(({ name, independent }) => (independent ? name : `${name} *`)),
  ];
  const rows = results.rules.map((rule, index) => [
    ...nameOf(rule),
    ...results.nulls.map(({ name }) => {
      const { worst, mean } = falseRollbacks(results, index, name);
      const told = `${percent(worst)} (${percent(mean)})`;
      return index === 0 ? `**${told}**` : told;
    }),
  ]);
  return `${table(headings, rows)}\n\n\\* requests do not fail independently of one another; no guarantee is given.`;
}

function alternativeTable(results: Results, traffic: number, weight: number): string {
  const wanted = isService(traffic, weight, 0.01);
  const headings = ['Rule', 'Setting', 'False', ...results.alternatives.map(({ name }) => name), 'Undecided'];
  const rows = results.rules.map((rule, index) => {
    const plain = measuredOf(results, index, 'plain', wanted)[0]?.measured;
    return [
      ...nameOf(rule),
      percent(plain?.rolledBack ?? 0),
      ...results.alternatives.map(({ name }) => {
        const measured = measuredOf(results, index, name, wanted)[0]?.measured;
        if (!measured) return '–';
        const { rolledBack, median, p90, badRequests } = measured;
        if (rolledBack === 0) return 'never';
        return `${percent(rolledBack)}, ${median ?? '–'} / ${p90 ?? '–'}, ${badRequests.toFixed(badRequests < 10 ? 1 : 0)}`;
      }),
      percent(plain?.undecided ?? 0),
    ];
  });
  return table(headings, rows);
}

function trafficTable(results: Results): string {
  const shown = [
    'errors ×2',
    'errors ×3',
    'errors ×5',
    'errors ×10',
    'fully broken',
    'latency +20 %',
    'latency +50 %',
  ];
  const services = results.services.filter(({ errorRate }) => errorRate === 0.01);
  const rows = services.map((service) => {
    const wanted = isService(service.traffic, service.weight, service.errorRate);
    const found = shown.map((name) => {
      const measured = measuredOf(results, 0, name, wanted)[0]?.measured;
      return `${percent(measured?.rolledBack ?? 0)}, ${measured?.median ?? '–'}`;
    });
    const undecided = measuredOf(results, 0, 'plain', wanted)[0]?.measured.undecided ?? 0;
    const weight = service.weight === 'ramp' ? 'ramp' : percent(service.weight);
    return [service.traffic.toLocaleString('en-US'), weight, ...found, percent(undecided)];
  });
  return table(['Requests a minute', 'Canary', ...shown, 'No answer'], rows);
}

function nameOf({ name, setting }: RuleName): [string, string] {
  return name === 'sequential' && setting === 'default' ? ['**sequential**', 'its default'] : [name, setting];
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}
