import { OutsideError } from '../errors/index.ts';
import {
  type CodeSource,
  changedBefore,
  type FunctionStore,
  type FunctionVersion,
  functionMissing,
  type Patience,
  ready,
  readyOrRefuse,
  until,
} from '../lambda/index.ts';
import { expectCode } from './code.ts';

export interface DeployOrder {
  readonly functionName: string;
  readonly source: CodeSource;
  /** The hash the code must have; for a zip it is known before anything is called. */
  readonly codeSha256: string | undefined;
  /** The version's label, such as `v1.4.0`. */
  readonly description: string;
  readonly dryRun: boolean;
}

export interface DeployOutcome {
  /** The published version that holds the code; empty on a dry run that would publish one. */
  readonly version: string;
  readonly codeSha256: string;
  /** Whether a version was published that was not there before. */
  readonly changed: boolean;
  readonly sentence: string;
}

type Functions = Pick<FunctionStore, 'describe' | 'versions' | 'updateCode' | 'publish'>;

/**
 * Makes a published version of a function that holds the given code. No alias is touched, so no caller sees it. A
 * version that was published for this release with the code is answered as it is; where `$LATEST` holds it, it is only
 * published. Code that an older release had is published anew, because a version keeps the configuration of its day.
 * @throws OutsideError saying what had been changed: at most the code of `$LATEST`.
 */
export async function deploy(
  order: DeployOrder,
  functions: Functions,
  patience: Patience,
): Promise<DeployOutcome> {
  const { functionName } = order;
  const before = await functions.versions(functionName);
  let latest = await latestOf(functionName, functions);
  refuseOtherPackageType(order, latest);
  const wanted = order.codeSha256;
  const holders = before.filter((version) => version.codeSha256 === wanted);
  const own = holders.findLast(({ description }) => description === order.description);
  const uploaded = latest.codeSha256 === wanted;

  if (own && !uploaded) {
    const version = await readyOrRefuse(functions, functionName, own.version, patience);
    return answer(
      version,
      false,
      `Version ${version.version} of \`${functionName}\` holds this code already.`,
    );
  }
  if (order.dryRun) return foretell(order, holders.at(-1), uploaded);

  if (!uploaded) {
    await upload(order, latest, functions, patience);
    latest = await changedBefore(holdsNewCode(functionName), () =>
      readyOrRefuse(functions, functionName, '$LATEST', patience),
    );
    expectCode(
      `\`${functionName}\` did not take the code it was given`,
      latest.codeSha256,
      wanted,
      'Nothing was published and no alias was touched; `$LATEST` holds the other code. Give the right package or hash, then run the step again',
    );
  } else if (!ready(latest)) {
    await readyOrRefuse(functions, functionName, '$LATEST', patience);
  }
  const publishing = () => publish(order, latest, before, functions, patience);
  return uploaded ? publishing() : changedBefore(holdsNewCode(functionName), publishing);
}

function holdsNewCode(functionName: string): string {
  return `\`$LATEST\` of \`${functionName}\` holds the new code; no alias was touched`;
}

async function latestOf(functionName: string, functions: Functions): Promise<FunctionVersion> {
  const latest = await functions.describe(functionName);
  if (latest) return latest;
  throw new OutsideError({
    what: `function \`${functionName}\` is not there`,
    remedy: functionMissing(functionName),
  });
}

function refuseOtherPackageType(order: DeployOrder, latest: FunctionVersion): void {
  const given = order.source.kind === 'image' ? 'Image' : 'Zip';
  if (given === latest.packageType) return;
  throw new OutsideError({
    what: `\`${order.functionName}\` was not changed`,
    why: `it is made from ${kindOf(latest.packageType)}, and ${kindOf(given)} was given; Lambda never changes the one into the other`,
    remedy: latest.packageType === 'Image' ? 'Give `image`' : 'Give `package` or `s3`',
  });
}

function kindOf(packageType: 'Zip' | 'Image'): string {
  return packageType === 'Image' ? 'a container image' : 'a zip';
}

async function upload(
  order: DeployOrder,
  before: FunctionVersion,
  functions: Functions,
  patience: Patience,
): Promise<void> {
  const { functionName } = order;
  const update = async () => {
    try {
      return await functions.updateCode(functionName, order.source);
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      const now = await functions.describe(functionName).catch(() => undefined);
      throw now?.codeSha256 === before.codeSha256 ? error : error.after(holdsNewCode(functionName));
    }
  };
  const updated = await until(
    async () => {
      const outcome = await update();
      return outcome === 'busy' ? undefined : outcome;
    },
    patience,
    () => `Waiting for another update of \`${functionName}\` to end`,
    () => ({
      what: `the code of \`${functionName}\` could not be updated`,
      why: 'another update of it is still in progress',
      remedy:
        'Stop the other deployment (a deployment-lock or a concurrency group keeps two apart), then run the step again',
    }),
  );
  patience.log.info(`\`$LATEST\` of \`${functionName}\` takes the code ${updated.codeSha256}.`);
}

async function publish(
  order: DeployOrder,
  latest: FunctionVersion,
  before: readonly FunctionVersion[],
  functions: Functions,
  patience: Patience,
): Promise<DeployOutcome> {
  const { functionName } = order;
  const published = await until(
    async () => {
      const outcome = await functions.publish(functionName, latest.codeSha256, order.description);
      if (outcome !== 'replaced') return outcome === 'busy' ? undefined : outcome;
      throw new OutsideError({
        what: `no version of \`${functionName}\` was published`,
        why: 'someone else replaced the code of `$LATEST` after this step had updated it',
        remedy:
          'Stop the other deployment (a deployment-lock or a concurrency group keeps two apart), then run the step again',
      });
    },
    patience,
    () => `Waiting to publish a version of \`${functionName}\`: an update is in progress`,
    () => ({
      what: `no version of \`${functionName}\` was published`,
      why: 'an update of it is still in progress',
      remedy: 'Run the step again; it goes on from here',
    }),
  );
  const version = await readyOrRefuse(functions, functionName, published.version, patience);
  expectCode(
    `version ${version.version} of \`${functionName}\` does not hold the code it was published from`,
    version.codeSha256,
    latest.codeSha256,
    'No alias was touched. Run the step again',
  );
  const changed = !before.some((known) => known.version === version.version);
  const sentence = changed
    ? `Version ${version.version} of \`${functionName}\` was published.`
    : `Version ${version.version} of \`${functionName}\` holds this code and configuration already.${otherwiseDescribed(version, order)}`;
  return answer(version, changed, sentence);
}

function otherwiseDescribed({ description }: FunctionVersion, order: DeployOrder): string {
  if (description === order.description || order.description === '') return '';
  return ` Lambda publishes nothing that has not changed, so it stays described as "${description}".`;
}

function answer(version: FunctionVersion, changed: boolean, sentence: string): DeployOutcome {
  return { version: version.version, codeSha256: version.codeSha256, changed, sentence };
}

function foretell(
  order: DeployOrder,
  existing: FunctionVersion | undefined,
  uploaded: boolean,
): DeployOutcome {
  const { functionName, codeSha256 = '' } = order;
  const told = (version: string, what: string): DeployOutcome => ({
    version,
    codeSha256,
    changed: false,
    sentence: `Dry run: ${what}.`,
  });
  if (!uploaded)
    return told('', `a version of \`${functionName}\` would be published after its code is updated`);
  if (!existing)
    return told(
      '',
      `a version of \`${functionName}\` would be published from \`$LATEST\`, which holds this code`,
    );
  return told(
    existing.version,
    `version ${existing.version} of \`${functionName}\` would serve, unless the configuration has changed since`,
  );
}
