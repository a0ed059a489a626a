import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `sleep` and `date` for `run` steps, on the sandbox's clock. They are processes of their own, so they ask the sandbox
 * over its API; `sleep` waits under the hold of the step's process, which is waiting for it.
 */
const SOURCE = `
const { request } = require('node:http');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const [tool, ...args] = process.argv.slice(2);
const { PROMO_SANDBOX_URL: url, PROMO_CLOCK_HOLD: id } = process.env;
const UNITS = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const asking = request(new URL('/_sandbox/clock' + path, url), { method, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve(JSON.parse(text)));
    });
    asking.on('error', reject).setHeader('content-type', 'application/json');
    asking.end(body && JSON.stringify(body));
  });
}

async function sleep() {
  let milliseconds = 0;
  for (const arg of args) {
    const [, amount, unit] = /^(\\d*\\.?\\d+)([smhd]?)$/.exec(arg) || [];
    if (amount === undefined) throw new Error("sleep: invalid time interval '" + arg + "'");
    milliseconds += Number(amount) * UNITS[unit || 's'];
  }
  const { now } = await ask('GET', '');
  await ask('POST', '/wait', { id, until: now + milliseconds });
}

// Relative to the sandbox's now where that means something, else as it is written: an absolute date, or a date of BSD.
async function date() {
  const { iso } = await ask('GET', '');
  const at = args.findIndex((arg) => /^(-d|--date$|--date=)/.test(arg));
  const [, flag = '', glued = ''] = /^(-d|--date=?)(.*)$/.exec(args[at] || '') || [];
  const apart = at >= 0 && glued === '' && !flag.endsWith('=');
  const moment = at < 0 ? iso : iso + ' ' + (apart ? args[at + 1] : glued);
  const others = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + (apart ? 2 : 1))];
  const fixed = args.some((arg) => /^(-r|-f|-s|--reference|--file|--set)/.test(arg));
  const env = { ...process.env, PATH: process.env.PATH.split(':').filter((folder) => folder !== join(__dirname, 'shims')).join(':') };
  for (const given of fixed ? [args] : [['-d', moment, ...others], args]) {
    const { status, stdout, stderr } = spawnSync('date', given, { env, encoding: 'utf8' });
    if (status !== 0 && given !== args) continue;
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = status ?? 1;
    return;
  }
}

({ sleep, date })[tool]().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
`;

/** Writes the shims and returns their folder, to be put first in PATH. */
export function writeShims(folder: string, node: string): string {
  const shims = join(folder, 'shims');
  mkdirSync(shims, { recursive: true });
  const script = join(folder, 'clock-shim.cjs');
  writeFileSync(script, SOURCE);
  for (const tool of ['sleep', 'date']) {
    const file = join(shims, tool);
    writeFileSync(file, `#!/bin/sh\nNODE_OPTIONS= exec '${node}' '${script}' ${tool} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return shims;
}
