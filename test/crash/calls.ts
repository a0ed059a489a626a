import type { Call, CleanRun, Point } from './point.ts';

/** Says of a call, the nth of its promotion from 0, whether it is to be struck. */
export type Chosen = (call: Call, index: number) => boolean;
export const each: Chosen = () => true;

/** What is no write is not there, whether or not it was answered. */
export function isWrite({ operation }: Call): boolean {
  return /^(Create|Update|Put|Publish|Invoke|Delete|POST|PUT|PATCH|DELETE)/.test(operation);
}

/**
 * The calls that are left of a promotion when its longest common subsequence with the other is taken out (Wagner and
 * Fischer), but for the looks of a wait between its first and its last.
 */
export function beyond({ calls }: CleanRun, bare: CleanRun): Chosen {
  const common: number[][] = [];
  const rest = (own: number, other: number) => common[own]?.[other] ?? 0;
  for (let own = calls.length - 1; own >= 0; own -= 1) {
    const row: number[] = [];
    common[own] = row;
    for (let other = bare.calls.length - 1; other >= 0; other -= 1) {
      const same = sameCall(calls[own], bare.calls[other]);
      const longest = same
        ? rest(own + 1, other + 1) + 1
        : Math.max(rest(own + 1, other), rest(own, other + 1));
      row[other] = longest;
    }
  }
  const left = new Set<number>();
  for (let own = 0, other = 0; own < calls.length; ) {
    if (other < bare.calls.length && sameCall(calls[own], bare.calls[other])) {
      own += 1;
      other += 1;
    } else if (other < bare.calls.length && rest(own, other + 1) > rest(own + 1, other)) other += 1;
    else left.add(own++);
  }
  return (call, index) => left.has(index) && (isWrite(call) || !isPoll(calls, index));
}

/** Whether a call stands between two of its own kind. */
function isPoll(calls: readonly Call[], index: number): boolean {
  return sameCall(calls[index - 1], calls[index]) && sameCall(calls[index], calls[index + 1]);
}

/** What goes wrong with a call that a run before it makes as well need not be tried again in this one. */
export function onlyIn({ calls }: CleanRun, before: readonly CleanRun[]): (point: Point) => boolean {
  const often = (all: readonly Call[], call: Call) => all.filter((one) => sameCall(one, call)).length;
  const own = calls.filter((call) => before.every((run) => often(run.calls, call) < often(calls, call)));
  return ({ faults = [] }) =>
    faults.every(({ service, operation, account = '' }) =>
      own.some((call) => sameCall(call, { service, operation: operation ?? '', account })),
    );
}

/** Every service that the run calls. */
export function services({ calls }: CleanRun): string[] {
  return [...new Set(calls.map(({ service }) => service))];
}

/** The how-manieth of its operation a call is, counted from the call `since`. */
export function occurrence({ calls }: CleanRun, index: number, since: number): number {
  return calls.slice(since, index + 1).filter((call) => sameCall(call, calls[index])).length;
}

/** Every operation once whose first call is chosen, with the job of that. */
export function operations(
  { calls, gateCalls }: CleanRun,
  chosen: Chosen = each,
): { call: Call; from: Point['from'] }[] {
  return calls.flatMap((call, index) =>
    chosen(call, index) && calls.findIndex((one) => sameCall(one, call)) === index
      ? [{ call, from: index < gateCalls ? ('gates' as const) : ('deploy' as const) }]
      : [],
  );
}

function sameCall(left: Call | undefined, right: Call | undefined): boolean {
  return (
    left?.service === right?.service &&
    left?.operation === right?.operation &&
    left?.account === right?.account
  );
}
