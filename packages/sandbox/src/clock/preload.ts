/**
 * Gives an unmodified Node program the sandbox's time and hosts: `node --import clock.mjs program.js` with PROMO_SANDBOX_URL.
 *
 * - Date stands at the virtual moment; a timer of 1 ms or more waits in virtual time and holds no handle of the loop.
 * - When the loop has drained (nothing in flight) and a timer still keeps the process alive, the process waits at the
 *   sandbox; once every process waits, the sandbox moves to the earliest moment and that process's timers run.
 * - PROMO_CLOCK_HOLD names the holder that the process belongs to; whoever started it holds and releases. Without it the
 *   process holds for itself until it ends. Its children share the holder: while a child waits, so does the parent.
 * - PROMO_CLOCK_SKEW puts the process's clock ahead of the sandbox's by so many milliseconds; behind it when negative.
 * - PROMO_SANDBOX_HOSTS names origins that `fetch` finds in the sandbox.
 * - performance.now(), process.hrtime() and worker threads keep real time. A process that keeps a server or a pipe open
 *   never drains, so its timers do not run.
 */
import { randomUUID } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { hostsVariable, readHosts, redirectHosts } from '../hosts/index.ts';
import { endWithoutSandbox, ProcessClock } from './process-clock.ts';
import { replaceGlobals } from './replace-globals.ts';
import { SandboxLink } from './sandbox-link.ts';

const { PROMO_SANDBOX_URL: url, PROMO_CLOCK_HOLD: given, PROMO_CLOCK_SKEW: skew = '0' } = process.env;

if (url !== undefined && url !== '' && isMainThread) {
  const link = new SandboxLink(url);
  const id = given ?? `process-${process.pid}-${randomUUID()}`;
  const now = await (given === undefined ? link.hold(id) : link.now()).catch(endWithoutSandbox);
  process.env.PROMO_CLOCK_HOLD = id;
  replaceGlobals(new ProcessClock(link, id, now, Number(skew) || 0));
  redirectHosts(readHosts(process.env[hostsVariable]));
}
