import type { BaseIssue } from 'valibot';

/** What is wrong and what is expected, in words of the file rather than of its schema. */
export function issueText(issue: BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not known here';
  if (issue.received === 'undefined' && issue.message.startsWith('Invalid')) return 'is missing';
  const [, expected, received] = /^Invalid \w+: Expected (.+) but received (.+)$/s.exec(issue.message) ?? [];
  return expected === undefined ? issue.message : `expected ${expected}, not ${received}`;
}
