import * as v from 'valibot';

/** Further facts of a notice by name. */
export const noticeFields = v.pipe(
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()], 'expected a text, a number or a flag')),
  v.transform(
    (fields): Readonly<Record<string, string>> =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
  ),
);
