import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import type { CheckRun } from './ports.ts';

/**
 * Whether each required check of the commit succeeded. A skipped or neutral one has looked at nothing and does not count. Where several
 * runs have the name, as of a push and of a pull request, all of them must have succeeded.
 */
export function judgeCheckRuns(
  required: readonly string[],
  runs: readonly CheckRun[],
  commit: string,
): readonly Finding[] {
  const short = /^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 7) : oneLine(commit);
  return required.map((name): Finding => {
    const named = runs.filter((run) => run.name === name);
    const common = { check: 'check run', subject: name, limit: 'success' };
    if (named.length === 0)
      return {
        ...common,
        outcome: 'fail',
        seen: 'none',
        message: `Commit ${short} has no check run \`${name}\`.`,
        remedy: others(runs),
      };
    const failed = named.find((run) => run.status === 'completed' && run.conclusion !== 'success');
    if (failed)
      return {
        ...common,
        outcome: 'fail',
        seen: failed.conclusion ?? failed.status,
        message: `The check run \`${name}\` of commit ${short} ended as ${failed.conclusion}.`,
        remedy: `See why at ${failed.url}; mend it, or run that check again.`,
      };
    const running = named.find((run) => run.status !== 'completed');
    if (running)
      return {
        ...common,
        outcome: 'hold',
        seen: running.status,
        message: `The check run \`${name}\` of commit ${short} has not ended: it is ${running.status.replace('_', ' ')}.`,
        remedy: `Wait for ${running.url} and run again.`,
      };
    const seen = named.length === 1 ? 'success' : `${named.length} times success`;
    return {
      ...common,
      outcome: 'pass',
      seen,
      message: `The check run \`${name}\` of commit ${short} succeeded.`,
    };
  });
}

function others(runs: readonly CheckRun[]): string {
  const names = [...new Set(runs.map(({ name }) => oneLine(name)))].slice(0, 10);
  return names.length === 0
    ? 'No check ran for it: is it the commit that was pushed? Give `commit`.'
    : `It has ${names.map((name) => `\`${name}\``).join(', ')}. Check the name: that of a job, not of its workflow.`;
}
