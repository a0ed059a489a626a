import { OutsideError } from '../errors/index.ts';
import { isMadeOf, type RestoreItem, type RestorePoint } from './restore-point.ts';

/** Keeps, where it outlives the runner, what one workflow run found before it changed a flag. */
export interface FlagNotes {
  /** What the run has noted down in any of its attempts; undefined where it has not, or another run has since. */
  read(): Promise<RestorePoint | undefined>;
  /** @throws OutsideError when another run has begun since. */
  write(point: RestorePoint): Promise<void>;
}

/** DynamoDB takes 400 KB for an item with all its names. */
const longest = 380_000;

/** The notes of a run while it changes flags. */
export interface FlagNotebook {
  /** What attempts before this one noted down. */
  readonly earlier: RestoreItem[];
  /** Notes a flag down before it is changed. */
  note(item: RestoreItem): Promise<void>;
}

export async function openNotebook(
  place: Omit<RestorePoint, 'flags'>,
  notes: FlagNotes | undefined,
): Promise<FlagNotebook> {
  if (!notes) return { earlier: [], note: async () => {} };
  const found = await notes.read();
  const earlier = found?.flags ?? [];
  let written = JSON.stringify(found?.flags);
  let items = earlier;
  return {
    earlier,
    async note(item) {
      items = withItem(items, item);
      const text = JSON.stringify(items);
      if (text === written) return;
      if (new TextEncoder().encode(text).length > longest)
        throw new OutsideError({
          what: `What flag \`${item.flag}\` is before it is changed cannot be noted down`,
          why: 'with the other flags of this run it is more than one item of DynamoDB can hold',
          remedy: 'Leave `targets` or `rules` out by `exclude-parts`, or sync fewer flags in one run.',
        });
      await notes.write({ ...place, flags: items });
      written = text;
    },
  };
}

/** The items with one more; of a flag that an attempt before has changed, what that one found. */
export function withItem(items: RestoreItem[], item: RestoreItem): RestoreItem[] {
  const earlier = items.find(({ flag }) => flag === item.flag);
  if (!earlier) return [...items, item];
  const ours = Object.entries(earlier.before).filter(([part]) => {
    const now = item.before[part as keyof RestoreItem['before']];
    return now === undefined || isMadeOf(earlier.after, part, now);
  });
  const made = Object.entries(item.after).map(([part, digest]) => {
    const digests = `${earlier.after[part] ?? ''} ${digest}`.trim().split(' ');
    return [part, [...new Set(digests)].join(' ')];
  });
  const both = {
    flag: item.flag,
    before: { ...item.before, ...Object.fromEntries(ours) },
    after: { ...earlier.after, ...Object.fromEntries(made) },
  };
  return items.map((one) => (one === earlier ? both : one));
}
