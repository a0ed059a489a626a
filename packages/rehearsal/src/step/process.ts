import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as realPause } from 'node:timers/promises';
import { reasonOf } from '../machine/index.ts';
import type { StopReason } from '../setting/index.ts';
import type { Time } from '../time/index.ts';

/** How long is waited for what. Milliseconds on this machine; the first two also pass in virtual time. */
export interface Patience {
  /** GitHub's, after SIGINT and before SIGTERM. */
  readonly interrupted: number;
  /** GitHub's, after SIGTERM and before SIGKILL. */
  readonly terminated: number;
  /** How long time stands still after a signal, so that the process can begin to act on it. */
  readonly reaction: number;
  /** How long output may still come after a process has ended, when a child of it keeps the pipe open. */
  readonly output: number;
  /** How long a process may be neither done nor waiting on the clock nor saying anything. */
  readonly silence: number;
}

const PATIENCE: Patience = {
  interrupted: 7_500,
  terminated: 2_500,
  reaction: 1_500,
  output: 500,
  silence: 600_000,
};

export interface ProcessOrder {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly time: Time;
  /** Its reason is a `StopReason`. */
  readonly stop: AbortSignal;
  line(text: string): void;
  readonly patience?: Partial<Patience>;
  /** The process group, whose members may outlive the process. */
  started(group: number): void;
}

export interface ProcessEnd {
  /** Undefined when a signal ended it. */
  readonly code?: number;
  readonly signal?: string;
  readonly stopped?: StopReason;
}

/** Process groups of steps that are running now. */
const alive = new Set<number>();

/** Ends every step's process at once, for when the command itself must end. */
export function endProcesses(): void {
  for (const group of alive) sendSignal(-group, 'SIGKILL');
}

/** Runs one process of a step, from within the engine's work. Time may move while the process waits for it. */
export function runProcess(order: ProcessOrder): Promise<ProcessEnd> {
  return order.time.aside(async (hold) => {
    const patience = { ...PATIENCE, ...order.patience };
    const silence = watchSilence(order.time, patience.silence);
    const stop = AbortSignal.any([order.stop, silence.signal]);
    const child = spawn(order.command, order.arguments, {
      cwd: order.folder,
      env: { ...order.environment, PROMO_CLOCK_HOLD: hold },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const ended = new Promise<ProcessEnd>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        resolve({ ...(code === null ? {} : { code }), ...(signal ? { signal } : {}) }),
      );
    });
    if (child.pid !== undefined) {
      alive.add(child.pid);
      order.started(child.pid);
    }
    const outputs = [child.stdout, child.stderr].map((input) => {
      const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on('line', (text) => {
        silence.broken();
        order.line(text);
      });
      return once(lines, 'close');
    });
    const gone = new AbortController();
    const stopping = stopWhenAsked(order.time, stop, child.pid, gone.signal, patience);
    try {
      const end = await ended;
      await Promise.race([Promise.all(outputs), realPause(patience.output, undefined, { ref: false })]);
      return stop.aborted ? { ...end, stopped: reasonOf(stop) } : end;
    } finally {
      if (child.pid !== undefined) alive.delete(child.pid);
      silence.over();
      gone.abort();
      await stopping;
    }
  });
}

/** Once asked to stop, sends the signals that GitHub's runner sends, in its rhythm, until the process is gone. */
async function stopWhenAsked(
  time: Time,
  stop: AbortSignal,
  pid: number | undefined,
  gone: AbortSignal,
  patience: Patience,
): Promise<void> {
  if (pid === undefined) return;
  await aborted(AbortSignal.any([stop, gone]));
  if (gone.aborted) return;
  if (reasonOf(stop) !== 'killed') {
    const signals = [
      ['SIGINT', patience.interrupted],
      ['SIGTERM', patience.terminated],
    ] as const;
    for (const [signal, wait] of signals) {
      const reaction = Math.min(patience.reaction, wait);
      sendSignal(pid, signal);
      await time.working(() => realPause(reaction, undefined, { signal: gone }).catch(() => undefined));
      if (!gone.aborted) await eitherPasses(time, wait, wait - reaction, gone);
      if (gone.aborted) return;
    }
  }
  sendSignal(-pid, 'SIGKILL');
  await time.working(() => aborted(gone));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A process that holds the clock and does nothing would stop the whole rehearsal for ever. */
function watchSilence(time: Time, longest: number) {
  const stuck = new AbortController();
  let last = { real: Date.now(), virtual: time.now() };
  const timer = setInterval(
    () => {
      if (time.now() !== last.virtual) last = { real: Date.now(), virtual: time.now() };
      if (Date.now() - last.real >= longest) stuck.abort('stuck' satisfies StopReason);
    },
    Math.min(1_000, longest / 4),
  );
  return {
    signal: stuck.signal,
    broken: () => {
      last = { real: Date.now(), virtual: time.now() };
    },
    over: () => clearInterval(timer),
  };
}

/** Waits until so much time has passed in the sandbox or on this machine, or the process is gone. */
async function eitherPasses(time: Time, inSandbox: number, here: number, gone: AbortSignal): Promise<void> {
  const virtual = new Promise<void>((resolve) => {
    const callOff = time.alarm(time.now() + inSandbox, resolve);
    gone.addEventListener('abort', () => {
      callOff();
      resolve();
    });
  });
  const real = realPause(here, undefined, { signal: gone }).catch(() => undefined);
  await Promise.race([virtual, real]);
}

/** A signal to a process, or to a group when the number is negative; nothing when it is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
