import { gateReports } from '@promo-actions/core/deployment';
import { type GateReport, type Outcome, renderReport } from '@promo-actions/core/gate';
import type { StepRun } from '../bundle/run.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'hold', 'info'];

/**
 * What a run of a gate lacks of the one shape that all of them have: a decision and a report that record-deployment takes,
 * findings that say what was seen, what would do and what to do about it, the same in the summary, and an exit code that
 * stops the job unless it was let pass.
 */
export function shapeProblems(gate: string, run: StepRun): readonly string[] {
  const { decision = '', report: text = '' } = run.outputs;
  let report: GateReport;
  try {
    const [read, ...more] = gateReports('Reports.').parse(JSON.stringify([text])) ?? [];
    if (!read || more.length > 0) return ['the report is not one report'];
    report = read;
  } catch (error) {
    return [`record-deployment does not take the report: ${error instanceof Error ? error.message : error}`];
  }
  const problems: string[] = [];
  const hold = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  hold(report.gate === gate, `the report is of ${report.gate}`);
  hold(report.decision === decision, `the report decides ${report.decision}, the output ${decision}`);
  hold(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(report.at),
    `the report is of no instant: ${report.at}`,
  );
  hold(typeof report.subject === 'object', 'the report has no subject');
  hold(report.findings.length > 0, 'the report has no finding');
  let advised = false;
  for (const finding of report.findings) {
    const name = `the finding \`${finding.check}\``;
    hold(finding.check !== '', 'a finding names no check');
    hold(outcomes.includes(finding.outcome), `${name} has no outcome`);
    hold(typeof finding.seen === 'string' && finding.seen !== '', `${name} says nothing of what was seen`);
    hold(
      /[.!?)`…:]$/.test(finding.message.trim()),
      `${name} has no sentence as its message: ${finding.message}`,
    );
    const stops = finding.outcome === 'fail' || finding.outcome === 'hold';
    // Details stand below the finding that says what to do about all of them.
    if (stops) advised ||= Boolean(finding.remedy);
    hold(!stops || advised, `${name} stops it without saying what to do`);
    hold(!stops || Boolean(finding.limit), `${name} stops it without saying what would do`);
  }
  hold(
    run.summary === '' || run.summary.startsWith(renderReport(gate, report).slice(0, 900)),
    'the summary does not show the report',
  );
  const warned = run.annotations.some(({ level }) => level === 'warning');
  const lets = ['pass', 'overridden', 'skipped'].includes(decision) || warned;
  hold(lets ? run.code === 0 : run.code === 1, `it ends with ${run.code} although it decided ${decision}`);
  return problems;
}
