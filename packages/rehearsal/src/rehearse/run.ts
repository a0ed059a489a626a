import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Sandbox, startSandbox, WorldMistake } from '@promo-actions/sandbox';
import { asText, type Dictionary } from '../expression/index.ts';
import { githubContext, planIncidentAtCall, runWorkflow, ungranted } from '../job/index.ts';
import { Mistakes } from '../mistake/index.ts';
import { findNode } from '../node/index.ts';
import { createMasks } from '../protocol/index.ts';
import type { JobResult, Observer, Outcome, Rehearsal } from '../result/index.ts';
import type { ScenarioFile } from '../scenario/index.ts';
import type { Repository, Setting } from '../setting/index.ts';
import { playable } from '../standin/index.ts';
import { endProcesses, writeShims } from '../step/index.ts';
import { createTime } from '../time/index.ts';
import { loadWorkflow, type Workflow } from '../workflow/index.ts';
import { createEnds, nextAttempt, rerunDue, succeeded } from './attempt.ts';
import { createCloudReader } from './aws.ts';
import { type Dispatch, dispatch } from './dispatch.ts';
import { compare } from './expect.ts';
import { createGitHubVoice, describeRepository, newToken } from './github.ts';
import { neverCame } from './never-came.ts';

export interface RehearsalOptions {
  /** The path of the workflow file inside the repository. */
  readonly workflow: string;
  readonly scenario: ScenarioFile;
  /** The repository's folder. It is read, never written. */
  readonly repository: string;
  /** The release tree. */
  readonly release: string;
  /** The name of the repository that the release tree stands for. Default: promo-actions. */
  readonly releaseName?: string;
  /** The module that gives a Node process the sandbox's clock. */
  readonly preload?: string;
  /** A Node 24 binary; found by itself when not given. */
  readonly node?: string;
  readonly observer?: Observer;
  /** Jobs that count as run and succeeded before, such as those of an earlier rehearsal. */
  readonly kept?: readonly JobResult[];
  /** Told of each attempt as soon as it begins; it changes while it runs. */
  begun?(rehearsal: Rehearsal, control: Control): void;
  /** Asked after each attempt whether its failed jobs are run again. Default: once, where the scenario says so. */
  again?(rehearsal: Rehearsal, sandbox: Sandbox): Promise<boolean>;
  /** Told when it has ended; the sandbox at `url` stays up until this resolves. */
  ended?(rehearsal: Rehearsal, url: string): Promise<void>;
}

export interface Control {
  /** Virtual time. */
  now(): number;
  /** Cancels the run, as GitHub's button does. */
  cancel(): void;
}

/**
 * Rehearses a workflow against a sandbox made for it, and answers with the last attempt.
 * @throws {Mistakes} for mistakes in the workflow, the scenario or the world, before anything runs.
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const trees = { repository: realpathSync(options.repository), release: options.release };
  const workflow = await loadWorkflow(options.workflow, {
    ...trees,
    releaseName: options.releaseName ?? 'promo-actions',
    standIns: playable,
  });
  const refused = ungranted(workflow);
  if (refused.length > 0) throw new Mistakes(refused);
  const start = dispatch(workflow, options.scenario);
  const node = findNode(options.node);
  const sandbox = await openSandbox(options.scenario);
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'promo-rehearsal-')));
  const leaveNothing = () => {
    endProcesses();
    rmSync(root, { recursive: true, force: true });
  };
  // However the command ends: steps have process groups of their own, which no signal to this process reaches.
  process.once('exit', leaveNothing);
  try {
    let setting = await prepare(options, { workflow, start, sandbox, root, trees, node });
    const again = options.again ?? ((ended) => rerunDue(ended, options.scenario, sandbox));
    for (;;) {
      options.begun?.(setting.rehearsal, { now: setting.time.now, cancel: setting.cancel });
      await perform(setting, workflow, start, sandbox);
      if (!(await again(setting.rehearsal, sandbox))) break;
      setting = nextAttempt(setting);
    }
    await options.ended?.(setting.rehearsal, sandbox.url);
    return setting.rehearsal;
  } finally {
    process.off('exit', leaveNothing);
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function openSandbox({ file, scenario, mistakeAt }: ScenarioFile): Promise<Sandbox> {
  const { world, start, seed, faults } = scenario;
  const sandbox = await startSandbox({ world, start, seed, folder: dirname(file) }).catch((error: Error) => {
    const { message } = error;
    throw new Mistakes([error instanceof WorldMistake ? mistakeAt(error.path, message) : { file, message }]);
  });
  const mistakes = faults.flatMap((fault, index) => {
    try {
      sandbox.inject(fault);
      return [];
    } catch (error) {
      return [mistakeAt(['faults', index, 'service'], (error as Error).message)];
    }
  });
  if (mistakes.length === 0) return sandbox;
  await sandbox.close();
  throw new Mistakes(mistakes);
}

interface Parts {
  readonly workflow: Workflow;
  readonly start: Dispatch;
  readonly sandbox: Sandbox;
  readonly root: string;
  readonly trees: { readonly repository: string; readonly release: string };
  readonly node: string;
}

async function prepare(options: RehearsalOptions, parts: Parts): Promise<Setting> {
  const { workflow, start, sandbox, root, trees, node } = parts;
  const { scenario, file } = options.scenario;
  const gitHub = createGitHubVoice(sandbox.url);
  const repository = await describeRepository(scenario, gitHub);
  const runId = 1_000_000 + scenario.seed;
  const rehearsal: Rehearsal = {
    scenario: { name: scenario.name, description: scenario.description, file },
    workflow: { name: workflow.name, path: workflow.path },
    repository: repository.name,
    runId,
    attempt: 1,
    actor: scenario.actor,
    event: start.event,
    inputs: start.inputs as Rehearsal['inputs'],
    start: sandbox.clock.now(),
    notes: [],
    jobs: [],
    journal: [],
    expectations: [],
  };
  const masks = createMasks();
  for (const secret of Object.values(scenario.secrets)) masks.add(secret);
  const [home, temporary] = [join(root, 'home'), join(root, 'tmp')];
  for (const folder of [home, temporary]) mkdirSync(folder);
  const { idToken, environment } = splitEnvironment(sandbox.environment());
  const skew = scenario['clock-skew'];
  return {
    time: createTime(sandbox.clock),
    masks,
    rehearsal,
    observer: options.observer ?? {},
    scenario,
    repository,
    folders: { root, trees },
    environment: {
      ...environment,
      HOME: home,
      PATH: process.env.PATH ?? '',
      LANG: 'C.UTF-8',
      TMPDIR: temporary,
      ...(skew === undefined ? {} : { PROMO_CLOCK_SKEW: String(skew) }),
    },
    idToken,
    shims: writeShims(root, node),
    node,
    ...(options.preload ? { preload: options.preload } : {}),
    event: payload(rehearsal, repository, start),
    ...createEnds(),
    kept: succeeded(options.kept ?? []),
    async issueToken(permissions) {
      const token = newToken();
      masks.add(token);
      await gitHub.grant(token, permissions);
      return token;
    },
    tellApproval: (approval) => gitHub.approve(runId, approval),
  };
}

/** Credentials are not in a job's environment until it gets some, and the ID token only where it may have one. */
function splitEnvironment(all: Readonly<Record<string, string>>) {
  const {
    ACTIONS_ID_TOKEN_REQUEST_URL: url = '',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '',
    ...rest
  } = all;
  const credentials = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION)$/;
  const environment = Object.fromEntries(Object.entries(rest).filter(([name]) => !credentials.test(name)));
  return { idToken: { url, bearer }, environment };
}

