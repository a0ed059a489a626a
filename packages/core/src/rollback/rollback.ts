import type { Log } from '../action/index.ts';
import { formatDuration } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { type Patience, pauseFor } from '../lambda/index.ts';
import {
  type Aim,
  keepIncident,
  type Place,
  planStep,
  type RestorePorts,
  restore,
  type Step,
} from './restore.ts';

export interface RollbackOrder extends Aim {
  /** In the order of promotion; they are rolled back in reverse. */
  readonly places: readonly Place[];
  readonly reason: string;
  /** Milliseconds in which people can still cancel; 0 goes at once. */
  readonly safetyDelay: number;
  readonly incidentAlias: boolean;
  readonly dryRun: boolean;
}

/** What became of one alias. */
export interface Restored {
  readonly place: Place;
  /** `unchanged` was on its target already, or moved on from `onlyFrom`; `planned` is a dry run's answer. */
  readonly outcome: 'restored' | 'unchanged' | 'planned' | 'failed';
  readonly from: string;
  readonly to: string;
  /** What `to` was published as. */
  readonly release: string;
  readonly incidentAlias: string;
  /** Why this version, or what went wrong. */
  readonly note: string;
  /** Whether it was left because the run that was to be undone has succeeded. */
  readonly succeeded?: boolean;
  /** Whether this run brought it to its target: now, or before, as the incident alias that it made then tells. */
  readonly moved?: boolean;
}

const nothing = { from: '', to: '', release: '', incidentAlias: '' };

/** Checks that a restored alias serves; answers what is wrong, or undefined when nothing is. */
export type Verify = (place: Place) => Promise<string | undefined>;

/**
 * Returns aliases to an earlier version, in reverse order, and goes on past a failure: half an environment rolled back
 * is worse than one function that could not be. Never blocked by a window or a gate.
 */
export async function rollback(
  order: RollbackOrder,
  ports: RestorePorts,
  verify: Verify,
  patience: Patience & { readonly log: Pick<Log, 'info' | 'warning'> },
): Promise<readonly Restored[]> {
  const plans: { readonly place: Place; readonly step: Step | Error }[] = [];
  for (const place of order.places.toReversed()) {
    plans.push({ place, step: await tried(() => planStep(place, order, ports)) });
  }
  const due = plans.filter(({ step }) => !(step instanceof Error) && step.needed);
  if (due.length > 0 && !order.dryRun) await letPeopleCancel(order, due.length, patience);

  const results: Restored[] = [];
  for (const { place, step } of plans) {
    const result =
      step instanceof Error
        ? { place, outcome: 'failed' as const, ...nothing, note: step.message }
        : await carryOut(step, order, ports, verify, patience);
    patience.log.info(describeRestored(result));
    results.push(result);
  }
  return results;
}

async function carryOut(
  step: Step,
  order: RollbackOrder,
  ports: RestorePorts,
  verify: Verify,
  { clock, log, timeout }: Patience & { readonly log: Pick<Log, 'info' | 'warning'> },
): Promise<Restored> {
  const { place } = step;
  const { from, to, release } = step;
  const result = { place, from, to, release, incidentAlias: '', note: step.because };
  if (!step.needed) {
    const note = step.left ?? alreadyThere(step);
    return { ...result, ...doneBefore(step), note, succeeded: step.succeeded ?? false };
  }
  if (order.dryRun) return dryRunOf(step, result);
  const patience = { clock, log, timeout };
  const incidentAlias = order.incidentAlias ? await keptIncident(step, order, ports, patience) : '';
  const kept = { ...result, incidentAlias };
  const left = await tried(() => restore(step, ports, patience));
  if (left instanceof Error) return { ...kept, outcome: 'failed', note: left.message };
  if (left !== undefined) return { ...kept, outcome: 'unchanged', note: left };
  const wrong = await tried(() => verify(place));
  if (wrong === undefined) return { ...kept, outcome: 'restored', moved: true };
  const how = wrong instanceof Error ? `could not be verified: ${wrong.message}` : `is not healthy: ${wrong}`;
  return { ...kept, outcome: 'failed', note: `it is on version ${step.to} now, but ${how}`, moved: true };
}

function dryRunOf(step: Step, result: Omit<Restored, 'outcome'>): Restored {
  if (!step.told) return { ...result, outcome: 'planned' };
  const note = `Lambda was told to send every request to version ${step.to}, and moves provisioned concurrency to it`;
  return { ...result, ...doneBefore(step), note };
}

/** Of an alias that needs nothing any more. Whoever brought it there: only the incident alias tells that it was this run. */
function doneBefore({ incident }: Step): Pick<Restored, 'outcome' | 'incidentAlias' | 'moved'> {
  return { outcome: 'unchanged', incidentAlias: incident ?? '', moved: incident !== undefined };
}

/** A bad version that cannot be kept for study is no reason to keep serving it. */
async function keptIncident(
  step: Step,
  order: RollbackOrder,
  ports: RestorePorts,
  patience: Patience & { readonly log: Pick<Log, 'warning'> },
): Promise<string> {
  const name = await tried(() => keepIncident(step, order, ports.aliases, patience));
  if (!(name instanceof Error)) return name ?? '';
  patience.log.warning(`No incident alias was made, and the rollback goes on: ${name.message}`);
  return '';
}

/** Not even a bug at one alias keeps the others from being rolled back. */
async function tried<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutsideError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new Error(`this is a bug in promo-actions, please report it: ${message}`, { cause: error });
  }
}

function alreadyThere({ to, because }: Step): string {
  return `it is on version ${to} alone already; nothing to do (${because})`;
}

async function letPeopleCancel(order: RollbackOrder, due: number, patience: Patience): Promise<void> {
  if (order.safetyDelay === 0) return;
  const what = due === 1 ? 'one alias' : `${due} aliases`;
  patience.log.info(
    `Rolling back ${what} in ${formatDuration(order.safetyDelay)}, because: ${order.reason}. Cancel the run to stop it; \`force: true\` goes at once.`,
  );
  await pauseFor(
    order.safetyDelay,
    patience.clock,
    patience.signal,
    () => 'waiting to roll back; nothing was changed',
  );
}

/** What became of one alias, in one sentence. */
export function describeRestored({ place, outcome, from, to, note }: Restored): string {
  const name = `\`${place.functionName}:${place.alias}\``;
  if (outcome === 'failed') return `${name} failed: ${note}`;
  if (outcome === 'unchanged') return `${name} was left as it is: ${note}.`;
  const verb = outcome === 'planned' ? 'would go' : 'went';
  return `${name} ${verb} from version ${from} to version ${to}: ${note}.`;
}
