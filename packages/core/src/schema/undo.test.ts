import { expect, test } from '@jest/globals';
import { afterMigration, type CommandResult, type UndoRequest } from './index.ts';

const clock = { now: () => 0, sleep: async () => {} };
const ended = (over: Partial<CommandResult> = {}): CommandResult => ({
  exitCode: 0,
  timedOut: false,
  lastLine: '',
  ...over,
});

/** The commands that were run, and what was found. */
async function after(over: Partial<UndoRequest>, answers: Readonly<Record<string, CommandResult>> = {}) {
  const ran: string[] = [];
  const { report, state } = await afterMigration(
    { outcome: 'failure', timeout: 60_000, subject: {}, ...over },
    {
      run: async (command, { environment: { APPLIED_THROUGH = '' } }) => {
        ran.push([command, APPLIED_THROUGH].join(' ').trim());
        return answers[command] ?? ended();
      },
    },
    clock,
  );
  return { ran, state, decision: report.decision, told: report.findings };
}

test('nothing is taken back where migrations ran, or none did', async () => {
  for (const outcome of ['success', 'skipped'] as const)
    expect(await after({ outcome, undoCommand: 'undo', stateCommand: 'state' })).toMatchObject({
      ran: [],
      decision: 'pass',
    });
});

test('failed and cancelled ones are taken back first, then the state is asked; the gate fails all the same', async () => {
  for (const outcome of ['failure', 'cancelled'] as const) {
    const request = { outcome, undoCommand: 'undo', stateCommand: 'state', appliedThrough: 'V12' };
    const { ran, decision, state, told } = await after(request, { state: ended({ lastLine: 'V12__add' }) });
    expect([ran, decision, state]).toEqual([['undo V12', 'state V12'], 'fail', 'V12__add']);
    expect(told.map(({ check, outcome: found }) => `${check} ${found}`)).toEqual([
      'undo pass',
      'state pass',
      'migration fail',
    ]);
    expect(told.at(-1)?.message).toMatch(
      /^The migrations (failed|were cancelled)\. `undo-command` took back what they did\. The database has run V12__add last, as it had before\.$/,
    );
  }
});

test.each<[string, Partial<UndoRequest>, Record<string, CommandResult>, string]>([
  ['no command', {}, {}, 'Nothing takes back what the migrations did'],
  [
    'a command that fails',
    { undoCommand: 'undo' },
    { undo: ended({ exitCode: 3 }) },
    '`undo-command` ended with 3: the database may be left between two states.',
  ],
  [
    'a command that hangs',
    { undoCommand: 'undo' },
    { undo: ended({ exitCode: undefined, timedOut: true }) },
    '`undo-command` was killed after 1m',
  ],
  ['no state', { undoCommand: 'undo' }, {}, 'What state the database is left in is not known.'],
  [
    'a state that cannot be asked',
    { stateCommand: 'state' },
    { state: ended({ exitCode: 1, lastLine: 'V12' }) },
    '`state-command` failed, or its last line is no name of a migration',
  ],
  [
    'another state than before',
    { stateCommand: 'state', appliedThrough: 'V12' },
    { state: ended({ lastLine: 'V13' }) },
    'The database is left at V13; before the migrations it was at V12.',
  ],
])('%s is told', async (_, request, answers, message) => {
  const { told } = await after(request, answers);
  expect(told.map((finding) => finding.message).join('\n')).toContain(message);
  for (const { outcome, remedy, limit } of told)
    if (outcome === 'fail') expect([Boolean(remedy), Boolean(limit)]).toEqual([true, true]);
});

test('what a command prints is told only when it is a name', async () => {
  const url = ended({ lastLine: 'postgres://app:hunter2@db/prod' });
  const result = await after({ stateCommand: 'state' }, { state: url });
  expect(result.state).toBeUndefined();
  expect(JSON.stringify(result)).not.toContain('hunter2');
});
