import { describe, expect, test } from '@jest/globals';
import { InputError, OutsideError } from '../errors/index.ts';
import { type AliasChange, type AliasStore, memoryAliasStore, publishedVersion } from '../lambda/index.ts';
import { reportRollback } from './report.ts';
import { type RollbackOrder, rollback, type Verify } from './rollback.ts';
import { scopeOf } from './scope.ts';
import { findDestination } from './target.ts';

const start = Date.parse('2026-03-03T20:30:00Z');

const published = (version: string, description = '', state = 'Active') =>
  publishedVersion(version, { description, state });

const versions = [
  published('1'),
  published('2', 'v1.2.0'),
  published('3', 'v1.3.0'),
  published('4', 'v1.4.0'),
];
const functions = {
  describe: async (_: string, version = '') => versions.find((known) => known.version === version),
  versions: async () => versions,
  hasProvisionedConcurrency: async () => false,
};
const backupOf3 = { stableVersion: '3', description: 'promo-actions: version 3 of live, run 6000' };
const incidentOf4 = {
  stableVersion: '4',
  description: 'promo-actions: version 4 of live, run 6001: errors rose',
};
const shifted = { stableVersion: '3', canary: { version: '4', weight: 10 } };

const silent = { info: () => {}, warning: () => {} };

function world(live: string | AliasChange, more: Record<string, string | AliasChange> = {}) {
  return memoryAliasStore({ orders: { live, ...more } });
}

function order(over: Partial<RollbackOrder> = {}): RollbackOrder {
  return {
    places: [{ functionName: 'orders', alias: 'live' }],
    target: 'previous',
    reason: 'errors rose',
    runId: '7001',
    safetyDelay: 10_000,
    incidentAlias: true,
    dryRun: false,
    ...over,
  };
}

function run(aliases: AliasStore, given = order(), verify: Verify = async () => undefined) {
  let now = start;
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const results = rollback(given, { aliases, functions }, verify, {
    clock,
    log: { info: say, warning: say },
    timeout: 60_000,
  });
  return results.then((all) => ({
    results: all,
    lines,
    elapsed: now - start,
    report: reportRollback(given, all),
  }));
}

