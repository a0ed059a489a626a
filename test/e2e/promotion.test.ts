import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sample } from '../sample.ts';
import { endRehearsals, example, look, rehearseAndKeep } from './example.ts';

/** Scenarios that a gate or a reviewer stops before anything is touched. */
const refused = [
  'outside-the-window',
  'unapproved-ticket',
  'unstable-sit',
  'self-approval',
  'too-little-time-left',
  'approved-by-requester',
  'rejected',
  'wrong-role',
  'plan-that-destroys',
];
/** Scenarios that are undone, and what their records give as the reason. */
const undone: Readonly<Record<string, RegExp>> = {
  'failed-smoke-test': /^the health check failed once the new version had every request$/,
  'cancelled-mid-canary': /^the run was cancelled$/,
  'slow-canary': /canary is slower than 500 ms in \d+(\.\d+)?%/,
  'low-traffic': /Insufficient evidence/,
  'shared-incident': /the canary is not shown to be worse/,
};
/** Scenarios whose runner dies, or that meet another promotion's canary, and what is there in the end. */
const unfinished: Readonly<
  Record<string, { readonly weights: object; readonly statuses: readonly string[] }>
> = {
  'rerun-refused': { weights: {}, statuses: ['started', 'rolled-back'] },
  'runner-killed-mid-canary': { weights: { '2': 0.1 }, statuses: ['started'] },
  'lost-race': { weights: { '2': 0.1 }, statuses: ['started', 'failed'] },
};

afterEach(endRehearsals);

const production = (url: string) => look(url, '222222222222', 'prod');

describe('the example promotes to production', () => {
  test.each(sample(refused, 2))('%s: nothing is touched', async (scenario) => {
    const { url } = await rehearseAndKeep(scenario);
    const seen = await production(url);
    expect(seen).toEqual({ version: '1', weights: {}, backups: [], records: [], parameters: {} });
  });

  test.each(sample(Object.keys(undone), 1))(
    '%s: it ends on the old version alone, and its record says why',
    async (scenario) => {
      const { url } = await rehearseAndKeep(scenario);
      const seen = await production(url);
      expect(seen).toMatchObject({ version: '1', weights: {}, backups: ['1'], parameters: {} });
      expect(seen.records.map(({ status }) => status)).toEqual(['started', 'rolled-back']);
      expect(seen.records[1]?.reason).toMatch(undone[scenario] ?? 'a reason');
    },
  );

  test('throttled-aws: every fault strikes, and the promotion arrives all the same, with nothing done twice', async () => {
    const { log, url } = await rehearseAndKeep('throttled-aws');
    expect(log).not.toContain('jira-token-of-the-rehearsal');
    const seen = await production(url);
    expect(seen).toMatchObject({ version: '2', weights: {}, backups: ['1'] });
    expect(seen.records.map(({ status }) => status)).toEqual(['started', 'succeeded']);
    expect(seen.parameters['/tenants/prod/deployed-version']).toBe('v1.4.0');
    const { entries } = (await (await fetch(`${url}/_sandbox/journal`)).json()) as {
      entries: { operation: string; fault?: string }[];
    };
    const struck: Record<string, number> = {};
    for (const { operation } of entries.filter(({ fault }) => fault !== undefined))
      struck[operation] = (struck[operation] ?? 0) + 1;
    expect(struck).toEqual({
      GetFunction: 2,
      UpdateFunctionCode: 1,
      PublishVersion: 1,
      UpdateAlias: 3,
      GetMetricData: 2,
      PutItem: 2,
      PutParameter: 3,
    });
  });

  test.each(sample(Object.keys(unfinished), 1))(
    '%s: what a dead runner left is undone by its next attempt alone, a gate or not, and until then not said to have ended; another promotion keeps its share',
    async (scenario) => {
      const { url } = await rehearseAndKeep(scenario);
      const seen = await production(url);
      const { weights, statuses } = unfinished[scenario] ?? {};
      expect(seen).toMatchObject({ version: '1', weights, parameters: {} });
      expect(seen.records.map(({ status }) => status)).toEqual(statuses);
    },
  );

  test('every scenario that promotes is one of those', async () => {
    const command = join(process.cwd(), 'build', 'tools', 'promo.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [command, 'scenarios', '--repo', example]);
    const listed = [
      ...stdout.matchAll(/scenarios\/(\S+)\.yml\n.*: expects \w+ of \.github\/workflows\/promote\.yml$/gm),
    ];
    expect(listed.map(([, name]) => name).sort()).toEqual(
      [
        // Of promotion-whole.test.ts.
        ...[
          'whole-release',
          'whole-bad-canary',
          'missing-key',
          'snapshot-fails',
          'snapshot-outlasts-window',
          'flags-wait',
          'merge-conflict',
        ],
        // Of demo.test.ts.
        ...['good-release', 'bad-canary'],
        'throttled-aws',
        ...Object.keys(unfinished),
        ...refused,
        ...Object.keys(undone),
      ].sort(),
    );
  });
});
