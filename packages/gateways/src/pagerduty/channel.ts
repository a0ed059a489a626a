import { type Clock, formatInstant } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { oneLine } from '@promo-actions/core/foreign-text';
import { type Channel, clipped, facts, headline, incidentKey, type Notice } from '@promo-actions/core/notice';
import { type Fetch, retryingFetch, sendJson } from '../http/index.ts';

export type Severity = 'critical' | 'error' | 'warning' | 'info';

export interface PagerDutyOptions {
  /** The integration key of a service, or the routing key of an orchestration; a secret. */
  readonly routingKey: string;
  readonly region: 'us' | 'eu';
  readonly severity: Severity;
  readonly required: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onRetry?: (message: string) => void;
  readonly fetch?: Fetch;
}

interface Event {
  readonly path: '/v2/enqueue' | '/v2/change/enqueue';
  readonly words: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const longestSummary = 1_024;
/** Of a detail; with at most some dozens of them an event stays far below PagerDuty's 512 KB. */
const longestDetail = 1_500;

/**
 * What PagerDuty is told: a change where something changed; an incident where the promotion failed, which the next
 * success or rollback of the service in the environment resolves. What started or waits is nobody's call.
 */
export function eventsFor(notice: Notice, severity: Severity, routingKey: string): readonly Event[] {
  const { occasion, links, at } = notice;
  const summary = clipped(headline(notice), longestSummary);
  const timestamp = formatInstant(at);
  const source = clipped(notice.service ?? notice.repository, 255);
  const shared = {
    routing_key: routingKey,
    links: links.map(([text, href]) => ({ href, text: clipped(text, 100) })),
  };
  const details = Object.fromEntries(
    [...facts(notice).slice(0, 39), ...(notice.message ? [['Message', notice.message] as const] : [])].map(
      ([name, value]) => [clipped(name, 100), clipped(value, longestDetail)],
    ),
  );
  const change: Event = {
    path: '/v2/change/enqueue',
    words: 'a change',
    body: { ...shared, payload: { summary, source, timestamp, custom_details: details } },
  };
  const dedup = incidentKey(notice);
  const payload = { summary, source, severity, timestamp, custom_details: details };
  const trigger: Event = {
    path: '/v2/enqueue',
    words: `an incident (${dedup})`,
    body: { ...shared, event_action: 'trigger', dedup_key: dedup, client: 'promo-actions', payload },
  };
  const resolve: Event = {
    path: '/v2/enqueue',
    words: `the end of incident ${dedup}`,
    body: { routing_key: routingKey, event_action: 'resolve', dedup_key: dedup },
  };
  if (occasion === 'failed') return [trigger];
  return occasion === 'succeeded' || occasion === 'rolled-back' ? [change, resolve] : [];
}

const hosts = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' };

/** A service of PagerDuty, by its routing key. Events are safe to send twice: incidents are known by their key. */
export function createPagerDutyChannel(options: PagerDutyOptions): Channel {
  const { routingKey, region, severity, required, clock, signal, onRetry } = options;
  const fetch = retryingFetch(options.fetch ?? globalThis.fetch, clock, onRetry ? { onRetry } : {});
  const words = (notice: Notice) =>
    eventsFor(notice, severity, routingKey)
      .map((event) => event.words)
      .join(' and ') || undefined;
  const send = async ({ path, body, words: event }: Event): Promise<void> => {
    const what = `PagerDuty could not be told of ${event}`;
    const url = `${hosts[region]}${path}`;
    const response = await sendJson(fetch, { method: 'POST', url, body, signal, what });
    if (response.ok) return;
    const said = saidIn(await response.text());
    throw new OutsideError({
      what,
      ...(said ? { why: `PagerDuty says: ${said}` } : {}),
      remedy:
        'Check `pagerduty-key`: the integration key of an Events API v2 integration, and `pagerduty-region` of the account.',
      operation: `POST ${path}`,
      code: `HTTP ${response.status}`,
    });
  };
  /** Where it is not known whether an event was heard it is sent again: that does no harm, for its key is the same. */
  const sendAgain = async (event: Event): Promise<void> => {
    try {
      await send(event);
    } catch (error) {
      const refused = !(error instanceof OutsideError) || /^HTTP 4/.test(error.failure.code ?? '');
      if (refused) throw error;
      await send(event);
    }
  };
  return {
    name: 'pagerduty',
    required,
    preview: words,
    async tell(notice) {
      for (const event of eventsFor(notice, severity, routingKey)) await sendAgain(event);
      return words(notice);
    },
  };
}

function saidIn(text: string): string {
  try {
    const { message, errors = [] } = JSON.parse(text) as { message?: unknown; errors?: readonly unknown[] };
    return oneLine([message, ...errors].filter((it) => typeof it === 'string').join('; '));
  } catch {
    return oneLine(text);
  }
}
