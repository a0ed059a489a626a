import { formatInstant } from '../clock/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { table } from '../markdown/index.ts';
import type { Brought } from './bringing.ts';
import { withItem } from './notes.ts';
import type { RestoreItem, RestorePoint } from './restore-point.ts';

/** What a step did to the flags of one environment. */
export interface FlagsResult {
  readonly report: GateReport;
  /** Keys, in the order in which they were seen to. */
  readonly flags: readonly string[];
  /** Also those of which it is not known whether a failed change took effect. */
  readonly changed: readonly string[];
  readonly waiting: readonly string[];
  readonly links: readonly string[];
  /** Of all attempts of the run, where they are noted down. */
  readonly restorePoint: RestorePoint;
  /** What was changed, or would be: flag and line. */
  readonly changes: readonly (readonly [string, string])[];
}

export const flagFinding = (
  subject: string,
  outcome: Finding['outcome'],
  seen: string,
  message: string,
): Finding => ({ check: 'flag', subject, outcome, seen, message });

/** A flag that stands in the way. */
export const flagRefusal = (
  subject: string,
  told: Pick<Finding, 'seen' | 'limit' | 'message' | 'remedy'>,
): Finding => ({ check: 'flag', subject, outcome: 'fail', ...told });

/** What became of a flag, as the gate tells it. */
export function findingOf(key: string, target: string, brought: Brought | undefined, verb: string): Finding {
  if (!brought)
    return {
      ...flagRefusal(key, {
        seen: 'left alone',
        limit: 'as it is to be',
        message: `\`${key}\` was left alone, for the step ended before it.`,
        remedy: 'Mend what failed, if anything did, and run again: what was done is found done.',
      }),
      outcome: 'hold',
    };
  switch (brought.outcome) {
    case 'same':
      return flagFinding(key, 'pass', 'nothing to do', `\`${key}\` in ${target} is as it is to be.`);
    case 'changed':
      return flagFinding(
        key,
        'pass',
        brought.changes.join('; '),
        `\`${key}\` in ${target} was ${verb}, and reads as it is to be.`,
      );
    case 'waiting': {
      const { message, remedy } = brought;
      const told = { seen: 'waiting for approval', limit: 'approved', message, remedy };
      return { ...flagRefusal(key, told), outcome: 'hold' };
    }
    case 'failed': {
      const { message, remedy } = brought;
      return flagRefusal(key, { seen: 'not done', limit: 'as it is to be', message, remedy });
    }
  }
}

interface Told {
  readonly subject: Subject;
  readonly project: string;
  readonly target: string;
  readonly now: number;
  readonly findings: readonly Finding[];
  readonly results?: ReadonlyMap<string, Brought>;
  readonly flags?: readonly string[];
  readonly changes?: readonly (readonly [string, string])[];
  /** What attempts before this one noted down. */
  readonly earlier?: RestoreItem[];
}

export function resultOf({
  subject,
  project,
  target,
  now,
  findings,
  flags = [],
  ...told
}: Told): FlagsResult {
  const results = [...(told.results ?? [])];
  const restores = results.flatMap(([, it]) => ('restore' in it && it.restore ? [it.restore] : []));
  return {
    report: {
      gate: 'sync-flags',
      decision: decide(findings),
      subject,
      at: formatInstant(now),
      findings,
    },
    flags,
    changed: restores.map(({ flag }) => flag),
    waiting: results.filter(([, it]) => it.outcome === 'waiting').map(([key]) => key),
    links: results.flatMap(([, it]) => (it.outcome === 'waiting' ? [it.link] : [])),
    restorePoint: { project, environment: target, flags: restores.reduce(withItem, told.earlier ?? []) },
    changes:
      told.changes ??
      results.flatMap(([key, it]) =>
        it.outcome === 'changed' ? it.changes.map((line) => [key, line] as const) : [],
      ),
  };
}

/** The changes as a table for the summary; empty without any. */
export function renderChanges({ changes }: FlagsResult, dryRun: boolean): string {
  if (changes.length === 0) return '';
  const heading = dryRun ? 'What would be changed' : 'What was changed';
  return `\n#### ${heading}\n\n${table(
    ['Flag', 'Change'],
    changes.map(([key, line]) => [key, line]),
  )}`;
}
