import { type Clock, formatDuration, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { isNamed } from './applied.ts';

/** How the step that ran the migrations ended, as GitHub says it. */
export const migrationOutcomes = ['success', 'failure', 'cancelled', 'skipped'] as const;
export type MigrationOutcome = (typeof migrationOutcomes)[number];

export interface CommandResult {
  /** Undefined when it was killed. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** The last line that it printed and that is not blank. */
  readonly lastLine: string;
}

export interface CommandLimits {
  /** Milliseconds, after which it and all that it started are killed. */
  readonly timeout: number;
  /** What it is told beside the environment of the step. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Shell {
  /** Runs it to its end, or kills it. */
  run(command: string, limits: CommandLimits): Promise<CommandResult>;
}

export interface UndoRequest {
  readonly outcome: MigrationOutcome;
  readonly undoCommand?: string;
  /** Prints the name of the last migration that the database has run. */
  readonly stateCommand?: string;
  /** The migration that the database had run last before; what undoing must lead back to. */
  readonly appliedThrough?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly subject: Subject;
}

export interface UndoResult {
  readonly report: GateReport;
  /** The last migration that the database has run; undefined when it is not known. */
  readonly state: string | undefined;
}

/** After migrations: takes them back where they failed, and tells the state that the database is left in. */
export async function afterMigration(request: UndoRequest, shell: Shell, clock: Clock): Promise<UndoResult> {
  const failed = request.outcome === 'failure' || request.outcome === 'cancelled';
  const undone = failed ? await undo(request, shell) : [];
  const state = failed ? await stateNow(request, shell) : undefined;
  const left = failed ? [...undone, stateFinding(request, state)] : [];
  // Last, so that what to do next comes first.
  const findings = [...left, migrationFinding(request.outcome, left)];
  return {
    report: {
      gate: 'schema-gate',
      decision: decide(findings),
      subject: request.subject,
      at: formatInstant(clock.now()),
      findings,
    },
    state,
  };
}

/** @param left what was found of the database since; where nothing of it stops, this is all that is read of a refusal. */
function migrationFinding(outcome: MigrationOutcome, left: readonly Finding[]): Finding {
  const common = { check: 'migration', seen: outcome };
  if (outcome === 'success') return { ...common, outcome: 'pass', message: 'The migrations ran.' };
  if (outcome === 'skipped')
    return { ...common, outcome: 'pass', message: 'No migration ran, so there is nothing to take back.' };
  return {
    ...common,
    outcome: 'fail',
    limit: 'success',
    message: [
      outcome === 'failure' ? 'The migrations failed.' : 'The migrations were cancelled.',
      ...(left.some((finding) => finding.outcome === 'fail') ? [] : left.map(({ message }) => message)),
    ].join(' '),
    remedy:
      outcome === 'failure'
        ? 'Their own step says why: mend it, and run the promotion again.'
        : 'Run the promotion again when it is to go on.',
  };
}

/** How both commands learn what undoing must lead back to. */
function limitsOf({ timeout, appliedThrough }: UndoRequest): CommandLimits {
  return { timeout, environment: appliedThrough === undefined ? {} : { APPLIED_THROUGH: appliedThrough } };
}

async function undo(request: UndoRequest, shell: Shell): Promise<readonly Finding[]> {
  const { undoCommand, timeout } = request;
  const common = { check: 'undo', limit: 'taken back' };
  if (undoCommand === undefined)
    return [
      {
        ...common,
        outcome: 'fail',
        seen: 'no command',
        message: 'Nothing takes back what the migrations did before they ended.',
        remedy: 'Look at the database, and take it back by hand; or give `undo-command`, for the next time.',
      },
    ];
  const result = await shell.run(undoCommand, limitsOf(request));
  if (result.exitCode === 0)
    return [
      { ...common, outcome: 'pass', seen: 'taken back', message: '`undo-command` took back what they did.' },
    ];
  return [
    {
      ...common,
      outcome: 'fail',
      seen: ending(result, timeout),
      message: `\`undo-command\` ${ending(result, timeout)}: the database may be left between two states.`,
      remedy:
        'Its output stands in the log of this step. Finish by hand what it began, before anything else runs.',
    },
  ];
}

function ending({ exitCode, timedOut }: CommandResult, timeout: number): string {
  if (timedOut) return `was killed after ${formatDuration(timeout)}`;
  return exitCode === undefined ? 'was killed' : `ended with ${exitCode}`;
}

/** What a migration may be named; anything else that a command prints might be anything, also a secret. */
const nameOfMigration = /^[\w.+-]{1,120}$/;

async function stateNow(request: UndoRequest, shell: Shell): Promise<string | undefined> {
  if (request.stateCommand === undefined) return undefined;
  const { exitCode, lastLine } = await shell.run(request.stateCommand, limitsOf(request));
  return exitCode === 0 && nameOfMigration.test(lastLine) ? lastLine : undefined;
}

function stateFinding({ stateCommand, appliedThrough }: UndoRequest, state: string | undefined): Finding {
  const before = appliedThrough === undefined ? undefined : oneLine(appliedThrough);
  const common = { check: 'state', limit: before ?? 'known' };
  if (state === undefined)
    return {
      ...common,
      outcome: 'fail',
      seen: 'not known',
      message:
        stateCommand === undefined
          ? 'What state the database is left in is not known.'
          : 'What state the database is left in is not known: `state-command` failed, or its last line is no name of a migration.',
      remedy:
        stateCommand === undefined
          ? 'Look at the database; or give `state-command`, for the next time.'
          : 'Look at the database, and at the output of `state-command` in the log of this step.',
    };
  if (before === undefined)
    return { ...common, outcome: 'info', seen: state, message: `The database has run ${state} last.` };
  if (isNamed(state, before) || isNamed(before, state))
    return {
      ...common,
      outcome: 'pass',
      seen: state,
      message: `The database has run ${state} last, as it had before.`,
    };
  return {
    ...common,
    outcome: 'fail',
    seen: state,
    message: `The database is left at ${state}; before the migrations it was at ${before}.`,
    remedy: `Take it back to ${before} by hand, or finish what failed, before a version runs that does not know it.`,
  };
}