describe('the target', () => {
  const find = (target: string, live: string | AliasChange, more = {}, runId = '7001') => {
    const aliases = world(live, more);
    return aliases.list('orders').then((all) => {
      const alias = all.find(({ name }) => name === 'live');
      if (!alias) throw new Error('no alias');
      return findDestination(target, { alias, aliases: all, versions, runId });
    });
  };

  test.each<[string, string, string | AliasChange, Record<string, string | AliasChange>, string]>([
    [
      'previous is the stable version while a canary is out',
      'previous',
      { stableVersion: '2', canary: { version: '4', weight: 1 } },
      { 'backup-20260303-200500': backupOf3 },
      '2',
    ],
    [
      'previous is what the newest backup keeps',
      'previous',
      '4',
      {
        'backup-20260303-200500': backupOf3,
        'backup-20260101-000000': { stableVersion: '1', description: 'promo-actions: version 1 of live' },
      },
      '3',
    ],
    ['previous is the version published before, without backups', 'previous', '4', {}, '3'],
    [
      'previous leaves the backups of other aliases alone',
      'previous',
      '4',
      { 'backup-20260303-200500': { stableVersion: '1', description: 'promo-actions: version 1 of test' } },
      '3',
    ],
    [
      'previous stays where this run has gone before',
      'previous',
      '3',
      {
        'incident-20260303-200500': {
          stableVersion: '4',
          description: 'promo-actions: version 4 of live, run 7001: errors rose',
        },
      },
      '3',
    ],
    [
      'previous stays where another run has gone since the newest backup',
      'previous',
      '2',
      { 'backup-20260303-200500': backupOf3, 'incident-20260303-201000': incidentOf4 },
      '2',
    ],
    [
      'previous returns to the newest backup, made after an earlier rollback',
      'previous',
      '4',
      { 'backup-20260303-200500': backupOf3, 'incident-20260302-201000': incidentOf4 },
      '3',
    ],
    [
      'previous passes over a version that is kept as bad, where the alias went forward since',
      'previous',
      '4',
      {
        'incident-20260302-201000': {
          stableVersion: '3',
          description: 'promo-actions: version 3 of live, run 6001: errors rose',
        },
      },
      '2',
    ],
    ['a version', '2', '4', {}, '2'],
    ['a backup alias', 'backup-20260303-200500', '4', { 'backup-20260303-200500': backupOf3 }, '3'],
    ['a release', 'v1.2.0', '4', {}, '2'],
  ])('%s', async (_, target, live, more, version) => {
    expect(await find(target, live, more)).toMatchObject({ kind: 'version', version });
  });

  test('previous on what the newest backup keeps says how to go further back', async () => {
    expect(await find('previous', '3', { 'backup-20260303-200500': backupOf3 })).toEqual({
      kind: 'version',
      version: '3',
      because:
        '`backup-20260303-200500`, the newest backup, keeps it; to go further back, name a version as `target`',
    });
    expect(await find('previous', '4', { 'backup-20260303-200500': backupOf3 })).toMatchObject({
      because: '`backup-20260303-200500`, the newest backup, keeps it',
    });
  });

  describe('previous, of a run that rolled back before and is run again', () => {
    const kept = {
      'backup-20260301-200500': { stableVersion: '2', description: 'promo-actions: version 2 of live' },
      'incident-20260301-203000': {
        stableVersion: '3',
        description: 'promo-actions: version 3 of live, run 7001: errors rose',
      },
      'backup-20260303-200500': {
        stableVersion: '2',
        description: 'promo-actions: version 2 of live, run 7500, before v1.4.0',
      },
    };

    test('does not leave a release that was promoted since, and says so', async () => {
      expect(await find('previous', '4', kept)).toEqual({
        kind: 'unknown',
        why: 'this run rolled it back from version 3 before, which `incident-20260301-203000` keeps, and it was promoted since',
        remedy: expect.stringMatching('Start a new rollback to leave what serves now'),
      });
    });

    test('has nothing to do where that promotion was undone', async () => {
      expect(await find('previous', '2', kept)).toMatchObject({ kind: 'version', version: '2' });
    });

    test.each<[string, string | AliasChange, string]>([
      ['another run', '4', '7002'],
      ['a process outside of any run', '4', ''],
      [
        'this one, while a canary is out',
        { stableVersion: '2', canary: { version: '4', weight: 5 } },
        '7001',
      ],
      ['this one, where what it left was promoted again', '3', '7001'],
    ])('is no matter to %s', async (_, live, runId) => {
      expect(await find('previous', live, kept, runId)).toMatchObject({ kind: 'version', version: '2' });
    });
  });

  test.each<[string, string, string | AliasChange, Record<string, string>, RegExp]>([
    ['no such version', '9', '4', {}, /no version 9; published are 1, 2 \(v1.2.0\), 3/],
    [
      'nothing of that name',
      'v9.0.0',
      '4',
      { 'backup-20260303-200500': '3' },
      /called `v9.0.0`; backups are backup-2026/,
    ],
    ['the alias itself', 'live', '4', {}, /the alias itself/],
    [
      'nothing before the first',
      'previous',
      '1',
      {},
      /no backup of `live` and no version published before 1/,
    ],
    ['an alias at $LATEST', 'blue', '4', { blue: '$LATEST' }, /points to `\$LATEST`/],
  ])('%s is told', async (_, target, live, more, why) => {
    const destination = await find(target, live, more);
    expect(destination.kind === 'unknown' && destination.why).toMatch(why);
  });
});

