import * as v from 'valibot';
import { parseDuration } from '../kernel/index.ts';

const PERCENT = /^(\d+(?:\.\d+)?)%$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A duration of a scenario file, `40ms`, `90s`, `5m`, `2h` or `7d`; read as milliseconds. */
export const durationSchema = v.pipe(
  v.string('expected a duration such as 90s, 5m or 2h'),
  v.transform(parseDuration),
  v.number('expected a duration such as 40ms, 90s, 5m, 2h or 7d'),
);

/** A percent of a scenario file, written with its sign (`0.1%`) so that nobody takes it for a fraction; read as 0 to 1. */
export const percentSchema = v.pipe(
  v.string('expected a percent with its sign, such as 0.1%'),
  v.regex(PERCENT, 'expected a percent with its sign, such as 0.1%'),
  v.transform((text) => Number(PERCENT.exec(text)?.[1]) / 100),
  v.maxValue(1, 'expected a percent from 0% to 100%'),
);

/** A moment of a scenario file, ISO 8601 with its zone, so that it is the same on every machine; left as it is written. */
export const timeSchema = v.pipe(
  v.string('expected a time such as 2026-03-03T20:05:00Z'),
  v.regex(INSTANT, 'expected a time with its zone, such as 2026-03-03T20:05:00Z'),
  v.check(
    (text) => Number.isFinite(Date.parse(text)),
    'expected a time that exists, such as 2026-03-03T20:05:00Z',
  ),
);

/** The same, read as epoch milliseconds. */
export const instantSchema = v.pipe(
  timeSchema,
  v.transform((text) => Date.parse(text)),
);
