import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('schema-gate');

const fixture = (name: string) => readFileSync(join('test/fixtures/schema', name), 'utf8');

/** The gate on files of the checkout. */
function gate(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepRun> {
  return runAction('schema-gate', {
    files,
    inputs: { environment: 'prod', service: 'orders', version: 'v1.4.0', ...inputs },
  });
}

const created = 'CREATE TABLE users (id bigserial PRIMARY KEY, nickname text, age int);\n';

test('a migration that only adds passes, as do reports that find nothing', async () => {
  const run = await gate(
    {
      'db/V1__users.sql': created,
      'db/V2__email.sql':
        'ALTER TABLE users ADD COLUMN email text;\nALTER TABLE users ALTER age TYPE bigint;\n',
      'reports/squawk.json': fixture('squawk-clean.json'),
      'reports/buf.json': '{"exit":0}\n',
      'reports/plan.json': fixture('pg-schema-diff-clean.json'),
    },
    { migrations: 'db/*.sql', 'applied-through': 'V1', reports: 'reports/*' },
  );
  const { decision, read, 'new-migrations': fresh, report = '{}' } = run.outputs;
  expect([run.code, decision, read, fresh]).toEqual([0, 'pass', '5', '1']);
  expect(JSON.parse(report)).toMatchObject({
    gate: 'schema-gate',
    subject: { environment: 'prod', service: 'orders', version: 'v1.4.0' },
  });
  expect(run.summary).toContain('### ✅ schema-gate: pass');
});

const next = (sql: string) => ({ 'db/V1__users.sql': created, 'db/V2__next.sql': sql });
const report = (name: string) => ({ 'reports/report.json': fixture(name) });
const fresh = { migrations: 'db/*.sql', 'applied-through': 'V1' };

test.each<[string, Record<string, string>, Record<string, string>, 'fail' | 'hold']>([
  ['a dropped column', next('ALTER TABLE users DROP COLUMN nickname;'), fresh, 'fail'],
  ['a dropped table', next('DROP TABLE users;'), fresh, 'fail'],
  ['a renamed column', next('ALTER TABLE users RENAME COLUMN nickname TO alias;'), fresh, 'fail'],
  ['a new column that must be given', next('ALTER TABLE users ADD email text NOT NULL;'), fresh, 'fail'],
  [
    'a column that must be given from now on',
    next('ALTER TABLE users ALTER age SET NOT NULL;'),
    fresh,
    'fail',
  ],
  ['a narrower type', next('ALTER TABLE users ALTER age TYPE smallint;'), fresh, 'fail'],
  ['a type that was not known', next('ALTER TABLE orders ALTER total TYPE bigint;'), fresh, 'fail'],
  ['a table that is emptied', next('TRUNCATE users;'), fresh, 'fail'],
  [
    'a program that cannot be seen through',
    next("DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$;"),
    fresh,
    'hold',
  ],
  ['SQL of another database', next('CREATE TABLE `t` (a int AUTO_INCREMENT);'), fresh, 'fail'],
  [
    'a target that has run what this version lacks',
    next('SELECT 1;'),
    { ...fresh, 'applied-through': 'V3' },
    'fail',
  ],
  ['a finding of oasdiff', report('oasdiff.json'), { reports: 'reports/*' }, 'fail'],
  ['a finding of buf', report('buf.json'), { reports: 'reports/*' }, 'fail'],
  ['a hazard of pg-schema-diff', report('pg-schema-diff.json'), { reports: 'reports/*' }, 'fail'],
  ['a migration that squawk cannot read', report('squawk-syntax.json'), { reports: 'reports/*' }, 'fail'],
  ['an empty report', { 'reports/report.json': '' }, { reports: 'reports/*' }, 'fail'],
])('%s', async (what, files, inputs, decision) => {
  const run = page.refused(what, await gate(files, inputs));
  expect([run.code, run.outputs.decision]).toEqual([1, decision]);
});

test('a dropped column is refused by file and line, and passes with a reason of the policy', async () => {
  const files = {
    'db/V1__users.sql': created,
    'db/V2__tidy.sql': '-- What nobody reads.\nALTER TABLE users\n  DROP COLUMN nickname;\n',
  };
  const policy =
    'environments: { sit: { schema-gate: { allow: { drop-column users.nickname: no version reads it } } }, prod: {} }';
  const all = { ...files, '.github/promotion.yml': policy };
  const inputs = { migrations: 'db/*.sql', 'applied-through': 'V1__users.sql' };
  const [prod, sit] = await Promise.all([gate(all, inputs), gate(all, { ...inputs, environment: 'sit' })]);
  expect([prod.code, prod.outputs.decision]).toEqual([1, 'fail']);
  expect(errorsOf(prod)).toContain(
    'db/V2__tidy.sql:2: users.nickname is dropped, and the version that is running may use it. (`drop-column users.nickname`) Release a version that no longer uses it first',
  );
  expect([sit.code, sit.outputs.decision]).toEqual([0, 'pass']);
  expect(sit.outputs.report).toContain('Allowed: no version reads it.');
});

test('every kind of report that finds something fails; what is missing, cut short, hostile or of MySQL, too', async () => {
  const run = await gate(
    {
      'db/mysql.sql': 'CREATE TABLE `t` (a int AUTO_INCREMENT);',
      'db/deep.sql': `SELECT ${'1+'.repeat(30_000)}1;`,
      'db/hostile.sql': 'DROP TABLE "x\n::stop-commands::y\n::add-mask::z";',
      'reports/squawk.json': fixture('squawk.json'),
      'reports/oasdiff.json': fixture('oasdiff.json'),
      'reports/buf.json': fixture('buf.json'),
      'reports/plan.json': fixture('pg-schema-diff.json'),
      'reports/empty.json': '',
      'reports/cut.json': fixture('oasdiff.json').slice(0, 200),
      'reports/deep.json': '['.repeat(500_000),
    },
    { migrations: 'db/*.sql', reports: 'reports/*\nnowhere/*.json' },
  );
  expect([run.code, run.outputs.decision, run.outputs.read]).toEqual([1, 'fail', '5']);
  const told = run.outputs.report ?? '';
  for (const message of [
    'db/mysql.sql is no SQL of PostgreSQL: syntax error at or near \\"`\\" in line 1.',
    'db/deep.sql is nested too deep, or too large, for the parser of PostgreSQL.',
    'reports/squawk.json (squawk): 11 findings.',
    'reports/oasdiff.json (oasdiff): 2 findings.',
    'reports/buf.json (buf): 3 findings.',
    'reports/plan.json (pg-schema-diff): 2 findings.',
    'reports/empty.json is empty, which proves nothing',
    'reports/cut.json is no whole JSON: it breaks off.',
    'reports/deep.json is nested more than 100 levels deep.',
    'No file matches nowhere/*.json.',
  ])
    expect(told).toContain(message);
  expect(run.log.split('\n').filter((line) => /^\s*::(?!error::schema-gate)/.test(line))).toEqual([]);
});

test('failed migrations are taken back, and the state that the database is left in is told', async () => {
  const files = { 'db/state': 'V13\n' };
  const undo = {
    'migration-outcome': 'failure',
    'applied-through': 'V12',
    'state-command': 'echo token=hunter2; cat db/state',
  };
  const back = await gate(files, {
    ...undo,
    'undo-command': 'echo ::add-mask::x; echo $APPLIED_THROUGH > db/state',
  });
  expect([back.code, back.outputs.decision, back.outputs['database-state']]).toEqual([1, 'fail', 'V12']);
  expect(errorsOf(page.refused('migrations that failed and were taken back', back))).toContain(
    'The migrations failed. `undo-command` took back what they did. The database has run V12 last, as it had before.',
  );
  expect(`${back.summary}${JSON.stringify(back.outputs)}`).not.toContain('hunter2');
  expect(back.log.split('\n').filter((line) => line.startsWith('::add-mask'))).toEqual([]);
  const left = await gate(files, { ...undo, 'undo-command': 'false; echo V12 > db/state' });
  page.refused('migrations that failed and could not be taken back', left);
  expect([left.code, left.outputs['database-state']]).toEqual([1, 'V13']);
  expect(errorsOf(left)).toContain('The database is left at V13; before the migrations it was at V12.');
  const none = await gate(files, { 'migration-outcome': 'cancelled' });
  page.refused('migrations that failed, where nothing takes them back', none);
  const sound = await gate(files, { ...undo, 'migration-outcome': 'success', 'undo-command': 'rm db/state' });
  expect([sound.code, sound.outputs.decision]).toEqual([0, 'pass']);
});

test('the parser of PostgreSQL is not loaded before there is SQL to read', async () => {
  const build = await mkdtemp(join(tmpdir(), 'without-parser-'));
  try {
    const dist = join('release', 'schema-gate', 'dist');
    await cp(join('build', dist), join(build, dist), {
      recursive: true,
      filter: (path) => !path.endsWith('.wasm'),
    });
    const run = (files: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>>) =>
      runAction('schema-gate', { files, inputs, build });
    const [refused, reports, sql] = await Promise.all([
      run({}, { migrations: 'db/*.sql', warnings: 'no' }),
      run(report('squawk-clean.json'), { reports: 'reports/*' }),
      run(next('SELECT 1;'), { migrations: 'db/*.sql' }),
    ]);
    expect(errorsOf(refused)).toContain('warnings: got "no"');
    expect([reports.code, reports.outputs.decision]).toEqual([0, 'pass']);
    expect(errorsOf(sql)).toContain('libpg-query.wasm');
  } finally {
    await rm(build, { recursive: true });
  }
});

test('every wrong input at once; MySQL is refused in words', async () => {
  const mysql = await gate({}, { migrations: 'db/*.sql', dialect: 'mysql' });
  expect(page.refused('migrations of MySQL', mysql).code).toBe(1);
  const run = await gate(
    {},
    { 'applied-through': 'V1', dialect: 'mysql', warnings: 'no', allow: '- a', mode: 'maybe' },
  );
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toContain('6 inputs are wrong; nothing was called');
  for (const message of [
    'dialect: got "mysql", expected `postgresql`: MySQL’s migrations are not read',
    'migrations: is missing; give it, or `reports`',
    'applied-through: names a migration, and `migrations` is not given.',
  ])
    expect(errorsOf(run)).toContain(message);
});

page.isToldInDocs();
