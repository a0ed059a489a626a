import { duration } from '../moment/index.ts';
import type { Conclusion, JobResult, Span } from '../result/index.ts';

/** How long something took in virtual time, and on this machine where that is worth telling. */
export function took(span: Span): string {
  const { start, end, realStart, realEnd } = span;
  if (start === undefined || end === undefined) return '';
  const here = (realEnd ?? 0) - (realStart ?? 0);
  const parts = [
    ...(end > start ? [duration(end - start)] : []),
    ...(here >= 100 ? [`${duration(here)} here`] : []),
  ];
  return parts.join(', ');
}

export type Paint = (style: 'green' | 'red' | 'yellow' | 'dim' | 'bold' | 'cyan', text: string) => string;

const CODES = { green: 32, red: 31, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;

export function createPaint(colours: boolean): Paint {
  return (style, text) => (colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}

export function mark(conclusion: Conclusion | undefined, paint: Paint): string {
  switch (conclusion) {
    case 'success':
      return paint('green', '✓');
    case 'failure':
      return paint('red', '✗');
    case 'cancelled':
      return paint('yellow', '⊘');
    case 'skipped':
      return paint('dim', '○');
    default:
      return paint('cyan', '●');
  }
}

/** How deep a job is below the workflow's own jobs. */
export function depthOf(job: JobResult, jobs: readonly JobResult[]): number {
  const parent = jobs.find((one) => one.key === job.parent);
  return parent ? depthOf(parent, jobs) + 1 : 0;
}

/** The job's name without those of the jobs that called it. */
export function ownName(job: JobResult, jobs: readonly JobResult[]): string {
  const parent = jobs.find((one) => one.key === job.parent);
  return parent && job.name.startsWith(`${parent.name} / `)
    ? job.name.slice(parent.name.length + 3)
    : job.name;
}
