import type { Chart, Line } from '../chart/index.ts';

/** Colours by order, the first being what the chart is about. */
const ROLES: readonly Line['role'][] = ['canary', 'stable', 'other', 'limit'];

/** A Mermaid `xychart-beta` of lines and bars as a chart of this report; undefined for anything it does not know for sure. */
export function readXychart(source: string): Chart | undefined {
  const lines = source
    .split('\n')
    .map((line) => line.replace(/%%.*$/, '').trim())
    .filter(Boolean);
  if (!/^xychart(-beta)?$/.test(lines.shift() ?? '')) return undefined;
  const palette = /"plotColorPalette"\s*:\s*"([^"]*)"/.exec(source)?.[1]?.split(',') ?? [];
  const colourOf = (index: number) => /^\s*(#[\da-f]{6})\s*$/i.exec(palette[index] ?? '')?.[1];
  let title = '';
  let unit = '';
  let categories: readonly string[] = [];
  let range: readonly [number, number] | undefined;
  const series: Line[] = [];
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^([a-z-]+)\s*(.*)$/.exec(line) ?? [];
    const label = /^"([^"]*)"|^(?![-+.\d])([^\s"[]+)/.exec(rest);
    const list = /\[(.*)\]\s*$/.exec(rest)?.[1];
    if (keyword === 'title') title = rest.replace(/^"|"$/g, '');
    else if (keyword === 'x-axis' && list !== undefined) categories = cells(list);
    else if (keyword === 'x-axis' && rangeOf(rest)) range = rangeOf(rest);
    else if (keyword === 'y-axis') unit = label?.[1] ?? label?.[2] ?? '';
    else if ((keyword === 'line' || keyword === 'bar') && list !== undefined) {
      const values = cells(list).map(Number);
      if (!values.every(Number.isFinite)) return undefined;
      const named = label?.[1] ?? `${keyword} ${series.length + 1}`;
      const colour = colourOf(series.length);
      series.push({
        label: named,
        role: ROLES[series.length] ?? 'other',
        values,
        shape: keyword,
        ...(colour ? { colour } : {}),
      });
    } else return undefined;
  }
  const count = Math.max(0, ...series.map(({ values }) => values.length));
  if (count === 0 || (categories.length > 0 && categories.length !== count)) return undefined;
  const x = Array.from({ length: count }, (_, index) => index);
  const [first, last] = range ?? [1, count];
  const at = (index: number) => first + ((last - first) * index) / Math.max(1, count - 1);
  return {
    title: title || unit || 'Chart',
    categories: categories.length > 0 ? categories : x.map((index) => String(Number(at(index).toFixed(2)))),
    panes: [{ title: unit, unit: '', x, lines: series }],
  };
}

/** The numbers that an axis runs between: `"Minutes" 0 --> 60`. */
function rangeOf(axis: string): readonly [number, number] | undefined {
  const [, from, to] = /(?:^|\s)(-?[\d.]+)\s*-->\s*(-?[\d.]+)$/.exec(axis) ?? [];
  return from === undefined || to === undefined ? undefined : [Number(from), Number(to)];
}

function cells(list: string): string[] {
  return [...list.matchAll(/"([^"]*)"|([^,\s"][^,"]*)/g)].map(
    ([, quoted, bare]) => quoted ?? bare?.trim() ?? '',
  );
}
