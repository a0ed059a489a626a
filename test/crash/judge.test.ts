import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { flawsOf, liesOf } from './judge.ts';
import type { World } from './outside.ts';

type Item = Readonly<Record<string, string | number>>;

/** Records of one promotion with these statuses, chained and with their head, written without the product. */
function records(...statuses: readonly string[]): Item[] {
  const items: Item[] = [];
  let previous = { id: '', hash: '0'.repeat(64) };
  statuses.forEach((status, index) => {
    const id = `prod/tenant-service/promote/1-1/${status}`;
    const content: Item = {
      deployment_id: id,
      deployment: 'prod/tenant-service/promote/1-1',
      timestamp: `2026-03-03T20:0${index}:00Z`,
      environment: 'prod',
      service: 'tenant-service',
      action: 'promote',
      status,
      to_version: 'v1.4.0',
      actor: 'release-manager',
      gates: '[]',
      components: '[]',
      sequence: index + 1,
      ...(previous.id ? { previous: previous.id } : {}),
      previous_hash: previous.hash,
    };
    const sorted = Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
    const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
    items.push({ ...content, hash });
    previous = { id, hash };
  });
  const current = statuses.includes('succeeded')
    ? { current_version: 'v1.4.0', current_since: '2026-03-03T20:01:00Z' }
    : {};
  return [...items, { deployment_id: 'current/prod/tenant-service', head_hash: previous.hash, ...current }];
}

const promoted: World = {
  version: '2',
  weights: {},
  published: [
    { version: '1', description: 'v1.3.0' },
    { version: '2', description: 'v1.4.0' },
  ],
  backups: ['1'],
  releases: ['v1.3.0', 'v1.4.0'],
  items: records('started', 'succeeded'),
  parameters: {
    '/tenants/prod/deployed-version': 'v1.4.0',
    '/tenants/prod/deployed-at': '2026-03-03T20:01:00Z',
  },
};
const undone: World = { ...promoted, version: '1', items: records('started', 'rolled-back'), parameters: {} };

describe('the judge of crash points', () => {
  test('has nothing against a promotion that went through, nor against one that was undone', () => {
    expect(flawsOf(promoted, 'success', 'promoted')).toEqual([]);
    expect(flawsOf(undone, 'failure', 'undone')).toEqual([]);
    expect(liesOf(promoted)).toEqual([]);
  });

  test.each<[string, World, string]>([
    ['weights left on the alias', { ...undone, weights: { '2': 0.1 } }, '{"2":0.1}'],
    [
      'a success that the alias does not know',
      { ...promoted, version: '1' },
      'the last record says succeeded',
    ],
    [
      'an undoing that the alias does not know',
      { ...undone, version: '2' },
      'the last record says rolled-back',
    ],
    ['a promotion without an end', { ...undone, items: records('started') }, 'its last record says started'],
    ['SSM behind the records', { ...promoted, parameters: {} }, 'SSM deployed-version is undefined'],
    ['SSM ahead of the records', { ...undone, parameters: promoted.parameters }, 'the records say undefined'],
    [
      'an end after the end',
      { ...promoted, items: records('started', 'succeeded', 'failed') },
      'is told as started, succeeded, failed',
    ],
    [
      'a version published twice',
      { ...promoted, published: [...promoted.published, { version: '3', description: 'v1.4.0' }] },
      'published twice',
    ],
    [
      'a lock that is held',
      {
        ...undone,
        items: [
          ...undone.items,
          { deployment_id: 'lock#prod#tenant-service', lock_state: 'held', run_id: '1', run_attempt: 1 },
        ],
      },
      'the lock is still held by run 1, attempt 1',
    ],
    [
      'a release made twice',
      { ...promoted, releases: ['v1.4.0', 'v1.4.0'] },
      'GitHub has the releases v1.4.0, v1.4.0',
    ],
    ['a backup made twice', { ...promoted, backups: ['1', '2'] }, 'backup aliases keep 1, 2'],
    ['a record removed', { ...promoted, items: promoted.items.slice(1) }, 'does not follow nothing'],
    [
      'a record changed',
      {
        ...promoted,
        items: promoted.items.map((item) => (item.status ? { ...item, actor: 'other' } : item)),
      },
      'does not have the hash of its content',
    ],
    ['the last record cut off', { ...promoted, items: promoted.items.toSpliced(1, 1) }, 'the head is not at'],
  ])('finds %s', (_, world, flaw) => {
    const outcome = world.version === '2' && world.items.length === 3 ? 'success' : 'failure';
    expect(flawsOf(world, outcome, 'any').join('\n')).toContain(flaw);
  });

  test('finds SSM ahead of the alias even while a runner lies dead', () => {
    expect(liesOf({ ...promoted, weights: { '1': 0.9 } })).toEqual([
      expect.stringContaining('SSM says v1.4.0'),
    ]);
  });

  test('a promotion that could not be undone may say so where that is asked for', () => {
    const [started, failed, head] = records('started', 'failed');
    const reason = 'the promotion failed and could not be undone';
    const items: (Item | undefined)[] = [started, failed && { ...failed, reason }, head];
    const world: World = {
      ...undone,
      weights: { '2': 0.1 },
      items: items.filter((item) => item !== undefined),
    };
    const weighed = (flaw: string) => flaw.includes('{"2":0.1}');
    expect(flawsOf(world, 'failure', 'told').filter(weighed)).toEqual([]);
    expect(flawsOf(world, 'failure', 'any').filter(weighed)).toHaveLength(1);
  });
});
