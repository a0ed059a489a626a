import { clock, duration } from '../../moment/index.ts';
import type { JobResult, Rehearsal, StepResult } from '../../result/index.ts';
import { markdown } from '../markdown/index.ts';
import { fairShare, type Html, html } from '../markup/index.ts';
import { type Log, logMarkup, readyLog } from './log.ts';
import { depth, ownName, spanText } from './timeline.ts';
import { brief, chip, longestWithin, most, plural, prose, section, stepAnchor } from './words.ts';

/** Bytes of the page that all logs and all outputs together may fill; characters of Markdown for all summaries. */
const LOG_BUDGET = 1_800_000;
const OUTPUT_BUDGET = 500_000;
const SUMMARY_BUDGET = 300_000;
const MOST_OUTPUTS = 60;
const LONGEST_OUTPUT = 1500;

/** How much each log and each summary of the rehearsal may take of the page. */
interface Room {
  readonly logs: ReadonlyMap<StepResult, Log>;
  readonly logLimit: number;
  readonly summaryLimit: number;
  readonly outputLimit: number;
}

/** Every job and its steps, with what each said, summed up and gave. */
export function jobSection(rehearsal: Rehearsal): Html {
  const steps = rehearsal.jobs.flatMap((job) => job.steps);
  const logs = new Map(steps.map((step) => [step, readyLog(step.log)]));
  const room: Room = {
    logs,
    logLimit: fairShare(
      [...logs.values()].map(({ size }) => size),
      LOG_BUDGET,
    ),
    summaryLimit: fairShare(
      steps.map(({ summary }) => summary.length),
      SUMMARY_BUDGET,
    ),
    outputLimit: longestWithin(
      [...rehearsal.jobs, ...steps].flatMap((one) => Object.values(one.outputs)),
      LONGEST_OUTPUT,
      OUTPUT_BUDGET,
    ),
  };
  return section(
    'jobs',
    'Jobs and steps',
    html`${rehearsal.jobs.map((job, number) => jobMarkup(job, number, rehearsal, room))}`,
  );
}

function jobMarkup(job: JobResult, number: number, rehearsal: Rehearsal, room: Room): Html {
  const { shown, rest } = most(job.notes, 50, 'note');
  return html`<div class="job-card" id="job-${number}" style="--depth:${depth(job, rehearsal)}">
<h3>${chip(job.conclusion ?? job.status)} ${ownName(job, rehearsal)} <span class="muted">${spanText(job)}${job.environment && ` · ${job.environment}`}</span></h3>
${job.uses && html`<p class="muted">calls <code>${job.uses}</code></p>`}
${shown.length > 0 && html`<ul class="muted">${shown.map((note) => html`<li>${prose(note, 600)}</li>`)}</ul>`}${rest}
${job.steps.map((step, index) => stepMarkup(step, stepAnchor(number, index), room))}
${outputs(job.outputs, room)}
</div>
`;
}

function stepMarkup(step: StepResult, anchor: string, room: Room): Html {
  const result = step.outcome ?? step.conclusion;
  const forgiven = step.outcome === 'failure' && step.conclusion === 'success';
  const log = room.logs.get(step);
  const virtual = step.start === undefined || step.end === undefined ? undefined : step.end - step.start;
  const real =
    step.realStart === undefined || step.realEnd === undefined ? undefined : step.realEnd - step.realStart;
  const times = [
    step.start !== undefined && clock(step.start),
    virtual !== undefined && duration(virtual),
    real !== undefined && `${duration(real)} real`,
  ];
  return html`<details class="step" id="${anchor}"${result === 'failure' && html` open`}>
<summary>${chip(result ?? 'running', result ?? 'not ended')} ${step.name}${forgiven && html` <span class="muted">(may fail)</span>`} <span class="muted took">${virtual !== undefined && result !== 'skipped' && duration(virtual)}</span></summary>
<div class="inside">
<p class="muted">${[step.uses ?? step.kind, ...times].filter(Boolean).join(' · ')}</p>
${step.summary.trim() !== '' && summaryMarkup(step.summary, room.summaryLimit)}
${outputs(step.outputs, room)}
${log && log.lines.length > 0 ? logMarkup(log, room.logLimit) : html`<p class="muted">It said nothing.</p>`}
</div>
</details>
`;
}

function summaryMarkup(summary: string, limit: number): Html {
  const whole = summary.length <= limit;
  const shown = whole ? summary : summary.slice(0, limit);
  return html`${markdown(shown)}${!whole && html`<p class="muted">The summary was cut here, after ${limit} of ${summary.length} characters; --json writes it whole.</p>`}`;
}

function outputs(given: Readonly<Record<string, string>>, { outputLimit }: Room): Html {
  const all = Object.entries(given).filter(([, value]) => value !== '');
  if (all.length === 0) return html``;
  const { shown, rest } = most(all, MOST_OUTPUTS, 'output');
  return html`<details class="outputs"><summary>${plural(all.length, 'output')}</summary>
<dl class="inside">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd class="pre">${brief(value, outputLimit)}</dd></div>`)}</dl>${rest}
</details>`;
}
