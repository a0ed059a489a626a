import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Contract } from '@promo-actions/core/action';
import { parse } from 'yaml';

const folder = '.github/workflows';
const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Record<string, unknown>;
}
type Permissions = Readonly<Record<string, string>>;
interface Job {
  readonly uses?: string;
  readonly permissions?: Permissions;
  readonly steps?: readonly Step[];
  readonly outputs?: Record<string, string>;
}

const contractOf = async (name: string) =>
  ((await import(join(process.cwd(), 'actions', name, 'src/contract.ts'))) as { contract: Contract })
    .contract;

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const jobs = Object.entries((parse(text) as { jobs: Record<string, Job> }).jobs);

  test('every action of ours is one that exists, and is given inputs that it has', async () => {
    for (const [job, { steps = [] }] of jobs) {
      for (const step of steps.filter(({ uses }) => uses?.startsWith('$/'))) {
        const name = step.uses?.slice(2) ?? '';
        expect([job, name, existsSync(join('actions', name))]).toEqual([job, name, true]);
        const { inputs } = await contractOf(name);
        const given = Object.keys(step.with ?? {});
        expect([job, name, given.filter((input) => !(input in inputs))]).toEqual([job, name, []]);
      }
    }
  });

  test('every job may do what its actions may be told to do', async () => {
    for (const [job, { permissions, steps = [] }] of jobs) {
      for (const step of steps.filter(({ uses }) => uses?.startsWith('$/'))) {
        const name = step.uses?.slice(2) ?? '';
        expect([job, name, lacking(permissions, await neededBy(name, step))]).toEqual([job, name, []]);
      }
    }
  });

  test('no policy and no wait lets it go on with what its gates did not see', () => {
    const given = (action: string, input: string) =>
      jobs.flatMap(([, { steps = [] }]) =>
        steps.filter(({ uses }) => uses === `$/${action}`).map((step) => step.with?.[input]),
      );
    // `hold` ends well, and the steps after it would run with the window closed.
    expect(new Set(['fail', ...given('maintenance-window', 'when-closed')])).toEqual(new Set(['fail']));
    // The alias may have moved while people approved.
    expect(given('fetch-package', 'expected-version')).not.toContain(undefined);
  });

  test('whatever lets a closed window pass is recorded, and the same in each check of it', () => {
    const given = (action: string, steps: readonly Step[]) =>
      steps.filter(({ uses }) => uses === `$/${action}`);
    for (const [job, { steps = [] }] of jobs) {
      const windows = given('maintenance-window', steps);
      for (const { with: { mode: _, ...inputs } = {} } of windows)
        expect([job, inputs]).toEqual([job, { ...windows[0]?.with, mode: undefined }]);
      const recorded = JSON.stringify(
        given('record-deployment', steps).map((step) => step.with?.gates ?? ''),
      );
      if (recorded.includes('report'))
        for (const { id } of windows)
          expect([job, recorded]).toEqual([job, expect.stringContaining(`steps.${id}.outputs.report`)]);
    }
  });

  test('what was done is recorded though the run was cancelled since', () => {
    // A condition that names no status function has GitHub's `success()` before it.
    const evenCancelled = (condition = '') => /(?<!!\s*)\b(?:always|cancelled)\(\)/.test(condition);
    for (const [job, { steps = [] }] of jobs) {
      const recording = steps.filter(({ uses }) => uses === '$/record-deployment');
      const conditions = recording.flatMap((step) => step.if ?? []);
      expect([job, conditions.filter((condition) => !evenCancelled(condition))]).toEqual([job, []]);
      const successes = recording.filter((step) => step.with?.status === 'succeeded');
      const told = successes.length === 0 || successes.some((step) => evenCancelled(step.if));
      expect([job, told]).toEqual([job, true]);
    }
  });

  test('what undoes its own run, and what others undo for it, is kept in the table that the policy gives the records', () => {
    for (const [job, { steps = [] }] of jobs) {
      const begun = steps.find((step) => step.with?.status === 'started');
      const asking = steps.filter(
        ({ uses, with: given }) =>
          (uses === '$/rollback' && given?.target === 'before-this-run') || uses === '$/canary-rollout',
      );
      for (const step of asking)
        expect([job, step.uses, step.with?.table]).toEqual([
          job,
          step.uses,
          `\${{ steps.${begun?.id}.outputs.table }}`,
        ]);
    }
  });

  test('every output of a step that is read is one that its action has', async () => {
    for (const [job, body] of jobs) {
      for (const [, id, output = ''] of JSON.stringify(body).matchAll(
        /steps\.([\w-]+)\.outputs\.([\w-]+)/g,
      )) {
        const step = body.steps?.find((candidate) => candidate.id === id);
        expect([job, id, step?.id]).toEqual([job, id, id]);
        if (!step?.uses?.startsWith('$/')) continue;
        const { outputs } = await contractOf(step.uses.slice(2));
        expect([job, id, Object.keys(outputs)]).toEqual([job, id, expect.arrayContaining([output])]);
      }
    }
  });
});

const jobsOf = (text: string) => Object.entries((parse(text) as { jobs: Record<string, Job> }).jobs);
const callers = 'examples/tenant-service/.github/workflows';
const shown = readFileSync('README.md', 'utf8').matchAll(/^```yaml\n(name: .*?)^```$/gms);

describe.each([
  ...readdirSync(callers).map((file) => [file, readFileSync(join(callers, file), 'utf8')]),
  ...Array.from(shown, ([, text = '']) => ['README.md', text]),
])('%s', (_, text = '') => {
  test('grants what it calls all that its jobs ask for, or GitHub would not begin', () => {
    for (const [job, { uses = '', permissions }] of jobsOf(text)) {
      const [, called] = /^org\/promo-actions\/\.github\/workflows\/(.+)@v1$/.exec(uses) ?? [];
      if (!called) continue;
      for (const [inner, { permissions: asked = {} }] of jobsOf(readFileSync(join(folder, called), 'utf8')))
        expect([job, called, inner, lacking(permissions, asked)]).toEqual([job, called, inner, []]);
    }
  });

  test('its own jobs may do what their actions may be told to do', async () => {
    for (const [job, { permissions, steps = [] }] of jobsOf(text)) {
      for (const step of steps) {
        const [, name] = /^org\/promo-actions\/([\w-]+)@v1$/.exec(step.uses ?? '') ?? [];
        if (name)
          expect([job, name, lacking(permissions, await neededBy(name, step))]).toEqual([job, name, []]);
      }
    }
  });
});

/** What an action asks of GitHub, but for what the step's own inputs, which no policy changes, make needless. */
async function neededBy(name: string, { with: given = {} }: Step): Promise<Permissions> {
  const { permissions: { github = {} } = {} } = await contractOf(name);
  // Only the merge back may open a pull request; only a release that is to be there already may be a draft.
  if (name === 'release' && given.stage !== 'backport') return { ...github, 'pull-requests': 'none' };
  if (name === 'validate-version' && given.kind === 'new') return { ...github, contents: 'read' };
  return github;
}

/** What is asked for, and not granted. */
function lacking(granted: Permissions = {}, asked: Permissions): string[] {
  const levels = ['none', 'read', 'write'];
  return Object.entries(asked).flatMap(([scope, level]) =>
    levels.indexOf(granted[scope] ?? 'none') < levels.indexOf(level) ? [`${scope}: ${level}`] : [],
  );
}
