import { type DatedRule, isTimeZone, type Moment } from '@promo-actions/core/window';
import ical from 'node-ical';
import { contentLines, periodsOf } from './lines.ts';
import { NoCalendar, soundEvents } from './sound.ts';

type DateWithZone = Date & { readonly tz?: string };

/**
 * Every event of an iCalendar text that is not cancelled and touches the time between two instants, repeated ones
 * expanded, and the busy periods of a free-busy calendar. Nothing is guessed: what cannot be read whole is refused,
 * because a freeze that is overlooked opens the window.
 * @throws NoCalendar
 */
export function eventsOf(text: string, from: number, to: number): readonly DatedRule[] {
  if (!/^BEGIN:VCALENDAR\s*$/m.test(text)) throw new NoCalendar('it is not in iCalendar form');
  if (!/^END:VCALENDAR\s*$/m.test(text)) throw new NoCalendar('it breaks off in the middle');
  return [...busyPeriods(text), ...events(text, new Date(from), new Date(to))];
}

function events(text: string, from: Date, to: Date): readonly DatedRule[] {
  const calendar = parse(text);
  const zone =
    calendar.vcalendar && 'WR-TIMEZONE' in calendar.vcalendar ? calendar.vcalendar['WR-TIMEZONE'] : undefined;
  const timeZone = zone !== undefined && isTimeZone(zone) ? zone : undefined;
  const rules: DatedRule[] = [];
  for (const component of Object.values(calendar)) {
    if (component?.type !== 'VEVENT') continue;
    if (!(component.start instanceof Date))
      throw new NoCalendar(`its event \`${titleOf(component.summary)}\` has no start`);
    for (const instance of ical.expandRecurringEvent(component, { from, to, expandOngoing: true })) {
      if (instance.event.status === 'CANCELLED') continue;
      const label = titleOf(instance.summary);
      const moment = (date: DateWithZone) => momentOf(date, instance.isFullDay, label);
      if (instance.end < instance.start) throw new NoCalendar(`its event \`${label}\` ends before it starts`);
      rules.push({ kind: 'dated', from: moment(instance.start), to: moment(instance.end), timeZone, label });
    }
  }
  return rules;
}

function parse(text: string): ical.CalendarResponse {
  const expected = soundEvents(text);
  let calendar: ical.CalendarResponse;
  try {
    calendar = ical.sync.parseICS(text);
  } catch (error) {
    throw new NoCalendar(error instanceof Error ? error.message : String(error));
  }
  const read = countEvents(calendar);
  if (read !== expected)
    throw new NoCalendar(
      `of its ${expected} events only ${read} could be told apart: has each a UID of its own, and each moved date the series that it belongs to?`,
    );
  return calendar;
}

/** `node-ical` keeps one event a UID, with the dates that were moved, each under several keys; of moved dates without a series it shows one. */
function countEvents(calendar: ical.CalendarResponse): number {
  let count = 0;
  for (const component of Object.values(calendar)) {
    if (component?.type !== 'VEVENT') continue;
    const moved = new Set(Object.values(component.recurrences ?? {})).size;
    count += component.recurrenceid === undefined ? 1 + moved : 1;
  }
  return count;
}

/** Days and floating times come as the host's wall clock; they belong to the calendar's zone, so only the wall clock is kept. */
function momentOf(date: DateWithZone, wholeDay: boolean, label: string): Moment {
  if (Number.isNaN(date.getTime())) throw new NoCalendar(`its event \`${label}\` has an unreadable time`);
  if (!wholeDay && date.tz !== undefined) {
    if (!isTimeZone(date.tz) && !/^[+-]\d\d:?\d\d$/.test(date.tz))
      throw new NoCalendar(
        `its event \`${label}\` is in the time zone \`${date.tz}\`, which is no IANA name`,
      );
    return { instant: date.getTime() };
  }
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (wholeDay) return { local: `${day}T00:00:00` };
  return { local: `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` };
}

function titleOf(summary: ical.ParameterValue | undefined): string {
  const text = typeof summary === 'string' ? summary : (summary?.val ?? '');
  return text.replace(/\s+/g, ' ').trim().slice(0, 80) || 'an event without a title';
}

/** `node-ical` reads only the first period of a line, so these are read here. */
function busyPeriods(text: string): readonly DatedRule[] {
  const rules: DatedRule[] = [];
  for (const { component, name, parameters, value } of contentLines(text)) {
    if (component !== 'VFREEBUSY' || name !== 'FREEBUSY' || /FBTYPE=FREE(;|$)/i.test(parameters)) continue;
    const periods = periodsOf(value);
    if (!periods) throw new NoCalendar(`its busy time \`${value.slice(0, 80)}\` is unreadable`);
    for (const { start, end } of periods)
      rules.push({
        kind: 'dated',
        from: { instant: start },
        to: { instant: end },
        timeZone: undefined,
        label: 'busy',
      });
  }
  return rules;
}
