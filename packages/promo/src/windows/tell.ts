import { formatDuration } from '@promo-actions/core/clock';
import { localTime } from '@promo-actions/core/window';
import { columns } from '../table/index.ts';
import type { Outlook } from './outlook.ts';

/** An outlook for people: why it is open or closed, then what opens and what is frozen, in local time and UTC. */
export function outlookLines(outlook: Outlook, length: string): readonly string[] {
  const { environment, service, at, open, reason, timeZone } = outlook;
  const name = [environment, service].filter(Boolean).join(' · ');
  const lines = [`${name}: ${open ? 'open' : 'closed'} at ${localTime(Date.parse(at), timeZone)}`, reason];
  if (outlook.feedMissing) lines.push('', 'Without it, by the windows and freezes of the policy alone:');
  lines.push('', ...openingLines(outlook, length));
  if (outlook.freezes.length > 0) lines.push('', ...freezeLines(outlook));
  return lines;
}

function openingLines({ openings, at, required, timeZone }: Outlook, length: string): readonly string[] {
  if (openings.length === 0) return [`Nothing opens within ${length}.`];
  const rows = openings.map(({ opens, closes, fits }) => {
    const from = opens === undefined ? Date.parse(at) : Date.parse(opens);
    const lasts = closes === undefined ? 'no end in sight' : formatDuration(Date.parse(closes) - from);
    const now = Date.parse(at) >= from ? 'open' : '';
    const short = fits ? '' : `too short for the ${formatDuration(required)} a promotion needs`;
    return [
      opens === undefined ? 'before' : clock(opens, timeZone),
      closes === undefined ? 'no end in sight' : clock(closes, timeZone),
      lasts,
      opens ?? '',
      closes ?? '',
      [now, short].filter(Boolean).join(', '),
    ];
  });
  return columns([['Opens', 'Closes', 'Lasts', 'Opens, UTC', 'Closes, UTC'], ...rows]);
}

function freezeLines({ freezes, timeZone }: Outlook): readonly string[] {
  const rows = freezes.map(({ name, from, to }) => [
    clock(from, timeZone),
    clock(to, timeZone),
    formatDuration(Date.parse(to) - Date.parse(from)),
    name,
  ]);
  return columns([['Frozen from', 'To', 'Lasts', 'By'], ...rows]);
}

/** The zone stands in the first line; a row has the clock and its offset. */
function clock(instant: string, zone: string): string {
  return localTime(Date.parse(instant), zone).replace(` ${zone}`, '');
}
