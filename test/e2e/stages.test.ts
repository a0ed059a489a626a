import { afterEach, expect, test } from '@jest/globals';
import { sample } from '../sample.ts';
import {
  commentsOf,
  endRehearsals,
  look,
  lookAtRepository,
  lookAtSettings,
  rehearseAndKeep,
} from './example.ts';
import { afterwards, type Left, toProduction, toSit } from './stages.ts';

afterEach(endRehearsals);

async function leaves(
  url: string,
  account: string,
  [from, environment]: readonly [string, string],
  left: Left,
) {
  const { version = '1', statuses = [], reason, stays } = left;
  const seen = await look(url, account, environment);
  expect(seen).toMatchObject({ version, weights: {} });
  expect(seen.records.map(({ status }) => status)).toEqual(statuses);
  if (reason) expect(seen.records.at(-1)?.reason).toBe(reason);
  const settings = await lookAtSettings(url, account, environment);
  const gone = stays === 'all' || stays === 'the parameters';
  expect(settings).toEqual({
    parameters: {
      'table-name': `tenants-${environment}`,
      plans: gone ? '["free", "team"]' : '["free"]',
      ...(gone ? { 'payment-key': `payment-key-of-${from}` } : {}),
    },
    teamPlan: stays === 'all' || stays === 'the flag',
  });
}

async function sitIsLeft(scenario: string, url: string, log: string) {
  await leaves(url, '111111111111', ['dev', 'sit'], toSit[scenario] ?? {});
  expect(log).not.toContain('payment-key-of-dev');
  const drafted = toSit[scenario]?.statuses?.at(-1) === 'succeeded' && scenario !== 'sit-draft-refused';
  const releases = drafted ? ['v1.3.0', 'v1.4.0, a draft'] : ['v1.3.0'];
  expect([...((await lookAtRepository(url)).releases ?? [])].sort()).toEqual(releases);
}

async function productionIsLeft(scenario: string, url: string, log: string) {
  await leaves(url, '222222222222', ['sit', 'prod'], toProduction[scenario] ?? {});
  expect(log).not.toContain('payment-key-of-sit');
  const promoted = toProduction[scenario]?.statuses?.at(-1) === 'succeeded';
  expect((await lookAtRepository(url)).releases).toContain(promoted ? 'v1.4.0' : 'v1.4.0, a draft');
  // The ticket of one scenario is gone.
  if (scenario !== 'ticket-withdrawn') expect(await isTold(url)).toBe(promoted);
}

async function deploymentStands(scenario: string, url: string) {
  const seen = await look(url, '222222222222', 'prod');
  expect(seen).toMatchObject({ version: '2', weights: {} });
  expect(seen.records.map(({ status }) => status)).toEqual(['started', 'succeeded']);
  const { release = '', told } = afterwards[scenario] ?? {};
  expect((await lookAtRepository(url)).releases).toContain(release);
  expect(await isTold(url)).toBe(told);
}

async function isTold(url: string): Promise<boolean> {
  return (await commentsOf(url, 'CHG-101')).includes('tenant-service v1.4.0 was promoted to prod');
}

const stages = [...Object.keys(toSit), ...Object.keys(toProduction), ...Object.keys(afterwards)];

test.each(sample(stages, 1))('%s: it leaves what docs/promotions.md says', async (scenario) => {
  const { log, url } = await rehearseAndKeep(scenario);
  if (scenario in toSit) await sitIsLeft(scenario, url, log);
  else if (scenario in toProduction) await productionIsLeft(scenario, url, log);
  else await deploymentStands(scenario, url);
});
