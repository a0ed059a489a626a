import { asText, type Dictionary, holds, resolve, type Scope, type Status } from '../expression/index.ts';
import type { Conclusion, JobResult } from '../result/index.ts';
import { type Job, literal, type Workflow } from '../workflow/index.ts';
import { type Call, callInputs, callSecrets } from './call.ts';
import { githubContext } from './contexts.ts';
import { combinationName, readStrategy } from './matrix.ts';
import { grant } from './permissions.ts';
import { type JobEnd, runStepsJob } from './steps-job.ts';

export interface WorkflowEnd {
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** Nothing of it was run: an earlier attempt had succeeded. */
  readonly kept: boolean;
}

/** A job's end, with the ends of everything it stood upon. */
interface Ended extends JobEnd {
  readonly id: string;
  readonly ancestors: ReadonlyMap<string, Ended>;
}

/** Runs the jobs of a workflow, each as soon as those that it needs have ended. */
export async function runWorkflow(call: Call): Promise<WorkflowEnd> {
  const { workflow, setting } = call;
  const results = new Map(workflow.jobs.map((job) => [job.id, planned(job, call)]));
  const started = new Map<string, Promise<Ended>>();
  const start = (id: string): Promise<Ended> => {
    const known = started.get(id);
    if (known) return known;
    const job = workflow.jobs.find((one) => one.id === id);
    const result = results.get(id);
    if (!job || !result) throw new Error(`There is no job ${id} in ${workflow.path}.`);
    const running = Promise.all(job.needs.map(start)).then((needs) =>
      setting.time.working(() => runJob(job, result, needs, call)),
    );
    started.set(id, running);
    return running;
  };
  const ends = await Promise.all(workflow.jobs.map((job) => start(job.id)));
  return {
    conclusion: combined(ends.map((end) => end.result)),
    outputs: workflowOutputs(workflow, call, ends),
    kept: ends.every((end) => end.kept),
  };
}

function planned(job: Job, call: Call): JobResult {
  const { rehearsal } = call.setting;
  const result: JobResult = {
    key: keyOf(job, call),
    id: job.id,
    name: fullName(call, literal(job.name) ?? job.id),
    kind: job.kind === 'call' ? 'call' : 'job',
    ...(job.kind === 'call' ? { uses: job.uses } : {}),
    ...(call.parent ? { parent: call.parent.key } : {}),
    needs: job.needs,
    status: 'waiting',
    approvals: [],
    outputs: {},
    notes: [],
    steps: [],
  };
  rehearsal.jobs.push(result);
  return result;
}

/** A job's name behind those of the jobs that called its workflow. */
function fullName(call: Call, name: string): string {
  return call.parent ? `${call.parent.name} / ${name}` : name;
}

function keyOf(job: Job, call: Call): string {
  return call.parent ? `${call.parent.key}/${job.id}` : job.id;
}

async function runJob(job: Job, result: JobResult, needs: readonly Ended[], call: Call): Promise<Ended> {
  const ancestors = new Map(needs.flatMap((need) => [...need.ancestors, [need.id, need] as const]));
  const ended = (end: JobEnd): Ended => ({ ...end, id: job.id, ancestors });
  const contexts = {
    github: githubContext(call.setting),
    inputs: call.inputs,
    vars: call.setting.scenario.vars,
    needs: Object.fromEntries(
      needs.map((need) => [need.id, { result: need.result, outputs: { ...need.outputs } }]),
    ),
  };
  const status = statusAfter(ancestors, call);
  try {
    if (!holds(job.condition, { contexts, status })) {
      const conclusion = status.cancelled() && status.success([]) ? 'cancelled' : 'skipped';
      const kept = needs.every((need) => need.kept);
      return ended(finish(result, call, { conclusion, outputs: {}, result: conclusion, kept }));
    }
    return ended(await runCombinations(job, result, needs, contexts, call));
  } catch (error) {
    result.notes.push(`${job.place.file}:${job.place.line}: ${(error as Error).message}`);
    return ended(finish(result, call, { conclusion: 'failure', outputs: {}, result: 'failure' }));
  }
}

/** What `success()` and its siblings mean for a job: of everything before it, or of the named jobs. */
function statusAfter(ancestors: ReadonlyMap<string, Ended>, call: Call): Status {
  const of = (names: readonly string[]) =>
    (names.length > 0 ? names : [...ancestors.keys()]).map((id) => ancestors.get(id)?.result);
  const cancelled = () => call.setting.stop.aborted;
  return {
    success: (names) => of(names).every((result) => result === 'success'),
    failure: (names) => !cancelled() && of(names).includes('failure'),
    cancelled,
  };
}

async function runCombinations(
  job: Job,
  result: JobResult,
  needs: readonly Ended[],
  contexts: Dictionary,
  call: Call,
): Promise<JobEnd> {
  const { combinations, failFast, maxParallel } = readStrategy(
    job.strategy ? resolve(job.strategy, { contexts }) : undefined,
  );
  const failed = new AbortController();
  // A job that begins after the run was cancelled has asked to (`always()`), so the cancellation does not stop it.
  const stop = AbortSignal.any(
    call.setting.stop.aborted ? [failed.signal] : [call.setting.stop, failed.signal],
  );
  const results = combinations.map((combination, index) => place(result, combination, index, call));
  const ends: JobEnd[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < combinations.length; index = next++) {
      const matrix = combinations[index] ?? {};
      const own = results[index] ?? result;
      const strategy = {
        'fail-fast': failFast,
        'job-index': index,
        'job-total': combinations.length,
        'max-parallel': Math.min(maxParallel, combinations.length),
      };
      const run = { job, result: own, contexts: { ...contexts, matrix, strategy }, stop, call };
      const end = stop.aborted
        ? finish(own, call, { conclusion: 'cancelled', outputs: {}, result: 'cancelled' })
        : (keptEnd(job, own, needs, call) ?? (await runOne(run)));
      ends.push(end);
      if (end.result === 'failure' && failFast) failed.abort('cancelled');
    }
  };
  const working = () => call.setting.time.working(worker);
  const workers = () =>
    Promise.all(Array.from({ length: Math.min(maxParallel, combinations.length) }, working));
  await call.setting.time.handingOver(workers);
  const outputs = Object.assign({}, ...ends.map((end) => withoutEmpty(end.outputs)));
  return {
    conclusion: combined(ends.map((end) => end.conclusion)),
    outputs,
    result: combined(ends.map((end) => end.result)),
    kept: ends.every((end) => end.kept),
  };
}

