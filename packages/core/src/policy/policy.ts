import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { InputError, type InputProblem } from '../errors/index.ts';
import { orders } from './orders.ts';
import { vocabulary as everyAction } from './vocabulary.ts';

/** Every action with the inputs that a policy may set. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

export interface PolicyQuery {
  readonly action: string;
  readonly environment: string;
  readonly service: string;
  readonly input: string;
}

/** A value of the policy as the text an input would have, and where it stands: `file:line:column`. */
export interface Setting {
  readonly text: string;
  readonly where: string;
}

/**
 * A team's `.github/promotion.yml`: values for the inputs of actions, said once. Three sections, each weaker than the
 * one after it: `defaults`, `environments.<name>`, `services.<name>` (which may have `environments.<name>` of its own).
 * In each, `input: value` holds for every action and `<action>: {input: value}` for one.
 */
export interface Policy {
  setting(query: PolicyQuery, structured: boolean): Setting | undefined;
  /** The file it was read from, as messages name it. */
  readonly file: string;
  /** Every environment that is named, for all services or for one. */
  readonly environments: readonly string[];
  /** The names under `services`. */
  readonly services: readonly string[];
  /** Every value that it gives to an input it knows, in the order of the file. */
  readonly entries: readonly Entry[];
}

/** One value of a policy, whoever it is for. */
export interface Entry {
  readonly input: string;
  /** The one action that it is for; undefined when it is for all that have the input. */
  readonly action: string | undefined;
  readonly where: string;
  text(structured: boolean): string;
}

type Place = (node: Node | null | undefined) => string;

/** @throws InputError with file, line and column for whatever is not a policy: broken YAML, unknown sections, actions or inputs. */
export function loadPolicy(text: string, file: string, vocabulary: Vocabulary = everyAction): Policy {
  const { policy, problems } = readPolicy(text, file, vocabulary);
  if (problems.length > 0) throw new InputError(problems);
  return policy;
}

/** The same for whoever wants to tell every problem at once: what can be read, and what cannot. */
export function readPolicy(
  text: string,
  file: string,
  vocabulary: Vocabulary = everyAction,
): { readonly policy: Policy; readonly problems: readonly InputProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, lineCounter: lines });
  const place: Place = (node) => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors.map((error): InputProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      input: 'policy',
      message: error.message.split('\n')[0] ?? error.code,
      where: `${file}:${line}:${col}`,
    };
  });
  if (broken.length > 0) return { policy: policyOf(undefined, file, place, []), problems: broken };
  visit(document, { Alias: (_, alias) => alias.resolve(document) });

  const problems: InputProblem[] = [];
  const root = sectionOf(document.contents, 'the policy', place, problems);
  const entries: Entry[] = [];
  checkPolicy(root, { vocabulary, place, problems, entries });
  return { policy: policyOf(root, file, place, entries), problems };
}

function policyOf(root: YAMLMap | undefined, file: string, place: Place, entries: readonly Entry[]): Policy {
  return {
    setting: (query, structured) => findSetting(root, query, structured, place),
    file,
    environments: environmentsOf(root),
    services: names(child(root, 'services')),
    entries,
  };
}

function findSetting(
  root: YAMLMap | undefined,
  query: PolicyQuery,
  structured: boolean,
  place: Place,
): Setting | undefined {
  const environment = child(child(root, 'environments'), query.environment);
  const service = child(child(root, 'services'), query.service);
  const serviceInEnvironment = child(child(service, 'environments'), query.environment);
  for (const layer of [serviceInEnvironment, service, environment, child(root, 'defaults')]) {
    const node = child(layer, query.action)?.get(query.input, true) ?? layer?.get(query.input, true);
    if (node !== undefined && node !== null)
      return { text: settingText(node as Node, structured), where: place(node as Node) };
  }
  return undefined;
}

/** Scalars as written, lists of scalars one per line, anything deeper as JSON. */
function settingText(node: Node, structured: boolean): string {
  if (isScalar(node)) return node.source ?? String(node.value);
  if (!structured && isSeq(node) && node.items.every((item) => isScalar(item))) {
    return node.items.map((item) => settingText(item as Node, false)).join('\n');
  }
  return JSON.stringify(node.toJSON());
}

