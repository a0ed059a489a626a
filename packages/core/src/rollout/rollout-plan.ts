import { parseDuration } from '../clock/index.ts';
import { compactDuration } from '../window/index.ts';

/** One weight of the canary in percent, above 0 and at most 100, and how long it is held and watched, in milliseconds. */
export interface Step {
  readonly weight: number;
  readonly bake: number;
}

/** Weights that rise from step to step; the last is 100, and it alone may have no bake. */
export type Plan = readonly Step[];

/** A plan that cannot be; the message says where in the text and what to write instead. */
export class NoPlan extends Error {}

/** Plans by the names of mission profiles. */
export const profiles: Readonly<Record<string, string>> = {
  dev: '50:2m, 100',
  staging: '10:5m, 100',
  production: '5:10m, 100',
};

const minute = 60_000;
const mostSteps = 100;

/** What a plan may look like, as the end of "expected …". */
export const expectedPlan =
  '`10:5m, 50:5m, 100`, `linear 5% every 10m`, `canary 10% for 5m`, or a profile (`dev`, `staging`, `production`)';

/**
 * Reads a plan: weights with their bakes (`10:5m, 50:5m, 100`, also one a line), `linear 5% every 10m`,
 * `canary 10% for 5m`, or a profile.
 * @throws NoPlan naming every mistake with its place.
 */
export function parsePlan(text: string): Plan {
  const trimmed = text.trim();
  const profile = Object.hasOwn(profiles, trimmed) ? profiles[trimmed] : undefined;
  if (profile !== undefined) return parsePlan(profile);
  if (trimmed === '') throw new NoPlan('the plan is empty');
  return /^[a-z]/i.test(trimmed) ? parsePhrase(text) : parseSteps(text);
}

/** The plan in its one written form; `parsePlan` reads it back. */
export function printPlan(plan: Plan): string {
  return plan
    .map(({ weight, bake }) => (bake === 0 ? `${weight}` : `${weight}:${compactDuration(bake)}`))
    .join(', ');
}

/** The same weights with bakes half as long, to the whole minute and not under one: for a change of configuration alone. */
export function hastened(plan: Plan): Plan {
  return plan.map(({ weight, bake }) => ({
    weight,
    bake: bake <= minute ? bake : Math.max(minute, Math.floor(bake / 2 / minute) * minute),
  }));
}

function parsePhrase(text: string): Plan {
  const phrase =
    /^\s*(linear|canary)\s+(-?[\d.]+)\s?%?\s+(every|for)\s+(\S+)\s*$/.exec(text) ?? unknownPhrase(text);
  const [, kind = '', weightText = '', word, bakeText = ''] = phrase;
  if ((kind === 'linear') !== (word === 'every')) {
    const right = kind === 'linear' ? 'linear 5% every 10m' : 'canary 10% for 5m';
    throw new NoPlan(`${placeOf(text, text.indexOf(` ${word} `) + 1)}: expected \`${right}\``);
  }
  const problems: string[] = [];
  const at = { weight: text.indexOf(weightText), bake: text.lastIndexOf(bakeText) };
  const weight = readWeight(weightText, (what) => problems.push(`${placeOf(text, at.weight)}: ${what}`));
  const bake = readBake(bakeText, (what) => problems.push(`${placeOf(text, at.bake)}: ${what}`));
  if (weight === 100)
    problems.push(
      `${placeOf(text, at.weight)}: 100% at once leaves nothing to watch; write \`100\` for a shift without a canary`,
    );
  if (weight !== undefined && kind === 'linear' && Math.ceil(100 / weight) > mostSteps)
    problems.push(`${placeOf(text, at.weight)}: ${weight}% takes more than ${mostSteps} steps`);
  if (problems.length > 0 || weight === undefined || bake === undefined)
    throw new NoPlan(problems.join('; '));
  if (kind === 'canary') return [{ weight, bake }, last];
  const count = Math.ceil(100 / weight - 1e-9) - 1;
  return [
    ...Array.from({ length: count }, (_, index) => ({ weight: fine(weight * (index + 1)), bake })),
    last,
  ];
}

