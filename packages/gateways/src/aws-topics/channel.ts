import { createHash } from 'node:crypto';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { formatInstant } from '@promo-actions/core/clock';
import { type Channel, clipped, facts, headline, incidentKey, type Notice } from '@promo-actions/core/notice';
import { awsCall, clientOptions } from '../aws/index.ts';

export interface TopicOptions {
  readonly topicArn: string;
  readonly required: boolean;
}

/** SNS takes ASCII subjects of less than 100 characters, and messages of 256 KB. */
const longest = { subject: 99, message: 60_000 };

/** A topic of SNS; its region is the one in its ARN. */
export function createTopicChannel({ topicArn, required }: TopicOptions): Channel {
  const client = new SNSClient(clientOptions({ region: topicArn.split(':')[3] }));
  const words = (notice: Notice) => `“${headline(notice)}” to ${topicArn.split(':').at(-1)}`;
  return {
    name: 'sns',
    required,
    preview: words,
    async tell(notice) {
      const call = {
        service: 'SNS',
        operation: 'Publish',
        permission: 'sns:Publish',
        what: `topic \`${topicArn}\` could not be told`,
        missing: 'Check `sns-topic`; `aws sns list-topics` shows those there are.',
      };
      await awsCall(call, () => client.send(new PublishCommand(publication(notice, topicArn))));
      return words(notice);
    },
  };
}

/** The notice as text for people, with attributes that subscriptions can filter by. */
export function publication(notice: Notice, topicArn: string) {
  const { occasion, environment, service, message, links, at } = notice;
  const title = headline(notice);
  const lines = [
    title,
    '',
    ...facts(notice).map(([name, value]) => `${name}: ${value}`),
    ...(message ? ['', message] : []),
    '',
    ...links.map(([name, url]) => `${name}: ${url}`),
    formatInstant(at),
  ];
  const text = clipped(lines.join('\n'), longest.message);
  const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    TopicArn: topicArn,
    Subject: clipped(title, longest.subject, (it) => it.replace(/[^\x20-\x7e]+/g, '?')),
    Message: text,
    MessageAttributes: {
      occasion: attribute(occasion),
      ...(environment ? { environment: attribute(environment) } : {}),
      ...(service ? { service: attribute(service) } : {}),
    },
    ...(topicArn.endsWith('.fifo')
      ? {
          MessageGroupId: createHash('sha256').update(incidentKey(notice)).digest('hex'),
          MessageDeduplicationId: createHash('sha256').update(text).digest('hex'),
        }
      : {}),
  };
}
