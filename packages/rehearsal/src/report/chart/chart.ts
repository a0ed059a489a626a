import { iso } from '../../moment/index.ts';
import { type Html, html } from '../markup/index.ts';

export interface Line {
  readonly label: string;
  /** What it stands for, which gives it its colour. */
  readonly role: 'canary' | 'stable' | 'other' | 'limit';
  /** `#rrggbb`, instead of the role's. */
  readonly colour?: string;
  /** One for each x; null where nothing was seen. */
  readonly values: readonly (number | null)[];
  readonly shape: 'line' | 'bar' | 'steps';
}

/** One of the drawings of a chart, which stand above each other and share the x axis. */
export interface Pane {
  readonly title: string;
  /** Behind every value: `%`, ` ms`, or nothing. */
  readonly unit: string;
  /** Epoch seconds, or the categories' numbers from 0. Rising. */
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

export interface Chart {
  readonly title: string;
  /** The names of x = 0, 1, 2 …; without them x is virtual time in epoch seconds. */
  readonly categories?: readonly string[];
  readonly panes: readonly Pane[];
  /** Moments worth a line through all panes. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

/** A chart that the page's script draws, with its numbers as a table for those who cannot see or run it. */
export function chartFigure(chart: Chart): Html {
  return html`<figure class="chart">
<figcaption>${chart.title}</figcaption>
<div class="plot" role="img" aria-label="${chart.title}: its numbers are in the table below" data-chart="${JSON.stringify(chart)}"></div>
<details class="numbers"><summary>The numbers</summary>${chart.panes.map((pane) => numbers(chart, pane))}</details>
</figure>`;
}

function numbers(chart: Chart, pane: Pane): Html {
  const name = (x: number) => (chart.categories ? (chart.categories[x] ?? x) : iso(x * 1000).slice(11, 19));
  return html`<div class="wide"><table>
<caption>${pane.title}</caption>
<thead><tr><th scope="col">${chart.categories ? '' : 'UTC'}</th>${pane.lines.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
<tbody>${pane.x.map(
    (x, index) =>
      html`<tr><th scope="row">${name(x)}</th>${pane.lines.map(({ values }) => html`<td class="number">${shown(values[index], pane.unit)}</td>`)}</tr>\n`,
  )}</tbody>
</table></div>`;
}

function shown(value: number | null | undefined, unit: string): string {
  return value === null || value === undefined ? '–' : `${Number(value.toPrecision(4))}${unit}`;
}
