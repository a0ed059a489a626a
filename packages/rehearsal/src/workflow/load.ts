import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { inOrder, type Mistake, Mistakes } from '../mistake/index.ts';
import { loadAction } from './action.ts';
import { readInputs, readOutputs, readSecrets } from './calls.ts';
import type { CallJob, Job, Origin, StepsJob, Template, Workflow } from './model.ts';
import { folderOf, type Library, readReference, shown } from './sources.ts';
import { checkShell, readSteps } from './steps.ts';
import * as tokens from './tokens.ts';

const MAX_DEPTH = 10;

/**
 * Reads a workflow file and everything that it uses, down to the last composite action.
 * @throws {Mistakes} for whatever GitHub would refuse, and for whatever a rehearsal does not run, all at once.
 */
export async function loadWorkflow(path: string, library: Library): Promise<Workflow> {
  const mistakes: Mistake[] = [];
  const workflow = await readWorkflow(path, 'repository', library, mistakes, []);
  if (mistakes.length > 0 || !workflow) throw new Mistakes(inOrder(mistakes));
  return workflow;
}

async function readWorkflow(
  path: string,
  origin: Origin,
  library: Library,
  mistakes: Mistake[],
  callers: readonly string[],
): Promise<Workflow | undefined> {
  const file = join(folderOf(library, origin), path);
  if (!existsSync(file)) {
    mistakes.push({ file: shown(file), message: 'there is no such workflow file' });
    return undefined;
  }
  const parsed = parseWorkflow(
    { name: shown(file), content: readFileSync(file, 'utf8') },
    new NoOperationTraceWriter(),
  );
  const reading: tokens.Reading = { context: parsed.context, file: shown(file), mistakes };
  const root = parsed.value;
  if (root && parsed.context.errors.count === 0) await convertWorkflowTemplate(parsed.context, root);
  if (!root || parsed.context.errors.count > 0) {
    mistakes.push(...tokens.parserMistakes(parsed.context, reading.file));
    return undefined;
  }
  checkShell(tokens.runDefaults(root).shell, reading);
  const on = tokens.field(root, 'on');
  const jobs: Job[] = [];
  for (const [id, body, key] of tokens.entries(tokens.field(root, 'jobs'))) {
    const job = await readJob(id, body, key, { reading, origin, library, callers: [...callers, file] });
    if (job) jobs.push(job);
  }
  // Conditions are checked while they are read, so the parser may have found more by now.
  mistakes.push(...tokens.parserMistakes(parsed.context, reading.file));
  const events = tokens.texts(on).concat(tokens.entries(on).map(([event]) => event));
  const call = tokens.field(on, 'workflow_call');
  return {
    place: tokens.placeOf(reading, root),
    origin,
    path,
    name: tokens.text(tokens.field(root, 'name')) ?? path,
    ...tokens.present(root, { runName: 'run-name' }),
    events,
    dispatchInputs: readInputs(tokens.field(tokens.field(on, 'workflow_dispatch'), 'inputs')),
    callInputs: readInputs(tokens.field(call, 'inputs')),
    callSecrets: readSecrets(tokens.field(call, 'secrets')),
    callOutputs: readOutputs(tokens.field(call, 'outputs')),
    ...tokens.presentMappings(root, { env: 'env' }),
    defaults: tokens.runDefaults(root),
    ...tokens.permissions(root),
    ...tokens.concurrency(root),
    jobs,
  };
}

interface JobReading {
  readonly reading: tokens.Reading;
  readonly origin: Origin;
  readonly library: Library;
  readonly callers: readonly string[];
}

async function readJob(
  id: string,
  body: Template,
  key: Template,
  scope: JobReading,
): Promise<Job | undefined> {
  const { reading } = scope;
  for (const feature of ['services', 'container', 'snapshot', 'cancel-timeout-minutes']) {
    const written = tokens.fieldKey(body, feature);
    if (written) tokens.refuse(reading, written, `a rehearsal does not run \`${feature}\` (job ${id})`);
  }
  const labels = tokens.field(body, 'runs-on');
  const other = foreignRunner(tokens.texts(labels));
  if (labels && other) tokens.refuse(reading, labels, `${notRunOn(other)} (job ${id})`);
  const head = {
    id,
    place: tokens.placeOf(reading, key),
    ...tokens.present(body, { name: 'name', strategy: 'strategy' }),
    needs: tokens.texts(tokens.field(body, 'needs')),
    condition: tokens.condition(reading, body),
    ...tokens.permissions(body),
    ...tokens.concurrency(body),
  };
  const uses = tokens.field(body, 'uses');
  return uses ? readCall(head, body, uses, scope) : readStepsJob(head, body, scope);
}

