import * as v from 'valibot';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const PERCENT = /^(\d+(?:\.\d+)?)%$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A duration of a world file, `40ms`, `90s`, `5m`, `2h` or `7d`; read as milliseconds. */
export const durationSchema = v.pipe(
  v.string('expected a duration such as 90s, 5m or 2h'),
  v.regex(DURATION, 'expected a duration such as 40ms, 90s, 5m, 2h or 7d'),
  v.transform((text) => {
    const [, amount, unit] = DURATION.exec(text) ?? [];
    return Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  }),
);

/** A percent of a world file, written with its sign (`0.1%`) so that nobody takes it for a fraction; read as 0 to 1. */
export const percentSchema = v.pipe(
  v.string('expected a percent with its sign, such as 0.1%'),
  v.regex(PERCENT, 'expected a percent with its sign, such as 0.1%'),
  v.transform((text) => Number(PERCENT.exec(text)?.[1]) / 100),
  v.maxValue(1, 'expected a percent from 0% to 100%'),
);

/** A moment of a world file, ISO 8601 with its zone; read as epoch milliseconds. */
export const instantSchema = v.pipe(
  v.string('expected a time such as 2026-03-03T20:05:00Z'),
  v.regex(INSTANT, 'expected a time with its zone, such as 2026-03-03T20:05:00Z'),
  v.transform((text) => Date.parse(text)),
  v.finite('expected a time that exists, such as 2026-03-03T20:05:00Z'),
);
