import { expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import type { ReleaseRepository } from './ports.ts';
import { releaseThoughUnanswered } from './repeat.ts';
import type { ReleaseOrder } from './stage.ts';

const order: ReleaseOrder = {
  stage: 'branch',
  version: 'v1.4.0',
  releaseBranch: 'release/v1.4.0',
  base: 'develop',
  productionBranch: 'main',
  developmentBranch: 'develop',
  notes: 'commits',
  dryRun: false,
};
const failed = (unsure: boolean) =>
  new OutsideError({ what: 'it could not be made', why: 'HTTP 500', remedy: 'Run again.', unsure });

/** A repository that takes or loses what is sent to it, and each time fails as told. */
function repository(answers: readonly ('lost before' | 'lost after' | 'refused')[]) {
  const branches = new Map([['develop', 'sha-1']]);
  const left = [...answers];
  const sent: string[] = [];
  const it: Partial<ReleaseRepository> = {
    name: 'example/orders',
    branch: async (name) => branches.get(name),
    missing: async () => [],
    async createBranch(name, sha) {
      sent.push(name);
      const answer = left.shift();
      if (answer !== 'lost before' && answer !== 'refused') branches.set(name, sha);
      if (answer) throw failed(answer !== 'refused');
    },
  };
  return { repository: it as ReleaseRepository, sent };
}

const watch = () => {
  const slept: number[] = [];
  const clock = { now: () => 0, sleep: async (milliseconds: number) => void slept.push(milliseconds) };
  return { clock, slept, log: { info: () => {} } };
};

test('a change whose answer was lost is sent again only where it did not take effect', async () => {
  for (const [answers, sent] of [
    [[], 1],
    [['lost after'], 1],
    [['lost before'], 2],
    [['lost before', 'lost before', 'lost after'], 3],
  ] as const) {
    const there = repository(answers);
    const done = await releaseThoughUnanswered(order, there.repository, watch());
    expect([done.changed, done.sha, there.sent.length]).toEqual([true, 'sha-1', sent]);
  }
});

test('a refusal is not repeated, and lost answers are not waited for without end', async () => {
  const refused = repository(['refused']);
  await expect(releaseThoughUnanswered(order, refused.repository, watch())).rejects.toThrow('HTTP 500');
  expect(refused.sent).toHaveLength(1);
  const lost = repository(Array.from({ length: 9 }, () => 'lost before' as const));
  const waited = watch();
  await expect(releaseThoughUnanswered(order, lost.repository, waited)).rejects.toThrow('HTTP 500');
  expect([lost.sent.length, waited.slept]).toEqual([4, [1_000, 2_000, 4_000]]);
});
