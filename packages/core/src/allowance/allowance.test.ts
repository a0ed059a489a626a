import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowanceFor, allowances, unusedAllowances } from './index.ts';

const input = allowances('Text.');
const allow = (pattern: string) => ({ pattern, reason: 'because' });

test('lines of patterns with reasons, or a map from the policy', () => {
  expect(input.parse('aws_sqs_queue.old: replaced by orders-v2\nmodule.a["x"].b[0]: gone')).toEqual([
    { pattern: 'aws_sqs_queue.old', reason: 'replaced by orders-v2' },
    { pattern: 'module.a["x"].b[0]', reason: 'gone' },
  ]);
});

test.each([
  ['- a', 'it is a list'],
  ['a:', 'the reason must be text'],
  ['a: ""', 'give the reason'],
  ['"* *": all of it', 'allows everything'],
  ['only text', 'it is not a map of patterns to reasons'],
])('%j is refused', (text, message) => {
  expect(() => input.parse(text)).toThrow(message);
});

test('a pattern covers the whole of a name, a star any text', () => {
  const covers = (pattern: string, name: string) => allowanceFor(name, [allow(pattern)]) !== undefined;
  expect(covers('a.b', 'a.b')).toBe(true);
  expect(covers('a.b', 'a.bc')).toBe(false);
  expect(covers('a.b', 'axb')).toBe(false);
  expect(covers('*.b', 'a.b')).toBe(true);
  expect(covers('a*', 'ba')).toBe(false);
  expect(covers('a*a', 'a')).toBe(false);
  expect(covers('a*b*c', 'a-b-b-c')).toBe(true);
  expect(covers('a*b*c', 'a-c-b')).toBe(false);
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.') });
  fc.assert(
    fc.property(letters, letters, (pattern, name) => {
      const plain = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
      expect(covers(pattern, name)).toBe(new RegExp(`^${plain}$`).test(name));
    }),
  );
});

test('what nothing needed is told', () => {
  const [needed, left] = [allow('a'), allow('b')];
  expect(unusedAllowances([needed, left], new Set([needed]))).toMatchObject([
    { outcome: 'info', subject: 'b', seen: 'not needed' },
  ]);
});
