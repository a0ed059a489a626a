/** One call of those who live in the sandbox, as a watcher sees it. */
export interface WatchedCall {
  /** 1 for the first call since the watcher came, rising by one. */
  readonly nth: number;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  /** Aborts when the caller's connection is gone. */
  readonly gone: AbortSignal;
}

/**
 * Sees every call but those to the sandbox's own API, and may keep it waiting: before it has its effect, and when it has
 * had it but the answer has not gone out. A caller that dies while it is kept waiting before has had no effect.
 */
export interface Watcher {
  before?(call: WatchedCall): Promise<void> | void;
  after?(call: WatchedCall): Promise<void> | void;
}

/** Where a watcher looks in, if there is one. */
export class Watch {
  #watcher: Watcher | undefined;
  #calls = 0;

  /** Lets a watcher in, in place of the one before; undefined lets nobody. */
  admit(watcher: Watcher | undefined): void {
    this.#watcher = watcher;
    this.#calls = 0;
  }

  /** Shows a call that has come, and gives what shows it again when it has had its effect. */
  async arrived(call: Omit<WatchedCall, 'nth'>): Promise<(() => Promise<void>) | undefined> {
    const watcher = this.#watcher;
    if (watcher === undefined) return undefined;
    this.#calls += 1;
    const watched = { ...call, nth: this.#calls };
    await watcher.before?.(watched);
    return async () => watcher.after?.(watched);
  }
}