/** The end of a job that an earlier attempt has brought to success, unless something that it needs is run again. */
function keptEnd(job: Job, result: JobResult, needs: readonly Ended[], call: Call): JobEnd | undefined {
  const former = call.setting.kept.get(result.key);
  if (!former || job.kind === 'call' || !needs.every((need) => need.kept)) return undefined;
  result.notes.push('succeeded in an earlier attempt, so it was not run again');
  return finish(result, call, {
    conclusion: 'success',
    outputs: former.outputs,
    result: 'success',
    kept: true,
  });
}

/** The result of one combination: the planned one for the first, siblings of it for the others. */
function place(planned: JobResult, combination: Dictionary, index: number, call: Call): JobResult {
  const suffix = combinationName(combination);
  if (index === 0) {
    const { jobs } = call.setting.rehearsal;
    const own = suffix === '' ? planned : { ...planned, key: planned.key + suffix };
    jobs.splice(jobs.indexOf(planned), 1, own);
    own.name += suffix;
    return own;
  }
  const sibling: JobResult = {
    ...planned,
    key: planned.key + suffix,
    name: planned.name + suffix,
    approvals: [],
    notes: [],
    steps: [],
    outputs: {},
  };
  const { jobs } = call.setting.rehearsal;
  const before = jobs.findLastIndex(({ key }) => key === planned.key || key.startsWith(`${planned.key} (`));
  jobs.splice(before + 1, 0, sibling);
  return sibling;
}

interface OneRun {
  readonly job: Job;
  readonly result: JobResult;
  readonly contexts: Dictionary;
  readonly stop: AbortSignal;
  readonly call: Call;
}

async function runOne(run: OneRun): Promise<JobEnd> {
  const { job, result, call } = run;
  const { setting } = call;
  result.start = setting.time.now();
  result.realStart = Date.now();
  try {
    if (job.name) result.name = fullName(call, asText(job.name, { contexts: run.contexts }));
    noteConcurrency(run);
    const end = job.kind === 'call' ? await runCall(run, job) : await runStepsJob({ ...run, job });
    return finish(result, call, end);
  } catch (error) {
    result.notes.push(`${job.place.file}:${job.place.line}: ${(error as Error).message}`);
    return finish(result, call, { conclusion: 'failure', outputs: {}, result: 'failure' });
  }
}

/** One rehearsal is one run, so nobody else is in its groups: it is only said which they are. */
function noteConcurrency(run: OneRun): void {
  const { concurrency } = run.job;
  if (!concurrency) return;
  const group = asText(concurrency.group, { contexts: run.contexts });
  const queue = concurrency.queue === 'max' ? ', in a queue' : '';
  run.result.notes.push(`concurrency group ${group}${queue}: alone in it here`);
}

async function runCall(run: OneRun, job: Extract<Job, { kind: 'call' }>): Promise<JobEnd> {
  const { result, call } = run;
  result.status = 'running';
  call.setting.observer.jobChanged?.(result);
  const scope: Scope = { contexts: { ...run.contexts, secrets: call.secrets } };
  const inner: Call = {
    setting: { ...call.setting, stop: run.stop },
    workflow: job.workflow,
    inputs: callInputs(job, scope),
    secrets: callSecrets(job, scope, call.secrets),
    granted: grant(job.permissions ?? call.workflow.permissions, call.granted),
    ...(job.uses.includes('@') ? { uses: job.uses } : {}),
    parent: { key: result.key, name: result.name },
  };
  const end = await call.setting.time.handingOver(() => runWorkflow(inner));
  return { ...end, result: end.conclusion };
}

function finish(result: JobResult, call: Call, end: JobEnd): JobEnd {
  const { setting } = call;
  result.status = 'ended';
  result.conclusion = end.conclusion;
  result.outputs = { ...end.outputs };
  result.notes = result.notes.map(setting.masks.hide);
  if (result.start !== undefined) {
    result.end = setting.time.now();
    result.realEnd = Date.now();
  }
  setting.observer.jobChanged?.(result);
  return end;
}

/** GitHub's order: one failure fails the whole, one cancellation cancels it; skipped only when all were. */
function combined(conclusions: readonly Conclusion[]): Conclusion {
  for (const worst of ['failure', 'cancelled'] as const) if (conclusions.includes(worst)) return worst;
  return conclusions.length > 0 && conclusions.every((one) => one === 'skipped') ? 'skipped' : 'success';
}

function workflowOutputs(workflow: Workflow, call: Call, ends: readonly Ended[]): Record<string, string> {
  const jobs = Object.fromEntries(
    ends.map((end) => [end.id, { result: end.result, outputs: { ...end.outputs } }]),
  );
  const contexts = {
    github: githubContext(call.setting),
    inputs: call.inputs,
    vars: call.setting.scenario.vars,
    jobs,
  };
  return Object.fromEntries(workflow.callOutputs.map(([name, value]) => [name, asText(value, { contexts })]));
}

function withoutEmpty(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== ''));
}
