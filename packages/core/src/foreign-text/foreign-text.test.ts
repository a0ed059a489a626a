import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from './index.ts';

test('whatever comes in, one short line without a command comes out', () => {
  const pieces = fc.constantFrom(
    '::',
    '##[',
    '\n',
    '\r',
    '\u2028',
    '\u202e',
    '\u001b[31m',
    '#',
    'a',
    ' ',
    '😀',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 400 }).map((parts) => parts.join('')),
        fc.string(),
      ),
      (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]|^\s*::|##\[/u);
        expect(line.length).toBeLessThanOrEqual(240);
        expect(line).not.toMatch(/\p{Surrogate}/u);
      },
    ),
  );
});

test('what is short and harmless stays as it is', () => {
  expect(oneLine('tests/app.test.ts › adds 1 + 1')).toBe('tests/app.test.ts › adds 1 + 1');
  expect(oneLine('  two\n  lines\t')).toBe('two lines');
  expect(oneLine('##[error]x')).toBe('# #[error]x');
  expect(oneLine('::stop-commands::x')).toBe(': :stop-commands::x');
});
