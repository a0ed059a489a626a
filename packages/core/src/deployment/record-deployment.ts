import type { Clock } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { type Appended, append, dated, existingRecord, readHead, withOrigin } from './append.ts';
import { advanced, type Current } from './head.ts';
import { parameterNames, tellCurrent } from './parameters.ts';
import { type DeploymentRecord, type Draft, recordId, seal } from './record.ts';
import { show } from './show.ts';
import type { DeploymentBoard, ParameterStore, RecordStore } from './store.ts';

export interface RecordOrder {
  readonly draft: Draft;
  /** Where the version is told; undefined leaves parameters alone. */
  readonly prefix?: string;
  /** The commit, tag or branch that a deployment on the board names. */
  readonly ref: string;
  readonly dryRun: boolean;
}

export interface RecordPorts {
  readonly records: RecordStore;
  readonly parameters: ParameterStore;
  /** Undefined when deployments are not shown. */
  readonly board?: DeploymentBoard;
  /** Dates the record once the log has answered; absent: it keeps its draft's date. */
  readonly clock?: Pick<Clock, 'now'>;
}

export interface Recorded {
  readonly record: DeploymentRecord;
  readonly current?: Current;
  /** What was written, in order; of a dry run, what would be. Empty when everything was there. */
  readonly written: readonly string[];
  readonly deploymentNumber?: number;
  /** Why it is not known whether another run's success came after this one's parameters. */
  readonly unseen?: string;
  /** Why the board does not show it: the record is the truth, and the board a view of it that no deployment fails for. */
  readonly unshown?: string;
}

/**
 * Records what happened to a deployment: its line in the log, then the parameters that say what is deployed, then the
 * board. Each step may be repeated; whatever fails says what the steps before it have written. A board that fails is left
 * behind: the deployment's next record, or the next success, brings it in step.
 */
export async function recordDeployment(order: RecordOrder, ports: RecordPorts): Promise<Recorded> {
  if (order.dryRun) return rehearse(order, ports);
  const written: string[] = [];
  try {
    const appended = await append(ports.records, order.draft, ports.clock);
    const { record, head } = appended;
    if (appended.added) written.push(`record ${record.sequence} \`${record.id}\` in ${ports.records.place}`);
    const unseen =
      order.prefix && tells(record)
        ? await tellCurrent(ports, head, order.prefix, (what) => written.push(what))
        : undefined;
    const view = ports.board ? await shown(ports.board, appended, order.ref, written) : {};
    return {
      record,
      written,
      ...(head.current ? { current: head.current } : {}),
      ...view,
      ...(unseen ? { unseen: unseen.message } : {}),
    };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const before = [...written, ...(error.failure.changed ? [error.failure.changed] : [])];
    throw error.after(before.length > 0 ? before.join('; ') : 'nothing');
  }
}

/** Whether a record changes what is deployed. */
function tells(record: DeploymentRecord): boolean {
  return record.status === 'succeeded' && record.action !== 'config';
}

async function shown(
  board: DeploymentBoard,
  appended: Appended,
  ref: string,
  written: string[],
): Promise<Pick<Recorded, 'deploymentNumber' | 'unshown'>> {
  const showing = () => show(board, appended, ref);
  try {
    // What was not answered may have been done: showing it again finds it.
    const id = await showing().catch((error: unknown) => {
      if (error instanceof OutsideError && error.failure.unsure) return showing();
      throw error;
    });
    if (id === undefined) return {};
    written.push(`GitHub Deployment ${id}: ${appended.head.last.status}`);
    return { deploymentNumber: id };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { unshown: error.message };
  }
}

/** What recording would write, from what is there now. */
async function rehearse(
  { draft, prefix }: RecordOrder,
  { records, board, clock }: RecordPorts,
): Promise<Recorded> {
  const head = await readHead(records, draft);
  const id = recordId(draft);
  const existing =
    (await existingRecord(records, draft, id)) ?? (head?.last.id === id ? head.last : undefined);
  if (existing) return { record: existing, written: [], ...(head?.current ? { current: head.current } : {}) };
  const item = seal(withOrigin(dated(draft, clock), head), head?.last);
  const { last, current } = advanced(head, item);
  const written = [`record ${last.sequence} \`${last.id}\` in ${records.place}`];
  if (prefix && tells(last)) {
    const names = parameterNames(prefix);
    written.push(
      `parameter \`${names.version}\` = ${last.toVersion}`,
      `parameter \`${names.at}\` = ${last.timestamp}`,
    );
  }
  if (board) written.push(`a GitHub Deployment of ${draft.service} to ${draft.environment}: ${draft.status}`);
  return { record: last, written, ...(current ? { current } : {}) };
}
