import { checkHealth } from '../health/index.ts';
import type { FunctionInvoker, Patience } from '../lambda/index.ts';
import type { Verify } from './rollback.ts';

const interval = 5_000;

/** Verifies by invoking the alias with an event until it answers with status 200, or the time is over. */
export function verifyByInvoking(payload: string, invoker: FunctionInvoker, patience: Patience): Verify {
  return async ({ functionName, alias }) => {
    const target = { kind: 'function', functionName, qualifier: alias, payload } as const;
    const http = { get: async () => ({ kind: 'none', why: 'no address is asked' }) as const };
    const order = { targets: [target], expected: { status: 200 }, interval, successes: 1, subject: {} };
    const { report } = await checkHealth(order, { invoker, http }, patience);
    return report.decision === 'pass' ? undefined : report.findings.map(({ seen }) => seen).join('; ');
  };
}

/** For a rollback that asks no function: the alias was read back, and its version is ready. */
export const trustTheAlias: Verify = async () => undefined;
