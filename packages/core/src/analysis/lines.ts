import { formatInstant } from '../clock/index.ts';

/** Values of one thing at an even pace; undefined where there is none. */
export interface Line {
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly values: readonly (number | undefined)[];
}

/** When the first value is of, and how long after it the next: milliseconds. */
export interface Pace {
  readonly from: number;
  readonly pace: number;
}

/** More points than this are not told apart in a chart as wide as a page. */
const mostPoints = 120;
/** More times than this run into one another. */
const mostTimes = 12;
const hour = 3_600_000;
const minute = 60_000;

/** How many minutes a chart draws as one point, so that it stays readable whatever its length. */
export function minutesAPoint(minutes: number): number {
  return Math.max(1, Math.ceil(minutes / mostPoints));
}

/**
 * A Mermaid chart as Markdown, which GitHub draws. Its axis names the times, or where they are many counts from the first.
 * A line stays where it is while it has no value, and is left out where it has none at all. A chart needs two points.
 */
export function drawLines(title: string, { from, pace }: Pace, given: readonly Line[], top?: number): string {
  const lines = given
    .map((line) => ({ ...line, values: filled(line.values) }))
    .filter(({ values }) => values.length > 1);
  if (lines.length === 0) return '';
  const count = Math.max(...lines.map(({ values }) => values.length));
  const colors = lines.map((line) => line.color).join(', ');
  const highest = top ?? niceCeiling(Math.max(...lines.flatMap((line) => line.values)));
  const names =
    lines.length === 1
      ? ''
      : ` (${lines
          .map(({ name }) => name)
          .reverse()
          .join(', ')})`;
  return [
    '```mermaid',
    `%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "${colors}"}}}}%%`,
    'xychart-beta',
    `  title "${title}${names}"`,
    `  x-axis ${axisOf(from, pace, count)}`,
    `  y-axis 0 --> ${highest}`,
    ...lines.map((line) => `  line [${line.values.map((one) => Number(one.toFixed(2))).join(', ')}]`),
    '```',
  ].join('\n');
}

function axisOf(from: number, pace: number, count: number): string {
  const time = (at: number) => formatInstant(at).slice(11, 16);
  if (count <= mostTimes)
    return `[${Array.from({ length: count }, (_, index) => `"${time(from + index * pace)}"`).join(', ')}]`;
  const length = (count - 1) * pace;
  const [unit, name] = length > 6 * hour ? [hour, 'Hours'] : [minute, 'Minutes'];
  const since = `${formatInstant(from).slice(0, 10)} ${time(from)} UTC`;
  return `"${name} since ${since}" 0 --> ${Number((length / unit).toFixed(2))}`;
}

/** Without gaps: the value before, or the first one; nothing where there is none. */
function filled(values: readonly (number | undefined)[]): readonly number[] {
  let last = values.find((value) => value !== undefined);
  if (last === undefined) return [];
  return values.map((value) => {
    last = value ?? last;
    return last ?? 0;
  });
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below the value, so that lines of different charts can be compared. */
function niceCeiling(value: number): number {
  let step = 1;
  while (step < value) step *= String(step).startsWith('2') ? 2.5 : 2;
  return step;
}
