import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepOptions, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('quality-gate');

const fixture = (name: string) => readFileSync(join('test/fixtures/quality', name), 'utf8');

/** The gate on files of the checkout. */
function gate(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
  options: StepOptions = {},
): Promise<StepRun> {
  return runAction('quality-gate', {
    files,
    inputs: { reports: 'reports/**', environment: 'prod', service: 'orders', version: 'v1.4.0', ...inputs },
    ...options,
  });
}
const findings = (run: StepRun) =>
  (JSON.parse(run.outputs.report ?? '{}') as { findings: { outcome: string; message: string }[] }).findings;

const sound = {
  'reports/junit/unit.xml': fixture('jest-junit-pass.xml'),
  'reports/lcov.info': fixture('istanbul-lcov.info'),
  'reports/cobertura.xml': fixture('istanbul-cobertura.xml'),
  'reports/coverage-final.json': fixture('istanbul-coverage-final.json'),
  'reports/k6.json': fixture('k6-export.json'),
  'reports/eslint.sarif': fixture('eslint-clean.sarif'),
  'reports/npm-audit.json': fixture('npm-audit-clean.json'),
};

describe('reports', () => {
  test('pass when all are good; the report says what each is', async () => {
    const run = await gate(sound, { require: 'tests, coverage, load, security' });
    expect([run.code, run.outputs.decision, run.outputs.read]).toEqual([0, 'pass', '7']);
    expect(JSON.parse(run.outputs.report ?? '')).toMatchObject({
      gate: 'quality-gate',
      subject: { environment: 'prod', service: 'orders', version: 'v1.4.0' },
    });
    expect(findings(run).map(({ message }) => message)).toEqual([
      'reports/cobertura.xml (Cobertura): 80% of the lines are covered (4 of 5).',
      'reports/coverage-final.json (Istanbul): 80% of the lines are covered (4 of 5).',
      'reports/eslint.sarif (ESLint, SARIF): no finding.',
      'reports/junit/unit.xml: 3 tests, 0 failed.',
      'reports/k6.json, k6 (--summary-export): 2 of 2 thresholds hold.',
      'reports/lcov.info (lcov): 80% of the lines are covered (4 of 5).',
      'reports/npm-audit.json (npm audit): no finding.',
    ]);
    expect(run.summary).toContain('### ✅ quality-gate: pass');
  });

  test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    [
      'a failed test',
      { 'reports/a.xml': fixture('jest-junit-fail.xml') },
      {},
      /3 of 7 tests failed.*says what is wrong <&> failed: Error: expect/s,
    ],
    [
      'fewer lines covered than asked',
      { 'reports/a.info': fixture('istanbul-lcov.info') },
      { 'min-line-coverage': '81%' },
      /80% of the lines are covered \(4 of 5\), and at least 81% must be\. Test more of it\. Most lines without a test: src\/price\.js \(1\)/,
    ],
    [
      'fewer functions covered than asked',
      { 'reports/a.xml': fixture('istanbul-cobertura.xml') },
      { 'min-function-coverage': '60' },
      /50% of the functions are covered \(1 of 2\), and at least 60% must be/,
    ],
    [
      'a crossed threshold, where true is failed',
      { 'reports/k6.json': fixture('k6-export-crossed.json') },
      {},
      /http_req_duration is not p\(95\)<500: it has p\(95\)=812\.5/,
    ],
    [
      'a crossed threshold, where ok is false',
      { 'reports/k6.json': fixture('k6-handle-summary-crossed.json') },
      {},
      /http_req_duration is not p\(95\)<500: it has p\(95\)=812\.5/,
    ],
    [
      'a load test of nothing',
      { 'reports/k6.json': fixture('k6-export-no-samples.json') },
      {},
      /http_req_duration has no sample/,
    ],
    [
      'a load test of too few samples',
      { 'reports/k6.json': fixture('k6-handle-summary.json') },
      { 'min-samples': '5000' },
      /made of 1200 samples, and at least 5000 must be seen\. Have the test run longer/,
    ],
    [
      'a load test whose thresholds are left out',
      { 'reports/k6.json': fixture('k6-machine.json') },
      {},
      /leaves out whether the thresholds hold.*Give `load-limits`/s,
    ],
    [
      'a load test beyond `load-limits`',
      { 'reports/k6.json': fixture('k6-machine.json') },
      { 'load-limits': 'http_req_duration: p(95)<100' },
      /http_req_duration is not p\(95\)<100: it has p\(95\)=288\.4/,
    ],
    [
      'a HIGH finding',
      { 'reports/a.sarif': fixture('codeql.sarif') },
      {},
      /1 finding above medium.*js\/sql-injection: This query string depends on.*high, src\/db\.js:41/s,
    ],
    [
      'a MEDIUM finding where only LOW may be',
      { 'reports/a.sarif': fixture('codeql.sarif') },
      { 'max-severity': 'low' },
      /2 findings above low.*medium, src\/db\.js:12/s,
    ],
    [
      'a vulnerable package',
      { 'reports/a.json': fixture('npm-audit.json') },
      { 'max-severity': 'high' },
      /Prototype Pollution in minimist.*critical, minimist 1\.2\.0/s,
    ],
    [
      'a finding of Snyk',
      { 'reports/a.json': fixture('snyk.json') },
      {},
      /SNYK-JS-LODASH-1040724: Command Injection \(high, lodash 4\.17\.15\)\. Update it to 4\.17\.21/,
    ],
    [
      'findings of Trivy',
      { 'reports/a.json': fixture('trivy.json') },
      { 'max-severity': 'high' },
      /CVE-2024-45491.*critical, libexpat1.*a secret: AWS Access Key ID/s,
    ],
    [
      'an audit that did not run',
      { 'reports/a.json': fixture('npm-audit-error.json') },
      {},
      /npm says ENOLOCK/,
    ],
    [
      'a report that is no longer written',
      { 'reports/a.xml': fixture('jest-junit-pass.xml') },
      { require: 'tests\ncoverage' },
      /No report of the kind `coverage` could be read/,
    ],
    [
      'too few tests',
      { 'reports/a.xml': fixture('jest-junit-pass.xml') },
      { 'min-tests': '4' },
      /Only 3 tests ran in all reports together, and at least 4 must/,
    ],
    [
      'a pattern without a file',
      sound,
      { reports: 'reports/*.xml, nowhere/*.xml' },
      /No file matches nowhere\/\*\.xml/,
    ],
    ['a folder alone', sound, { reports: 'reports' }, /No file matches reports/],
    ['an empty file', { 'reports/a.xml': '' }, {}, /reports\/a\.xml is empty/],
    [
      'a truncated file',
      { 'reports/a.xml': fixture('jest-junit-fail.xml').slice(0, 900) },
      {},
      /reports\/a\.xml breaks off/,
    ],
    [
      'an unknown file',
      { 'reports/a.txt': 'all good' },
      {},
      /begins with `all good`, which is no format known here/,
    ],
    [
      'an entity bomb',
      { 'reports/a.xml': '<!DOCTYPE t [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>' },
      {},
      /declares XML entities of its own/,
    ],
    ['deep JSON', { 'reports/a.json': '['.repeat(1_000_000) }, {}, /nested more than 100 levels/],
  ])('%s fails', async (what, files, inputs, message) => {
    const run = page.refused(what, await gate(files, inputs));
    expect([run.code, run.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(run)).toMatch(message);
    expect(errorsOf(run)).not.toContain('bug in promo-actions');
  });

  test('patterns: taken out, absolute, through a link; the same file once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quality-'));
    try {
      await symlink(
        join(process.cwd(), 'test/fixtures/quality/jest-junit-pass.xml'),
        join(folder, 'link.xml'),
      );
      await symlink(join(folder, 'gone.xml'), join(folder, 'broken.xml'));
      const run = await gate(
        { ...sound, 'reports/notes.txt': 'no report' },
        { reports: `reports/**\n!**/*.txt\nreports/*.info\n${folder}/link.xml` },
      );
      expect([run.code, run.outputs.read]).toEqual([0, '8']);
      const broken = await gate({}, { reports: `${folder}/*.xml` });
      expect(errorsOf(broken)).toContain('broken.xml is a link to a file that is not there.');
      execFileSync('mkfifo', [join(folder, 'pipe.xml')]);
      expect(errorsOf(await gate({}, { reports: `${folder}/pipe.xml` }))).toContain(
        'pipe.xml is not a regular file.',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('limits come from the policy by environment', async () => {
    const policy = 'environments: { sit: {}, prod: { quality-gate: { max-severity: low } } }';
    const files = { ...sound, 'reports/a.json': fixture('npm-audit.json'), '.github/promotion.yml': policy };
    const only = { reports: 'reports/codeql.sarif' };
    const scan = { ...files, 'reports/codeql.sarif': fixture('codeql.sarif').replaceAll('"8.8"', '"5.0"') };
    expect((await gate(scan, { ...only, environment: 'sit' })).outputs.decision).toBe('pass');
    expect((await gate(scan, only)).outputs.decision).toBe('fail');
  });

  test('a hundred failing files, hostile names and all, keep to what GitHub takes', async () => {
    const test = (name: string) =>
      `<testsuite><testcase name="${name}"><failure message="x&#10;::error::y&#10;##[error]z"/></testcase></testsuite>`;
    const files = Object.fromEntries(
      Array.from({ length: 120 }, (_, at) => [`reports/${at}.xml`, test(`t${at}&#10;::stop-commands::s`)]),
    );
    const run = await gate(files, { mode: 'warn' });
    expect([run.code, run.outputs.decision]).toEqual([0, 'fail']);
    expect(findings(run)).toHaveLength(101);
    // What follows the command of our own annotation is its text to the runner.
    const others = run.log.split('\n').filter((line) => !line.startsWith('::warning::quality-gate: fail.'));
    expect(others.filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
    expect(run.annotations).toHaveLength(1);
  });

  test('a JUnit report of 100 MB is read in less than 200 MB of memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quality-'));
    try {
      const path = join(folder, 'huge.xml');
      await writeHuge(path, 100 * 1_048_576);
      let peak = 0;
      const run = await gate(
        {},
        { reports: path },
        {
          started(child) {
            const watch = setInterval(() => {
              peak = Math.max(peak, peakMemory(child.pid));
            }, 20);
            child.once('exit', () => clearInterval(watch));
          },
        },
      );
      expect(errorsOf(run)).toMatch(/huge\.xml: 1 of \d{6} tests failed/);
      expect(peak).toBeGreaterThan(20);
      expect(peak).toBeLessThan(200);
    } finally {
      await rm(folder, { recursive: true });
    }
    // Two seconds of work, and minutes on a machine that has ten times as much to do.
  }, 240_000);
});

