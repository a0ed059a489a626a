import { expect, test } from '@jest/globals';
import { OutsideError } from './index.ts';

test('a failure says what, why, who said so, what was changed, what to do', () => {
  const failure = new OutsideError({
    what: '`orders:live` was not changed',
    why: 'it carries another rollout (version 1 with 10% on version 2)',
    operation: 'Lambda UpdateAlias',
    code: 'PreconditionFailedException',
    requestId: 'r-1',
    changed: 'nothing',
    remedy: 'Complete or abort that rollout first',
  });
  expect(failure.message).toBe(
    '`orders:live` was not changed: it carries another rollout (version 1 with 10% on version 2). ' +
      '(Lambda UpdateAlias, PreconditionFailedException, request ID r-1) Changed before this: nothing. ' +
      'Complete or abort that rollout first.',
  );
});

test.each([
  ['`orders` has no alias', 'it failed: `orders` has no alias. Look.'],
  ['Function not found', 'it failed. Function not found. Look.'],
  ['', 'it failed. Look.'],
])('a reason goes on with the sentence, and a sentence of its own stays one: %s', (why, told) => {
  expect(new OutsideError({ what: 'it failed', why, remedy: 'Look.' }).message).toBe(told);
});