/** The first of a job's runner labels that is none of Linux. */
export function foreignRunner(labels: readonly string[]): string | undefined {
  return labels.find((label) => /^(windows|macos)/i.test(label));
}

export function notRunOn(label: string): string {
  return `a rehearsal runs the jobs of Linux runners, not of ${label}`;
}

type Head = Omit<StepsJob, 'kind' | 'steps' | 'defaults'>;

function readStepsJob(head: Head, body: Template, scope: JobReading): StepsJob {
  const { reading, origin, library } = scope;
  checkShell(tokens.runDefaults(body).shell, reading);
  return {
    kind: 'steps',
    ...head,
    ...tokens.present(body, {
      runsOn: 'runs-on',
      environment: 'environment',
      timeoutMinutes: 'timeout-minutes',
      continueOnError: 'continue-on-error',
    }),
    ...tokens.presentMappings(body, { env: 'env', outputs: 'outputs' }),
    defaults: tokens.runDefaults(body),
    steps: readSteps(tokens.field(body, 'steps'), reading, (target, token) =>
      loadAction(target, token, { reading, origin, library, parents: [] }),
    ),
  };
}

async function readCall(
  head: Head,
  body: Template,
  uses: Template,
  scope: JobReading,
): Promise<CallJob | undefined> {
  const { reading, origin, library, callers } = scope;
  const written = tokens.text(uses) ?? '';
  const reference = readReference(written, origin, library, 'job');
  if (reference.kind === 'wrong') {
    tokens.refuse(reading, uses, `${written}: ${reference.why}`);
    return undefined;
  }
  if (reference.kind === 'foreign') {
    const own = `./, $/ or {owner}/${library.releaseName}/`;
    tokens.refuse(
      reading,
      uses,
      `${written}: a rehearsal only calls workflows of this repository and of the release (${own})`,
    );
    return undefined;
  }
  const file = join(folderOf(library, reference.origin), reference.path);
  if (!existsSync(file)) {
    tokens.refuse(reading, uses, `${written}: there is no ${shown(file)}`);
    return undefined;
  }
  if (callers.includes(file) || callers.length >= MAX_DEPTH) {
    tokens.refuse(
      reading,
      uses,
      `${written}: workflows call each other in a circle, or more than ${MAX_DEPTH} deep`,
    );
    return undefined;
  }
  const workflow = await readWorkflow(reference.path, reference.origin, library, reading.mistakes, callers);
  if (!workflow) return undefined;
  const secrets = tokens.field(body, 'secrets');
  const job: CallJob = {
    kind: 'call',
    ...head,
    uses: written,
    workflow,
    ...tokens.presentMappings(body, { with: 'with', secrets: 'secrets' }),
    ...(tokens.text(secrets) === 'inherit' ? { secrets: 'inherit' } : {}),
  };
  checkCall(job, uses, reading);
  return job;
}

/** The names that a call passes against those that the called workflow declares. */
function checkCall(job: CallJob, uses: Template, reading: tokens.Reading): void {
  const { workflow } = job;
  if (!workflow.events.includes('workflow_call')) {
    tokens.refuse(reading, uses, `${job.uses} cannot be called: it has no \`on: workflow_call\``);
  }
  const check = (
    what: string,
    given: Template | undefined,
    known: readonly { name: string; required: boolean }[],
  ) => {
    const passed = tokens.entries(given);
    for (const [name, , key] of passed) {
      if (known.some((one) => one.name.toLowerCase() === name.toLowerCase())) continue;
      const names = known.map((one) => one.name).join(', ') || 'none';
      tokens.refuse(reading, key, `${job.uses} has no ${what} ${name}; it has ${names}`);
    }
    for (const one of known) {
      if (!one.required || passed.some(([name]) => name.toLowerCase() === one.name.toLowerCase())) continue;
      tokens.refuse(
        reading,
        uses,
        `${job.uses} requires the ${what} ${one.name}, which job ${job.id} does not pass`,
      );
    }
  };
  check('input', job.with, workflow.callInputs);
  if (job.secrets !== 'inherit') check('secret', job.secrets, workflow.callSecrets);
}
