import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asText, asTexts, type Dictionary, resolve, type Scope, textOf } from '../expression/index.ts';
import { type Frame, frameEnv, frameScope, type Machine } from '../machine/index.ts';
import type { Conclusion, JobResult } from '../result/index.ts';
import type { StopReason } from '../setting/index.ts';
import { runPosts, runSteps, sendSignal } from '../step/index.ts';
import { foreignRunner, notRunOn, type StepsJob } from '../workflow/index.ts';
import { admit, protectionOf } from './approval.ts';
import type { Call } from './call.ts';
import { githubContext, type Place, runnerContext, runnerVariables } from './contexts.ts';
import { planIncident } from './incident.ts';
import { grant, levelOf } from './permissions.ts';

/** GitHub ends a job after so long when it does not say otherwise. Minutes. */
const LONGEST_JOB = 360;

export interface JobRun {
  readonly job: StepsJob;
  readonly result: JobResult;
  readonly call: Call;
  /** needs, matrix, strategy. */
  readonly contexts: Dictionary;
  /** The run's cancellation, and the matrix's when a sibling has failed. */
  readonly stop: AbortSignal;
}

export interface JobEnd {
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** What dependants see: `success` where the job may fail. */
  readonly result: Conclusion;
  /** It was not run: an earlier attempt had succeeded. */
  readonly kept?: boolean;
}

/** Runs one job on a virtual machine of its own. */
export async function runStepsJob(run: JobRun): Promise<JobEnd> {
  const { job, result, call } = run;
  const { setting } = call;
  const outside: Scope = { contexts: outsideContexts(run) };
  checkRunner(run, outside);
  const environment = environmentName(run, outside);
  if (environment !== undefined) {
    result.environment = environment;
    const admission = await admit(setting, result, environment);
    if (admission !== 'approved') return refused(admission === 'rejected' ? 'failure' : 'cancelled');
  }
  result.status = 'running';
  setting.observer.jobChanged?.(result);
  const mayFail = job.continueOnError ? textOf(resolve(job.continueOnError, outside)) === 'true' : false;
  const limit = new AbortController();
  const frame = await createFrame(run, limit, outside);
  const minutes = job.timeoutMinutes ? Number(asText(job.timeoutMinutes, outside)) : LONGEST_JOB;
  const callOff = setting.time.alarm(setting.time.now() + minutes * 60_000, () => {
    result.notes.push(`The job has exceeded its maximum execution time of ${minutes} minutes.`);
    limit.abort('cancelled' satisfies StopReason);
  });
  try {
    await runSteps(job.steps, frame);
    await runPosts(frame);
  } finally {
    callOff();
    for (const group of frame.machine.leftovers) sendSignal(-group, 'SIGKILL');
  }
  const conclusion = frame.machine.death.aborted
    ? 'failure'
    : frame.machine.stop.aborted
      ? 'cancelled'
      : frame.status;
  const outputs = jobOutputs(run, frame);
  return { conclusion, outputs, result: conclusion === 'failure' && mayFail ? 'success' : conclusion };
}

/** What the labels of a runner are is only known now where they are an expression. */
function checkRunner({ job }: JobRun, scope: Scope): void {
  const asked = job.runsOn ? resolve(job.runsOn, scope) : '';
  const labels = typeof asked === 'object' ? Object.values(asked ?? {}).flat() : [asked];
  const other = foreignRunner(labels.map(textOf));
  if (other) throw new Error(notRunOn(other));
}

function refused(conclusion: Conclusion): JobEnd {
  return { conclusion, outputs: {}, result: conclusion };
}

function outsideContexts(run: JobRun): Dictionary {
  const { call } = run;
  return {
    ...run.contexts,
    github: githubContext(call.setting),
    inputs: call.inputs,
    vars: call.setting.scenario.vars,
  };
}

function environmentName(run: JobRun, scope: Scope): string | undefined {
  if (!run.job.environment) return undefined;
  const value = resolve(run.job.environment, scope);
  const name = typeof value === 'object' && value !== null ? (value as Dictionary).name : value;
  return name === undefined || name === null || name === '' ? undefined : textOf(name);
}

async function createFrame(run: JobRun, limit: AbortController, outside: Scope): Promise<Frame> {
  const { job, result, call } = run;
  const { setting } = call;
  const folder = join(setting.folders.root, 'jobs', result.key.replace(/[^\w.-]+/g, '-'));
  const [, repository = 'repository'] = setting.repository.name.split('/');
  const granted = grant(job.permissions ?? call.workflow.permissions, call.granted);
  const token = await setting.issueToken(granted.rest === 'none' ? granted.scopes : granted.rest);
  const place: Place = {
    token,
    workflowReference:
      call.uses ?? `${setting.repository.name}/${call.workflow.path}@${setting.repository.ref}`,
    ...(result.environment === undefined ? {} : { environment: result.environment }),
    workspace: join(folder, 'work', repository, repository),
    temp: join(folder, 'temp'),
    job: job.id,
  };
  // Every attempt has a fresh machine.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(place.workspace, { recursive: true });
  const protection = result.environment === undefined ? undefined : protectionOf(setting, result.environment);
  const secrets = { ...call.secrets, ...protection?.secrets, GITHUB_TOKEN: token };
  for (const secret of Object.values(secrets)) setting.masks.add(secret);
  const contexts: Dictionary = {
    ...outside.contexts,
    github: githubContext(setting, place),
    runner: runnerContext(place),
    vars: { ...setting.scenario.vars, ...protection?.vars },
    secrets,
  };
  const death = new AbortController();
  const die = () => death.abort('killed' satisfies StopReason);
  const workflowEnv = asTexts(call.workflow.env, { contexts });
  const machine: Machine = {
    setting,
    result,
    stop: AbortSignal.any([run.stop, limit.signal, death.signal]),
    death: death.signal,
    workspace: place.workspace,
    temp: place.temp,
    contexts,
    variables: runnerVariables(setting, place, levelOf(granted, 'id-token') === 'write'),
    jobEnv: { ...workflowEnv, ...asTexts(job.env, { contexts: { ...contexts, env: workflowEnv } }) },
    defaults: [job.defaults, call.workflow.defaults],
    added: { env: {}, path: [] },
    posts: [],
    leftovers: new Set(),
    checkedOut: false,
  };
  setting.death.addEventListener('abort', die);
  machine.incident = planIncident(setting, () => machine, die);
  return { machine, steps: {}, env: {}, contexts: {}, status: 'success' };
}

/** GitHub drops an output that may hold a secret, with a warning. */
function jobOutputs(run: JobRun, frame: Frame): Record<string, string> {
  const { setting } = run.call;
  const scope = frameScope(frame, frameEnv(frame));
  const outputs: Record<string, string> = {};
  if (frame.machine.death.aborted) return outputs;
  for (const [name, value] of Object.entries(asTexts(run.job.outputs, scope))) {
    if (setting.masks.holdsSecret(value))
      run.result.notes.push(`Skip output '${name}' since it may contain secret.`);
    else outputs[name] = value;
  }
  return outputs;
}
