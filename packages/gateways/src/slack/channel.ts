import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { oneLine } from '@promo-actions/core/foreign-text';
import { type Channel, headline } from '@promo-actions/core/notice';
import { type Fetch, retryingFetch, sendJson } from '../http/index.ts';
import { slackMessage } from './blocks.ts';

export interface SlackOptions {
  /** The incoming webhook, which is a secret: it never stands in a message. */
  readonly webhook: string;
  readonly mention?: string | undefined;
  readonly required: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onRetry?: (message: string) => void;
  readonly fetch?: Fetch;
}

const remedies: Readonly<Record<string, string>> = {
  no_service: 'The webhook was removed: make a new one in the app’s settings, and put it into the secret.',
  no_team: 'The workspace of the webhook is gone: make a webhook in another.',
  invalid_token: 'The webhook is wrong or was revoked: put the right one into the secret.',
  channel_not_found: 'The channel of the webhook is gone: make a webhook for another.',
  channel_is_archived:
    'The channel of the webhook is archived: bring it back, or make a webhook for another.',
  action_prohibited: 'An administrator of the workspace restricts who may post there: ask for an exception.',
  posting_to_general_channel_denied:
    'Take another channel, or ask an administrator to allow posting to #general.',
};

/** A channel of Slack, by its incoming webhook. */
export function createSlackChannel(options: SlackOptions): Channel {
  const { webhook, mention, required, clock, signal, onRetry } = options;
  const told = onRetry ? { onRetry: (line: string) => onRetry(line.replaceAll(webhook, 'the webhook')) } : {};
  const fetch = retryingFetch(options.fetch ?? globalThis.fetch, clock, told);
  return {
    name: 'slack',
    required,
    preview: (notice) => `“${headline(notice)}”`,
    async tell(notice) {
      const response = await post(fetch, webhook, slackMessage(notice, mention), signal);
      if (response.ok) return `“${headline(notice)}”`;
      const said = oneLine(await response.text());
      throw new OutsideError({
        what: 'Slack could not be told',
        why: `it answered ${said || 'nothing'}`,
        remedy: remedies[said] ?? 'Look the answer up in Slack’s documentation of incoming webhooks.',
        code: `HTTP ${response.status}`,
      });
    },
  };
}

async function post(fetch: Fetch, webhook: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await sendJson(fetch, { method: 'POST', url: webhook, body, signal });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { why, remedy, code } = error.failure;
    throw new OutsideError({
      what: 'Slack could not be told',
      ...(why ? { why } : {}),
      remedy: why?.includes('not known') ? 'Look into the channel before telling it again.' : remedy,
      ...(code ? { code } : {}),
    });
  }
}
