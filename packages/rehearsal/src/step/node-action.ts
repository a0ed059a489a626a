import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StepDone, StepTask } from '../machine/index.ts';
import type { NodeAction } from '../workflow/index.ts';
import { inputVariables } from './action-inputs.ts';
import { runTool } from './environment.ts';

export interface NodeOrder {
  readonly action: NodeAction;
  /** The script inside the action's folder: its `main` or its `post`. */
  readonly script: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

/** Runs a script of an action on Node 24, on the sandbox's clock. */
export function runNodeAction(task: StepTask, order: NodeOrder): Promise<StepDone> {
  const { setting, workspace } = task.machine;
  const preload = setting.preload ? [`--import=${pathToFileURL(setting.preload).href}`] : [];
  const state = Object.entries(order.state).map(([name, value]) => [`STATE_${name}`, value] as const);
  return runTool(task, {
    command: setting.node,
    arguments: [join(order.action.folder, order.script)],
    folder: workspace,
    variables: {
      ...inputVariables(order.inputs),
      ...Object.fromEntries(state),
      NODE_OPTIONS: [task.env.NODE_OPTIONS, ...preload].filter(Boolean).join(' '),
    },
  });
}
