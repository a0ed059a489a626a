import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Contract, isSettable } from '@promo-actions/core/action';
import { vocabulary } from '@promo-actions/core/policy';
import { parse } from 'yaml';

const names = readdirSync('actions').filter((name) => existsSync(join('actions', name, 'src')));

interface ActionYaml {
  readonly name: string;
  readonly description: string;
  readonly inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { using: string; main: string; post?: string; 'post-if'?: string };
}

describe.each(names)('%s', (name) => {
  const load = async () => ({
    contract: (
      (await import(join(process.cwd(), 'actions', name, 'src/contract.ts'))) as { contract: Contract }
    ).contract,
    yaml: parse(readFileSync(join('actions', name, 'action.yml'), 'utf8')) as ActionYaml,
  });

  test('action.yml has the inputs of the contract: names, required, defaults, descriptions', async () => {
    const { contract, yaml } = await load();
    expect(contract.name).toBe(name);
    expect(Object.keys(yaml.inputs)).toEqual(Object.keys(contract.inputs));
    for (const [input, { options, description }] of Object.entries(contract.inputs)) {
      const declared = yaml.inputs[input];
      expect([input, declared?.required ?? false]).toEqual([input, options.required ?? false]);
      expect([input, declared?.default]).toEqual([input, options.context]);
      expect(declared?.description.startsWith(description)).toBe(true);
      if (options.default) expect(declared?.description).toContain(`Default: \`${options.default}\``);
    }
  });

  test('every default is one that its own parser takes', async () => {
    const { contract } = await load();
    for (const input of Object.values(contract.inputs)) {
      if (input.options.default) expect(() => input.parse(input.options.default ?? '')).not.toThrow();
    }
  });

  test('action.yml has the outputs of the contract, each described', async () => {
    const { contract, yaml } = await load();
    expect(Object.entries(yaml.outputs).map(([output, { description }]) => [output, description])).toEqual(
      Object.entries(contract.outputs),
    );
  });

  test('descriptions are sentences', async () => {
    const { contract } = await load();
    const texts = [
      contract.description,
      ...Object.values(contract.outputs),
      ...Object.values(contract.inputs).map((input) => input.description),
    ];
    for (const text of texts) expect(text).toMatch(/^[A-Z`0-9].*[.:)`]$/s);
  });

  test('it runs on Node 24, and its post is declared where it has one', async () => {
    const { contract, yaml } = await load();
    expect(yaml.runs.using).toBe('node24');
    expect(yaml.runs['post-if']).toBe(contract.postIf);
    expect(yaml.runs.post).toBe(contract.postIf ? 'dist/index.js' : undefined);
  });

  test('a policy may set its inputs, but not its secrets, nor what orders one step', async () => {
    const { contract } = await load();
    const settable = vocabulary[name] ?? [];
    for (const [input, declared] of Object.entries(contract.inputs)) {
      expect([input, settable.includes(input)]).toEqual([input, isSettable(input, declared)]);
      const { secret, context } = declared.options;
      const never = secret || context !== undefined || ['policy', 'version', 'weight'].includes(input);
      expect([input, never && settable.includes(input)]).toEqual([input, false]);
    }
  });
});
