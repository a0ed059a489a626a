import { isDeepStrictEqual } from 'node:util';
import { boardFlaws, shownTwice } from './board.ts';
import {
  chainFlaws,
  headOf,
  lockHolder,
  recordsOf,
  type Settings,
  type World,
  withCarried,
} from './outside.ts';

/** What a promotion that has ended must have left. */
export type Ending = 'promoted' | 'undone' | 'any' | 'told' | 'unrecorded';

const from = '1';
const to = '2';
const release = 'v1.4.0';
const untold = /could not be undone/;

/** Whether the last record says that the promotion was left half done, since its undoing failed. */
export function couldNotUndo(world: World): boolean {
  return untold.test(String(recordsOf(world).at(-1)?.reason));
}

/**
 * What is wrong with production after a promotion of v1.4.0 that ended so; nothing when nothing is. GitHub may be `behind`
 * where it, or what is told before it, fails for good, and where the schedule recorded the end, which shows nothing.
 */
export function flawsOf(seen: World, outcome: string, ending: Ending, behind = false): string[] {
  const lenient = ending === 'told' || ending === 'unrecorded';
  const world = ending === 'unrecorded' ? withCarried(seen) : seen;
  const flaws = [
    ...chainFlaws(world),
    ...liesOf(world),
    ...currentFlaws(world, lenient && outcome === 'failure'),
    ...storyFlaws(world),
    ...(behind ? [] : boardFlaws(world)),
    ...toldFlaws(world, outcome),
    ...settingsFlaws(world, lenient && outcome === 'failure'),
  ];
  const records = recordsOf(world);
  const last = records.at(-1);
  const traffic = `the alias is on ${world.version} with ${JSON.stringify(world.weights)}`;
  const weighed = Object.keys(world.weights).length > 0;
  const told = lenient && outcome === 'failure' && (last === undefined || last.status !== 'succeeded');

  if (weighed && !(told && untold.test(String(last?.reason))))
    flaws.push(`${traffic}; the last record says ${said(last)}`);
  const holder = lockHolder(world);
  if (holder && !lenient) flaws.push(`the lock is still held by ${holder}`);
  if (ending === 'promoted' && (outcome !== 'success' || world.version !== to))
    flaws.push(`the release is not promoted: ${outcome}, ${traffic}`);
  if (ending === 'undone' && (outcome === 'success' || world.version !== from))
    flaws.push(`the release is not undone: ${outcome}, ${traffic}`);
  if (outcome === 'success' && (last?.status !== 'succeeded' || world.version !== to))
    flaws.push(`the run succeeded, but the last record says ${said(last)} and ${traffic}`);
  if (last?.status === 'succeeded' && world.version !== to)
    flaws.push(`the last record says succeeded, but ${traffic}`);
  if (last?.status === 'rolled-back' && world.version !== from)
    flaws.push(`the last record says rolled-back, but ${traffic}`);
  const stands = headOf(world)?.current_version === release && world.version === to;
  if (last?.status === 'failed' && world.version !== from && !stands && !untold.test(String(last.reason)))
    flaws.push(`the last record says ${said(last)}, but ${traffic}`);
  if (last?.status === 'started' && outcome !== 'success' && ending !== 'unrecorded')
    flaws.push('the run has ended, but its last record says started');
  return flaws;
}

/** What is never right, not even while a runner lies dead: SSM, GitHub or the ticket ahead of the alias, or anything made twice. */
export function liesOf(world: World): string[] {
  const there = isOut(world);
  const claims = [
    ...(world.parameters['/tenants/prod/deployed-version'] === release ? ['SSM'] : []),
    ...(isPublished(world) ? ['GitHub'] : []),
    ...(isShown(world) ? ['the board'] : []),
    ...(world.comments.some((comment) => promoted.test(comment)) ? ['the ticket'] : []),
  ];
  const traffic = `the alias is on ${world.version} ${JSON.stringify(world.weights)}`;
  return [
    ...publishedFlaws(world),
    ...shownTwice(world),
    ...(there ? [] : claims.map((who) => `${who} says ${release} is deployed, but ${traffic}`)),
  ];
}

