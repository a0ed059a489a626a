import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectedRule, isTimeZone, NoRule, parseRule } from './parse.ts';

describe('the text form', () => {
  test('days, times and a zone', () => {
    expect(parseRule('Tue,Thu 22:00-02:00 Africa/Johannesburg')).toEqual({
      kind: 'weekly',
      days: [2, 4],
      from: 22 * 60,
      end: { to: 120 },
      timeZone: 'Africa/Johannesburg',
      label: 'Tue,Thu 22:00-02:00 Africa/Johannesburg',
    });
  });

  test.each([
    ['Sat 06:00 for 4h UTC', { days: [6], from: 360, end: { duration: 4 * 3_600_000 }, timeZone: 'UTC' }],
    ['Fri', { days: [5], from: 0, end: { to: 1440 }, timeZone: undefined }],
    ['Fridays America/New_York', { days: [5], from: 0, end: { to: 1440 }, timeZone: 'America/New_York' }],
    ['Tue , Thu 22:00 – 24:00', { days: [2, 4], from: 1320, end: { to: 1440 } }],
    ['Mon-Fri 9:00-17:30', { days: [1, 2, 3, 4, 5], from: 540, end: { to: 1050 } }],
    ['Fri-Mon 00:00-24:00', { days: [1, 5, 6, 7], from: 0, end: { to: 1440 } }],
    [
      'daily 01:00-02:00 America/Port-au-Prince',
      { days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'America/Port-au-Prince' },
    ],
  ])('%s', (text, expected) => {
    expect(parseRule(text)).toMatchObject(expected);
  });

  test.each([
    ['2026-12-25', '2026-12-25T00:00:00', '2026-12-26T00:00:00'],
    ['2026-12-15..2027-01-05 UTC', '2026-12-15T00:00:00', '2027-01-06T00:00:00'],
    ['2026-12-15T18:00 .. 2026-12-16T06:00', '2026-12-15T18:00:00', '2026-12-16T06:00:00'],
    ['2026-12-15/2026-12-16', '2026-12-15T00:00:00', '2026-12-17T00:00:00'],
  ])('%s is whole days, its last one included', (text, from, to) => {
    expect(parseRule(text)).toMatchObject({ kind: 'dated', from: { local: from }, to: { local: to } });
  });

  test('instants keep their offset', () => {
    expect(parseRule('2026-12-15T18:00:00+02:00..2026-12-15T18:00:00Z')).toMatchObject({
      from: { instant: Date.parse('2026-12-15T16:00:00Z') },
      to: { instant: Date.parse('2026-12-15T18:00:00Z') },
    });
  });
});

test('the structured form says the same', () => {
  const { label: _, ...text } = parseRule('Tue,Thu 22:00-02:00 Africa/Johannesburg');
  expect(
    parseRule({ days: ['Tue', 'Thu'], from: '22:00', to: '02:00', 'time-zone': 'Africa/Johannesburg' }),
  ).toMatchObject(text);
  expect(parseRule({ days: 'Sat', from: '06:00', duration: '4h', name: 'Weekend' })).toMatchObject({
    end: { duration: 4 * 3_600_000 },
    label: 'Weekend (Sat 06:00 for 4h)',
  });
  expect(parseRule({ from: '2026-12-15', to: '2027-01-05', name: 'Year end' })).toMatchObject({
    kind: 'dated',
    label: 'Year end (2026-12-15..2027-01-05)',
  });
});

test.each<[unknown, RegExp]>([
  ['Tue 22:00-02:00 Africa/Joburg', /`Africa\/Joburg` is no IANA time zone/],
  ['Tue 22:00-02:00 +02:00', /`\+02:00` is no IANA time zone/],
  ['Tue 25:00-02:00', /`25:00` is no time of day/],
  ['Tue 22:60-23:00', /`22:60` is no time of day/],
  ['Tue 24:00-02:00', /`00:00` of the next day/],
  ['Tue 22:00', /a start needs an end/],
  ['Tue 22:00 for 8d', /at most `7d`/],
  ['Tue 22:00 for 30', /no length of a window/],
  ['Tue 22:00-02:00 UTC please', /`please` is more than a rule says/],
  ['Tu 22:00-02:00', /`Tu` is no day/],
  ['Payday 22:00-02:00', /`Payday` is no day/],
  ['2026-02-30', /no date or time/],
  ['2026-13-01..2026-13-05', /no date or time/],
  ['2026-12-15..2026-12-01', /end is not after its start/],
  ['2026-12-15T18:00..2026-12-16T18:00:00Z', /write both alike/],
  ['2026-01-01..2026-01-02..2026-01-03', /one start and one end/],
  ['', /empty/],
  [7, /neither a text nor a map/],
  [{ days: 'Sat', from: '06:00' }, /neither `to` nor `duration`/],
  [{ days: 'Sat', from: '06:00', to: '07:00', duration: '1h' }, /both `to` and `duration`/],
  [{ days: 'Sat', form: '06:00' }, /no `form`; it has `days`/],
  [{ to: '2026-01-01' }, /neither `days`/],
  [{ days: 'Sat', from: 360, to: '07:00' }, /`from` must be text/],
])('%j is refused with what is wrong', (entry, message) => {
  expect(() => parseRule(entry)).toThrow(NoRule);
  expect(() => parseRule(entry)).toThrow(message);
});

test('no text makes the parser fail with anything but advice', () => {
  const words = fc.constantFrom(
    'Tue',
    'Fri-',
    ',',
    '22:00',
    '-',
    '02:00',
    'for',
    '4h',
    'UTC',
    '2026-01-01',
    '..',
    '+',
    'é',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 6 }).map((list) => list.join(' ')),
  );
  fc.assert(
    fc.property(fc.oneof(texts, fc.jsonValue()), (entry) => {
      try {
        expect(['weekly', 'dated']).toContain(parseRule(entry).kind);
      } catch (error) {
        expect(error).toBeInstanceOf(NoRule);
      }
    }),
    { numRuns: 300 },
  );
});

test('zones are names of the IANA database', () => {
  expect(['Africa/Johannesburg', 'UTC', 'Etc/GMT+2'].map(isTimeZone)).toEqual([true, true, true]);
  expect(['+02:00', 'GMT+99', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([false, false, false, false]);
  expect(expectedRule).toContain('Africa/Johannesburg');
});
