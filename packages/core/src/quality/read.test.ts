import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { damage } from '../../../../test/damage.ts';
import type { ReportFile } from '../reports/index.ts';
import { type Facts, readReport, type SecurityFacts } from './index.ts';

/** A file whose text comes in pieces of a few characters, as no disk would give it. */
function file(text: string, piece = 7, size = text.length): ReportFile {
  return {
    path: 'report',
    size,
    async *text() {
      for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
    },
    elements: () => Promise.reject(new Error('XML is read through the gateway')),
  };
}

const fixture = (name: string) => readFileSync(join('test/fixtures/quality', name), 'utf8');
const read = (name: string): Promise<Facts> => readReport(file(fixture(name)));
const readText = (text: string): Promise<Facts> => readReport(file(text));
const weaknesses = async (name: string) =>
  ((await read(name)) as SecurityFacts).weaknesses.map(({ severity, id, place }) => [severity, id, place]);

describe('coverage that tools wrote', () => {
  const whole = {
    lines: { covered: 4, total: 5 },
    branches: { covered: 4, total: 4 },
    functions: { covered: 1, total: 2 },
  };

  test.each(['istanbul-lcov.info', 'istanbul-coverage-final.json', 'istanbul-coverage-summary.json'])(
    '%s: the same run tells the same in every form',
    async (name) => {
      expect(await read(name)).toMatchObject({ kind: 'coverage', measures: whole });
    },
  );

  test('node --test, where the tested and the tests are counted', async () => {
    expect(await read('node-test-lcov.info')).toMatchObject({
      format: 'lcov',
      measures: {
        lines: { covered: 10, total: 15 },
        branches: { covered: 9, total: 10 },
        functions: { covered: 5, total: 7 },
      },
    });
  });

  test('c8, which counts every line as a statement', async () => {
    const { measures } = (await read('c8-coverage-final.json')) as { measures: { lines: { total: number } } };
    expect(measures.lines.total).toBeGreaterThan(10);
  });

  test('tracefiles written one after the other are joined: a line is covered when one of them covers it', async () => {
    const one = 'TN:\nSF:a.js\nFNDA:1,f\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nend_of_record\n';
    const other =
      'TN:\r\nSF:a.js\r\nFNDA:0,f\r\nDA:1,0\r\nDA:2,3\r\nBRDA:1,0,0,0\r\nBRDA:1,0,1,2\r\nend_of_record';
    expect(await readText(one + other)).toMatchObject({
      measures: {
        lines: { covered: 2, total: 2 },
        branches: { covered: 2, total: 2 },
        functions: { covered: 1, total: 1 },
      },
    });
  });

  test('an lcov tracefile cut anywhere in its last record is not whole', async () => {
    const text = fixture('istanbul-lcov.info').trimEnd();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: text.length - 1 }), async (length) => {
        await expect(readText(text.slice(0, length))).rejects.toThrow(
          /breaks off|is none of its records|counts no/,
        );
      }),
    );
  });

  test.each([
    ['TN:\nSF:a.js\nSF:b.js\n', 'line 3, which begins a file before the one above has ended'],
    ['TN:\nDA:1,1\n', 'line 2, which belongs to no file'],
    ['SF:a.js\nDA:x,1\nend_of_record\n', 'counts no line'],
    ['SF:a.js\nFNDA:often,f\nend_of_record\n', 'counts no function'],
    ['SF:a.js\nBRDA:1,2\nend_of_record\n', 'counts no branch'],
    ['SF:a.js\nrm -rf /\nend_of_record\n', 'is none of its records'],
    [`SF:${'a'.repeat(70_000)}`, 'a line of more than 65536 characters'],
  ])('%j is refused', async (text, message) => {
    await expect(readReport(file(text, 10_000))).rejects.toThrow(message);
  });

  test('a total that covers more than there is, or none, is refused', async () => {
    const one = { total: 1, covered: 2 };
    const total = { lines: one, functions: one, branches: one };
    await expect(readText(JSON.stringify({ total }))).rejects.toThrow('counts more as covered');
    await expect(readText('{"total": {"lines": {"total": "Unknown"}}}')).rejects.toThrow(
      "looks like Istanbul's coverage-summary.json but is not: at total.lines.total",
    );
  });
});

