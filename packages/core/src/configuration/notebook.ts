import { formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { itemOf, type Note, noteId, noteOf } from './note.ts';
import type { NoteStore } from './ports.ts';

/** A run that was not heard of for so long is taken for dead; runners' clocks differ by minutes. */
const alive = 600_000;

/** Another run has taken the note over, and undoes what this one did: this one must write nothing more. */
export class Superseded extends OutsideError {}

/** The note of one service in one environment as this run knows it. */
export interface Notebook {
  readonly note: Note | undefined;
  /** Writes the note on the condition that it still is as this run knows it. @throws Superseded */
  write(note: Omit<Note, 'revision'>): Promise<Note>;
}

export async function openNotebook(
  place: Pick<Note, 'environment' | 'service'>,
  store: NoteStore,
): Promise<Notebook> {
  const id = noteId(place);
  const item = await store.find(id);
  let note = item && noteOf(item, store.place);
  return {
    get note() {
      return note;
    },
    async write(next) {
      const written = { ...next, revision: (note?.revision ?? 0) + 1 };
      if (!(await store.write(itemOf(written), note?.revision)) && !(await isMine(written))) {
        throw new Superseded({
          what: `another run has begun with the configuration of \`${place.service}\` in \`${place.environment}\``,
          why: `\`${id}\` of ${store.place} is no more as this run left it`,
          remedy: 'Let one promotion run at a time by deployment-lock, and look at what the other run says',
        });
      }
      note = written;
      return written;
    },
  };

  /** Whether a write arrived whose answer did not. */
  async function isMine(written: Note): Promise<boolean> {
    const found = await store.find(id);
    return found !== undefined && JSON.stringify(found) === JSON.stringify({ ...found, ...itemOf(written) });
  }
}

/** The unfinished note of another run, if there is one. */
export function unfinished(note: Note | undefined): Note | undefined {
  return note?.state === 'writing' || note?.state === 'restoring' ? note : undefined;
}

/** @throws OutsideError where the other run may be alive. */
export function refuseAlive(other: Note, now: number, mayTake: boolean): void {
  const silence = now - other.heardAt;
  if (mayTake || silence >= alive) return;
  throw new OutsideError({
    what: `run ${other.promotion} by ${other.actor} is changing the configuration of \`${other.service}\` in \`${other.environment}\``,
    why: `it was heard of at ${formatInstant(other.heardAt)} and has not ended (${other.runUrl})`,
    remedy: `Wait for it. If it is dead, run again in ${formatDuration(alive - silence)}, or now with \`take-over: true\`: what it wrote is put back first`,
  });
}
