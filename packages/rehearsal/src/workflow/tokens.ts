import { isBasicExpression, isMapping, isScalar, isSequence, isString } from '@actions/workflow-parser';
import { convertToIfCondition } from '@actions/workflow-parser/model/converter/if-condition';
import type { TemplateContext } from '@actions/workflow-parser/templates/template-context';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Mistake, Place } from '../mistake/index.ts';
import type { Concurrency, Permissions, RunDefaults, Template } from './model.ts';

/** One file while it is read: its parser's context, its name for messages, and the mistakes found so far. */
export interface Reading {
  readonly context: TemplateContext;
  readonly file: string;
  readonly mistakes: Mistake[];
}

/** What the parser itself found wrong, taken from it so that it is told once. */
export function parserMistakes(context: TemplateContext, file: string): Mistake[] {
  const found = context.errors.getErrors().map((error) => ({
    file,
    ...(error.range ? { line: error.range.start.line, column: error.range.start.column } : {}),
    message: plainMessage(error.rawMessage),
  }));
  context.errors.clear();
  return found;
}

/** In one line, without the picture of the place that the YAML parser draws. */
function plainMessage(message: string): string {
  return message
    .replace(/ at line \d+, column \d+:[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

export function placeOf(reading: Reading, token: Template): Place {
  return {
    file: reading.file,
    ...(token.line === undefined ? {} : { line: token.line }),
    ...(token.col === undefined ? {} : { column: token.col }),
  };
}

export function refuse(reading: Reading, token: Template, message: string): void {
  reading.mistakes.push({ ...placeOf(reading, token), message });
}

export function entries(token: Template | undefined): [key: string, value: Template, keyToken: Template][] {
  if (!token || !isMapping(token)) return [];
  return Array.from(token, ({ key, value }) => [isString(key) ? key.value : key.toString(), value, key]);
}

export function field(token: Template | undefined, name: string): Template | undefined {
  return token && isMapping(token) ? token.find(name) : undefined;
}

/** The key itself, to point at it. */
export function fieldKey(token: Template | undefined, name: string): Template | undefined {
  return entries(token).find(([key]) => key === name)?.[2];
}

export function mapping(token: Template | undefined): MappingToken | undefined {
  return token && isMapping(token) ? token : undefined;
}

export function items(token: Template | undefined): Template[] {
  return token && isSequence(token) ? Array.from(token) : [];
}

/** The literal text of a scalar; undefined for an expression and for anything that is not a scalar. */
export function text(token: Template | undefined): string | undefined {
  return token && isScalar(token) && !isBasicExpression(token) ? token.toString() : undefined;
}

/** One string or a list of strings. */
export function texts(token: Template | undefined): string[] {
  const single = text(token);
  if (single !== undefined) return [single];
  return items(token).flatMap((item) => text(item) ?? []);
}

/** The fields of a mapping that are there, under the names that the model gives them. */
export function present<Names extends string>(
  token: Template,
  names: Readonly<Record<Names, string>>,
): { [Name in Names]?: Template } {
  const found: { [Name in Names]?: Template } = {};
  for (const name in names) {
    const value = field(token, names[name]);
    if (value) found[name] = value;
  }
  return found;
}

export function presentMappings<Names extends string>(
  token: Template,
  names: Readonly<Record<Names, string>>,
): { [Name in Names]?: MappingToken } {
  const found: { [Name in Names]?: MappingToken } = {};
  for (const name in names) {
    const value = mapping(field(token, names[name]));
    if (value) found[name] = value;
  }
  return found;
}

/** The condition of a job or step as GitHub reads it; `success()` when there is none. */
export function condition(reading: Reading, token: Template): string {
  const written = field(token, 'if');
  if (!written) return 'success()';
  return convertToIfCondition(reading.context, written)?.expression ?? 'success()';
}

export function runDefaults(token: Template): RunDefaults {
  const run = field(field(token, 'defaults'), 'run');
  return run ? present(run, { shell: 'shell', workingDirectory: 'working-directory' }) : {};
}

export function permissions(token: Template): { permissions?: Permissions } {
  const written = field(token, 'permissions');
  if (!written) return {};
  const shorthand = text(written);
  if (shorthand === 'read-all' || shorthand === 'write-all') return { permissions: shorthand };
  return {
    permissions: Object.fromEntries(entries(written).map(([scope, level]) => [scope, text(level) ?? 'none'])),
  };
}

export function concurrency(token: Template): { concurrency?: Concurrency } {
  const written = field(token, 'concurrency');
  if (!written) return {};
  const group = isMapping(written) ? written.find('group') : written;
  if (!group) return {};
  return {
    concurrency: {
      group,
      queue: text(field(written, 'queue')) ?? 'single',
      cancelInProgress: text(field(written, 'cancel-in-progress')) === 'true',
    },
  };
}
