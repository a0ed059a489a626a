import * as v from 'valibot';
import {
  type Answer,
  type Exchange,
  queryAction,
  queryForm,
  type Service,
  WireError,
  xmlAnswer,
  xmlFailure,
} from '../kernel/index.ts';

/** One topic of a world. */
export const topicSchema = v.strictObject({
  account: v.pipe(v.string(), v.nonEmpty()),
  topic: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/, 'expected the name of a topic')),
});
export type TopicDefinition = v.InferOutput<typeof topicSchema>;

export interface SnsDependencies {
  readonly accounts: Readonly<Record<string, { readonly id: string; readonly region: string }>>;
  readonly topics: readonly TopicDefinition[];
}

const VERSION = '2010-03-31';
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const read = 'GET /_sandbox/sns/messages';
const largest = 262_144;

interface Message {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** SNS's Publish in the AWS query protocol; what was published is at `/_sandbox/sns/messages`. */
export function createSnsService({ accounts, topics }: SnsDependencies): Service {
  const known = new Set(
    topics.map(
      ({ account, topic }) => `arn:aws:sns:${accounts[account]?.region}:${accounts[account]?.id}:${topic}`,
    ),
  );
  const messages: Message[] = [];
  const published = new Map<string, string>();

  const publish = (exchange: Exchange): Answer => {
    const form = queryForm(exchange) ?? new URLSearchParams();
    const topic = form.get('TopicArn') ?? '';
    const message = form.get('Message') ?? '';
    const subject = form.get('Subject') ?? '';
    if (!known.has(topic)) throw new WireError(404, 'NotFound', 'Topic does not exist');
    if (message === '') throw invalid('Empty message');
    if (Buffer.byteLength(message) > largest) throw invalid('Message too long');
    if (!/^[\x20-\x7e]{0,99}$/.test(subject)) throw invalid('Subject');
    const [group, dedup] = [form.get('MessageGroupId'), form.get('MessageDeduplicationId')];
    if (topic.endsWith('.fifo') && (!group || !dedup))
      throw invalid('The MessageGroupId and MessageDeduplicationId parameters are required for FIFO topics');
    const MessageId = (dedup ? published.get(`${topic} ${dedup}`) : undefined) ?? exchange.requestId;
    if (MessageId === exchange.requestId)
      messages.push({ topic, subject, message, attributes: attributesOf(form) });
    if (dedup) published.set(`${topic} ${dedup}`, MessageId);
    return xmlAnswer(exchange, 'Publish', NAMESPACE, { MessageId });
  };

  return {
    name: 'sns',
    unsigned: [read],
    operation(exchange) {
      if (`${exchange.method} ${exchange.url.pathname}` === read) return read;
      return queryAction(exchange, VERSION) === 'Publish' ? 'Publish' : undefined;
    },
    handle(operation, exchange) {
      if (operation === 'Publish') return publish(exchange);
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(messages),
      };
    },
    failure: xmlFailure,
    subject(_, exchange) {
      const topic = queryForm(exchange)?.get('TopicArn');
      return topic ? { topic } : {};
    },
  };
}

function invalid(what: string): WireError {
  return new WireError(400, 'InvalidParameter', `Invalid parameter: ${what}`);
}

/** `MessageAttributes.entry.N.Name` and `.Value.StringValue`. */
function attributesOf(form: URLSearchParams): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (let n = 1; form.has(`MessageAttributes.entry.${n}.Name`); n += 1)
    attributes[form.get(`MessageAttributes.entry.${n}.Name`) ?? ''] =
      form.get(`MessageAttributes.entry.${n}.Value.StringValue`) ?? '';
  return attributes;
}
