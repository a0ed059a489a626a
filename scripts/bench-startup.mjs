// Prints, for every bundle, its size, the time from process start to a refused input as a ratio to bare Node in the
// same run, and the memory it took. The runs are interleaved, so that a busy machine slows all alike.
//   npm run bench:startup [-- --runs 15] [--json FILE]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { releaseDirectory, root, toolsDirectory } from './build/places.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, json: { type: 'string' } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs takes a whole number from 1 up, not ${values.runs}.`);
  process.exit(2);
}

const { findNode } = await import(pathToFileURL(join(toolsDirectory, 'node.mjs')));
const node = findNode();
const names = readdirSync(releaseDirectory).filter((name) =>
  existsSync(join(releaseDirectory, name, 'dist')),
);
const subjects = [
  { name: 'bare node', args: ['-e', '0'], kilobytes: 0, limit: undefined },
  ...names.map((name) => {
    const dist = join(releaseDirectory, name, 'dist');
    const files = readdirSync(dist)
      .filter((file) => /\.m?js$/.test(file))
      .map((file) => join(dist, file));
    const usesAws = files.some((file) => readFileSync(file, 'utf8').includes('amazonaws'));
    const assets = readdirSync(dist).filter((file) => file.endsWith('.wasm'));
    return {
      name,
      args: [join(dist, 'index.js')],
      kilobytes: kilobytesOf(files),
      assets: assets.map((file) => `${file}, ${kilobytesOf([join(dist, file)])} KB`),
      limit: usesAws ? 4 : 2.5,
    };
  }),
];

const measured = new Map(subjects.map(({ name }) => [name, { times: [], memory: 0 }]));
for (let run = -1; run < runs; run++) {
  for (const { name, args } of subjects) {
    const { milliseconds, kilobytes } = measure(args);
    const figures = measured.get(name);
    if (run < 0) continue;
    figures.times.push(milliseconds);
    figures.memory = Math.max(figures.memory, kilobytes);
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const bare = median(measured.get('bare node').times);
const rows = subjects.map(({ name, kilobytes, assets = [], limit }) => {
  const { times, memory } = measured.get(name);
  return {
    name,
    kilobytes,
    assets,
    milliseconds: median(times),
    ratio: median(times) / bare,
    limit,
    megabytes: memory / 1024,
  };
});

console.log(`Node 24, median of ${runs} runs, from process start to a refused input\n`);
console.log('| bundle | KB | ms | × bare Node | target | MB |\n|---|---:|---:|---:|---:|---:|');
for (const row of rows) {
  const target = row.limit === undefined ? '' : `≤ ${row.limit}`;
  console.log(
    `| ${row.name} | ${row.kilobytes} | ${row.milliseconds.toFixed(0)} | ${row.ratio.toFixed(2)} | ${target} | ${row.megabytes.toFixed(0)} |`,
  );
}
for (const { name, assets } of rows.filter((row) => row.assets.length > 0))
  console.log(`\n${name} carries besides what it compiles only where it is needed: ${assets.join('; ')}.`);
const missed = rows.filter(
  (row) => row.limit !== undefined && (row.ratio > row.limit || row.kilobytes > 700 || row.megabytes > 120),
);
console.log(
  missed.length === 0
    ? '\nEvery target is met.'
    : `\nTargets missed by: ${missed.map(({ name }) => name).join(', ')}.`,
);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ node: 24, runs, rows }, null, 2)}\n`);

function kilobytesOf(files) {
  return Math.ceil(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024);
}

/** Time and peak memory of one process; a wrapper process of its own reads its child's peak. */
function measure(args) {
  const started = process.hrtime.bigint();
  const { status } = spawnSync(node, args, {
    env: { PATH: process.env.PATH, INPUT_SUMMARY: 'wrong' },
    stdio: 'ignore',
  });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}`);
  return { milliseconds, kilobytes: peakMemory(args) };
}

function peakMemory(args) {
  const report = join(root, 'scripts', 'build', 'peak-memory.mjs');
  const preload = ['--import', report, ...args];
  const { stderr } = spawnSync(node, preload, {
    env: { PATH: process.env.PATH, INPUT_SUMMARY: 'wrong' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  return Number(/peak-memory-kilobytes: (\d+)/.exec(stderr)?.[1] ?? Number.NaN);
}
