import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Rehearsal } from '@promo-actions/rehearsal';
import { sample } from '../sample.ts';
import { promo, rehearse, release, repository, startRehearsal } from './promo.ts';

const folder = mkdtempSync(join(tmpdir(), 'promo-rehearse-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a scenario of the fixtures ends as it expects', () => {
  // What each expects stands in its own file; the scenarios are the assertions, and the next test shows that they can fail.
  test.each(
    sample(
      [
        ['actions', 'node and composite actions, posts, `$/`, `./` and the release tree'],
        ['call', 'reusable workflows in each other, with inputs, secrets and outputs'],
        ['jobs', 'failures, conditions, matrices'],
        ['approved', 'people answer, and the API tells'],
        ['cancelled', 'SIGINT, conditions of a cancelled job, posts'],
        ['killed', 'a dead runner runs no post'],
        ['killed-after-call', 'a runner dies at a call that has had its effect'],
        ['cancelled-at-call', 'the call goes on, the step is interrupted'],
        ['clock-ahead', 'a runner five minutes ahead of the sandbox'],
        ['runner', 'paths that steps add, summaries beyond measure'],
        ['secrets', 'nothing of them in log, output, summary'],
        ['artifacts', 'artifacts, and credentials by OIDC for whom it is permitted'],
        ['trivial', 'files, outputs between jobs, an hour that passes at once'],
        ['parallel', 'two jobs in one virtual time'],
        ['rejected', 'a rejection fails the job'],
        ['self-approval', 'nobody reviews their own run'],
        ['killed-in-post', 'a runner dies in a post like anywhere else'],
        ['killed-before-call', 'a runner dies at a call that then has no effect'],
        ['clock-behind', 'a runner five minutes behind'],
        ['limits', 'virtual time-outs of steps and jobs'],
      ],
      12,
    ),
  )('%s: %s', async (scenario) => {
    const { code, out, err } = await rehearse(scenario);
    expect({ code, err, end: code === 0 ? '' : out.slice(-4_000) }).toEqual({ code: 0, err: '', end: '' });
  });

  test('harm that a scenario plans and that never comes is told as not met', async () => {
    const { code, out } = await rehearse('never');
    expect(code).toBe(1);
    expect(out).toMatch(/kill at step wiat.*no such step ran for so long; there were long ▸ .*wait/);
    expect(out).toMatch(/fault 1, of lambda UpdateAlais.*the run called nothing of it/);
  });

  test('what came of a run is read past the faults that the run lived with', async () => {
    const scenario = join(folder, 'faults.yml');
    writeFileSync(
      scenario,
      `
name: Faults
workflow: trivial
inputs: { who: world }
world:
  accounts: { sit: { id: '111111111111', region: eu-west-1 } }
  ssm: [{ account: sit, name: /a, type: String, value: x }]
  dynamodb: [{ account: sit, table: deployments, key: deployment_id }]
faults:
  - { service: ssm, status: 500, probability: 1 }
  - { service: dynamodb, drop: before, probability: 1 }
  - { service: github, status: 500, probability: 1 }
expect:
  outcome: success
  parameters: { account: sit, name: /a, value: x }
  records: { account: sit, table: deployments, count: 0 }
`,
    );
    const { code, out, err } = await rehearse(scenario);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('as expected: 3 of 3 expectations met');
  });

  test('one that ends otherwise tells each difference, with exit code 1', async () => {
    const scenario = join(folder, 'wrong.yml');
    writeFileSync(
      scenario,
      `
name: Wrong
workflow: trivial
inputs: { who: world }
world: { accounts: { sit: { id: '111111111111', region: eu-west-1 } } }
expect:
  outcome: failure
  jobs: { greet: success, shout: skipped, absent: success }
  steps: { greet: { say: failure } }
  outputs: { greet: { text: Bye } }
  says: [Nothing of the kind]
  never-says: [Hello]
  alias: { account: sit, function: none, alias: live, version: 1 }
  parameters: { account: sit, name: /none, value: x }
  records: { account: sit, table: none, statuses: [started] }
`,
    );
    const { code, out } = await rehearse(scenario);
    expect(code).toBe(1);
    const lines = out.slice(out.indexOf('What the scenario expects')).split('\n').slice(1, -1);
    expect(lines).toEqual([
      '  outcome: expected failure, saw success',
      '  job shout: expected skipped, saw success',
      '  job absent: expected success, saw no such job; there are greet, shout',
      '  step say of greet: expected failure, saw success',
      '  output text of greet: expected Bye, saw Hello world',
      '  the log says “Nothing of the kind”: expected said, saw not said',
      '  the log says “Hello”: expected not said, saw said',
      '  alias live of none in sit: expected version 1, alone, saw none',
      '  parameter /none in sit: expected x, saw none',
      '  records in none of sit: expected started, saw no such table',
    ]);
  });
});

/** Signals a rehearsal once its step is at work, and again as soon as it says the second word. */
async function signalled(...signals: readonly (readonly [NodeJS.Signals, when: string])[]) {
  const temp = mkdtempSync(join(folder, 'temp-'));
  const child = startRehearsal('stuck', temp);
  let out = '';
  const coming = [...signals];
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part;
    if (coming[0] && out.includes(coming[0][1])) child.kill(coming.shift()?.[0]);
  });
  const [code] = (await once(child, 'close')) as [number];
  const step = Number(/waiting as (\d+)/.exec(out)?.[1]);
  return { code, out, left: readdirSync(temp), stepRuns: step > 0 && isAlive(step) };
}

