/** One content line of an iCalendar text, unfolded, with the component it stands in. */
export interface ContentLine {
  readonly component: string;
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
}

/** Every content line of RFC 5545: folded lines joined, `BEGIN` and `END` followed; a `BEGIN` is a line of what it begins. */
export function* contentLines(text: string): Generator<ContentLine> {
  const components: string[] = [];
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const [, name = '', parameters = '', value = ''] =
      /^([A-Za-z0-9-]+)((?:;[^:"]*(?:"[^"]*")?)*):(.*)$/.exec(line) ?? [];
    if (name.toUpperCase() === 'END') {
      components.pop();
      continue;
    }
    if (name.toUpperCase() === 'BEGIN') components.push(value.trim().toUpperCase());
    if (name) yield { component: components.at(-1) ?? '', name: name.toUpperCase(), parameters, value };
  }
}

const amounts = { W: 7 * 86_400_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 } as const;

/** Milliseconds of an RFC 5545 duration such as `PT1H30M` or `P1D`; undefined when it is none. */
export function lengthOf(text: string): number | undefined {
  if (!/^\+?P(\d+W|(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([WDHMS])/g))
    total += Number(amount) * amounts[unit as keyof typeof amounts];
  return total;
}

/** Whether it is a day, or a time of a day, that the calendar has: `20260303` or `20260303T220000`, with a `Z` or without. */
export function isTime(text: string): boolean {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(text) ?? [];
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(written);
  return !Number.isNaN(at) && new Date(at).toISOString() === written;
}

function utc(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return year ? Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) : undefined;
}

/** The periods of one FREEBUSY line, which RFC 5545 gives in UTC; undefined when one is unreadable. */
export function periodsOf(value: string): readonly { start: number; end: number }[] | undefined {
  const periods: { start: number; end: number }[] = [];
  for (const period of value.split(',')) {
    const [from = '', to = ''] = period.trim().split('/');
    const start = utc(from);
    const length = lengthOf(to);
    const end = utc(to) ?? (start !== undefined && length !== undefined ? start + length : undefined);
    if (start === undefined || end === undefined) return undefined;
    periods.push({ start, end });
  }
  return periods;
}
