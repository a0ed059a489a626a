import { clock, moment } from '../../moment/index.ts';
import type { AnnotationLevel } from '../../protocol/index.ts';
import type { Rehearsal } from '../../result/index.ts';
import { type Call, tally } from '../evidence/index.ts';
import { type Html, html } from '../markup/index.ts';
import { brief, chip, longestWithin, most, plural, prose, section, stepAnchor, table } from './words.ts';

const MOST_ROWS = 400;
const LONGEST_MESSAGE = 2000;
/** Bytes of the page that all annotations together may fill. */
const MESSAGE_BUDGET = 300_000;
const LEVELS: readonly AnnotationLevel[] = ['error', 'warning', 'notice'];

export function expectationSection({ expectations }: Rehearsal): Html {
  if (expectations.length === 0) return html``;
  const unmetFirst = [...expectations].sort((one, other) => Number(one.met) - Number(other.met));
  const { shown, rest } = most(unmetFirst, MOST_ROWS, 'expectation');
  const rows = shown.map(
    ({ what, expected, seen, met }) =>
      html`<td>${chip(met ? 'met' : 'unmet', met ? 'met' : 'not met')}</td><th scope="row">${brief(what, 500)}</th><td>${brief(expected, 1000)}</td><td>${brief(seen, 1000)}</td>`,
  );
  return section(
    'expectations',
    'Expectations',
    html`${table(['', 'What', 'Expected', 'Seen'], rows)}${rest}`,
  );
}

export function annotationSection({ jobs }: Rehearsal): Html {
  const all = jobs.flatMap((job, jobNumber) =>
    job.steps.flatMap((step, stepNumber) =>
      step.annotations.map((annotation) => ({
        annotation,
        job,
        step,
        anchor: stepAnchor(jobNumber, stepNumber),
      })),
    ),
  );
  if (all.length === 0) return html``;
  const rank = (level: AnnotationLevel) => LEVELS.indexOf(level);
  all.sort((one, other) => rank(one.annotation.level) - rank(other.annotation.level));
  const { shown, rest } = most(all, MOST_ROWS, 'annotation');
  const messages = shown.map(({ annotation }) => annotation.message);
  const longest = longestWithin(messages, LONGEST_MESSAGE, MESSAGE_BUDGET);
  const items = shown.map(({ annotation, job, step, anchor }) => {
    const { level, title, message, file, line } = annotation;
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}`;
    return html`<li>${chip(level)} ${title && html`<strong>${brief(title, 200)}</strong> `}<span class="pre">${prose(message, longest)}</span> <span class="muted">${place && `${place}, `}<a href="#${anchor}">${step.name}</a> of ${job.name}</span></li>`;
  });
  return section('annotations', 'Annotations', html`<ul class="plain">${items}</ul>${rest}`);
}

export function approvalSection({ jobs }: Rehearsal): Html {
  const rows = jobs.flatMap((job) =>
    job.approvals.map(
      ({ environment, login, answer, comment, at }) =>
        html`<td>${chip(answer)}</td><th scope="row">${environment}</th><td>${login}</td><td>${clock(at)}</td><td>${brief(comment, 1000)}</td><td>${job.name}</td>`,
    ),
  );
  if (rows.length === 0) return html``;
  return section(
    'approvals',
    'Approvals',
    table(['', 'Environment', 'By', 'At (UTC)', 'Comment', 'Job'], rows),
  );
}

/** The calls that changed something, in their order: versions, aliases, records, parameters, tickets. */
export function changeSection(changes: readonly Call[]): Html {
  if (changes.length === 0)
    return section(
      'changes',
      'What was changed',
      html`<p class="muted">Nothing: no call that writes succeeded.</p>`,
    );
  const { shown, rest } = most(changes, MOST_ROWS, 'call');
  const rows = shown.map(
    ({ at, service, operation, subject, account, region, status }) =>
      html`<td><time title="${moment(at)}">${clock(at)}</time></td><td>${service}</td><th scope="row"><code>${brief(operation, 200)}</code></th><td>${pairs(subject)}${status === 0 && html` ${chip('warning', 'connection broken: it may have happened')}`}</td><td>${account}</td><td class="whole">${region}</td>`,
  );
  const headings = ['At (UTC)', 'Service', 'Call', 'Of', 'Account', 'Region'];
  return section('changes', 'What was changed', html`${table(headings, rows)}${rest}`);
}

function pairs(subject: Call['subject']): readonly Html[] {
  return Object.entries(subject).map(
    ([name, value]) =>
      html`<span class="pair"><span class="muted">${name}</span> ${brief(value, 200)}</span> `,
  );
}

export function journalSection(calls: readonly Call[]): Html {
  if (calls.length === 0) return section('journal', 'Calls to the sandbox', html`<p class="muted">None.</p>`);
  const { shown, rest } = most(tally(calls), MOST_ROWS, 'row');
  const rows = shown.map(
    ({ service, operation, status, fault, count }) =>
      html`<td>${service}</td><th scope="row"><code>${brief(operation, 200)}</code></th><td class="number">${status === 0 ? 'broken' : status}</td><td>${fault && chip('warning', fault)}</td><td class="number">${count}</td>`,
  );
  return section(
    'journal',
    'Calls to the sandbox',
    html`<details><summary>${plural(calls.length, 'call')} by service, operation and answer</summary>
<div class="inside">${table(['Service', 'Operation', 'Status', 'Fault', 'Count'], rows)}${rest}</div>
</details>`,
  );
}

export function noteSection({ notes }: Rehearsal): Html {
  if (notes.length === 0) return html``;
  const { shown, rest } = most(notes, MOST_ROWS, 'note');
  return section(
    'notes',
    'Notes',
    html`<ul>${shown.map((note) => html`<li>${prose(note, 300)}</li>`)}</ul>${rest}`,
  );
}
