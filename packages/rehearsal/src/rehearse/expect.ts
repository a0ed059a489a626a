import type { Expectation, JobResult, Rehearsal } from '../result/index.ts';
import type { Expect } from '../scenario/index.ts';
import type { CloudPlace, CloudReader } from './aws.ts';

/** Compares what the scenario expects with what came. Each expectation is told, met or not. */
export async function compare(
  expected: Expect,
  rehearsal: Rehearsal,
  cloud: CloudReader,
  placeOf: (account: string, region?: string) => CloudPlace,
): Promise<Expectation[]> {
  const run = [
    one('outcome', expected.outcome, rehearsal.outcome ?? 'none'),
    ...Object.entries(expected.jobs).map(([name, conclusion]) =>
      one(`job ${name}`, conclusion, jobSeen(rehearsal, name)),
    ),
    ...Object.entries(expected.steps).flatMap(([job, steps]) =>
      Object.entries(steps).map(([step, conclusion]) =>
        one(`step ${step} of ${job}`, conclusion, stepSeen(rehearsal, job, step)),
      ),
    ),
    ...Object.entries(expected.outputs).flatMap(([job, outputs]) =>
      Object.entries(outputs).map(([name, value]) =>
        one(`output ${name} of ${job}`, value, findJobs(rehearsal, job)[0]?.outputs[name] ?? 'none'),
      ),
    ),
    ...said(expected, rehearsal),
  ];
  const aliases = expected.alias.map(async (alias) => {
    const seen = await cloud.alias(placeOf(alias.account, alias.region), alias.function, alias.alias);
    const what = `alias ${alias.alias} of ${alias.function} in ${alias.account}`;
    return one(
      what,
      aliasText(alias.version, alias.weights),
      seen ? aliasText(seen.version, seen.weights) : 'none',
    );
  });
  const parameters = expected.parameters.map(async (parameter) => {
    const seen = await cloud.parameter(placeOf(parameter.account, parameter.region), parameter.name);
    return one(`parameter ${parameter.name} in ${parameter.account}`, parameter.value, seen ?? 'none');
  });
  const records = expected.records.map((records) => recordsSeen(records, cloud, placeOf));
  return [
    ...run,
    ...(await Promise.all([...aliases, ...parameters])),
    ...(await Promise.all(records)).flat(),
  ];
}

function one(what: string, expected: string, seen: string): Expectation {
  return { what, expected, seen, met: expected === seen };
}

function findJobs(rehearsal: Rehearsal, name: string): JobResult[] {
  const exact = rehearsal.jobs.filter((job) => job.key === name || job.name === name);
  return exact.length > 0 ? exact : rehearsal.jobs.filter((job) => job.id === name);
}

function jobSeen(rehearsal: Rehearsal, name: string): string {
  const found = [...new Set(findJobs(rehearsal, name).map((job) => job.conclusion ?? 'none'))];
  return found.length > 0
    ? found.join(', ')
    : `no such job; there are ${rehearsal.jobs.map((job) => job.key).join(', ')}`;
}

function stepSeen(rehearsal: Rehearsal, jobName: string, name: string): string {
  const steps = findJobs(rehearsal, jobName).flatMap((job) => job.steps);
  const found = steps.find((step) => step.id === name) ?? steps.find((step) => step.name === name);
  if (found) return found.conclusion ?? 'none';
  return `no such step; there are ${steps.map((step) => step.name).join(', ') || 'none'}`;
}

function said(expected: Expect, rehearsal: Rehearsal): Expectation[] {
  const text = rehearsal.jobs
    .flatMap((job) => [
      ...job.notes,
      ...job.steps.flatMap((step) => [...step.log.map((line) => line.text), step.summary]),
    ])
    .join('\n');
  const seen = (phrase: string) => (text.includes(phrase) ? 'said' : 'not said');
  return [
    ...expected.says.map((phrase) => one(`the log says “${phrase}”`, 'said', seen(phrase))),
    ...expected['never-says'].map((phrase) => one(`the log says “${phrase}”`, 'not said', seen(phrase))),
  ];
}

function aliasText(version: string, weights: Readonly<Record<string, number>>): string {
  const others = Object.entries(weights).map(
    ([other, share]) => `${Number((share * 100).toFixed(4))}% on ${other}`,
  );
  return [`version ${version}`, ...(others.length > 0 ? others : ['alone'])].join(', ');
}

async function recordsSeen(
  records: Expect['records'][number],
  cloud: CloudReader,
  placeOf: (account: string, region?: string) => CloudPlace,
): Promise<Expectation[]> {
  const what = `records in ${records.table} of ${records.account}`;
  const found = await cloud.items(placeOf(records.account, records.region), records.table);
  const wanted = records.statuses?.join(', ') || `${records.count ?? 0} records`;
  if (!found) return [one(what, wanted, 'no such table')];
  const items = found
    .filter((item) => Object.entries(records.where).every(([name, value]) => item[name] === value))
    .sort(
      (left, right) =>
        (left.timestamp ?? '').localeCompare(right.timestamp ?? '') ||
        Number(left.sequence ?? 0) - Number(right.sequence ?? 0),
    );
  return [
    ...(records.count === undefined
      ? []
      : [one(`number of ${what}`, String(records.count), String(items.length))]),
    ...(records.statuses
      ? [
          one(
            `statuses of ${what}`,
            records.statuses.join(', ') || 'nothing',
            items.map((item) => item.status ?? 'none').join(', ') || 'nothing',
          ),
        ]
      : []),
  ];
}
