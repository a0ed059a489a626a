import { clock, date } from '../moment/index.ts';
import type { JobResult, Observer } from '../result/index.ts';
import { createPaint, mark, took } from './format.ts';
import type { Screen } from './screen.ts';

/** Every line as it comes, with its virtual time and its job: for files, CI and pipes. */
export function createPlainLog(write: (line: string) => void, colours: boolean, now: () => number): Screen {
  const paint = createPaint(colours);
  let day = '';
  const tell = (at: number, job: JobResult, text: string) => {
    if (date(at) !== day) {
      day = date(at);
      write(paint('dim', `── ${day} (virtual time, UTC) ──`));
    }
    write(`${paint('dim', clock(at))}  ${paint('cyan', job.name)}  ${text}`);
  };
  const observer: Observer = {
    note: (text) => write(paint('dim', text)),
    jobChanged(job) {
      if (job.status === 'approval') tell(now(), job, `waits for a reviewer of ${job.environment}`);
      if (job.status !== 'ended' || job.conclusion === undefined) return;
      for (const note of job.notes) tell(now(), job, paint('dim', note));
      tell(
        now(),
        job,
        `${mark(job.conclusion, paint)} ${paint('bold', `job ${job.conclusion}`)} ${paint('dim', took(job))}`,
      );
    },
    // A step is named with its first line, so that one that is skipped or silent takes one line in all.
    line(job, step, line) {
      if (step.log.length === 1) tell(line.at, job, `▸ ${step.name}`);
      tell(line.at, job, `  ${line.text}`);
    },
    stepEnded(job, step) {
      const told =
        step.conclusion === step.outcome ? step.conclusion : `${step.outcome}, forgiven by continue-on-error`;
      tell(
        now(),
        job,
        `${mark(step.outcome, paint)} ${step.name}: ${told} ${paint('dim', took(step))}`.trimEnd(),
      );
    },
  };
  return { observer, begun: () => undefined, close: () => undefined };
}