describe('k6 in its three shapes', () => {
  const held = (name: string) =>
    read(name).then((facts) =>
      facts.kind === 'load'
        ? [...facts.metrics].flatMap(([metric, { thresholds, samples }]) =>
            thresholds.map(({ expression, holds }) => [metric, expression, holds, samples]),
          )
        : undefined,
    );

  test.each(['k6-export.json', 'k6-handle-summary.json'])('%s: both thresholds hold', async (name) => {
    expect(await held(name)).toEqual([
      ['http_req_duration', 'p(95)<500', true, 1_200],
      ['http_req_failed', 'rate<0.01', true, 1_200],
    ]);
  });

  test.each(['k6-export-crossed.json', 'k6-handle-summary-crossed.json'])(
    '%s: `true` in the one is `ok: false` in the other',
    async (name) => {
      expect((await held(name))?.[0]).toEqual(['http_req_duration', 'p(95)<500', false, 1_200]);
    },
  );

  test('a metric without samples is seen as one, although its threshold holds', async () => {
    expect(await held('k6-export-no-samples.json')).toEqual([
      ['http_req_duration', 'p(95)<500', true, 0],
      ['http_req_failed', 'rate<0.01', true, 0],
    ]);
  });

  test('the machine-readable summary tells no threshold, but all values in the words of thresholds', async () => {
    const facts = await read('k6-machine.json');
    expect(facts).toMatchObject({ format: 'k6 (machine-readable)', tellsThresholds: false });
    if (facts.kind !== 'load') throw new Error('unreachable');
    expect(facts.metrics.get('http_req_duration')).toMatchObject({
      type: 'trend',
      samples: 1_200,
      values: { 'p(95)': 288.4, 'p(90)': 201.3 },
    });
    expect(facts.metrics.get('http_req_failed')).toMatchObject({ samples: 1_200, values: { passes: 2 } });
  });

  test('a field that this version does not know is refused: it might say that a threshold failed', async () => {
    const told = JSON.parse(fixture('k6-machine.json'));
    for (const changed of [
      { ...told, results: { ...told.results, thresholds: [{ ok: false }] } },
      { ...told, version: '2.0.0' },
      { ...told, results: { metrics: [{ ...told.results.metrics[0], thresholds: {} }] } },
    ])
      await expect(readText(JSON.stringify(changed))).rejects.toThrow(
        "looks like k6's machine-readable summary, version 1 but is not",
      );
  });

  test.each([
    [{ root_group: {}, metrics: {} }, 'holds no metric'],
    [
      { root_group: {}, metrics: { a: { avg: 1, thresholds: { 'avg<1': 'no' } } } },
      '--summary-export but is not',
    ],
    [
      { state: {}, metrics: { a: { type: 'trend', values: {}, thresholds: { 'avg<1': true } } } },
      'handleSummary data but is not',
    ],
    [{ metrics: { http_reqs: { count: 1 } } }, 'no format known here'],
  ])('%j is refused', async (value, message) => {
    await expect(readText(JSON.stringify(value))).rejects.toThrow(message);
  });
});