/** Whether the alias is on the new version alone. */
export function isOut({ version, weights }: World): boolean {
  return version === to && Object.keys(weights).length === 0;
}

const promoted = /was promoted to prod/;

function isPublished({ releases }: World): boolean {
  return releases.some(({ tag, draft }) => tag === release && !draft);
}

function isShown({ board }: World): boolean {
  return board.some(({ version, state }) => version === release && state === 'success');
}

/** GitHub and the ticket say what became of the release, the ticket once however often the promotion was run. */
function toldFlaws(world: World, outcome: string): string[] {
  const { comments } = world;
  const flaws: string[] = [];
  if (comments.length > 1) flaws.push(`the ticket was told ${comments.length} times`);
  if (outcome === 'success' && !isPublished(world)) flaws.push('the release is a draft still');
  if (outcome === 'success' && !comments.some((comment) => promoted.test(comment)))
    flaws.push(`the ticket does not know: ${comments.join() || 'it was told nothing'}`);
  return flaws;
}

function said(record: Readonly<Record<string, string | number>> | undefined): string {
  return record ? `${record.status}${record.reason ? ` (${record.reason})` : ''}` : 'nothing';
}

function publishedFlaws({ published, backups, releases }: World): string[] {
  const flaws: string[] = [];
  const versions = published.filter(({ description }) => description === release);
  if (versions.length > 1 || published.length > 2)
    flaws.push(`published twice: ${published.map((one) => `${one.version} ${one.description}`).join(', ')}`);
  if (releases.filter(({ tag }) => tag === release).length !== 1)
    flaws.push(`GitHub has the releases ${releases.map(({ tag }) => tag).join(', ')}`);
  if (backups.length > 1 || backups.some((version) => version !== from))
    flaws.push(`backup aliases keep ${backups.join(', ')}, not ${from} once`);
  return flaws;
}

/**
 * SSM says what the head of the records says is current, which is what their last success said. Where it refuses for good,
 * and the run has failed for that, it says nothing.
 */
function currentFlaws(world: World, silent: boolean): string[] {
  const head = headOf(world);
  const flaws: string[] = [];
  for (const [name, attribute] of [
    ['deployed-version', 'current_version'],
    ['deployed-at', 'current_since'],
  ] as const) {
    const told = world.parameters[`/tenants/prod/${name}`];
    if (told !== head?.[attribute] && !(silent && told === undefined))
      flaws.push(`SSM ${name} is ${told}, the records say ${head?.[attribute]}`);
  }
  const current = head?.current_version;
  if (current === release && world.version !== to)
    flaws.push(`the records say ${release} is current, but the alias is on ${world.version}`);
  return flaws;
}

/** What comes along with either version. */
const settingsWith: Readonly<Record<string, Omit<Settings, 'snapshots'>>> = {
  [from]: { parameters: { 'table-name': 'tenants-prod', plans: '["free"]' }, teamPlan: false },
  [to]: {
    parameters: {
      'table-name': 'tenants-prod',
      plans: '["free", "team"]',
      'payment-key': 'payment-key-of-sit',
    },
    teamPlan: true,
  },
};

/** Configuration and flags are those of the version that the alias is on, and the database was kept once. */
function settingsFlaws({ settings, version }: World, mayStay: boolean): string[] {
  if (!settings) return [];
  const { snapshots, ...seen } = settings;
  const inStep = mayStay || isDeepStrictEqual(seen, settingsWith[version]);
  return [
    ...(inStep ? [] : [`the alias is on ${version}, but around it are ${JSON.stringify(seen)}`]),
    ...(snapshots.length > 1 ? [`the database was kept as ${snapshots.join(', ')}`] : []),
  ];
}

/** Each deployment begins, and ends at most once. */
function storyFlaws(world: World): string[] {
  const stories = new Map<string, string[]>();
  for (const record of recordsOf(world)) {
    const id = String(record.deployment);
    stories.set(id, [...(stories.get(id) ?? []), String(record.status)]);
  }
  return [...stories].flatMap(([id, statuses]) =>
    /^(started(,(succeeded|failed|rolled-back))?|failed|rolled-back)$/.test(statuses.join())
      ? []
      : [`deployment ${id} is told as ${statuses.join(', ')}`],
  );
}
