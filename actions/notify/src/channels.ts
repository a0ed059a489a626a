import type { InputValues, Step } from '@promo-actions/core/action';
import type { Channel } from '@promo-actions/core/notice';
import type { contract } from './contract.ts';

interface Around extends Pick<Step<typeof contract.inputs>, 'clock' | 'signal'> {
  onRetry(message: string): void;
}

/** The channels that were given; only what they need is loaded. */
export async function channelsOf(
  inputs: InputValues<typeof contract.inputs>,
  around: Around,
): Promise<readonly Channel[]> {
  const { slackWebhook: webhook, pagerdutyKey: routingKey, snsTopic: topicArn, severity } = inputs;
  const required = (name: string) => inputs.required?.includes(name) ?? false;
  const channels: Channel[] = [];
  if (webhook) {
    const { createSlackChannel } = await import('@promo-actions/gateways/slack');
    const mention = inputs.slackMention;
    channels.push(createSlackChannel({ webhook, mention, required: required('slack'), ...around }));
  }
  if (routingKey) {
    const { createPagerDutyChannel } = await import('@promo-actions/gateways/pagerduty');
    const region = inputs.pagerdutyRegion;
    channels.push(
      createPagerDutyChannel({ routingKey, region, severity, required: required('pagerduty'), ...around }),
    );
  }
  if (topicArn) {
    const { createTopicChannel } = await import('@promo-actions/gateways/aws-topics');
    channels.push(createTopicChannel({ topicArn, required: required('sns') }));
  }
  return channels;
}
