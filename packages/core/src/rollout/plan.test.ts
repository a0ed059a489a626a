import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Alias, AliasChange, FunctionVersion } from '../lambda/index.ts';
import { planShift, type ShiftFacts, type ShiftPlan, type ShiftRequest } from './plan.ts';

function published(version: string, over: Partial<FunctionVersion> = {}): FunctionVersion {
  return {
    functionName: 'orders',
    version,
    codeSha256: `sha-${version}`,
    codeSize: 1,
    description: '',
    role: 'arn:aws:iam::222222222222:role/orders',
    state: 'Active',
    lastUpdateStatus: 'Successful',
    lastModified: 0,
    packageType: 'Zip',
    timeout: 3_000,
    revisionId: 'r',
    ...over,
  };
}

function alias(stableVersion: string, canary?: { version: string; weight: number }): Alias {
  const base = { functionName: 'orders', name: 'live', stableVersion, description: '', revisionId: '1' };
  return canary ? { ...base, canary } : base;
}

const facts: ShiftFacts = { stable: published('3'), canary: published('4'), provisionedConcurrency: false };
const weigh = (weight: number, version = '4'): ShiftRequest => ({ kind: 'weigh', version, weight });
const why = (plan: ShiftPlan) => (plan.kind === 'refuse' ? plan.why : `not refused: ${JSON.stringify(plan)}`);

describe('a weight', () => {
  test('goes to the canary while stable stays the main version', () => {
    expect(planShift(alias('3'), weigh(10), facts)).toEqual({
      kind: 'change',
      change: { stableVersion: '3', canary: { version: '4', weight: 10 } },
    });
  });

  test('of 100 sends everything to the canary and still leaves stable the main version', () => {
    expect(planShift(alias('3', { version: '4', weight: 50 }), weigh(100), facts)).toEqual({
      kind: 'change',
      change: { stableVersion: '3', canary: { version: '4', weight: 100 } },
    });
  });

  test('of 0 takes the canary out of traffic', () => {
    expect(planShift(alias('3', { version: '4', weight: 50 }), weigh(0), facts)).toEqual({
      kind: 'change',
      change: { stableVersion: '3' },
    });
  });

  test('has nothing to do where the version has all requests already: the step runs again after its completion', () => {
    const plan = planShift(alias('4'), { ...weigh(10), expectedStable: '3' }, facts);
    expect(plan).toMatchObject({ kind: 'nothing', wanted: { stableVersion: '4' } });
  });

  test.each<[string, Alias, ShiftRequest, Partial<ShiftFacts>, RegExp]>([
    [
      'on $LATEST',
      alias('3'),
      weigh(10, '$LATEST'),
      {},
      /no published version: it changes with every upload/,
    ],
    [
      'on an unpublished version',
      alias('3'),
      weigh(10, '9'),
      { canary: undefined },
      /has no published version 9/,
    ],
    [
      'on the stable version while a canary is out',
      alias('4', { version: '5', weight: 10 }),
      weigh(10),
      {},
      /version 4 is the alias's stable version/,
    ],
    [
      'while another rollout runs',
      alias('3', { version: '5', weight: 1 }),
      weigh(10),
      {},
      /would be a third/,
    ],
    ['on an alias at $LATEST', alias('$LATEST'), weigh(10), {}, /points to `\$LATEST`/],
    [
      'with provisioned concurrency',
      alias('3'),
      weigh(10),
      { provisionedConcurrency: true },
      /provisioned concurrency/,
    ],
    [
      'across roles',
      alias('3'),
      weigh(10),
      { canary: published('4', { role: 'other' }) },
      /different execution roles/,
    ],
    [
      'across dead-letter queues',
      alias('3'),
      weigh(10),
      { canary: published('4', { deadLetterTarget: 'arn:dlq' }) },
      /different dead-letter queues \(none and arn:dlq\)/,
    ],
    [
      'on a version that failed',
      alias('3'),
      weigh(10),
      { canary: published('4', { state: 'Failed' }) },
      /state Failed/,
    ],
    [
      'on another stable than expected',
      alias('3'),
      { ...weigh(10), expectedStable: '2' },
      {},
      /and 2 was expected/,
    ],
  ])('is refused %s', (_, given, request, over, reason) => {
    const plan = planShift(given, request, { ...facts, ...over });
    expect(why(plan)).toMatch(reason);
    expect(plan.kind === 'refuse' && plan.remedy).toBeTruthy();
  });
});

