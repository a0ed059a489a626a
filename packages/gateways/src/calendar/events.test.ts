import { expect, test } from '@jest/globals';
import { eventsOf } from './events.ts';
import { NoCalendar } from './sound.ts';

const from = Date.parse('2026-01-01T00:00:00Z');
const to = Date.parse('2027-02-01T00:00:00Z');

function calendar(...components: readonly string[]): string {
  const lines = components.flatMap((component) =>
    component
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  );
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}
const event = (uid: string, lines: string) =>
  `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\n${lines.trim()}\nEND:VEVENT`;

/** Events as text: instants in UTC, wall clocks without a zone. */
function read(...components: readonly string[]): readonly string[] {
  return eventsOf(calendar(...components), from, to).map(({ label, from: start, to: end, timeZone }) => {
    const [first, last] = [start, end].map((moment) =>
      'instant' in moment
        ? new Date(moment.instant).toISOString().replace(':00.000Z', 'Z')
        : moment.local.slice(0, 16),
    );
    return `${label}: ${first}..${last}${timeZone ? ` ${timeZone}` : ''}`;
  });
}

test('instants in UTC and in a zone, by its IANA or its Windows name', () => {
  expect(
    read(
      event('a', 'SUMMARY:A\nDTSTART:20260303T200000Z\nDTEND:20260303T220000Z'),
      event('b', 'SUMMARY:B\nDTSTART;TZID=America/New_York:20260308T220000\nDURATION:PT2H'),
      event(
        'c',
        'SUMMARY:C\nDTSTART;TZID=South Africa Standard Time:20260304T100000\nDTEND;TZID=South Africa Standard Time:20260304T110000',
      ),
    ),
  ).toEqual([
    'A: 2026-03-03T20:00Z..2026-03-03T22:00Z',
    'B: 2026-03-09T02:00Z..2026-03-09T04:00Z',
    'C: 2026-03-04T08:00Z..2026-03-04T09:00Z',
  ]);
});

test('repetitions keep their wall clock over daylight saving, without excluded ones and with moved ones', () => {
  const series = event(
    'b',
    'SUMMARY:Night\nDTSTART;TZID=America/New_York:20260305T220000\nDTEND;TZID=America/New_York:20260306T020000\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/New_York:20260312T220000',
  );
  const moved = event(
    'b',
    'RECURRENCE-ID;TZID=America/New_York:20260319T220000\nSUMMARY:Moved\nDTSTART;TZID=America/New_York:20260320T220000\nDTEND;TZID=America/New_York:20260320T230000',
  );
  const called = event(
    'b',
    'RECURRENCE-ID;TZID=America/New_York:20260326T220000\nSUMMARY:Off\nSTATUS:CANCELLED\nDTSTART;TZID=America/New_York:20260326T220000\nDTEND;TZID=America/New_York:20260326T230000',
  );
  expect(read(series, moved, called)).toEqual([
    'Night: 2026-03-06T03:00Z..2026-03-06T07:00Z',
    'Moved: 2026-03-21T02:00Z..2026-03-21T03:00Z',
  ]);
});

test('days and floating times keep their wall clock and take the zone of the calendar', () => {
  expect(
    read(
      'X-WR-TIMEZONE:Africa/Johannesburg',
      event('c', 'SUMMARY;LANGUAGE=en:Holidays\nDTSTART;VALUE=DATE:20260309\nDTEND;VALUE=DATE:20260311'),
      event('d', 'SUMMARY:Yearly\nDTSTART;VALUE=DATE:20251225\nRRULE:FREQ=YEARLY'),
      event('e', 'SUMMARY:Floating\nDTSTART:20260304T100000\nDURATION:PT2H'),
    ),
  ).toEqual([
    'Holidays: 2026-03-09T00:00..2026-03-11T00:00 Africa/Johannesburg',
    'Yearly: 2026-12-25T00:00..2026-12-26T00:00 Africa/Johannesburg',
    'Floating: 2026-03-04T10:00..2026-03-04T12:00 Africa/Johannesburg',
  ]);
});

test('an event that began before and still goes on is there; a cancelled one is not', () => {
  expect(
    read(
      event('a', 'SUMMARY:Long\nDTSTART:20251201T000000Z\nDTEND:20260201T000000Z'),
      event('b', 'SUMMARY:Off\nSTATUS:CANCELLED\nDTSTART:20260303T200000Z\nDTEND:20260303T220000Z'),
    ),
  ).toEqual(['Long: 2025-12-01T00:00Z..2026-02-01T00:00Z']);
});

