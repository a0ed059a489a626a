import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../gate/index.ts';
import type { ReportFile } from '../reports/index.ts';
import { judgeCheckRuns } from './check-runs.ts';
import { type CoverageFacts, type Severity, severities } from './facts.ts';
import {
  type CheckRun,
  type Facts,
  type LoadFacts,
  type LoadLimit,
  loadLimits,
  type QualityLimits,
  qualityGate,
  type SecurityFacts,
  type TestFacts,
} from './index.ts';
import { judgeReport } from './judge.ts';

const limits: QualityLimits = {
  minTests: 1,
  minCoverage: { lines: 80 },
  maxSeverity: 'medium',
  minSamples: 1,
  loadLimits: [],
};
const judge = (facts: Facts, over: Partial<QualityLimits> = {}) =>
  judgeReport('r.xml', facts, { ...limits, ...over });
const brief = (findings: readonly Finding[]) =>
  findings.map(({ check, outcome, seen }) => [check, outcome, seen]);

describe('tests', () => {
  const facts = (over: Partial<TestFacts>): TestFacts => ({
    kind: 'tests',
    format: 'JUnit',
    total: 12,
    skipped: 0,
    failed: 0,
    failures: [],
    ...over,
  });

  test('pass when none failed', () => {
    expect(brief(judge(facts({ skipped: 2 })))).toEqual([['tests', 'pass', '12 tests, 0 failed, 2 skipped']]);
  });

  test('each failure is named with its place, the first ten of them', () => {
    const failures = Array.from({ length: 12 }, (_, at) => ({
      name: `t${at}`,
      place: `a.ts:${at}`,
      message: 'no',
    }));
    const found = judge(facts({ failed: 30, total: 40, failures }));
    expect(found).toHaveLength(11);
    expect(found[0]?.message).toBe('r.xml: 30 of 40 tests failed; the first 10 are listed.');
    expect(found[1]).toMatchObject({ subject: 'a.ts:0', message: 't0 failed: no.' });
  });

  test('a report without a test, and one that contradicts itself, fail', () => {
    expect(judge(facts({ total: 0 }))[0]).toMatchObject({ outcome: 'fail', seen: 'no test' });
    expect(judge(facts({ contradiction: 'x says 2' }))[0]).toMatchObject({
      outcome: 'fail',
      message: 'r.xml contradicts itself: x says 2.',
    });
  });
});

describe('coverage', () => {
  const facts = (measures: CoverageFacts['measures'], files = new Map()): CoverageFacts => ({
    kind: 'coverage',
    format: 'lcov',
    measures,
    files,
  });

  test('the limit itself is enough, and a shade less is not, nor does it read like it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 10_000 }),
        (least, hundreds) => {
          const total = hundreds * 100;
          const at = (covered: number) =>
            judge(facts({ lines: { covered, total } }), { minCoverage: { lines: least } })[0];
          expect(at(least * hundreds)).toMatchObject({ outcome: 'pass', seen: `${least}%` });
          const below = at(least * hundreds - 1);
          expect(below?.outcome).toBe('fail');
          expect(Number.parseFloat(below?.seen ?? '')).toBeLessThan(least);
        },
      ),
    );
  });

  test('a refusal names the files with most to test', () => {
    const files = new Map([
      ['a.ts', { covered: 1, total: 2 }],
      ['b.ts', { covered: 0, total: 9 }],
      ['c.ts', { covered: 5, total: 5 }],
    ]);
    expect(judge(facts({ lines: { covered: 6, total: 16 } }, files))[0]).toMatchObject({
      seen: '37.5%',
      remedy: 'Test more of it. Most lines without a test: b.ts (9), a.ts (1).',
    });
  });

  test('no line, or a measure that is asked for and not told, fails; one that has nothing to cover passes', () => {
    expect(judge(facts({ lines: { covered: 0, total: 0 } }))[0]?.message).toBe(
      'r.xml (lcov) measures not one line.',
    );
    const asked = { minCoverage: { lines: 80, branches: 80, functions: 80 } };
    const told = facts({ lines: { covered: 9, total: 10 }, branches: { covered: 0, total: 0 } });
    expect(brief(judge(told, asked))).toEqual([
      ['line coverage', 'pass', '90%'],
      ['branch coverage', 'pass', '100%'],
      ['function coverage', 'fail', 'not measured'],
    ]);
  });
});

