import * as v from 'valibot';
import type { Answer, Exchange, Service } from '../kernel/index.ts';

/** The Slack workspace of a world. */
export const slackSchema = v.strictObject({
  webhooks: v.array(
    v.strictObject({
      /** What follows `https://hooks.slack.com`, such as `/services/T1/B1/secret`. */
      path: v.pipe(v.string(), v.startsWith('/', 'expected a path such as /services/T1/B1/secret')),
      channel: v.pipe(v.string(), v.nonEmpty()),
      archived: v.optional(v.boolean(), false),
    }),
  ),
});
export type SlackDefinition = v.InferOutput<typeof slackSchema>;

const post = 'POST /services/{webhook}';
const read = 'GET /_sandbox/slack/messages';

/** Milliseconds: Slack takes about a message a second from each webhook. */
const pace = 1_000;

/**
 * Slack's incoming webhooks under `/slack`, with the limits of Block Kit; what they were told is at `/_sandbox/slack/messages`.
 * Without a definition every webhook is one of a channel.
 */
export function createSlackService(definition: SlackDefinition | undefined): Service {
  const messages: { readonly channel: string; readonly at: number; readonly message: unknown }[] = [];
  const last = new Map<string, number>();
  const operation = ({ method, url: { pathname } }: Exchange) => {
    if (method === 'POST' && /^\/slack\/services\/./.test(pathname)) return post;
    return `${method} ${pathname}` === read ? read : undefined;
  };
  return {
    name: 'slack',
    unsigned: [post, read],
    operation,
    handle(asked, { url, body, now }) {
      if (asked === read) return json(messages);
      const path = url.pathname.slice('/slack'.length);
      const webhook = definition
        ? definition.webhooks.find((it) => it.path === path)
        : { channel: 'any', archived: false };
      if (!webhook) return said(404, 'no_service');
      if (webhook.archived) return said(410, 'channel_is_archived');
      if (now - (last.get(path) ?? Number.NEGATIVE_INFINITY) < pace)
        return { ...said(429, 'rate_limited'), headers: { 'retry-after': '1' } };
      const message = readJson(body);
      const mistake = mistakeIn(message);
      if (mistake) return said(400, mistake);
      last.set(path, now);
      messages.push({ channel: webhook.channel, at: now, message });
      return said(200, 'ok');
    },
    failure: (_, status, code) => said(status, code),
    subject: () => ({}),
  };
}

const said = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});
const json = (body: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const text = (most: number) =>
  v.object({
    type: v.picklist(['plain_text', 'mrkdwn']),
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(most)),
  });
const block = v.variant('type', [
  v.object({
    type: v.literal('header'),
    text: v.intersect([text(150), v.object({ type: v.literal('plain_text') })]),
  }),
  v.pipe(
    v.object({
      type: v.literal('section'),
      text: v.optional(text(3_000)),
      fields: v.optional(v.pipe(v.array(text(2_000)), v.minLength(1), v.maxLength(10))),
    }),
    v.check(({ text: own, fields }) => own !== undefined || fields !== undefined),
  ),
  v.object({
    type: v.literal('context'),
    elements: v.pipe(v.array(text(3_000)), v.minLength(1), v.maxLength(10)),
  }),
  v.object({ type: v.literal('divider') }),
]);
const messageSchema = v.object({
  text: v.optional(v.pipe(v.string(), v.maxLength(40_000))),
  blocks: v.optional(v.pipe(v.array(block), v.maxLength(50))),
});

/** Of all blocks together. */
const mostCharacters = 13_200;

function mistakeIn(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return 'invalid_payload';
  const { text: plain, blocks } = message as { readonly text?: unknown; readonly blocks?: unknown };
  if (plain === undefined && blocks === undefined) return 'no_text';
  if (!v.is(messageSchema, message)) return 'invalid_blocks';
  const characters =
    JSON.stringify(blocks ?? [])
      .match(/"text":"((?:[^"\\]|\\.)*)"/g)
      ?.join('').length ?? 0;
  return characters > mostCharacters ? 'msg_blocks_too_long' : undefined;
}
