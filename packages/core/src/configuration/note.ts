import type { Attributes } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';

/** One parameter that a promotion writes, as it was found. Versions alone: the values stay in SSM's history. */
export interface Entry {
  readonly name: string;
  /** The version that was found; 0 where there was no such parameter. */
  readonly before: number;
  /** The latest version known to be of the promotion or before it. While it writes, one more may be its own. */
  readonly last: number;
  /** The key of a SecureString that was found. */
  readonly keyId?: string;
}

/** `writing` and `restoring` are unfinished: whoever comes next ends them. */
export type NoteState = 'writing' | 'promoted' | 'restoring' | 'restored';

/**
 * What the last promotion of a service's configuration to an environment found, kept where it outlives the runner, and
 * written before anything else is.
 */
export interface Note {
  readonly environment: string;
  readonly service: string;
  /** The workflow run. */
  readonly promotion: string;
  readonly runUrl: string;
  readonly actor: string;
  readonly state: NoteState;
  /** Rises with every write; each is made on the condition that the one before it still stands. */
  readonly revision: number;
  /** When it was heard of last, epoch milliseconds. */
  readonly heardAt: number;
  readonly entries: readonly Entry[];
}

/** DynamoDB takes 400 KB for an item with all its names. */
const longest = 380_000;

export function noteId({ environment, service }: Pick<Note, 'environment' | 'service'>): string {
  return `config#${environment}#${service}`;
}

export function itemOf(note: Note): Attributes {
  const entries = JSON.stringify(
    note.entries.map(({ name, before, last, keyId }) => [name, before, last, ...(keyId ? [keyId] : [])]),
  );
  if (new TextEncoder().encode(entries).length > longest)
    throw new OutsideError({
      what: `the ${note.entries.length} parameters that would be changed are more than one promotion can note down`,
      remedy: 'Promote them in parts: other `paths`, or `include`, under another `service`',
    });
  return {
    deployment_id: noteId(note),
    environment: note.environment,
    service: note.service,
    config_promotion: note.promotion,
    config_state: note.state,
    config_revision: note.revision,
    config_heard_at: note.heardAt,
    config_entries: entries,
    run_url: note.runUrl,
    actor: note.actor,
  };
}

/** @throws OutsideError where the item is none that this release can read. */
export function noteOf(item: Attributes, place: string): Note {
  const text = (name: string) => String(item[name] ?? '');
  const state = (['writing', 'promoted', 'restoring', 'restored'] as const).find(
    (one) => one === item.config_state,
  );
  const entries = entriesOf(text('config_entries'));
  const { config_revision: revision, config_heard_at: heardAt } = item;
  if (!state || !entries || typeof revision !== 'number' || typeof heardAt !== 'number')
    throw new OutsideError({
      what: `the item \`${text('deployment_id')}\` of ${place} is no note of a promotion that this release can read`,
      why: 'it was changed by hand, or written by another release of promo-actions',
      remedy: 'See that the parameters are as they should be, delete the item, and run again',
    });
  return {
    environment: text('environment'),
    service: text('service'),
    promotion: text('config_promotion'),
    runUrl: text('run_url'),
    actor: text('actor'),
    state,
    revision,
    heardAt,
    entries,
  };
}

function entriesOf(text: string): readonly Entry[] | undefined {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(rows)) return undefined;
  const entries = rows.flatMap((row: unknown): Entry[] => {
    if (!Array.isArray(row)) return [];
    const [name, before, last, keyId]: readonly unknown[] = row;
    if (typeof name !== 'string' || typeof before !== 'number' || typeof last !== 'number') return [];
    return [{ name, before, last, ...(typeof keyId === 'string' ? { keyId } : {}) }];
  });
  return entries.length === rows.length ? entries : undefined;
}
