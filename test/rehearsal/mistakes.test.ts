import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { promo, rehearse } from './promo.ts';

const folder = mkdtempSync(join(tmpdir(), 'promo-mistakes-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
    ['more than a command takes', ['scenarios', 'jobs'], /promo scenarios takes flags alone, not jobs/],
  ])('%s is told, with exit code 2', async (_, args, message) => {
    const { code, out, err } = await promo(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test.each([
    [
      'code that is not there',
      '  lambda: [{ account: sit, function: a, versions: [{ code: . }, { code: nowhere }] }]',
      /:4:73: The world's function a of account sit: There is no code at .*nowhere/,
    ],
    [
      'a function stated twice',
      '  lambda: [{ account: sit, function: a, versions: [{ code: . }] }, { account: sit, function: a, versions: [{ code: . }] }]',
      /:4:68: The world's function a of account sit: it is stated twice/,
    ],
    [
      'a parameter that cannot be',
      '  ssm: [{ account: sit, name: /a, type: String, value: x }, { account: sit, name: /aws/b, type: String, value: x }]',
      /:4:61: The world's parameter \/aws\/b of sit is not possible/,
    ],
    [
      'a tag of a branch that is not there',
      '  github: { repository: a/b, tags: { v1.0.0: mian } }',
      /:4:11: .*mian/,
    ],
    [
      'a fault of an unknown service',
      'faults: [{ service: ssm, status: 500 }, { service: lambada, status: 500 }]',
      /:4:52: A fault is for lambada, which is no service; there are /,
    ],
  ])('%s is told with its line and column', async (_, line, message) => {
    const file = join(folder, 'world.yml');
    const accounts = "world:\n  accounts: { sit: { id: '111111111111', region: eu-west-1 } }";
    writeFileSync(file, `name: World\n${accounts}\n${line}\nworkflow: jobs\nexpect: { outcome: success }\n`);
    const { code, out, err } = await rehearse(file);
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
