/**
 * Whole rehearsals take seconds each: `npm test` plays the first few of every kind, `npm run test:all` plays them all.
 * Put first what must never be missed.
 */
export function sample<T>(all: readonly T[], few: number): readonly T[] {
  return process.env.PROMO_TESTS === 'all' ? all : all.slice(0, few);
}
