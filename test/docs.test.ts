import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
type Permissions = Readonly<Record<string, string>>;
interface Job extends Step {
  readonly steps?: readonly Step[];
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
}
type Declared = Readonly<Record<string, { readonly required?: boolean }>>;
interface Workflow {
  readonly on: { readonly workflow_call: { readonly inputs?: Declared; readonly secrets?: Declared } };
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folders = [
  '.',
  'docs',
  'docs/benchmarks',
  ...readdirSync('examples').map((name) => join('examples', name)),
];
const pages = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const generated = readdirSync('actions').map((name) => join('actions', name, 'README.md'));
const load = (file: string) => parse(readFileSync(file, 'utf8')) as unknown;

describe.each([...pages, ...generated])('%s', (page) => {
  const text = readFileSync(page, 'utf8');
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

  test('leads to files that are there', () => {
    const links = [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link);
    const local = links.filter((link) => !/^https?:|^\d+$/.test(link));
    expect(local.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  test('names commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('shows workflows and steps that are taken as they stand', () => {
    for (const [, block = ''] of text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)) {
      const shown = parse(block) as
        | readonly Step[]
        | { readonly jobs?: Readonly<Record<string, Job>> }
        | null;
      const jobs = Array.isArray(shown) ? [{ steps: shown }] : Object.values((shown as Workflow).jobs ?? {});
      for (const job of jobs as readonly Job[]) {
        const called = /^org\/promo-actions\/(\.github\/workflows\/[\w.-]+)@v1$/.exec(job.uses ?? '')?.[1];
        const whole = !block.includes('# …');
        if (called) expect(mistakesOf(job, load(called) as Workflow, whole)).toEqual([]);
        for (const step of job.steps ?? []) expect(unknownInputs(step)).toEqual([]);
      }
    }
  });
});

test('every page is found from the README', () => {
  const found = new Set<string>();
  const follow = (page: string): void => {
    if (found.has(page) || !page.endsWith('.md') || !existsSync(page)) return;
    found.add(page);
    for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#]+)/g))
      follow(join(dirname(page), link).replace(/^[^.]+$/, (folder) => join(folder, 'README.md')));
  };
  follow('README.md');
  expect([...pages, ...generated].filter((page) => !found.has(page))).toEqual([]);
});

/** What GitHub would refuse of a job that calls a reusable workflow; where it is not shown whole, of what is there. */
function mistakesOf(
  { with: given = {}, secrets = {}, permissions = {} }: Job,
  called: Workflow,
  whole: boolean,
): readonly string[] {
  const unlike = (kind: string, have: Readonly<Record<string, unknown>>, declared: Declared = {}) => [
    ...Object.keys(have).flatMap((name) => (name in declared ? [] : [`there is no ${kind} ${name}`])),
    ...Object.entries(declared).flatMap(([name, { required }]) =>
      whole && required && !(name in have) ? [`${kind} ${name} is missing`] : [],
    ),
  ];
  const levels = ['none', 'read', 'write'];
  const lacking = Object.values(called.jobs).flatMap(({ permissions: needed = {} }) =>
    Object.entries(needed).flatMap(([scope, level]) =>
      whole && levels.indexOf(permissions[scope] ?? 'none') < levels.indexOf(level)
        ? [`${scope}: ${level} is missing`]
        : [],
    ),
  );
  const { inputs, secrets: known } = called.on.workflow_call;
  return [...unlike('input', given, inputs), ...unlike('secret', secrets, known), ...lacking];
}

function unknownInputs({ uses = '', with: given = {} }: Step): readonly string[] {
  const action = /^org\/promo-actions\/([\w-]+)@v1$/.exec(uses)?.[1];
  if (action === undefined) return [];
  const { inputs } = load(join('actions', action, 'action.yml')) as { inputs: Record<string, unknown> };
  return Object.keys(given).filter((name) => !(name in inputs));
}
