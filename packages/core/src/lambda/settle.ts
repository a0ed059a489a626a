import { OutsideError } from '../errors/index.ts';
import type { Alias, AliasChange, FunctionStore } from './ports.ts';
import { describeTraffic, sameTraffic } from './traffic.ts';
import { type Patience, until } from './wait.ts';

/**
 * The alias as it was last told to be. While Lambda moves provisioned concurrency to another version it leaves all
 * requests on the one before, by a weight that nobody gave: that one is no canary. Where Lambda cannot be asked, a weight
 * of 100% on an older version is taken for such.
 */
export async function settled(
  alias: Alias,
  functions: Pick<FunctionStore, 'hasProvisionedConcurrency'>,
): Promise<Alias> {
  const { canary, ...alone } = alias;
  if (canary?.weight !== 100) return alias;
  const moving = await functions
    .hasProvisionedConcurrency(alias.functionName, alias.name)
    .catch((error: unknown) => {
      if (!(error instanceof OutsideError)) throw error;
      return Number(canary.version) < Number(alias.stableVersion);
    });
  return moving ? alone : alias;
}

/**
 * Reads an alias until it sends requests where it was told to.
 * @param remedy what to do where it does not in time, and no provisioned concurrency can be why.
 * @throws OutsideError that says what it reads.
 */
export function untilTraffic(
  { functionName, alias: aliasName }: { readonly functionName: string; readonly alias: string },
  wanted: AliasChange,
  read: () => Promise<Alias>,
  patience: Patience,
  remedy: string,
): Promise<Alias> {
  const name = `\`${functionName}:${aliasName}\``;
  const become = `become ${describeTraffic(wanted)}`;
  let seen = '';
  let moving = false;
  return until(
    async () => {
      const alias = await read();
      seen = describeTraffic(alias);
      moving = alias.stableVersion === wanted.stableVersion && !wanted.canary && alias.canary?.weight === 100;
      return sameTraffic(alias, wanted) ? alias : undefined;
    },
    patience,
    () => `Waiting for ${name} to ${become}; it reads ${seen}`,
    () => ({
      what: `${name} did not ${become}`,
      why: moving
        ? `it reads ${seen}, as it does while Lambda moves provisioned concurrency to version ${wanted.stableVersion}`
        : `it reads ${seen}`,
      remedy: moving
        ? 'Where the alias has provisioned concurrency, run the step again when Lambda is done: it waits for it and changes nothing twice'
        : remedy,
    }),
  );
}
