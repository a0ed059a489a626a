import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { truthy } from '@actions/expressions/result';
import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
} from '@actions/workflow-parser';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { hashFiles } from './hash-files.ts';

/** Everything that plain JSON can say. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Dictionary = { readonly [name: string]: Value };

/** `github`, `needs`, `steps` …; a context that is not there reads as an empty object. */
export type Contexts = { readonly [context: string]: Dictionary | Value };

/** How the jobs or steps before went. Names are those given in `success('job')`. */
export interface Status {
  success(names: readonly string[]): boolean;
  failure(names: readonly string[]): boolean;
  cancelled(): boolean;
}

export interface Scope {
  readonly contexts: Contexts;
  readonly status?: Status;
  /** The folder below which `hashFiles` looks. */
  readonly workspace?: string;
}

const CONTEXTS = [
  ...['github', 'env', 'vars', 'job', 'jobs', 'steps', 'runner'],
  ...['secrets', 'strategy', 'matrix', 'needs', 'inputs'],
];

/** Evaluates one expression, without its `${{ }}`. Throws an error in GitHub's words where it cannot be evaluated. */
export function evaluate(expression: string, scope: Scope): Value {
  return JSON.parse(JSON.stringify(toData(expression, scope), data.replacer) ?? 'null') as Value;
}

/** Whether a condition holds, by GitHub's idea of truth. */
export function holds(expression: string, scope: Scope): boolean {
  return truthy(toData(expression, scope));
}

/** The value of a piece of the file, its expressions evaluated. */
export function resolve(token: TemplateToken, scope: Scope): Value {
  if (isBasicExpression(token)) return evaluate(token.expression, scope);
  if (isMapping(token)) {
    return Object.fromEntries(
      Array.from(token, ({ key, value }) => [asText(key, scope), resolve(value, scope)]),
    );
  }
  if (isSequence(token)) return Array.from(token, (item) => resolve(item, scope));
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  return null;
}

/** The value as a string, as expressions turn values into strings: null is empty, an object is `Object`. */
export function asText(token: TemplateToken, scope: Scope): string {
  return isBasicExpression(token)
    ? toData(token.expression, scope).coerceString()
    : textOf(resolve(token, scope));
}

export function textOf(value: Value): string {
  return fromValue(value).coerceString();
}

/** A mapping of names to strings, such as `env` and `with`. */
export function asTexts(token: TemplateToken | undefined, scope: Scope): Record<string, string> {
  if (!token || !isMapping(token)) return {};
  return Object.fromEntries(
    Array.from(token, ({ key, value }) => [asText(key, scope), asText(value, scope)]),
  );
}

function toData(expression: string, scope: Scope): data.ExpressionData {
  const functions = functionsOf(scope);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, CONTEXTS, [...functions.values()]).parse();
  const contexts = new data.Dictionary();
  for (const name of CONTEXTS) contexts.add(name, fromValue(scope.contexts[name] ?? {}));
  return new Evaluator(tree, contexts, functions).evaluate();
}

function fromValue(value: Value): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}

function functionsOf(scope: Scope): Map<string, FunctionDefinition> {
  const { status } = scope;
  const names = (args: data.ExpressionData[]) => args.map((argument) => argument.coerceString());
  const define = (
    name: string,
    maxArgs: number,
    call: (args: string[]) => boolean | string,
  ): FunctionDefinition => ({
    name,
    minArgs: name === 'hashFiles' ? 1 : 0,
    maxArgs,
    call: (...args) => fromValue(call(names(args))),
  });
  const all = [
    define('success', 255, (jobs) => status?.success(jobs) ?? true),
    define('failure', 255, (jobs) => status?.failure(jobs) ?? false),
    define('cancelled', 0, () => status?.cancelled() ?? false),
    define('always', 0, () => true),
    define('hashFiles', 255, (patterns) => (scope.workspace ? hashFiles(scope.workspace, patterns) : '')),
  ];
  return new Map(all.map((one) => [one.name.toLowerCase(), one]));
}
