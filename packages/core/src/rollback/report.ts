import { cell, table } from '../markdown/index.ts';
import { describeRestored, type Restored, type RollbackOrder } from './rollback.ts';
import { beforeThisRun } from './this-run.ts';

/** The outputs, summary and failure that a rollback amounts to. */
export interface RollbackReport {
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly toRelease: string;
  readonly components: string;
  readonly moved: string;
  readonly incidentAlias: string;
  readonly movedAt: string;
  readonly restored: string;
  readonly failed: string;
  readonly due: string;
  readonly succeeded: boolean;
  readonly summary: string;
  readonly failure: string | undefined;
}

const marks = { restored: '✅', unchanged: '➖', planned: '📝', failed: '❌' } as const;

export function reportRollback(order: RollbackOrder, results: readonly Restored[]): RollbackReport {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const restored = results.filter(({ outcome }) => outcome === 'restored');
  const due = results.filter(({ outcome }) => outcome === 'planned' || outcome === 'failed');
  const names = (some: readonly Restored[]) => some.map(({ place }) => place.functionName).join(',');
  return {
    fromVersion: outputOf(results, ({ from }) => from),
    toVersion: outputOf(results, ({ to }) => to),
    toRelease: releaseOf(results),
    components: componentsOf(results.filter(({ to }) => to !== '')),
    moved: componentsOf(results.filter(({ moved }) => moved)),
    incidentAlias: outputOf(results, ({ incidentAlias }) => incidentAlias),
    movedAt: movedAtOf(results),
    restored: names(restored),
    failed: names(failed),
    due: names(due),
    succeeded: results.some(({ succeeded }) => succeeded === true),
    summary: summarize(order, results),
    failure: failed.length > 0 ? failureOf(order, failed, results) : undefined,
  };
}

function failureOf(
  { target }: RollbackOrder,
  failed: readonly Restored[],
  results: readonly Restored[],
): string {
  const others = results.length - failed.length;
  const head = `rollback: ${failed.length} of ${results.length} failed${others > 0 ? '; the others were rolled back or needed nothing' : ''}.`;
  const lines = failed.map((result) => `  ${describeRestored(result)}`);
  return [head, ...lines, ...(failed.every(({ moved }) => moved) ? [] : [nextOf(target)])].join('\n');
}

/** What to do where an alias is perhaps still where it was. */
function nextOf(target: string): string {
  if (target === beforeThisRun)
    return 'What this run has brought may serve still. Once the cause is gone, re-run its failed jobs: they finish the undoing.';
  return 'What was to be left may serve still. Once the cause is gone, run it again: what was rolled back needs nothing more.';
}

function componentsOf(results: readonly Restored[]): string {
  return results.map(({ place, to }) => `${place.functionName}=${to}`).join(',');
}

/** The value itself for one function; `function=value` for several. */
function outputOf(results: readonly Restored[], pick: (result: Restored) => string): string {
  const [only] = results;
  if (results.length === 1 && only) return pick(only);
  return results
    .filter((result) => pick(result) !== '')
    .map((result) => `${result.place.functionName}=${pick(result)}`)
    .join(',');
}

/** The moment in the name of the newest incident alias: another for each time that a run has something to roll back. */
function movedAtOf(results: readonly Restored[]): string {
  return (
    results
      .map(({ incidentAlias }) => incidentAlias.replace(/^incident-/, ''))
      .toSorted()
      .at(-1) ?? ''
  );
}

/** One release for all where they are on one. */
function releaseOf(results: readonly Restored[]): string {
  const releases = new Set(results.map(({ release }) => release).filter(Boolean));
  return releases.size === 1 ? [...releases].join() : outputOf(results, ({ release }) => release);
}

function summarize(order: RollbackOrder, results: readonly Restored[]): string {
  const rows = results.map(({ place, outcome, from, to, incidentAlias, note }) => [
    marks[outcome],
    `${place.functionName}:${place.alias}`,
    from,
    to,
    incidentAlias,
    note,
  ]);
  const title = order.dryRun ? 'Rollback (dry run)' : 'Rollback';
  const head = table(['', 'Alias', 'From', 'To', 'Incident alias', ''], rows);
  return `### ${title}\n\n> ${cell(order.reason)}\n\n${head}`;
}
