import { oneLine } from '../foreign-text/index.ts';
import type { Parameter } from './ports.ts';

/** Shorter values are words such as `true`: blotted out, they would take the log with them. */
const shortestBlotted = 8;

/** Whether a value is one to be kept out of everything that is said, wherever it may stand in it. */
export function isTelltale({ type, value }: Pick<Parameter, 'type' | 'value'>): boolean {
  return type === 'SecureString' && value.length >= shortestBlotted;
}

/** A value as people may see it. */
export type Teller = (parameter: Pick<Parameter, 'type' | 'value'>, isSecret: boolean) => string;

/**
 * Tells values as people may see them: no secret, nor one that stands in the value of a String, such as the password in an
 * address.
 */
export function tellerOf(parameters: readonly Parameter[]): Teller {
  const telltales = [...new Set(parameters.filter(isTelltale).map(({ value }) => value))].sort(
    (a, b) => b.length - a.length,
  );
  return ({ type, value }, isSecret) => {
    if (type === 'SecureString') return 'a secret';
    if (isSecret) return `a secret, kept as a ${type}`;
    return `"${oneLine(telltales.reduce((text, secret) => text.replaceAll(secret, '***'), value))}"`;
  };
}
