import { describe, expect, test } from '@jest/globals';
import { schemaGate } from '@promo-actions/core/schema';
import fc from 'fast-check';
import { createSqlParser } from './index.ts';

const parser = createSqlParser();
const clock = { now: () => 0, sleep: async () => {} };

/** The gate on migrations by path, as PostgreSQL's grammar reads them. */
async function gate(
  migrations: Readonly<Record<string, string>>,
  appliedThrough?: string,
  allow: readonly { pattern: string; reason: string }[] = [],
) {
  const patterns = Object.keys(migrations);
  const { report, newMigrations } = await schemaGate(
    {
      migrations: patterns,
      reports: [],
      ...(appliedThrough === undefined ? {} : { appliedThrough }),
      limits: { warnings: 'refuse', allow },
      subject: {},
    },
    {
      parser,
      files: {
        find: async (asked) => asked.map((pattern) => ({ pattern, paths: [pattern] })),
        open: async (path) => {
          const text = migrations[path] ?? '';
          return {
            path,
            size: text.length,
            async *text() {
              yield text;
            },
            elements: () => Promise.reject(new Error('is no XML')),
          };
        },
      },
    },
    clock,
  );
  return { decision: report.decision, findings: report.findings, newMigrations };
}
const broken = async (sql: string, before = '') => {
  const { findings } = await gate({ 'V1.sql': `${before};`, 'V2.sql': sql }, 'V1');
  return findings
    .filter(({ check }) => check !== 'compatibility')
    .map(({ check, seen, subject }) => `${check} ${seen} ${subject}`);
};

