import { afterEach, describe, expect, test } from '@jest/globals';
import { playedWhole, sample } from '../sample.ts';
import { endRehearsals, look, lookAtRepository, rehearseAndKeep } from './example.ts';

afterEach(endRehearsals);

const sit = (url: string) => look(url, '111111111111', 'sit');

/** Scenarios that a gate stops before anything is touched, and what it says. */
const refused = {
  'sit-dropped-column': 'drop-column tenants.plan',
  'sit-high-finding': 'js/sql-injection: This query depends on what a user sends.',
  'sit-coverage-below': 'of the lines are covered',
  'sit-failing-tests': 'it adds up',
  'sit-tag-taken': 'v1.4.0',
  'sit-no-role': 'target-role is empty',
  'sit-unstable-dev': 'at most 10',
  'sit-plan-that-destroys': 'aws_dynamodb_table.tenants',
};

describe('the example promotes to SIT', () => {
  test('a good release ends on the new version, with a backup, one succeeded record and its parameters', async () => {
    const { url } = await rehearseAndKeep('sit-good');
    const seen = await sit(url);
    expect(seen).toMatchObject({ version: '2', weights: {}, backups: ['1'] });
    expect(seen.records.map(({ status }) => status)).toEqual(['started', 'succeeded']);
    expect(seen.parameters['/tenants/sit/deployed-version']).toBe('v1.4.0');
    const { branches, releases } = await lookAtRepository(url);
    expect(branches).toContain('release/v1.4.0');
    expect(releases).toContain('v1.4.0, a draft');
  });

  test.each(sample(Object.entries(refused), 1))('%s: nothing is touched', async (scenario, says) => {
    const { log, url } = await rehearseAndKeep(scenario);
    expect(log).toContain(says);
    expect(await sit(url)).toEqual({ version: '1', weights: {}, backups: [], records: [], parameters: {} });
  });

  // One that is undone is played in stages.test.ts.
  playedWhole(() => {
    test.each([
      [
        'where a migration fails, it is taken back and nothing is deployed',
        'sit-failed-migration',
        { version: '1', weights: {}, backups: ['1'], parameters: {} },
        ['started', 'failed'],
        'the migrations failed',
      ],
      [
        'where the tests there fail it returns to the old version, and its record says why',
        'sit-target-tests-fail',
        { version: '1', weights: {}, backups: ['1'], parameters: {} },
        ['started', 'rolled-back'],
        'the tests in the target environment failed',
      ],
      [
        'where the run is cancelled in a migration, it is taken back all the same',
        'sit-cancelled-migration',
        { version: '1', weights: {}, backups: ['1'], parameters: {} },
        ['started', 'failed'],
        'the run was cancelled',
      ],
      [
        'where SIT lacks a parameter that is never copied, nothing is written',
        'sit-configuration-refused',
        {
          version: '1',
          weights: {},
          backups: ['1'],
          parameters: { '/tenants/sit/tenant-service/plans': '["free"]' },
        },
        ['started', 'failed'],
        'the configuration was not promoted',
      ],
      [
        'where the tests are skipped, the record keeps the reason',
        'sit-tests-skipped',
        { version: '2', weights: {}, backups: ['1'] },
        ['started', 'succeeded'],
        'the tests were skipped - the runners of the test fleet are down',
      ],
    ] as const)('%s', async (_, scenario, expected, statuses, reason) => {
      const { url } = await rehearseAndKeep(scenario);
      const { records, ...seen } = await sit(url);
      expect(seen).toMatchObject(expected);
      expect(records.map(({ status }) => status)).toEqual(statuses);
      expect(records.map(({ reason: told }) => told)).toContain(reason);
    });
  });
});
