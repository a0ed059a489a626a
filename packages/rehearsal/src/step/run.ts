import { asText, asTexts, holds, resolve, type Scope, textOf } from '../expression/index.ts';
import {
  type Frame,
  frameEnv,
  frameScope,
  type Machine,
  type Post,
  type StepDone,
  type StepTask,
  statusOf,
  taskOf,
} from '../machine/index.ts';
import type { Conclusion, StepResult } from '../result/index.ts';
import type { StopReason } from '../setting/index.ts';
import { playStandIn } from '../standin/index.ts';
import type { ActionStep, CompositeAction, NodeAction, Step } from '../workflow/index.ts';
import { actionInputs } from './action-inputs.ts';
import { runNodeAction } from './node-action.ts';
import { runScript } from './script.ts';

/** Runs the steps of a job one after the other. What happened is in the machine's result and in the frame. */
export async function runSteps(steps: readonly Step[], frame: Frame): Promise<void> {
  const { machine } = frame;
  for (const [index, step] of steps.entries()) {
    if (machine.death.aborted) return;
    const result = newResult(step, index, frame);
    machine.result.steps.push(result);
    await recorded(machine, result, (stop) =>
      runStep(step, frame, taskOf(machine, result, stop, frameEnv(frame))),
    );
  }
}

/** Runs what the actions left to be done at the end, the last first. */
export async function runPosts(frame: Frame): Promise<void> {
  const { machine } = frame;
  // A cancelled job's posts have their own time: what cancelled the steps does not stop them, the runner's death does.
  for (const post of [...machine.posts].reverse()) {
    if (machine.death.aborted) return;
    const result = emptyResult(`post-${machine.result.steps.length}`, `Post ${post.name}`, 'post');
    machine.result.steps.push(result);
    await recorded(machine, result, () =>
      runPost(post, frame, taskOf(machine, result, machine.death, { ...post.env, ...machine.added.env })),
    );
  }
}

async function runPost(post: Post, frame: Frame, task: StepTask): Promise<void> {
  const conclusion = await concludePost(post, frame, task);
  if (conclusion === 'failure' && frame.status === 'success') frame.status = 'failure';
  task.result.outcome = conclusion;
  task.result.conclusion = conclusion;
}

async function concludePost(post: Post, frame: Frame, task: StepTask): Promise<Conclusion> {
  if (post.kind === 'stand-in') {
    post.play(task);
    return 'success';
  }
  const { action, inputs, state } = post;
  if (action.post === undefined || !holds(action.postCondition, frameScope(frame, task.env)))
    return 'skipped';
  return (await runNodeAction(task, { action, script: action.post, inputs, state })).conclusion;
}

/** Keeps a step's beginning and end, and tells whoever watches. */
async function recorded(
  machine: Machine,
  result: StepResult,
  work: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const { setting } = machine;
  result.start = setting.time.now();
  result.realStart = Date.now();
  setting.observer.stepStarted?.(machine.result, result);
  const callOff = machine.incident?.(result);
  try {
    await work(machine.stop);
  } finally {
    callOff?.();
    result.end = setting.time.now();
    result.realEnd = Date.now();
    setting.observer.stepEnded?.(machine.result, result);
  }
}

/** One step of a job or of a composite action, in the log of the task's result. */
async function runStep(step: Step, frame: Frame, task: StepTask): Promise<void> {
  const { machine } = frame;
  const outcome = { outputs: {}, outcome: 'skipped' as Conclusion, conclusion: 'skipped' as Conclusion };
  const finish = (conclusion: Conclusion) => {
    if (step.id) frame.steps[step.id] = { ...outcome, conclusion };
    task.result.outcome = outcome.outcome;
    task.result.conclusion = conclusion;
  };
  let done: StepDone;
  let mayFail = false;
  try {
    if (!holds(step.condition, frameScope(frame, task.env))) return finish('skipped');
    const env = { ...task.env, ...asTexts(step.env, frameScope(frame, task.env)) };
    const scope = frameScope(frame, env);
    mayFail = step.continueOnError ? textOf(resolve(step.continueOnError, scope)) === 'true' : false;
    const minutes = step.timeoutMinutes ? Number(asText(step.timeoutMinutes, scope)) : undefined;
    // Whatever may run after a cancellation has been asked for by name, so nothing stops it a second time.
    const stop = statusOf(frame) === 'cancelled' ? new AbortController().signal : task.stop;
    done = await within(machine, minutes, stop, (limited) =>
      execute(step, frame, scope, { ...task, env, stop: limited }),
    );
  } catch (error) {
    task.log.annotate('error', `${placeText(step)}: ${(error as Error).message}`);
    done = { conclusion: 'failure', outputs: {} };
  }
  outcome.outputs = done.outputs;
  outcome.outcome = done.conclusion;
  task.result.outputs = hidden(done.outputs, machine);
  const forgiven = done.conclusion === 'failure' && mayFail && !machine.death.aborted;
  finish(forgiven ? 'success' : done.conclusion);
  if (done.conclusion !== 'success' && !forgiven && frame.status === 'success')
    frame.status = done.conclusion;
}

