import { type Allowance, unusedAllowances } from '../allowance/index.ts';
import { type Clock, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { capped, decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { type ReadFile, type ReportFiles, readEach } from '../reports/index.ts';
import { appliedOf, byVersion } from './applied.ts';
import { judgeBreakages, type SchemaLimits } from './judge.ts';
import { breakages } from './migrations.ts';
import { readMigration, readToolReport } from './read.ts';
import type { SchemaStatement, SqlParser } from './statement.ts';

export interface SchemaRequest {
  /** Patterns of paths; each must name a file. */
  readonly migrations: readonly string[];
  readonly reports: readonly string[];
  /** The last migration that the target has run; undefined when all count as new. */
  readonly appliedThrough?: string;
  readonly limits: SchemaLimits;
  readonly subject: Subject;
}

export interface SchemaPorts {
  readonly files: ReportFiles;
  readonly parser: SqlParser;
}

export interface SchemaResult {
  readonly report: GateReport;
  /** Migrations and reports that were read. */
  readonly read: number;
  readonly newMigrations: number;
}

/** Whether database and interfaces stay compatible with the version that is running: the gate `schema-gate`. */
export async function schemaGate(
  { migrations, reports, appliedThrough, limits, subject }: SchemaRequest,
  { files, parser }: SchemaPorts,
  clock: Clock,
): Promise<SchemaResult> {
  const used = new Set<Allowance>();
  const sql = await readEach(
    {
      input: 'migrations',
      patterns: migrations,
      read: (file) => readMigration(file, parser),
      order: byVersion,
      mend: 'Have it hold what PostgreSQL itself reads, without commands of psql',
    },
    files,
  );
  const tools = await readEach({ input: 'reports', patterns: reports, read: readToolReport }, files);
  const judged = judgeMigrations(sql.read, appliedThrough, limits, used);
  const findings = [
    ...sql.findings,
    ...tools.findings,
    ...judged.findings,
    ...tools.read.flatMap(({ path, facts }) =>
      judgeBreakages(oneLine(path), facts.tool, facts.breakages, limits, used),
    ),
    ...unusedAllowances(limits.allow, used),
  ];
  return {
    report: {
      gate: 'schema-gate',
      decision: decide(findings),
      subject,
      at: formatInstant(clock.now()),
      findings: capped(findings),
    },
    read: sql.read.length + tools.read.length,
    newMigrations: judged.count,
  };
}

function judgeMigrations(
  read: readonly ReadFile<readonly SchemaStatement[]>[],
  through: string | undefined,
  limits: SchemaLimits,
  used: Set<Allowance>,
): { readonly findings: readonly Finding[]; readonly count: number } {
  if (read.length === 0) return { findings: [], count: 0 };
  const paths = read.map(({ path }) => path);
  const { count, finding } = appliedOf(paths, through);
  if (finding) return { findings: [finding], count: read.length };
  const broken = breakages(
    read.map(({ path, facts }, at) => ({ path, statements: facts, isNew: at >= count })),
  );
  const fresh = paths.slice(count).map(oneLine);
  const findings = fresh.flatMap((path) =>
    judgeBreakages(
      path,
      'migration',
      broken.filter((breakage) => breakage.path === path),
      limits,
      used,
    ),
  );
  return { findings: fresh.length > 0 ? findings : [nothingNew(count, through ?? '')], count: fresh.length };
}

function nothingNew(count: number, through: string): Finding {
  return {
    check: 'compatibility',
    outcome: 'pass',
    seen: 'no new migration',
    message: `The target has run all ${count} migrations, through ${oneLine(through)}.`,
  };
}
