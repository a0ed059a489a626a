const DAY = 86_400_000;

/** `2026-03-03 20:05:00 UTC` */
export function moment(at: number): string {
  return `${date(at)} ${clock(at)} UTC`;
}

/** `2026-03-03 20:05:00 – 20:25:33 UTC`, with the second day where it is another. */
export function period(start: number, end: number): string {
  return `${date(start)} ${clock(start)} – ${date(end) === date(start) ? '' : `${date(end)} `}${clock(end)} UTC`;
}

/** `2026-03-03`, in UTC. */
export function date(at: number): string {
  return iso(at).slice(0, 10);
}

/** `20:05:00`, in UTC. */
export function clock(at: number): string {
  return iso(at).slice(11, 19);
}

/** `20:05` on an axis so long, with the seconds where ticks stand closer than a minute, with the day where it is longer than one. */
export function tick(at: number, span: number, step: number): string {
  const time = clock(at).slice(0, step < 60_000 ? 8 : 5);
  return span > DAY ? `${date(at).slice(5)} ${time}` : time;
}

/** ISO 8601 for machines, whatever number came: a time that no calendar holds is the epoch's. */
export function iso(at: number): string {
  return new Date(Math.abs(at) <= 8.64e15 ? at : 0).toISOString();
}

/** `340 ms`, `1.4 s`, `12 s`, `4 min 30 s`, `2 h 5 min`, `3 d 4 h`: the two units that matter. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9950) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1000);
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
