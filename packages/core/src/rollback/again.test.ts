import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Attributes } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import { type Alias, type FunctionVersion, publishedVersion } from '../lambda/index.ts';
import { beyondDeadRuns } from './dead-run.ts';
import { describeOrigin, type KeptKind, keptName } from './names.ts';
import { findDestination } from './target.ts';
import type { OwnWork } from './this-run.ts';

const minute = 60_000;

/** A function with one alias, and what promotions and rollbacks leave of it. */
class World {
  stable = '1';
  readonly kept: Alias[] = [];
  readonly versions: FunctionVersion[] = [];
  #at = Date.parse('2026-03-03T20:05:00Z');

  constructor() {
    this.publish();
  }

  publish(release = `v1.${this.versions.length + 1}.0`): string {
    const version = String(this.versions.length + 1);
    this.versions.push(publishedVersion(version, { description: release }));
    return version;
  }

  keep(kind: KeptKind, version: string, before?: string, runId = ''): void {
    this.#at += minute;
    const description = describeOrigin({ alias: 'live', version, runId, before });
    this.kept.push(alias(keptName(kind, this.#at), version, description));
  }

  releaseOf(version: string): string {
    return this.versions.find((one) => one.version === version)?.description ?? '';
  }

  around(runId = '') {
    const live = alias('live', this.stable);
    return { alias: live, aliases: [live, ...this.kept], versions: this.versions, runId };
  }

  previous(): string | undefined {
    const found = findDestination('previous', this.around());
    return found.kind === 'version' ? found.version : undefined;
  }

  keepsAnother(): boolean {
    return this.kept.some(
      ({ name, stableVersion }) => name.startsWith('backup') && stableVersion !== this.stable,
    );
  }
}

function alias(name: string, stableVersion: string, description = ''): Alias {
  return { functionName: 'orders', name, stableVersion, description, revisionId: '' };
}

/** What happens to the alias; `told` is whether backups say which release they were made before. */
const events = {
  promote(world: World, told: boolean) {
    const version = world.publish();
    world.keep('backup', world.stable, told ? world.releaseOf(version) : undefined);
    world.stable = version;
  },
  again(world: World, told: boolean) {
    world.keep('backup', world.stable, told ? world.releaseOf(world.stable) : undefined);
  },
  otherConfiguration(world: World, told: boolean) {
    const release = world.releaseOf(world.stable);
    world.keep('backup', world.stable, told ? release : undefined);
    world.stable = world.publish(release);
  },
  undone(world: World, told: boolean) {
    const version = world.publish();
    world.keep('backup', world.stable, told ? world.releaseOf(version) : undefined);
  },
  undoneAgain(world: World, told: boolean) {
    const newest = world.versions.at(-1)?.version ?? '';
    world.keep('backup', world.stable, told ? world.releaseOf(newest) : undefined);
  },
  diedBeforePublishing(world: World, told: boolean) {
    world.keep('backup', world.stable, told ? `v1.${world.versions.length + 1}.0` : undefined);
  },
  rollback(world: World) {
    const to = world.previous();
    if (to === undefined || to === world.stable) return;
    world.keep('incident', world.stable);
    world.stable = to;
  },
};
type Event = keyof typeof events;
const before = fc.array(
  fc.constantFrom<Event>(
    'promote',
    'again',
    'otherConfiguration',
    'undone',
    'undoneAgain',
    'diedBeforePublishing',
    'rollback',
  ),
  { maxLength: 10 },
);

function after(history: readonly Event[], told = true): World {
  const world = new World();
  for (const event of history) events[event](world, told);
  return world;
}

test('a rollback after a promotion that succeeded leaves its version, whatever was before and however often it was promoted', () => {
  fc.assert(
    fc.property(
      before,
      fc.constantFrom<Event>('promote', 'otherConfiguration'),
      fc.nat(3),
      (history, last, times) => {
        const world = after([...history, last, ...Array<Event>(times).fill('again')]);
        expect(world.keepsAnother()).toBe(true);
        expect(world.previous()).not.toBe(world.stable);
      },
    ),
    { numRuns: 500 },
  );
});

test('a promotion that came again changes nothing of where a rollback goes', () => {
  fc.assert(
    fc.property(before, fc.integer({ min: 1, max: 3 }), (history, times) => {
      const once = after([...history, 'promote']);
      const again = after([...history, 'promote', ...Array<Event>(times).fill('again')]);
      expect(again.previous()).toBe(once.previous());
    }),
  );
});

test('a promotion that was undone, or ended before it published, stays on what was there; so does a second rollback', () => {
  fc.assert(
    fc.property(
      before,
      fc.constantFrom<Event>('undone', 'diedBeforePublishing', 'rollback'),
      (history, last) => {
        const world = after([...history, 'promote', last]);
        expect(world.previous()).toBe(world.stable);
      },
    ),
  );
});

test.each<[string, readonly Event[], string]>([
  ['the only promotion came again', ['promote', 'again'], '1'],
  ['one came again', ['promote', 'promote', 'again', 'again'], '2'],
  ['one was undone', ['promote', 'undone'], '2'],
])('backups that do not say what they were made before: %s', (_, history, version) => {
  expect(after(history, false).previous()).toBe(version);
});

test('a release that came again after another was undone is left all the same, where backups say their release', () => {
  expect(after(['promote', 'undone', 'again']).previous()).toBe('1');
  expect(after(['promote', 'undone', 'undoneAgain']).previous()).toBe('2');
});

test('the version that an undone second promotion left is not returned to', () => {
  const world = after(['promote', 'again']);
  world.stable = '1';
  expect(world.previous()).toBe('1');
});

const started = (run: string, over: Attributes = {}): Attributes => ({
  deployment_id: `prod/orders/promote/${run}-1/started`,
  deployment: `prod/orders/promote/${run}-1`,
  environment: 'prod',
  service: 'orders',
  action: 'promote',
  status: 'started',
  run_id: run,
  to_version: 'v1.2.0',
  sequence: 1,
  previous_hash: '',
  hash: '',
  ...over,
});

describe('undoing a promotion that found its release deployed', () => {
  async function undo(records: readonly Attributes[]): Promise<OwnWork> {
    const world = new World();
    world.keep('backup', '1', 'v1.2.0', '6000');
    world.stable = world.publish();
    world.keep('backup', '2', 'v1.2.0', '7001');
    const own = { kind: 'undo', version: '2', because: 'its own' } as const;
    return beyondDeadRuns(own, world.around('7001'), newestFirst(records));
  }

  async function* newestFirst(records: readonly Attributes[]): AsyncGenerator<Attributes> {
    yield* records;
  }

  test.each<[string, readonly Attributes[]]>([
    ['died', [started('6000')]],
    ['failed and left it', [started('6000', { status: 'failed' }), started('6000')]],
    [
      'died before a rollback that did not get the lock',
      [started('6800', { action: 'rollback', status: 'failed', to_version: '' }), started('6000')],
    ],
    [
      'died before one of another release that did not get the lock',
      [started('6800', { status: 'failed', to_version: 'v1.3.0' }), started('6000')],
    ],
    ['died after another that died had brought it', [started('6500'), started('6000')]],
    [
      'died, with another release before',
      [started('6000'), started('5000', { status: 'succeeded', to_version: 'v1.1.0' })],
    ],
  ])('by a run that %s returns to what that one had found', async (_, records) => {
    expect(await undo([started('7001'), ...records])).toMatchObject({ kind: 'undo', version: '1' });
    const locked = started('7500', { status: 'failed', to_version: 'v1.3.0' });
    expect(await undo([locked, started('7001'), ...records])).toMatchObject({ kind: 'undo', version: '1' });
  });

  test.each<[string, readonly Attributes[]]>([
    ['that succeeded', [started('6000', { status: 'succeeded' }), started('6000')]],
    [
      'that failed after it had succeeded',
      [started('6000', { status: 'failed' }), started('6000', { status: 'succeeded' })],
    ],
    ['that was rolled back', [started('6000', { status: 'rolled-back' }), started('6000')]],
    ['of another release', [started('6000', { to_version: 'v1.1.0' })]],
    [
      'before a rollback that failed once it had moved a function',
      [
        started('6500', {
          action: 'rollback',
          status: 'failed',
          to_version: '',
          components: '[{"name":"orders","version":"2"}]',
        }),
        started('6000'),
      ],
    ],
    ['that kept nothing', [started('6500')]],
    ['that there is none of', []],
  ])('by a run %s returns to what it has found itself', async (_, records) => {
    expect(await undo([started('7001'), ...records])).toMatchObject({ kind: 'undo', version: '2' });
  });

  test.each<[string, string, string]>([
    ['an hour', '2026-03-03T19:00:00Z', '1'],
    ['a day', '2026-03-02T20:00:00Z', '1'],
    ['a week', '2026-02-24T20:00:00Z', '2'],
  ])('by a run that died %s before is passed over where that is long ago', async (_, timestamp, version) => {
    const attempts = ['2026-03-03T20:30:00Z', '2026-03-03T20:00:00Z'].map((at) =>
      started('7001', { timestamp: at }),
    );
    const dead = started('6000', { timestamp });
    expect(await undo([...attempts, dead])).toMatchObject({ kind: 'undo', version });
    const good = started('6000', { timestamp: '2026-02-24T20:00:00Z', status: 'succeeded' });
    expect(await undo([...attempts, dead, good])).toMatchObject({ kind: 'undo', version: '2' });
  });

  test('goes on without records that cannot be read', async () => {
    const own = { kind: 'undo', version: '2', because: 'its own' } as const;
    const records = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new OutsideError({ what: 'no table', remedy: 'make it' })),
      }),
    };
    expect(await beyondDeadRuns(own, new World().around('7001'), records)).toBe(own);
    expect(await beyondDeadRuns(own, new World().around('7001'), undefined)).toBe(own);
  });
});
