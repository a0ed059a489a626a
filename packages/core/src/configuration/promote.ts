import { formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { decide, type GateReport } from '../gate/index.ts';
import { findings } from './check.ts';
import { compare, type Line, type Reading } from './compare.ts';
import type { Entry, Note } from './note.ts';
import { type Notebook, openNotebook, refuseAlive, Superseded, unfinished } from './notebook.ts';
import { createPace, type Pace } from './pace.ts';
import type { PathPair } from './paths.ts';
import type { ConfigurationSource, ConfigurationStore, Parameter, Traits, Writing } from './ports.ts';
import { countOf, leftAlone, unrestored } from './restore.ts';
import { finishRestoring, type RestoreOrder, type RestorePorts, type Watch } from './restore-promotion.ts';
import type { Rule } from './rule.ts';
import type { Selection } from './select.ts';
import { isTelltale } from './told.ts';

export interface PromoteOrder extends RestoreOrder {
  readonly runUrl: string;
  readonly actor: string;
  readonly sourceEnvironment?: string | undefined;
  readonly pairs: readonly PathPair[];
  readonly selection: Selection;
  readonly rules: readonly Rule[];
  /** Encrypts SecureStrings in the target. */
  readonly keyId?: string | undefined;
  /** Whether what another run left unfinished is undone without waiting until it must be dead. */
  readonly mayTakeOver: boolean;
}

export interface PromotePorts extends RestorePorts {
  readonly source: ConfigurationSource;
  /** Hears of every secret before anything is said of it. */
  readonly mask: (secret: string) => void;
  /** Hears that the first write is about to be made. */
  readonly begun: () => void;
}

export interface Promotion {
  readonly report: GateReport;
  readonly lines: readonly Line[];
  /** Whether anything was written. */
  readonly changed: boolean;
  /** How many were put back because the promotion failed. */
  readonly restored: number;
  /** Why it failed; everything is as it was found then. */
  readonly failure?: unknown;
}

/**
 * Writes into the target what differs from the source, all or nothing. The table is told what is found before anything is
 * written, so that a run that dies is undone by the next one; a failure on the way is undone at once.
 */
export async function promote(order: PromoteOrder, ports: PromotePorts, watch: Watch): Promise<Promotion> {
  const { target, notes, fence } = ports;
  const { clock, log } = watch;
  const notebook = await openNotebook(order, notes);
  await endUnfinished(order, notebook, ports, watch);

  const readings = await read(order.pairs, ports);
  const lines = compare(readings, order.selection, order.rules);
  const found = findings(readings, lines, order.rules, order.sourceEnvironment);
  const report: GateReport = {
    gate: 'promote-config',
    decision: decide(found),
    subject: { environment: order.environment, service: order.service },
    at: formatInstant(clock.now()),
    findings: found,
  };
  const due = lines.filter(({ fate }) => fate === 'create' || fate === 'update');
  const untouched = { report, lines, changed: false, restored: 0 };
  if (report.decision !== 'pass' || order.dryRun) return untouched;
  if (due.length === 0) {
    await claim(order, notebook, ports, watch);
    return untouched;
  }

  const traits = await target.traits(due.flatMap(({ fate, name }) => (fate === 'update' ? [name] : [])));
  await fence.check();
  ports.begun();
  const { environment, service, promotion, runUrl, actor } = order;
  const entries = new Map(merged(notebook.note, promotion, due, traits).map((entry) => [entry.name, entry]));
  const tell = (state: Note['state']) =>
    notebook.write({
      ...{ environment, service, promotion, runUrl, actor, state },
      entries: [...entries.values()],
      heardAt: clock.now(),
    });
  await tell('writing');
  try {
    const heard = async () => {
      await tell('writing');
    };
    const pace = createPace({
      verb: 'Wrote',
      total: due.length,
      log,
      clock,
      fence,
      heard,
      ...signalOf(watch),
    });
    await writeAll(due, { order, target, traits, entries, pace });
    await tell('promoted');
    return { report, lines, changed: true, restored: 0 };
  } catch (failure) {
    if (failure instanceof Superseded) throw failure;
    log.info('The promotion failed on the way; putting back what it wrote.');
    return { ...untouched, ...(await undo(failure, [...entries.values()], notebook, ports, { clock, log })) };
  }
}

const signalOf = ({ signal }: Watch) => (signal ? { signal } : {});

/** Ends what an earlier attempt or another run left unfinished: a promotion begins on ground that is whole. */
async function endUnfinished(
  order: PromoteOrder,
  notebook: Notebook,
  ports: PromotePorts,
  watch: Watch,
): Promise<void> {
  const open = unfinished(notebook.note);
  if (!open) return;
  const mine = open.promotion === order.promotion;
  const told = mine ? 'An earlier attempt' : `Run ${open.promotion}`;
  if (order.dryRun) {
    watch.log.warning(`${told} left its changes unfinished; a promotion would put them back first.`);
    return;
  }
  if (!mine) refuseAlive(open, watch.clock.now(), order.mayTakeOver);
  watch.log.info(`${told} left its changes unfinished; putting back what it found.`);
  const results = await finishRestoring(open, notebook, ports, watch, false);
  watch.log.warning(
    `${told} had left its changes unfinished: put back ${countOf(results)} parameters. ${leftAlone(results) ?? ''}`.trim(),
  );
}

/** A run that finds everything as it is to be relies on it: from here on an earlier run's undoing would be its harm. */
async function claim(
  { environment, service, promotion, runUrl, actor }: PromoteOrder,
  { note, write }: Notebook,
  { fence }: PromotePorts,
  { clock }: Watch,
): Promise<void> {
  if (note?.state !== 'promoted' || note.promotion === promotion) return;
  await fence.check();
  const run = { environment, service, promotion, runUrl, actor };
  await write({ ...run, state: 'promoted', entries: [], heardAt: clock.now() });
}

async function read(
  pairs: readonly PathPair[],
  { source, target, mask }: PromotePorts,
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  for (const pair of pairs) {
    const reading = {
      pair,
      source: await source.list(pair.source),
      target: await target.list(pair.target),
    };
    for (const parameter of [...reading.source, ...reading.target])
      if (isTelltale(parameter)) mask(parameter.value);
    readings.push(reading);
  }
  return readings;
}

/** What was found; where an earlier step of this promotion noted a parameter down, what that one found. */
function merged(
  note: Note | undefined,
  promotion: string,
  due: readonly Line[],
  traits: ReadonlyMap<string, Traits>,
): readonly Entry[] {
  const kept = note?.promotion === promotion && note.state !== 'restored' ? note.entries : [];
  const entries = new Map(kept.map((entry) => [entry.name, entry]));
  for (const { name, target } of due) {
    const version = target?.version ?? 0;
    const keyId = traits.get(name)?.keyId;
    const noted = entries.get(name);
    entries.set(
      name,
      noted
        ? { ...noted, last: Math.max(version, noted.last) }
        : { name, before: version, last: version, ...(keyId ? { keyId } : {}) },
    );
  }
  return [...entries.values()];
}

interface Work {
  readonly order: PromoteOrder;
  readonly target: ConfigurationStore;
  readonly traits: ReadonlyMap<string, Traits>;
  readonly entries: Map<string, Entry>;
  readonly pace: Pace;
}

async function writeAll(due: readonly Line[], work: Work): Promise<void> {
  const { target, entries, pace } = work;
  for (const { name, fate, source } of due) {
    if (!source) continue;
    await pace.step();
    const parameter = writing(name, source, work);
    const version = fate === 'create' ? await create(parameter, work) : await target.update(parameter);
    const entry = entries.get(name);
    if (entry) entries.set(name, { ...entry, last: version });
  }
}

const largestStandard = 4_096;

function writing(name: string, source: Parameter, { order, traits }: Work): Writing {
  const { type, value, dataType } = source;
  const found = traits.get(name);
  const large = new TextEncoder().encode(value).length > largestStandard;
  const keyId = type === 'SecureString' ? (order.keyId ?? found?.keyId) : undefined;
  return {
    ...{ name, type, value, dataType },
    tier: large || found?.tier === 'Advanced' ? 'Advanced' : 'Standard',
    ...(keyId ? { keyId } : {}),
    ...(found?.description ? { description: found.description } : {}),
    ...(found?.allowedPattern ? { allowedPattern: found.allowedPattern } : {}),
  };
}

/** Where a parameter is there all at once, it may be this run's own, made by a call whose answer was lost. */
async function create(parameter: Writing, { target, entries }: Work): Promise<number> {
  const { name, value } = parameter;
  const version = await target.create(parameter);
  if (version !== 'exists') return version;
  const there = (await target.read([{ name }])).get(name);
  if (there?.version === 1 && there.value === value) return there.version;
  entries.delete(name);
  throw new OutsideError({
    what: `parameter \`${name}\` was made by someone else while this run promoted`,
    remedy: 'Let one promotion run at a time by deployment-lock, and run again',
  });
}

/** Puts everything back after a failure; without the run's signal, for a cancelled run must put back too. */
async function undo(
  failure: unknown,
  entries: readonly Entry[],
  notebook: Notebook,
  ports: PromotePorts,
  watch: Watch,
): Promise<Pick<Promotion, 'restored' | 'failure'>> {
  const { note } = notebook;
  if (!note) throw failure;
  try {
    const results = await finishRestoring({ ...note, entries }, notebook, ports, watch, false);
    const alone = leftAlone(results);
    const told = `${countOf(results)} parameters, all put back as they were found${alone ? `, but for these: ${alone}` : ''}`;
    watch.log.info(`Put back ${countOf(results)} parameters.`);
    return {
      restored: countOf(results),
      failure: failure instanceof OutsideError ? failure.after(told) : failure,
    };
  } catch (error) {
    if (error instanceof Superseded) throw error;
    throw unrestored(failure, error);
  }
}
