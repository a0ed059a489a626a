import type { Clock } from '@promo-actions/core/clock';
import { awsCode } from '../aws/index.ts';

/** One more try after the SDK's own, when AWS throttles: SSM lets an account write a few parameters a second. */
export type Patiently = <T>(send: () => Promise<T>) => Promise<T>;

const firstPause = 1_000;
const longestPause = 20_000;
const mostPatience = 300_000;

/**
 * Sends until AWS no longer throttles, waiting twice as long each time, for five minutes without an answer. Any other
 * failure is the caller's.
 */
export function patientWith(clock: Clock): Patiently {
  return async (send) => {
    const start = clock.now();
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        return await send();
      } catch (error) {
        if (!isThrottled(error) || clock.now() - start + pause > mostPatience) throw error;
        await clock.sleep(pause);
      }
    }
  };
}

/** `TooManyUpdates` is two writes of one parameter at once. */
function isThrottled(error: unknown): boolean {
  return /Throttl|TooManyUpdates|TooManyRequests|RequestLimitExceeded/.test(awsCode(error) ?? '');
}
