import type { GenericSchema } from 'valibot';
import { safeParse } from 'valibot';
import { parse as parseYaml } from 'yaml';
import { parseDuration, parseInstant } from '../clock/index.ts';

/** Thrown by a parser; the frame adds the input's name. */
export class Unparsable extends Error {}

export interface InputOptions {
  /** Must be given, by the step or by the policy. */
  readonly required?: true;
  /** Used when neither the step nor the policy gives it, written as the user would. */
  readonly default?: string;
  /** A GitHub expression for action.yml's `default`, such as `${{ github.token }}`. The policy cannot set such an input. */
  readonly context?: string;
  /** Masked in every log from the moment it is read. */
  readonly secret?: true;
}

/** One declared input; `V` is what the action's code receives. */
export interface Input<V> {
  readonly description: string;
  readonly options: InputOptions;
  /** What is accepted, as the end of "expected …". */
  readonly expected: string;
  /** True for lists of maps and the like, which the policy gives as YAML and a step as YAML or JSON text. */
  readonly structured: boolean;
  readonly parse: (text: string) => V;
}

type Present<T, O extends InputOptions> = O extends
  | { required: true }
  | { default: string }
  | { context: string }
  ? T
  : T | undefined;

interface Kind<T> {
  readonly expected: string;
  readonly structured?: boolean;
  readonly parse: (text: string) => T;
}

function declare<T, const O extends InputOptions>(
  kind: Kind<T>,
  description: string,
  options: O,
): Input<Present<T, O>> {
  const { expected, structured = false } = kind;
  return { description, options, expected, structured, parse: kind.parse as (text: string) => Present<T, O> };
}

const none = {} as const;
type None = typeof none;

/** Any text, as it is. */
export function text<const O extends InputOptions = None>(description: string, options: O = none as O) {
  return declare<string, O>({ expected: 'text', parse: (value) => value }, description, options);
}

/** Text of a given form; `expected` says the form in words. */
export function matching<const O extends InputOptions = None>(
  pattern: RegExp,
  expected: string,
  description: string,
  options: O = none as O,
) {
  const parse = (value: string) => (pattern.test(value) ? value : refuse());
  return declare<string, O>({ expected, parse }, description, options);
}

/** `true` or `false`, and nothing else. */
export function flag<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const parse = (value: string) => (value === 'true' ? true : value === 'false' ? false : refuse());
  return declare<boolean, O>({ expected: '`true` or `false`', parse }, description, options);
}

/** A number from 0 to 100, written `10` or `10%`. */
export function percent<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const parse = (value: string) => {
    const amount = /^\d+(\.\d+)?\s?%?$/.test(value) ? Number.parseFloat(value) : Number.NaN;
    return amount <= 100 ? amount : refuse();
  };
  return declare<number, O>(
    { expected: 'a percent from 0 to 100, such as `10` or `10%`', parse },
    description,
    options,
  );
}

/** A time span in milliseconds, written `90s`, `5m`, `2h`, `7d`. */
export function duration<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const expected = 'a duration with its unit, such as `90s`, `5m`, `2h` or `7d`';
  return declare<number, O>(
    { expected, parse: (value) => parseDuration(value) ?? refuse() },
    description,
    options,
  );
}

/** An instant in epoch milliseconds, written in ISO 8601 with its offset. */
export function instant<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const expected = 'an instant in ISO 8601 with its offset, such as `2026-03-03T22:00:00+02:00`';
  return declare<number, O>(
    { expected, parse: (value) => parseInstant(value) ?? refuse() },
    description,
    options,
  );
}

/** A whole number from 0 up. */
export function count<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const parse = (value: string) => (/^\d{1,15}$/.test(value) ? Number(value) : refuse());
  return declare<number, O>({ expected: 'a whole number from 0 up', parse }, description, options);
}

/** A number from 0 up, with or without decimals. */
export function amount<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const parse = (value: string) => (/^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : refuse());
  return declare<number, O>({ expected: 'a number from 0 up', parse }, description, options);
}

/** Entries one per line or separated by commas; blank ones are dropped, an empty list is a mistake. */
export function list<const O extends InputOptions = None>(description: string, options: O = none as O) {
  const parse = (value: string): readonly string[] => {
    const entries = value
      .split(/[\n,]/)
      .map((entry) => entry.trim())
      .filter(Boolean);
    return entries.length > 0 ? entries : refuse();
  };
  return declare<readonly string[], O>(
    { expected: 'entries one per line or separated by commas', parse },
    description,
    options,
  );
}

/** One of a few words. */
export function oneOf<const T extends string, const O extends InputOptions = None>(
  words: readonly T[],
  description: string,
  options: O = none as O,
) {
  const expected = `one of ${words.map((word) => `\`${word}\``).join(', ')}`;
  return declare<T, O>(
    { expected, parse: (value) => words.find((word) => word === value) ?? refuse() },
    description,
    options,
  );
}

/** Structured data as YAML or JSON text, held against a schema. */
export function json<T, const O extends InputOptions = None>(
  schema: GenericSchema<unknown, T>,
  expected: string,
  description: string,
  options: O = none as O,
) {
  const parse = (value: string): T => {
    const result = safeParse(schema, readYaml(value));
    if (result.success) return result.output;
    throw new Unparsable(result.issues.map(describeIssue).join('; '));
  };
  return declare<T, O>({ expected, structured: true, parse }, description, options);
}

function readYaml(value: string): unknown {
  try {
    return parseYaml(value);
  } catch (error) {
    throw new Unparsable(
      `is not readable as YAML or JSON: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
  }
}

function describeIssue(issue: { message: string; path?: readonly { key?: unknown }[] | undefined }): string {
  const path = (issue.path ?? []).reduce((before, { key }, at) => {
    if (typeof key === 'number') return `${before}${at > 0 ? ', ' : ''}entry ${key + 1}`;
    const afterEntry = typeof issue.path?.[at - 1]?.key === 'number';
    return `${before}${at === 0 ? '' : afterEntry ? ', ' : '.'}${key}`;
  }, '');
  return path ? `${path}: ${issue.message}` : issue.message;
}

function refuse(): never {
  throw new Unparsable();
}
