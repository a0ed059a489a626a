import type { Appended } from './append.ts';
import type { DeploymentStatus } from './record.ts';
import type { DeploymentBoard, ShownDeployment } from './store.ts';

/** What a deployment that is under way is shown as: it has no state where whoever made the entry died, or was not answered. */
const open: ReadonlySet<string | undefined> = new Set(['in_progress', undefined]);
const standing: ReadonlySet<string | undefined> = new Set([...open, 'success']);

const states = {
  started: 'in_progress',
  succeeded: 'success',
  failed: 'failure',
  'rolled-back': 'failure',
} as const satisfies Record<DeploymentStatus, string>;

/** How many earlier entries are looked at for one that is still shown as active. */
const lookedAt = 30;

/**
 * Shows a deployment in the state of its last record; undefined when a later deployment has taken its place. One entry a
 * deployment, told apart by its payload. The service is in the task, so that a success retires the entries before it of
 * this service alone (GitHub's own `auto_inactive` would retire those of every service in the environment). Whatever else
 * is shown retires what an attempt before it of the same run has left open, as that attempt is dead.
 */
export async function show(
  board: DeploymentBoard,
  { record, head, added }: Appended,
  ref: string,
): Promise<number | undefined> {
  const last = head.last.deployment === record.deployment ? head.last : record;
  if (!added && last !== head.last) return undefined;
  const { environment, service, deployment, action, toVersion = '', status, run } = last;
  const task = `deploy:${service}`;
  const shown = await board.list({ environment, task });
  const entry =
    shown.find(({ payload }) => payload.deployment === deployment) ??
    (await board.create({
      ref,
      environment,
      task,
      description: `${action} ${service} ${toVersion}`.trim(),
      payload: { deployment, service, action, version: toVersion, run: run.id },
    }));
  const description = [status, toVersion, last.reason].filter(Boolean).join(': ');
  await board.setStatus(entry.id, {
    state: states[status],
    description,
    logUrl: run.url,
    autoInactive: false,
  });
  if (action === 'config') return entry.id;
  const before = shown.filter(({ id }) => id < entry.id);
  const dead = before.filter(({ payload }) => payload.run === run.id);
  if (status === 'succeeded') await retire(board, before, standing, `replaced by ${toVersion}`);
  else await retire(board, dead, open, 'ended without saying how');
  return entry.id;
}

/**
 * Retires those before that are in one of the states; failures stay what they are. An entry that is retired says nothing of
 * those before it: whatever changed this board before may have left some.
 */
async function retire(
  board: DeploymentBoard,
  before: readonly ShownDeployment[],
  which: ReadonlySet<string | undefined>,
  description: string,
): Promise<void> {
  for (const { id } of before.slice(0, lookedAt).toReversed()) {
    if (which.has(await board.stateOf(id)))
      await board.setStatus(id, { state: 'inactive', description, autoInactive: false });
  }
}
