import { OutsideError } from '../errors/index.ts';
import type { Entry, Note } from './note.ts';
import type { Pace } from './pace.ts';
import type { ConfigurationStore, Parameter } from './ports.ts';

/** What has become of one entry of a note that was put back. */
export interface PutBack {
  readonly name: string;
  /**
   * `as-found`: nothing to do; `foreign`: changed by others since, and left as it is; `lost`: deleted by others, and its
   * versions with it.
   */
  readonly outcome: 'written' | 'removed' | 'as-found' | 'foreign' | 'lost';
}

/**
 * Puts parameters back as a promotion found them: values by a new version, those that it made by deletion. Looks at each
 * before it writes, so that it is safe to repeat after a death at any point. What others changed since is left alone.
 */
export async function putBack(
  note: Pick<Note, 'state' | 'entries'>,
  store: ConfigurationStore,
  pace: Pace,
  dryRun: boolean,
): Promise<readonly PutBack[]> {
  const { entries } = note;
  const now = await store.read(entries.map(({ name }) => ({ name })));
  const found = entries.filter(({ before }) => before > 0);
  const old = await store.read(found.map(({ name, before }) => ({ name, version: before })));
  const judged = entries.map((entry) => ({
    entry,
    outcome: judge(entry, now.get(entry.name), old.get(entry.name), note.state),
  }));
  if (dryRun) return judged.map(({ entry: { name }, outcome }) => ({ name, outcome }));

  const rewritten = judged.flatMap(({ entry, outcome }) => {
    const parameter = old.get(entry.name);
    return outcome === 'written' && parameter ? [{ entry, parameter }] : [];
  });
  const traits = await store.traits(rewritten.map(({ entry }) => entry.name));
  for (const { entry, parameter } of rewritten) {
    await pace.step();
    const { tier = 'Standard', description, allowedPattern } = traits.get(entry.name) ?? {};
    const { name, type, value, dataType } = parameter;
    const kept = { ...(description ? { description } : {}), ...(allowedPattern ? { allowedPattern } : {}) };
    const key = entry.keyId ? { keyId: entry.keyId } : {};
    await store.update({ name, type, value, dataType, tier, ...kept, ...key });
  }
  await pace.step();
  await store.remove(judged.flatMap(({ entry, outcome }) => (outcome === 'removed' ? [entry.name] : [])));
  return judged.map(({ entry: { name }, outcome }) => ({ name, outcome }));
}

function judge(
  { before, last }: Entry,
  now: Parameter | undefined,
  old: Parameter | undefined,
  state: Note['state'],
): PutBack['outcome'] {
  const ours = state === 'writing' ? last + 1 : last;
  if (!now) return before === 0 ? 'as-found' : 'lost';
  if (before === 0) return now.version > ours ? 'foreign' : 'removed';
  if (now.version === before || (old && old.value === now.value)) return 'as-found';
  if (!old) return 'lost';
  return now.version > ours ? 'foreign' : 'written';
}

/** How many were put back. */
export function countOf(results: readonly PutBack[]): number {
  return results.filter(({ outcome }) => outcome === 'written' || outcome === 'removed').length;
}

/** What a person must look at, if anything. */
export function leftAlone(results: readonly PutBack[]): string | undefined {
  const told = (outcome: PutBack['outcome'], what: string) => {
    const names = results.filter((one) => one.outcome === outcome).map(({ name }) => `\`${name}\``);
    return names.length === 0
      ? []
      : [`${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''} ${what}`];
  };
  const sentences = [
    ...told('foreign', 'changed by others since the promotion, and left as it is'),
    ...told('lost', 'cannot be put back: the version that was found is gone'),
  ];
  return sentences.length === 0 ? undefined : sentences.join('; ');
}

/** The failure of a promotion that could not be put back either. */
export function unrestored(failure: unknown, cause: unknown): OutsideError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const remedy =
    'Run the step again, or a step with `operation: restore`: what was found is noted down, and either ends what was begun';
  if (failure instanceof OutsideError)
    return new OutsideError({
      ...failure.failure,
      changed: `some parameters, and putting them back failed too: ${why}`,
      remedy,
    });
  return new OutsideError({
    what: 'the promotion was broken off, and putting the parameters back failed',
    why,
    remedy,
    cause: failure,
  });
}