test('clears the canary, after keeping the bad version for study', async () => {
  const aliases = world(shifted);
  const { results, report, elapsed } = await run(aliases);
  expect(aliases.writes).toEqual(['create incident-20260303-203010 4', 'update live 3']);
  expect(results).toMatchObject([{ outcome: 'restored', from: '4', to: '3' }]);
  expect(report).toMatchObject({
    fromVersion: '4',
    toVersion: '3',
    incidentAlias: 'incident-20260303-203010',
    restored: 'orders',
    failed: '',
  });
  expect(report.failure).toBeUndefined();
  expect(elapsed).toBeGreaterThanOrEqual(10_000);
});

test('twice changes nothing the second time and is no failure', async () => {
  const aliases = world('4');
  await run(aliases);
  const { results, report, elapsed } = await run(aliases);
  expect(results).toMatchObject([
    { outcome: 'unchanged', to: '3', incidentAlias: 'incident-20260303-203010' },
  ]);
  const other = await run(aliases, order({ runId: '7002' }));
  expect(other.results).toMatchObject([{ outcome: 'unchanged', to: '3', incidentAlias: '' }]);
  expect(report).toMatchObject({ restored: '', failed: '', failure: undefined });
  expect(aliases.writes).toHaveLength(2);
  expect(elapsed).toBe(0);
});

test('again after a promotion it is another rollback, with an incident alias and a moment of its own', async () => {
  const again = order({ target: '3' });
  const promoted = {
    'incident-20260303-200500': {
      stableVersion: '4',
      description: 'promo-actions: version 4 of live, run 7001: errors rose',
    },
    'backup-20260303-201000': { ...backupOf3, description: `${backupOf3.description}, before v1.4.0` },
  };
  const aliases = world('4', promoted);
  const { report } = await run(aliases, again);
  expect(report).toMatchObject({
    restored: 'orders',
    incidentAlias: 'incident-20260303-203010',
    movedAt: '20260303-203010',
  });
  expect((await run(aliases, again)).report).toMatchObject({ restored: '', movedAt: '20260303-203010' });
});

test('of several functions the moment is that of the last one, whichever attempt reached it, and none without incident aliases', async () => {
  const places = ['tenants', 'sites'].map((functionName) => ({ functionName, alias: 'live' }));
  const aliases = memoryAliasStore({ tenants: { live: '4' }, sites: { live: '4' } });
  await run(aliases, order({ places: places.slice(1) }));
  const both = order({ places, safetyDelay: 40_000 });
  expect((await run(aliases, both)).report.movedAt).toBe('20260303-203040');
  expect((await run(aliases, both)).report.movedAt).toBe('20260303-203040');
  expect((await run(world('4'), order({ incidentAlias: false }))).report.movedAt).toBe('');
});

test('again after it died between the two writes, it keeps the bad version once', async () => {
  const aliases = world('4');
  const update = async () => {
    throw new OutsideError({ what: 'the network is down', remedy: 'run again' });
  };
  expect((await run({ ...aliases, update })).results).toMatchObject([{ outcome: 'failed' }]);
  const { results } = await run(aliases);
  expect(results).toMatchObject([{ outcome: 'restored', incidentAlias: 'incident-20260303-203010' }]);
  expect(aliases.writes).toEqual(['create incident-20260303-203010 4', 'update live 3']);
});

