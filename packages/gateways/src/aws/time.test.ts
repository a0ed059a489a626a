import { afterEach, expect, test } from '@jest/globals';
import { awsClock, heedDate } from './time.ts';

const clock = awsClock({ now: () => Date.now(), sleep: async () => {} });
const answer = (milliseconds: number) => ({ headers: { date: new Date(milliseconds).toUTCString() } });
const off = () => Math.round((clock.now() - Date.now()) / 60_000);

afterEach(() => heedDate(answer(Date.now())));

test.each([5, -5])('a machine that is off by %i minutes goes by the time of AWS', (minutes) => {
  heedDate(answer(Date.now() + minutes * 60_000));
  expect(off()).toBe(minutes);
});

test('the way of an answer is no difference', () => {
  heedDate(answer(Date.now() - 3_000));
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(100);
});

test.each([undefined, {}, { headers: {} }, { headers: { date: 'soon' } }])(
  'an answer without a date (%j) changes nothing',
  (response) => {
    heedDate(answer(Date.now() + 300_000));
    heedDate(response);
    expect(off()).toBe(5);
  },
);
