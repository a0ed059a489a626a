import type { Sandbox } from '@promo-actions/sandbox';
import type { JobResult, Rehearsal } from '../result/index.ts';
import type { ScenarioFile } from '../scenario/index.ts';
import type { Setting } from '../setting/index.ts';

/** The ways in which an attempt can be ended from outside. */
export function createEnds(): Pick<Setting, 'stop' | 'cancel' | 'death' | 'die' | 'incident'> {
  const [stop, death] = [new AbortController(), new AbortController()];
  return {
    stop: stop.signal,
    cancel: () => stop.abort('cancelled'),
    death: death.signal,
    die: () => death.abort('killed'),
    incident: { happened: false },
  };
}

/** The same run again, without the jobs that have succeeded. */
export function nextAttempt(setting: Setting): Setting {
  const { rehearsal } = setting;
  const { end: _, outcome: __, realMilliseconds: ___, ...run } = rehearsal;
  return {
    ...setting,
    ...createEnds(),
    kept: succeeded(rehearsal.jobs),
    rehearsal: {
      ...run,
      attempt: rehearsal.attempt + 1,
      start: setting.time.now(),
      notes: [],
      jobs: [],
      journal: [],
      expectations: [],
    },
  };
}

/** Jobs that need not be run again, by key. */
export function succeeded(jobs: readonly JobResult[]): ReadonlyMap<string, JobResult> {
  const done = jobs.filter(({ kind, conclusion }) => kind === 'job' && conclusion === 'success');
  return new Map(done.map((job) => [job.key, job]));
}

/** Runs failed jobs again once, so long after their end as the scenario says. */
export async function rerunDue(
  ended: Rehearsal,
  { scenario }: ScenarioFile,
  sandbox: Sandbox,
): Promise<boolean> {
  if (scenario.rerun === undefined || ended.attempt > 1 || ended.outcome === 'success') return false;
  await sandbox.clock.advance(scenario.rerun);
  return true;
}
