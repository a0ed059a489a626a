import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import {
  type CoverageFacts,
  type CoverageMeasure,
  type Facts,
  type Ratio,
  type SecurityFacts,
  severities,
  type TestFacts,
  type Weakness,
} from './facts.ts';
import { judgeLoad } from './judge-load.ts';
import type { QualityLimits } from './limits.ts';

/** So many breaches of one report are listed; all are counted. */
const listed = 10;

/** One finding for what the report says as a whole, then one for each breach. */
export function judgeReport(path: string, facts: Facts, limits: QualityLimits): readonly Finding[] {
  switch (facts.kind) {
    case 'tests':
      return judgeTests(path, facts);
    case 'coverage':
      return judgeCoverage(path, facts, limits);
    case 'load':
      return judgeLoad(path, facts, limits);
    case 'security':
      return judgeSecurity(path, facts, limits);
  }
}

function judgeTests(path: string, facts: TestFacts): readonly Finding[] {
  const { total, failed, skipped, failures, contradiction } = facts;
  const seen = `${amount(total, 'test')}, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const common = { check: 'tests', subject: path, seen, limit: '0 failed' };
  if (total === 0 && failed === 0)
    return [
      {
        ...common,
        outcome: 'fail',
        seen: 'no test',
        message: `${path} holds no test.`,
        remedy: 'Did the tests run, and were they found? A report without tests proves nothing.',
      },
    ];
  if (contradiction !== undefined)
    return [
      {
        ...common,
        outcome: 'fail',
        message: `${path} contradicts itself: ${contradiction}.`,
        remedy: 'Look at the log of the tests: the report may have been written in part.',
      },
    ];
  if (failed === 0) return [{ ...common, outcome: 'pass', message: `${path}: ${seen}.` }];
  const each = failures.slice(0, listed).map(
    ({ name, place, message }): Finding => ({
      check: 'test',
      outcome: 'fail',
      subject: place ?? path,
      seen: 'failed',
      limit: 'passes',
      message: `${name} failed${message ? `: ${message}` : ''}.`,
    }),
  );
  return [
    {
      ...common,
      outcome: 'fail',
      message: `${path}: ${failed} of ${amount(total, 'test')} failed${rest(failed)}.`,
      remedy: 'Mend what they show, or the tests, and build a new version.',
    },
    ...each,
  ];
}

const measures: Readonly<Record<CoverageMeasure, { readonly check: string; readonly input: string }>> = {
  lines: { check: 'line coverage', input: 'min-line-coverage' },
  branches: { check: 'branch coverage', input: 'min-branch-coverage' },
  functions: { check: 'function coverage', input: 'min-function-coverage' },
};

function judgeCoverage(
  path: string,
  facts: CoverageFacts,
  { minCoverage }: QualityLimits,
): readonly Finding[] {
  return (Object.keys(measures) as CoverageMeasure[]).flatMap((measure): readonly Finding[] => {
    const least = minCoverage[measure];
    if (least === undefined) return [];
    const { check, input } = measures[measure];
    const told = facts.measures[measure];
    const common = { check, subject: path, limit: `at least ${least}%` };
    if (told === undefined || (measure === 'lines' && told.total === 0))
      return [
        {
          ...common,
          outcome: 'fail',
          seen: 'not measured',
          message: `${path} (${facts.format}) ${told ? 'measures not one line' : `does not tell how many ${measure} are covered`}.`,
          remedy: told
            ? 'Did the tests run with coverage, on the files that are released?'
            : `Have the tool measure ${measure}, or leave \`${input}\` out.`,
        },
      ];
    const seen = percent(told);
    const holds = told.total === 0 || told.covered * 100 >= least * told.total;
    const message = `${path} (${facts.format}): ${seen} of the ${measure} are covered (${told.covered} of ${told.total})`;
    if (holds) return [{ ...common, outcome: 'pass', seen, message: `${message}.` }];
    return [
      {
        ...common,
        outcome: 'fail',
        seen,
        message: `${message}, and at least ${least}% must be.`,
        remedy: `Test more of it.${leastCovered(facts.files)}`,
      },
    ];
  });
}

/** Rounded down, so that 79.996% never reads as 80%. */
function percent({ covered, total }: Ratio): string {
  return total === 0 ? '100%' : `${Math.floor((covered * 10_000) / total) / 100}%`;
}

/** The three files with the most lines that no test reaches. */
function leastCovered(files: ReadonlyMap<string, Ratio>): string {
  const missing = [...files]
    .map(([file, { covered, total }]) => ({ file, lines: total - covered }))
    .filter(({ lines }) => lines > 0)
    .sort((a, b) => b.lines - a.lines || (a.file < b.file ? -1 : 1))
    .slice(0, 3);
  if (missing.length === 0) return '';
  const names = missing.map(({ file, lines }) => `${oneLine(file)} (${lines})`);
  return ` Most lines without a test: ${names.join(', ')}.`;
}

function judgeSecurity(
  path: string,
  { format, tool, weaknesses }: SecurityFacts,
  { maxSeverity }: QualityLimits,
): readonly Finding[] {
  const rank = (weakness: Weakness) => severities.indexOf(weakness.severity);
  const tooBad = weaknesses
    .filter((weakness) => rank(weakness) > severities.indexOf(maxSeverity))
    .sort((a, b) => rank(b) - rank(a));
  const common = {
    check: 'severity',
    subject: path,
    seen: bySeverity(weaknesses),
    limit: `at most ${maxSeverity}`,
  };
  const by = tool === format ? tool : `${tool}, ${format}`;
  if (tooBad.length === 0)
    return [{ ...common, outcome: 'pass', message: `${path} (${by}): ${common.seen}.` }];
  return [
    {
      ...common,
      outcome: 'fail',
      message: `${path} (${by}): ${amount(tooBad.length, 'finding')} above ${maxSeverity}${rest(tooBad.length)}.`,
      remedy:
        'Mend them and build a new version, or have those that do no harm here suppressed in the tool, with a reason.',
    },
    ...tooBad.slice(0, listed).map(
      ({ id, severity, place, message, fix }): Finding => ({
        check: 'finding',
        outcome: 'fail',
        subject: place ?? path,
        seen: severity,
        limit: `at most ${maxSeverity}`,
        message: `${id}${message ? `: ${message}` : ''} (${severity}${place ? `, ${place}` : ''}).`,
        ...(fix === undefined ? {} : { remedy: fix }),
      }),
    ),
  ];
}

function bySeverity(weaknesses: readonly Weakness[]): string {
  const counts = severities
    .map((severity) => ({ severity, count: weaknesses.filter((it) => it.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`);
  return counts.reverse().join(', ') || 'no finding';
}

function rest(count: number): string {
  return count > listed ? `; the first ${listed} are listed` : '';
}

function amount(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
