import { history } from './history.ts';
import {
  type Chain,
  type Component,
  type DeploymentRecord,
  type Draft,
  recordId,
  recordOf,
  tellsNoChange,
} from './record.ts';
import { type Recorded, type RecordPorts, recordDeployment } from './record-deployment.ts';
import type { RecordStore } from './store.ts';

/** How a deployment ended that the run which began it could not record itself. */
export interface Ending {
  readonly environment: string;
  readonly service: string;
  /** The address of the run that began it. */
  readonly begunBy: string;
  readonly status: 'succeeded' | 'failed' | 'rolled-back';
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly reason: string;
  readonly components: readonly Component[];
  /** Who ended it. */
  readonly actor: string;
  readonly run: Draft['run'];
}

/**
 * Records the end of a deployment whose last record is the start by that run; undefined where the log says something
 * else by now, or never told of it. Safe to repeat.
 */
export async function closeDeployment(
  ending: Ending,
  ports: Pick<RecordPorts, 'records' | 'parameters'>,
  prefix?: string,
): Promise<Recorded | undefined> {
  const { begunBy, ...draft } = ending;
  const newest = await newestOf(ports.records, ending);
  if (!newest) return undefined;
  const { last, begun } = newest;
  // Whoever came before may have died between the record and what follows it.
  const open = last.status === 'started' || last.status === ending.status;
  if (!open || begun.run.url !== begunBy) return undefined;
  const { deployment, action, fromVersion, toVersion, ticket } = begun;
  return recordDeployment(
    {
      draft: {
        ...draft,
        deployment,
        action,
        ...(fromVersion ? { fromVersion } : {}),
        ...(toVersion ? { toVersion } : {}),
        ...(ticket ? { ticket } : {}),
        gates: [],
      },
      ...(prefix ? { prefix } : {}),
      ref: '',
      dryRun: false,
    },
    ports,
  );
}

/** The newest record of a deployment that began, and its start, behind failures that changed nothing; undefined where what never told that it began has changed something since. */
async function newestOf(records: RecordStore, chain: Chain) {
  for await (const item of history(records, chain)) {
    const last = recordOf(item);
    const begun = last && (await startOf(last, records));
    if (begun) return { last, begun };
    if (!last || !tellsNoChange(last)) return undefined;
  }
  return undefined;
}

async function startOf(
  { deployment, ...last }: DeploymentRecord,
  records: RecordStore,
): Promise<DeploymentRecord | undefined> {
  if (last.status === 'started') return { deployment, ...last };
  const item = await records.find(recordId({ deployment, status: 'started' }));
  return item && recordOf(item);
}
