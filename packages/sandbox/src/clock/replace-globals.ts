import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import type { ProcessClock } from './process-clock.ts';
import type { VirtualTimer, VirtualTimers } from './virtual-timers.ts';

/** `util.promisify.custom`, by the name under which Node registers it: importing `node:util` whole takes milliseconds of every start. */
const promisifyCustom = Symbol.for('nodejs.util.promisify.custom');

type Callback = (...args: unknown[]) => void;
interface WaitOptions {
  readonly ref?: boolean;
  readonly signal?: AbortSignal;
}

/** Otherwise it means "in the next turn": 0, nothing, or more than Node can count, which it takes for 1 ms. */
function isWait(delay: unknown): boolean {
  return Number(delay) >= 1 && Number(delay) <= 2 ** 31 - 1;
}

/** Gives Date, timers, timers/promises and AbortSignal.timeout of this process to the clock. */
export function replaceGlobals(clock: ProcessClock): void {
  globalThis.Date = virtualDate(() => clock.now());
  replaceTimers(clock.timers);
  AbortSignal.timeout = (delay: number) => {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    clock.timers.set(() => controller.abort(reason), delay, [], false).unref();
    return controller.signal;
  };
  syncBuiltinESMExports();
}

function virtualDate(now: () => number): DateConstructor {
  const real = Date;
  const virtual: DateConstructor = new Proxy(real, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(
        target,
        args.length === 0 ? [now()] : args,
        newTarget === virtual ? target : newTarget,
      ) as object,
    apply: () => new real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  real.prototype.constructor = virtual;
  return virtual;
}

function replaceTimers(queue: VirtualTimers): void {
  const real = { ...timers };

  const setTimeout = (callback: Callback, delay?: number, ...args: unknown[]): unknown => {
    if (!isWait(delay) || typeof callback !== 'function') return real.setTimeout(callback, delay, ...args);
    return queue.set(callback, Number(delay), args, false);
  };
  const setInterval = (callback: Callback, delay?: number, ...args: unknown[]): unknown => {
    if (typeof callback !== 'function') return real.setInterval(callback, delay, ...args);
    return queue.set(callback, isWait(delay) ? Number(delay) : 1, args, true);
  };
  const clear = (handle: unknown): void => {
    if (!queue.clear(handle)) real.clearTimeout(handle as NodeJS.Timeout);
  };

  const promises = virtualPromises(queue);
  Object.defineProperty(setTimeout, promisifyCustom, { value: promises.setTimeout, enumerable: true });
  const replaced = { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear };
  Object.assign(globalThis, replaced);
  Object.assign(timers, replaced);
  Object.assign(timersPromises, { setTimeout: promises.setTimeout, setInterval: promises.setInterval });
  Object.assign(timersPromises.scheduler, {
    wait: (delay: number, options?: WaitOptions) => promises.setTimeout(delay, undefined, options),
  });
}

function virtualPromises(queue: VirtualTimers): {
  setTimeout: (delay?: number, value?: unknown, options?: WaitOptions) => Promise<unknown>;
  setInterval: (
    delay?: number,
    value?: unknown,
    options?: WaitOptions,
  ) => AsyncGenerator<unknown, void, void>;
} {
  const realSetTimeout = timersPromises.setTimeout;
  const set = (
    callback: Callback,
    delay: number | undefined,
    options: WaitOptions,
    repeats: boolean,
  ): VirtualTimer => {
    const timer = queue.set(callback, isWait(delay) ? Number(delay) : 1, [], repeats);
    return options.ref === false ? timer.unref() : timer;
  };

  function wait(delay?: number, value?: unknown, options: WaitOptions = {}): Promise<unknown> {
    if (!isWait(delay)) return realSetTimeout(delay, value, options);
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(abortError(signal));
      const onAbort = (): void => {
        queue.clear(timer);
        if (signal !== undefined) reject(abortError(signal));
      };
      const timer = set(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(value);
        },
        delay,
        options,
        false,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  async function* every(
    delay?: number,
    value?: unknown,
    options: WaitOptions = {},
  ): AsyncGenerator<unknown, void, void> {
    const { signal } = options;
    signal?.throwIfAborted();
    let ticks = 0;
    let wake: () => void = () => undefined;
    const timer = set(
      () => {
        ticks += 1;
        wake();
      },
      delay,
      options,
      true,
    );
    const onAbort = (): void => wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        if (ticks === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
        if (signal?.aborted) throw abortError(signal);
        for (; ticks > 0; ticks -= 1) yield value;
      }
    } finally {
      queue.clear(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }
  return { setTimeout: wait, setInterval: every };
}

/** The error of Node's own timers/promises when a signal aborts them. */
function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}
