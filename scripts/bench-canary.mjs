// Runs every rule that decides canaries on the same simulated releases, on all cores, and prints what they did as Markdown.
//   npm run bench:canary -- [--quick] [--json FILE] [--markdown FILE] [--svg FILE] [--seed N] [--runs N]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { buildDirectory, root } from './build/places.mjs';

const usage = `Usage: npm run bench:canary -- [options]

Simulates releases, good and bad, of 64 services, and shows how often every rule rolls back good ones and how fast it finds
bad ones. Progress goes to standard error, the tables to standard output.

  --quick          a twentieth of the releases, in under a minute
  --runs N         good releases for each service and scenario, and a quarter as many bad ones (default 4000)
  --seed N         another seed, other releases (default 1)
  --json FILE      everything measured, as JSON
  --markdown FILE  the tables, as Markdown
  --svg FILE       the chart
  --help           this text`;

const options = readOptions();
const started = Date.now();
const file = await bundle();
const { measureAll, resultsOf, reportOf, drawFigure } = await import(pathToFileURL(file));
const effort = { seed: options.seed, nullRuns: options.runs, alternativeRuns: Math.ceil(options.runs / 4) };
const cells = await measureAll(effort, file, (done, all) => {
  const end = process.stderr.isTTY ? '\r' : '\n';
  if (process.stderr.isTTY || done % 8 === 0)
    process.stderr.write(`${done} of ${all} services, ${seconds()} s${end}`);
});
const results = resultsOf(effort, cells);
const report = reportOf(results);
console.log(report);
write(options.json, compact(results));
write(options.markdown, `${report}\n`);
write(options.svg, drawFigure(results));
process.stderr.write(`Done in ${seconds()} s.\n`);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        runs: { type: 'string' },
        seed: { type: 'string', default: '1' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        svg: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (values.quick && values.runs !== undefined)
      throw new Error('--quick and --runs contradict each other.');
    const runs = whole('--runs', values.runs ?? (values.quick ? '200' : '4000'), 4);
    return { ...values, runs, seed: whole('--seed', values.seed, 0) };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function whole(name, text, least) {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < least)
    throw new Error(`${name} takes a whole number from ${least} up, not ${text}.`);
  return value;
}

async function bundle() {
  const input = join(root, 'test', 'benchmark', 'canary', 'main.ts');
  const target = join(buildDirectory, 'benchmark', 'canary.mjs');
  const built = await rolldown({ input, platform: 'node', logLevel: 'warn' });
  await built.write({ file: target, format: 'esm', codeSplitting: false });
  await built.close();
  return target;
}

/** One line a rule, so that the file can be read and compared; laid out as the formatter would. */
function compact({ cells, ...rest }) {
  const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  const columns = ['rolledBack', 'median', 'p90', 'badRequests', 'undecided'];
  const row = (rule) =>
    `        [${columns.map((column) => JSON.stringify(rounded('', rule[column]))).join(', ')}]`;
  const cell = ({ rules, ...what }) =>
    `${JSON.stringify(what, null, 2).replace(/\n\}$/, '').replaceAll('\n', '\n    ')},\n      "rules": [\n${rules.map(row).join(',\n')}\n      ]\n    }`;
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  const list = `[${columns.map((column) => JSON.stringify(column)).join(', ')}]`;
  return `${head},\n  "columns": ${list},\n  "cells": [\n    ${cells.map(cell).join(',\n    ')}\n  ]\n}\n`;
}

function write(path, content) {
  if (path === undefined) return;
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, content);
}

function seconds() {
  return Math.round((Date.now() - started) / 1_000);
}
