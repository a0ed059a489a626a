import type { Log } from '../action/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Fence } from '../lock/index.ts';
import type { Note } from './note.ts';
import { type Notebook, openNotebook } from './notebook.ts';
import { createPace } from './pace.ts';
import type { ConfigurationStore, NoteStore } from './ports.ts';
import { type PutBack, putBack } from './restore.ts';

export interface RestoreOrder {
  readonly environment: string;
  readonly service: string;
  /** The workflow run whose promotion is meant. */
  readonly promotion: string;
  readonly dryRun: boolean;
}

export interface RestorePorts {
  readonly target: ConfigurationStore;
  readonly notes: NoteStore;
  readonly fence: Pick<Fence, 'check'>;
}

export interface Watch {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly results: readonly PutBack[];
  /** What came of it, in one sentence. */
  readonly sentence: string;
}

/** Puts back what a promotion found. Where it has none to put back (never begun, put back before) it changes nothing. */
export async function restorePromotion(
  order: RestoreOrder,
  ports: RestorePorts,
  watch: Watch,
): Promise<Restored> {
  const notebook = await openNotebook(order, ports.notes);
  const { note } = notebook;
  const where = `\`${order.service}\` in \`${order.environment}\``;
  if (!note || note.promotion !== order.promotion) {
    const since = note
      ? ` The last promotion is that of run ${note.promotion}, which is ${note.state === 'restored' ? 'put back' : note.state}.`
      : '';
    return {
      results: [],
      sentence: `Run ${order.promotion} has no promotion of configuration of ${where} to put back.${since}`,
    };
  }
  if (note.state === 'restored')
    return { results: [], sentence: `The configuration of ${where} was put back before.` };
  const results = await finishRestoring(note, notebook, ports, watch, order.dryRun);
  const changed = results.filter(({ outcome }) => outcome === 'written' || outcome === 'removed').length;
  const verb = order.dryRun ? 'Would put back' : 'Put back';
  return {
    results,
    sentence: `${verb} ${changed} of the ${results.length} parameters of ${where} that run ${note.promotion} was to change${changed < results.length ? '; the others needed or allowed nothing' : ''}.`,
  };
}

/** Puts back what a note says, with the note saying so before and after. */
export async function finishRestoring(
  note: Note,
  notebook: Notebook,
  { target, fence }: RestorePorts,
  { clock, log, signal }: Watch,
  dryRun: boolean,
): Promise<readonly PutBack[]> {
  const silent = { step: async () => {} };
  if (dryRun) return putBack(note, target, silent, true);
  await fence.check();
  // One more version may be a dead run's own; from here on none is added that is not the value found.
  const entries =
    note.state === 'writing'
      ? note.entries.map((entry) => ({ ...entry, last: entry.last + 1 }))
      : note.entries;
  const hear = (state: Note['state']) => notebook.write({ ...note, entries, state, heardAt: clock.now() });
  const begun = await hear('restoring');
  const pace = createPace({
    verb: 'Put back',
    total: entries.length,
    log,
    clock,
    fence,
    heard: async () => {
      await hear('restoring');
    },
    ...(signal ? { signal } : {}),
  });
  const results = await putBack(begun, target, pace, false);
  await hear('restored');
  return results;
}
