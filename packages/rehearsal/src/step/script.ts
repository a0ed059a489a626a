import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { asText, type Scope } from '../expression/index.ts';
import type { StepDone, StepTask } from '../machine/index.ts';
import { type ScriptStep, SHELLS } from '../workflow/index.ts';
import { runTool } from './environment.ts';

/** GitHub's own commands for a shell given by name, and for none given. */
const TEMPLATES: Readonly<Record<string, string>> = {
  '': 'bash -e {0}',
  bash: 'bash --noprofile --norc -eo pipefail {0}',
  sh: 'sh -e {0}',
};

/** A `run` step: its script, expressions evaluated, in a file that the shell executes. */
export async function runScript(step: ScriptStep, scope: Scope, task: StepTask): Promise<StepDone> {
  const { machine, log } = task;
  const failed: StepDone = { conclusion: 'failure', outputs: {} };
  const setting = (own: 'shell' | 'workingDirectory') =>
    [step, ...machine.defaults].map((place) => place[own]).find((token) => token !== undefined);
  const shellToken = setting('shell');
  const shell = shellToken ? asText(shellToken, scope) : '';
  const name = shell.split(' ')[0] ?? '';
  if (name !== '' && !SHELLS.includes(name)) {
    log.annotate('error', `A rehearsal does not run \`shell: ${shell}\`; it runs ${SHELLS.join(' and ')}.`);
    return failed;
  }
  const folderToken = setting('workingDirectory');
  const folder = resolvePath(machine.workspace, folderToken ? asText(folderToken, scope) : '.');
  if (!existsSync(folder)) {
    log.annotate(
      'error',
      `The working directory ${folder} does not exist. Has the job checked out the repository?`,
    );
    return failed;
  }
  const file = join(machine.temp, `${randomUUID()}.sh`);
  writeFileSync(file, asText(step.run, scope));
  const [command = 'bash', ...words] = (TEMPLATES[shell] ?? shell).split(/\s+/);
  return runTool(task, {
    command,
    arguments: words.map((word) => word.replaceAll('{0}', file)),
    folder,
    variables: {},
  });
}
