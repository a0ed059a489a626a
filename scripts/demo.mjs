// Rehearses the example consumer's promotion twice, a good release and a bad one, and says what happened.
//   npm run demo [-- --keep]     keeps both sandboxes up afterwards, to look at them with the AWS CLI
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDirectory, root, toolsDirectory } from './build/places.mjs';

const usage = 'Usage: npm run demo [-- --keep]';
const { keep } = readOptions();
const repository = join(root, 'examples', 'tenant-service');
const folder = join(buildDirectory, 'demo');
mkdirSync(folder, { recursive: true });

const releases = [
  { scenario: 'good-release', title: 'A good release' },
  { scenario: 'bad-canary', title: 'A bad release' },
];

let failed = false;
const kept = [];
for (const { scenario, title } of releases) {
  const report = join(folder, `${scenario}.html`);
  const json = join(folder, `${scenario}.json`);
  rmSync(json, { force: true });
  console.log(`\nRehearsing: ${title.toLowerCase()} …`);
  const { ok, output, child, url } = await rehearse(scenario, report, json);
  if (url) kept.push(child);
  if (!ok) {
    failed = true;
    console.error(
      `${output}\n${title}: the rehearsal did not end as its scenario expects; the lines above say why.`,
    );
    continue;
  }
  for (const line of story(title, JSON.parse(readFileSync(json, 'utf8')))) console.log(line);
  console.log(`  Report: ${relative(process.cwd(), report)}`);
  if (url) console.log(`  Sandbox: ${url} (for the AWS CLI; the access key is the account's number)`);
}
if (kept.length > 0) await letLook();
process.exit(failed ? 1 : 0);

/** Ends well when the scenario's expectations are met; with --keep as soon as the sandbox stays for whoever looks. */
function rehearse(scenario, report, json) {
  const child = spawn(
    process.execPath,
    [
      join(toolsDirectory, 'promo.mjs'),
      'rehearse',
      '.github/workflows/promote.yml',
      '--repo',
      repository,
      '--scenario',
      join(repository, 'scenarios', `${scenario}.yml`),
      '--report',
      report,
      '--json',
      json,
      '--log',
      'plain',
      ...(keep ? ['--keep'] : []),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const [, url] = /The sandbox stays at (\S+) until/.exec(output) ?? [];
      if (url) resolve({ ok: metIn(json), output, child, url });
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output, child }));
  });
}

function metIn(json) {
  return JSON.parse(readFileSync(json, 'utf8')).expectations.every(({ met }) => met);
}

/** Until Ctrl-C; the sandboxes end with it. */
async function letLook() {
  console.log('\nThe sandboxes stay until Ctrl-C.');
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
  for (const child of kept) child.kill('SIGTERM');
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean' } },
    });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

/** What happened, from what the steps put out: gates, canary, end. */
function story(title, rehearsal) {
  const steps = rehearsal.jobs.flatMap((job) => job.steps);
  const gates = steps
    .filter((step) => step.outputs.decision && actionOf(step) !== 'canary-rollout')
    .map((step) => `${actionOf(step)} ${step.outputs.decision}`);
  const rolled = steps.find((step) => actionOf(step) === 'canary-rollout');
  const minutes = (rehearsal.end - rehearsal.start) / 60_000;
  const lines = [
    `${title}: ${rehearsal.inputs.version}, ${rehearsal.outcome}, as expected, in ${minutes.toFixed(0)} virtual minutes (${(rehearsal.realMilliseconds / 1000).toFixed(1)} s here)`,
    `  Gates: ${gates.join(', ')}`,
  ];
  if (rolled?.outputs.reasons) lines.push(`  Canary: ${rolled.outputs.reasons.split('\n')[0]}`);
  if (rolled?.outputs.outcome === 'undone')
    lines.push(`  Undone: back on version ${rolled.outputs['stable-version']}`);
  for (const { what, seen } of rehearsal.expectations)
    if (/alias|record|parameter/i.test(what)) lines.push(`  ${what}: ${seen}`);
  return lines;
}

function actionOf(step) {
  return step.uses?.replace(/@.*$/, '').split('/').at(-1);
}
