import { asTexts, type Dictionary, resolve, type Scope, textOf, type Value } from '../expression/index.ts';
import type { Setting } from '../setting/index.ts';
import type { CallJob, InputDefinition, Workflow } from '../workflow/index.ts';
import type { Granted } from './permissions.ts';

/** One run of one workflow: the run itself, or a job that calls a reusable workflow. */
export interface Call {
  readonly setting: Setting;
  readonly workflow: Workflow;
  readonly inputs: Dictionary;
  readonly secrets: Readonly<Record<string, string>>;
  /** What the caller's token may do; undefined for the run itself, which has no caller. */
  readonly granted?: Granted;
  /** How the caller names this workflow, where that says which repository and version it is. */
  readonly uses?: string;
  /** The key of the job that calls, and its name; empty for the run itself. */
  readonly parent?: { readonly key: string; readonly name: string };
}

/** The inputs that a called workflow gets, by its declarations. Throws an Error that names the input. */
export function callInputs(job: CallJob, scope: Scope): Dictionary {
  const given = new Map(
    Object.entries(job.with ? (resolve(job.with, scope) as Dictionary) : {}).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  return Object.fromEntries(
    job.workflow.callInputs.map((input) => [
      input.name,
      typed(input, given.get(input.name.toLowerCase()) ?? defaultOf(input, scope)),
    ]),
  );
}

export function callSecrets(
  job: CallJob,
  scope: Scope,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  return job.secrets === 'inherit' ? { ...own } : asTexts(job.secrets, scope);
}

export function defaultOf(input: InputDefinition, scope: Scope): Value {
  if (input.default) return resolve(input.default, scope);
  return input.type === 'boolean' ? false : input.type === 'number' ? 0 : '';
}

/** An input's value in its declared type. */
export function typed(input: InputDefinition, value: Value): Value {
  const text = textOf(value);
  if (input.type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new Error(`the input ${input.name} is a boolean: true or false, not ${JSON.stringify(value)}`);
  }
  if (input.type === 'number') {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    throw new Error(`the input ${input.name} is a number, not ${JSON.stringify(value)}`);
  }
  if (input.type === 'choice' && !input.options.includes(text)) {
    throw new Error(
      `the input ${input.name} is one of ${input.options.join(', ')}, not ${JSON.stringify(value)}`,
    );
  }
  return text;
}