describe('completing', () => {
  const complete: ShiftRequest = { kind: 'complete', version: '4', expectedStable: '3' };

  test('makes the canary stable and alone', () => {
    const plan = planShift(alias('3', { version: '4', weight: 10 }), complete, facts);
    expect(plan).toEqual({ kind: 'change', change: { stableVersion: '4' } });
  });

  test('is allowed across roles and with provisioned concurrency, because no two versions share requests', () => {
    const over = { canary: published('4', { role: 'other' }), provisionedConcurrency: true };
    expect(planShift(alias('3'), complete, { ...facts, ...over }).kind).toBe('change');
  });

  test('twice does nothing the second time, whatever stable version was expected', () => {
    expect(planShift(alias('4'), complete, facts).kind).toBe('nothing');
  });

  test('waits while Lambda moves provisioned concurrency by weights of its own', () => {
    const moving = alias('4', { version: '3', weight: 100 });
    const plan = planShift(moving, complete, { ...facts, provisionedConcurrency: true });
    expect(plan).toMatchObject({ kind: 'nothing', wanted: { stableVersion: '4' } });
    expect(planShift(moving, complete, facts).kind).toBe('refuse');
  });
});

describe('aborting', () => {
  test('of one version leaves another canary alone', () => {
    const plan = planShift(alias('3', { version: '5', weight: 10 }), { kind: 'abort', version: '4' }, facts);
    expect(why(plan)).toMatch(/version 4 would be a third/);
  });

  test('of a completed rollout is refused and names rollback', () => {
    const plan = planShift(alias('4'), { kind: 'abort', version: '4' }, facts);
    expect(plan).toMatchObject({ kind: 'refuse', remedy: expect.stringMatching(/rollback/) });
  });

  test('without a canary does nothing', () => {
    expect(planShift(alias('3'), { kind: 'abort' }, facts).kind).toBe('nothing');
  });
});

describe('for every alias and request', () => {
  const version = fc.constantFrom('1', '2', '3', '4');
  const weight = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 100, noNaN: true }));
  const anyAlias = fc
    .record({
      stable: version,
      canary: fc.option(fc.record({ version, weight: fc.integer({ min: 1, max: 100 }) })),
    })
    .filter(({ stable, canary }) => canary?.version !== stable)
    .map(({ stable, canary }) => alias(stable, canary ?? undefined));
  const anyRequest: fc.Arbitrary<ShiftRequest> = fc.oneof(
    fc.record({ kind: fc.constant('weigh' as const), version, weight }),
    fc.record({ kind: fc.constant('complete' as const), version }),
    fc.record({ kind: fc.constant('abort' as const) }),
    fc.record({ kind: fc.constant('abort' as const), version }),
  );
  const factsOf = (given: Alias, request: ShiftRequest): ShiftFacts => ({
    stable: published(given.stableVersion),
    canary: request.version ? published(request.version) : undefined,
    provisionedConcurrency: false,
  });
  const planOf = (given: Alias, request: ShiftRequest) => planShift(given, request, factsOf(given, request));
  const outcome = (change: AliasChange): Alias => alias(change.stableVersion, change.canary);
  const run = (given: Alias, request: ShiftRequest): Alias => {
    const plan = planOf(given, request);
    return plan.kind === 'change' ? outcome(plan.change) : given;
  };

  test('a change never names one version twice, nor a weight outside Lambda’s range', () => {
    fc.assert(
      fc.property(anyAlias, anyRequest, (given, request) => {
        const { stableVersion, canary } = run(given, request);
        if (!canary) return;
        expect(canary.version).not.toBe(stableVersion);
        expect(canary.weight).toBeGreaterThan(0);
        expect(canary.weight).toBeLessThanOrEqual(100);
      }),
    );
  });

  test('a change brings in no version but the one asked for', () => {
    fc.assert(
      fc.property(anyAlias, anyRequest, (given, request) => {
        const known = [given.stableVersion, given.canary?.version, request.version];
        const { stableVersion, canary } = run(given, request);
        expect(known).toContain(stableVersion);
        if (canary) expect(known).toContain(canary.version);
      }),
    );
  });

  test('planning again after a change finds nothing left to do', () => {
    fc.assert(
      fc.property(anyAlias, anyRequest, (given, request) => {
        const plan = planOf(given, request);
        if (plan.kind !== 'change') return;
        const again = planOf(outcome(plan.change), request);
        expect(again.kind).toBe('nothing');
      }),
    );
  });

  test('aborting after any series of weights restores the stable version alone', () => {
    fc.assert(
      fc.property(version, fc.array(fc.record({ version, weight })), (stable, series) => {
        const start = alias(stable);
        const shifted = series.reduce((now, step) => run(now, { kind: 'weigh', ...step }), start);
        expect(shifted.stableVersion).toBe(stable);
        expect(run(shifted, { kind: 'abort' })).toEqual(start);
      }),
    );
  });
});
