import * as v from 'valibot';

/** Further facts of a notice by name. */
export const noticeFields = v.pipe(
  v.unknown(),
  v.check((it) => !Array.isArray(it), 'expected a map, not a list'),
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()], 'expected a text, a number or a flag')),
  v.transform(
    (fields): Readonly<Record<string, string>> =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
  ),
);
