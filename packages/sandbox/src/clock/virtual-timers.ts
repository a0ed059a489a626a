import { AsyncResource } from 'node:async_hooks';

type Callback = (...args: unknown[]) => void;

/** What the queue needs of the process it lives in. */
export interface TimerHost {
  now(): number;
  /** Runs something soon, outside the present stack; the process stays alive until it has run. */
  soon(run: () => void): void;
  /** Told whenever a timer is set: somebody's code is running. */
  touched(): void;
}

/** Above any ID that Node gives a timer of its own. */
const FIRST_ID = 2 ** 40;

/** A timer as Node's Timeout, but in virtual time: it holds no handle of the event loop. */
export class VirtualTimer {
  readonly id: number;
  readonly period: number | undefined;
  due: number;
  readonly #queue: VirtualTimers;
  readonly #delay: number;
  readonly #run: () => void;
  #referenced = true;

  constructor(
    queue: VirtualTimers,
    id: number,
    delay: number,
    repeats: boolean,
    callback: Callback,
    args: readonly unknown[],
  ) {
    this.#queue = queue;
    this.id = id;
    this.#delay = delay;
    this.period = repeats ? delay : undefined;
    this.due = queue.now() + delay;
    const resource = new AsyncResource('VirtualTimer');
    this.#run = () => resource.runInAsyncScope(callback, this, ...args);
  }

  run(): void {
    this.#run();
  }

  ref(): this {
    this.#referenced = true;
    return this;
  }

  unref(): this {
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  refresh(): this {
    this.due = this.#queue.now() + this.#delay;
    this.#queue.add(this);
    return this;
  }

  close(): this {
    this.#queue.clear(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The timers of one process, in the order in which they are due. */
export class VirtualTimers {
  readonly #host: TimerHost;
  readonly #timers = new Map<number, VirtualTimer>();
  #nextId = FIRST_ID;
  #firing = false;

  constructor(host: TimerHost) {
    this.#host = host;
  }

  now(): number {
    return this.#host.now();
  }

  /** `delay` in milliseconds; below 1 it is 1, as in Node. */
  set(callback: Callback, delay: number, args: readonly unknown[], repeats: boolean): VirtualTimer {
    const whole = Math.max(1, Math.trunc(delay) || 1);
    const timer = new VirtualTimer(this, this.#nextId, whole, repeats, callback, args);
    this.#nextId += 1;
    this.add(timer);
    return timer;
  }

  /** Queues a timer, behind those due at the same moment. */
  add(timer: VirtualTimer): void {
    this.#timers.delete(timer.id);
    this.#timers.set(timer.id, timer);
    this.#host.touched();
  }

  /** Ends a timer, given itself or its ID; tells whether it was one of these. */
  clear(handle: unknown): boolean {
    if (handle instanceof VirtualTimer) {
      this.#timers.delete(handle.id);
      return true;
    }
    const id = typeof handle === 'string' ? Number(handle) : handle;
    if (typeof id !== 'number' || id < FIRST_ID) return false;
    this.#timers.delete(id);
    return true;
  }

  /** Whether a timer keeps the process alive. */
  hasReferenced(): boolean {
    return [...this.#timers.values()].some((timer) => timer.hasRef());
  }

  /** When the next timer is due, kept alive by it or not; undefined without timers. */
  nextDue(): number | undefined {
    return this.#earliest()?.due;
  }

  /** Runs every timer that is due, one a turn of the loop, so that microtasks run in between as they do in Node. */
  fire(): void {
    if (this.#firing || !this.#isDue(this.#earliest())) return;
    this.#firing = true;
    this.#host.soon(() => {
      this.#firing = false;
      const timer = this.#earliest();
      if (timer === undefined || !this.#isDue(timer)) return;
      this.#timers.delete(timer.id);
      if (timer.period !== undefined) {
        timer.due = this.now() + timer.period;
        this.#timers.set(timer.id, timer);
      }
      // Before the callback, which may throw.
      this.fire();
      timer.run();
    });
  }

  #isDue(timer: VirtualTimer | undefined): boolean {
    return timer !== undefined && timer.due <= this.now();
  }

  #earliest(): VirtualTimer | undefined {
    let earliest: VirtualTimer | undefined;
    for (const timer of this.#timers.values()) {
      if (earliest === undefined || timer.due < earliest.due) earliest = timer;
    }
    return earliest;
  }
}
