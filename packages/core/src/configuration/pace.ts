import type { Log } from '../action/index.ts';
import { type Clock, formatDuration } from '../clock/index.ts';
import type { Fence } from '../lock/index.ts';

/** Stands between the writes of a long series. */
export interface Pace {
  /** Before each write: asks the fence now and then, tells how far it is, and lets the table hear of the run. */
  step(): Promise<void>;
}

export interface PaceOrder {
  /** Such as `Wrote`. */
  readonly verb: string;
  readonly total: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly fence: Pick<Fence, 'check'>;
  /** Every half a minute. */
  readonly heard: () => Promise<void>;
  readonly signal?: AbortSignal;
}

const tellEvery = 5_000;
const hearEvery = 30_000;
const fenceEvery = 25;

export function createPace({ verb, total, log, clock, fence, heard, signal }: PaceOrder): Pace {
  const start = clock.now();
  let [done, told, heardAt] = [0, start, start];
  return {
    async step() {
      signal?.throwIfAborted();
      if (done % fenceEvery === 0) await fence.check();
      const now = clock.now();
      if (now - told >= tellEvery) {
        log.info(`${verb} ${done} of ${total} parameters (${formatDuration(now - start)}).`);
        told = now;
      }
      if (now - heardAt >= hearEvery) {
        await heard();
        heardAt = now;
      }
      done += 1;
    },
  };
}
