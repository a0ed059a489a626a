import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Contract } from '@promo-actions/core/action';
import { sectionsOfPage } from './page.ts';

function notesRefusals(gate: string): boolean {
  const file = join('test', 'actions', `${gate}.test.ts`);
  return existsSync(file) && readFileSync(file, 'utf8').includes(`gatePage('${gate}')`);
}

async function gates(): Promise<readonly Contract[]> {
  const contracts: Contract[] = [];
  for (const name of readdirSync('actions')) {
    const file = join(process.cwd(), 'actions', name, 'src/contract.ts');
    if (!existsSync(file)) continue;
    const { contract } = (await import(file)) as { contract: Contract };
    if (contract.kind === 'gate') contracts.push(contract);
  }
  return contracts;
}

test('every gate takes a mode and answers with a decision and a report, which its READMEs tell alike', async () => {
  for (const { name, inputs, outputs } of await gates()) {
    expect([name, Object.keys(inputs)]).toEqual([
      name,
      expect.arrayContaining(['mode', 'environment', 'service']),
    ]);
    expect([name, inputs.mode?.options.default]).toEqual([name, 'enforce']);
    expect([name, Object.keys(outputs)]).toEqual([name, expect.arrayContaining(['decision', 'report'])]);
  }
});

test('docs/gates.md tells of every gate what it is and what it refuses', async () => {
  const sections = sectionsOfPage();
  for (const { name, description } of await gates()) {
    if (!notesRefusals(name)) continue;
    const lines = sections.get(name) ?? [];
    expect([name, lines.includes(description)]).toEqual([name, true]);
    expect([name, lines.filter((line) => / \| `[a-z]+` \| /.test(line)).length]).not.toEqual([name, 0]);
  }
});