const last: Step = { weight: 100, bake: 0 };

function unknownPhrase(text: string): never {
  const word = text.trim().split(/\s/)[0] ?? '';
  const place = placeOf(text, text.indexOf(word));
  if (word === 'linear') throw new NoPlan(`${place}: expected \`linear 5% every 10m\``);
  if (word === 'canary') throw new NoPlan(`${place}: expected \`canary 10% for 5m\``);
  const known = Object.keys(profiles).map((name) => `\`${name}\``);
  throw new NoPlan(`${place}: there is no profile \`${word}\`; there are ${known.join(', ')}`);
}

function parseSteps(text: string): Plan {
  const steps: Step[] = [];
  const problems: string[] = [];
  let before = 0;
  let end = 0;
  for (const entry of text.matchAll(/[^,;\n]+/g)) {
    const content = entry[0].trim();
    if (content === '') continue;
    const at = entry.index + entry[0].indexOf(content);
    end = at + content.length;
    const complain = (what: string, offset = 0) => problems.push(`${placeOf(text, at + offset)}: ${what}`);
    const [, weightText = '', colon = '', bakeText = ''] = /^([^:]*)(\s*:\s*)?(.*)$/s.exec(content) ?? [];
    const weight = readWeight(weightText.trim(), complain);
    const bakeAt = weightText.length + colon.length;
    const bake = colon === '' ? 0 : readBake(bakeText, (what) => complain(what, bakeAt));
    if (weight === undefined) continue;
    if (before === 100) complain(`${weight}% comes after 100%, where a rollout ends`);
    else if (weight === before) complain(`${weight}% repeats the weight before it`);
    else if (weight < before) complain(`${weight}% falls below the ${before}% before it`);
    else if (colon === '' && weight < 100)
      complain(`${weight}% has no bake; write \`${weight}:5m\` for five minutes`);
    before = Math.max(before, weight);
    steps.push({ weight, bake: bake ?? 0 });
  }
  if (problems.length === 0 && steps.length === 0) problems.push('the plan is empty');
  else if (problems.length === 0 && before < 100)
    problems.push(`${placeOf(text, end)}: the plan ends at ${before}%; add \`, 100\``);
  if (steps.length > mostSteps)
    problems.push(`the plan has ${steps.length} steps; at most ${mostSteps} are taken`);
  if (problems.length > 0) throw new NoPlan(problems.join('; '));
  return steps;
}

function readWeight(text: string, complain: (what: string) => void): number | undefined {
  const weight = /^-?\d+(\.\d{1,4})?\s?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (Number.isNaN(weight))
    complain(`\`${text}\` is no weight; expected a percent such as \`10\` or \`2.5%\``);
  else if (weight <= 0) complain(`${weight}% gives the canary no requests; a weight is above 0`);
  else if (weight > 100) complain(`${weight}% is more than all requests`);
  else return weight;
  return undefined;
}

function readBake(text: string, complain: (what: string) => void): number | undefined {
  const bake = parseDuration(text.replace(/^-/, ''));
  if (bake === undefined)
    complain(`\`${text}\` is no duration; expected one with its unit, such as \`90s\`, \`5m\` or \`1h\``);
  else if (text.startsWith('-') || bake === 0)
    complain(`a bake of ${text} watches nothing; it must be longer`);
  else if (bake % 1_000 !== 0) complain(`a bake is in whole seconds, and ${text} is not`);
  else return bake;
  return undefined;
}

/** Weights are kept to four decimals. */
function fine(weight: number): number {
  return Number(weight.toFixed(4));
}

/** `column 9`, or `line 2, column 3`; counted from 1. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = `column ${(before.at(-1)?.length ?? 0) + 1}`;
  return before.length === 1 ? column : `line ${before.length}, ${column}`;
}
