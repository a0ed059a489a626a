import { formatInstant } from '../clock/index.ts';
import { table } from '../markdown/index.ts';
import { describeHolder } from './lease.ts';
import type { LockOutcome } from './step.ts';

/** The lock's section of the job summary. */
export function renderLock({ lease, sentence }: LockOutcome): string {
  const title = `### Deployment lock\n\n${sentence}`;
  if (!lease || lease.released) return `${title}\n`;
  const facts = [
    ['Holder', describeHolder(lease.holder)],
    ['For', lease.holder.reason],
    ['Taken', formatInstant(lease.acquiredAt)],
    ['Lease until', formatInstant(lease.expiresAt)],
    ['Fencing token', String(lease.token)],
    ['Taken over from', lease.takenFrom ?? ''],
  ].filter(([, value]) => value !== '');
  return `${title}\n\n${table(['', ''], facts)}`;
}
