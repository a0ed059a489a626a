import {
  defineContract,
  duration,
  flag,
  type InputProblem,
  json,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { flagParts, type RestorePoint, restorePointSchema } from '@promo-actions/core/flags';
import { fenceInputs, fenceProblems } from '@promo-actions/core/lock';

const key = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;
const partNames = flagParts.map((part) => `\`${part}\``).join(', ');

export const contract = defineContract({
  name: 'sync-flags',
  kind: 'gate',
  description:
    'Brings feature flags of LaunchDarkly in one environment to what they are in another: copied where the plan has it, else by semantic patches, and read again afterwards. Where the environment wants approvals it asks for them and holds; the next run finds the request and goes on. Repeated, it changes nothing twice.',
  inputs: {
    token: text(
      'An access token of LaunchDarkly whose role may read the project and change the flags of the target environment.',
      { required: true, secret: true },
    ),
    'base-url': text(
      'The address of LaunchDarkly: `https://app.eu.launchdarkly.com` for accounts in the EU, `https://app.launchdarkly.us` for federal ones.',
      { default: 'https://app.launchdarkly.com' },
    ),
    project: matching(key, 'the key of a project', 'The key of the project in LaunchDarkly.', {
      required: true,
    }),
    operation: oneOf(
      ['sync', 'restore'],
      '`sync` brings the flags of the target environment to what they are in the source; `restore` puts back what a `sync` changed, by its `restore-point`, or by what the syncs of this run noted down in `table`: flags that somebody changed since are left alone and told.',
      { default: 'sync' },
    ),
    'source-environment': matching(
      key,
      'the key of an environment',
      'The key of the environment in LaunchDarkly that is copied from.',
    ),
    'target-environment': matching(
      key,
      'the key of an environment',
      'The key of the environment in LaunchDarkly that is changed; `environment` when it is not given.',
    ),
    flags: list('The keys of the flags to sync. Together with those of `tags`.'),
    tags: list('Syncs the flags that carry any of these tags and are not archived.'),
    'exclude-flags': list('Keys of flags that are never changed, though `flags` or `tags` name them.'),
    'no-flags': oneOf(
      ['fail', 'pass'],
      'What it means when no flag is left to sync. A tag that nobody set, or a misspelt one, looks the same.',
      { default: 'fail' },
    ),
    'include-parts': list(
      `The parts of a flag to sync, of ${partNames}; the whole flag when it is not given. Everything else stays as it is in the target.`,
    ),
    'exclude-parts': list(
      'The parts of a flag that are never changed in the target, such as `on, targets`. Either this or `include-parts`.',
    ),
    method: oneOf(
      ['auto', 'copy', 'patch'],
      '`copy` uses the copying of flags, which only some plans have; `patch` sends semantic patches, which every plan takes, but which cannot hold to the version that was read as copies do; `auto` copies, and patches when copying is refused.',
      { default: 'auto' },
    ),
    'notify-members': list(
      'IDs of the members who are told of a request for approval, where approvals are wanted.',
    ),
    'notify-teams': list('Keys of the teams whose members are told of a request for approval.'),
    wait: duration(
      'How long to wait for approvals in this step. With `0s` it holds at once, so that no runner sits idle: run the job again when the requests are approved.',
      { default: '0s' },
    ),
    'restore-point': json(
      restorePointSchema,
      'the `restore-point` output of a `sync`',
      'What `restore` puts back: the `restore-point` output of a `sync`. Without it, what this run noted down in `table`.',
    ),
    table: matching(
      /^[A-Za-z0-9_.-]{3,255}$/,
      'the name of a DynamoDB table',
      'The table, keyed by `deployment_id`, in which a `sync` notes down what a flag is before it changes it, so that a later attempt of the run can put back what one that died had changed. The table of records will do; it then holds former rules and individual targets where these are changed. Without it, `restore-point` alone knows.',
    ),
    version: text('The version that is promoted; told in the comments that LaunchDarkly keeps.'),
    ...fenceInputs,
    'dry-run': flag('Says what would be changed, flag by flag, and changes nothing.', { default: 'false' }),
  },
  outputs: {
    changed: 'Whether this step changed a flag, `true` or `false`. A request for approval is no change.',
    flags: 'The keys of the flags that were looked at, one per line.',
    'changed-flags': 'The keys of the flags that this step changed, one per line.',
    'waiting-flags': 'The keys of the flags that wait for approval, one per line.',
    'approval-links': 'Where people approve what waits, one address per line.',
    'restore-point':
      'What the changed flags were before, as JSON for `operation: restore`; with `table`, those that any attempt of the run changed. It holds the former rules and individual targets where these were changed; whatever a step is given is shown in its log.',
  },
  permissions: { aws: ['dynamodb:GetItem', 'dynamodb:PutItem'] },
  example: {
    token: '${{ secrets.LAUNCHDARKLY_TOKEN }}',
    project: 'shop',
    'source-environment': 'sit',
    'target-environment': 'prod',
    tags: 'release-${{ inputs.version }}',
    'exclude-parts': 'targets',
  },
  check: (inputs) => [
    ...fenceProblems(inputs),
    ...addressProblems(inputs),
    ...operationProblems(inputs),
    ...partProblems(inputs),
  ],
});

interface Given {
  readonly baseUrl?: string | undefined;
  readonly operation?: string | undefined;
  readonly environment?: string | undefined;
  readonly sourceEnvironment?: string | undefined;
  readonly targetEnvironment?: string | undefined;
  readonly flags?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly includeParts?: readonly string[] | undefined;
  readonly excludeParts?: readonly string[] | undefined;
  readonly project?: string | undefined;
  readonly table?: string | undefined;
  readonly restorePoint?: RestorePoint | undefined;
}

/** The token goes to that address, so it must be one that nobody listens in on. */
const siteAddress =
  /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$|^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/[^\s?#]*)?$/;

function addressProblems({ baseUrl }: Given): readonly InputProblem[] {
  if (baseUrl === undefined || siteAddress.test(baseUrl)) return [];
  const expected =
    'expected an address such as `https://app.launchdarkly.com`; plain http only to this machine.';
  return [{ input: 'base-url', message: `got "${baseUrl}", ${expected}` }];
}

function operationProblems(given: Given): readonly InputProblem[] {
  const { operation, sourceEnvironment: source, restorePoint } = given;
  const target = given.targetEnvironment ?? given.environment;
  const problems: InputProblem[] = [];
  const missing = (input: string, message: string) =>
    problems.push({ input, message: `is missing; ${message}` });
  if (!target) missing('target-environment', 'give it, or `environment`, when that is its key as well.');
  if (operation === 'restore') {
    if (!restorePoint && !given.table)
      missing(
        'restore-point',
        '`operation: restore` needs the output of the `sync` that is to be put back, or the `table` that it was noted down in.',
      );
    else if (restorePoint && (restorePoint.environment !== target || restorePoint.project !== given.project))
      problems.push({
        input: 'restore-point',
        message: `is of ${restorePoint.environment} in ${restorePoint.project}; expected one of ${target} in ${given.project}.`,
      });
  }
  if (operation === 'sync') {
    if (!source) missing('source-environment', '`operation: sync` needs an environment to copy from.');
    if (source && source === target)
      problems.push({
        input: 'source-environment',
        message: `is ${source}, as the target; expected another environment.`,
      });
    if (!given.flags && !given.tags)
      missing('flags', 'name flags there, or tags in `tags`; a whole project is not synced by omission.');
    if (restorePoint)
      problems.push({
        input: 'restore-point',
        message: 'contradicts `operation: sync`; it is for `restore`.',
      });
  }
  return problems;
}

function partProblems({ includeParts, excludeParts }: Given): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  for (const [input, parts] of Object.entries({
    'include-parts': includeParts,
    'exclude-parts': excludeParts,
  }))
    for (const part of parts ?? [])
      if (!flagParts.some((known) => known === part))
        problems.push({ input, message: `got "${part}", expected of ${partNames}.` });
  if (includeParts && excludeParts)
    problems.push({ input: 'exclude-parts', message: 'contradicts `include-parts`; give one of them.' });
  if (excludeParts && flagParts.every((part) => excludeParts.includes(part)))
    problems.push({ input: 'exclude-parts', message: 'leaves no part to sync.' });
  return problems;
}
