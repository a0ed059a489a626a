/** Whether the whole is played: `npm run test:all`. */
const whole = process.env.PROMO_TESTS === 'all';

/**
 * Whole rehearsals take seconds each: `npm test` plays the first few of every kind, `npm run test:all` plays them all.
 * Put first what must never be missed. None of a kind is for what other tests of `npm test` show in passing: the tests
 * then stand in `playedWhole`.
 */
export function sample<T>(all: readonly T[], few: number): readonly T[] {
  return whole ? all : all.slice(0, few);
}

/** Tests that `npm run test:all` alone plays. */
export function playedWhole(tests: () => void): void {
  if (whole) tests();
}
