import { OutsideError } from '../errors/index.ts';
import type { Alias, AliasChange, AliasStore } from './ports.ts';
import { describeTraffic, sameTraffic } from './traffic.ts';

/**
 * Changes an alias by its revision. Where the answer is an error it reads what came of it, because an answer can be lost
 * after its effect: a change that took effect counts as done.
 * @throws OutsideError that says what the alias reads where that is neither the old nor the new.
 */
export async function writeAlias(
  lastRead: Alias,
  change: AliasChange,
  aliases: Pick<AliasStore, 'find' | 'update'>,
): Promise<Alias | 'moved'> {
  try {
    return await aliases.update(lastRead, change);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const now = await aliases.find(lastRead.functionName, lastRead.name).catch(() => undefined);
    if (now && sameTraffic(now, change)) return now;
    if (now && sameTraffic(now, lastRead)) throw error;
    throw error.after(
      now ? `the alias reads ${describeTraffic(now)}` : 'perhaps the alias; it could not be read again',
    );
  }
}
