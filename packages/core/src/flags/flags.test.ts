import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import type { Flag, FlagPart, FlagSettings, Rule, Served, Target } from './flag.ts';
import { flagParts } from './flag.ts';
import { partsToSync, type SyncOrder } from './order.ts';
import { beyondPatching, differingParts, digest, prerequisitesFirst, same, segmentsOf } from './parts.ts';
import type { ApprovalRequest, FlagChange, FlagSystem } from './ports.ts';
import { restoreFlags } from './restore.ts';
import { type RestorePoint, restoredSettings, restoreItem } from './restore-point.ts';
import { syncFlags } from './sync.ts';
import { describeChange } from './words.ts';

const variation = fc.integer({ min: 0, max: 2 });
const served: fc.Arbitrary<Served> = fc.oneof(
  variation.map((it) => ({ variation: it })),
  fc.integer({ min: 0, max: 100_000 }).map((weight) => ({
    rollout: {
      weights: [
        { variation: 0, weight },
        { variation: 2, weight: 100_000 - weight },
      ],
      contextKind: 'user',
      bucketBy: 'key',
    },
  })),
);
const rule: fc.Arbitrary<Rule> = fc
  .tuple(
    served,
    fc.constantFrom('country', 'email', 'plan'),
    fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 }),
  )
  .map(([serves, attribute, values]) => ({
    ...serves,
    clauses: [{ contextKind: 'user', attribute, op: 'in', negate: false, values }],
    description: '',
    trackEvents: false,
    disabled: false,
  }));
const target: fc.Arbitrary<Target> = fc
  .tuple(variation, fc.uniqueArray(fc.constantFrom('ann', 'bob', 'cid'), { minLength: 1 }))
  .map(([serve, keys]) => ({ contextKind: 'user', variation: serve, values: keys.sort() }));
const settings: fc.Arbitrary<FlagSettings> = fc.record({
  on: fc.boolean(),
  rules: fc.array(rule, { maxLength: 3 }),
  fallthrough: served,
  'off-variation': variation,
  targets: fc
    .uniqueArray(target, { maxLength: 2, selector: (it) => it.variation })
    .map((all) => all.sort((a, b) => a.variation - b.variation)),
  prerequisites: fc.constantFrom([], [{ flag: 'other', variation: 1 }]),
});
const parts = fc.uniqueArray(fc.constantFrom(...flagParts), { minLength: 1 });
const variations = ['a', 'b', 'c'];

test('lines tell every difference in the parts, and only there; keys of people are not told', () => {
  fc.assert(
    fc.property(settings, settings, parts, (before, after, chosen) => {
      const lines = describeChange({ variations }, before, after, chosen);
      expect(new Set(lines.map((line) => line.split(':')[0]))).toEqual(
        new Set(differingParts(before, after, chosen)),
      );
      expect(lines.join('\n')).not.toMatch(/ann|bob|cid/);
    }),
  );
});

test('values are the same whatever the order of their members, and digests go with that', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const turned = JSON.parse(JSON.stringify(one), (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
      ) as unknown;
      expect(same(one, turned)).toBe(true);
      expect(digest(one) === digest(other)).toBe(same(one, other));
    }),
  );
});

test('flags come after those they need, each once, though needs go round in a circle', () => {
  const keys = ['a', 'b', 'c', 'd'];
  const needs = fc.array(fc.uniqueArray(fc.constantFrom(...keys)), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(needs, (given) => {
      const flags = keys.map((key, index) => ({ key, needs: (given[index] ?? []).filter((it) => it > key) }));
      const order = prerequisitesFirst(flags).map(({ key }) => key);
      expect([...order].sort()).toEqual(keys);
      for (const flag of flags)
        for (const need of flag.needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(flag.key));
      const circle = keys.map((key, index) => ({ key, needs: given[index] ?? [] }));
      expect(prerequisitesFirst(circle)).toHaveLength(4);
    }),
  );
});

