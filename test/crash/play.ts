import { join } from 'node:path';
import {
  loadScenario,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  type ScenarioFile,
} from '@promo-actions/rehearsal';
import type { Sandbox } from '@promo-actions/sandbox';
import { runAction } from '../bundle/run.ts';
import { couldNotUndo, flawsOf, isOut, liesOf } from './judge.ts';
import { lookAtSettings, lookFromOutside, type World } from './outside.ts';
import {
  type Call,
  type CleanRun,
  endings,
  type Played,
  type Point,
  type ScenarioName,
  without,
} from './point.ts';

/** Where the built actions and the clock are, and the repository, as they were when the run began. */
const [, , tree = '', repository = ''] = process.argv;
const deployJob = 'promote/deploy';

/** How long a team takes to find a dead run and press the button. Milliseconds of virtual time. */
const rerunAfter = 10 * 60_000;

const minute = 60_000;

/** After so many minutes a dead job holds neither its rollout nor the lock of the service. */
const leasesRunOut = 150;

type Scenario = ScenarioFile['scenario'];

function scenarioFile(name: ScenarioName, change: Partial<Scenario> = {}): ScenarioFile {
  const file = loadScenario(join(repository, 'scenarios', `${name}.yml`));
  return { ...file, scenario: { ...file.scenario, ...change } };
}

function optionsFor(scenario: ScenarioFile): RehearsalOptions {
  return {
    scenario,
    workflow: scenario.scenario.workflow ?? '',
    repository,
    release: join(tree, 'release'),
    preload: join(tree, 'tools', 'clock.mjs'),
  };
}

/**
 * Counts the calls of the promotion in which nothing goes wrong: of the whole, and of the job that deploys when it begins
 * there, as points do. Both are held to the same checks as every point.
 */
export async function playClean(scenario: ScenarioName): Promise<CleanRun> {
  const flaws: string[] = [];
  const file = scenarioFile(scenario);
  const check = async (rehearsal: Rehearsal, url: string) => {
    const found = flawsOf(await lookAt(url, scenario), rehearsal.outcome ?? '', endings[scenario]);
    flaws.push(...found);
  };
  const whole = await rehearse({ ...optionsFor(file), ended: check });
  const deployStart = whole.jobs.find(({ key }) => key === deployJob)?.start;
  if (deployStart === undefined) throw new Error(`The promotion has no job ${deployJob}.`);
  const before = whole.jobs.filter(({ end = Number.POSITIVE_INFINITY }) => end <= deployStart);
  const deploying = await rehearse({
    ...optionsFor(scenarioFile(scenario, { start: new Date(deployStart).toISOString() })),
    kept: before,
    ended: check,
  });
  const gates = callsOf(whole).filter(({ at }) => at < deployStart);
  const calls = [...gates, ...callsOf(deploying)];
  return {
    scenario,
    before,
    deployStart,
    calls: calls.map(({ service, operation, account }) => ({ service, operation, account })),
    gateCalls: gates.length,
    flaws,
  };
}

async function lookAt(url: string, scenario: ScenarioName): Promise<World> {
  const world = await lookFromOutside(url);
  return without[scenario] ? { ...world, settings: await lookAtSettings(url) } : world;
}

function callsOf(rehearsal: Rehearsal): readonly (Call & { readonly at: number })[] {
  return rehearsal.journal as readonly (Call & { readonly at: number })[];
}

export async function play(point: Point, clean: CleanRun): Promise<Played> {
  const began = Date.now();
  const flaws: string[] = [];
  const attempts: Rehearsal[] = [];
  const { scenario: name, from, kill, cancel, faults = [], skew, seed, ends, rerun } = point;
  const scenario = scenarioFile(name, {
    ...(from === 'deploy' ? { start: new Date(clean.deployStart).toISOString() } : {}),
    ...(kill ? { kill } : {}),
    ...(cancel ? { cancel } : {}),
    ...(skew === undefined ? {} : { 'clock-skew': skew }),
    ...(seed === undefined ? {} : { seed }),
    faults: [...faults],
  });
  let undoToFinish = false;
  const check = async (rehearsal: Rehearsal, sandbox: Sandbox) => {
    attempts.push(rehearsal);
    sandbox.heal();
    const world = await lookAt(sandbox.url, name);
    const { attempt } = rehearsal;
    const outcome = rehearsal.outcome ?? '';
    // A rollout that was to be undone, and could not, is undone by the next attempt; the release goes out with the one after.
    const finishes = attempt === 2 && undoToFinish && outcome !== 'success';
    const again = rerun && outcome !== 'success' && (attempt === 1 || finishes);
    const ending = attempt === 1 ? ends : finishes ? 'undone' : endings[name];
    undoToFinish = attempt === 1 && couldNotUndo(world);
    const behind = attempt === 1 && point.behind === true;
    const found = ending ? flawsOf(world, outcome, ending, behind) : liesOf(world);
    if (endings[name] === 'undone' && (outcome === 'success' || isOut(world)))
      found.push(`the bad version is out: ${outcome}`);
    flaws.push(...found.map((flaw) => `attempt ${rehearsal.attempt}: ${flaw}`));
    if (point.recover && attempt === 1) flaws.push(...(await recovered(sandbox)));
    if (kill && rehearsal.attempt === 1 && !died(rehearsal)) flaws.push('the runner was not killed');
    if (again) await sandbox.clock.advance(point.rerunAfter ?? rerunAfter);
    return again;
  };
  await rehearse({
    ...optionsFor(scenario),
    ...(from === 'deploy' ? { kept: clean.before } : {}),
    again: check,
  });
  return {
    id: point.id,
    flaws,
    outcomes: attempts.map(({ outcome }) => outcome ?? ''),
    milliseconds: Date.now() - began,
    ...(flaws.length > 0 ? { log: logOf(attempts) } : {}),
  };
}

/**
 * Does what the schedule does: once while the dead job still holds its rollout, and again when its leases have run out.
 * What is then wrong with production; nothing where the release was undone, or was out whole before, which is left to
 * its run to look at and to record.
 */
async function recovered(sandbox: Sandbox): Promise<string[]> {
  let log = '';
  for (const pause of [1, leasesRunOut, 5]) {
    await sandbox.clock.advance(pause * minute);
    const run = await runAction('advance-rollouts', {
      build: tree,
      inputs: { environment: 'prod', table: 'deployments', project: 'tenants' },
      sandbox: sandbox.environment('222222222222', 'af-south-1'),
      env: { GITHUB_RUN_ID: '9000' },
    });
    log += run.log;
  }
  const world = await lookFromOutside(sandbox.url);
  const out = isOut(world) && log.includes('is the stable version and has all requests');
  const found = out ? liesOf(world) : flawsOf(world, 'failure', 'undone', true);
  return found.map((flaw) => `recovered: ${flaw}\n${log}`);
}

function died(rehearsal: Rehearsal): boolean {
  return logOf([rehearsal]).includes('The runner died here');
}

function logOf(attempts: readonly Rehearsal[]): string {
  const lines = attempts.flatMap((rehearsal) => [
    `── attempt ${rehearsal.attempt}: ${rehearsal.outcome}`,
    ...rehearsal.jobs.flatMap((job) =>
      job.steps.flatMap((step) => [
        `${job.key} ▸ ${step.name}: ${step.conclusion}`,
        ...step.log.map(({ at, text }) => `    ${new Date(at).toISOString().slice(11, 19)} ${text}`),
      ]),
    ),
  ]);
  return lines.join('\n');
}