describe('load tests', () => {
  const facts = (over: Partial<LoadFacts['metrics'] extends ReadonlyMap<string, infer M> ? M : never>) =>
    ({
      kind: 'load',
      format: 'k6 (handleSummary)',
      tellsThresholds: true,
      metrics: new Map([
        ['d', { type: 'trend', values: { 'p(95)': 300, avg: 100 }, samples: 50, thresholds: [], ...over }],
      ]),
    }) as LoadFacts;
  const threshold = { expression: 'p(95)<500', holds: true };
  const parse = (text: string): readonly LoadLimit[] =>
    (loadLimits('') as { parse(text: string): readonly LoadLimit[] }).parse(text);

  test('pass when every threshold holds on enough samples', () => {
    expect(brief(judge(facts({ thresholds: [threshold] })))).toEqual([['thresholds', 'pass', '1 of 1 hold']]);
  });

  test('a threshold that holds on nothing fails; without a count and with a minimum it holds back', () => {
    expect(brief(judge(facts({ thresholds: [threshold], samples: 0 })))[1]).toEqual(['samples', 'fail', '0']);
    const uncounted = {
      kind: 'load',
      format: 'k6 (handleSummary)',
      tellsThresholds: true,
      metrics: new Map([['d', { type: 'trend', values: { avg: 1 }, thresholds: [threshold] }]]),
    } as LoadFacts;
    expect(judge(uncounted)).toHaveLength(1);
    expect(brief(judge(uncounted, { minSamples: 2 }))[1]).toEqual(['samples', 'hold', 'not told']);
  });

  test('a gauge that may never have been set holds back, since k6 counts no samples of it', () => {
    const gauge = (value: number) =>
      facts({ type: 'gauge', values: { value, min: 0, max: value }, thresholds: [threshold] });
    const of = ({ metrics, ...rest }: LoadFacts): LoadFacts => ({
      ...rest,
      metrics: new Map([...metrics].map(([name, { samples: _, ...metric }]) => [name, metric])),
    });
    expect(brief(judge(of(gauge(0))))[1]).toEqual(['samples', 'hold', 'nothing but zeros']);
    expect(judge(of(gauge(3)))).toHaveLength(1);
  });

  test('a crossed threshold is named with what was seen', () => {
    const [, breach] = judge(facts({ thresholds: [{ expression: 'p(95)<200', holds: false }] }));
    expect(breach).toMatchObject({ seen: 'p(95)=300', message: 'd is not p(95)<200: it has p(95)=300.' });
  });

  test('a test without thresholds has nothing to be held to, unless the gate has limits of its own', () => {
    expect(judge(facts({}))[0]?.message).toContain('sets no threshold');
    const own = parse('d: [p(95)<=300, "avg > 99"]');
    expect(brief(judge(facts({}), { loadLimits: own }))).toEqual([['thresholds', 'pass', '2 of 2 hold']]);
    const missing = parse('{ d: med<1, e: rate<0.01 }');
    expect(judge(facts({}), { loadLimits: missing }).map(({ message }) => message)).toEqual([
      'r.xml, k6 (handleSummary): 0 of 2 thresholds hold.',
      'r.xml does not tell med of d, so `med<1` cannot be looked at.',
      'r.xml does not tell the metric e, so `rate<0.01` cannot be looked at.',
    ]);
  });

  test.each(['d: p95<5', 'd: [avg<5, fast]', '[avg<5]', 'd: { avg: 5 }', 'd: avg<5ms'])(
    'limits %j are refused',
    (text) => {
      expect(() => parse(text)).toThrow();
    },
  );
});

