import { record, string, unknown } from 'valibot';
import { json } from '../action/index.ts';

/** An input that takes fields of a ticket by their ID. */
export function ticketFields(description: string) {
  return json(record(string(), unknown()), 'a map of field IDs to values', description);
}
