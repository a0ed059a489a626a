import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intersect, type Span, spanAt, subtract, union } from './span.ts';

const spans = fc.array(
  fc.record({ start: fc.integer({ min: 0, max: 40 }), end: fc.integer({ min: 0, max: 40 }) }),
  { maxLength: 8 },
);
const holds = (list: readonly Span[], at: number) => list.some((span) => span.start <= at && at < span.end);
const instants = Array.from({ length: 42 }, (_, at) => at);

test('union, intersection and difference hold exactly the instants that set algebra says', () => {
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      const all = { or: union([...a, ...b]), and: intersect(a, b), not: subtract(a, b) };
      for (const at of instants) {
        expect(holds(all.or, at)).toBe(holds(a, at) || holds(b, at));
        expect(holds(all.and, at)).toBe(holds(a, at) && holds(b, at));
        expect(holds(all.not, at)).toBe(holds(a, at) && !holds(b, at));
        expect(spanAt(all.or, at) !== undefined).toBe(holds(all.or, at));
      }
    }),
  );
});

test('answers are disjoint, ordered, never empty and never touching', () => {
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      for (const answer of [union(a), intersect(a, b), subtract(a, b)]) {
        for (const [index, span] of answer.entries()) {
          expect(span.start).toBeLessThan(span.end);
          expect(span.start).toBeGreaterThan(answer[index - 1]?.end ?? Number.NEGATIVE_INFINITY);
        }
      }
    }),
  );
});
