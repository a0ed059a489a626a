import { OutsideError } from '../errors/index.ts';
import type { FunctionStore, FunctionVersion } from './ports.ts';
import { type Patience, until } from './wait.ts';

/** Whether requests can go to it: its last update is done, and it is Active or asleep (Inactive wakes at the next request). */
export function ready(version: FunctionVersion): boolean {
  const updated = version.lastUpdateStatus === 'Successful' || version.lastUpdateStatus === '';
  return updated && (version.state === 'Active' || version.state === 'Inactive' || version.state === '');
}

/**
 * Waits until a version (or `$LATEST`) is ready.
 * @throws OutsideError when it has failed, has gone, or is not ready in time.
 */
export async function readyOrRefuse(
  functions: Pick<FunctionStore, 'describe'>,
  functionName: string,
  qualifier: string,
  patience: Patience,
): Promise<FunctionVersion> {
  const name = `\`${functionName}:${qualifier}\``;
  let seen = 'nothing yet';
  return until(
    async () => {
      const version = await functions.describe(functionName, qualifier);
      if (!version)
        throw new OutsideError({ what: `${name} is not there any more`, remedy: 'Deploy it again' });
      const failed = failure(version);
      if (failed) {
        throw new OutsideError({
          what: `${name} cannot be used`,
          why: failed,
          remedy: 'Mend what Lambda names, then deploy again; no alias was changed',
        });
      }
      seen = `State ${version.state}, LastUpdateStatus ${version.lastUpdateStatus}`;
      return ready(version) ? version : undefined;
    },
    patience,
    () => `Waiting for ${name} to be ready: ${seen}`,
    () => ({
      what: `${name} was not ready`,
      why: `Lambda says ${seen}`,
      remedy:
        'Raise `timeout` where the function is slow to start (VPC, image, SnapStart), then run the step again',
    }),
  );
}

function failure(version: FunctionVersion): string | undefined {
  if (version.state === 'Failed') return `its State is Failed: ${version.stateReason ?? 'no reason given'}`;
  if (version.lastUpdateStatus === 'Failed') {
    return `its last update failed: ${version.lastUpdateReason ?? 'no reason given'}`;
  }
  return undefined;
}
