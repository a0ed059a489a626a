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

test('a failure as the reason of another keeps what is known of it', () => {
  const failure = new OutsideError({
    what: 'GET https://jira.test/rest was not answered after 5 attempts',
    why: 'HTTP 503',
    remedy: 'Run again later',
    code: 'HTTP 503',
    unsure: true,
  });
  const told = failure.asReasonOf('`OPS-1` could not be read');
  expect(told.failure).toMatchObject({ code: 'HTTP 503', unsure: true });
  expect(told.message).toBe(
    '`OPS-1` could not be read. GET https://jira.test/rest was not answered after 5 attempts: HTTP 503. (HTTP 503) Run again later.',
  );
});

test('a failure without a reason, as that of another, ends without a colon', () => {
  const told = new OutsideError({ what: 'nobody answered', remedy: 'Wait.' }).asReasonOf('it failed');
  expect(told.message).toBe('it failed: nobody answered. Wait.');
});
