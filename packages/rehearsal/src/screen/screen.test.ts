import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobResult, Rehearsal, StepResult } from '../result/index.ts';
import { createPaint } from './format.ts';
import { cut, endingLines, picture } from './index.ts';

const start = Date.parse('2026-03-03T20:05:00Z');

function step(name: string, more: Partial<StepResult>): StepResult {
  return { id: name, name, kind: 'script', log: [], annotations: [], outputs: {}, summary: '', ...more };
}

function job(key: string, more: Partial<JobResult>): JobResult {
  const empty = { approvals: [], outputs: {}, notes: [], steps: [], needs: [] };
  return { key, id: key, name: key, kind: 'job', status: 'waiting', ...empty, ...more };
}

const rehearsal: Rehearsal = {
  scenario: { name: 'Bad canary', description: '', file: 's.yml' },
  workflow: { name: 'Promote', path: '.github/workflows/promote.yml' },
  repository: 'example/service',
  runId: 1,
  attempt: 1,
  actor: 'release-manager',
  event: 'workflow_dispatch',
  inputs: {},
  outcome: 'failure',
  start,
  end: start + 3_725_000,
  realMilliseconds: 4_200,
  notes: [],
  journal: [],
  expectations: [
    { what: 'outcome', expected: 'success', seen: 'failure', met: false },
    { what: 'job gates', expected: 'success', seen: 'success', met: true },
  ],
  jobs: [
    job('promote', { kind: 'call', status: 'running' }),
    job('promote/gates', {
      name: 'promote / Gates',
      parent: 'promote',
      status: 'ended',
      conclusion: 'success',
      start,
      end: start + 60_000,
      steps: [step('hidden', { conclusion: 'success' })],
    }),
    job('promote/deploy', {
      name: 'promote / Deploy',
      parent: 'promote',
      status: 'running',
      start,
      realStart: 0,
      steps: [
        step('Evaluate', {
          outcome: 'failure',
          conclusion: 'failure',
          annotations: [{ level: 'error', message: 'too many errors\nsee above' }],
        }),
        step('Roll back', { log: [{ at: start, text: 'shifting' }], start, realStart: 0 }),
      ],
    }),
    job('after', {}),
  ],
};

describe('the tree', () => {
  test('folds up what ended well and opens what runs or failed', () => {
    const lines = picture(rehearsal, {
      paint: createPaint(false),
      spin: '*',
      now: start + 120_000,
      real: 500,
    });
    expect(lines).toEqual([
      'Bad canary  .github/workflows/promote.yml  2026-03-03 20:07:00 virtual, 2 min since the start',
      '  * promote  ',
      '    ✓ Gates  1 min',
      '    * Deploy  2 min',
      '      ✗ Evaluate  ',
      '          too many errors',
      '      * Roll back  2 min',
      '          shifting',
      '  · after  ',
    ]);
  });

  test('never writes a line wider than the terminal, whatever its colours', () => {
    const paint = createPaint(true);
    const part = fc.tuple(
      fc.constantFrom('green', 'dim', 'bold') as fc.Arbitrary<'green'>,
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.integer({ min: 10, max: 120 }), (parts, width) => {
        const line = parts.map(([style, text]) => paint(style, stripVTControlCharacters(text))).join('');
        expect(stripVTControlCharacters(cut(line, width)).length).toBeLessThan(width);
      }),
    );
  });
});

describe('the ending', () => {
  test('says the outcome, what went wrong and each difference', () => {
    expect(endingLines(rehearsal, false)).toEqual([
      '',
      '✗ Bad canary: failure, 1 h 2 min of virtual time in 4.2 s; not as expected: 1 of 2 expectations not met',
      'What went wrong in the run:',
      '  promote / Deploy / Evaluate: too many errors',
      '    see above',
      'What the scenario expects and did not see:',
      '  outcome: expected success, saw failure',
    ]);
  });
});

test('the ending names every wrong input, not only how many', () => {
  const jobs = [
    job('deploy', {
      conclusion: 'failure',
      steps: [
        step('Shift', {
          conclusion: 'failure',
          annotations: [
            {
              level: 'error',
              message: 'canary-shift: 2 inputs are wrong.\n  alias: is missing\n  weight: is missing',
            },
          ],
        }),
      ],
    }),
  ];
  const lines = endingLines({ ...rehearsal, jobs }, false);
  const at = lines.indexOf('What went wrong in the run:');
  expect(lines.slice(at + 1, at + 4)).toEqual([
    '  deploy / Shift: canary-shift: 2 inputs are wrong.',
    '    alias: is missing',
    '    weight: is missing',
  ]);
});