test('a restore undoes exactly what was written, unless somebody else wrote there since', () => {
  fc.assert(
    fc.property(settings, settings, settings, parts, (before, wanted, others, chosen) => {
      const flag: Flag = { key: 'f', tags: [], archived: false, variations, environments: {} };
      const item = restoreItem(flag, { version: 1, settings: before, url: '' }, wanted, chosen);
      expect(JSON.parse(JSON.stringify(item))).toEqual(item);
      const written = { ...others, ...Object.fromEntries(chosen.map((part) => [part, wanted[part]])) };
      const back = { ...others, ...Object.fromEntries(chosen.map((part) => [part, before[part]])) };
      expect(restoredSettings(item, written)).toEqual({ wanted: back });
      const foreign = flagParts.filter(
        (part) =>
          chosen.includes(part) && !same(others[part], before[part]) && !same(others[part], wanted[part]),
      );
      expect(restoredSettings(item, others)).toEqual(
        foreign.length > 0 ? { changedSince: foreign } : { wanted: back },
      );
    }),
  );
});

describe('parts', () => {
  test('are those included, or all but the excluded', () => {
    expect(partsToSync(undefined, undefined)).toEqual(flagParts);
    expect(partsToSync(['targets', 'on'], undefined)).toEqual(['on', 'targets']);
    expect(partsToSync(undefined, ['targets', 'on', 'rules', 'prerequisites'])).toEqual([
      'fallthrough',
      'off-variation',
    ]);
  });

  const plain: FlagSettings = {
    on: true,
    rules: [],
    fallthrough: { variation: 0 },
    'off-variation': 1,
    targets: [],
    prerequisites: [],
  };
  const experiment: Served = {
    rollout: { weights: [], contextKind: 'user', bucketBy: 'key', experiment: true },
  };
  const ofRule = (more: Partial<Rule>): Rule => ({
    clauses: [],
    description: '',
    trackEvents: false,
    disabled: false,
    ...more,
  });
  test.each<[Partial<FlagSettings>, FlagPart, string]>([
    [{ fallthrough: experiment }, 'fallthrough', 'experiment'],
    [{ rules: [ofRule(experiment)] }, 'rules', 'experiment'],
    [{ rules: [ofRule({ disabled: true })] }, 'rules', 'disabled'],
    [{ 'off-variation': null }, 'off-variation', 'no off variation'],
  ])('%j is beyond a patch of its %s alone', (more, part, why) => {
    expect(beyondPatching({ ...plain, ...more }, flagParts)).toContain(why);
    expect(
      beyondPatching(
        { ...plain, ...more },
        flagParts.filter((it) => it !== part),
      ),
    ).toBeUndefined();
    expect(beyondPatching(plain, flagParts)).toBeUndefined();
  });

  test('segments are those that rules match by', () => {
    const clause = { contextKind: 'user', attribute: 'segmentMatch', negate: false };
    const clauses = [
      { ...clause, op: 'segmentMatch', values: ['beta', 'alpha'] },
      { ...clause, op: 'in', values: ['no segment'] },
    ];
    expect(segmentsOf({ rules: [ofRule({ clauses }), ofRule({ clauses })] })).toEqual(['alpha', 'beta']);
  });
});

type Mishap = 'fine' | 'lost before' | 'lost after' | 'others first';
const mishaps = fc.array(
  fc.constantFrom<Mishap>('fine', 'fine', 'lost before', 'lost after', 'others first'),
  { maxLength: 6 },
);