describe('a dry run after a rollback that was interrupted tells what that has done', () => {
  const again = async (aliases: AliasStore, over: Partial<RollbackOrder> = {}) =>
    (await run(aliases, order({ dryRun: true, ...over }))).report;

  test('nothing, where it died before the alias was moved, whatever it kept', async () => {
    const aliases = world('4');
    const update = async () => {
      throw new OutsideError({ what: 'the network is down', remedy: 'run again' });
    };
    await run({ ...aliases, update });
    expect(await again(aliases)).toMatchObject({ due: 'orders', restored: '', incidentAlias: '', moved: '' });
  });

  test.each(['previous', '3', 'v1.3.0'])('all, where it died after; to %s', async (target) => {
    const aliases = world('4');
    await run(aliases, order({ target }));
    expect(await again(aliases, { target })).toMatchObject({
      due: '',
      toRelease: 'v1.3.0',
      components: 'orders=3',
      incidentAlias: 'incident-20260303-203010',
      moved: 'orders=3',
    });
  });

  test.each([
    ['it was there before', '3', {}],
    ['another run brought it there', '3', { 'incident-20260303-203010': incidentOf4 }],
  ])('nothing by this run, where %s', async (_, live, kept) => {
    expect(await again(world(live, kept), { target: '3' })).toMatchObject({
      due: '',
      components: 'orders=3',
      moved: '',
    });
  });

  test('nothing that it could tell, where no incident alias is made', async () => {
    const aliases = world('4');
    const over = { target: '3', incidentAlias: false };
    expect((await run(aliases, order(over))).report).toMatchObject({ moved: 'orders=3' });
    expect(await again(aliases, over)).toMatchObject({ due: '', moved: '' });
  });

  test('all, where Lambda moves provisioned concurrency yet', async () => {
    const aliases = world({ stableVersion: '3', canary: { version: '4', weight: 100 } });
    const denied = { ...functions, hasProvisionedConcurrency: async () => true };
    const given = order({ target: '3', dryRun: true });
    const patience = { clock: { now: () => start, sleep: async () => {} }, log: silent, timeout: 1_000 };
    const results = await rollback(given, { aliases, functions: denied }, async () => undefined, patience);
    expect(reportRollback(given, results)).toMatchObject({ due: '', components: 'orders=3' });
    expect(aliases.writes).toEqual([]);
  });

  test('of several functions, which of them it had not reached', async () => {
    const aliases = memoryAliasStore({ tenants: { live: '4' }, sites: { live: '4' } });
    const places = ['tenants', 'sites'].map((functionName) => ({ functionName, alias: 'live' }));
    await run(aliases, order({ places: places.slice(1) }));
    expect(await again(aliases, { places })).toMatchObject({ due: 'tenants', moved: 'sites=3' });
    expect(await again(aliases, { places: [{ functionName: 'absent', alias: 'live' }] })).toMatchObject({
      due: 'absent',
    });
  });
});

test('clears weights even where the target is stable already', async () => {
  const aliases = world(shifted);
  await run(aliases, order({ target: '3', incidentAlias: false, safetyDelay: 0 }));
  expect(aliases.writes).toEqual(['update live 3']);
});

test('a dry run says what would go where', async () => {
  const aliases = world(shifted);
  const { results, lines, elapsed } = await run(aliases, order({ dryRun: true }));
  expect(results).toMatchObject([{ outcome: 'planned', from: '4', to: '3' }]);
  expect(lines.join()).toMatch(/would go from version 4 to version 3/);
  expect([aliases.writes, elapsed]).toEqual([[], 0]);
});

test('an incident alias that cannot be made does not stop the rollback', async () => {
  const aliases = world(shifted);
  const create = async () => {
    throw new OutsideError({ what: 'too many aliases', remedy: 'remove some' });
  };
  const { results, lines } = await run({ ...aliases, create });
  expect(results).toMatchObject([{ outcome: 'restored', incidentAlias: '' }]);
  expect(lines.join()).toMatch(/No incident alias was made, and the rollback goes on: too many aliases/);
});

test('goes in reverse order and on past a failure, and tells all', async () => {
  const aliases = memoryAliasStore({ tenants: { live: '4' }, sites: { live: '4' }, events: { live: '4' } });
  const updates: string[] = [];
  const stubborn: AliasStore = {
    ...aliases,
    async update(lastRead, change) {
      updates.push(lastRead.functionName);
      if (lastRead.functionName === 'sites') throw new OutsideError({ what: 'denied', remedy: 'allow it' });
      return aliases.update(lastRead, change);
    },
  };
  const places = ['tenants', 'absent', 'sites', 'events'].map((functionName) => ({
    functionName,
    alias: 'live',
  }));
  const { report } = await run(stubborn, order({ places }));
  expect(updates).toEqual(['events', 'sites', 'tenants']);
  expect(report).toMatchObject({
    restored: 'events,tenants',
    failed: 'sites,absent',
    toVersion: 'events=3,sites=3,tenants=3',
  });
  expect(report.failure).toMatch(
    /2 of 4 failed.*\n.*`sites:live` failed: denied.*\n.*`absent:live` failed.*no alias `live`.*\n.*may serve still.*run it again/,
  );
});

