import { createHash } from 'node:crypto';
import { OutsideError } from '../errors/index.ts';
import type { CodeSource } from '../lambda/index.ts';

/** Deployment packages as files of the machine that runs the step. */
export interface PackageFiles {
  /** The file's bytes. A missing or unreadable one is an `OutsideError`. */
  read(path: string): Promise<Uint8Array>;
  /** The path from the root of the file system; a relative one starts at the checkout. */
  absolute(path: string): string;
  /** Writes it and answers its absolute path; without a path, under the given name in the runner's own temporary folder. */
  write(path: string | undefined, name: string, bytes: Uint8Array): Promise<string>;
}

/** SHA-256 in base64: what Lambda calls CodeSha256. */
export function codeSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/** @throws OutsideError when the bytes do not begin as a zip archive does. */
export function requireZip(bytes: Uint8Array, path: string): void {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04) return;
  throw new OutsideError({
    what: `${path} is no deployment package`,
    why: bytes.length === 0 ? 'it is empty' : 'it is not a zip archive',
    remedy: 'Give the zip that was built, or the `path` output of fetch-package',
  });
}

/** @throws OutsideError when the code is not the one expected. */
export function expectCode(what: string, found: string, expected: string | undefined, remedy: string): void {
  if (expected === undefined || found === expected) return;
  throw new OutsideError({ what, why: `its SHA-256 is ${found}, and ${expected} was expected`, remedy });
}

/** `s3://bucket/key`, with `?versionId=…` where a version of the object is meant; undefined for anything else. */
export function parseS3(reference: string): Extract<CodeSource, { kind: 's3' }> | undefined {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([^?]+)(?:\?versionId=(.+))?$/.exec(reference);
  if (!match) return undefined;
  const [, bucket = '', key = '', objectVersion] = match;
  return { kind: 's3', bucket, key, ...(objectVersion ? { objectVersion } : {}) };
}

/** The digest of an image named by it, as Lambda's CodeSha256 writes it; undefined when the image is named by a tag. */
export function imageDigest(uri: string): string | undefined {
  return /@sha256:([0-9a-f]{64})$/.exec(uri)?.[1];
}
