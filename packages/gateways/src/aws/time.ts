import type { Clock } from '@promo-actions/core/clock';
import type { Client, SmithyResolvedConfiguration } from '@smithy/core/client';

/** By how many milliseconds AWS's clock is ahead of this machine's, as its last answer told. */
let ahead = 0;

/** Less than this is what a date to the second and the way of an answer make up. */
const tolerance = 10_000;

type Answer = { readonly $metadata: object };
type Stacked<Input extends object, Output extends Answer> = Pick<
  Client<unknown, Input, Output, SmithyResolvedConfiguration<unknown>>,
  'middlewareStack'
>;

/** Has every answer to the client set `awsClock`. */
export function heedDates<Input extends object, Output extends Answer>({
  middlewareStack,
}: Stacked<Input, Output>): void {
  middlewareStack.add(
    (next) => async (order) => {
      const result = await next(order);
      heedDate(result.response);
      return result;
    },
    { step: 'deserialize', name: 'heedDate' },
  );
}

/** Takes the time from the `Date` header of an answer of AWS. */
export function heedDate(response: unknown): void {
  const told = Date.parse(dateOf(response));
  if (Number.isNaN(told)) return;
  const difference = told - Date.now();
  ahead = Math.abs(difference) < tolerance ? 0 : difference;
}

function dateOf(response: unknown): string {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return '';
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return '';
  return String(headers.date);
}

/**
 * A clock that goes by AWS's, once an answer of AWS was heard: metrics are kept by the minutes of AWS, and a runner's
 * clock that is ahead would ask for minutes that have not been; leases and records are compared with those of other
 * runners. The first answer may set it by minutes, so a wait is measured from a moment after one.
 */
export function awsClock(clock: Clock): Clock {
  return {
    now: () => clock.now() + ahead,
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
  };
}