/** A project of one flag in which calls that write meet mishaps, one after the other. */
function project(source: FlagSettings, before: FlagSettings, luck: readonly Mishap[], copying: boolean) {
  const lost = () => new OutsideError({ what: 'The call was not answered', remedy: 'Run again.' });
  const state = { version: 1, settings: before, requests: [] as ApprovalRequest[], applied: 0 };
  const effects = new Map<string, FlagChange>();
  let calls = 0;
  const write = (change: FlagChange, pinned: boolean): 'done' | 'conflict' => {
    const mishap = luck[calls] ?? 'fine';
    calls += 1;
    if (mishap === 'lost before') throw lost();
    if (mishap === 'others first') Object.assign(state, { version: state.version + 1 });
    if (pinned && change.flag.environments.prod?.version !== state.version) return 'conflict';
    const chosen = change.parts.map((part) => [part, change.wanted[part]]);
    state.settings = { ...state.settings, ...Object.fromEntries(chosen) };
    state.version += 1;
    if (mishap === 'lost after') throw lost();
    return 'done';
  };
  const request = (change: FlagChange): ApprovalRequest => {
    const mishap = luck[calls] ?? 'fine';
    calls += 1;
    if (mishap === 'lost before') throw lost();
    const made: ApprovalRequest = {
      id: String(state.requests.length),
      description: change.comment,
      review: 'pending',
      status: 'pending',
      url: 'https://x',
    };
    state.requests.push(made);
    effects.set(made.id, change);
    if (mishap === 'lost after') throw lost();
    return made;
  };
  const system: FlagSystem = {
    environment: async (key) => ({ key, approvals: 'none' }),
    tagged: async () => ['f'],
    flag: async () => ({
      key: 'f',
      tags: [],
      archived: false,
      variations,
      environments: {
        sit: { version: 1, settings: source, url: '' },
        prod: { version: state.version, settings: state.settings, url: 'https://x' },
      },
    }),
    hasSegment: async () => true,
    copy: async (change) => (copying ? write(change, true) : { refused: 'HTTP 403' }),
    async patch(change) {
      write(change, false);
    },
    requests: async () => state.requests,
    requestCopy: async (change) => (copying ? request(change) : { refused: 'HTTP 403' }),
    requestPatch: async (change) => request(change),
    async apply(_, _environment, { id }) {
      const change = effects.get(id);
      if (change) write(change, false);
      state.requests = state.requests.map((it) => (it.id === id ? { ...it, status: 'completed' } : it));
      state.applied += 1;
      return 'done';
    },
  };
  return { system, state };
}

const around = (system: FlagSystem) => ({
  system,
  fence: { check: async () => {} },
  clock: { now: () => 0, sleep: async () => {} },
  signal: new AbortController().signal,
  tell: () => {},
});
const order: SyncOrder = {
  subject: {},
  project: 'shop',
  source: 'sit',
  target: 'prod',
  flags: ['f'],
  tags: [],
  exclude: [],
  parts: flagParts,
  method: 'auto',
  withoutFlags: 'fail',
  notified: { members: [], teams: [] },
  wait: 0,
  dryRun: false,
  comment: 'Sync',
};

