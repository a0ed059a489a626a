import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Facts, readReport } from '@promo-actions/core/quality';
import fc from 'fast-check';
import { decoded } from './decode.ts';
import { readElements } from './elements.ts';

async function* chunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Bytes read as the gateway reads a file, in chunks of a size that splits letters and tags. */
function read(content: string | Buffer, size = 11): Promise<Facts> {
  const bytes = Buffer.from(content);
  const text = () => decoded(chunks(bytes, size));
  return readReport({
    path: 'r',
    size: bytes.length,
    text,
    elements: (reader) => readElements(text(), reader),
  });
}
const fixture = (name: string) => readFileSync(join('test/fixtures/quality', name));

describe('JUnit', () => {
  test('jest-junit: tests that pass', async () => {
    expect(await read(fixture('jest-junit-pass.xml'))).toEqual({
      kind: 'tests',
      format: 'JUnit',
      total: 3,
      skipped: 0,
      failed: 0,
      failures: [],
    });
  });

  test('jest-junit: a failure, a skipped test, a suite that did not run', async () => {
    const facts = await read(fixture('jest-junit-fail.xml'));
    expect(facts).toMatchObject({ total: 7, skipped: 1, failed: 3 });
    if (facts.kind !== 'tests') throw new Error('unreachable');
    expect(facts.failures[0]).toMatchObject({
      name: 'says what is wrong <&>',
      place: 't/broken.test.js',
      message: expect.stringMatching(/^Error: expect\(received\).*Expected: 181 Received: 180/),
    });
    expect(facts.failures[1]?.message).toContain("Cannot find module './not-there'");
  });

  test('node --test: cases outside of a suite', async () => {
    const facts = await read(fixture('node-test-junit.xml'));
    expect(facts).toMatchObject({
      total: 4,
      skipped: 1,
      failed: 1,
      failures: [{ name: 'test › node fails', message: '180 == 1' }],
    });
  });

  test.each<[string, string, object]>([
    ['an empty suite', '<testsuites tests="0"/>', { total: 0, failed: 0 }],
    [
      'Surefire’s flaky test passed',
      '<testsuite failures="0"><testcase name="a"><flakyFailure/></testcase></testsuite>',
      { total: 1, failed: 0 },
    ],
    [
      'an error of a suite alone',
      '<testsuite name="s" errors="1"><error message="boom"/></testsuite>',
      { failed: 1, failures: [{ name: 'the suite s', message: 'boom' }] },
    ],
    [
      'GoogleTest’s disabled test',
      '<testsuites><testsuite><testcase name="a" status="notrun"/></testsuite></testsuites>',
      { total: 1, skipped: 1 },
    ],
    [
      'pytest’s line',
      '<testsuite><testcase classname="m" name="t" file="m.py" line="7"><failure message="x"/></testcase></testsuite>',
      { failures: [{ name: 'm › t', place: 'm.py:7', message: 'x' }] },
    ],
    [
      'a failure in CDATA',
      '<testsuite><testcase name="t"><failure><![CDATA[<b> is wrong]]></failure></testcase></testsuite>',
      { failures: [{ message: '<b> is wrong' }] },
    ],
    [
      'a suite that hides a failure',
      '<testsuites failures="2"><testsuite name="s" failures="2"><testcase name="a"><failure/></testcase></testsuite></testsuites>',
      { failed: 1, contradiction: 'the suite s says that 2 tests failed and lists 1' },
    ],
  ])('%s', async (_, xml, expected) => {
    expect(await read(xml)).toMatchObject(expected);
  });

  test('the counts are those of the tests, however suites nest', async () => {
    const outcome = fc.constantFrom('', '<failure message="f"/>', '<error/>', '<skipped/>');
    const suite: fc.Arbitrary<string[]> = fc.array(outcome, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(suite, { maxLength: 4 }), async (suites) => {
        const all = suites.flat();
        const failed = all.filter((one) => /failure|error/.test(one)).length;
        const nested = suites.reduceRight(
          (inner, cases) =>
            `<testsuite name="s">${cases.map((one) => `<testcase name="t">${one}</testcase>`).join('')}${inner}</testsuite>`,
          '',
        );
        const facts = await read(`<testsuites failures="${failed}">${nested}</testsuites>`);
        expect(facts).toMatchObject({ total: all.length, failed });
        expect('contradiction' in facts).toBe(false);
        expect(facts).toMatchObject({ skipped: all.filter((one) => one === '<skipped/>').length });
      }),
    );
  });
});