/** Tests with output, one of them failed, one that says 30 MB. */
async function writeHuge(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path);
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
    return text.length;
  };
  let written = await write('<testsuites><testsuite name="huge" failures="1">\n');
  written += await write(
    `<testcase name="loud"><system-out>${'x'.repeat(30_000_000)}</system-out></testcase>\n`,
  );
  for (let at = 0; written < bytes; at += 1)
    written += await write(
      `<testcase classname="suite.of.many" name="test number ${at}" time="0.01"><system-out><![CDATA[${'log '.repeat(40)}]]></system-out></testcase>\n`,
    );
  await write('<testcase name="bad"><failure message="no"/></testcase></testsuite></testsuites>');
  out.end();
  await once(out, 'close');
}

/** The most memory the process has held so far, in MB; 0 when it is gone. */
function peakMemory(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

describe('check runs', () => {
  let sandbox: Sandbox;
  let commit: string;
  const api = (path: string, body?: object) =>
    fetch(`${sandbox.url}/github/repos/example/tenant-service${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: 'Bearer any' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).then((answer) => answer.json() as Promise<{ object: { sha: string } }>);
  const checkRun = (name: string, over: object) => api('/check-runs', { name, head_sha: commit, ...over });
  const checks = (inputs: Record<string, string> = {}) =>
    gate(
      {},
      { reports: '', 'required-checks': 'build, lint', commit, token: 'job', ...inputs },
      {
        sandbox: sandbox.environment(),
      },
    );

  beforeEach(async () => {
    const tokens = { job: { checks: 'read' }, any: 'write', none: { contents: 'read' } } as const;
    sandbox = await startSandbox({
      world: { github: { repository: 'example/tenant-service', branches: ['main'], tokens } },
    });
    commit = (await api('/git/ref/heads/main')).object.sha;
  });
  afterEach(() => sandbox.close());

  test('pass when each succeeded, though there are more than a page of them', async () => {
    for (let at = 0; at < 101; at += 1) await checkRun(`other ${at}`, { conclusion: 'failure' });
    await checkRun('build', { conclusion: 'success' });
    await checkRun('lint', { conclusion: 'success' });
    const run = await checks();
    expect([run.code, run.outputs.decision, run.outputs.read]).toEqual([0, 'pass', '0']);
    expect(sandbox.journal()).toHaveLength(104 + 2);
  });

  test('a failed, a skipped and a missing one fail, one that still runs holds', async () => {
    await checkRun('build', { conclusion: 'failure' });
    await checkRun('lint', { conclusion: 'skipped' });
    const run = page.refused(
      'check runs of the commit that failed, were skipped or are missing',
      await checks({ 'required-checks': 'build, lint, e2e' }),
    );
    expect([run.code, run.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(run)).toContain(
      `The check run \`build\` of commit ${commit.slice(0, 7)} ended as failure.`,
    );
    expect(errorsOf(run)).toContain('ended as skipped');
    expect(errorsOf(run)).toContain('has no check run `e2e`. It has `build`, `lint`.');
    await checkRun('slow', { status: 'in_progress' });
    const slow = page.refused('a check run that has not ended', await checks({ 'required-checks': 'slow' }));
    expect(slow.outputs.decision).toBe('hold');
  });

  test('a missing permission, an unknown commit and a busy GitHub are told, and waited for', async () => {
    const blind = page.refused('a job that may not read check runs', await checks({ token: 'none' }));
    expect(errorsOf(blind)).toContain('Give the job `permissions:` with `checks: read`');
    const unknown = page.refused('a commit that is not there', await checks({ commit: 'f'.repeat(40) }));
    expect(errorsOf(unknown)).toContain('No commit found for SHA');
    await checkRun('build', { conclusion: 'success' });
    const operation = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    sandbox.inject({ service: 'github', operation, nth: 1, times: 2, status: 429, code: 'RateLimited' });
    expect((await checks({ 'required-checks': 'build' })).outputs.decision).toBe('pass');
  });
});

