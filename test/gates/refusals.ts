import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { GateReport } from '@promo-actions/core/gate';
import type { StepRun } from '../bundle/run.ts';
import { pageFile, type Refusal, refusalRows, sectionsOfPage } from './page.ts';
import { shapeProblems } from './shape.ts';

/**
 * Where the bundle test of a gate notes what the gate refused; docs/gates.md is made of it by `npm run docs:gates`.
 *
 * ```ts
 * const page = gatePage('jira-gate');
 * test('…', async () => page.refused('a declined ticket', await gate({ ticket: 'CHG-102' })));
 * page.isToldInDocs();    // last in the file
 * ```
 */
export function gatePage(gate: string) {
  const refusals: Refusal[] = [];
  return {
    /** Notes a refusal in the words of the page, holds it to the shape of every gate, and answers with the run. */
    refused<R extends StepRun>(what: string, run: R): R {
      if (run.outputs.report) expect(shapeProblems(gate, run)).toEqual([]);
      refusals.push({ what, ...saidBy(gate, run) });
      return run;
    },
    /** The last test of the file: the page tells these refusals and no others, in these words. */
    isToldInDocs(): void {
      test(`${pageFile} tells what was refused here, and nothing else`, () => {
        const rows = refusalRows(refusals);
        const folder = process.env.PROMO_GATES_ROWS;
        if (folder) {
          mkdirSync(folder, { recursive: true });
          writeFileSync(join(folder, `${gate}.json`), JSON.stringify(rows));
          return;
        }
        const told = (sectionsOfPage().get(gate) ?? []).filter((line) => / \| `[a-z]+` \| /.test(line));
        expect({ mend: 'npm run docs:gates', rows: told }).toEqual({ mend: 'npm run docs:gates', rows });
      });
    },
  };
}

function saidBy(gate: string, run: StepRun): Omit<Refusal, 'what'> {
  if (!run.outputs.report) {
    const said = run.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect([run.code, said.length > 0]).toEqual([1, true]);
    const messages = said.map((message) => ({ message: message.replace(`${gate}: `, ''), remedy: '' }));
    return { decision: 'error', messages };
  }
  const { decision, findings } = JSON.parse(run.outputs.report) as GateReport;
  expect(decision).not.toBe('pass');
  const messages = findings
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'hold')
    .map(({ message, remedy = '' }) => ({ message, remedy }));
  return { decision, messages };
}
