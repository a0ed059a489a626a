import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as actions from '@actions/core';
import type { Log, RunContext, Runner } from '@promo-actions/core/action';
import { OutsideError } from '@promo-actions/core/errors';
import { machineClock } from '../machine-clock/index.ts';

/** GitHub shows ten annotations of a kind for a step; the rest go to the log alone. */
const annotationLimit = 10;

/** GitHub cuts an annotation's text here. */
const annotationLength = 4_096;

/** A text that an annotation can show; a longer one is in the log whole. */
function shortened(message: string): string {
  const notice = ' … (the whole is in the log)';
  return message.length > annotationLength
    ? message.slice(0, annotationLength - notice.length) + notice
    : message;
}

/** The machine that GitHub's runner starts a step on: its inputs, files, workflow commands and signals. */
export function actionsRunner(): { readonly runner: Runner; failed(): boolean } {
  let hasFailed = false;
  const runner: Runner = {
    log: runnerLog(),
    clock: machineClock,
    context: runContext(process.env),
    input: (name) => actions.getInput(name),
    readFile: readCheckoutFile,
    mask: (secret) => actions.setSecret(secret),
    output: (name, value) => actions.setOutput(name, value),
    summary: appendSummary,
    saveState: (name, value) => actions.saveState(name, value),
    state: (name) => actions.getState(name),
    fail(message) {
      hasFailed = true;
      if (message.length > annotationLength) actions.info(plain(message));
      actions.setFailed(shortened(message));
    },
    onCancel(listener) {
      process.once('SIGINT', listener);
      process.once('SIGTERM', listener);
    },
  };
  return { runner, failed: () => hasFailed };
}

function runnerLog(): Log {
  const limited = (annotate: (message: string) => void) => {
    let left = annotationLimit;
    return (message: string) => {
      if (left-- <= 0 || message.length > annotationLength) actions.info(plain(message));
      if (left >= 0) annotate(shortened(message));
    };
  };
  return {
    info: (message) => actions.info(plain(message)),
    debug: (message) => actions.debug(message),
    notice: limited((message) => actions.notice(message)),
    warning: limited((message) => actions.warning(message)),
    error: limited((message) => actions.error(message)),
    group: (title, work) => actions.group(title, work),
  };
}

/** The runner takes a line that begins with `::`, or holds `##[`, for a command; what others wrote must be none. */
function plain(message: string): string {
  return message.replace(/^(\s*):(?=:)/gm, '$1:\u200b').replaceAll('##[', '##\u200b[');
}

function runContext(env: NodeJS.ProcessEnv): RunContext {
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com';
  const repository = env.GITHUB_REPOSITORY ?? '';
  const runId = env.GITHUB_RUN_ID ?? '';
  return {
    repository,
    runId,
    runAttempt: Number(env.GITHUB_RUN_ATTEMPT ?? '1'),
    runUrl: `${server}/${repository}/actions/runs/${runId}`,
    actor: env.GITHUB_ACTOR ?? '',
    workflow: env.GITHUB_WORKFLOW ?? '',
    job: env.GITHUB_JOB ?? '',
    ref: env.GITHUB_REF ?? '',
    sha: env.GITHUB_SHA ?? '',
  };
}

async function readCheckoutFile(path: string): Promise<string | undefined> {
  const workspace = process.env.GITHUB_WORKSPACE ?? process.cwd();
  try {
    return await readFile(isAbsolute(path) ? path : join(workspace, path), 'utf8');
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new OutsideError({
      what: `${path} of the checkout could not be read`,
      code: String(error.code),
      remedy: 'Give the path of a file that the job may read',
      cause: error,
    });
  }
}

async function appendSummary(markdown: string): Promise<void> {
  if (process.env.GITHUB_STEP_SUMMARY) await actions.summary.addRaw(markdown, true).write();
}
