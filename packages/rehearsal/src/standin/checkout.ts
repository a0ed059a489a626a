import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import type { StepTask } from '../machine/index.ts';
import type { StandIn } from './stand-in.ts';

const run = promisify(execFile);
const NEVER = new Set(['.git', 'node_modules', '.promo']);

/** Copies the repository as it is on this machine into the job's workspace, as a Git repository of one commit. */
export const checkout: StandIn = {
  inputs: [
    ...['repository', 'ref', 'token', 'path', 'persist-credentials', 'fetch-depth', 'fetch-tags', 'clean'],
    ...['show-progress', 'submodules', 'lfs'],
  ],
  async play(inputs, task) {
    const { setting, workspace } = task.machine;
    const { repository } = setting;
    if (inputs.repository && inputs.repository.toLowerCase() !== repository.name.toLowerCase()) {
      throw new Error(`The rehearsal has only ${repository.name}, not the repository ${inputs.repository}.`);
    }
    const source = setting.folders.trees.repository;
    const target = resolve(workspace, inputs.path ?? '.');
    if (target !== workspace && !target.startsWith(workspace + sep)) {
      throw new Error(`Repository path '${target}' is not under '${workspace}'`);
    }
    const files = await filesOf(source);
    for (const file of files) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      // A link stays as it is written: made absolute, it would lead out of the copy, into the repository itself.
      await cp(join(source, file), join(target, file), { recursive: true, verbatimSymlinks: true });
    }
    const laid = Object.entries(setting.scenario.files);
    for (const [file, contents] of laid) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      // Removed first, so that nothing is written through a link.
      await rm(join(target, file), { force: true });
      await writeFile(join(target, file), contents);
    }
    await commit(target, task);
    task.machine.checkedOut = true;
    task.log.line(
      `Copied ${files.length} files of ${repository.name} as they are on this machine${inputs.ref ? `, for ${inputs.ref}` : ''}${laid.length > 0 ? `; ${laid.map(([file]) => file).join(', ')} as the scenario has them` : ''}.`,
    );
    return { ref: inputs.ref || repository.ref, commit: repository.sha };
  },
};

/** What Git knows of and does not ignore; without Git, everything but what no repository holds. */
async function filesOf(source: string): Promise<string[]> {
  try {
    const { stdout } = await run('git', ['ls-files', '-coz', '--exclude-standard'], {
      cwd: source,
      maxBuffer: 2 ** 28,
    });
    const { stdout: gone } = await run('git', ['ls-files', '-dz'], { cwd: source, maxBuffer: 2 ** 28 });
    const deleted = new Set(gone.split('\0'));
    return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && !deleted.has(file));
  } catch {
    return everythingIn(source);
  }
}

async function everythingIn(source: string): Promise<string[]> {
  return (await readdir(source)).filter((name) => !NEVER.has(name));
}

/** A history of one commit, so that steps that ask Git find one. Without Git on this machine there is none. */
async function commit(target: string, task: StepTask): Promise<void> {
  const { repository, time } = task.machine.setting;
  const date = new Date(time.now()).toISOString();
  const env = {
    PATH: task.machine.setting.environment.PATH ?? '',
    HOME: target,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  const identity = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost'];
  const branch = repository.ref.replace(/^refs\/(heads|tags)\//, '');
  try {
    await run('git', ['init', '--quiet', `--initial-branch=${branch}`], { cwd: target, env });
    await run('git', ['add', '--all'], { cwd: target, env });
    await run(
      'git',
      [...identity, 'commit', '--quiet', '--allow-empty', '-m', 'The repository as rehearsed'],
      {
        cwd: target,
        env,
      },
    );
  } catch (error) {
    task.log.line(`Git could not make a history of it: ${(error as Error).message.split('\n')[0]}`);
  }
}