describe('scans', () => {
  test('CodeQL: severities of the rules, places, what was accepted left out', async () => {
    expect(await weaknesses('codeql.sarif')).toEqual([
      ['high', 'js/sql-injection', 'src/db.js:41'],
      ['medium', 'js/incomplete-sanitization', 'src/db.js:12'],
      ['low', 'js/unused-local-variable', 'src/a.js:3'],
    ]);
  });

  test('ESLint: severities of the levels', async () => {
    expect((await weaknesses('eslint.sarif')).map(([severity, id]) => [severity, id])).toEqual(
      expect.arrayContaining([
        ['high', 'no-undef'],
        ['medium', 'no-unused-vars'],
      ]),
    );
    expect(await read('eslint-clean.sarif')).toMatchObject({ tool: 'ESLint', weaknesses: [] });
  });

  const run = (over: object) => ({ tool: { driver: { name: 'T' } }, results: [], ...over });
  test.each([
    [{ version: '2.1.0', runs: [] }, 'SARIF without a run'],
    [{ version: '2.0.0', runs: [run({})] }, 'looks like SARIF 2.1.0 but is not: at version'],
    [{ version: '2.1.0', runs: [run({ results: undefined })] }, 'its scan did not run'],
    [
      { version: '2.1.0', runs: [run({ invocations: [{ executionSuccessful: false }] })] },
      'did not end well, so not everything was scanned',
    ],
    [
      { version: '2.1.0', runs: [run({ externalPropertyFileReferences: { results: [{}] } })] },
      'in other files, which are not read',
    ],
  ])('SARIF %j is refused', async (value, message) => {
    await expect(readText(JSON.stringify(value))).rejects.toThrow(message);
  });

  test('a result under review or rejected counts, one that passes or is gone does not', async () => {
    const result = (over: object) => ({ ruleId: 'r', level: 'error', message: { text: 'm' }, ...over });
    const results = [
      result({ suppressions: [{ status: 'accepted' }, { status: 'underReview' }] }),
      result({ suppressions: [{ kind: 'inSource' }] }),
      result({ kind: 'pass' }),
      result({ baselineState: 'absent' }),
      result({ baselineState: 'unchanged' }),
    ];
    const facts = await readText(JSON.stringify({ version: '2.1.0', runs: [run({ results })] }));
    expect((facts as SecurityFacts).weaknesses.map(({ severity }) => severity)).toEqual([
      'high',
      'none',
      'high',
    ]);
  });

  test('npm audit and pnpm audit, each as it is written', async () => {
    expect(await weaknesses('npm-audit.json')).toEqual([
      ['high', 'lodash', 'lodash 4.17.15'],
      ['critical', 'minimist', 'minimist 1.2.0'],
      ['critical', 'mkdirp', 'mkdirp *'],
    ]);
    expect((await weaknesses('pnpm-audit.json')).map(([severity]) => severity)).toEqual([
      'critical',
      'high',
      'medium',
    ]);
    expect(await weaknesses('npm-audit-clean.json')).toEqual([]);
  });

  test('Snyk lists a vulnerability once for each path; Trivy never shows a secret', async () => {
    expect(await weaknesses('snyk.json')).toEqual([
      ['high', 'SNYK-JS-LODASH-1040724', 'lodash 4.17.15'],
      ['medium', 'SNYK-JS-MINIMIST-559764', 'minimist 1.2.0'],
    ]);
    expect(await weaknesses('trivy.json')).toEqual([
      ['critical', 'CVE-2024-45491', 'libexpat1 2.5.0-1 in orders:v1.4.0 (debian 12.9)'],
      ['low', 'CVE-2011-3374', 'apt 2.6.1 in orders:v1.4.0 (debian 12.9)'],
      ['medium', 'TEMP-0841856-B18BAF', 'bash 5.2.15 in orders:v1.4.0 (debian 12.9)'],
      ['high', 'DS002', 'Dockerfile:4'],
      ['critical', 'aws-access-key-id', 'config/.env:7'],
    ]);
    expect(JSON.stringify(await read('trivy.json'))).not.toContain('AWS_ACCESS_KEY_ID=');
  });

  test('Snyk’s report of an image tells what the applications in it are made of, too', async () => {
    const application = JSON.parse(fixture('snyk.json'));
    const image = { ok: true, vulnerabilities: [], projectName: 'docker-image|orders' };
    const facts = await readText(JSON.stringify({ ...image, applications: [application] }));
    if (facts.kind !== 'security') throw new Error('unreachable');
    expect(facts.weaknesses.map(({ id }) => id)).toEqual([
      'SNYK-JS-LODASH-1040724',
      'SNYK-JS-MINIMIST-559764',
    ]);
    const failed = { ...image, applications: [{ ok: false, error: 'Failed to read package.json' }] };
    await expect(readText(JSON.stringify(failed))).rejects.toThrow('Snyk says Failed to read package.json');
  });

  test.each([
    ['npm-audit-error.json', 'npm says ENOLOCK: This command requires an existing lockfile'],
    ['npm-audit-refused.json', 'npm says 405 Method Not Allowed'],
    ['snyk-error.json', 'Snyk says Could not detect supported target files'],
    ['trivy-nothing.json', 'Trivy found nothing in . that it could scan'],
  ])('%s is an error in place of a report', async (name, message) => {
    await expect(read(name)).rejects.toThrow(message);
  });

  test('a report that counts more than it lists is not whole', async () => {
    const audit = JSON.parse(fixture('npm-audit.json'));
    await expect(readText(JSON.stringify({ ...audit, vulnerabilities: {} }))).rejects.toThrow(
      'counts 3 vulnerabilities and lists 0',
    );
    await expect(
      readText(JSON.stringify({ ...JSON.parse(fixture('pnpm-audit.json')), advisories: {} })),
    ).rejects.toThrow('counts 3 vulnerabilities and lists 0');
    await expect(readText('{"ok": false, "vulnerabilities": []}')).rejects.toThrow('lists nothing');
  });
});

