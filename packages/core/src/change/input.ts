import { check, pipe, record, string, unknown } from 'valibot';
import { json } from '../action/index.ts';

const expected = 'a map of field IDs to values';
const fields = pipe(
  unknown(),
  check((value) => !Array.isArray(value), `it is a list, not ${expected}`),
  record(string(), unknown(), `it is not ${expected}`),
);

/** An input that takes fields of a ticket by their ID. */
export function ticketFields(description: string) {
  return json(fields, expected, description);
}
