import type { Dictionary, Scope } from '../expression/index.ts';
import { defaultOf, typed } from '../job/index.ts';
import { type Mistake, Mistakes, suggestion } from '../mistake/index.ts';
import type { ScenarioFile } from '../scenario/index.ts';
import type { InputDefinition, Workflow } from '../workflow/index.ts';

/** How a run of the workflow is started. */
export interface Dispatch {
  readonly event: string;
  readonly inputs: Dictionary;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Starts the workflow as the scenario wants: by hand with its inputs, unless it names another event.
 * @throws {Mistakes} where the workflow has no such event or does not take such inputs.
 */
export function dispatch(workflow: Workflow, source: ScenarioFile): Dispatch {
  const { scenario, mistakeAt } = source;
  const event = scenario.event?.name ?? defaultEvent(workflow);
  if (!workflow.events.includes(event)) {
    const known = workflow.events.join(', ');
    throw new Mistakes([
      mistakeAt(['event'], `${workflow.path} is not started by ${event}; it is by ${known}`),
    ]);
  }
  const definitions =
    event === 'workflow_dispatch'
      ? workflow.dispatchInputs
      : event === 'workflow_call'
        ? workflow.callInputs
        : [];
  const inputs = readInputs(definitions, source, workflow);
  return { event, inputs, payload: scenario.event?.payload ?? {} };
}

function defaultEvent(workflow: Workflow): string {
  const preferred = ['workflow_dispatch', 'workflow_call'].find((event) => workflow.events.includes(event));
  return preferred ?? workflow.events[0] ?? 'workflow_dispatch';
}

function readInputs(
  definitions: readonly InputDefinition[],
  source: ScenarioFile,
  workflow: Workflow,
): Dictionary {
  const { scenario, mistakeAt } = source;
  const mistakes: Mistake[] = [];
  const names = definitions.map((input) => input.name);
  for (const name of Object.keys(scenario.inputs)) {
    if (names.includes(name)) continue;
    const known = names.join(', ') || 'none';
    mistakes.push(
      mistakeAt(
        ['inputs', name],
        `${workflow.path} has no input ${name}.${suggestion(name, names)} It has ${known}.`,
      ),
    );
  }
  const scope: Scope = { contexts: { vars: scenario.vars } };
  const read = definitions.map((input): [string, Dictionary[string]] => {
    const given = scenario.inputs[input.name];
    if (given === undefined && input.required && !input.default) {
      mistakes.push(mistakeAt(['inputs'], `${workflow.path} requires the input ${input.name}`));
      return [input.name, ''];
    }
    if (given === undefined && !input.default && input.type === 'choice') return [input.name, ''];
    try {
      return [input.name, typed(input, given ?? defaultOf(input, scope))];
    } catch (error) {
      mistakes.push(mistakeAt(['inputs', input.name], (error as Error).message));
      return [input.name, ''];
    }
  });
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return Object.fromEntries(read);
}