interface Check {
  readonly vocabulary: Vocabulary;
  readonly place: Place;
  readonly problems: InputProblem[];
  readonly entries: Entry[];
}

function checkPolicy(root: YAMLMap | undefined, check: Check): void {
  for (const pair of root?.items ?? []) {
    const name = keyOf(pair);
    if (name === 'defaults')
      checkLayer(sectionOf(pair.value, name, check.place, check.problems), false, check);
    else if (name === 'environments' || name === 'services') {
      checkLayers(pair.value, name, name === 'services', check);
    } else {
      const message = `knows no section \`${name}\`; it has \`defaults\`, \`environments\` and \`services\`.`;
      check.problems.push({ input: 'policy', message, where: check.place(pair.key as Node) });
    }
  }
}

function checkLayers(section: unknown, name: string, mayHaveEnvironments: boolean, check: Check): void {
  for (const entry of sectionOf(section, name, check.place, check.problems)?.items ?? []) {
    const layer = sectionOf(entry.value, `${name}.${keyOf(entry)}`, check.place, check.problems);
    checkLayer(layer, mayHaveEnvironments, check);
  }
}

function checkLayer(layer: YAMLMap | undefined, mayHaveEnvironments: boolean, check: Check): void {
  const { vocabulary, place, problems } = check;
  const allInputs = [...new Set(Object.values(vocabulary).flat())];
  for (const pair of layer?.items ?? []) {
    const name = keyOf(pair);
    const known = vocabulary[name];
    if (name === 'environments' && mayHaveEnvironments) checkLayers(pair.value, name, false, check);
    else if (known) {
      for (const entry of sectionOf(pair.value, name, place, problems)?.items ?? []) {
        if (known.includes(keyOf(entry))) checkValue(entry, name, check);
        else
          problems.push(unknownInput(keyOf(entry), known, `${name} has no input`, place(entry.key as Node)));
      }
    } else if (allInputs.includes(name)) checkValue(pair, undefined, check);
    else {
      const names = [...allInputs, ...Object.keys(vocabulary)];
      problems.push(unknownInput(name, names, 'no action has an input', place(pair.key as Node)));
    }
  }
}

/** An empty value would silently empty a list of windows, or take a limit away. */
function checkValue(pair: Pair, action: string | undefined, { place, problems, entries }: Check): void {
  const node = pair.value as Node | null;
  if (node === null || (isScalar(node) && node.value === null)) {
    const message = `\`${keyOf(pair)}\` has no value; give it one, or take the line away.`;
    problems.push({ input: 'policy', message, where: place(pair.key as Node) });
    return;
  }
  const text = (structured: boolean) => settingText(node, structured);
  entries.push({ input: keyOf(pair), action, where: place(node), text });
}

function unknownInput(
  name: string,
  known: readonly string[],
  complaint: string,
  where: string,
): InputProblem {
  if (orders.includes(name)) {
    const message = `\`${name}\` orders one step of one run, and a policy holds for all of them; give it under \`with:\` of the step.`;
    return { input: 'policy', message, where };
  }
  const nearest = closest(name, known);
  return {
    input: 'policy',
    message: `${complaint} \`${name}\`${nearest ? `; did you mean \`${nearest}\`?` : '.'}`,
    where,
  };
}

/** The known word at most two edits away, if there is one. */
function closest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= 2 ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

function sectionOf(node: unknown, name: string, place: Place, problems: InputProblem[]): YAMLMap | undefined {
  if (isMap(node)) return node;
  if (node === null || (isScalar(node) && node.value === null)) return undefined;
  problems.push({
    input: 'policy',
    message: `${name} must be a map of names to values.`,
    where: place(node as Node),
  });
  return undefined;
}

function child(map: YAMLMap | undefined, name: string): YAMLMap | undefined {
  const node = map?.get(name, true);
  return isMap(node) ? node : undefined;
}

function environmentsOf(root: YAMLMap | undefined): readonly string[] {
  const services = child(root, 'services');
  const own = names(services).flatMap((service) => names(child(child(services, service), 'environments')));
  return [...new Set([...names(child(root, 'environments')), ...own])];
}

function names(map: YAMLMap | undefined): readonly string[] {
  return map?.items.map(keyOf) ?? [];
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
