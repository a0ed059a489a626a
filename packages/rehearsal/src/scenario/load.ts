import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { type Mistake, Mistakes, suggestion } from '../mistake/index.ts';
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
  if (!existsSync(path)) throw new Mistakes([{ file, message: 'there is no such scenario file' }]);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };
  if (document.errors.length > 0) {
    throw new Mistakes(document.errors.map((error) => at(error.pos[0], error.message)));
  }
  const mistakeAt = (where: readonly (string | number)[], message: string): Mistake => {
    for (let length = where.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(where.slice(0, length), true);
      if (isNode(node) && node.range) return at(node.range[0], message);
    }
    return { file, message };
  };
  const checked = v.safeParse(scenarioSchema, document.toJS());
  if (!checked.success) throw new Mistakes(checked.issues.flatMap((issue) => told(issue, mistakeAt)));
  const mistakes = contradictions(checked.output, mistakeAt);
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return { file, scenario: checked.output, mistakeAt };
}

function told(issue: v.BaseIssue<unknown>, mistakeAt: ScenarioFile['mistakeAt']): Mistake[] {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  // A union's own message says only that nothing fitted; the issues of the option that came nearest say why.
  const deeper = issue.type === 'union' && issue.issues?.find((inner) => inner.path !== undefined);
  if (deeper) {
    const inner = (deeper.path ?? []).map((item) => item.key as string | number);
    return [mistakeAt([...path, ...inner], `${[...path, ...inner].join('.')}: ${deeper.message}`)];
  }
  const name = path.join('.') || 'the scenario';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const key = String(path.at(-1));
    const known = path.length === 1 ? Object.keys(scenarioSchema.entries) : [];
    return [mistakeAt(path, `there is no key ${name} in a scenario.${suggestion(key, known)}`)];
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