describe('scans', () => {
  const facts = (found: readonly Severity[]): SecurityFacts => ({
    kind: 'security',
    format: 'SARIF',
    tool: 'CodeQL',
    weaknesses: found.map((severity, at) => ({ id: `r${at}`, severity, message: 'm', place: `a.js:${at}` })),
  });

  test('what is above the limit is refused, worst first, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...severities)),
        fc.constantFrom(...severities),
        (found, maxSeverity) => {
          const above = found.filter((one) => severities.indexOf(one) > severities.indexOf(maxSeverity));
          const [whole, ...each] = judge(facts(found), { maxSeverity });
          expect(whole?.outcome).toBe(above.length === 0 ? 'pass' : 'fail');
          expect(each).toHaveLength(Math.min(above.length, 10));
          const ranks = each.map(({ seen }) => severities.indexOf(seen as Severity));
          expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
        },
      ),
    );
  });
});

describe('check runs', () => {
  const run = (name: string, conclusion?: string, status = 'completed'): CheckRun => ({
    name,
    status,
    conclusion,
    url: 'u',
  });
  const outcome = (...runs: CheckRun[]) => judgeCheckRuns(['ci'], runs, 'a'.repeat(40))[0];

  test('only success is success', () => {
    expect(outcome(run('ci', 'success'))?.outcome).toBe('pass');
    for (const other of ['failure', 'cancelled', 'skipped', 'neutral', 'timed_out', 'action_required'])
      expect(outcome(run('ci', other))?.outcome).toBe('fail');
  });

  test('all of a name must have succeeded, and what still runs holds', () => {
    expect(outcome(run('ci', 'success'), run('ci', 'success'))?.seen).toBe('2 times success');
    expect(outcome(run('ci', 'success'), run('ci', 'failure'))?.outcome).toBe('fail');
    expect(outcome(run('ci', 'success'), run('ci', undefined, 'in_progress'))).toMatchObject({
      outcome: 'hold',
      message: 'The check run `ci` of commit aaaaaaa has not ended: it is in progress.',
    });
  });

  test('one that is not there fails, and those that are are named', () => {
    expect(outcome(run('build', 'success'), run('lint', 'success'))).toMatchObject({
      outcome: 'fail',
      remedy: 'It has `build`, `lint`. Check the name: that of a job, not of its workflow.',
    });
  });
});

describe('the gate', () => {
  const report = (path: string, text: string): ReportFile => ({
    path,
    size: text.length,
    async *text() {
      yield text;
    },
    elements: () => Promise.reject(new Error('no XML here')),
  });
  const audit = (severity: string) =>
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: { p: { name: 'p', severity, via: [] } },
      metadata: { vulnerabilities: { total: 1 } },
    });
  const gate = (files: Readonly<Record<string, string>>, over: object = {}) =>
    qualityGate(
      { reports: ['*'], require: [], requiredChecks: [], commit: 'c', limits, subject: {}, ...over },
      {
        files: {
          find: async (patterns) => patterns.map((pattern) => ({ pattern, paths: Object.keys(files) })),
          open: async (path) => report(path, files[path] ?? ''),
        },
      },
      { now: () => 0, sleep: async () => {} },
    );

  test('a pattern without a file, an unreadable file and a kind that is not there each fail', async () => {
    expect((await gate({})).report).toMatchObject({ decision: 'fail', findings: [{ seen: 'no file' }] });
    const { report, read } = await gate({ a: '', b: audit('low') }, { require: ['coverage', 'security'] });
    expect(read).toBe(1);
    expect(report.findings.map(({ outcome, message }) => [outcome, message.slice(0, 40)])).toEqual([
      ['fail', 'a is empty.'],
      ['pass', 'b (npm audit): 1 low.'],
      ['fail', 'No report of the kind `coverage` could b'],
    ]);
  });

  test('a file that two patterns name is read once', async () => {
    const { read } = await gate({ a: audit('low') }, { reports: ['a', '*'] });
    expect(read).toBe(1);
  });

  test('more findings than a record holds are cut, the worst kept', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 150 }, (_, at) => [`r${at}`, audit(at > 140 ? 'high' : 'low')]),
    );
    const { report } = await gate(many);
    expect(report.decision).toBe('fail');
    expect(report.findings).toHaveLength(101);
    expect(report.findings.filter(({ outcome }) => outcome === 'fail')).toHaveLength(18);
    expect(report.findings.at(-1)?.message).toBe('59 more findings are not listed: 59 pass.');
    const thousands = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`r${at}`, '']));
    expect((await gate(thousands)).report.findings).toMatchObject([{ seen: '1001 files' }]);
  });
});
