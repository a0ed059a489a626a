import { cell } from '../markdown/index.ts';
import type { Decision, GateReport, Outcome } from './gate.ts';

const decisionMark: Record<Decision, string> = {
  pass: '✅',
  fail: '❌',
  hold: '⏸️',
  overridden: '⚠️',
  skipped: '⏭️',
};
const outcomeMark: Record<Outcome, string> = { pass: '✅', fail: '❌', hold: '⏸️', info: 'ℹ️' };

/** The gate's section of the job summary: its decision, every finding as a row, and what to do about those that stop it. */
export function renderReport(title: string, report: GateReport): string {
  const subject = [report.subject.service, report.subject.version, report.subject.environment]
    .filter(Boolean)
    .join(' · ');
  const lines = [`### ${decisionMark[report.decision]} ${title}: ${report.decision}`, ''];
  if (subject) lines.push(`${cell(subject)} at ${report.at}`, '');
  if (report.override) {
    const { ticket, reason, approvers } = report.override;
    lines.push(
      `> Overridden under ${cell(ticket)} by ${approvers.map(cell).join(' and ')}: ${cell(reason)}`,
      '',
    );
  }
  lines.push('| | Check | Seen | Limit | |', '|---|---|---|---|---|');
  for (const finding of report.findings) {
    const check = finding.subject ? `${finding.check} (${finding.subject})` : finding.check;
    const advice = finding.remedy ? `${finding.message} ${finding.remedy}` : finding.message;
    lines.push(
      `| ${outcomeMark[finding.outcome]} | ${cell(check)} | ${cell(finding.seen)} | ${cell(finding.limit ?? '')} | ${cell(advice)} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}
