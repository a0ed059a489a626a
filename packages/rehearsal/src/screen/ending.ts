import { duration } from '../moment/index.ts';
import type { Expectation, Rehearsal } from '../result/index.ts';
import { createPaint, mark } from './format.ts';

/** Of the lines below a message's first. */
const MOST_LINES = 12;

/** What happened, in a few lines: the outcome, what went wrong, what was expected and not met. */
export function endingLines(rehearsal: Rehearsal, colours: boolean): string[] {
  const paint = createPaint(colours);
  const { expectations, outcome, start, end = start, realMilliseconds = 0 } = rehearsal;
  const missed = expectations.filter((expectation) => !expectation.met);
  const errors = rehearsal.jobs.flatMap((job) =>
    job.steps.flatMap((step) =>
      step.annotations
        .filter((annotation) => annotation.level === 'error' && step.conclusion === 'failure')
        .filter(({ message }, _, all) => all.length === 1 || !message.startsWith('Process completed'))
        .flatMap(({ message }) => told(paint('dim', `${job.name} / ${step.name}:`), message)),
    ),
  );
  const jobErrors = rehearsal.jobs
    .filter(
      (job) =>
        job.conclusion === 'failure' &&
        job.kind === 'job' &&
        !job.steps.some((step) => step.conclusion === 'failure'),
    )
    .map((job) => `  ${paint('dim', `${job.name}:`)} ${job.notes.at(-1) ?? 'failed'}`);
  const time = `${duration(end - start)} of virtual time in ${duration(realMilliseconds)}`;
  const verdict =
    missed.length === 0
      ? `${paint('green', 'as expected')}: ${expectations.length} of ${expectations.length} expectations met`
      : paint('red', `not as expected: ${missed.length} of ${expectations.length} expectations not met`);
  return [
    '',
    `${mark(outcome, paint)} ${paint('bold', `${rehearsal.scenario.name}: ${outcome}`)}, ${time}; ${verdict}`,
    ...(errors.length + jobErrors.length > 0 ? ['What went wrong in the run:', ...errors, ...jobErrors] : []),
    ...(missed.length > 0 ? ['What the scenario expects and did not see:', ...missed.map(difference)] : []),
  ];
}

/** A message behind its place; the lines after its first, such as one for each wrong input, stand below it. */
function told(place: string, message: string): string[] {
  const [first = '', ...rest] = message.split('\n');
  const shown = rest.slice(0, MOST_LINES).map((line) => `    ${line.trim()}`);
  const more = rest.length > shown.length ? [`    … and ${rest.length - shown.length} more`] : [];
  return [`  ${place} ${first}`, ...shown, ...more];
}

function difference(expectation: Expectation): string {
  return `  ${expectation.what}: expected ${expectation.expected}, saw ${expectation.seen}`;
}
