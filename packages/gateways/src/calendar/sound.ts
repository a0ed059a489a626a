import { type ContentLine, contentLines, isTime, lengthOf } from './lines.ts';

/** Why a text is no calendar that can be relied on. */
export class NoCalendar extends Error {}

/**
 * How many events an iCalendar text holds, once each is known to say its time in words that `node-ical` understands: what it does
 * not, it reads as something else, or not at all.
 * @throws NoCalendar
 */
export function soundEvents(text: string): number {
  let events = 0;
  let rules = 0;
  for (const line of contentLines(text)) {
    if (line.component !== 'VEVENT') continue;
    if (line.name === 'BEGIN') {
      events += 1;
      rules = 0;
    }
    if (line.name === 'RRULE') rules += 1;
    const problem = rules > 1 ? 'it repeats an event by two rules (RRULE)' : problemOf(line);
    if (problem) throw new NoCalendar(problem);
  }
  return events;
}

function problemOf({ name, parameters, value }: ContentLine): string | undefined {
  const written = `\`${value.trim().slice(0, 80)}\``;
  switch (name) {
    case 'RDATE':
    case 'EXRULE':
      return `it repeats an event by ${name}, which is not understood; use RRULE or single events`;
    case 'RRULE':
      return /FREQ=(SECONDLY|MINUTELY)/i.test(value)
        ? `it repeats an event too often (${written})`
        : undefined;
    case 'RECURRENCE-ID':
      return /RANGE=/i.test(parameters)
        ? 'it moves an event and all that follow (RANGE=THISANDFUTURE), which is not understood; end the series, and begin another'
        : undefined;
    case 'UID': {
      // Names that every object has: as keys they would be read as something else, or change what all objects have.
      const uid = value.trim();
      return uid in {} || uid === 'vcalendar' ? `it has an event with the UID ${written}` : undefined;
    }
    case 'DTSTART':
    case 'DTEND':
      return isTime(value.trim()) ? undefined : `it has an event at ${written}, which is no time`;
    case 'DURATION':
      return lengthOf(value.trim()) === undefined
        ? `it has an event that lasts ${written}, which is no length`
        : undefined;
    default:
      return undefined;
  }
}
