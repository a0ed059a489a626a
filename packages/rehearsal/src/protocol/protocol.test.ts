import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Annotation, createCommandFiles, createMasks, createOutputReader } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'promo-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fresh = () => createCommandFiles(folder);

describe('the files of a step', () => {
  test('every value comes back as it was written between delimiters', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/);
    const value = fc.string().map((text) => text.replace(/\r/g, ''));
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (outputs) => {
        const files = fresh();
        for (const [key, text] of Object.entries(outputs)) {
          appendFileSync(files.environment.GITHUB_OUTPUT ?? '', `${key}<<END_OF_IT\n${text}\nEND_OF_IT\n`);
        }
        expect(files.read().outputs).toEqual(outputs);
      }),
      { numRuns: 50 },
    );
  });

  test('an = in the value and a << behind it are part of the value', () => {
    const files = fresh();
    appendFileSync(files.environment.GITHUB_ENV ?? '', 'URL=https://x/?a=b<<c\n\nEMPTY=\n');
    expect(files.read().env).toEqual({ URL: 'https://x/?a=b<<c', EMPTY: '' });
  });

  test.each([
    ['no equals sign', 'just text\n', /\$GITHUB_OUTPUT: invalid format 'just text'/],
    ['no end', 'name<<EOF\nvalue\n', /the value of name has no end; expected a line EOF/],
  ])('%s is an error that names the file', (_, content, message) => {
    const files = fresh();
    appendFileSync(files.environment.GITHUB_OUTPUT ?? '', content);
    expect(() => files.read()).toThrow(message);
  });
});

function follow(lines: readonly string[]) {
  const seen = { lines: [] as string[], annotations: [] as Annotation[], masks: [] as string[] };
  const read = createOutputReader({
    line: (text) => seen.lines.push(text),
    annotation: (annotation) => seen.annotations.push(annotation),
    mask: (value) => seen.masks.push(value),
  });
  lines.forEach(read);
  return seen;
}

describe('workflow commands', () => {
  test('an annotation has its place, its escapes undone', () => {
    const { annotations, lines } = follow(['::error file=a%2Cb.ts,line=3,title=No%3A::one%0Atwo 100%25']);
    expect(annotations).toEqual([
      { level: 'error', message: 'one\ntwo 100%', title: 'No:', file: 'a,b.ts', line: 3 },
    ]);
    expect(lines).toEqual(['Error: one\ntwo 100%']);
  });

  test('what GitHub removed is an error that says what to use', () => {
    const { annotations } = follow(['::set-output name=x::y']);
    expect(annotations[0]?.message).toMatch(/removed by GitHub; write to the file in \$GITHUB_OUTPUT/);
  });

  test('between stop-commands and its token nothing is a command', () => {
    const { annotations, lines } = follow([
      '::stop-commands::Tok_1',
      '::error::no',
      '::Tok_1::',
      '::error::yes',
    ]);
    expect(annotations.map((annotation) => annotation.message)).toEqual(['yes']);
    expect(lines).toEqual(['::error::no', 'Error: yes']);
  });

  test('debug is not shown, a mask is taken, ordinary colons are text', () => {
    const { lines, masks } = follow([
      '::debug::x',
      '::add-mask::s3cret',
      'a::b::c',
      '::group::Phase',
      '::endgroup::',
    ]);
    expect(masks).toEqual(['s3cret']);
    expect(lines).toEqual(['a::b::c', '▸ Phase']);
  });

  test('ten annotations of a level, all of the lines', () => {
    const { annotations, lines } = follow(Array.from({ length: 12 }, (_, index) => `::warning::${index}`));
    expect(annotations).toHaveLength(10);
    expect(lines).toHaveLength(12);
  });
});

describe('masks', () => {
  test('no masked value is ever left, whatever else is masked', () => {
    const secret = fc
      .string({ minLength: 3, maxLength: 12 })
      .filter((text) => text.trim().length >= 3 && !text.includes('*'));
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.string(),
        fc.string(),
        (secrets, left, right) => {
          const masks = createMasks();
          for (const value of secrets) masks.add(value);
          const hidden = masks.hide(secrets.map((value) => `${left}${value}${right}`).join('|'));
          for (const value of secrets) expect(hidden.includes(value.trim())).toBe(false);
        },
      ),
    );
  });

  test('a secret is known again in Base64 wherever it stands there, in a URL and in JSON', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 8, maxLength: 30 })
      .filter((one) => one.trim() === one);
    fc.assert(
      fc.property(
        text,
        fc.string({ maxLength: 5 }),
        fc.string({ maxLength: 5 }),
        (secret, before, behind) => {
          fc.pre(new Set(secret).size > 4);
          const masks = createMasks();
          masks.add(secret);
          const credentials = Buffer.from(`${before}${secret}${behind}`).toString('base64');
          expect(masks.hide(credentials)).toContain('***');
          expect(masks.hide(credentials).length).toBeLessThanOrEqual(
            before.length * 4 + behind.length * 4 + 3 + 8,
          );
          expect(masks.hide(`https://x/?key=${encodeURIComponent(secret)}`)).toBe('https://x/?key=***');
          expect(masks.hide(JSON.stringify([secret]))).toBe('["***"]');
        },
      ),
    );
  });

  test('two that lie over each other are hidden as one', () => {
    const masks = createMasks();
    for (const value of ['abcd', 'cdef', 'xyz']) masks.add(value);
    expect(masks.hide('1 abcdef 2 xyzxyz')).toBe('1 *** 2 ******');
  });

  test('a secret of several lines is hidden line by line', () => {
    const masks = createMasks();
    masks.add('first line\nsecond line');
    expect(masks.hide('x second line y')).toBe('x *** y');
    expect(masks.holdsSecret('first line')).toBe(true);
  });
});
