import { defineContract, flag, json, list, matching, oneOf, text } from '@promo-actions/core/action';
import { inputProblems, rulesSchema } from '@promo-actions/core/configuration';
import { fenceInputs, fenceProblems } from '@promo-actions/core/lock';

export const contract = defineContract({
  name: 'promote-config',
  kind: 'change',
  description:
    'Brings SSM parameters from the source environment to the target: compared, held to rules before anything is written, all or nothing, and undone by one step.',
  inputs: {
    operation: oneOf(
      ['promote', 'restore'],
      '`promote` writes what differs; `restore` puts back what a promotion found, such as in a job that runs when a later one failed. `restore` needs the table, and of the paths and rules nothing.',
      { default: 'promote' },
    ),
    'source-environment': text(
      'The environment that the parameters come from, such as `sit`: what `{environment}` stands for at the source.',
    ),
    paths: list(
      'The paths whose parameters are promoted, with all below them, one per line. `{project}`, `{service}` and `{environment}` stand for their values, `{environment}` for the source’s and the target’s own. Where the two are named otherwise, write both: `/old/sit -> /new/prod`. `deployed-version` and `deployed-at` are told by record-deployment and never promoted.',
      { default: '/{project}/{environment}' },
    ),
    project: text('What `{project}` stands for; the name of the repository when it is not given.'),
    include: list(
      'Names below the paths that are promoted, and no others: `database/*` for one level, `features/**` for all below. Everything when it is not given.',
    ),
    exclude: list('Names below the paths that are left alone, written as in `include`.'),
    rules: json(
      rulesSchema,
      'a list of rules with a `key`',
      'What must hold in the target afterwards, checked before anything is written: a list of `key` (a name below the paths, or a pattern as in `include`) with `required: true`, `type` (`String`, `StringList`, `SecureString`), `form` (`integer`, `number`, `boolean`, `url`, `json`), `pattern` (a regular expression for the whole value), `allowed` (values), and `never-copy: true` for what belongs to one environment: the target’s own is kept, and held to the rest of its rule.',
    ),
    'source-role': matching(
      /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
      'the ARN of a role, such as `arn:aws:iam::111111111111:role/config-reader`',
      'The role that reads the source where it is another account. It is assumed with the job’s OIDC token (`permissions: id-token: write`), so it must trust this repository as the target’s role does; it needs no more than to read. Without it the job’s own credentials read the source too.',
    ),
    'source-region': matching(
      /^[a-z]{2}(-[a-z]+)+-\d$/,
      'a region, such as `af-south-1`',
      'The region of the source; the job’s own when it is not given.',
    ),
    'key-id': text(
      'The KMS key that encrypts SecureStrings in the target: an alias, ID or ARN. When it is not given, each parameter keeps the key it has there, and new ones get the account’s own `alias/aws/ssm`.',
    ),
    table: matching(
      /^[A-Za-z0-9_.-]{3,255}$/,
      'the name of a DynamoDB table',
      'The table, keyed by `deployment_id`, that keeps which version of each parameter a promotion found, and never a value: by it a dead run is undone, and a finished one restored. The table of records will do.',
      { required: true },
    ),
    promotion: text(
      'The workflow run whose promotion is meant; this one when it is not given. Give it to restore what an earlier run promoted: the `promotion` output of that run.',
    ),
    'take-over': flag(
      'Undoes at once what another run left unfinished. Without it a run that was heard of in the last ten minutes is taken for alive; where this run holds the lock (`fencing-token`) there is no need to wait either.',
      { default: 'false' },
    ),
    post: oneOf(
      ['restore', 'keep'],
      'What happens at the end of a job that failed or was cancelled after this step: `restore` puts back what the promotion found; `keep` leaves it to a step with `operation: restore`.',
      { default: 'restore' },
    ),
    ...fenceInputs,
  },
  outputs: {
    changed: 'Whether the step wrote anything: `true` or `false`.',
    created: 'How many parameters were made, or on a dry run would be.',
    updated: 'How many were given another value, or on a dry run would be.',
    unchanged: 'How many were the same already.',
    restored: 'How many were put back as they were: by `restore`, or because the promotion failed.',
    promotion: 'The workflow run whose promotion it is, for `promotion` of a later `restore`.',
    decision: 'What the rules decided: `pass` or `fail`; empty with `restore`.',
    report: 'The report of the rules as JSON, without values of SecureStrings; empty with `restore`.',
  },
  permissions: {
    aws: [
      'ssm:GetParametersByPath',
      'ssm:GetParameters',
      'ssm:DescribeParameters',
      'ssm:PutParameter',
      'ssm:DeleteParameters',
      'kms:Decrypt',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ],
    github: { 'id-token': 'write' },
  },
  example: {
    environment: 'prod',
    'source-environment': 'sit',
    project: 'tenants',
    'source-role': 'arn:aws:iam::111111111111:role/config-reader',
    table: 'deployments',
  },
  postIf: 'failure() || cancelled()',
  check: (inputs) => [...fenceProblems(inputs), ...inputProblems(inputs)],
});
