import { type Clock, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { decide, type Finding, type GateReport, type Outcome, type Subject } from '../gate/index.ts';
import { judgeCheckRuns } from './check-runs.ts';
import { type Facts, type ReportKind, Unreadable } from './facts.ts';
import { judgeReport } from './judge.ts';
import type { QualityLimits } from './limits.ts';
import type { CommitChecks, PatternFiles, ReportFiles } from './ports.ts';
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

/** Reports that one gate reads at most: more is a pattern that names too much. */
const mostReports = 1_000;
/** Findings that the report of the gate holds: it goes into an output, a record and a summary, which all have limits. */
const mostFindings = 100;

/** Whether tests, coverage, load tests, scans and checks are good enough: the gate `quality-gate`. */
export async function qualityGate(
  request: QualityRequest,
  { files, checks }: QualityPorts,
  clock: Clock,
): Promise<QualityResult> {
  const found = request.reports.length > 0 ? await files.find(request.reports) : [];
  const paths = [...new Set(found.flatMap((each) => each.paths))].sort();
  const findings: Finding[] = found.filter(({ paths }) => paths.length === 0).map(missing);
  const read: Facts[] = [];
  if (paths.length > mostReports) findings.push(tooMany(paths.length));
  else
    for (const path of paths) {
      const facts = await facing(path, files);
      if (facts instanceof Unreadable) findings.push(unreadable(path, facts));
      else {
        read.push(facts);
        findings.push(...judgeReport(oneLine(path), facts, request.limits));
      }
    }
  findings.push(...enoughTests(read, request.limits.minTests), ...kindsThere(request.require, read));
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

async function facing(path: string, files: ReportFiles): Promise<Facts | Unreadable> {
  try {
    return await readReport(await files.open(path));
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

function missing({ pattern }: PatternFiles): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    subject: oneLine(pattern),
    seen: 'no file',
    message: `No file matches ${oneLine(pattern)}.`,
    remedy:
      'Did the step that writes it run, and was its artifact downloaded to that path? Patterns begin at the checkout.',
  };
}

function tooMany(count: number): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    seen: `${count} files`,
    limit: `at most ${mostReports}`,
    message: `${count} files match \`reports\`; at most ${mostReports} are read.`,
    remedy: 'Name the reports more closely.',
  };
}

function unreadable(path: string, { message }: Unreadable): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    subject: oneLine(path),
    seen: 'unreadable',
    limit: 'a whole report',
    message: `${oneLine(path)} ${message}`,
    remedy: 'Write it anew, or take it out of `reports` with a pattern that begins with `!`.',
  };
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
      message: `Only ${ran} tests ran in all reports together; the rest was skipped or is not there.`,
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
      message: `No report of the kind \`${kind}\` could be read, and \`require\` asks for one.`,
      remedy: `Add it to \`reports\`. Known are ${knownFormats}.`,
    }));
}

/** The worst first when there are too many, so that what is left out changes no decision. */
function capped(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= mostFindings) return findings;
  const order: readonly Outcome[] = ['fail', 'hold', 'pass', 'info'];
  const sorted = order.flatMap((outcome) => findings.filter((finding) => finding.outcome === outcome));
  const left = sorted.slice(mostFindings);
  const counts = order
    .map((outcome) => ({ outcome, count: left.filter((finding) => finding.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ');
  const more: Finding = {
    check: 'more',
    outcome: 'info',
    seen: counts,
    message: `${left.length} more findings are not listed: ${counts}.`,
  };
  return [...sorted.slice(0, mostFindings), more];
}
