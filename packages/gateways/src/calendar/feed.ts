import { createHash } from 'node:crypto';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import type { CalendarFeed } from '@promo-actions/core/window';
import { type Fetch, retryingFetch } from '../http/index.ts';
import { eventsOf } from './events.ts';
import { NoCalendar } from './sound.ts';

/** Years of a busy team fit into a tenth of it. */
const largest = 10_000_000;

/**
 * An iCalendar feed on the web. Only the host of its address appears in messages: private feeds carry their secret in
 * the path.
 */
export function createCalendarFeed(
  address: string,
  clock: Clock,
  fetch: Fetch = globalThis.fetch,
): CalendarFeed {
  const url = new URL(address.replace(/^webcal:/i, 'https:'));
  const what = `The calendar feed at ${url.host} could not be read`;
  const ask = retryingFetch(fetch, clock, { attempts: 3, timeout: 10_000 });

  async function download(): Promise<Uint8Array> {
    let response: Response;
    try {
      response = await ask(url.href, { headers: { accept: 'text/calendar' } });
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      throw new OutsideError({ ...error.failure, what });
    }
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const remedy = [401, 403, 404, 410].includes(response.status)
        ? 'Check `calendar-url`: a private feed is read by its secret iCal address, not by the address of its web page.'
        : 'Open `calendar-url` in a browser to see what its server says.';
      throw new OutsideError({ what, remedy, code: `HTTP ${response.status}` });
    }
    if (body.length > largest) {
      const why = `it has ${Math.round(body.length / 1_000_000)} MB, more than ${largest / 1_000_000}`;
      throw new OutsideError({ what, why, remedy: 'Publish a calendar of freezes alone.' });
    }
    return body;
  }

  return {
    async read(from, to) {
      const body = await download();
      try {
        const events = eventsOf(new TextDecoder().decode(body), from, to);
        const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
        return { span: { start: from, end: to }, events, digest, readAt: clock.now() };
      } catch (error) {
        if (!(error instanceof NoCalendar)) throw error;
        const remedy =
          'Check that `calendar-url` names an iCalendar feed (.ics), and mend the event in the calendar.';
        throw new OutsideError({ what, why: error.message, remedy });
      }
    },
  };
}
