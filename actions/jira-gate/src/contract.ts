import {
  defineContract,
  flag,
  type InputProblem,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { ticketFields } from '@promo-actions/core/change';

export const contract = defineContract({
  name: 'jira-gate',
  kind: 'gate',
  description:
    'Lets a promotion go on only with an approved Jira ticket, and writes to the ticket what happened: comments, transitions, a link to the run; or makes the ticket. Repeated, it changes nothing twice.',
  inputs: {
    'base-url': text(
      'The address of the Jira site, such as `https://example.atlassian.net`, for classic API tokens. Either this or `cloud-id`.',
    ),
    'cloud-id': matching(
      /^[0-9a-zA-Z-]+$/,
      'the ID that `https://<site>/_edge/tenant_info` tells',
      'The cloud ID of the Jira site, for tokens with scopes and service accounts, which are taken at api.atlassian.com alone. Either this or `base-url`.',
    ),
    user: text('The e-mail address of the account that asks.', { required: true }),
    token: text('The API token of the account.', { required: true, secret: true }),
    operation: oneOf(
      ['verify', 'create', 'comment', 'transition', 'link'],
      '`verify` looks whether the ticket is approved; `create` makes the ticket of this promotion; `comment` adds a comment; `transition` moves it to a status; `link` links it to the run.',
      { default: 'verify' },
    ),
    ticket: text('The key of the ticket, such as `CHG-101`; needed for everything but `create`.'),
    'approved-statuses': list(
      'The statuses that count as approved, by name or ID. The category of a status cannot tell approved from rejected.',
      { default: 'Approved' },
    ),
    'require-jsm-approval': flag(
      'Whether every approval of Jira Service Management must have been given. Of several of one name the last counts; a ticket that nobody was asked about is not approved.',
      { default: 'false' },
    ),
    'respect-schedule': oneOf(
      ['true', 'when-planned', 'false'],
      'Whether the promotion keeps to the planned time of the ticket. `true`: the ticket must have planned start and end, and now must be between them; `when-planned`: the same when the ticket has either; `false`: not looked at.',
      { default: 'when-planned' },
    ),
    'planned-start-field': text(
      'The name or ID of the field that holds the planned start, a date with time.',
      {
        default: 'Planned start',
      },
    ),
    'planned-end-field': text('The name or ID of the field that holds the planned end, a date with time.', {
      default: 'Planned end',
    }),
    project: text('The key of the project in which `create` makes the ticket, such as `CHG`.'),
    'issue-type': text('The type of the ticket that `create` makes.', { default: 'Change' }),
    title: text(
      'The title of the ticket that `create` makes; by default it names service, version and environment.',
    ),
    description: text('The description of the ticket that `create` makes; by default it names the run.'),
    fields: ticketFields(
      'Further fields of the ticket that `create` makes, by ID, in the form of the Jira REST API: `customfield_10061: "2026-03-03T22:00:00.000+0200"`.',
    ),
    comment: text(
      'The text of the comment: paragraphs, lines that begin with `- ` as a list, addresses as links. A line at its end marks it, so that it is found again.',
    ),
    'transition-to': text(
      'The status to move the ticket to, by name or ID, or the name of a transition. A ticket that is there already is left alone.',
    ),
    'link-url': text('What `link` links the ticket to; by default the run.'),
    'link-title': text('The words of the link; by default it names service, version and environment.'),
    version: text(
      'The version that is promoted. With environment and service it makes the promotion: `create` finds its ticket again, `link` replaces its link.',
    ),
    key: text(
      'What makes repetitions one and the same, in place of environment, service and version. A `comment` with a key is changed when its text changes; without one, every text of every run is a comment of its own.',
    ),
    'dry-run': flag('Says what would be written and writes nothing.', { default: 'false' }),
  },
  outputs: {
    ticket: 'The key of the ticket.',
    status: 'The status of the ticket, after the operation.',
    url: 'Where people look at the ticket.',
    changed: 'Whether this step changed anything in Jira, `true` or `false`.',
    'planned-start': 'When the planned time of the ticket begins, ISO 8601 in UTC; empty without one.',
    'planned-end': 'When the planned time of the ticket ends, ISO 8601 in UTC; empty without one.',
  },
  permissions: {},
  example: {
    'base-url': 'https://example.atlassian.net',
    user: '${{ secrets.JIRA_USER }}',
    token: '${{ secrets.JIRA_TOKEN }}',
    ticket: '${{ inputs.ticket }}',
    'approved-statuses': 'Approved',
  },
  check: (inputs) => [...siteProblems(inputs), ...operationProblems(inputs)],
});

interface Given {
  readonly baseUrl?: string | undefined;
  readonly cloudId?: string | undefined;
  readonly operation?: string | undefined;
  readonly ticket?: string | undefined;
  readonly comment?: string | undefined;
  readonly transitionTo?: string | undefined;
  readonly project?: string | undefined;
  readonly version?: string | undefined;
  readonly key?: string | undefined;
}

/** The token goes to that address, so it must be one that nobody listens in on. */
const siteAddress =
  /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$|^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/[^\s?#]*)?$/;

function siteProblems({ baseUrl, cloudId }: Given): readonly InputProblem[] {
  if (baseUrl && cloudId)
    return [{ input: 'cloud-id', message: 'contradicts `base-url`: give the one that the token is for.' }];
  if (!baseUrl)
    return cloudId
      ? []
      : [{ input: 'base-url', message: 'is missing; give the address of the site, or its `cloud-id`.' }];
  const expected =
    'expected an address such as `https://example.atlassian.net`; plain http only to this machine.';
  return siteAddress.test(baseUrl) ? [] : [{ input: 'base-url', message: `got "${baseUrl}", ${expected}` }];
}

function operationProblems(given: Given): readonly InputProblem[] {
  const { operation, ticket, project } = given;
  const missing = (input: string, value: string | undefined, what: string): readonly InputProblem[] =>
    value === undefined ? [{ input, message: `is missing; \`operation: ${operation}\` needs ${what}.` }] : [];
  const wrong = (
    input: string,
    value: string | undefined,
    pattern: RegExp,
    expected: string,
  ): readonly InputProblem[] =>
    value === undefined || pattern.test(value)
      ? []
      : [{ input, message: `got "${value}", expected ${expected}.` }];
  if (operation === undefined) return [];
  if (operation === 'create') {
    return [
      ...missing('project', project, 'a project'),
      ...wrong(
        'project',
        project,
        /^[A-Z][A-Z0-9_]+$/,
        'the key of a Jira project, such as `CHG`; in the policy, set it under `jira-gate`',
      ),
      ...missing(
        'version',
        given.version ?? given.key,
        '`version` or `key`, so that a repetition finds its ticket',
      ),
    ];
  }
  return [
    ...missing('ticket', ticket, 'the ticket'),
    ...wrong('ticket', ticket, /^[A-Z][A-Z0-9_]+-[1-9]\d*$/, 'the key of a ticket, such as `CHG-101`'),
    ...(operation === 'comment' ? missing('comment', given.comment, 'its text') : []),
    ...(operation === 'transition' ? missing('transition-to', given.transitionTo, 'a status') : []),
  ];
}
