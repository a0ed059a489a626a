import { OutsideError } from '../errors/index.ts';
import type { CodeSource } from '../lambda/index.ts';
import { codeSha256, expectCode, imageDigest, type PackageFiles, parseS3, requireZip } from './code.ts';

/** What Lambda takes in one request; larger packages go through S3. */
const directUploadLimit = 50 * 1024 * 1024;

/** New code with the hash it must have, as far as that is known before Lambda sees it. */
export interface Code {
  readonly source: CodeSource;
  readonly codeSha256: string | undefined;
}

/**
 * The code that a step names by exactly one of a zip in the checkout, an object in S3, or an image.
 * @throws OutsideError when the zip is missing, none, too large to send, or not the one expected.
 */
export async function readCode(
  named: {
    readonly package: string | undefined;
    readonly s3: string | undefined;
    readonly image: string | undefined;
    readonly expectedCodeSha256: string | undefined;
  },
  files: Pick<PackageFiles, 'read'>,
): Promise<Code> {
  const expected = named.expectedCodeSha256;
  const s3 = named.s3 === undefined ? undefined : parseS3(named.s3);
  if (s3) return { source: s3, codeSha256: expected };
  if (named.image !== undefined) {
    const digest = imageDigest(named.image);
    if (digest) expectCode(`the image ${named.image} is not the one expected`, digest, expected, remedy);
    return { source: { kind: 'image', uri: named.image }, codeSha256: digest ?? expected };
  }
  const path = named.package ?? '';
  const bytes = await files.read(path);
  requireZip(bytes, path);
  const sha = codeSha256(bytes);
  expectCode(`the package ${path} is not the one expected`, sha, expected, remedy);
  if (bytes.length > directUploadLimit) {
    throw new OutsideError({
      what: `the package ${path} has ${Math.ceil(bytes.length / 1024 / 1024)} MB`,
      why: 'Lambda takes at most 50 MB in one request',
      remedy: 'Put it into a bucket of the function’s region and give its address as `s3`',
    });
  }
  return { source: { kind: 'zip', bytes }, codeSha256: sha };
}

const remedy = 'Nothing was changed. Give the package that was tested, with the hash of its source';
