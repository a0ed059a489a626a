import { formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { type FunctionInvoker, type Patience, pauseFor } from '../lambda/index.ts';
import {
  describeExpectation,
  type Expectation,
  judgeInvocation,
  judgeProbe,
  type Look,
  type Probe,
} from './look.ts';

/** Asks an address for an answer, once. */
export interface HttpProbe {
  get(url: string): Promise<Probe>;
}

/** What is looked at. */
export type Target =
  | {
      readonly kind: 'function';
      readonly functionName: string;
      readonly qualifier: string;
      readonly payload: string;
    }
  | { readonly kind: 'url'; readonly url: string };

export interface HealthOrder {
  readonly targets: readonly Target[];
  readonly expected: Expectation;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** How many healthy looks in a row are enough. */
  readonly successes: number;
  readonly subject: Subject;
}

export interface HealthPorts {
  readonly invoker: FunctionInvoker;
  readonly http: HttpProbe;
}

export interface HealthOutcome {
  readonly report: GateReport;
  /** The Lambda version that answered last, when one did. */
  readonly executedVersion: string | undefined;
}

/**
 * Looks at every target until each has been healthy often enough in a row, or the time is over. A target that is not
 * there, or that may not be asked, ends the check at once as an `OutsideError`: waiting would not mend it.
 */
export async function checkHealth(
  order: HealthOrder,
  ports: HealthPorts,
  patience: Patience,
): Promise<HealthOutcome> {
  const { clock } = patience;
  const start = clock.now();
  const at = formatInstant(start);
  const results = await Promise.all(
    order.targets.map((target) => watch(target, order, ports, patience, start)),
  );
  const findings = results.map(({ finding }) => finding);
  const executedVersion = results.findLast(({ last }) => last.version !== undefined)?.last.version;
  const report = { gate: 'health-check', decision: decide(findings), subject: order.subject, at, findings };
  return { report, executedVersion };
}

async function watch(
  target: Target,
  order: HealthOrder,
  ports: HealthPorts,
  patience: Patience,
  start: number,
): Promise<{ finding: Finding; last: Look }> {
  const { clock, log, signal, timeout } = patience;
  const name = nameOf(target);
  let inARow = 0;
  for (let looks = 1; ; looks++) {
    const look = await lookAt(target, order.expected, ports);
    inARow = look.healthy ? inARow + 1 : 0;
    if (inARow >= order.successes) return { finding: passed(name, look, looks, order), last: look };
    const elapsed = clock.now() - start;
    if (elapsed + order.interval > timeout) {
      return { finding: failed(name, look, looks, elapsed, order), last: look };
    }
    const progress = look.healthy ? `healthy ${inARow} of ${order.successes} times` : 'not healthy yet';
    log.info(
      `${name} is ${progress}: ${look.seen} (look ${looks}, ${formatDuration(elapsed)} of ${formatDuration(timeout)})`,
    );
    await pauseFor(order.interval, clock, signal, () => `waiting for ${name} to be healthy`);
  }
}

async function lookAt(target: Target, expected: Expectation, ports: HealthPorts): Promise<Look> {
  if (target.kind === 'url') return judgeProbe(await ports.http.get(target.url), expected);
  const { functionName, qualifier, payload } = target;
  try {
    return judgeInvocation(await ports.invoker.invoke(functionName, qualifier, payload), expected);
  } catch (error) {
    if (!(error instanceof OutsideError) || !lostAnswers.has(error.failure.code ?? '')) throw error;
    return { healthy: false, seen: `no answer came (${error.failure.code})` };
  }
}

/** A connection that broke under a call: it says nothing of the function, and the next call may have an answer. */
const lostAnswers: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError']);

function passed(subject: string, look: Look, looks: number, order: HealthOrder): Finding {
  return {
    check: 'health',
    outcome: 'pass',
    subject,
    seen: look.seen,
    limit: describeExpectation(order.expected),
    message: looks === 1 ? `${subject} is healthy.` : `${subject} is healthy after ${looks} looks.`,
  };
}

function failed(subject: string, look: Look, looks: number, elapsed: number, order: HealthOrder): Finding {
  const often = look.healthy ? `, but not ${order.successes} times in a row` : '';
  return {
    check: 'health',
    outcome: 'fail',
    subject,
    seen: look.seen,
    limit: describeExpectation(order.expected),
    message: `${subject} was not healthy in ${looks} ${looks === 1 ? 'look' : 'looks'} over ${formatDuration(elapsed)}: ${look.seen}${often}.`,
    remedy:
      'Look at its logs of this time. Where it only starts slowly raise `timeout`; where it is broken, rollback returns to the version before.',
  };
}

/** An address without what follows its path, which may hold a key. */
function nameOf(target: Target): string {
  if (target.kind === 'function') return `${target.functionName}:${target.qualifier}`;
  return target.url.replace(/[?#].*$/s, '');
}
