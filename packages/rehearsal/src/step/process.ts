import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as realPause } from 'node:timers/promises';
import type { StopReason } from '../setting/index.ts';
import type { Time } from '../time/index.ts';
import { reasonOf } from './frame.ts';

/** GitHub's patience with a process that is to end: after SIGINT, and after SIGTERM. Milliseconds. */
const PATIENCE = [
  { signal: 'SIGINT', wait: 7_500 },
  { signal: 'SIGTERM', wait: 2_500 },
] as const;

/** How long time stands still after a signal, so that the process can begin to act on it. Real milliseconds. */
const REACTION = 1_500;

/** How long output may still come after a process has ended, when a child of it keeps the pipe open. Real milliseconds. */
const OUTPUT_GRACE = 500;

export interface ProcessOrder {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly time: Time;
  /** Its reason is a `StopReason`. */
  readonly stop: AbortSignal;
  line(text: string): void;
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
    const outputs = [child.stdout, child.stderr].map(async (stream) => {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', order.line);
      await finished(stream, { writable: false }).catch(() => undefined);
    });
    const gone = new AbortController();
    const stopping = stopWhenAsked(order, child.pid, gone.signal);
    try {
      const end = await ended;
      await Promise.race([Promise.all(outputs), realPause(OUTPUT_GRACE, undefined, { ref: false })]);
      return order.stop.aborted ? { ...end, stopped: reasonOf(order.stop) } : end;
    } finally {
      if (child.pid !== undefined) alive.delete(child.pid);
      gone.abort();
      await stopping;
    }
  });
}

/** Once asked to stop, sends the signals that GitHub's runner sends, in its rhythm, until the process is gone. */
async function stopWhenAsked(order: ProcessOrder, pid: number | undefined, gone: AbortSignal): Promise<void> {
  const { stop, time } = order;
  if (pid === undefined) return;
  if (!stop.aborted) {
    await new Promise<void>((resolve) => {
      stop.addEventListener('abort', () => resolve(), { once: true });
      gone.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  if (gone.aborted) return;
  if (reasonOf(stop) !== 'killed') {
    for (const { signal, wait } of PATIENCE) {
      sendSignal(pid, signal);
      await time.working(() => realPause(REACTION, undefined, { signal: gone }).catch(() => undefined));
      if (!gone.aborted) await eitherPasses(time, wait, gone);
      if (gone.aborted) return;
    }
  }
  sendSignal(-pid, 'SIGKILL');
}

/** Waits until so much time has passed in the sandbox or on this machine, or the process is gone. */
async function eitherPasses(time: Time, milliseconds: number, gone: AbortSignal): Promise<void> {
  const virtual = new Promise<void>((resolve) => {
    const callOff = time.alarm(time.now() + milliseconds, resolve);
    gone.addEventListener('abort', () => {
      callOff();
      resolve();
    });
  });
  const real = realPause(milliseconds, undefined, { signal: gone }).catch(() => undefined);
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
