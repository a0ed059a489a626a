import {
  defineContract,
  type InputProblem,
  json,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { gateReports } from '@promo-actions/core/deployment';
import { noticeFields, occasions } from '@promo-actions/core/notice';

/** The input that each channel is given by. */
const channelInputs: Readonly<Record<string, string>> = {
  slack: 'slack-webhook',
  pagerduty: 'pagerduty-key',
  sns: 'sns-topic',
};

export const contract = defineContract({
  name: 'notify',
  kind: 'change',
  description:
    'Tells people what happens to a promotion: Slack, PagerDuty (changes, and incidents that a success or a rollback resolves), SNS. A channel that cannot be told is a warning, unless it is required.',
  inputs: {
    on: oneOf(
      occasions,
      'What happened: the promotion `started`, is `pending` approval, `succeeded`, `failed`, or was `rolled-back`.',
      { required: true },
    ),
    version: text('The version that is promoted.'),
    'from-version': text('The version that was there before.'),
    reason: text('Why, in a line.'),
    ticket: text('The ticket of the change, such as `CHG-101`.'),
    message: text(
      'What people should know or do, in paragraphs. Everything is shown as plain text, so that nothing in it calls anybody.',
    ),
    fields: json(
      noticeFields,
      'a map of names and values',
      'Further facts, as a map: `Canary: 50%`. Slack shows ten facts in all.',
    ),
    gates: gateReports(
      'What the gates saw: the `report` outputs of gates, as record-deployment takes them. What stopped the promotion is told, with what to do.',
    ),
    'link-url': text('Where people look; by default the run.'),
    'link-title': text('The words of the link.', { default: 'Open the run' }),
    'slack-webhook': matching(
      /^https:\/\/hooks\.slack(-gov)?\.com\/services\/\S+$/,
      'the address of an incoming webhook, `https://hooks.slack.com/services/…`',
      'The incoming webhook of a Slack channel; those that start workflows of Slack take no such messages. Empty: Slack is not told.',
      { secret: true },
    ),
    'slack-mention': text(
      'Who is called in Slack when something waits, fails or was rolled back, in Slack’s form: `<!here>`, `<@U0123>`, `<!subteam^S0123>`.',
    ),
    'pagerduty-key': matching(
      /^[A-Za-z0-9]{32}$/,
      'a key of 32 letters and digits',
      'The integration key of an Events API v2 integration. A change is told on `succeeded` and `rolled-back`; `failed` triggers an incident for service and environment, which both of these resolve. Empty: PagerDuty is not told.',
      { secret: true },
    ),
    'pagerduty-region': oneOf(['us', 'eu'], 'Where the account of PagerDuty is.', { default: 'us' }),
    severity: oneOf(['critical', 'error', 'warning', 'info'], 'How severe an incident is.', {
      default: 'error',
    }),
    'sns-topic': matching(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/,
      'the ARN of a topic',
      'The ARN of an SNS topic, standard or FIFO. `occasion`, `environment` and `service` are attributes that subscriptions can filter by. Empty: SNS is not told.',
    ),
    required: list(
      'The channels, of `slack`, `pagerduty` and `sns`, without which the step fails: when their input is missing, and when they cannot be told.',
    ),
  },
  outputs: {
    sent: 'The channels that were told, one per line.',
    failed: 'The channels that could not be told, one per line.',
  },
  permissions: { aws: ['sns:Publish'] },
  example: {
    on: "${{ job.status == 'success' && 'succeeded' || 'failed' }}",
    environment: 'prod',
    service: 'tenant-service',
    version: '${{ inputs.version }}',
    'slack-webhook': '${{ secrets.SLACK_WEBHOOK }}',
    'pagerduty-key': '${{ secrets.PAGERDUTY_KEY }}',
  },
  check({ required = [], slackWebhook, pagerdutyKey, snsTopic }) {
    const given: Readonly<Record<string, string | undefined>> = {
      slack: slackWebhook,
      pagerduty: pagerdutyKey,
      sns: snsTopic,
    };
    return required.flatMap((name): readonly InputProblem[] => {
      const input = channelInputs[name];
      if (!input)
        return [
          {
            input: 'required',
            message: `got "${name}", expected \`slack\`, \`pagerduty\` and \`sns\` alone.`,
          },
        ];
      return given[name] ? [] : [{ input, message: `is missing; \`required\` names ${name}.` }];
    });
  },
});
