import { subscribe } from 'node:diagnostics_channel';
import timers from 'node:timers';
import type { SandboxLink } from './sandbox-link.ts';
import { VirtualTimers } from './virtual-timers.ts';

const { setImmediate: realSetImmediate } = timers;

/**
 * One process's view of the sandbox's time. It stands still while the process does anything; when the event loop has
 * drained and a timer is all that keeps the process alive, the process asks the sandbox to wait for that moment.
 */
export class ProcessClock {
  readonly timers: VirtualTimers;
  readonly #link: SandboxLink;
  readonly #id: string;
  readonly #skew: number;
  #now: number;
  #waiting: AbortController | undefined;
  /** The last question for the time on a signal; signals are heard in their order. */
  #asked: Promise<void> = Promise.resolve();

  /**
   * @param now the sandbox's time.
   * @param skew how far this process's clock is ahead of it, in milliseconds; negative when it is behind.
   */
  constructor(link: SandboxLink, id: string, now: number, skew = 0) {
    this.#link = link;
    this.#id = id;
    this.#skew = skew;
    this.#now = now + skew;
    this.timers = new VirtualTimers({
      now: () => this.#now,
      soon: (run) => void realSetImmediate(run),
      touched: () => this.#giveUpWaiting(),
    });
    this.#watchProcess();
    this.#watchAnswers();
  }

  now(): number {
    return this.#now;
  }

  /**
   * `beforeExit` is Node's word for a drained loop; while timers remain it is not yet the end, so nobody else hears it.
   * A signal means that code runs again: the wait is given up, and asked for anew once the loop has drained. Time may have
   * passed in that wait, so whoever listens hears the signal once the sandbox has said what time it is.
   */
  #watchProcess(): void {
    const emit = process.emit.bind(process) as (event: string | symbol, ...args: unknown[]) => boolean;
    const watched = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event === 'beforeExit' && this.timers.hasReferenced()) {
        this.#wait();
        return true;
      }
      if (typeof event !== 'string' || !event.startsWith('SIG')) return emit(event, ...args);
      this.#giveUpWaiting();
      this.#asked = this.#asked.then(async () => {
        const now = await this.#link.now().catch(endWithoutSandbox);
        realSetImmediate(() => emit(event, ...args));
        this.#catchUp(now);
      });
      return true;
    };
    process.emit = watched as typeof process.emit;
  }

  /** Time passes under a request only where the sandbox was told to delay its answer; the answer then carries the time. */
  #watchAnswers(): void {
    subscribe('http.client.response.finish', (message) => {
      const { response } = message as { response: { headers: Record<string, unknown> } };
      this.#catchUp(Number(response.headers['x-sandbox-now']));
    });
    subscribe('undici:request:headers', (message) => {
      const { headers } = (message as { response: { headers: readonly Buffer[] } }).response;
      const name = headers.findIndex((text) => text.toString('latin1').toLowerCase() === 'x-sandbox-now');
      if (name >= 0) this.#catchUp(Number(headers[name + 1]?.toString('latin1')));
    });
  }

  #wait(): void {
    const until = this.timers.nextDue();
    if (until === undefined || this.#waiting !== undefined) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#link.wait(this.#id, until - this.#skew, waiting.signal).then(
      (now) => {
        if (waiting.signal.aborted) return;
        this.#waiting = undefined;
        this.#catchUp(now);
        this.timers.fire();
      },
      (error: unknown) => {
        if (!waiting.signal.aborted) endWithoutSandbox(error);
      },
    );
  }

  #giveUpWaiting(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
  }

  /** @param now the sandbox's time. */
  #catchUp(now: number): void {
    if (!(now + this.#skew > this.#now)) return;
    this.#now = now + this.#skew;
    this.timers.fire();
  }
}

/** Without the sandbox there is no time to go on in. */
export function endWithoutSandbox(error: unknown): never {
  const reason =
    error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
  process.stderr.write(
    `The sandbox's clock (PROMO_SANDBOX_URL=${process.env.PROMO_SANDBOX_URL}) cannot be reached: ${reason}\n`,
  );
  process.exit(1);
}
