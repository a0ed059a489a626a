// Promotes the example's release again and again, each time with one thing going wrong, and looks at production from outside.
//   npm run test:crash -- [--only TEXT] [--sample] [--seed N] [--workers N] [--resume] [--list]
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { fileTexts } from './build/file-texts.mjs';
import { buildDirectory, root } from './build/places.mjs';

const usage = `Usage: npm run test:crash -- [options]

Counts the calls that a promotion makes to AWS, GitHub and Jira. Then, for every call, kills the runner just before it and
just after its effect, runs the failed jobs again, and looks at production through the AWS SDK. The same with cancellation,
faults, slow answers and wrong clocks. Exit code 0 when nothing is ever left half done and no record lies.

  --only TEXT        only points whose name has this in it, such as kill/good-release/45; more than once for more
  --sample           a few points of every kind
  --seed N           other chances (default 1)
  --workers N        processes (default: one for each core)
  --resume           skip what has passed in the run before, of the same build and repository
  --repository DIR   the repository whose release is promoted (default: examples/tenant-service)
  --build DIR        the built actions and tools to play with (default: build)
  --list             name the points, play none
  --help             this text`;

const options = readOptions();
const folder = join(buildDirectory, 'crash');
const began = Date.now();
mkdirSync(folder, { recursive: true });
// What is played stays the same for the whole run, whatever is built meanwhile.
const tree = mkdtempSync(join(buildDirectory, 'crash-'));
// Outside of this repository, whose .gitignore would hide it.
const repository = mkdtempSync(join(tmpdir(), 'promo-crash-'));
cpSync(options.repository, repository, { recursive: true });
cpSync(join(options.build, 'release'), join(tree, 'release'), { recursive: true });
cpSync(join(options.build, 'tools', 'clock.mjs'), join(tree, 'tools', 'clock.mjs'));
const main = await bundle();
// What has passed counts for the very same promotions alone.
const passedFile = join(
  folder,
  `passed-${options.sample ? 'sample' : options.seed}-${digestOf(tree, repository)}.txt`,
);
const { planPoints, samplePoints } = await import(pathToFileURL(main));
const workers = Array.from({ length: options.workers }, startWorker);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const worker of workers) worker.kill();
    removeCopies();
    process.exit(1);
  });
process.exitCode = await run().finally(() => {
  for (const worker of workers) worker.end();
  removeCopies();
});

function removeCopies() {
  for (const place of [tree, repository]) rmSync(place, { recursive: true, force: true, maxRetries: 5 });
}

async function run() {
  const runs = await inParallel(
    options.sample ? ['good-release'] : ['good-release', 'bad-canary', 'whole-release', 'whole-bad-canary'],
    (worker, clean) => worker.ask({ clean }),
  );
  for (const { scenario, calls, gateCalls, flaws } of runs) {
    console.log(`${scenario}: ${calls.length} calls, ${calls.length - gateCalls} of them while it deploys`);
    for (const flaw of flaws) console.log(`  with nothing going wrong: ${flaw}`);
  }
  if (runs.some(({ flaws }) => flaws.length > 0)) return 1;
  const points = options.sample ? samplePoints(runs, options.seed) : planPoints(runs, options.seed);
  const wanted = points.filter(({ id }) => !options.only || options.only.some((text) => id.includes(text)));
  if (wanted.length === 0) {
    console.error(`No point has ${options.only.join(' or ')} in its name; --list names them.`);
    return 2;
  }
  if (options.list) {
    for (const { id, what } of wanted) console.log(`${id.padEnd(50)} ${what}`);
    return 0;
  }
  return playAll(wanted, runs);
}

async function playAll(wanted, runs) {
  const passed = new Set(
    options.resume && existsSync(passedFile) ? readFileSync(passedFile, 'utf8').trim().split('\n') : [],
  );
  if (!options.resume) rmSync(passedFile, { force: true });
  const due = wanted.filter(({ id }) => !passed.has(id));
  const before = wanted.length - due.length;
  if (before > 0) console.log(`${before} had passed before, of the same build and repository`);
  let done = 0;
  const failed = [];
  await inParallel(due, async (worker, point) => {
    const run = runs.find(({ scenario }) => scenario === point.scenario);
    const played = await worker.ask({ point, run });
    done += 1;
    if (played.flaws.length === 0) appendFileSync(passedFile, `${point.id}\n`);
    else {
      failed.push(point);
      tell(point, played);
    }
    const left = Math.round((((Date.now() - began) / done) * (due.length - done)) / 1000);
    if (done % 20 === 0)
      console.log(`${done} of ${due.length} points, ${failed.length} failed, about ${left} s left`);
  });
  const counts = countKinds(wanted).map(([kind, count]) => `${kind} ${count}`);
  console.log(`\n${wanted.length} points: ${counts.join(', ')}`);
  console.log(
    `${wanted.length - failed.length} passed${before > 0 ? ` (${before} in a run before)` : ''}, ${failed.length} failed, ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return failed.length === 0 ? 0 : 1;
}

function tell({ id, what }, { flaws, outcomes, log }) {
  console.log(`FAILED ${id}: ${what} (${outcomes.join(', then ')})`);
  for (const flaw of flaws) console.log(`    ${flaw}`);
  if (!log) return;
  const file = join(folder, `${id.replace(/[^\w.-]+/g, '-')}.log`);
  appendFileSync(file, `${log}\n`);
  console.log(`    log: ${file}`);
}

function countKinds(points) {
  const counts = new Map();
  for (const { id } of points) {
    const [kind] = id.split('/');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts];
}

/** Gives each worker the next item as soon as it is free; the answers in the order of the items. */
async function inParallel(items, work) {
  const answers = [];
  let next = 0;
  const takeTurns = async (worker) => {
    for (let index = next++; index < items.length; index = next++)
      answers[index] = await work(worker, items[index]);
  };
  await Promise.all(workers.map(takeTurns));
  return answers;
}

function startWorker() {
  const child = fork(main, [tree, repository], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let settle;
  child.on('message', (answer) =>
    answer.broken ? settle.reject(new Error(answer.broken)) : settle.resolve(answer),
  );
  child.on('exit', (code) => settle?.reject(new Error(`A process that plays points ended with ${code}.`)));
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        child.send(order);
      }),
    end: () => {
      settle = undefined;
      child.disconnect();
    },
    kill: () => {
      settle = undefined;
      child.kill();
    },
  };
}

async function bundle() {
  const file = join(tree, 'main.mjs');
  const built = await rolldown({
    input: join(root, 'test', 'crash', 'main.ts'),
    platform: 'node',
    logLevel: 'warn',
    external: /^@aws-sdk\//,
    plugins: [fileTexts()],
  });
  await built.write({ file, format: 'esm', codeSplitting: false });
  await built.close();
  return file;
}

function digestOf(...folders) {
  const hash = createHash('sha256');
  for (const place of folders)
    for (const name of readdirSync(place, { recursive: true }).sort()) {
      const file = join(place, name);
      if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
    }
  return hash.digest('hex').slice(0, 12);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        sample: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        workers: { type: 'string', default: String(availableParallelism()) },
        resume: { type: 'boolean', default: false },
        repository: { type: 'string', default: join(root, 'examples', 'tenant-service') },
        build: { type: 'string', default: buildDirectory },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    for (const name of ['seed', 'workers'])
      if (!/^[1-9]\d{0,5}$/.test(values[name]))
        throw new Error(`--${name} takes a whole number from 1 up, not ${values[name]}.`);
    return { ...values, seed: Number(values.seed), workers: Number(values.workers) };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
