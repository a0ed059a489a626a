import { type Clock, formatDuration } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { bringFlag } from './bring.ts';
import type { Bringing, Brought } from './bringing.ts';
import type { Flag } from './flag.ts';
import type { FlagSystem } from './ports.ts';
import type { Surroundings } from './surroundings.ts';

/** One flag to be brought to what it is to become. */
export interface Errand {
  readonly flag: Flag;
  readonly bringing: Bringing;
}

const betweenLooks = 30_000;

/**
 * Brings all flags about, in their order, and waits for approvals as long as is wanted (milliseconds). After a failure of
 * the outside world, or when the run is cancelled, the rest is left alone; those have no entry in the answer. It always
 * answers, for what was changed must be known to be put back.
 */
export async function bringAll(
  errands: readonly Errand[],
  wait: number,
  around: Surroundings,
): Promise<ReadonlyMap<string, Brought>> {
  const { system, clock, signal, tell } = around;
  const results = new Map<string, Brought>();
  const pace = createPace(clock, tell);
  const until = clock.now() + wait;
  let open = errands;
  for (;;) {
    for (const [done, { flag, bringing }] of open.entries()) {
      if (signal.aborted) return results;
      pace(() => `${done} of ${open.length} flags done …`);
      const brought = await bringFlag(flag, bringing, around);
      results.set(flag.key, brought);
      if (brought.outcome === 'changed') for (const line of brought.changes) tell(`${flag.key}: ${line}`);
      if (brought.outcome === 'failed' && brought.stop) return results;
    }
    const waiting = errands.filter(({ flag }) => results.get(flag.key)?.outcome === 'waiting');
    const left = until - clock.now();
    if (waiting.length === 0 || left <= 0) return results;
    tell(
      `${waiting.length} of ${errands.length} flags wait for approval; looking again for ${formatDuration(left)}.`,
    );
    try {
      await clock.sleep(Math.min(betweenLooks, left), signal);
      open = await readAgain(waiting, system);
    } catch (error) {
      if (!signal.aborted && !(error instanceof OutsideError)) throw error;
      tell(`Waiting no longer: ${error instanceof OutsideError ? error.message : 'the run was cancelled.'}`);
      return results;
    }
  }
}

/** The flags as they are now: what they are to become may have changed meanwhile. */
async function readAgain(errands: readonly Errand[], system: FlagSystem): Promise<readonly Errand[]> {
  const again: Errand[] = [];
  for (const { flag, bringing } of errands) {
    const { source, target } = bringing;
    const now = await system.flag(flag.key, source === undefined ? [target] : [source, target]);
    again.push({ flag: now ?? flag, bringing });
  }
  return again;
}

/** Lets a line through when two seconds have passed since the last one. */
export function createPace(clock: Pick<Clock, 'now'>, tell: (line: string) => void) {
  let last = clock.now();
  return (line: () => string): void => {
    if (clock.now() - last < 2_000) return;
    last = clock.now();
    tell(line());
  };
}
