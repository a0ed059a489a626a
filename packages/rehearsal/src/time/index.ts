/** The sandbox's clock as the engine needs it. */
export interface VirtualClock {
  now(): number;
  hold(id: string): void;
  release(id: string): void;
  /** Resolves when everybody waits and time has come to `until`; rejects when the signal is aborted. */
  wait(id: string, until: number, signal?: AbortSignal): Promise<number>;
}

/**
 * The sandbox's time as the engine lives in it. Time moves only when everybody who holds it is waiting, so the engine
 * holds it whenever it is at work, and lets go only while a step's process has a hold of its own.
 */
export interface Time {
  /** Epoch milliseconds. */
  now(): number;
  /** Does some of the engine's own work, during which time stands still. */
  working<Result>(work: () => Promise<Result>): Promise<Result>;
  /** From within work: lets others do theirs and waits for them. */
  handingOver<Result>(others: () => Promise<Result>): Promise<Result>;
  /** From within work: waits for something that holds time by itself, under the id it is given. */
  aside<Result>(wait: (hold: string) => Promise<Result>): Promise<Result>;
  /** From within work: waits until a moment, or until the signal is aborted. Returns whether the moment came. */
  until(at: number, signal?: AbortSignal): Promise<boolean>;
  /** Calls back at a moment while others work and wait. Returns what calls it off. */
  alarm(at: number, ring: () => void): () => void;
}

export function createTime(clock: VirtualClock): Time {
  let workers = 0;
  let holds = 0;
  const engine = 'rehearsal';

  const enter = () => {
    if (workers === 0) clock.hold(engine);
    workers += 1;
  };
  // Whoever goes on after a promise does so before the next turn of the event loop, and has entered by then.
  const leave = () =>
    setImmediate(() => {
      workers -= 1;
      if (workers === 0) clock.release(engine);
    });
  const newHold = () => {
    holds += 1;
    const id = `${engine}-${holds}`;
    clock.hold(id);
    return { id, release: () => setImmediate(() => clock.release(id)) };
  };

  const time: Time = {
    now: () => clock.now(),
    async working(work) {
      enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    async handingOver(others) {
      const theirs = others();
      leave();
      try {
        return await theirs;
      } finally {
        enter();
      }
    },
    async aside(wait) {
      const hold = newHold();
      leave();
      try {
        return await wait(hold.id);
      } finally {
        enter();
        hold.release();
      }
    },
    until: (at, signal) => time.aside((hold) => waitOn(clock, hold, at, signal)),
    alarm(at, ring) {
      const off = new AbortController();
      const hold = newHold();
      waitOn(clock, hold.id, at, off.signal)
        .then((reached) => {
          if (reached) ring();
        })
        .finally(hold.release);
      return () => off.abort();
    },
  };
  return time;
}

/** Resolves to true when the moment has come, to false when called off first. */
async function waitOn(clock: VirtualClock, id: string, at: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false;
  try {
    await clock.wait(id, at, signal);
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
