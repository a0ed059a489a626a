interface Wait {
  /** The holder that waits; undefined for an operator's advance and for a delayed call. */
  readonly holder: string | undefined;
  readonly until: number;
  /** A call in flight that an injected latency keeps: its own process is busy, yet time may pass for it. */
  readonly delayed: boolean;
  readonly wake: (now: number) => void;
}

/** A holder as the sandbox's API tells it: `until` is absent while the holder is busy. */
export interface Holder {
  readonly id: string;
  readonly until?: number;
}

export interface ClockOptions {
  /** Virtual epoch milliseconds to begin at. */
  readonly start: number;
  /** True: time also flows with real time, as one wants it by hand. Default false: frozen unless moved. */
  readonly flow?: boolean;
}

/**
 * The sandbox's time. A process that lives by it is a holder: while any holder is busy (it may have a request in
 * flight), time stands still. When every holder waits, time moves to the earliest moment that anybody waits for, and
 * whoever waits for it wakes. One holder may wait more than once (a process and its children share an ID).
 */
export class VirtualClock {
  #base: number;
  readonly #flow: boolean;
  readonly #origin = performance.now();
  readonly #holders = new Set<string>();
  readonly #waits = new Set<Wait>();
  #planned: NodeJS.Immediate | undefined;
  #alarm: NodeJS.Timeout | undefined;

  constructor(options: ClockOptions) {
    this.#base = options.start;
    this.#flow = options.flow ?? false;
  }

  /** Virtual epoch milliseconds. */
  now(): number {
    return this.#flow ? this.#base + Math.floor(performance.now() - this.#origin) : this.#base;
  }

  hold(id: string): void {
    this.#holders.add(id);
  }

  release(id: string): void {
    this.#holders.delete(id);
    this.#plan();
  }

  /** Waits as a holder until a virtual moment; resolves with the time it then is, or rejects when `signal` aborts. */
  wait(id: string, until: number, signal?: AbortSignal): Promise<number> {
    return this.#sleep({ holder: id, until, delayed: false }, signal);
  }

  /** Moves the world by `ms`, as soon as no holder is busy, waking on the way everybody whose moment comes. */
  async advance(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#sleep({ holder: undefined, until: this.now() + ms, delayed: false }, signal);
  }

  /**
   * Keeps a call in flight for `ms` of virtual time. The caller's process is busy by definition, so time moves once
   * the busy holders are no more than the delayed calls; never under another process's call.
   */
  async delay(ms: number): Promise<void> {
    await this.#sleep({ holder: undefined, until: this.now() + ms, delayed: true });
  }

  holders(): readonly Holder[] {
    return [...this.#holders].map((id) => {
      const waits = [...this.#waits].filter((wait) => wait.holder === id).map((wait) => wait.until);
      return waits.length === 0 ? { id } : { id, until: Math.min(...waits) };
    });
  }

  /** Lets nobody wait any longer and stops the clock's own timers. */
  close(): void {
    clearImmediate(this.#planned);
    clearTimeout(this.#alarm);
    this.#waits.clear();
    this.#holders.clear();
  }

  #sleep(plan: Omit<Wait, 'wake'>, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const wake = (now: number): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve(now);
      };
      const wait: Wait = { ...plan, wake };
      const giveUp = (): void => {
        this.#waits.delete(wait);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('The wait was given up.'));
      };
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp);
      this.#waits.add(wait);
      this.#plan();
    });
  }

  /** Moving is left to the next turn of the loop, so that whoever has just woken can hold before time goes on. */
  #plan(): void {
    this.#planned ??= setImmediate(() => {
      this.#planned = undefined;
      this.#move();
    });
  }

  #move(): void {
    clearTimeout(this.#alarm);
    if (this.#waits.size === 0) return;
    const earliest = Math.min(...[...this.#waits].map((wait) => wait.until));
    if (earliest > this.now() && !this.#mayMove()) {
      if (this.#flow)
        this.#alarm = setTimeout(() => this.#move(), Math.min(earliest - this.now(), 2 ** 31 - 1));
      return;
    }
    this.#base += Math.max(0, earliest - this.now());
    const now = this.now();
    for (const wait of [...this.#waits].filter((each) => each.until <= now)) {
      this.#waits.delete(wait);
      wait.wake(now);
    }
    if (this.#waits.size > 0) this.#plan();
  }

  #mayMove(): boolean {
    const waiting = new Set([...this.#waits].map((wait) => wait.holder));
    const busy = [...this.#holders].filter((id) => !waiting.has(id)).length;
    return busy <= [...this.#waits].filter((wait) => wait.delayed).length;
  }
}
