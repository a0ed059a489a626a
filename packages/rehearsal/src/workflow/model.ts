import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Place } from '../mistake/index.ts';

/** Which tree a file belongs to: the repository that is rehearsed, or the release tree of the actions it calls. */
export type Origin = 'repository' | 'release';

/** A value of the file, with its expressions not yet evaluated. */
export type Template = TemplateToken;

export interface RunDefaults {
  readonly shell?: Template;
  readonly workingDirectory?: Template;
}

export type InputType = 'string' | 'boolean' | 'number' | 'choice' | 'environment';

export interface InputDefinition {
  readonly name: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly default?: Template;
  readonly options: readonly string[];
}

export interface SecretDefinition {
  readonly name: string;
  readonly required: boolean;
}

/** `read`, `write` or `none` by scope; undefined where the file says nothing. */
export type Permissions = Readonly<Record<string, string>> | 'read-all' | 'write-all';

export interface Concurrency {
  readonly group: Template;
  readonly queue: string;
  readonly cancelInProgress: boolean;
}

export interface Workflow {
  readonly place: Place;
  readonly origin: Origin;
  /** The path inside its tree, `.github/workflows/promote.yml`. */
  readonly path: string;
  readonly name: string;
  /** What a run of it is called. */
  readonly runName?: Template;
  readonly events: readonly string[];
  readonly dispatchInputs: readonly InputDefinition[];
  readonly callInputs: readonly InputDefinition[];
  readonly callSecrets: readonly SecretDefinition[];
  readonly callOutputs: readonly (readonly [name: string, value: Template])[];
  readonly env?: MappingToken;
  readonly defaults: RunDefaults;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly jobs: readonly Job[];
}

interface JobHead {
  readonly id: string;
  readonly place: Place;
  readonly name?: Template;
  readonly needs: readonly string[];
  /** The condition with its status function: `success() && (…)` where the file names none. */
  readonly condition: string;
  readonly strategy?: Template;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
}

export interface StepsJob extends JobHead {
  readonly kind: 'steps';
  readonly runsOn?: Template;
  readonly env?: MappingToken;
  readonly environment?: Template;
  readonly outputs?: MappingToken;
  readonly defaults: RunDefaults;
  readonly timeoutMinutes?: Template;
  readonly continueOnError?: Template;
  readonly steps: readonly Step[];
}

export interface CallJob extends JobHead {
  readonly kind: 'call';
  readonly uses: string;
  readonly with?: MappingToken;
  readonly secrets?: MappingToken | 'inherit';
  readonly workflow: Workflow;
}

export type Job = StepsJob | CallJob;

interface StepHead {
  readonly id?: string;
  readonly place: Place;
  readonly name?: Template;
  readonly condition: string;
  readonly env?: MappingToken;
  readonly continueOnError?: Template;
  readonly timeoutMinutes?: Template;
}

export interface ScriptStep extends StepHead {
  readonly kind: 'script';
  readonly run: Template;
  readonly shell?: Template;
  readonly workingDirectory?: Template;
}

export interface ActionStep extends StepHead {
  readonly kind: 'action';
  /** As written: `$/canary-shift`, `./tools/x`, `org/promo-actions/canary-shift@v1`, `actions/checkout@…`. */
  readonly uses: string;
  readonly with?: MappingToken;
  readonly action: Action;
}

export type Step = ScriptStep | ActionStep;

export interface ActionInput {
  readonly name: string;
  readonly default?: Template;
  readonly deprecation?: string;
}

interface LocalAction {
  readonly name: string;
  readonly origin: Origin;
  /** The action's folder inside its tree. */
  readonly path: string;
  /** The action's folder on this machine. */
  readonly folder: string;
  readonly inputs: readonly ActionInput[];
}

export interface NodeAction extends LocalAction {
  readonly kind: 'node';
  readonly main: string;
  readonly post?: string;
  readonly postCondition: string;
}

export interface CompositeAction extends LocalAction {
  readonly kind: 'composite';
  readonly outputs: readonly (readonly [name: string, value: Template])[];
  readonly steps: readonly Step[];
}

/** An action of someone else that the rehearsal plays itself. */
export interface StandInAction {
  readonly kind: 'stand-in';
  /** `actions/checkout` */
  readonly name: string;
  /** The inputs that it understands; any other is refused. */
  readonly inputs: readonly string[];
}

export type Action = NodeAction | CompositeAction | StandInAction;
