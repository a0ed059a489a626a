import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '@promo-actions/sandbox';
import { parse } from 'yaml';

/** Steps that have no stage of their own: what they do is the runner's, or only said, or what a stage before them showed. */
const beside = [
  /^Check out /,
  /^Fetch what the gates read$/,
  /^Say /,
  /^Assume the target environment's role (to undo|anew)$/,
  /^Record the failure$/,
  /^Complete the record of the success$/,
];
/** A job whose refusal is a person's, before any of its steps. */
const reviewed = 'approval';

interface Step {
  readonly id?: string;
  readonly name: string;
}
interface Scenario {
  readonly workflow?: string;
  readonly expect?: {
    readonly jobs?: Readonly<Record<string, string>>;
    readonly steps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

const tests = join('test', 'e2e');
const folder = join('examples', 'tenant-service', 'scenarios');
const page = readFileSync(join('docs', 'promotions.md'), 'utf8');
const read = new Map<string, Scenario>();
function scenario(name: string): Scenario {
  const one = read.get(name) ?? (readScenarioFile(join(folder, `${name}.yml`)).value as Scenario);
  read.set(name, one);
  return one;
}

/** The rows of a chapter's table: the stage, and the scenarios that it names. */
function stagesOf(chapter: string) {
  const [, rest = ''] = page.split(`\n## ${chapter}\n`);
  const [text = ''] = rest.split('\n## ');
  return [...text.matchAll(/^\| (?!Stage)(.+?) \| .+? \| (.+?) \|$/gm)].map(([, stage = '', cell = '']) => ({
    stage,
    scenarios: [...cell.matchAll(/\[([\w-]+)\]/g)].map(([, name = '']) => name),
  }));
}

function stepsOf(file: string) {
  const { jobs } = parse(readFileSync(join('.github', 'workflows', file), 'utf8')) as {
    jobs: Record<string, { steps: readonly Step[] }>;
  };
  return Object.entries(jobs)
    .filter(([job]) => job !== reviewed)
    .flatMap(([job, { steps }]) => steps.map((step) => ({ job, ...step })))
    .filter(({ name }) => !beside.some((pattern) => pattern.test(name)));
}

describe.each([
  ['promote-to-sit.yml', 'promote-sit.yml', 'To SIT'],
  ['promote-to-prod.yml', 'promote.yml', 'To production'],
])('%s', (file, caller, chapter) => {
  const stages = stagesOf(chapter);

  test('each step that can stop it is stopped in a scenario of its own', () => {
    const unshown = stepsOf(file).filter(({ job, id, name }) => {
      const told = stages.filter(({ stage }) => stage.replace(/^\*\*.+?\*\* · /, '').startsWith(name));
      return !told
        .flatMap(({ scenarios }) => scenarios)
        .some((one) => {
          const steps = scenario(one).expect?.steps?.[`promote/${job}`] ?? {};
          return [steps[id ?? name], steps[name]].includes('failure');
        });
    });
    expect(unshown.map(({ job, name }) => `${job}: ${name}`)).toEqual([]);
  });

  test('every scenario of it is played by a test', () => {
    const played = readdirSync(tests).map((name) => readFileSync(join(tests, name), 'utf8'));
    const own = readdirSync(folder)
      .map((name) => name.replace(/\.yml$/, ''))
      .filter((name) => scenario(name).workflow === `.github/workflows/${caller}`);
    expect(own.filter((name) => !played.some((text) => text.includes(`'${name}'`)))).toEqual([]);
  });

  test('the stages of its page are rehearsed by scenarios that there are, of this workflow', () => {
    for (const { stage, scenarios } of stages) {
      expect([stage, scenarios]).not.toEqual([stage, []]);
      for (const name of scenarios) {
        expect([name, existsSync(join(folder, `${name}.yml`))]).toEqual([name, true]);
        expect([name, scenario(name).workflow]).toEqual([name, `.github/workflows/${caller}`]);
      }
    }
  });
});