test('a promotion whose undoing failed is told to be run again, not to be rolled back anew', async () => {
  const results = [
    {
      place: { functionName: 'orders', alias: 'live' },
      outcome: 'failed' as const,
      from: '4',
      to: '3',
      release: '',
      incidentAlias: '',
      note: 'denied',
    },
  ];
  const { failure } = reportRollback(order({ target: 'before-this-run' }), results);
  expect(failure).toMatch(/`orders:live` failed: denied\n.*re-run its failed jobs/);
});

test('persists when someone else moves the alias meanwhile', async () => {
  const aliases = world(shifted);
  let meddled = 0;
  const update: AliasStore['update'] = (lastRead, change) => {
    if (meddled++ < 3)
      aliases.meddle('orders', 'live', { stableVersion: '3', canary: { version: '4', weight: 50 } });
    return aliases.update(lastRead, change);
  };
  const { results } = await run({ ...aliases, update });
  expect(results).toMatchObject([{ outcome: 'restored' }]);
  expect(await aliases.find('orders', 'live')).toMatchObject({ stableVersion: '3' });
});

test('a restored version that is not healthy fails, saying that it serves', async () => {
  const { report } = await run(world('4'), order(), async () => 'status 503');
  expect(report).toMatchObject({ restored: '', failed: 'orders', toVersion: '3' });
  expect(report.failure).toMatch(/on version 3 now, but is not healthy: status 503/);
  expect(report.failure).not.toContain('may serve still');
});

describe('while Lambda moves provisioned concurrency from the version before', () => {
  const moving = { stableVersion: '4', canary: { version: '3', weight: 100 } };
  const rolledBack = async (hasProvisionedConcurrency: typeof functions.hasProvisionedConcurrency) => {
    const aliases = world(moving);
    const known = { ...functions, hasProvisionedConcurrency };
    const patience = {
      clock: { now: () => start, sleep: async () => {} },
      log: { info: () => {}, warning: () => {} },
      timeout: 1_000,
    };
    return rollback(order(), { aliases, functions: known }, async () => undefined, patience);
  };

  test('it is no canary, and the version before is returned to', async () => {
    expect(await rolledBack(async () => true)).toMatchObject([{ outcome: 'restored', from: '4', to: '3' }]);
  });

  test('nor is it where Lambda may not be asked', async () => {
    const denied = async () => {
      throw new OutsideError({ what: 'denied', remedy: 'allow it' });
    };
    expect(await rolledBack(denied)).toMatchObject([{ outcome: 'restored', from: '4', to: '3' }]);
  });

  test('a canary that really has every request is left for the stable version', async () => {
    expect(await rolledBack(async () => false)).toMatchObject([{ outcome: 'restored', from: '3', to: '4' }]);
  });
});

test('a version that failed to start is not returned to', async () => {
  const broken = { ...functions, describe: async () => published('3', '', 'Failed') };
  const aliases = world('4');
  const clock = { now: () => start, sleep: async () => {} };
  const log = { info: () => {}, warning: () => {} };
  const [result] = await rollback(order(), { aliases, functions: broken }, async () => undefined, {
    clock,
    log,
    timeout: 1_000,
  });
  expect(result).toMatchObject({ outcome: 'failed', note: expect.stringMatching(/its State is Failed/) });
  expect(await aliases.find('orders', 'live')).toMatchObject({ stableVersion: '4' });
});