describe('what breaks the version that is running', () => {
  test.each<[string, string]>([
    ['DROP TABLE users', 'drop-table users V2.sql:1'],
    ['DROP TABLE IF EXISTS app.users CASCADE', 'drop-table app.users V2.sql:1'],
    ['ALTER TABLE users DROP COLUMN IF EXISTS name', 'drop-column users.name V2.sql:1'],
    ['DROP VIEW v', 'drop-view v V2.sql:1'],
    ['DROP MATERIALIZED VIEW v', 'drop-view v V2.sql:1'],
    ['DROP FUNCTION f(int)', 'drop-function f V2.sql:1'],
    ['DROP TYPE mood', 'drop-type mood V2.sql:1'],
    ['DROP SCHEMA app CASCADE', 'drop-schema app V2.sql:1'],
    ['DROP SEQUENCE s', 'drop-sequence s V2.sql:1'],
    ['DROP EXTENSION pg_trgm', 'drop-extension pg_trgm V2.sql:1'],
    ['DROP DATABASE app', 'drop-database app V2.sql:1'],
    ['DROP OWNED BY app', 'drop-role everything it owns V2.sql:1'],
    ['ALTER TABLE users DETACH PARTITION users_2024', 'drop-partition users_2024 V2.sql:1'],
    ['ALTER TABLE users RENAME TO people', 'rename-table users V2.sql:1'],
    ['ALTER TABLE users RENAME COLUMN name TO full_name', 'rename-column users.name V2.sql:1'],
    ['ALTER TABLE users RENAME name TO full_name', 'rename-column users.name V2.sql:1'],
    ['ALTER VIEW v RENAME TO w', 'rename-view v V2.sql:1'],
    ['ALTER TABLE users SET SCHEMA app', 'rename-table users V2.sql:1'],
    ["ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", 'rename-value mood.sad V2.sql:1'],
    ['ALTER TYPE point3 RENAME ATTRIBUTE z TO h', 'rename-column point3.z V2.sql:1'],
    ['ALTER TABLE users ADD email text NOT NULL', 'required-column users.email V2.sql:1'],
    ['ALTER TABLE users ADD email text DEFAULT NULL NOT NULL', 'required-column users.email V2.sql:1'],
    ['ALTER TABLE users ADD id uuid PRIMARY KEY', 'required-column users.id V2.sql:1'],
    ['ALTER TABLE users ALTER name SET NOT NULL', 'required-column users.name V2.sql:1'],
    ['ALTER TABLE users ADD CONSTRAINT n NOT NULL name', 'required-column users.name V2.sql:1'],
    ['ALTER TABLE users ADD PRIMARY KEY (name)', 'required-column users.name V2.sql:1'],
    ['ALTER TABLE users ALTER name DROP DEFAULT', 'required-column users.name V2.sql:1'],
    ['ALTER TABLE users ALTER name TYPE varchar(10)', 'narrow-type users.name V2.sql:1'],
    ['TRUNCATE users', 'delete-data users V2.sql:1'],
    ['ALTER TABLE users ADD CHECK (name IS NOT NULL) NOT VALID', 'required-column users.name V2.sql:1'],
    ['ALTER TABLE users ADD email text CHECK (email IS NOT NULL)', 'required-column users.email V2.sql:1'],
    ['DELETE FROM users', 'delete-data users V2.sql:1'],
    ['DELETE FROM users WHERE true', 'delete-data users V2.sql:1'],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$", 'unseen a DO block V2.sql:1'],
    ['BEGIN; SELECT 1; ROLLBACK', 'unseen a ROLLBACK V2.sql:1'],
    ['ALTER TABLE users ADD IF NOT EXISTS a int; ALTER TABLE users DROP a', 'drop-column users.a V2.sql:1'],
    ['CREATE TABLE users (a int); SET search_path = app; DROP TABLE users', 'drop-table users V2.sql:1'],
    ['CREATE TEMP TABLE users (a int) ON COMMIT DROP; DROP TABLE users', 'drop-table users V2.sql:1'],
    ['CALL tidy()', 'unseen the procedure tidy V2.sql:1'],
    ['CREATE TABLE IF NOT EXISTS users (a int); ALTER TABLE users DROP a', 'drop-column users.a V2.sql:1'],
    ['CREATE TABLE app.users (a int); ALTER TABLE users DROP a', 'drop-column users.a V2.sql:1'],
  ])('%s', async (sql, expected) => {
    expect(await broken(sql)).toEqual([expected]);
  });

  test.each([
    'CREATE TABLE t (a int NOT NULL); ALTER TABLE t DROP a; ALTER TABLE t RENAME TO u; DROP TABLE u',
    'CREATE TEMP TABLE t AS SELECT 1 a; TRUNCATE t; DELETE FROM t; ALTER TABLE t ADD b int NOT NULL; DROP TABLE t',
    'ALTER TABLE users ADD email text',
    "ALTER TABLE users ADD email text NOT NULL DEFAULT ''",
    'ALTER TABLE users ADD n bigserial, ADD i int GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE users ADD email text; ALTER TABLE users RENAME email TO mail; ALTER TABLE users DROP mail',
    "ALTER TABLE users ADD email text DEFAULT ''; ALTER TABLE users ALTER email SET NOT NULL",
    'ALTER TABLE users ALTER name DROP NOT NULL, ALTER name SET DEFAULT 1',
    'ALTER TABLE users ADD CHECK (name IS NULL OR length(name) < 9)',
    'DROP INDEX i; DROP TRIGGER t ON users; ALTER TABLE users DROP CONSTRAINT c',
    "INSERT INTO users VALUES ('DROP TABLE users; -- it''s text'); COMMENT ON TABLE users IS 'ALTER TABLE users DROP x'",
    'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE users $$',
    'DELETE FROM users WHERE id = 1; UPDATE users SET a = 1; /* DROP TABLE users; */ SELECT 1',
    "ALTER TYPE mood ADD VALUE 'glad'; CREATE INDEX CONCURRENTLY i ON users (name); GRANT SELECT ON users TO app",
    '',
  ])('not: %s', async (sql) => {
    expect(await broken(`${sql}\n;`)).toEqual([]);
  });

  test.each<[string, string, boolean]>([
    ['int', 'bigint', true],
    ['bigint', 'int', false],
    ['serial', 'bigint', true],
    ['varchar(10)', 'varchar(20)', true],
    ['varchar(20)', 'character varying(10)', false],
    ['varchar(20)', 'text', true],
    ['varchar', 'varchar(20)', false],
    ['text', 'varchar', true],
    ['text', 'varchar(20)', false],
    ['numeric(10,2)', 'numeric(12,2)', true],
    ['numeric(10,2)', 'numeric(11,4)', false],
    ['numeric(10,2)', 'numeric', true],
    ['numeric', 'numeric(10,2)', false],
    ['real', 'double precision', true],
    ['timestamp(3)', 'timestamp', true],
    ['timestamp', 'timestamp(3)', false],
    ['int', 'text', false],
    ['int[]', 'bigint[]', false],
    ['json', 'jsonb', false],
    ['text', 'text', true],
  ])('from %s to %s: %p', async (from, to, holds) => {
    const found = await broken(
      `ALTER TABLE t ALTER a TYPE ${to} USING a::${to}`,
      `CREATE TABLE t (a ${from})`,
    );
    expect(found).toEqual(holds ? [] : ['narrow-type t.a V2.sql:1']);
  });

  test('what earlier migrations told of is known: a nullable column may lose its default, one that is not may not', async () => {
    const table = 'CREATE TABLE t (a int DEFAULT 1, b int NOT NULL DEFAULT 1)';
    expect(await broken('ALTER TABLE t ALTER a DROP DEFAULT', table)).toEqual([]);
    expect(await broken('ALTER TABLE t ALTER b DROP DEFAULT', table)).toEqual([
      'required-column t.b V2.sql:1',
    ]);
  });
});

