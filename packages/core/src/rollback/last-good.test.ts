import { expect, test } from '@jest/globals';
import type { Attributes } from '../deployment/index.ts';
import { type Alias, publishedVersion } from '../lambda/index.ts';
import { findLastGood } from './last-good.ts';

const releases: Readonly<Record<string, string>> = { '2': 'v1.2.0', '3': 'v1.3.0', '4': 'v1.4.0' };
const versions = Object.entries(releases).map(([version, description]) =>
  publishedVersion(version, { description }),
);

function alias(name: string, stableVersion: string, over: Partial<Alias> = {}): Alias {
  return { functionName: 'orders', name, stableVersion, description: '', revisionId: '', ...over };
}
const incident = (version: string) =>
  alias('incident-20260303-200500', version, {
    description: `promo-actions: version ${version} of live, run 6000`,
  });

function record(toVersion: string, over: Attributes = {}): Attributes {
  return {
    deployment_id: `${toVersion}/succeeded`,
    deployment: toVersion,
    timestamp: '2026-03-01T20:00:00Z',
    environment: 'prod',
    service: 'orders',
    action: 'promote',
    status: 'succeeded',
    to_version: toVersion,
    sequence: 1,
    previous_hash: '',
    hash: '',
    ...over,
  };
}

async function* newestFirst(records: readonly Attributes[]): AsyncGenerator<Attributes> {
  yield* records;
}

const history = [record('v1.4.0'), record('v1.3.0'), record('v1.2.0')];
const find = (live: Alias, records: readonly Attributes[] = history, others: readonly Alias[] = []) =>
  findLastGood(newestFirst(records), { alias: live, aliases: [live, ...others], versions, runId: '7001' });

test.each<[string, Alias, readonly Attributes[], readonly Alias[], string]>([
  ['the release before the one that serves', alias('live', '4'), history, [], '3'],
  [
    'the newest success while a canary that has none is out',
    alias('live', '3', { canary: { version: '4', weight: 5 } }),
    history.slice(1),
    [],
    '3',
  ],
  [
    'where it is, once an incident alias says it was rolled back',
    alias('live', '3'),
    history,
    [incident('4')],
    '3',
  ],
  [
    'where it is, once a record says it was rolled back',
    alias('live', '3'),
    [record('v1.3.0', { action: 'rollback' }), ...history],
    [],
    '3',
  ],
  ['none that is kept as bad', alias('live', '4'), history, [incident('3')], '2'],
  [
    'one that was kept as bad once, and succeeded again since',
    alias('live', '4'),
    [record('v1.4.0'), record('v1.3.0', { timestamp: '2026-03-03T20:05:01Z' }), ...history.slice(1)],
    [incident('3')],
    '3',
  ],
  [
    'none that is kept as bad since it succeeded again',
    alias('live', '4'),
    [record('v1.4.0'), record('v1.3.0', { timestamp: '2026-03-03T20:05:00Z' }), ...history.slice(1)],
    [incident('3')],
    '2',
  ],
  [
    'none that failed or only changed configuration',
    alias('live', '4'),
    [record('v1.3.0', { status: 'failed' }), record('v1.3.0', { action: 'config' }), record('v1.2.0')],
    [],
    '2',
  ],
  [
    'the version that a record names for the function',
    alias('live', '4'),
    [record('2026.9', { components: '[{"name":"orders","version":"2"}]' })],
    [],
    '2',
  ],
  ['none that is not published any more', alias('live', '4'), [record('v1.1.0'), record('v1.2.0')], [], '2'],
])('is %s', async (_, live, records, others, version) => {
  expect(await find(live, records, others)).toMatchObject({ kind: 'version', version });
});

test('is told as unknown where no record helps', async () => {
  expect(await find(alias('live', '4'), [record('v1.4.0')])).toMatchObject({
    kind: 'unknown',
    remedy: expect.stringMatching(/previous/),
  });
});
