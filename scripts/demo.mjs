// Rehearses the example consumer's promotion twice, a good release and a bad one, and says what happened.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildDirectory, root, toolsDirectory } from './build/places.mjs';

const repository = join(root, 'examples', 'tenant-service');
const folder = join(buildDirectory, 'demo');
mkdirSync(folder, { recursive: true });

const releases = [
  { scenario: 'good-release', title: 'A good release' },
  { scenario: 'bad-canary', title: 'A bad release' },
];

let failed = false;
for (const { scenario, title } of releases) {
  const report = join(folder, `${scenario}.html`);
  const json = join(folder, `${scenario}.json`);
  rmSync(json, { force: true });
  console.log(`\nRehearsing: ${title.toLowerCase()} …`);
  const { status, stdout, stderr } = spawnSync(
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
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) {
    failed = true;
    console.error(
      `${stdout}${stderr}\n${title}: the rehearsal did not end as its scenario expects; the lines above say why.`,
    );
    continue;
  }
  for (const line of story(title, JSON.parse(readFileSync(json, 'utf8')))) console.log(line);
  console.log(`  Report: ${relative(process.cwd(), report)}`);
}
process.exit(failed ? 1 : 0);

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
