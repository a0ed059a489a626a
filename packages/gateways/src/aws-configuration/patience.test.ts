import { expect, test } from '@jest/globals';
import { patientWith } from './patience.ts';

/** What the SDK throws when AWS answers with an error. */
const answered = (name: string) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400, requestId: 'r' } });

function trying(outcomes: readonly string[], last: string) {
  let [now, asked] = [0, 0];
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const send = async () => {
    const outcome = outcomes[asked] ?? last;
    asked += 1;
    if (outcome === 'done') return 'done';
    throw answered(outcome);
  };
  return { work: patientWith(clock)(send), told: () => ({ asked, seconds: now / 1_000 }) };
}

test('waits longer each time until AWS takes it', async () => {
  const { work, told } = trying(['ThrottlingException', 'TooManyUpdates', 'ThrottlingException'], 'done');
  expect(await work).toBe('done');
  expect(told()).toEqual({ asked: 4, seconds: 1 + 2 + 4 });
});

test('gives up after five minutes without an answer', async () => {
  const { work, told } = trying([], 'ThrottlingException');
  await expect(work).rejects.toThrow('ThrottlingException');
  expect(told().seconds).toBeGreaterThan(280);
  expect(told().seconds).toBeLessThanOrEqual(300);
});

test.each(['AccessDeniedException', 'ParameterNotFound', 'ValidationException'])(
  '%s is not asked again',
  async (name) => {
    const { work, told } = trying([], name);
    await expect(work).rejects.toThrow(name);
    expect(told()).toEqual({ asked: 1, seconds: 0 });
  },
);
