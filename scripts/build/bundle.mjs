import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { minify } from 'rolldown/utils';
import { licences } from './licences.mjs';
import { buildDirectory, releaseDirectory, root } from './places.mjs';
import { wasmBeside } from './wasm-beside.mjs';

const ncc = createRequire(import.meta.url)('@vercel/ncc');

/** Packages whose manifests do not say so, but whose modules do nothing until they are called. */
const pureUntilCalled =
  /node_modules\/(@actions\/|undici\/|@octokit\/|@smithy\/|@aws-sdk\/|yaml\/|valibot\/)/;

const treeShaking = {
  moduleSideEffects: (id) => (pureUntilCalled.test(id) ? false : undefined),
  annotations: true,
};

/** Tree-shakes one entry into `directory`, a chunk for every dynamic import, so that what a step does not reach is not loaded. */
async function shake(entry, directory, options = {}) {
  const bundle = await rolldown({
    input: { index: entry },
    platform: 'node',
    resolve: {
      mainFields: ['module', 'main'],
      conditionNames: ['module', 'import', 'default'],
      alias: { '@aws-sdk/credential-provider-node': join(root, 'packages/gateways/src/aws/credentials.ts') },
    },
    treeshake: treeShaking,
    logLevel: 'warn',
    plugins: [wasmBeside()],
    ...options,
  });
  try {
    return await bundle.write({
      dir: directory,
      format: 'esm',
      minify: true,
      codeSplitting: true,
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name].mjs',
    });
  } finally {
    await bundle.close();
  }
}

/** Bundles `actions/<name>` into `build/release/<name>/dist`; packaging is skipped when tree-shaking gave what it gave before. */
export async function bundleAction(name) {
  const shaken = join(buildDirectory, 'shaken', `${name}-${process.pid}`);
  const dist = join(releaseDirectory, name, 'dist');
  const { output } = await shake(join(root, 'actions', name, 'src', 'main.ts'), shaken);
  const digest = output
    .reduce(
      (hash, { fileName, code, source }) => hash.update(fileName).update(code ?? source),
      createHash('sha256'),
    )
    .digest('hex');
  const digestFile = join(buildDirectory, 'shaken', `${name}.sha256`);
  try {
    if (existsSync(dist) && (await readFile(digestFile, 'utf8').catch(() => '')) === digest) return;
    await rm(digestFile, { force: true });
    await packageInto(dist, shaken, output);
    await writeFile(digestFile, digest);
  } finally {
    await rm(shaken, { recursive: true, force: true });
  }
}

async function packageInto(dist, shaken, output) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await writeFile(join(shaken, 'package.json'), '{"type":"module"}');
  const { code, assets } = await ncc(join(shaken, 'index.mjs'), {
    cache: false,
    quiet: true,
    esm: true,
    target: 'es2023',
  });
  if (code.includes('eval("require")')) throw new Error('a module was not found while packaging');
  const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}));
  const files = {
    'index.js': code,
    'package.json': '{"type":"module"}\n',
    'licences.txt': await licences(modules),
  };
  for (const [file, { source }] of Object.entries(assets)) files[file] = source;
  for (const { type, fileName, source } of output) if (type === 'asset') files[fileName] = source;
  for (const [file, source] of Object.entries(files))
    await writeFile(join(dist, file), await smallest(file, source));
}

/** What ncc wraps around the modules is minified too. */
async function smallest(file, source) {
  if (!/\.m?js$/.test(file)) return source;
  const { code, errors } = await minify(file, source.toString(), { module: true });
  if (errors.length > 0) throw new Error(`${file} could not be minified: ${errors[0].message}`);
  return code;
}