describe('whatever is lost on the way', () => {
  test('a flag ends as it is to be, or as it was and told; the next run ends it, and a restore puts it back', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        settings,
        parts,
        mishaps,
        fc.boolean(),
        async (source, before, chosen, luck, copying) => {
          const { system, state } = project(source, before, luck, copying);
          const asked = { ...order, parts: chosen };
          const wanted = { ...before, ...Object.fromEntries(chosen.map((part) => [part, source[part]])) };
          const result = await syncFlags(asked, around(system));
          const inSync = same(state.settings, wanted);
          expect(inSync || same(state.settings, before)).toBe(true);
          expect(result.report.decision === 'pass' && !inSync).toBe(false);
          if (!same(state.settings, before)) expect(result.changed).toEqual(['f']);

          const point = result.restorePoint;
          for (let runs = 0; runs < 8; runs += 1) await syncFlags(asked, around(system));
          expect(state.settings).toEqual(wanted);
          if (!inSync) return;
          for (let runs = 0; runs < 4; runs += 1) await restoreFlags({ ...order, point }, around(system));
          expect(state.settings).toEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a dry run of either changes nothing, and tells what it would', async () => {
    await fc.assert(
      fc.asyncProperty(settings, settings, async (source, before) => {
        fc.pre(!same(source, before));
        const { system, state } = project(source, before, [], true);
        const planned = await syncFlags({ ...order, dryRun: true }, around(system));
        expect([state.settings, planned.changed, planned.report.decision]).toEqual([before, [], 'pass']);
        expect(planned.changes.length).toBeGreaterThan(0);
        const { restorePoint: point } = await syncFlags(order, around(system));
        const back = await restoreFlags({ ...order, point, dryRun: true }, around(system));
        expect([state.settings, back.changed, back.report.decision]).toEqual([source, [], 'pass']);
        expect(back.changes).toHaveLength(planned.changes.length);
      }),
      { numRuns: 40 },
    );
  });

  test('a run that lost its lock writes nothing and asks for nothing more, and tells what it had changed', async () => {
    const holding = fc.integer({ min: 0, max: 3 });
    const asking = fc.constantFrom('all', 'none' as const);
    await fc.assert(
      fc.asyncProperty(
        settings,
        settings,
        mishaps,
        fc.boolean(),
        holding,
        asking,
        async (source, before, luck, copying, held, approvals) => {
          fc.pre(!same(source, before));
          const { system, state } = project(source, before, luck, copying);
          let checks = 0;
          let atLoss: unknown;
          const seen = () => structuredClone([state.version, state.settings, state.requests]);
          const fence = {
            async check() {
              checks += 1;
              if (checks <= held) return;
              atLoss = seen();
              throw new OutsideError({ what: 'The lock is of another run by now', remedy: 'Look there.' });
            },
          };
          const wanting: FlagSystem = { ...system, environment: async (key) => ({ key, approvals }) };
          const result = await syncFlags(order, { ...around(wanting), fence });
          if (atLoss === undefined) return;
          expect(seen()).toEqual(atLoss);
          expect(result.report).toMatchObject({
            decision: 'fail',
            findings: [{ message: 'The lock is of another run by now.', remedy: 'Look there.' }],
          });
          if (!same(state.settings, before)) expect(result.changed).toEqual(['f']);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what any attempt of a run changed is put back by its notes, though every attempt but one died', async () => {
    const dies = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(settings, { minLength: 1, maxLength: 3 }),
        settings,
        mishaps,
        dies,
        async (sources, before, luck, deaths) => {
          const { system, state } = project(sources[0] ?? before, before, luck, true);
          let kept: RestorePoint | undefined;
          const noting = (calls: number) => {
            let left = calls;
            const alive = async () => {
              left -= 1;
              if (left < 0) throw new Error('dead');
            };
            const notes = {
              async read() {
                return structuredClone(kept);
              },
              async write(point: RestorePoint) {
                await alive();
                kept = structuredClone(point);
              },
            };
            const copy: FlagSystem['copy'] = async (change) => {
              await alive();
              return system.copy(change);
            };
            return { ...around({ ...system, copy }), notes };
          };
          for (const [attempt, calls] of [...deaths, 99].entries()) {
            const source = sources[attempt % sources.length] ?? before;
            const reading = noting(calls);
            const flag: FlagSystem['flag'] = async (key, environments) => {
              const read = await system.flag(key, environments);
              const sit = { version: attempt, settings: source, url: '' };
              return read && { ...read, environments: { ...read.environments, sit } };
            };
            await syncFlags(order, { ...reading, system: { ...reading.system, flag } }).catch(String);
          }
          const point = kept ?? { project: 'shop', environment: 'prod', flags: [] };
          for (let runs = 0; runs < 8; runs += 1) await restoreFlags({ ...order, point }, around(system));
          expect(state.settings).toEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a run that is cancelled still says what it changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        settings,
        fc.constantFrom('before', 'after'),
        async (source, before, when) => {
          fc.pre(!same(source, before));
          const { system, state } = project(source, before, [], true);
          const cancelled = new AbortController();
          const copy: FlagSystem['copy'] = async (change) => {
            if (when === 'after') await system.copy(change);
            cancelled.abort(new Error('the run was cancelled'));
            throw cancelled.signal.reason;
          };
          const run = { ...around({ ...system, copy }), signal: cancelled.signal };
          const { report, restorePoint: point } = await syncFlags(order, run);
          expect(report.findings[0]?.message).toBe('The run was cancelled while `f` was brought about.');
          expect(report.decision).toBe('fail');
          await restoreFlags({ ...order, point }, around(system));
          expect(state.settings).toEqual(before);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('approval is asked for once, and only what was approved takes effect', async () => {
    await fc.assert(
      fc.asyncProperty(settings, settings, mishaps, fc.boolean(), async (source, before, luck, copying) => {
        fc.pre(!same(source, before));
        const { system, state } = project(source, before, luck, copying);
        const wanting: FlagSystem = { ...system, environment: async (key) => ({ key, approvals: 'all' }) };
        for (let runs = 0; runs < 6; runs += 1) await syncFlags(order, around(wanting));
        expect(state.requests).toHaveLength(1);
        expect(state.settings).toEqual(before);
        state.requests = state.requests.map((it) => ({ ...it, review: 'approved' }));
        for (let runs = 0; runs < 6; runs += 1) await syncFlags(order, around(wanting));
        expect(state.settings).toEqual(source);
      }),
      { numRuns: 60 },
    );
  });
});
