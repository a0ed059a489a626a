import type { Finding, Outcome } from './gate.ts';

/** Findings that a report holds: it goes into an output, a record and a summary, which all have limits. */
const mostFindings = 100;

/** At most a hundred findings, the worst first when there are more, so that what is left out changes no decision. */
export function capped(findings: readonly Finding[]): readonly Finding[] {
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
