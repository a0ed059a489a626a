import type { Finding } from '../gate/index.ts';
import type { StackFacts, StackState } from './facts.ts';

/** At rest, and able to be updated. */
const sound = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'IMPORT_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

/** Whether each stack is at rest and as its template has it. */
export function judgeStacks(
  path: string,
  { stacks }: StackFacts,
  drift: 'refuse' | 'report',
): readonly Finding[] {
  return stacks.flatMap((stack) => [status(path, stack), ...drifting(path, stack, drift)]);
}

function status(path: string, { name, status, reason }: StackState): Finding {
  const common = { check: 'stack status', subject: `${path}: ${name}`, seen: status, limit: 'complete' };
  const message = `The stack ${name} is ${status}${reason ? ` (${reason})` : ''}.`;
  if (sound.has(status)) return { ...common, outcome: 'pass', message };
  if (status.endsWith('_IN_PROGRESS'))
    return {
      ...common,
      outcome: 'hold',
      message,
      remedy: 'Wait until it is at rest, with `aws cloudformation wait`, and write the file again.',
    };
  return {
    ...common,
    outcome: 'fail',
    message,
    remedy:
      status === 'ROLLBACK_COMPLETE'
        ? 'It was never created whole and cannot be updated: delete it, and create it anew.'
        : status === 'UPDATE_ROLLBACK_FAILED'
          ? 'Mend what it failed on, and continue the rollback: `aws cloudformation continue-update-rollback`.'
          : 'See the events of the stack, and bring it to rest first.',
  };
}

function drifting(path: string, { name, drift }: StackState, what: 'refuse' | 'report'): readonly Finding[] {
  const common = { check: 'drift', subject: `${path}: ${name}`, limit: 'IN_SYNC' };
  if (drift === 'IN_SYNC')
    return [{ ...common, outcome: 'pass', seen: drift, message: `The stack ${name} has not drifted.` }];
  if (drift === 'DRIFTED')
    return [
      {
        ...common,
        outcome: what === 'refuse' ? 'fail' : 'info',
        seen: drift,
        message: `The stack ${name} has drifted: resources of it were changed by other hands.`,
        ...(what === 'refuse'
          ? {
              remedy:
                'See which with `aws cloudformation describe-stack-resource-drifts`, and bring the change into the template, or undo it.',
            }
          : {}),
      },
    ];
  if (what === 'report') return [];
  return [
    {
      ...common,
      outcome: 'hold',
      seen: drift ?? 'not told',
      message: `Whether the stack ${name} has drifted is not known.`,
      remedy: 'Run `aws cloudformation detect-stack-drift`, wait for it, and write the file again.',
    },
  ];
}