/** A process that has ended may still be listed, as a zombie, where nobody collects it. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout ?? '');
}

test('Ctrl-C cancels the run; its steps still tidy up', async () => {
  const { code, out, left } = await signalled(['SIGINT', 'waiting']);
  expect({ code, left, end: code === 0 ? '' : out }).toEqual({ code: 0, left: [], end: '' });
});

test.each([
  [
    'a second Ctrl-C',
    [
      ['SIGINT', 'waiting as'],
      ['SIGINT', 'not at once'],
    ],
    130,
  ],
  ['SIGTERM', [['SIGTERM', 'waiting as']], 143],
] as const)('%s ends it at once; nothing of it stays, neither process nor file', async (_, signals, code) => {
  expect(await signalled(...signals)).toMatchObject({ code, left: [], stepRuns: false });
});

describe('what a rehearsal leaves', () => {
  test('JSON with everything that happened, and a report', async () => {
    const [json, report] = [join(folder, 'a', 'run.json'), join(folder, 'a', 'run.html')];
    const { code, out } = await rehearse('trivial', '--json', json, '--report', report);
    expect(code).toBe(0);
    expect(out).toContain(`Report: ${report}`);
    const rehearsal = JSON.parse(readFileSync(json, 'utf8')) as Rehearsal;
    expect(rehearsal).toMatchObject({
      outcome: 'success',
      actor: 'release-manager',
      event: 'workflow_dispatch',
      inputs: { who: 'world', loud: true },
      start: Date.parse('2026-03-03T20:05:00Z'),
      end: Date.parse('2026-03-03T21:05:00Z'),
    });
    expect(rehearsal.jobs.map((job) => [job.key, job.conclusion])).toEqual([
      ['greet', 'success'],
      ['shout', 'success'],
    ]);
    const [, say] = rehearsal.jobs[0]?.steps ?? [];
    expect(say).toMatchObject({ id: 'say', outputs: { text: 'Hello world' }, summary: '### Hello world\n' });
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  test('the repository as it was', async () => {
    const before = fingerprint(repository);
    await rehearse('artifacts');
    expect(fingerprint(repository)).toBe(before);
  });

  test('no folder of its own and no process', async () => {
    const temp = mkdtempSync(join(tmpdir(), 'promo-left-'));
    await promo(['rehearse', '--scenario', 'killed', '--release', release], { TMPDIR: temp });
    const left = readdirSync(temp);
    rmSync(temp, { recursive: true });
    expect(left).toEqual([]);
  });

  test('nothing of one’s own credentials, and nothing of the secrets anywhere in the JSON', async () => {
    const json = join(folder, 'secrets.json');
    const own = { AWS_SECRET_ACCESS_KEY: 'my-own-key', AWS_PROFILE: 'mine', GITHUB_TOKEN: 'my-own-token' };
    const run = await promo(['rehearse', '--scenario', 'secrets', '--json', json], own);
    expect(run.code).toBe(0);
    const written = readFileSync(json, 'utf8') + run.out;
    for (const secret of ['my-own-key', 'my-own-token', 'opensesame', 'made-here']) {
      expect(written).not.toContain(secret);
    }
  });

  test('twice the same, but for real times and tokens', async () => {
    const runs = await Promise.all(
      ['1', '2'].map((name) => rehearse('call', '--json', join(folder, `${name}.json`))),
    );
    expect(runs.map((run) => run.code)).toEqual([0, 0]);
    const [one, other] = ['1', '2'].map((name) =>
      comparable(readFileSync(join(folder, `${name}.json`), 'utf8')),
    );
    expect(one).toEqual(other);
  });
});

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(root, path);
    hash.update(path);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  hash.update(execFileSync('git', ['status', '--porcelain', '.'], { cwd: root }));
  return hash.digest('hex');
}

function comparable(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (/^real|^requestId$/.test(key) ? undefined : value));
}
