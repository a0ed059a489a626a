import { oneLine } from '../foreign-text/index.ts';
import type { Decision, GateReport } from '../gate/index.ts';

const words: Readonly<Record<Decision, string>> = {
  pass: 'passed',
  fail: 'refused',
  hold: 'held',
  overridden: 'overridden',
  skipped: 'skipped',
};

/** What the gates decided, in a line: `maintenance-window passed, jira-gate refused`. Undefined without gates. */
export function gatesInShort(reports: readonly GateReport[]): string | undefined {
  if (reports.length === 0) return undefined;
  return reports.map(({ gate, decision }) => `${oneLine(gate)} ${words[decision]}`).join(', ');
}

/** What stopped the promotion, or would have: each finding that did not pass, with what to do, and who let it pass all the same. */
export function whatGatesFound(reports: readonly GateReport[]): readonly string[] {
  return reports
    .filter(({ decision }) => !['pass', 'skipped'].includes(decision))
    .flatMap(({ gate, findings, override }) => [
      ...findings
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'hold')
        .map(({ message, remedy }) => `${gate}: ${oneLine([message, remedy].filter(Boolean).join(' '))}`),
      ...(override
        ? [
            `${gate}: overridden by ${override.approvers.map(oneLine).join(', ')}: ${oneLine(override.reason)}`,
          ]
        : []),
    ]);
}
