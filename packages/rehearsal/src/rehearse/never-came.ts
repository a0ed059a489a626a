import type { InjectedFault, JournalEntry } from '@promo-actions/sandbox';
import type { Expectation } from '../result/index.ts';
import type { Setting } from '../setting/index.ts';

/**
 * What the scenario plans and what never came: a death at a step that nobody runs, a fault of an operation that nobody
 * calls. A scenario that plans harm expects it, or it would show nothing.
 */
export function neverCame(setting: Setting, faults: readonly InjectedFault[]): readonly Expectation[] {
  const { scenario, rehearsal, incident } = setting;
  const { cancel, kill } = scenario;
  const plan = cancel ?? kill;
  const unmet: Expectation[] = [];
  if (plan && rehearsal.attempt === 1 && !incident.happened) {
    const what = cancel ? 'cancel' : 'kill';
    const steps = rehearsal.jobs.flatMap((job) => job.steps.map(({ name }) => `${job.key} ▸ ${name}`));
    unmet.push(
      'call' in plan
        ? never(`${what} at call ${plan.call}`, `the run made ${rehearsal.journal.length} calls`)
        : never(`${what} at step ${plan.step}`, `no such step ran for so long; there were ${list(steps)}`),
    );
  }
  faults.forEach(({ fault, struck }, index) => {
    if (struck > 0 || fault.probability !== undefined) return;
    const calls = (rehearsal.journal as readonly JournalEntry[]).filter(
      ({ service }) => service === fault.service,
    );
    const made = [...new Set(calls.map(({ operation }) => operation))].sort();
    unmet.push(
      never(
        `fault ${index + 1}, of ${[fault.service, fault.operation].filter(Boolean).join(' ')}`,
        `the run called ${list(made)} of it`,
      ),
    );
  });
  return unmet;
}

function never(what: string, why: string): Expectation {
  return { what, expected: 'comes', seen: `never: ${why}`, met: false };
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'nothing';
}