describe('places and texts', () => {
  test('the line is that of the statement, whatever stands before it', async () => {
    const sql =
      "-- é 😀\n/* DROP TABLE x; */ SELECT 'é; 😀';\n\n-- why\nALTER TABLE users\n  DROP COLUMN name;";
    expect(await broken(sql)).toEqual(['drop-column users.name V2.sql:5']);
    const statement = fc.constantFrom('SELECT 1;', '-- ; DROP TABLE t;', '/* ;\n*/', "SELECT 'é\n;';", '');
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (before) => {
        const text = [...before, 'DROP TABLE users;'].join('\n');
        const line = text.split('\n').length;
        const [found] = await parser.statements(text);
        expect(found?.kind).toBe('drop');
        // A comment between two statements belongs to the second.
        expect(found?.line).toBeLessThanOrEqual(line);
        if (!before.includes('/* ;\n*/')) expect(found?.line).toBe(line);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABLE users;', []],
    ['-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE users;', []],
    ['-- +migrate Down\nDROP TABLE users;\n-- +migrate Up\nDROP VIEW v;', ['drop-view v V2.sql:4']],
    ['-- Up Migration\nDROP VIEW v;\n-- Down Migration\nDROP TABLE users;', ['drop-view v V2.sql:2']],
  ])('%j', async (sql, expected) => {
    expect(await broken(sql)).toEqual(expected);
  });

  test('a mark within a text does not hide what follows', async () => {
    const { decision, findings } = await gate({ 'a.sql': "SELECT '\n-- migrate:down\n'; DROP TABLE users;" });
    expect(decision).toBe('fail');
    expect(findings[0]?.message).toContain('unterminated quoted string');
  });

  test.each<[string, string]>([
    ['ALTER TABLE ;', 'a.sql is no SQL of PostgreSQL: syntax error at or near ";" in line 1.'],
    ['SELECT 1;\n\\copy t from x', 'syntax error at or near "\\" in line 2'],
    ["-- 😀\nSELECT '", 'unterminated quoted string'],
    ['CREATE TABLE t (a int AUTO_INCREMENT)', 'syntax error at or near "AUTO_INCREMENT" in line 1'],
    ['', 'a.sql is empty'],
    ['SELECT 1;\0 DROP TABLE users;', 'is no text'],
    [`SELECT ${'1+'.repeat(30_000)}1`, 'is nested too deep, or too large'],
    [`SELECT ${'('.repeat(100_000)}`, 'memory exhausted'],
  ])('%.30j is not read', async (sql, message) => {
    const { decision, findings } = await gate({ 'a.sql': sql });
    expect(decision).toBe('fail');
    expect(findings[0]?.message).toContain(message);
    expect((await gate({ 'a.sql': 'SELECT 1' })).decision).toBe('pass');
  });

  test('whatever the text, it is SQL or it is said why not', async () => {
    const words = fc.constantFrom(
      'ALTER',
      'TABLE',
      'users',
      'DROP',
      'ADD',
      "'",
      '"',
      '$$',
      '(',
      ')',
      ';',
      '--',
      '\n',
      'é',
      ',',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 12 }), async (parts) => {
        const { decision } = await gate({ 'a.sql': parts.join(' ') });
        expect(['pass', 'fail', 'hold']).toContain(decision);
      }),
      { numRuns: 200 },
    );
  });
});

