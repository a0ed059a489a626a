import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Contract } from '@promo-actions/core/action';
import { runAction } from './bundle/run.ts';

const names = readdirSync('actions').filter((name) => existsSync(join('actions', name, 'src/contract.ts')));
const contracts: Contract[] = [];
for (const name of names) {
  const file = join(process.cwd(), 'actions', name, 'src/contract.ts');
  contracts.push(((await import(file)) as { contract: Contract }).contract);
}
const limitKilobytes = 700;
const nonsense = '☃ nonsense';

let world: Server;
let calls: string[] = [];
let env: Record<string, string>;

/** A world that only counts who called. */
beforeAll(async () => {
  world = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
  env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'af-south-1',
    AWS_ACCESS_KEY_ID: '222222222222',
    AWS_SECRET_ACCESS_KEY: 'x',
    GITHUB_API_URL: url,
  };
});
afterAll(async () => {
  await new Promise((resolve) => world.close(resolve));
});
beforeEach(() => {
  calls = [];
});

/** The inputs whose parser refuses nonsense; free text has none to refuse. */
function refusing(contract: Contract): string[] {
  return Object.entries(contract.inputs)
    .filter(([, input]) => {
      try {
        input.parse(nonsense);
        return false;
      } catch {
        return true;
      }
    })
    .map(([input]) => input);
}

describe.each(contracts)('$name', (contract) => {
  const { name } = contract;
  const inputsThatAre = (what: 'required' | 'secret') =>
    Object.keys(contract.inputs).filter((input) => contract.inputs[input]?.options[what]);

  test('every missing input is named in one error, and nothing is called', async () => {
    const required = inputsThatAre('required');
    const run = await runAction(name, { env, inputs: { 'base-url': env.GITHUB_API_URL ?? '' } });
    if (required.length > 0) {
      expect(run.code).toBe(1);
      const errors = run.annotations.filter(({ level }) => level === 'error');
      expect(errors).toHaveLength(1);
      for (const input of required) expect(errors[0]?.message).toContain(`${input}: is missing`);
      expect(calls).toEqual([]);
    }
    expect(run.log).not.toMatch(/\bat .*index\.js:\d/);
  });

  test('every wrong input is named in one error with what came and what is expected, and nothing is called', async () => {
    const wrong = refusing(contract);
    expect(wrong).toContain('summary');
    const inputs = Object.fromEntries(wrong.map((input) => [input, nonsense]));
    const run = await runAction(name, { env, inputs });
    expect(run.code).toBe(1);
    const errors = run.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    for (const input of wrong) {
      const secret = contract.inputs[input]?.options.secret;
      expect(errors[0]?.message).toContain(`${input}: got ${secret ? 'the value given' : `"${nonsense}"`}`);
      expect(errors[0]?.message).toContain(contract.inputs[input]?.expected);
    }
    expect(calls).toEqual([]);
  });

  const secrets = inputsThatAre('secret');
  if (secrets.length > 0)
    test('a secret is masked when it is read, and told nowhere else', async () => {
      const inputs = Object.fromEntries(secrets.map((input) => [input, `hunter2-${input}`]));
      const run = await runAction(name, { env, inputs });
      for (const input of secrets) {
        expect(run.log).toContain(`::add-mask::hunter2-${input}`);
        const rest =
          run.log.replaceAll(`::add-mask::hunter2-${input}`, '') + run.summary + JSON.stringify(run.outputs);
        expect(rest).not.toContain(`hunter2-${input}`);
      }
    });

  test('a policy with a mistake is told with file, line and column', async () => {
    const files = { '.github/promotion.yml': 'defaults:\n  no-such-input: 1\n' };
    const run = await runAction(name, { env, files });
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toContain(
      '(.github/promotion.yml:2:3): no action has an input `no-such-input`',
    );
    expect(calls).toEqual([]);
  });

  test('a policy file that is named and not there is told', async () => {
    const run = await runAction(name, { env, inputs: { policy: 'no/such.yml' } });
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toContain('no/such.yml');
  });

  test(`its bundle is below ${limitKilobytes} KB`, () => {
    const folder = join('build/release', name, 'dist');
    const bytes = readdirSync(folder)
      .filter((file) => /\.m?js$/.test(file))
      .map((file) => statSync(join(folder, file)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(limitKilobytes * 1024);
  });
});
