import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from './ports.ts';
import { planPrune, promotionTag, snapshotName, snapshotTag } from './retention.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-03T20:05:00Z');
const own = (id: string, days: number, more: Partial<Snapshot> = {}): Snapshot => ({
  ...{ id, status: 'available', percent: 100, encrypted: true, at: now - days * day },
  tags: { [promotionTag]: '7001', [snapshotTag]: id },
  ...more,
});

test('the oldest beyond the count, those that are too old and those that failed go; others’ and those under way stay', () => {
  const all = [
    own('new', 0),
    own('a', 1),
    own('b', 2),
    own('c', 3),
    own('old', 100),
    own('failed', 1, { status: 'failed' }),
    own('under-way', 0, { status: 'creating' }),
    own('by-hand', 400, { tags: {} }),
    own('copy-of-old', 400, { tags: { [promotionTag]: '7001', [snapshotTag]: 'old' } }),
  ];
  expect(planPrune(all, 'new', { count: 3, age: 90 * day }, now)).toEqual(['failed', 'c', 'old']);
  expect(planPrune(all, 'new', { count: 10, age: 90 * day }, now)).toEqual(['failed', 'old']);
  expect(planPrune(all, 'new', { count: 0, age: 90 * day }, now)).toEqual(['failed', 'a', 'b', 'c', 'old']);
});

test('whatever there is: never the one just made, never another’s, and no more than the count are left', () => {
  const one = fc.record({
    status: fc.constantFrom('available', 'creating', 'failed'),
    days: fc.integer({ min: 0, max: 200 }),
    mine: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), fc.integer({ min: 0, max: 8 }), (drawn, count) => {
      const all = drawn.map(({ status, days, mine }, index) =>
        own(`s${index}`, days, { status, ...(mine ? {} : { tags: {} }) }),
      );
      const due = planPrune([...all, own('new', 0)], 'new', { count, age: 90 * day }, now);
      const left = all.filter(
        ({ id, tags, status }) => !due.includes(id) && tags[promotionTag] && status === 'available',
      );
      expect(due).not.toContain('new');
      expect(all.filter(({ id, tags }) => due.includes(id) && !tags[promotionTag])).toEqual([]);
      expect(left.length).toBeLessThanOrEqual(Math.max(0, count - 1));
    }),
  );
});

test('a name says the database and the time', () => {
  expect(snapshotName('promotion', { kind: 'instance', id: 'Orders-prod' }, now)).toBe(
    'promotion-orders-prod-20260303-200500',
  );
});

test('every name is one that RDS takes', () => {
  const id = fc.stringMatching(/^[A-Za-z](-?[A-Za-z0-9]){0,62}$/).filter((text) => text.length <= 63);
  fc.assert(
    fc.property(id, id, fc.constantFrom('instance', 'cluster'), (prefix, database, kind) => {
      const name = snapshotName(prefix, { kind, id: database }, now);
      expect(name).toMatch(/^[a-z](-?[a-z0-9])*$/);
      expect(name.length).toBeLessThanOrEqual(kind === 'cluster' ? 63 : 255);
      expect(name.endsWith('-20260303-200500')).toBe(true);
    }),
  );
});
