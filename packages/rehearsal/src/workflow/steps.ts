import type { Action, StandInAction, Step, Template } from './model.ts';
import * as tokens from './tokens.ts';

/** Shells that a rehearsal runs, by the first word of `shell`. */
export const SHELLS: readonly string[] = ['bash', 'sh'];

const BACKGROUND = ['background', 'parallel', 'wait', 'wait-all', 'cancel'];

export type FindAction = (uses: string, token: Template) => Action | undefined;

/** The steps of a job or of a composite action. */
export function readSteps(written: Template | undefined, reading: tokens.Reading, find: FindAction): Step[] {
  return tokens.items(written).flatMap((body) => readStep(body, reading, find) ?? []);
}

function readStep(body: Template, reading: tokens.Reading, find: FindAction): Step | undefined {
  for (const feature of BACKGROUND) {
    const key = tokens.fieldKey(body, feature);
    if (key) tokens.refuse(reading, key, `a rehearsal does not run \`${feature}\` in steps`);
  }
  const id = tokens.text(tokens.field(body, 'id'));
  const head = {
    ...(id ? { id } : {}),
    place: tokens.placeOf(reading, body),
    condition: tokens.condition(reading, body),
    ...tokens.presentMappings(body, { env: 'env' }),
    ...tokens.present(body, {
      name: 'name',
      continueOnError: 'continue-on-error',
      timeoutMinutes: 'timeout-minutes',
    }),
  };
  const uses = tokens.field(body, 'uses');
  if (uses) {
    const name = tokens.text(uses) ?? '';
    const action = find(name, uses);
    if (!action) return undefined;
    if (action.kind === 'stand-in') checkInputs(action, tokens.field(body, 'with'), reading);
    return { kind: 'action', ...head, uses: name, action, ...tokens.presentMappings(body, { with: 'with' }) };
  }
  const run = tokens.field(body, 'run');
  if (!run) return undefined;
  const shell = tokens.field(body, 'shell');
  checkShell(shell, reading);
  return {
    kind: 'script',
    ...head,
    run,
    ...tokens.present(body, { shell: 'shell', workingDirectory: 'working-directory' }),
  };
}

function checkInputs(action: StandInAction, given: Template | undefined, reading: tokens.Reading): void {
  for (const [name, , key] of tokens.entries(given)) {
    if (action.inputs.includes(name.toLowerCase())) continue;
    tokens.refuse(
      reading,
      key,
      `the rehearsal's stand-in for ${action.name} does not play its input ${name}; it plays ${action.inputs.join(', ')}`,
    );
  }
}

/** Refuses a shell that a rehearsal does not have, where the file names it outright. */
export function checkShell(shell: Template | undefined, reading: tokens.Reading): void {
  const name = tokens.text(shell);
  if (!shell || name === undefined || SHELLS.includes(name.split(' ')[0] ?? '')) return;
  tokens.refuse(
    reading,
    shell,
    `a rehearsal does not run \`shell: ${name}\`; it runs ${SHELLS.join(' and ')}`,
  );
}
