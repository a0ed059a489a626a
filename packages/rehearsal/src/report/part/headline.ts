import { duration, moment, period } from '../../moment/index.ts';
import type { Rehearsal } from '../../result/index.ts';
import type { GateAnswer } from '../evidence/index.ts';
import { type Html, html } from '../markup/index.ts';
import { brief, chip, kindOf, plural, prose } from './words.ts';

const OUTCOMES = { success: 'Succeeded', failure: 'Failed', cancelled: 'Cancelled' } as const;
/** More reasons than these nobody reads at a glance. */
const MOST_REASONS = 4;

export interface Seen {
  readonly rehearsal: Rehearsal;
  readonly gates: readonly GateAnswer[];
  readonly changes: number;
  readonly calls: number;
}

/** What a person should know in ten seconds: what was rehearsed, how it ended, whether that was expected, and why. */
export function headline(seen: Seen): Html {
  const { rehearsal } = seen;
  const { scenario, outcome } = rehearsal;
  const unmet = rehearsal.expectations.filter(({ met }) => !met);
  const asExpected = outcome !== undefined && unmet.length === 0;
  const kind = !asExpected || (rehearsal.expectations.length === 0 && outcome !== 'success') ? 'bad' : 'good';
  const reasons = reasonsOf(seen);
  return html`<header class="headline ${kind}">
<p class="kicker">Rehearsal of ${rehearsal.workflow.name} <span class="muted">${rehearsal.workflow.path}</span></p>
<h1>${scenario.name}</h1>
${scenario.description && html`<p class="lead">${scenario.description}</p>`}
<p class="verdict"><strong class="${kindOf(outcome ?? '')}">${outcome === undefined ? 'Not ended' : OUTCOMES[outcome]}</strong>${expectation(rehearsal, unmet.length)}</p>
${reasons.length > 0 && html`<ul class="reasons">${reasons.slice(0, MOST_REASONS).map((reason) => html`<li>${reason}</li>`)}</ul>`}
${reasons.length > MOST_REASONS && html`<p class="muted">… and ${plural(reasons.length - MOST_REASONS, 'more reason')} below.</p>`}
${facts(seen)}
${tiles(seen)}
</header>
`;
}

function expectation({ outcome, expectations }: Rehearsal, unmet: number): Html {
  if (outcome === undefined) return html``;
  if (expectations.length === 0)
    return html` <span class="muted">The scenario expects nothing in particular.</span>`;
  if (unmet === 0) return html` ${chip('met', 'as the scenario expects')}`;
  return html` ${chip('unmet', `not what the scenario expects: ${unmet} of ${plural(expectations.length, 'expectation')} not met`)}`;
}

/** Why it did not end well: first what stopped it, then the expectations that were not met, then whatever else went wrong. */
function reasonsOf({ rehearsal, gates }: Seen): readonly Html[] {
  const [first, ...others] = rehearsal.outcome === 'success' ? [] : stopsOf(rehearsal, gates);
  const unmet = rehearsal.expectations
    .filter(({ met }) => !met)
    .map(
      ({ what, expected, seen }) =>
        html`${brief(what, 300)}: expected ${brief(expected, 300)}, seen ${brief(seen, 300)}`,
    );
  return [...(first ? [first] : []), ...unmet, ...others];
}

/** What stopped the run: gates, else errors, else what jobs note. */
function stopsOf(rehearsal: Rehearsal, gates: Seen['gates']): readonly Html[] {
  const stopped = gates
    .filter(({ step, gate }) => step.outcome === 'failure' && gate.decision !== 'pass')
    .flatMap(({ gate }) =>
      gate.findings
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'hold')
        .map(
          ({ message, remedy }) =>
            html`<strong>${gate.gate}</strong>: ${prose(message, 400)} ${remedy && html`<span class="remedy">${prose(remedy, 400)}</span>`}`,
        ),
    );
  if (stopped.length > 0) return stopped;
  const errors = rehearsal.jobs.flatMap((job) =>
    job.steps.flatMap((step) =>
      step.annotations
        .filter(({ level }) => level === 'error')
        .map(({ message }) => html`<strong>${step.name}</strong>: ${prose(message, 600)}`),
    ),
  );
  if (errors.length > 0) return errors;
  return rehearsal.jobs
    .filter(({ conclusion }) => conclusion === 'failure' || conclusion === 'cancelled')
    .flatMap((job) => job.notes.map((note) => html`<strong>${job.name}</strong>: ${prose(note, 400)}`));
}

function facts({ rehearsal, gates }: Seen): Html {
  const subject = (name: string) => gates.map(({ gate }) => gate.subject[name]).find(Boolean);
  const { inputs } = rehearsal;
  const rows: (readonly [string, string | undefined])[] = [
    ...(['service', 'version', 'environment'] as const).map(
      (name) => [name, name in inputs ? undefined : subject(name)] as const,
    ),
    ...Object.entries(inputs).map(([name, value]) => [name, brief(String(value), 300)] as const),
    ['actor', `${rehearsal.actor} (${rehearsal.event})`],
    ['repository', rehearsal.repository],
    [
      'virtual time',
      rehearsal.end === undefined ? moment(rehearsal.start) : period(rehearsal.start, rehearsal.end),
    ],
    ['scenario', rehearsal.scenario.file],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function tiles({ rehearsal, gates, changes, calls }: Seen): Html {
  const virtual = rehearsal.end === undefined ? undefined : duration(rehearsal.end - rehearsal.start);
  const real = rehearsal.realMilliseconds;
  const passed = gates.filter(({ gate }) => gate.decision === 'pass').length;
  const approvals = rehearsal.jobs.flatMap((job) => job.approvals);
  const met = rehearsal.expectations.filter((one) => one.met).length;
  const tile = (link: string, value: string, words: string) =>
    html`<a class="tile" href="#${link}"><b>${value}</b> <span>${words}</span></a>`;
  return html`<nav class="tiles" aria-label="Parts of the report">
${virtual && tile('timeline', virtual, real === undefined ? 'virtual time' : `virtual time, in ${duration(real)}`)}
${gates.length > 0 && tile('gates', `${passed} of ${gates.length}`, 'gates passed')}
${approvals.length > 0 && tile('approvals', String(approvals.length), approvals.length === 1 ? 'approval answered' : 'approvals answered')}
${tile('changes', String(changes), 'calls changed something')}
${rehearsal.expectations.length > 0 && tile('expectations', `${met} of ${rehearsal.expectations.length}`, 'expectations met')}
${tile('journal', String(calls), 'calls to the sandbox')}
</nav>`;
}
