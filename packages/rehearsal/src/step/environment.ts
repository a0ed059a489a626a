import { delimiter } from 'node:path';
import type { StepDone, StepTask } from '../machine/index.ts';
import { type CommandFiles, createCommandFiles, createOutputReader, type Told } from '../protocol/index.ts';
import { type ProcessEnd, runProcess } from './process.ts';

export interface ToolOrder {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Above everything else that the process finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Of one step. */
const MOST_SUMMARY_BYTES = 1024 * 1024;

/** GitHub keeps these from being set by a step for later ones. */
const UNSETTABLE = /^(NODE_OPTIONS$|GITHUB_|RUNNER_)/i;

/** Runs a process as the runner does: with its files and variables, following its commands, taking in what it told. */
export async function runTool(task: StepTask, order: ToolOrder): Promise<StepDone> {
  const { machine, log } = task;
  const { setting, added } = machine;
  const files = createCommandFiles(machine.temp);
  const read = createOutputReader({
    line: log.line,
    annotation: ({ message, title, ...place }) =>
      task.result.annotations.push({
        ...place,
        message: setting.masks.hide(message),
        ...(title === undefined ? {} : { title: setting.masks.hide(title) }),
      }),
    mask: setting.masks.add,
  });
  const path = task.env.PATH ?? setting.environment.PATH ?? '';
  const end = await runProcess({
    command: order.command,
    arguments: order.arguments,
    folder: order.folder,
    environment: {
      ...setting.environment,
      ...task.env,
      ...machine.variables,
      ...files.environment,
      GITHUB_ACTION: task.result.id,
      ...order.variables,
      PATH: [setting.shims, ...added.path.toReversed(), path].join(delimiter),
    },
    time: setting.time,
    stop: task.stop,
    line: read,
    started: (group) => machine.leftovers.add(group),
  });
  const told = takeIn(task, files);
  return { conclusion: concluded(task, end, told), outputs: told?.outputs ?? {}, state: told?.state ?? {} };
}

function takeIn(task: StepTask, files: CommandFiles): Told | undefined {
  const { added, setting } = task.machine;
  try {
    const told = files.read();
    for (const [name, value] of Object.entries(told.env)) {
      if (UNSETTABLE.test(name))
        task.log.annotate('error', `Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      else added.env[name] = value;
    }
    added.path.push(...told.path);
    if (Buffer.byteLength(told.summary) <= MOST_SUMMARY_BYTES)
      task.result.summary += setting.masks.hide(told.summary);
    else task.log.annotate('error', 'GitHub shows no summary that is larger than 1024 KiB; this one is.');
    return told;
  } catch (error) {
    task.log.annotate('error', (error as Error).message);
    return undefined;
  }
}

function concluded(task: StepTask, end: ProcessEnd, told: Told | undefined): StepDone['conclusion'] {
  const { log } = task;
  if (end.stopped === 'cancelled') {
    log.annotate('error', 'The operation was canceled.');
    return 'cancelled';
  }
  if (end.stopped === 'timed out') {
    log.annotate('error', 'The step has used up its time (timeout-minutes).');
    return 'failure';
  }
  if (end.stopped === 'stuck') {
    log.annotate(
      'error',
      'The process neither ended nor waited on the clock nor said anything for ten minutes here.',
    );
    return 'failure';
  }
  if (end.stopped === 'killed') {
    log.annotate('error', 'The runner died here: its process was killed and nothing more ran in this job.');
    return 'failure';
  }
  if (end.code === 0) return told ? 'success' : 'failure';
  log.annotate(
    'error',
    end.signal ? `The process was ended by ${end.signal}.` : `Process completed with exit code ${end.code}.`,
  );
  return 'failure';
}
