import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Contract } from '@promo-actions/core/action';
import { sectionsOfPage } from './page.ts';

async function contracts(): Promise<readonly Contract[]> {
  const files = readdirSync('actions').map((name) => join(process.cwd(), 'actions', name, 'src/contract.ts'));
  const loaded: Contract[] = [];
  for (const file of files.filter(existsSync))
    loaded.push(((await import(file)) as { contract: Contract }).contract);
  return loaded;
}

test('every gate takes a mode, and answers with a decision and a report that mean the same', async () => {
  const gates = (await contracts()).filter(({ kind }) => kind === 'gate');
  expect(gates.length).toBeGreaterThan(10);
  const [first] = gates;
  for (const { name, inputs, outputs } of gates) {
    const { mode, environment, service } = inputs;
    expect([name, mode?.options.default, Boolean(environment), Boolean(service)]).toEqual([
      name,
      'enforce',
      true,
      true,
    ]);
    expect([name, outputs.decision, outputs.report]).toEqual([
      name,
      first?.outputs.decision,
      first?.outputs.report,
    ]);
  }
});

test('docs/gates.md tells of every gate what it is and what it refuses', async () => {
  const sections = sectionsOfPage();
  const all = await contracts();
  for (const { name, description } of all.filter(({ kind }) => kind === 'gate')) {
    const lines = sections.get(name) ?? [];
    expect([name, lines.includes(description)]).toEqual([name, true]);
    expect([name, lines.filter((line) => / \| `[a-z]+` \| /.test(line)).length]).not.toEqual([name, 0]);
  }
  expect([...sections.keys()].filter((name) => !all.some((contract) => contract.name === name))).toEqual([]);
});