function payload(rehearsal: Rehearsal, repository: Repository, start: Dispatch): Record<string, unknown> {
  const [owner, name] = repository.name.split('/');
  return {
    ref: repository.ref,
    workflow: rehearsal.workflow.path,
    repository: {
      name,
      full_name: repository.name,
      default_branch: repository.defaultBranch,
      owner: { login: owner },
      html_url: `https://github.com/${repository.name}`,
    },
    sender: { login: rehearsal.actor, type: 'User' },
    // By hand, every input is text in the event, whatever its type.
    inputs: Object.fromEntries(Object.entries(start.inputs).map(([input, value]) => [input, String(value)])),
    ...start.payload,
  };
}

async function perform(
  setting: Setting,
  workflow: Workflow,
  start: Dispatch,
  sandbox: Sandbox,
): Promise<void> {
  const { rehearsal, scenario } = setting;
  noteRun(setting, workflow, start);
  const began = Date.now();
  const before = sandbox.journal().length;
  const call = { setting, workflow, inputs: start.inputs as Dictionary, secrets: scenario.secrets };
  sandbox.watch(planIncidentAtCall(setting));
  const { conclusion } = await setting.time.working(() => setting.time.handingOver(() => runWorkflow(call)));
  sandbox.watch(undefined);
  rehearsal.outcome = outcomeOf(conclusion, setting);
  rehearsal.end = setting.time.now();
  rehearsal.realMilliseconds = Date.now() - began;
  Object.assign(rehearsal, {
    journal: sandbox
      .journal()
      .slice(before)
      .filter((entry) => !isOurs(entry.operation)),
  });
  const accounts = (scenario.world.accounts ?? {}) as Readonly<
    Record<string, { id?: string; region?: string }>
  >;
  const placeOf = (account: string, region?: string) => ({
    account: accounts[account]?.id ?? account,
    region: region ?? accounts[account]?.region ?? 'us-east-1',
  });
  const expectations = await compare(scenario.expect, rehearsal, createCloudReader(sandbox.url), placeOf);
  const { hide } = setting.masks;
  const planned = neverCame(setting, sandbox.faults());
  rehearsal.expectations = [...expectations, ...planned].map(({ what, expected, seen, met }) => ({
    what: hide(what),
    expected: hide(expected),
    seen: hide(seen),
    met,
  }));
}

/** What GitHub would show of the run as a whole and a rehearsal only tells. */
function noteRun(setting: Setting, workflow: Workflow, start: Dispatch): void {
  const { rehearsal, observer, scenario } = setting;
  const github = githubContext(setting);
  const scope = { contexts: { github, inputs: start.inputs, vars: scenario.vars } };
  const { runName, concurrency } = workflow;
  if (runName) rehearsal.notes.push(`The run is called ${asText(runName, scope)}.`);
  if (concurrency) {
    const queue = concurrency.queue === 'max' ? ', in a queue' : '';
    rehearsal.notes.push(
      `It is in the concurrency group ${asText(concurrency.group, scope)}${queue}, alone here.`,
    );
  }
  for (const note of rehearsal.notes) observer.note?.(note);
}

/** Calls by which the rehearsal itself tells the sandbox something are none of the run's. */
function isOurs(operation: string): boolean {
  return operation.includes(' /_sandbox/');
}

function outcomeOf(conclusion: string, setting: Setting): Outcome {
  if (conclusion === 'failure') return 'failure';
  return conclusion === 'cancelled' || setting.stop.aborted ? 'cancelled' : 'success';
}
