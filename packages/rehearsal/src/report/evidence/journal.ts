import type { JournalEntry } from '@promo-actions/sandbox';
import * as v from 'valibot';

const entrySchema = v.object({
  n: v.number(),
  at: v.number(),
  service: v.string(),
  operation: v.string(),
  account: v.fallback(v.string(), ''),
  region: v.fallback(v.string(), ''),
  subject: v.fallback(v.record(v.string(), v.string()), {}),
  status: v.number(),
  fault: v.fallback(v.optional(v.string()), undefined),
});

export type Call = Pick<
  JournalEntry,
  'n' | 'at' | 'service' | 'operation' | 'account' | 'region' | 'subject' | 'status'
> & {
  readonly fault?: string | undefined;
};

/** The sandbox's journal; entries of another shape are passed over. */
export function callsOf(journal: readonly unknown[]): readonly Call[] {
  return journal.flatMap((entry) => {
    const read = v.safeParse(entrySchema, entry);
    return read.success ? [read.output] : [];
  });
}

const WRITES =
  /^(Add|BatchWrite|Cancel|Create|Delete|Publish|Put|Remove|Restore|Send|Set|Start|Stop|Tag|Transact(?!Get)|Untag|Update)|^(POST|PUT|PATCH|DELETE) /;
const ONLY_ASKS = /\/search\b|\/generate-notes\b|\/token\b/;

/** The calls that changed the world, or may have: a broken connection leaves that open. */
export function changesOf(calls: readonly Call[]): readonly Call[] {
  return calls.filter(
    ({ operation, status }) => WRITES.test(operation) && !ONLY_ASKS.test(operation) && status < 400,
  );
}

export interface Tally {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly fault: string;
  readonly count: number;
}

/** How often each operation got each answer, by service and operation. */
export function tally(calls: readonly Call[]): readonly Tally[] {
  const counted = new Map<string, Tally>();
  for (const { service, operation, status, fault = '' } of calls) {
    const key = JSON.stringify([service, operation, status, fault]);
    counted.set(key, { service, operation, status, fault, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}
