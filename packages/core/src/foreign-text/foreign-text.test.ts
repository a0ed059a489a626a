import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from './index.ts';

test('whatever comes in, one short line comes out', () => {
  const pieces = fc.constantFrom('\n', '\r', '\u2028', '\u202e', '\u001b[31m', 'a', ' ', '😀', '\ud83d');
  const made = fc.array(pieces, { maxLength: 400 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(made, fc.string({ unit: 'binary' })), (text) => {
      const line = oneLine(text);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]|^\s|\s$/u);
      expect(line.length).toBeLessThanOrEqual(240);
      expect(oneLine(line)).toBe(line);
    }),
  );
});

test('what is short and harmless stays as it is', () => {
  expect(oneLine('tests/app.test.ts › adds 1 + 1')).toBe('tests/app.test.ts › adds 1 + 1');
  expect(oneLine('  two\n  lines\t')).toBe('two lines');
  expect(oneLine('x'.repeat(300))).toHaveLength(240);
});
