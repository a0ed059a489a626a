import { type Clock, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { capped, decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { type ReportFiles, readEach } from '../reports/index.ts';
import { judgeCheckRuns } from './check-runs.ts';
import type { Facts, ReportKind } from './facts.ts';
import { judgeReport } from './judge.ts';
import type { QualityLimits } from './limits.ts';
import type { CommitChecks } from './ports.ts';
import { knownFormats, readReport } from './read.ts';

export interface QualityRequest {
  /** Patterns of paths; each must name a file. */
  readonly reports: readonly string[];
  /** Kinds of reports that must be among them. */
  readonly require: readonly ReportKind[];
  readonly requiredChecks: readonly string[];
  /** The commit whose check runs are looked at. */
  readonly commit: string;
  readonly limits: QualityLimits;
  readonly subject: Subject;
}

export interface QualityPorts {
  readonly files: ReportFiles;
  /** Needed when checks are required. */
  readonly checks?: CommitChecks;
}

export interface QualityResult {
  readonly report: GateReport;
  /** Files that were read as reports. */
  readonly read: number;
}

/** Whether tests, coverage, load tests, scans and checks are good enough: the gate `quality-gate`. */
export async function qualityGate(
  request: QualityRequest,
  { files, checks }: QualityPorts,
  clock: Clock,
): Promise<QualityResult> {
  const { read, findings: unread } = await readEach(
    { input: 'reports', patterns: request.reports, read: readReport },
    files,
  );
  const facts = read.map((file) => file.facts);
  const findings: Finding[] = [
    ...unread,
    ...read.flatMap((file) => judgeReport(oneLine(file.path), file.facts, request.limits)),
  ];
  findings.push(...enoughTests(facts, request.limits.minTests), ...kindsThere(request.require, facts));
  if (checks && request.requiredChecks.length > 0)
    findings.push(
      ...judgeCheckRuns(request.requiredChecks, await checks.runs(request.commit), request.commit),
    );
  const report: GateReport = {
    gate: 'quality-gate',
    decision: decide(findings),
    subject: request.subject,
    at: formatInstant(clock.now()),
    findings: capped(findings),
  };
  return { report, read: read.length };
}

function enoughTests(read: readonly Facts[], least: number): readonly Finding[] {
  const reports = read.filter((facts) => facts.kind === 'tests');
  const ran = reports.reduce((sum, { total, skipped }) => sum + total - skipped, 0);
  if (reports.length === 0 || ran >= least) return [];
  return [
    {
      check: 'tests run',
      outcome: 'fail',
      seen: String(ran),
      limit: `at least ${least}`,
      message: `Only ${ran} ${ran === 1 ? 'test' : 'tests'} ran in all reports together, and at least ${least} must; skipped ones do not count.`,
      remedy: 'See why so few ran, or lower `min-tests`.',
    },
  ];
}

function kindsThere(required: readonly ReportKind[], read: readonly Facts[]): readonly Finding[] {
  return required
    .filter((kind) => !read.some((facts) => facts.kind === kind))
    .map((kind) => ({
      check: 'report',
      outcome: 'fail',
      subject: kind,
      seen: 'none',
      limit: 'at least one',
      message: `No report of the kind \`${kind}\` could be read, and \`require\` asks for one.`,
      remedy: `Add it to \`reports\`. Known are ${knownFormats}.`,
    }));
}
