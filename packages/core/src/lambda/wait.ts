import type { Log } from '../action/index.ts';
import { type Clock, formatDuration } from '../clock/index.ts';
import { OutsideError, type OutsideFailure } from '../errors/index.ts';

/** How long to wait for AWS, and where to tell about it. */
export interface Patience {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  /** Milliseconds until the wait is given up. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

const firstPause = 500;
const longestPause = 5_000;
const quietFor = 2_000;

/**
 * Looks again and again until there is something to answer with, first quickly, then every five seconds.
 * @param waitingFor what is waited for, asked anew for each progress line (the first after two seconds).
 * @throws OutsideError with what `late` says once the timeout has passed, or that the run was cancelled.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  patience: Patience,
  waitingFor: () => string,
  late: () => OutsideFailure,
): Promise<T> {
  const { clock, log, signal } = patience;
  const start = clock.now();
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const found = await look();
    if (found !== undefined) return found;
    const elapsed = clock.now() - start;
    if (elapsed >= patience.timeout) {
      const failure = late();
      throw new OutsideError({
        ...failure,
        what: `${failure.what} within ${formatDuration(patience.timeout)}`,
      });
    }
    if (elapsed >= quietFor) log.info(`${waitingFor()} (${formatDuration(elapsed)})`);
    await pauseFor(Math.min(pause, patience.timeout - elapsed), clock, signal, waitingFor);
  }
}

/** A pause that ends with an OutsideError, instead of a bare abort, when the run is cancelled. */
export async function pauseFor(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal | undefined,
  waitingFor: () => string,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new OutsideError({
      what: `the run was cancelled while ${lowerFirst(waitingFor())}`,
      remedy: 'Run the step again when the promotion is to go on; it is safe to repeat',
      cause: error,
    });
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
