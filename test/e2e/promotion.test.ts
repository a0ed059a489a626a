import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { playedWhole, sample } from '../sample.ts';
import { boardOf, endRehearsals, example, look, overridesOf, rehearseAndKeep } from './example.ts';
import { afterwards, toProduction } from './stages.ts';

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
  'no-draft',
  'no-flags-token',
  'dropped-column',
  'medium-finding',
  'planned-time-ends',
  'emergency-of-one',
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

/** Scenarios that arrive although something stands in their way, why they are made, and what of it is seen. */
const arrived: readonly (readonly [
  string,
  string | undefined,
  (url: string) => Promise<unknown>,
  unknown,
])[] = [
  [
    'throttled-aws',
    undefined,
    faultsOf,
    {
      GetFunction: 2,
      UpdateFunctionCode: 1,
      PublishVersion: 1,
      UpdateAlias: 3,
      GetMetricData: 2,
      PutItem: 2,
      PutParameter: 3,
    },
  ],
  [
    'emergency',
    'Payments fail in production',
    (url) => overridesOf(url, '222222222222'),
    [
      {
        ticket: 'CHG-101',
        reason: 'Payments fail in production',
        approvers: ['dev-lead', 'ops-lead'],
        approvals: 'seen',
        environment: 'prod',
        version: 'v1.4.0',
        expires: '2026-03-04T12:00:00Z',
      },
    ],
  ],
];

/** How many faults struck each operation. */
async function faultsOf(url: string): Promise<Record<string, number>> {
  const { entries } = (await (await fetch(`${url}/_sandbox/journal`)).json()) as {
    entries: { operation: string; fault?: string }[];
  };
  const struck: Record<string, number> = {};
  for (const { operation } of entries.filter(({ fault }) => fault !== undefined))
    struck[operation] = (struck[operation] ?? 0) + 1;
  return struck;
}

afterEach(endRehearsals);

const production = (url: string) => look(url, '222222222222', 'prod');

describe('the example promotes to production', () => {
  test.each(sample(refused, 1))('%s: nothing is touched', async (scenario) => {
    const { url } = await rehearseAndKeep(scenario);
    const seen = await production(url);
    expect(seen).toEqual({ version: '1', weights: {}, backups: [], records: [], parameters: {} });
  });

  test.each(sample(arrived, 1))(
    '%s: the promotion arrives all the same, with nothing done twice, and it can be seen what it met',
    async (scenario, reason, met, expected) => {
      const { log, url } = await rehearseAndKeep(scenario);
      expect(log).not.toContain('jira-token-of-the-rehearsal');
      const seen = await production(url);
      expect(seen).toMatchObject({ version: '2', weights: {}, backups: ['1'] });
      expect(seen.records).toEqual([{ status: 'started', reason }, { status: 'succeeded' }]);
      expect(seen.parameters['/tenants/prod/deployed-version']).toBe('v1.4.0');
      expect(await boardOf(url)).toEqual(['v1.4.0: in_progress, success']);
      expect(await met(url)).toEqual(expected);
    },
  );

  // A bad canary is undone in demo.test.ts, and runners die in crash/sample.test.ts.
  playedWhole(() => {
    test.each(Object.keys(undone))(
      '%s: it ends on the old version alone, and its record says why',
      async (scenario) => {
        const { url } = await rehearseAndKeep(scenario);
        const seen = await production(url);
        expect(seen).toMatchObject({ version: '1', weights: {}, backups: ['1'], parameters: {} });
        expect(seen.records.map(({ status }) => status)).toEqual(['started', 'rolled-back']);
        expect(seen.records[1]?.reason).toMatch(undone[scenario] ?? 'a reason');
        expect(await boardOf(url)).toEqual(['v1.4.0: in_progress, failure']);
      },
    );

    test.each(Object.keys(unfinished))(
      '%s: what a dead runner left is undone by its next attempt alone, a gate or not, and until then not said to have ended; another promotion keeps its share',
      async (scenario) => {
        const { url } = await rehearseAndKeep(scenario);
        const seen = await production(url);
        const { weights, statuses } = unfinished[scenario] ?? {};
        expect(seen).toMatchObject({ version: '1', weights, parameters: {} });
        expect(seen.records.map(({ status }) => status)).toEqual(statuses);
      },
    );
  });

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
          'failed-migration',
          'snapshot-fails',
          'snapshot-outlasts-window',
          'flags-wait',
          'merge-conflict',
        ],
        // Of demo.test.ts.
        ...['good-release', 'bad-canary'],
        ...arrived.map(([scenario]) => scenario),
        ...Object.keys(unfinished),
        // Of stages.test.ts.
        ...Object.keys(toProduction),
        ...Object.keys(afterwards),
        ...refused,
        ...Object.keys(undone),
      ].sort(),
    );
  });
});
