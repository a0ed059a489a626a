import { flagMistake } from '@promo-actions/rehearsal';

/** @throws {Mistakes} for a name that the policy does not have: it would be looked for in vain. */
export function requireKnown(
  flag: 'environment' | 'service' | 'action',
  name: string | undefined,
  names: readonly string[],
  file: string,
): void {
  if (name === undefined || names.includes(name)) return;
  throw flagMistake(`--${flag} ${name}: ${file} does not know it. It knows ${names.join(', ') || 'none'}.`);
}