/** The outputs as a person may see them; later steps see them as they are. */
function hidden(outputs: Readonly<Record<string, string>>, machine: Machine): Record<string, string> {
  const { hide } = machine.setting.masks;
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, hide(value)]));
}

/** Does something that is stopped after so many of the sandbox's minutes. */
async function within(
  machine: Machine,
  minutes: number | undefined,
  stop: AbortSignal,
  work: (stop: AbortSignal) => Promise<StepDone>,
): Promise<StepDone> {
  if (minutes === undefined || !Number.isFinite(minutes)) return work(stop);
  const { time } = machine.setting;
  const limit = new AbortController();
  const callOff = time.alarm(time.now() + minutes * 60_000, () =>
    limit.abort('timed out' satisfies StopReason),
  );
  try {
    return await work(AbortSignal.any([stop, limit.signal]));
  } finally {
    callOff();
  }
}

async function execute(step: Step, frame: Frame, scope: Scope, task: StepTask): Promise<StepDone> {
  if (step.kind === 'script') return runScript(step, scope, task);
  const { action } = step;
  if (action.kind === 'stand-in') return playStandIn(action.name, asTexts(step.with, scope), task);
  if (step.uses.startsWith('./') && !task.machine.checkedOut) {
    throw new Error(
      `Can't find ${step.uses}: it is in the repository, which this job has not checked out (actions/checkout)`,
    );
  }
  const inputs = actionInputs(step, action.inputs, scope, task.log);
  if (action.kind === 'composite') return runComposite(action, inputs, frame, task);
  return runAction(step, action, inputs, task);
}

async function runAction(
  step: ActionStep,
  action: NodeAction,
  inputs: Record<string, string>,
  task: StepTask,
): Promise<StepDone> {
  const order = { action, script: action.main, inputs, state: {} };
  const done = await runNodeAction(task, order);
  if (action.post !== undefined) {
    const name = step.name ? task.result.name : `Run ${step.uses}`;
    task.machine.posts.push({ kind: 'node', action, name, inputs, env: task.env, state: done.state ?? {} });
  }
  return done;
}

async function runComposite(
  action: CompositeAction,
  inputs: Record<string, string>,
  outer: Frame,
  task: StepTask,
): Promise<StepDone> {
  const github = { ...(outer.machine.contexts.github as object), action_path: action.folder };
  const frame: Frame = {
    machine: outer.machine,
    steps: {},
    env: task.env,
    contexts: { ...outer.contexts, inputs, github, secrets: {} },
    status: 'success',
  };
  for (const [index, step] of action.steps.entries()) {
    if (frame.machine.death.aborted) break;
    const name = stepName(step, index, frame);
    task.log.line(`▸ ${name}`);
    const result = { ...task.result, id: step.id ?? `${task.result.id}_${index}` };
    await runStep(step, frame, {
      ...task,
      result,
      env: { ...task.env, ...frame.machine.added.env, GITHUB_ACTION_PATH: action.folder },
    });
    task.result.summary = result.summary;
  }
  const scope = frameScope(frame, frameEnv(frame));
  const outputs = Object.fromEntries(action.outputs.map(([name, value]) => [name, asText(value, scope)]));
  return { conclusion: statusOf(frame), outputs };
}

function newResult(step: Step, index: number, frame: Frame): StepResult {
  const kind = step.kind === 'script' ? 'script' : step.action.kind === 'stand-in' ? 'stand-in' : 'action';
  const id = step.id ?? `__${step.kind === 'script' ? 'run' : 'self'}_${index + 1}`;
  return {
    ...emptyResult(id, stepName(step, index, frame), kind),
    ...(step.kind === 'action' ? { uses: step.uses } : {}),
  };
}

function emptyResult(id: string, name: string, kind: StepResult['kind']): StepResult {
  return { id, name, kind, log: [], annotations: [], outputs: {}, summary: '' };
}

function stepName(step: Step, index: number, frame: Frame): string {
  try {
    const scope = frameScope(frame, frameEnv(frame));
    if (step.name) return frame.machine.setting.masks.hide(asText(step.name, scope));
    if (step.kind === 'action') return `Run ${step.uses}`;
    const [first = ''] = asText(step.run, scope).trim().split('\n');
    return frame.machine.setting.masks.hide(`Run ${first}`);
  } catch {
    return `Step ${index + 1}`;
  }
}

function placeText(step: Step): string {
  return `${step.place.file}:${step.place.line ?? ''}`;
}
