// Writes docs/gates.md: every gate, what it refuses and what it says, as its bundle said it in the tests.
//   node scripts/gates-page.mjs [name …]     only these gates are asked anew; the others' sections stay
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContracts } from './build/contracts.mjs';
import { root } from './build/places.mjs';

const page = join(root, 'docs', 'gates.md');
const names = process.argv.slice(2);
const tests = readdirSync(join(root, 'test', 'actions'))
  .map((name) => join('test', 'actions', name))
  .filter((file) => {
    const [, gate] = /= gatePage\('([a-z-]+)'\)/.exec(readFileSync(join(root, file), 'utf8')) ?? [];
    return gate !== undefined && (names.length === 0 || names.includes(gate));
  });
if (tests.length === 0) {
  console.error(`No test in test/actions notes what ${names.join(', ')} refuses.`);
  process.exit(2);
}

const rows = names.length > 0 ? rowsOfPage() : new Map();
for (const [gate, lines] of askBundles()) rows.set(gate, lines);
const sections = (await loadContracts()).filter(({ name }) => rows.has(name)).map(section);
writeFileSync(page, `${[intro(), ...sections].join('\n\n')}\n`);
console.log(`Wrote docs/gates.md: ${[...rows.values()].flat().length} refusals of ${sections.length} gates.`);

/** The rows that each test noted, by gate. */
function askBundles() {
  const folder = mkdtempSync(join(tmpdir(), 'promo-gates-'));
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', jest, ...tests],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PROMO_GATES_ROWS: folder } },
  );
  const told = readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  ]);
  rmSync(folder, { recursive: true });
  if (status === 0) return told;
  console.error('A test failed, so what the gates say is not known: docs/gates.md stays as it is.');
  process.exit(1);
}

function rowsOfPage() {
  const parts = readFileSync(page, 'utf8').split(/^## \[([a-z-]+)\].*$/m);
  const found = new Map();
  for (let at = 1; at < parts.length; at += 2)
    found.set(
      parts[at],
      parts[at + 1].split('\n').filter((line) => / \| `[a-z]+` \| /.test(line)),
    );
  return found;
}

function section({ name, description }) {
  return [
    `## [${name}](../actions/${name}/README.md)`,
    '',
    description,
    '',
    '| It refuses | Decision | It says | What to do |',
    '|---|---|---|---|',
    ...rows.get(name),
  ].join('\n');
}

function intro() {
  return `<!-- Made by \`npm run docs:gates\` from what the bundles say in test/actions; change the gates or their tests, not this file. -->

# The gates: what each refuses, and what it says

Every line is the answer of the bundled action in a test that ran it. A gate's \`decision\` is \`pass\`; \`fail\`; \`hold\`, when it could
not see enough to decide or waiting would help; \`overridden\`, when people let it pass with their reason on record; or \`skipped\`,
when there was nothing left to look at. \`fail\` and \`hold\` end the job, unless \`mode: warn\` has it report and go on. \`error\` stands
below where the gate could not look at all; it ends the job too.

The output \`report\` says the same as JSON: every check, what was seen, the limit, the message, the remedy. record-deployment takes
the reports of all gates into the record, overrides and their reasons included.`;
}
