import { formatInstant } from '@promo-actions/core/clock';
import { clipped, facts, headline, type Notice, type Occasion } from '@promo-actions/core/notice';

/** Slack refuses more than these, in UTF-16 units; of a whole message it takes about 13,200, of which room is left. */
const most = { header: 150, section: 3_000, field: 2_000, fields: 10, text: 2_000, message: 12_000 };

export type Block = Readonly<Record<string, unknown>>;
export interface SlackMessage {
  /** What notifications show. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

const marks: Readonly<Record<Occasion, string>> = {
  started: ':arrow_forward:',
  pending: ':raised_hand:',
  succeeded: ':white_check_mark:',
  failed: ':x:',
  'rolled-back': ':rewind:',
};

/** Slack's mrkdwn has three characters of its own; escaped, nothing that strangers wrote becomes a link or calls anybody. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/**
 * A notice in Block Kit: headline, facts, message, links. What does not fit is cut with an ellipsis, the message first:
 * it is the longest.
 * @param mention who is called, in Slack's form such as `<!here>` or `<@U123>`; only where people have to do something
 */
export function slackMessage(notice: Notice, mention?: string): SlackMessage {
  const title = headline(notice);
  const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
  const shown = facts(notice).slice(0, most.fields);
  const room = Math.floor((most.message * 0.5) / Math.max(1, shown.length));
  const fields = shown.map(([name, value]) =>
    mrkdwn(`*${clipped(name, 100, escaped)}*\n${clipped(value, Math.min(most.field - 200, room), escaped)}`),
  );
  const calling = mention && ['pending', 'failed', 'rolled-back'].includes(notice.occasion);
  const links = notice.links
    .map(([name, url]) => `<${url.replace(/[<>|\s]/g, encodeURIComponent)}|${clipped(name, 60, escaped)}>`)
    .filter((link) => link.length <= 1_000)
    .slice(0, 3)
    .join('  ·  ');
  const blocks: Block[] = [
    {
      type: 'header',
      text: {
        type: 'plain_text',
        text: clipped(`${marks[notice.occasion]} ${title}`, most.header),
        emoji: true,
      },
    },
    ...(calling ? [{ type: 'section', text: mrkdwn(clipped(mention, 500)) }] : []),
    ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
    ...(notice.message
      ? [{ type: 'section', text: mrkdwn(clipped(notice.message, most.section, escaped)) }]
      : []),
    ...(links ? [{ type: 'section', text: mrkdwn(links) }] : []),
    { type: 'context', elements: [mrkdwn(formatInstant(notice.at))] },
  ];
  return { text: clipped(title, most.text, escaped), blocks };
}
