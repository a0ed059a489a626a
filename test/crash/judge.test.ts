import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { flawsOf, liesOf } from './judge.ts';
import type { Shown, World } from './outside.ts';

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

/** The promotion as GitHub shows it. */
function shown(state: string, attempt = 1): Shown {
  return { deployment: `prod/tenant-service/promote/1-${attempt}`, version: 'v1.4.0', state };
}

const promoted: World = {
  now: '2026-03-03T20:10:00Z',
  version: '2',
  weights: {},
  published: [
    { version: '1', description: 'v1.3.0' },
    { version: '2', description: 'v1.4.0' },
  ],
  backups: ['1'],
  releases: [
    { tag: 'v1.3.0', draft: false },
    { tag: 'v1.4.0', draft: false },
  ],
  board: [shown('success')],
  comments: ['tenant-service v1.4.0 was promoted to prod.'],
  items: records('started', 'succeeded'),
  parameters: {
    '/tenants/prod/deployed-version': 'v1.4.0',
    '/tenants/prod/deployed-at': '2026-03-03T20:01:00Z',
  },
};
const undone: World = {
  ...promoted,
  version: '1',
  items: records('started', 'rolled-back'),
  parameters: {},
  releases: [{ tag: 'v1.4.0', draft: true }],
  board: [shown('failure')],
  comments: ['The promotion of tenant-service v1.4.0 to prod failed'],
};

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
          {
            ...{ deployment_id: 'lock#prod#tenant-service', lock_state: 'held', run_id: '1', run_attempt: 1 },
            expires_at: '2026-03-03T20:30:00Z',
          },
        ],
      },
      'the lock is still held by run 1, attempt 1',
    ],
    [
      'a release made twice',
      { ...promoted, releases: [...promoted.releases, { tag: 'v1.4.0', draft: true }] },
      'GitHub has the releases v1.3.0, v1.4.0, v1.4.0',
    ],
    ['a release that is a draft still', { ...promoted, releases: undone.releases }, 'a draft still'],
    ['a release ahead of the alias', { ...undone, releases: promoted.releases }, 'GitHub says v1.4.0'],
    ['a ticket that does not know', { ...promoted, comments: [] }, 'the ticket does not know'],
    ['a ticket ahead of the alias', { ...undone, comments: promoted.comments }, 'the ticket says v1.4.0'],
    ['a ticket told twice', { ...undone, comments: ['a', 'b'] }, 'the ticket was told 2 times'],
    ['a board that shows nothing', { ...promoted, board: [] }, 'does not show deployment prod/'],
    [
      'a board behind the records',
      { ...promoted, board: [shown('in_progress')] },
      'as in_progress, the records say succeeded',
    ],
    ['a board without the success', { ...promoted, board: [shown('inactive')] }, 'nothing as deployed'],
    ['a board ahead of the alias', { ...undone, board: [shown('success')] }, 'the board says v1.4.0'],
    [
      'a success on the board that was not retired',
      { ...promoted, board: [shown('success', 2), shown('success')] },
      'v1.4.0 and v1.4.0 as deployed',
    ],
    [
      'a dead attempt that is shown as under way',
      { ...promoted, board: [shown('in_progress', 0), shown('success')] },
      '1-0 as in_progress, the records say nothing',
    ],
    [
      'an attempt that died before it was shown in any state',
      { ...undone, board: [{ ...shown('', 0), state: undefined }, shown('failure')] },
      '1-0 as nothing yet',
    ],
    [
      'a failure that is shown as under way',
      { ...undone, board: [shown('in_progress')] },
      'as in_progress, the records say rolled-back',
    ],
    [
      'a deployment shown twice',
      { ...undone, board: [shown('failure'), shown('failure')] },
      'promote/1-1 twice',
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

  const settings = {
    parameters: { 'table-name': 'tenants-prod', plans: '["free"]' },
    teamPlan: false,
    snapshots: ['promotion-1'],
  };
  const withSettings = (world: World, change: Partial<typeof settings> = {}) => ({
    ...world,
    settings: { ...settings, ...change },
  });

  test('has nothing against settings that are those of the version', () => {
    const parameters = {
      ...settings.parameters,
      plans: '["free", "team"]',
      'payment-key': 'payment-key-of-sit',
    };
    const brought = withSettings(promoted, { parameters, teamPlan: true });
    expect(flawsOf(brought, 'success', 'promoted')).toEqual([]);
    expect(flawsOf(withSettings(undone), 'failure', 'undone')).toEqual([]);
  });

  test.each<[string, World, string]>([
    ['settings that stayed behind', withSettings(promoted), 'the alias is on 2, but around it are'],
    ['a flag that stayed on', withSettings(undone, { teamPlan: true }), '"teamPlan":true'],
    [
      'a parameter that stayed',
      withSettings(undone, { parameters: { ...settings.parameters, plans: '["free", "team"]' } }),
      'the alias is on 1, but around it are',
    ],
    [
      'a snapshot made twice',
      withSettings(undone, { snapshots: ['promotion-1', 'promotion-2'] }),
      'the database was kept as promotion-1, promotion-2',
    ],
  ])('finds %s', (_, world, flaw) => {
    const outcome = world.version === '2' ? 'success' : 'failure';
    expect(flawsOf(world, outcome, 'any').join('\n')).toContain(flaw);
  });

  test('finds who is ahead of the alias even while a runner lies dead', () => {
    const lies = liesOf({ ...promoted, weights: { '1': 0.9 } });
    expect(lies.map((lie) => lie.split(' says v1.4.0')[0])).toEqual([
      'SSM',
      'GitHub',
      'the board',
      'the ticket',
    ]);
  });

  test('lets the board be behind where that is asked for, and never ahead', () => {
    const behind: World = { ...undone, board: [shown('in_progress')] };
    expect(flawsOf(behind, 'failure', 'undone', true)).toEqual([]);
    const ahead: World = { ...undone, board: [shown('success')] };
    expect(flawsOf(ahead, 'failure', 'undone', true).join('\n')).toContain('the board says v1.4.0');
    const twice: World = { ...undone, board: [shown('failure'), shown('failure')] };
    expect(flawsOf(twice, 'failure', 'undone', true).join('\n')).toContain('promote/1-1 twice');
  });

  test('takes a record that the head alone carries for written only where the table refuses it for good', () => {
    const items = records('started', 'failed');
    const last = items.find(({ status }) => status === 'failed');
    const carried = items
      .filter((item) => item !== last)
      .map((item) => ('head_hash' in item ? { ...item, head_record: JSON.stringify(last) } : item));
    const world = { ...undone, items: carried };
    expect(flawsOf(world, 'failure', 'unrecorded')).toEqual([]);
    expect(flawsOf(world, 'failure', 'told').join('\n')).toContain('its last record says started');
    expect(flawsOf(world, 'failure', 'any').join('\n')).toContain('the head is not at the last record');
    const forged = carried.map((item) =>
      'head_hash' in item ? { ...item, head_record: JSON.stringify({ ...last, reason: 'another' }) } : item,
    );
    expect(flawsOf({ ...undone, items: forged }, 'failure', 'unrecorded').join('\n')).toContain(
      'does not have the hash of its content',
    );
  });

  test('takes parameters that say nothing for told where SSM refuses for good, and wrong ones never', () => {
    const silent = { ...promoted, parameters: {} };
    expect(flawsOf(silent, 'failure', 'told').join('\n')).not.toContain('SSM');
    expect(flawsOf(silent, 'failure', 'any').join('\n')).toContain('SSM deployed-version is undefined');
    const wrong = { ...promoted, parameters: { '/tenants/prod/deployed-version': 'v1.3.0' } };
    expect(flawsOf(wrong, 'failure', 'told').join('\n')).toContain('SSM deployed-version is v1.3.0');
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