describe('inputs', () => {
  test('every wrong one at once, and nothing is read', async () => {
    const run = await gate(
      { 'reports/a.xml': '' },
      {
        reports: 'reports/*.{xml,json}',
        require: 'tests, luck',
        'min-tests': '0',
        'min-line-coverage': '101%',
        'max-severity': 'HIGH',
        'min-samples': 'few',
        'load-limits': 'http_req_duration: p95<500',
        mode: 'maybe',
      },
    );
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toContain('8 inputs are wrong; nothing was called');
    for (const message of [
      'reports: has "reports/*.{xml", torn at a comma',
      'require: got "luck", expected tests, coverage, load, security',
      'min-tests: got "0", expected 1 or more',
      'min-line-coverage: got "101%"',
      'max-severity: got "HIGH", expected one of `none`, `low`',
      'min-samples: got "few"',
      'load-limits: got "http_req_duration: p95<500" (http_req_duration: `p95<500` is no limit',
      'mode: got "maybe"',
    ])
      expect(errorsOf(run)).toContain(message);
    expect(run.outputs.decision).toBeUndefined();
  });

  test.each<[Record<string, string>, string]>([
    [{ reports: '' }, 'reports: is missing; give it, or `required-checks`'],
    [{ reports: '!a.xml' }, 'reports: only takes files out'],
    [{ reports: '', 'required-checks': 'build', require: 'tests' }, 'require: asks for reports'],
  ])('%j', async (inputs, message) => {
    expect(errorsOf(await gate({}, inputs))).toContain(message);
  });
});

page.isToldInDocs();
