import { type Chart, chartFigure, type Line, type Pane } from '../chart/index.ts';
import type { Canary, Evidence, Minute } from '../evidence/index.ts';
import { type Html, html } from '../markup/index.ts';
import { brief, chip, prose, section, table } from './words.ts';

/** A chart of more minutes than these, a day and a half, shows nothing more. */
const MOST_MINUTES = 2000;
const WORDS: Readonly<Record<string, string>> = { within: 'pass', breached: 'fail', open: 'hold' };

/** Each canary beside the stable version: what was seen by the minute, its weight, and the evidence against its limits. */
export function canaries(all: readonly Canary[]): Html {
  if (all.length === 0) return html``;
  return section('canary', all.length === 1 ? 'Canary' : 'Canaries', html`${all.map(one)}`);
}

function one({ answer, report, weights }: Canary): Html {
  const { gate, job } = answer;
  const versions = `version ${report.canaryVersion ?? '?'} against ${report.stableVersion ? `stable version ${report.stableVersion}` : 'no other version'}`;
  const who = [gate.subject.service, gate.subject.environment].filter(Boolean).join(' in ');
  return html`<div class="canary">
<p>${chip(gate.decision, report.verdict ?? gate.decision)} <strong>${who && `${who}: `}${versions}</strong>${report.judge && html` <span class="muted">judge ${report.judge}, ${job.name}</span>`}</p>
${report.reasons.length > 0 && html`<ul>${report.reasons.slice(0, 6).map((reason) => html`<li>${prose(reason, 400)}</li>`)}</ul>`}
${chartFigure(chartOf({ answer, report, weights }))}
${report.evidence.length > 0 && evidenceTable(report.evidence)}
</div>`;
}

function chartOf({ answer, report, weights }: Canary): Chart {
  const minutes = report.minutes.slice(-MOST_MINUTES);
  const objective = report.latencyObjective;
  const allowed = report.evidence.find(
    ({ measure, bound, unit }) => measure === 'error rate' && bound === 'at most' && unit === '%',
  );
  const x = minutes.map(({ at }) => at / 1000);
  const compared = minutes.some(({ baseline }) => baseline.invocations > 0);
  const lines = (
    value: (arm: Minute['canary']) => number | null,
    limit: number | undefined,
  ): readonly Line[] => [
    { label: 'canary', role: 'canary', shape: 'line', values: minutes.map(({ canary }) => value(canary)) },
    ...(compared
      ? [
          {
            label: 'stable',
            role: 'stable',
            shape: 'line',
            values: minutes.map(({ baseline }) => value(baseline)),
          } as const,
        ]
      : []),
    ...(limit === undefined
      ? []
      : [{ label: 'limit', role: 'limit', shape: 'line', values: minutes.map(() => limit) } as const]),
  ];
  const panes: Pane[] = [
    {
      title: 'Errors, % of requests',
      unit: ' %',
      x,
      lines: lines(
        ({ invocations, errors }) => (invocations === 0 ? null : (errors / invocations) * 100),
        allowed?.limit,
      ),
    },
  ];
  if (minutes.some(({ canary, baseline }) => canary.p95 !== undefined || baseline.p95 !== undefined)) {
    panes.push({
      title: 'p95 of duration, ms',
      unit: ' ms',
      x,
      lines: lines(({ p95 }) => p95 ?? null, objective),
    });
  }
  if (weights.length > 0) panes.push(weightPane(weights, x));
  const decided = Date.parse(answer.gate.at);
  return {
    title: 'Canary against stable, minute by minute (UTC)',
    panes,
    ...(Number.isFinite(decided)
      ? { marks: [{ x: decided / 1000, label: brief(report.verdict ?? answer.gate.decision, 30) }] }
      : {}),
  };
}

/** The weight holds from one move to the next, and the last one to the end of what is shown. */
function weightPane(weights: Canary['weights'], minutes: readonly number[]): Pane {
  const moves = weights.map(({ at, percent }) => ({ x: at / 1000, percent }));
  const end = Math.max((minutes.at(-1) ?? 0) + 60, (moves.at(-1)?.x ?? 0) + 60);
  const points = [...moves, { x: end, percent: moves.at(-1)?.percent ?? 0 }];
  return {
    title: 'Weight of the canary, % of requests',
    unit: ' %',
    x: points.map((point) => point.x),
    lines: [
      { label: 'weight', role: 'canary', shape: 'steps', values: points.map((point) => point.percent) },
    ],
  };
}

function evidenceTable(evidence: readonly Evidence[]): Html {
  const value = (number: number, unit: string) => `${Number(number.toPrecision(3))}${unit && ` ${unit}`}`;
  return table(
    ['Evidence', 'Canary', 'Stable', 'Limit', ''],
    evidence
      .slice(0, 50)
      .map(
        (one) =>
          html`<th scope="row">${one.measure}</th><td>${value(one.value, one.unit)}${meter(one)}</td><td>${one.baseline === undefined ? '–' : value(one.baseline, one.unit)}</td><td>${one.bound} ${value(one.limit, one.unit)}</td><td>${chip(WORDS[one.outcome] ?? one.outcome, one.outcome)}</td>`,
      ),
  );
}

/** How far the value is on its way to the limit, which stands at two thirds of the bar. */
function meter({ value, limit, bound, outcome }: Evidence): Html {
  if (bound !== 'at most' || limit < 0) return html``;
  const share = limit === 0 ? (value > 0 ? 1 : 0) : Math.min(1, Math.max(0, (value / limit) * (2 / 3)));
  return html`<span class="meter ${outcome === 'breached' ? 'bad' : 'good'}" aria-hidden="true"><i style="width:${Number((share * 100).toFixed(1))}%"></i></span>`;
}