describe('what is no report', () => {
  test.each([
    ['', 'is empty'],
    [' \n\t ', 'is empty'],
    ['{}', 'is an empty JSON object'],
    ['[]', 'is a JSON list, which is no format known here'],
    ['{"a": 1, "b": 2}', 'is JSON with `a`, `b`, which is no format known here: JUnit'],
    ['PASS src/a.test.js', 'begins with `PASS src/a.test.js`, which is no format'],
    ['{"version": "2.1.0", "runs": [', 'is no whole JSON: it breaks off'],
    ['{"version": nonsense}', 'is no JSON'],
    [`{"runs": [${'1, '.repeat(50)}x]}`, 'is no JSON'],
    [`{"runs": ${'['.repeat(50_000)}`, 'is nested more than 100 levels deep'],
  ])('%#: it is said why', async (text, message) => {
    await expect(readReport(file(text, 4_096))).rejects.toThrow(message);
  });

  test('depth is not counted in texts', async () => {
    const text = `{"runs": [], "version": "2.1.0", "note": "\\"${'['.repeat(500)}"}`;
    await expect(readText(text)).rejects.toThrow('SARIF without a run');
  });

  test('what is too large is not read', async () => {
    await expect(readReport(file('{}', 7, 65 * 1_048_576))).rejects.toThrow('has 65 MiB; at most 64 MiB');
    await expect(readReport(file('TN:', 7, 2_000 * 1_048_576))).rejects.toThrow('at most 1024 MiB');
  });

  test('whatever the JSON, it is a report or it is said why not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
        await expect(readText(text)).rejects.toThrow(/\.$/);
      }),
      { numRuns: 300 },
    );
  });

  test('a report with anything put in place of one of its values ends in facts or in words, never in a bug', async () => {
    const names = ['codeql.sarif', 'npm-audit.json', 'pnpm-audit.json', 'snyk.json', 'trivy.json'];
    names.push('k6-export.json', 'k6-handle-summary.json', 'k6-machine.json', 'istanbul-coverage-final.json');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.jsonValue(), async (name, at, other) => {
        const value = JSON.parse(fixture(name));
        damage(value, at, other);
        const ended = await readText(JSON.stringify(value)).then(
          (facts) => facts.kind,
          (error: unknown) => (error as Error).constructor.name,
        );
        expect(['security', 'load', 'coverage', 'Unreadable']).toContain(ended);
      }),
      { numRuns: 500 },
    );
  });
});