test('busy periods are all read, folded lines and lengths too; free ones are not busy', () => {
  const busy =
    'BEGIN:VFREEBUSY\nUID:g\nFREEBUSY;FBTYPE=BUSY:20260303T200000Z/20260303T210000Z,20260304T200000Z/PT1H30M\nFREEBUSY;FBTYPE=FREE:20260305T200000Z/PT1H\nEND:VFREEBUSY';
  expect(read(busy)).toEqual([
    'busy: 2026-03-03T20:00Z..2026-03-03T21:00Z',
    'busy: 2026-03-04T20:00Z..2026-03-04T21:30Z',
  ]);
  const folded = calendar(busy).replace('20260304T200000Z', '2026\r\n 0304T200000Z');
  expect(eventsOf(folded, from, to)).toHaveLength(2);
});

test('a calendar without events is one', () => {
  expect(read()).toEqual([]);
});

test.each([
  ['a web page', '<html>sign in</html>', /not in iCalendar form/],
  ['half a calendar', calendar(event('a', 'DTSTART:20260303T200000Z')).slice(0, -20), /breaks off/],
  ['RDATE', calendar(event('a', 'DTSTART:20260303T200000Z\nRDATE:20260305T100000Z')), /RDATE/],
  ['every minute', calendar(event('a', 'DTSTART:20260303T200000Z\nRRULE:FREQ=MINUTELY')), /too often/],
  ['a wrong rule', calendar(event('a', 'DTSTART:20260303T200000Z\nRRULE:FREQ=SOMETIMES')), /SOMETIMES/],
  ['no start', calendar(event('a', 'SUMMARY:Nothing')), /`Nothing` has no start/],
  [
    'a zone of Mars',
    calendar(event('a', 'SUMMARY:X\nDTSTART;TZID=Mars/Olympus:20260304T100000')),
    /`Mars\/Olympus`/,
  ],
  [
    'two events of one UID, of which one would be overlooked',
    calendar(
      event('a', 'DTSTART:20260303T200000Z\nDTEND:20260303T220000Z'),
      event('a', 'DTSTART:20260404T200000Z\nDTEND:20260404T220000Z'),
    ),
    /of its 2 events only 1 could be told apart/,
  ],
  [
    'moved dates of a series that is not there',
    calendar(
      event('a', 'RECURRENCE-ID:20260310T100000Z\nDTSTART:20260312T120000Z\nDTEND:20260312T130000Z'),
      event('b', 'DTSTART:20260404T200000Z\nDTEND:20260404T220000Z'),
      event('b', 'DTSTART:20260405T200000Z\nDTEND:20260405T220000Z\nRECURRENCE-ID:20260404T200000Z'),
      event('a', 'RECURRENCE-ID:20260317T100000Z\nDTSTART:20260319T120000Z\nDTEND:20260319T130000Z'),
    ),
    /of its 4 events only 3 could/,
  ],
  [
    'two calendars one after the other',
    calendar(event('a', 'DTSTART:20260303T200000Z')) + calendar(event('b', 'DTSTART:20260404T200000Z')),
    /of its 2 events only 1/,
  ],
  [
    'a moved date with all that follow',
    calendar(
      event('a', 'DTSTART:20260303T100000Z\nDTEND:20260303T110000Z\nRRULE:FREQ=WEEKLY;COUNT=5'),
      event('a', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260310T100000Z\nDTSTART:20260310T120000Z'),
    ),
    /RANGE=THISANDFUTURE/,
  ],
  [
    'two rules',
    calendar(event('a', 'DTSTART:20260303T200000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY')),
    /two rules/,
  ],
  [
    'EXRULE',
    calendar(event('a', 'DTSTART:20260303T200000Z\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY')),
    /EXRULE/,
  ],
  [
    'a thirteenth month',
    calendar(event('a', 'DTSTART:20261303T200000Z')),
    /`20261303T200000Z`, which is no time/,
  ],
  ['a 30th of February', calendar(event('a', 'DTSTART;VALUE=DATE:20260230')), /`20260230`, which is no time/],
  ['no length', calendar(event('a', 'DTSTART:20260303T200000Z\nDURATION:2 days')), /lasts `2 days`/],
  [
    'an end before the start',
    calendar(event('a', 'SUMMARY:Back\nDTSTART:20260303T200000Z\nDTEND:20260302T200000Z')),
    /`Back` ends before it starts/,
  ],
  [
    'a UID that all objects have',
    calendar(event('__proto__', 'DTSTART:20260303T200000Z')),
    /UID `__proto__`/,
  ],
  [
    'a wrong period',
    calendar('BEGIN:VFREEBUSY\nUID:g\nFREEBUSY:20260303T200000Z/soon\nEND:VFREEBUSY'),
    /busy time/,
  ],
])('%s is refused', (_, text, message) => {
  expect(() => eventsOf(text, from, to)).toThrow(NoCalendar);
  expect(() => eventsOf(text, from, to)).toThrow(message);
});