describe('Cobertura', () => {
  test.each<[string, object]>([
    [
      'istanbul-cobertura.xml',
      {
        lines: { covered: 4, total: 5 },
        branches: { covered: 4, total: 4 },
        functions: { covered: 1, total: 2 },
      },
    ],
    ['c8-cobertura.xml', { functions: { covered: expect.any(Number) } }],
  ])('%s', async (name, measures) => {
    const facts = await read(fixture(name));
    expect(facts).toMatchObject({ kind: 'coverage', format: 'Cobertura', measures });
  });

  test('lines are counted, whatever the rates say; Clover, which has the same root, is refused', async () => {
    const lying =
      '<coverage line-rate="1"><class filename="a"><lines><line number="1" hits="0"/></lines></class></coverage>';
    expect(await read(lying)).toMatchObject({ measures: { lines: { covered: 0, total: 1 } } });
    await expect(read('<coverage generated="1" clover="4"><project/></coverage>')).rejects.toThrow(
      'not Cobertura',
    );
  });

  test.each([
    ['<line number="1"/>', 'without a number of `hits`'],
    ['<line number="x" hits="1"/>', 'without its `number`'],
  ])('%s is refused', async (line, message) => {
    await expect(
      read(`<coverage line-rate="1"><class filename="a"><lines>${line}</lines></class></coverage>`),
    ).rejects.toThrow(message);
  });
});

describe('XML that is broken, or made to harm', () => {
  const bomb = (levels: number) => {
    const entities = Array.from(
      { length: levels },
      (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`,
    );
    return `<?xml version="1.0"?><!DOCTYPE testsuites [<!ENTITY a0 "lol">${entities.join('')}]><testsuites name="&a${levels};"/>`;
  };

  test.each<[string, string, RegExp]>([
    ['an entity bomb', bomb(9), /declares XML entities of its own/],
    [
      'a file asked for through an entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>',
      /declares XML entities/,
    ],
    ['an entity that nobody declares', '<testsuite name="&nbsp;"/>', /invalid character entity in line 1/],
    ['an element that is not closed', '<testsuites><testsuite>', /breaks off/],
    [
      'an element closed by another',
      '<testsuites>\n<testsuite></testsuites>',
      /unexpected close tag in line 2/,
    ],
    ['two roots', '<testsuite/><testsuite/>', /more than one root/],
    ['text after the root', '<testsuite/>and more', /text data outside of root/],
    ['a tag cut in two', '<testsuite name="a', /is XML without an element|not well-formed/],
    ['a declaration alone', '<?xml version="1.0"?>', /is XML without an element/],
    [
      'a web page',
      '<!DOCTYPE html><html><body>Sign in</body></html>',
      /whose root is <html>, which is no format known here/,
    ],
    ['nesting without end', '<testsuite>'.repeat(5_000), /nested more than 200 levels/],
    [
      'attributes without end',
      `<testsuite ${Array.from({ length: 500 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
      /more than 200 attributes/,
    ],
    ['an unknown encoding', '<?xml version="1.0" encoding="klingon"?><testsuite/>', /written in klingon/],
  ])('%s', async (_, xml, message) => {
    await expect(read(xml, 1_000)).rejects.toThrow(message);
  });

  test('an attribute longer than any report needs is refused; a long one, and text of any length, are not', async () => {
    const attribute = (length: number) => `<testsuite><testcase name="${'x'.repeat(length)}"/></testsuite>`;
    expect(await read(attribute(300_000), 60_000)).toMatchObject({ total: 1 });
    await expect(read(attribute(9_000_000), 60_000)).rejects.toThrow('max buffer length exceeded');
    const output = `<testsuite><testcase name="t"><system-out>${'x'.repeat(9_000_000)}</system-out></testcase></testsuite>`;
    expect(await read(output, 60_000)).toMatchObject({ total: 1, failed: 0 });
  });

  test('the official DTD of Cobertura is no harm, and is not fetched', async () => {
    expect(fixture('istanbul-cobertura.xml').toString()).toContain('<!DOCTYPE coverage SYSTEM "http://');
    await read(fixture('istanbul-cobertura.xml'));
  });

  test('cut anywhere, a report is not taken for a whole one', async () => {
    const whole = fixture('jest-junit-pass.xml').toString().trimEnd();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await expect(read(whole.slice(0, length), 100)).rejects.toThrow(
          /empty|breaks off|XML without|not well-formed/,
        );
      }),
    );
  });
});

describe('encodings', () => {
  const xml = '<testsuite><testcase name="größer"><failure message="ändert"/></testcase></testsuite>';
  const failure = { failures: [{ name: 'größer', message: 'ändert' }] };

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(xml)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${xml}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${xml}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${xml}`, 'utf16le').swap16()],
    ['Latin-1, declared', Buffer.from(`<?xml version='1.0' encoding='ISO-8859-1'?>${xml}`, 'latin1')],
  ])('%s', async (_, bytes) => {
    for (const size of [1, 7, 100_000]) expect(await read(bytes, size)).toMatchObject(failure);
  });

  test('JSON as PowerShell writes it', async () => {
    const bytes = Buffer.from(`\ufeff${fixture('npm-audit-clean.json')}`, 'utf16le');
    expect(await read(bytes)).toMatchObject({ format: 'npm audit', weaknesses: [] });
  });
});
