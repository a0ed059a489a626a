import { OutsideError } from '../errors/index.ts';
import {
  aliasMissing,
  answersTo,
  type FunctionStore,
  type FunctionVersion,
  versionMissing,
} from '../lambda/index.ts';
import { codeSha256, expectCode, type PackageFiles, requireZip } from './code.ts';

export interface FetchOrder {
  /** A function's version or alias, or a file that is already there. */
  readonly from:
    | { readonly kind: 'function'; readonly functionName: string; readonly qualifier: string }
    | { readonly kind: 'file'; readonly path: string };
  /** Where to write it; undefined lets the runner's temporary folder take it. */
  readonly path: string | undefined;
  readonly expectedSha256: string | undefined;
  /** The version by its number, or a release that the version's description names. */
  readonly expectedVersion?: string | undefined;
}

export interface FetchedPackage {
  /** Absolute; empty for an image, which needs no file. */
  readonly path: string;
  readonly codeSha256: string;
  /** Bytes. */
  readonly size: number;
  /** The version it came from, when it came from a function. */
  readonly version: string;
  /** The image by its digest, when the function is made from one. */
  readonly imageUri: string;
}

/**
 * Brings the very package that a version runs to this machine, verified against the hash that Lambda keeps for it.
 * @throws OutsideError when the version is not there, the download differs from its hash, or the hash is not the
 * expected one; nothing is written then.
 */
export async function fetchPackage(
  order: FetchOrder,
  functions: Pick<FunctionStore, 'describe' | 'download' | 'image'>,
  files: PackageFiles,
): Promise<FetchedPackage> {
  return order.from.kind === 'file'
    ? takeFile(order.from.path, order, files)
    : fetchFromFunction(order.from.functionName, order.from.qualifier, order, functions, files);
}

async function takeFile(source: string, order: FetchOrder, files: PackageFiles): Promise<FetchedPackage> {
  const bytes = await files.read(source);
  requireZip(bytes, source);
  const sha = codeSha256(bytes);
  expectCode(`the package ${source} is not the one asked for`, sha, order.expectedSha256, rebuildRemedy);
  const path = order.path ? await files.write(order.path, source, bytes) : files.absolute(source);
  return { path, codeSha256: sha, size: bytes.length, version: '', imageUri: '' };
}

const rebuildRemedy =
  'Promote the package that was tested: take the hash and the package from the same place, or drop `expected-code-sha256`';

async function fetchFromFunction(
  functionName: string,
  qualifier: string,
  order: FetchOrder,
  functions: Pick<FunctionStore, 'describe' | 'download' | 'image'>,
  files: PackageFiles,
): Promise<FetchedPackage> {
  const what = `the package of \`${functionName}:${qualifier}\` was not fetched`;
  const source = await functions.describe(functionName, qualifier);
  if (!source) {
    throw /^\d+$/.test(qualifier)
      ? versionMissing(functionName, qualifier, what)
      : aliasMissing(functionName, qualifier, what);
  }
  if (source.version === '$LATEST') {
    throw new OutsideError({
      what,
      why: `\`${qualifier}\` points to \`$LATEST\`, which may change between this step and the next`,
      remedy: 'Publish a version and point the alias at it: what is promoted is a published version',
    });
  }
  expectVersion(what, source, order.expectedVersion);
  expectCode(what, source.codeSha256, order.expectedSha256, rebuildRemedy);
  const { version } = source;
  if (source.packageType === 'Image') {
    return {
      path: '',
      codeSha256: source.codeSha256,
      size: source.codeSize,
      version,
      imageUri: await functions.image(functionName, version),
    };
  }
  const { bytes } = await functions.download(functionName, version);
  expectCode(
    `the package of \`${functionName}:${version}\` came damaged`,
    codeSha256(bytes),
    source.codeSha256,
    'Run the step again; it is safe to repeat',
  );
  const name = `${functionName.split(':').at(-1)}-${version}.zip`;
  const path = await files.write(order.path, name, bytes);
  return { path, codeSha256: source.codeSha256, size: bytes.length, version, imageUri: '' };
}

/** The alias may have moved since the gates looked at it, as it does while people approve. */
function expectVersion(what: string, source: FunctionVersion, expected: string | undefined): void {
  if (expected === undefined || answersTo(source, expected)) return;
  const described = source.description ? `described "${source.description}"` : 'without a description';
  throw new OutsideError({
    what,
    why: `it is at version ${source.version}, ${described}, and ${expected} was expected`,
    remedy: `Deploy ${expected} there first, or promote the version that is there: what the gates looked at is not there any more`,
  });
}

/** The order that checked inputs amount to. A version is stronger than an alias, a file than both. */
export function fetchOrderOf(inputs: {
  readonly function: string | undefined;
  readonly alias: string | undefined;
  readonly version: string | undefined;
  readonly file: string | undefined;
  readonly path: string | undefined;
  readonly expectedCodeSha256: string | undefined;
  readonly expectedVersion: string | undefined;
}): FetchOrder {
  const { file, path, expectedCodeSha256: expectedSha256, expectedVersion } = inputs;
  if (file !== undefined) return { from: { kind: 'file', path: file }, path, expectedSha256 };
  const qualifier = inputs.version ?? inputs.alias ?? '';
  const from = { kind: 'function', functionName: inputs.function ?? '', qualifier } as const;
  return { from, path, expectedSha256, expectedVersion };
}

/** What was fetched, in one sentence. */
export function describePackage({ from }: FetchOrder, fetched: FetchedPackage): string {
  if (from.kind === 'file') return `${from.path} is a package with the hash ${fetched.codeSha256}.`;
  const origin = `version ${fetched.version} of \`${from.functionName}\``;
  return fetched.imageUri
    ? `${fetched.imageUri} is what ${origin} runs.`
    : `The package of ${origin} was fetched and has the hash that Lambda keeps for it.`;
}