test('a version that has lost its snapshot is returned to, saying what its first requests meet', async () => {
  const asleep = { ...published('3', '', 'Inactive'), snapStart: { optimized: false } };
  const aliases = world('4');
  const warnings: string[] = [];
  const patience = {
    clock: { now: () => start, sleep: async () => {} },
    log: { info: () => {}, warning: (line: string) => void warnings.push(line) },
    timeout: 1_000,
  };
  const known = { ...functions, describe: async () => asleep };
  await rollback(order(), { aliases, functions: known }, async () => undefined, patience);
  expect(await aliases.find('orders', 'live')).toMatchObject({ stableVersion: '3' });
  expect(warnings).toEqual([expect.stringContaining('answered by SnapStartNotReadyException')]);
});

describe('all services', () => {
  const inputs = {
    all: true,
    environment: 'prod',
    service: undefined,
    functions: undefined,
    alias: undefined,
    policy: 'p.yml',
  };
  const policy = `
environments: { prod: { alias: live } }
services:
  tenants: { functions: [tenants] }
  sites: { functions: [sites-a, sites-b], environments: { prod: { alias: latest-prod } } }
`;

  test('are those of the policy, in its order', () => {
    expect(scopeOf(inputs, policy)).toEqual([
      { functionName: 'tenants', alias: 'live', service: 'tenants' },
      { functionName: 'sites-a', alias: 'latest-prod', service: 'sites' },
      { functionName: 'sites-b', alias: 'latest-prod', service: 'sites' },
    ]);
  });

  test.each([
    ['no policy', undefined, /p.yml is not in the checkout/],
    [
      'a service without functions',
      'services: { tenants: { alias: live } }',
      /no `functions` for service `tenants`/,
    ],
    ['no services', 'defaults: { alias: live }', /finds no services/],
  ])('%s is told', (_, text, message) => {
    expect(() => scopeOf(inputs, text)).toThrow(InputError);
    expect(() => scopeOf(inputs, text)).toThrow(message);
  });
});

describe('only from one version', () => {
  const from4 = (over: Partial<RollbackOrder> = {}) =>
    order({ target: '3', onlyFrom: '4', incidentAlias: false, ...over });

  test.each<[string, string | AliasChange]>([
    ['as the canary', shifted],
    ['as the stable one', '4'],
  ])('an alias that carries it %s is rolled back', async (_, live) => {
    const aliases = world(live);
    const { results } = await run(aliases, from4());
    expect(results).toMatchObject([{ outcome: 'restored', from: '4', to: '3' }]);
  });

  test('an alias that was moved on from it is left alone, and said so', async () => {
    const aliases = world('2');
    const { results, lines } = await run(aliases, from4());
    expect(results).toMatchObject([{ outcome: 'unchanged', from: '2', to: '2' }]);
    expect(lines.join()).toContain(
      '`orders:live` was left as it is: it carries version 2, and version 4 no more.',
    );
    expect(aliases.writes).toEqual([]);
  });

  test('an alias that someone moves on in the middle is left alone', async () => {
    const aliases = world(shifted);
    const meddled: AliasStore = {
      ...aliases,
      async update(lastRead, change) {
        if (aliases.writes.length === 0) aliases.meddle('orders', 'live', { stableVersion: '2' });
        return aliases.update(lastRead, change);
      },
    };
    const { results } = await run(meddled, from4());
    expect(results).toMatchObject([
      { outcome: 'unchanged', note: 'it carries version 2, and version 4 no more' },
    ]);
    expect(aliases.writes).toEqual([]);
  });
});

test('not even a bug at one function keeps the others from being rolled back', async () => {
  const aliases = memoryAliasStore({ orders: { live: shifted }, invoices: { live: shifted } });
  const broken: AliasStore = {
    ...aliases,
    list: async (name) => {
      if (name === 'invoices') throw new TypeError('x is undefined');
      return aliases.list(name);
    },
  };
  const places = ['orders', 'invoices'].map((functionName) => ({ functionName, alias: 'live' }));
  const { results } = await run(broken, order({ places, incidentAlias: false }));
  expect(results).toMatchObject([
    { outcome: 'failed', note: 'this is a bug in promo-actions, please report it: x is undefined' },
    { outcome: 'restored' },
  ]);
});
