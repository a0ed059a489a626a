import { falseRollbacks, isService, measuredOf, type Results } from './results.ts';

const rowHeight = 26;
const top = 138;
const left = { names: 16, falses: 290, minutes: 730 };
const width = { falses: 400, minutes: 300, all: 1060 };
const colors = ['#0969da', '#bf3989', '#9a6700', '#1a7f37', '#6e7781', '#d1242f'];
const legendColumns = [0, 90, 260];
/** A rule that rolls back more good releases of the same service finds bad ones by rolling back everything. */
const worthless = 0.05;
/** Percent; less is drawn at the left end. */
const falseTicks = [0.1, 1, 10, 100];
const minuteTicks = [0, 10, 20, 30, 40, 50, 60];
const ink = '#1f2328';
const quiet = '#59636e';
const faint = '#b7bfc8';
const line = '#d1d9e0';

/**
 * Every rule as one row: on the left how often it rolls back good releases, one mark a null for the service that fares
 * worst, on the right the minutes it needs to find three times the errors.
 */
export function drawFigure(results: Results): string {
  const { rules, nulls } = results;
  const height = top + rules.length * rowHeight + 52;
  const bottom = top + rules.length * rowHeight;
  const falseAt = (share: number) =>
    left.falses + (Math.log10(Math.max(share * 100, falseTicks[0] ?? 0.1) / 0.1) / 3) * width.falses;
  const minuteAt = (minute: number) => left.minutes + (minute / 60) * width.minutes;
  const busy = isService(1_000, 0.1, 0.01);

  const grid = [
    ...falseTicks.map((tick) =>
      axisTick(falseAt(tick / 100), bottom, tick === 0.1 ? '≤ 0.1 %' : `${tick} %`),
    ),
    ...minuteTicks.map((tick) => axisTick(minuteAt(tick), bottom, `${tick} min`)),
    `<line x1="${falseAt(0.01)}" x2="${falseAt(0.01)}" y1="${top - 8}" y2="${bottom}" stroke="${colors[5]}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
  ];
  const legend = nulls.map(({ name, independent }, index) => {
    const x = left.falses + (legendColumns[index % 3] ?? 0);
    const y = top - 56 + Math.floor(index / 3) * 18;
    return `${mark(x + 5, y - 4, index, independent)}${text(x + 16, y, independent ? name : `${name} *`, 12, quiet)}`;
  });
  const rows = rules.map((rule, index) => {
    const y = top + index * rowHeight + rowHeight / 2;
    const ours = index === 0;
    const name = ours ? 'sequential, its one default' : `${rule.name}, ${rule.setting}`;
    const marks = nulls.map(({ name: scenario, independent }, color) =>
      mark(falseAt(falseRollbacks(results, index, scenario).worst), y, color, independent),
    );
    const found = measuredOf(results, index, 'errors ×3', busy)[0]?.measured;
    const falsely = measuredOf(results, index, 'plain', busy)[0]?.measured.rolledBack ?? 0;
    const paint = falsely > worthless ? faint : ink;
    return [
      text(left.names, y + 4, name, 13, ink, ours),
      `<line x1="${left.falses}" x2="${left.falses + width.falses}" y1="${y}" y2="${y}" stroke="${line}" stroke-width="0.5"/>`,
      ...marks,
      found ? minutesMark(found.median, found.p90, y, minuteAt, paint) : '',
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.all} ${height}" font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-label="How often each rule rolls back good releases, and how fast it finds bad ones">
<rect width="${width.all}" height="${height}" fill="#ffffff"/>
${text(left.names, 30, 'Which rule can be left alone with a canary?', 18, ink, true)}
${text(left.falses, 62, 'Good releases rolled back within an hour', 13, ink, true)}
${text(left.minutes, 62, 'Minutes to find 3 times the errors', 13, ink, true)}
${text(left.minutes, 82, 'Median (dot) to 90th percentile; 1,000 requests a minute,', 12, quiet)}
${text(left.minutes, 98, '10 % to the canary, 1 % errors usual. Grey: also rolls back', 12, quiet)}
${text(left.minutes, 114, 'more than 5 % of the good releases of this service.', 12, quiet)}
${legend.join('\n')}
<rect x="8" y="${top}" width="${width.all - 16}" height="${rowHeight}" rx="4" fill="#ddf4ff"/>
${grid.join('\n')}
${rows.join('\n')}
${text(left.names, height - 12, `The service that fares worst, of ${results.services.length}: 1 to 1,000 requests a minute, 5 % to 50 % or a ramp to the canary, 0.1 % to 2 % errors. Tuned: by hand for each service, to at most 1 % on plain releases.   * not independent`, 11, quiet)}
</svg>
`;
}

function axisTick(x: number, bottom: number, label: string): string {
  return `<line x1="${x}" x2="${x}" y1="${top - 8}" y2="${bottom}" stroke="${line}"/>${text(x, bottom + 16, label, 11, quiet, false, 'middle')}`;
}

function mark(x: number, y: number, color: number, filled: boolean): string {
  const paint = colors[color % colors.length];
  return `<circle cx="${x.toFixed(1)}" cy="${y}" r="4.5" fill="${filled ? paint : 'none'}" fill-opacity="0.8" stroke="${paint}" stroke-width="${filled ? 0 : 2}"/>`;
}

function minutesMark(
  median: number | null,
  p90: number | null,
  y: number,
  minuteAt: (minute: number) => number,
  paint: string,
): string {
  if (median === null) return text(minuteAt(1), y + 4, 'finds fewer than half', 12, quiet);
  const end = p90 === null ? 60 : p90;
  const open = p90 === null ? text(minuteAt(60) - 2, y - 3, 'not reached', 10, quiet, false, 'end') : '';
  return `<line x1="${minuteAt(median)}" x2="${minuteAt(end)}" y1="${y}" y2="${y}" stroke="${paint}" stroke-width="2"/><circle cx="${minuteAt(median)}" cy="${y}" r="4.5" fill="${paint}"/>${open}`;
}

function text(
  x: number,
  y: number,
  content: string,
  size: number,
  fill: string,
  bold = false,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${bold ? ' font-weight="600"' : ''}>${escaped}</text>`;
}
