import { readScenarioFile, type ScenarioData, UnreadableScenario } from '@promo-actions/sandbox';
import * as v from 'valibot';
import { inOrder, type Mistake, Mistakes, suggestion } from '../mistake/index.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** A scenario, and where each part of it stands in its file. */
export interface ScenarioFile {
  readonly file: string;
  readonly scenario: Scenario;
  /** A mistake at a part of the file, such as `['inputs', 'version']`. */
  mistakeAt(path: readonly (string | number)[], message: string): Mistake;
}

/** @throws {Mistakes} each with its line and column. */
export function loadScenario(path: string, file: string = path): ScenarioFile {
  const data = readData(path, file);
  const mistakeAt = (where: readonly (string | number)[], message: string): Mistake => ({
    ...data.locate(where),
    message,
  });
  const { unknown, checked } = check(data.value);
  if (!checked.success || unknown.length > 0) {
    const issues = [...unknown, ...(checked.issues ?? [])];
    throw new Mistakes(inOrder(issues.flatMap((issue) => told(issue, mistakeAt))));
  }
  const mistakes = [
    ...contradictions(checked.output, mistakeAt),
    ...strangeAccounts(checked.output, data.value, mistakeAt),
  ];
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return { file, scenario: checked.output, mistakeAt };
}

function readData(path: string, file: string): ScenarioData {
  try {
    return readScenarioFile(path, file);
  } catch (error) {
    if (!(error instanceof UnreadableScenario)) throw error;
    throw new Mistakes(error.mistakes.map(({ place, message }) => ({ file, ...place, message })));
  }
}

/** The schema tells one unknown key of an object at a time: each is taken out and the rest is looked at again. */
function check(value: unknown) {
  const rest = structuredClone(value);
  const unknown: v.BaseIssue<unknown>[] = [];
  for (;;) {
    const checked = v.safeParse(scenarioSchema, rest);
    const found = checked.issues?.find(isUnknownKey);
    const place = found?.path?.at(-1);
    if (!found || !place) return { unknown, checked };
    unknown.push(found);
    Reflect.deleteProperty(place.input as object, place.key as string);
  }
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function told(
  issue: v.BaseIssue<unknown>,
  mistakeAt: ScenarioFile['mistakeAt'],
  before: readonly (string | number)[] = [],
): Mistake[] {
  const path = [...before, ...(issue.path ?? []).map((item) => item.key as string | number)];
  // A union's own message says only that nothing fitted; the issues of the option that came nearest say why.
  const deeper = issue.type === 'union' && issue.issues?.find((inner) => inner.path !== undefined);
  if (deeper) return told(deeper, mistakeAt, path);
  const name = path.join('.') || 'the scenario';
  if (isUnknownKey(issue)) {
    const known = path.length === 1 ? Object.keys(scenarioSchema.entries) : [];
    return [
      mistakeAt(path, `there is no key ${name} in a scenario.${suggestion(String(path.at(-1)), known)}`),
    ];
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    return [mistakeAt(path, `${name} is missing`)];
  return [mistakeAt(path, `${name}: ${issue.message}`)];
}

function contradictions(scenario: Scenario, mistakeAt: ScenarioFile['mistakeAt']): Mistake[] {
  const mistakes: Mistake[] = [];
  const environments = new Map(
    Object.entries(scenario.environments).map(([name, one]) => [name.toLowerCase(), one]),
  );
  scenario.people.forEach((person, index) => {
    const environment = environments.get(person.environment.toLowerCase());
    if (environment?.reviewers.includes(person.login)) return;
    const where = ['people', index, environment ? 'login' : 'environment'];
    mistakes.push(
      mistakeAt(
        where,
        environment
          ? `${person.login} is no reviewer of ${person.environment}; its reviewers are ${environment.reviewers.join(', ') || 'nobody'}`
          : `the scenario's environments have no ${person.environment}.${suggestion(person.environment, Object.keys(scenario.environments))}`,
      ),
    );
  });
  if (scenario.cancel && scenario.kill)
    mistakes.push(mistakeAt(['kill'], 'a scenario has either cancel or kill'));
  return mistakes;
}

const looked = ['alias', 'records', 'parameters'] as const;

/** Where it is to be looked in an account that the scenario's world has neither by name nor by number. */
function strangeAccounts(
  { world, expect }: Scenario,
  written: unknown,
  mistakeAt: ScenarioFile['mistakeAt'],
): Mistake[] {
  const names = Object.keys(world.accounts ?? {});
  return looked.flatMap((what) =>
    expect[what].flatMap(({ account }, index) => {
      if (names.includes(account) || /^\d{12}$/.test(account)) return [];
      const list = Array.isArray((written as { expect: Record<string, unknown> }).expect[what]);
      const where = ['expect', what, ...(list ? [index] : []), 'account'];
      const known = names.length > 0 ? `; there are ${names.join(', ')}` : '';
      return [mistakeAt(where, `the world has no account ${account}${known}.${suggestion(account, names)}`)];
    }),
  );
}