describe('which migrations are new', () => {
  const files = { 'V1.sql': 'CREATE TABLE t (a int)', 'V2__x.sql': 'DROP TABLE t', 'V10__y.sql': 'SELECT 1' };

  test('those after the one that was run last, numbers by their value', async () => {
    expect(await gate(files)).toMatchObject({ decision: 'pass', newMigrations: 3 });
    expect(await gate(files, 'V1')).toMatchObject({ decision: 'fail', newMigrations: 2 });
    expect(await gate(files, 'V2')).toMatchObject({ decision: 'pass', newMigrations: 1 });
    const done = await gate(files, 'V10__y.sql');
    expect(done).toMatchObject({ decision: 'pass', newMigrations: 0 });
    expect(done.findings[0]?.message).toBe('The target has run all 3 migrations, through V10__y.sql.');
  });

  test('a temporary table of one migration hides no table from the next', async () => {
    const sql = { 'V1.sql': 'CREATE TEMP TABLE users AS SELECT 1', 'V2.sql': 'DROP TABLE users' };
    expect((await gate(sql)).decision).toBe('fail');
    expect((await gate({ ...sql, 'V1.sql': 'CREATE TABLE users (a int)' })).decision).toBe('pass');
  });

  test('a name that none or several have fails', async () => {
    const none = await gate(files, 'V3');
    expect(none.decision).toBe('fail');
    expect(none.findings[0]?.message).toBe('No migration is named V3, so which are new is not known.');
    const several = await gate({ 'a/V1.sql': 'SELECT 1', 'b/V1.sql': 'SELECT 1' }, 'V1');
    expect(several.findings[0]?.message).toBe('V1 names a/V1.sql, b/V1.sql, so which are new is not known.');
    const folders = {
      'm/20260101_a/migration.sql': 'SELECT 1',
      'm/20260102_b/migration.sql': 'DROP TABLE t',
    };
    expect((await gate(folders, '20260101')).findings[0]?.subject).toBe('m/20260102_b/migration.sql');
  });

  test('what is allowed passes with its reason; what is not seen holds until then', async () => {
    const allowed = await gate({ 'a.sql': 'ALTER TABLE users DROP nickname' }, undefined, [
      { pattern: 'drop-column users.nickname', reason: 'no version reads it since v1.3.0' },
      { pattern: 'drop-table *', reason: 'old' },
    ]);
    expect(allowed.decision).toBe('pass');
    expect(allowed.findings.map(({ message }) => message)).toEqual([
      'a.sql (migration): 1 finding, let pass.',
      'a.sql:1: users.nickname is dropped, and the version that is running may use it. Allowed: no version reads it since v1.3.0.',
      'Nothing here needs what `allow` says of drop-table *.',
    ]);
    expect((await gate({ 'a.sql': 'DO $$ BEGIN END $$' })).decision).toBe('hold');
    const read = [{ pattern: 'unseen a DO block', reason: 'read by dba' }];
    expect((await gate({ 'a.sql': 'DO $$ BEGIN END $$' }, undefined, read)).decision).toBe('pass');
  });
});
