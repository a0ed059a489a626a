import { expect, test } from '@jest/globals';
import { rules, zoneProblems } from './input.ts';
import { parseRule } from './parse.ts';

const input = rules('Windows.');
const labels = (text: string) => input.parse(text)?.map((rule) => rule.label);

test('one rule a line, a YAML list, a JSON list and one map are all lists of rules', () => {
  expect(labels('Tue,Thu 22:00-02:00 UTC\n\n  Sat 06:00-10:00 UTC')).toEqual([
    'Tue,Thu 22:00-02:00 UTC',
    'Sat 06:00-10:00 UTC',
  ]);
  expect(labels('- Fri UTC\n- {days: Sat, from: "06:00", duration: 4h}')).toEqual([
    'Fri UTC',
    'Sat 06:00 for 4h',
  ]);
  expect(labels('["Fri UTC", {"from": "2026-12-25", "name": "Christmas"}]')).toEqual([
    'Fri UTC',
    'Christmas (2026-12-25)',
  ]);
  expect(labels('{"days": "Fri"}')).toEqual(['Fri']);
});

test('a wrong entry is told with its place and what is wrong', () => {
  expect(() => input.parse('Fri UTC\nTue 25:00-02:00')).toThrow(
    'entry 2: `Tue 25:00-02:00`: `25:00` is no time of day',
  );
  expect(() => input.parse('- [')).toThrow('not readable');
});

test('rules without a zone need the default zone, and that must be one', () => {
  const windows = [parseRule('Fri'), parseRule('Sat UTC')];
  expect(zoneProblems({ windows })).toMatchObject([
    { input: 'windows', message: expect.stringContaining('`Fri` names no time zone') },
  ]);
  expect(zoneProblems({ windows, timeZone: 'UTC' })).toEqual([]);
  expect(zoneProblems({ windows, timeZone: '+02:00' })).toMatchObject([{ input: 'time-zone' }]);
  expect(zoneProblems({ freezes: [parseRule('2026-12-25T00:00:00Z..2026-12-26T00:00:00Z')] })).toEqual([]);
});
