import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { damage } from '../../../../test/damage.ts';
import { byVersion } from './applied.ts';
import { readToolReport, type SchemaLimits } from './index.ts';
import { judgeBreakages } from './judge.ts';
import { widens } from './widening.ts';

const fixture = (name: string) => readFileSync(join('test/fixtures/schema', name), 'utf8');
const read = (text: string) =>
  readToolReport({
    path: 'r',
    size: text.length,
    async *text() {
      yield text;
    },
    elements: () => Promise.reject(new Error('is no XML')),
  });
const judged = async (text: string, over: Partial<SchemaLimits> = {}) => {
  const { tool, breakages } = await read(text);
  return judgeBreakages('r', tool, breakages, { warnings: 'refuse', allow: [], ...over }, new Set());
};
const outcomes = async (text: string, over: Partial<SchemaLimits> = {}) =>
  (await judged(text, over)).map(({ outcome, check, seen }) => `${outcome} ${check} ${seen}`);

describe('reports of tools', () => {
  test('squawk: rules, with lines that count from 1', async () => {
    const { tool, breakages } = await read(fixture('squawk.json'));
    expect(tool).toBe('squawk');
    expect(breakages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          rule: 'adding-required-field',
          object: 'db/V2__shrink.sql',
          message: expect.stringContaining('db/V2__shrink.sql:2: Adding a new column that is `NOT NULL`'),
          warning: true,
        }),
        expect.objectContaining({
          rule: 'ban-drop-column',
          message: expect.stringContaining('.sql:3: Dropping'),
        }),
        expect.objectContaining({ rule: 'renaming-column' }),
        expect.objectContaining({ rule: 'changing-column-type' }),
      ]),
    );
    expect((await judged(fixture('squawk.json')))[0]?.outcome).toBe('fail');
    expect((await judged(fixture('squawk.json'), { warnings: 'report' }))[0]?.outcome).toBe('pass');
    expect((await judged(fixture('squawk-syntax.json'), { warnings: 'report' }))[0]?.outcome).toBe('fail');
    expect(await outcomes(fixture('squawk-clean.json'))).toEqual(['pass compatibility compatible']);
  });

  test('oasdiff: errors and warnings; what breaks nothing is left out', async () => {
    expect(await outcomes(fixture('oasdiff.json'))).toEqual([
      'fail compatibility 2 findings',
      'fail request-parameter-became-required GET /orders',
      'fail response-optional-property-removed GET /orders/{id}',
    ]);
    const [, , warning] = await judged(fixture('oasdiff.json'), { warnings: 'report' });
    expect(warning).toMatchObject({ outcome: 'info', seen: 'GET /orders/{id}' });
  });

  test('buf: a finding a line; its exit status proves that it ran', async () => {
    for (const name of ['buf.json', 'buf-with-exit.json'])
      expect(await outcomes(fixture(name))).toEqual([
        'fail compatibility 3 findings',
        'fail FIELD_NO_DELETE new/orders.proto',
        'fail FIELD_SAME_TYPE new/orders.proto',
        'fail RPC_NO_DELETE new/orders.proto',
      ]);
    expect(await outcomes('{"exit":0}\n')).toEqual(['pass compatibility compatible']);
    await expect(read('{"exit":1}')).rejects.toThrow('lists 0 findings of buf, which ended with 1');
    await expect(read('{"exit":100}')).rejects.toThrow('lists 0 findings of buf');
    await expect(read(`${fixture('buf.json')}{"exit":0}`)).rejects.toThrow('lists 3 findings of buf');
    await expect(read('')).rejects.toThrow('is empty, which proves nothing: also buf writes nothing');
    await expect(read(fixture('buf.json').slice(0, -20))).rejects.toThrow('breaks off');
  });

  test('pg-schema-diff: each hazard, with its statement', async () => {
    expect(await outcomes(fixture('pg-schema-diff.json'))).toEqual([
      'fail compatibility 2 findings',
      'fail DELETES_DATA ALTER TABLE "public"."users" DROP COLUMN "nickname"',
      'fail ACQUIRES_ACCESS_EXCLUSIVE_LOCK ALTER TABLE "public"."users" DROP COLUMN "nickname"',
    ]);
    expect(await outcomes(fixture('pg-schema-diff-clean.json'))).toEqual(['pass compatibility compatible']);
    const allow = [{ pattern: 'ACQUIRES_* *', reason: 'the table is small' }];
    expect((await outcomes(fixture('pg-schema-diff.json'), { allow })).slice(0, 2)).toEqual([
      'fail compatibility 1 finding',
      'fail DELETES_DATA ALTER TABLE "public"."users" DROP COLUMN "nickname"',
    ]);
  });

  test.each([
    ['{}', 'is an empty JSON object, which is no format known here'],
    ['{"a":1}', 'is JSON with `a`'],
    ['[1]', 'is a JSON list, which is no format'],
    ['[{"id":"x"}]', 'is a JSON list, which is no format'],
    ['No breaking changes', 'begins with `No breaking changes`'],
    ['[{"rule_name": 1}]', 'looks like a report of squawk but is not'],
    ['[{"id": "x", "level": 9}]', 'looks like a report of oasdiff but is not: at 0.level'],
    ['{"statements": 1, "current_schema_hash": ""}', 'looks like a plan of pg-schema-diff but is not'],
    [fixture('squawk.json').slice(0, 300), 'is no whole JSON: it breaks off'],
    ['['.repeat(100_000), 'is nested more than 100 levels deep'],
  ])('%.40j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('a report with anything put in place of one of its values ends in facts or in words', async () => {
    const names = ['squawk.json', 'oasdiff.json', 'pg-schema-diff.json'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.jsonValue(), async (name, at, other) => {
        const value = JSON.parse(fixture(name));
        damage(value, at, other);
        const ended = await read(JSON.stringify(value)).then(
          () => 'facts',
          (error: unknown) => (error as Error).constructor.name,
        );
        expect(['facts', 'Unreadable']).toContain(ended);
      }),
      { numRuns: 300 },
    );
  });
});

test('widening is an order: what widens twice widens at once, and only equal types widen both ways', () => {
  const length = fc.integer({ min: 1, max: 4 });
  const type = fc.oneof(
    fc
      .constantFrom('int2', 'int4', 'int8', 'float4', 'float8', 'text', 'json')
      .map((name) => ({ name, modifiers: [] })),
    fc.array(length, { maxLength: 1 }).map((modifiers) => ({ name: 'varchar', modifiers })),
    fc.array(length, { maxLength: 1 }).map((modifiers) => ({ name: 'timestamp', modifiers })),
    fc.tuple(length, length).map((modifiers) => ({ name: 'numeric', modifiers })),
  );
  const limitless = (name: string) => name === 'text' || name === 'varchar';
  fc.assert(
    fc.property(type, type, type, (a, b, c) => {
      expect(widens(a, a)).toBe(true);
      if (widens(a, b) && widens(b, c)) expect(widens(a, c)).toBe(true);
      if (widens(a, b) && widens(b, a) && !limitless(a.name)) expect(b).toEqual(a);
    }),
    { numRuns: 2_000 },
  );
});

test('versions are in the order in which they run', () => {
  const names = ['db/V10__c.sql', 'db/V2__b.sql', 'db/V1__a.sql', 'db/V2.1__b.sql'];
  expect(names.sort(byVersion)).toEqual(['db/V1__a.sql', 'db/V2__b.sql', 'db/V2.1__b.sql', 'db/V10__c.sql']);
});
