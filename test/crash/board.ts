import { headOf, recordsOf, type Shown, type World } from './outside.ts';

const states: Readonly<Record<string, string>> = {
  started: 'in_progress',
  succeeded: 'success',
  failed: 'failure',
  'rolled-back': 'failure',
};

/** A deployment is shown once, however often it is told. */
export function shownTwice({ board }: World): string[] {
  const ids = board.map(({ deployment }) => deployment);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return twice.map((id) => `GitHub shows deployment ${id} twice`);
}

/** What GitHub shows is what the records say: the last of them, what is current, and nothing under way that has ended. */
export function boardFlaws(world: World): string[] {
  const records = recordsOf(world);
  const last = records.at(-1);
  const statuses = new Map(records.map(({ deployment, status }) => [String(deployment), String(status)]));
  const current = headOf(world)?.current_version;
  const said = (shown: Shown) =>
    `GitHub shows deployment ${shown.deployment} as ${shown.state ?? 'nothing yet'}, the records say ${statuses.get(shown.deployment) ?? 'nothing'}`;
  const flaws = world.board
    .filter((shown) => shown.deployment !== last?.deployment)
    .filter(({ state }) => state === undefined || ['in_progress', 'queued', 'pending'].includes(state))
    .map(said);
  const deployed = world.board.filter(({ state }) => state === 'success').map(({ version }) => version);
  if (deployed.join() !== (current === undefined ? '' : String(current)))
    flaws.push(`GitHub shows ${deployed.join(' and ') || 'nothing'} as deployed, the records say ${current}`);
  const newest = world.board.find(({ deployment }) => deployment === last?.deployment);
  if (last && !newest) flaws.push(`GitHub does not show deployment ${last.deployment}`);
  if (last && newest && newest.state !== states[String(last.status)]) flaws.push(said(newest));
  return flaws;
}
