import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@promo-actions/core/clock';

/** The clock of the machine that the process runs on. */
export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
};
