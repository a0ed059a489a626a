import { afterEach, describe, expect, test } from '@jest/globals';
import { playedWhole, sample } from '../sample.ts';
import { endRehearsals, look, lookAtSettings, rehearseAndKeep } from './example.ts';

afterEach(endRehearsals);

const around = (url: string) => lookAtSettings(url, '222222222222', 'prod');

const before = { parameters: { 'table-name': 'tenants-prod', plans: '["free"]' }, teamPlan: false };
/** Production without the table's name. */
const bare = { parameters: {}, teamPlan: false };
const after = {
  parameters: {
    'table-name': 'tenants-prod',
    plans: '["free", "team"]',
    'payment-key': 'payment-key-of-sit',
  },
  teamPlan: true,
};

describe('a promotion with configuration and flags', () => {
  test.each(
    sample(
      [
        ['whole-bad-canary', '1', before],
        ['whole-release', '2', after],
      ] as const,
      1,
    ),
  )('%s ends on version %s, its configuration and flags with it', async (scenario, version, expected) => {
    const { log, url } = await rehearseAndKeep(scenario);
    expect(log).not.toContain('payment-key-of-sit');
    expect(await look(url, '222222222222', 'prod')).toMatchObject({ version, weights: {} });
    expect(await around(url)).toEqual(expected);
  });

  // One such is played in stages.test.ts.
  playedWhole(() => {
    test.each([
      ['missing-key', '`/tenants/prod/tenant-service/table-name` is required', ['started', 'failed']],
      ['failed-migration', 'The database is left at 0002_region', ['started', 'failed']],
      ['snapshot-fails', 'did not succeed. RDS says it is `failed`', ['failed']],
      ['snapshot-outlasts-window', 'in 37m: 8m short of what the promotion needs', ['failed']],
      ['flags-wait', 'waiting for approval', ['started', 'failed']],
      ['merge-conflict', 'conflict', ['started', 'failed']],
    ] as const)('%s: nothing of it stays', async (scenario, says, statuses) => {
      const { log, url } = await rehearseAndKeep(scenario);
      expect(log).toContain(says);
      const seen = await look(url, '222222222222', 'prod');
      expect(seen).toMatchObject({ version: '1', weights: {} });
      expect(seen.records.map(({ status }) => status)).toEqual(statuses);
      if (scenario !== 'merge-conflict')
        expect(await around(url)).toEqual(scenario === 'missing-key' ? bare : before);
    });
  });
});
