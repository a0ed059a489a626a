import { expect, test } from '@jest/globals';
import { type FunctionVersion, publishedVersion } from '../lambda/index.ts';
import { codeSha256, type PackageFiles } from './code.ts';
import { fetchOrderOf, fetchPackage } from './fetch.ts';
import { readCode } from './source.ts';

const zip = new Uint8Array([0x50, 0x4b, 3, 4, 9, 9]);
const nothing = {
  function: undefined,
  alias: undefined,
  version: undefined,
  file: undefined,
  path: undefined,
  expectedCodeSha256: undefined,
  expectedVersion: undefined,
};

function disk(content: Readonly<Record<string, Uint8Array>> = {}) {
  const written = new Map<string, Uint8Array>();
  const files: PackageFiles = {
    read: async (path) => content[path] ?? new Uint8Array(),
    absolute: (path) => `/checkout/${path}`,
    write: async (path, name, bytes) => {
      const target = path ? `/checkout/${path}` : `/temp/${name}`;
      written.set(target, bytes);
      return target;
    },
  };
  return { files, written };
}

function orders(over: Partial<FunctionVersion> = {}, download = zip) {
  const version = publishedVersion('3', { codeSha256: codeSha256(zip), codeSize: zip.length, ...over });
  return {
    describe: async (_: string, qualifier = '') => (['3', 'live'].includes(qualifier) ? version : undefined),
    image: async () => 'r/o@sha256:1',
    download: async () => ({ bytes: download, codeSha256: version.codeSha256 }),
  };
}

test('the package of an alias’s version is written with its hash', async () => {
  const { files, written } = disk();
  const fetched = await fetchPackage(
    fetchOrderOf({ ...nothing, function: 'orders', alias: 'live' }),
    orders(),
    files,
  );
  expect(fetched).toEqual({
    path: '/temp/orders-3.zip',
    codeSha256: codeSha256(zip),
    size: 6,
    version: '3',
    imageUri: '',
  });
  expect(written.get(fetched.path)).toEqual(zip);
});

test('a damaged download is refused and not written', async () => {
  const { files, written } = disk();
  const order = fetchOrderOf({ ...nothing, function: 'orders', version: '3' });
  await expect(fetchPackage(order, orders({}, new Uint8Array([1])), files)).rejects.toThrow(/came damaged/);
  expect(written.size).toBe(0);
});

test.each([
  [
    'another hash than expected',
    { alias: 'live', expectedCodeSha256: 'x' },
    {},
    /its SHA-256 is .*, and x was expected/,
  ],
  ['a missing alias', { alias: 'prod' }, {}, /has no alias `prod`/],
  ['a missing version', { version: '9' }, {}, /has no version 9/],
  ['an alias at $LATEST', { alias: 'live' }, { version: '$LATEST' }, /points to `\$LATEST`/],
])('%s is refused', async (_, inputs, over, message) => {
  const order = fetchOrderOf({ ...nothing, function: 'orders', ...inputs });
  await expect(fetchPackage(order, orders(over), disk().files)).rejects.toThrow(message);
});

test('an image is answered by its digest, without a file', async () => {
  const order = fetchOrderOf({ ...nothing, function: 'orders', alias: 'live' });
  const fetched = await fetchPackage(order, orders({ packageType: 'Image' }), disk().files);
  expect(fetched).toMatchObject({ path: '', imageUri: 'r/o@sha256:1', version: '3' });
});

test('a file stays where it is', async () => {
  const { files, written } = disk({ 'a.zip': zip });
  const fetched = await fetchPackage(fetchOrderOf({ ...nothing, file: 'a.zip' }), orders(), files);
  expect(fetched).toMatchObject({ path: '/checkout/a.zip', codeSha256: codeSha256(zip) });
  expect(written.size).toBe(0);
});

test('code to deploy is verified before anything is called', async () => {
  const { files } = disk({ 'a.zip': zip, 'a.txt': new Uint8Array([65]) });
  const read = (named: object) =>
    readCode(
      { package: undefined, s3: undefined, image: undefined, expectedCodeSha256: undefined, ...named },
      files,
    );
  expect(await read({ package: 'a.zip' })).toMatchObject({
    source: { kind: 'zip' },
    codeSha256: codeSha256(zip),
  });
  await expect(read({ package: 'a.zip', expectedCodeSha256: 'x' })).rejects.toThrow(/not the one expected/);
  await expect(read({ package: 'a.txt' })).rejects.toThrow(/not a zip archive/);
  await expect(read({ package: 'none' })).rejects.toThrow(/is empty/);
  expect(await read({ s3: 's3://bucket/a/b.zip?versionId=7', expectedCodeSha256: 'x' })).toEqual({
    source: { kind: 's3', bucket: 'bucket', key: 'a/b.zip', objectVersion: '7' },
    codeSha256: 'x',
  });
  const digest = 'a'.repeat(64);
  expect(await read({ image: `r/o@sha256:${digest}` })).toMatchObject({ codeSha256: digest });
});

test.each(['v1.4.0', '3'])(
  'the alias must still be at the version asked for: %s',
  async (expectedVersion) => {
    const { files, written } = disk();
    const order = fetchOrderOf({ ...nothing, function: 'orders', alias: 'live', expectedVersion });
    const moved = orders({ version: '4', description: 'v1.5.0' });
    await expect(fetchPackage(order, moved, files)).rejects.toThrow(
      `it is at version 4, described "v1.5.0", and ${expectedVersion} was expected`,
    );
    expect(written.size).toBe(0);
    const there = orders({ description: 'v1.4.0 (run 7)' });
    expect(await fetchPackage(order, there, files)).toMatchObject({ version: '3' });
  },
);
