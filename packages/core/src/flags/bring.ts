import { OutsideError } from '../errors/index.ts';
import { askApproval } from './approve.ts';
import { type Bringing, type Brought, inEnvironment } from './bringing.ts';
import type { Flag, FlagPart } from './flag.ts';
import { differingParts } from './parts.ts';
import type { FlagChange, FlagSystem } from './ports.ts';
import { type RestoreItem, restoreItem } from './restore-point.ts';
import type { Surroundings } from './surroundings.ts';
import { describeChange } from './words.ts';
import { writeFlag } from './write.ts';

const attempts = 4;

/**
 * Brings one flag to what it is to become. Every attempt begins with what is there: so a conflict with somebody else's
 * change, or an answer that was lost, ends with the flag as it is meant to be and nothing done twice.
 */
export async function bringFlag(first: Flag, bringing: Bringing, around: Surroundings): Promise<Brought> {
  const { system, fence, signal } = around;
  const { target } = bringing;
  let flag = first;
  let changes: readonly string[] = [];
  let restore: RestoreItem | undefined;
  let unanswered: OutsideError | undefined;
  const failed = (message: string, remedy: string): Brought => ({
    outcome: 'failed',
    message,
    remedy,
    stop: true,
    ...(restore ? { restore } : {}),
  });
  try {
    for (let attempt = 0; ; attempt += 1) {
      const now = inEnvironment(flag, target);
      const wanted = bringing.wanted(flag);
      const parts = differingParts(now.settings, wanted, bringing.parts);
      if (parts.length === 0) return restore ? { outcome: 'changed', changes, restore } : { outcome: 'same' };
      if (attempt === attempts)
        return failed(
          `\`${flag.key}\` still differs in ${parts.join(', ')} after it was written and read again.`,
          `Look at ${now.url} who changes it at the same time, and run again.`,
        );
      await fence.check();
      const change: FlagChange = { flag, target, parts, wanted, comment: bringing.comment };
      const found = restoreItem(flag, now, wanted, parts);
      await bringing.note(found);
      const writing = bringing.needsApproval(flag)
        ? askApproval(change, bringing, system)
        : writeFlag(change, bringing, system);
      const written = await writing.catch((error: unknown) => {
        if (signal.aborted) restore ??= found;
        throw error;
      });
      if (typeof written === 'object' && !(written instanceof OutsideError)) return written;
      const wasUnanswered = written instanceof OutsideError;
      if (written !== 'conflict' && !restore) {
        restore = found;
        changes = describeChange(flag, now.settings, wanted, parts);
      }
      if (wasUnanswered && unanswered) throw written;
      flag = await readAgain(flag.key, parts, bringing, around);
      if (wasUnanswered) {
        unanswered = written;
        if (inEnvironment(flag, target).version === now.version) restore = undefined;
      }
    }
  } catch (error) {
    if (signal.aborted)
      return failed(
        `The run was cancelled while \`${flag.key}\` was brought about.`,
        'Run the job again when it is to go on: what was done is found done.',
      );
    if (!(error instanceof OutsideError)) throw error;
    const { remedy } = error.failure;
    return failed(error.message.slice(0, error.message.lastIndexOf(remedy)).trim(), remedy);
  }
}

/** Reads until the change is seen, for a moment: what was written may be read a little later. */
async function readAgain(
  key: string,
  parts: readonly FlagPart[],
  bringing: Bringing,
  { system, clock, signal }: Surroundings,
): Promise<Flag> {
  for (let look = 1; ; look += 1) {
    const flag = await readFlag(key, bringing, system);
    const { settings } = inEnvironment(flag, bringing.target);
    if (look === 3 || differingParts(settings, bringing.wanted(flag), parts).length === 0) return flag;
    await clock.sleep(1_000, signal);
  }
}

async function readFlag(key: string, { source, target }: Bringing, system: FlagSystem): Promise<Flag> {
  const flag = await system.flag(key, source === undefined ? [target] : [source, target]);
  if (flag) return flag;
  throw new OutsideError({
    what: `Flag \`${key}\` is no longer there`,
    remedy: 'Look who deleted it, or leave it out, and run again.',
  });
}
