import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Rehearsal } from '@promo-actions/rehearsal';
import { promo, rehearse, repository } from './promo.ts';

const folder = mkdtempSync(join(tmpdir(), 'promo-rehearse-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a scenario of the fixtures ends as it expects', () => {
  // What each expects stands in its own file; the scenarios are the assertions, and the next test shows that they can fail.
  test.each([
    ['trivial', 'files, outputs between jobs, an hour that passes at once'],
    ['actions', 'node and composite actions, posts, `$/`, `./` and the release tree'],
    ['call', 'reusable workflows in each other, with inputs, secrets and outputs'],
    ['jobs', 'failures, conditions, matrices'],
    ['parallel', 'two jobs in one virtual time'],
    ['approved', 'people answer, and the API tells'],
    ['rejected', 'a rejection fails the job'],
    ['self-approval', 'nobody reviews their own run'],
    ['cancelled', 'SIGINT, conditions of a cancelled job, posts'],
    ['killed', 'a dead runner runs no post'],
    ['limits', 'virtual time-outs of steps and jobs'],
    ['secrets', 'nothing of them in log, output, summary'],
    ['artifacts', 'artifacts, and credentials by OIDC for whom it is permitted'],
  ])('%s: %s', async (scenario) => {
    const { code, out, err } = await rehearse(scenario);
    expect({ code, err, end: code === 0 ? '' : out.slice(-4_000) }).toEqual({ code: 0, err: '', end: '' });
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
    ]);
  });
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
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('promo-rehearsal-'));
    await rehearse('killed');
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('promo-rehearsal-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
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

describe('mistakes', () => {
  test('whatever a rehearsal does not run is refused by name before anything starts', async () => {
    const { code, out, err } = await rehearse('jobs', 'refused');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const file = '.github/workflows/refused.yml';
    expect(err.trim().split('\n')).toEqual([
      `${file}:6:5: a rehearsal does not run \`container\` (job build)`,
      `${file}:7:5: a rehearsal does not run \`services\` (job build)`,
      expect.stringMatching(
        /refused\.yml:9:15: docker\/build-push-action@v6: .* has no stand-in for docker\/build-push-action/,
      ),
      `${file}:10:15: docker://alpine: container actions are not run in a rehearsal`,
      `${file}:11:15: ./tools/missing: there is no action.yml in tools/missing`,
      expect.stringMatching(
        /refused\.yml:13:17: the rehearsal's stand-in for actions\/checkout does not play its input sparse-checkout/,
      ),
      `${file}:14:16: a rehearsal does not run \`shell: pwsh\`; it runs bash and sh`,
      expect.stringMatching(
        /refused\.yml:19:11: org\/promo-actions\/.*@v1 requires the input text, which job call does not pass/,
      ),
      expect.stringMatching(/refused\.yml:19:11: .* requires the secret KEY/),
      expect.stringMatching(/refused\.yml:20:13: .* has no input txt; it has text, count, loud/),
      expect.stringMatching(
        /refused\.yml:22:11: other\/repository\/.*@v1: a rehearsal only calls workflows of this repository and of the release/,
      ),
    ]);
  });

  test.each([
    [
      'what GitHub’s parser refuses',
      ['rehearse', 'invalid', '--scenario', 'jobs'],
      /invalid\.yml:8:19: Unexpected symbol: '\+'.*\n.*invalid\.yml:9:9: Unexpected value 'rum'/,
    ],
    [
      'a missing input',
      ['rehearse', 'trivial', '--scenario', 'jobs'],
      /scenarios\/jobs\.yml:\d+:\d+: \.github\/workflows\/trivial\.yml requires the input who/,
    ],
    [
      'an unknown workflow',
      ['rehearse', 'trivail', '--scenario', 'jobs'],
      /no workflow trivail in .*\. Did you mean trivial\?/,
    ],
    [
      'an unknown scenario',
      ['rehearse', '--scenario', 'job'],
      /--scenario job: there is no such file\. Did you mean jobs\?/,
    ],
    ['an unknown command', ['reherse'], /promo has no command reherse\. Did you mean rehearse\?/],
    [
      'an unknown flag',
      ['rehearse', '--scenaro', 'x'],
      /there is no flag --scenaro\. Did you mean --scenario\?/,
    ],
    [
      'a flag without its value',
      ['rehearse', '--scenario', '--json', 'x'],
      /--scenario needs a value: --scenario FILE/,
    ],
    ['no scenario', ['rehearse', 'trivial'], /--scenario FILE is missing/],
    ['a wrong log', ['rehearse', '--scenario', 'jobs', '--log', 'loud'], /--log is plain or tree, not loud/],
    [
      'a Node too old or none',
      ['rehearse', '--scenario', 'jobs', '--node', '/bin/false'],
      /--node \/bin\/false: not a Node 24 or newer/,
    ],
    [
      'a folder that is not there',
      ['scenarios', '--repo', 'nowhere'],
      /--repo nowhere: there is no such folder/,
    ],
  ])('%s is told, with exit code 2', async (_, args, message) => {
    const { code, out, err } = await promo(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('help names every flag; scenarios lists them', async () => {
    const help = await promo(['help', 'rehearse']);
    expect(help.code).toBe(0);
    for (const flag of [
      '--scenario FILE',
      '--repo DIR',
      '--report FILE',
      '--json FILE',
      '--log plain|tree',
      '--release DIR',
    ]) {
      expect(help.out).toContain(flag);
    }
    const { code, out } = await promo(['scenarios']);
    expect(code).toBe(0);
    expect(out).toContain('scenarios/killed.yml\n  Killed: expects failure of stops\n');
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
