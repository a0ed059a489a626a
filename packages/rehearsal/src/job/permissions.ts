import type { Permissions } from '../workflow/index.ts';

/**
 * Whether a job may ask for an ID token: its own `permissions` say so, else its workflow's, and its caller's do not
 * forbid it. Where nobody says anything it may not.
 */
export function mayHaveIdToken(declared: Permissions | undefined, callerMay: boolean | undefined): boolean {
  if (declared === undefined) return callerMay ?? false;
  if (callerMay === false) return false;
  return declared === 'write-all' || (declared !== 'read-all' && declared['id-token'] === 'write');
}
