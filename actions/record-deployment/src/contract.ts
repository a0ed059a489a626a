import {
  defineContract,
  flag,
  type InputProblem,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { actions, gateReports, statuses } from '@promo-actions/core/deployment';
import { fenceInputs, fenceProblems } from '@promo-actions/core/lock';
import { prefixOf } from './order.ts';

const label = /^\S{1,200}$/;

export const contract = defineContract({
  name: 'record-deployment',
  kind: 'change',
  description:
    'Writes what happened to a deployment into the log in DynamoDB, each record carrying the hash of the one before; says in SSM which version is deployed; shows it as a GitHub Deployment.',
  inputs: {
    action: oneOf(actions, 'What was done.', { default: 'promote' }),
    status: oneOf(
      statuses,
      'How it went. `succeeded` makes `to-version` the current one (but for the action `config`); `rolled-back` is a promotion that was undone.',
      { required: true },
    ),
    'from-version': matching(
      label,
      'a version without spaces',
      'The version before. The current one of the log when it is not given.',
    ),
    'to-version': matching(
      label,
      'a version without spaces',
      'The version that was deployed, or that was to be.',
    ),
    components: list(
      'What the version consists of, as `name=version`: each Lambda function with its published version, `tenant-service=42`. A rollback to the last good record needs it. Of a rollback that failed, what it has moved; one without any is taken to have changed nothing.',
    ),
    reason: text('Why: the reason of a rollback, or what failed.'),
    ticket: text('The change ticket.'),
    gates: gateReports(
      'What every gate saw. A map names those that did not run, too: an empty value is recorded as skipped.',
    ),
    'deployment-id': matching(
      /^[\w./:@-]{1,300}$/,
      'letters, digits and `._-/:@`',
      'What all records of this deployment have in common. A record with the same status is written once. When it is not given: environment, service, action, and the run with its attempt.',
    ),
    table: matching(
      /^[A-Za-z0-9_.-]{3,255}$/,
      'the name of a DynamoDB table',
      'The table of records, keyed by `deployment_id` alone. It may hold other items, too.',
      { required: true },
    ),
    'lock-table': {
      ...fenceInputs['lock-table'],
      description: 'The table of locks, where it is not `table`: the `table` output of deployment-lock.',
    },
    'fencing-token': {
      ...fenceInputs['fencing-token'],
      description:
        'The `fencing-token` output of deployment-lock. With it `started` and `succeeded` are not written once another run has taken the lock; `failed` and `rolled-back`, which change nothing that is deployed, are written all the same.',
    },
    parameters: flag('Whether to say the current version in SSM.', { default: 'true' }),
    'ssm-prefix': text(
      'The path under which `deployed-version` and `deployed-at` are written. `{project}`, `{environment}` and `{service}` stand for their values: with several services in one environment, use `{service}`.',
      { default: '/{project}/{environment}' },
    ),
    project: text('What `{project}` stands for; the name of the repository when it is not given.'),
    'github-deployment': flag(
      'Whether to show it as a GitHub Deployment too. Set `deployment: false` on the job’s environment, or GitHub makes its own. The record is the truth: where GitHub does not take it, a warning says so, and the next record of the deployment, or the next success, brings it in step; so it is with what advance-rollouts has ended.',
      { default: 'false' },
    ),
    ref: text(
      'The branch, tag or commit that the GitHub Deployment names; the commit of the run when it is not given.',
    ),
    token: text('The token for GitHub Deployments.', { context: '${{ github.token }}', secret: true }),
  },
  outputs: {
    'deployment-id': 'What all records of this deployment have in common.',
    record: 'The key of the record in the table.',
    sequence: 'Its number in the log of this service in this environment, from 1.',
    hash: 'Its SHA-256. Kept in the run’s log, it tells later whether the log was rewritten.',
    'from-version': 'The version before, as recorded; empty for a first deployment.',
    'current-version': 'The version that the log says is deployed now; empty before the first success.',
    table: 'The table of records, for the `table` of canary-rollout and rollback.',
    'github-deployment': 'The number of the GitHub Deployment; empty when none was shown.',
    changed: 'Whether anything was written, `true` or `false`.',
  },
  permissions: {
    aws: ['dynamodb:GetItem', 'dynamodb:PutItem', 'ssm:GetParameter', 'ssm:PutParameter'],
    github: { deployments: 'write' },
  },
  example: {
    environment: 'prod',
    service: 'tenant-service',
    status: 'succeeded',
    'to-version': '${{ inputs.version }}',
    components: 'tenant-service=${{ steps.deploy.outputs.version }}',
    ticket: '${{ inputs.ticket }}',
    gates:
      'window: ${{ toJSON(needs.gates.outputs.window) }}\nticket: ${{ toJSON(needs.gates.outputs.ticket) }}',
    table: 'deployments',
  },
  check(inputs) {
    const problems: InputProblem[] = [...fenceProblems({ lockTable: inputs.table, ...inputs })];
    for (const input of ['environment', 'service'] as const)
      if (!inputs[input])
        problems.push({ input, message: 'is missing; every record is of one service in one environment.' });
    const { status, action } = inputs;
    if (status === 'succeeded' && action !== 'config' && inputs.toVersion === undefined)
      problems.push({
        input: 'to-version',
        message: 'is missing; a success says which version is deployed.',
      });
    if (action === 'rollback' && !inputs.reason?.trim())
      problems.push({ input: 'reason', message: 'is missing; a rollback says why.' });
    for (const component of inputs.components ?? [])
      if (!/^[^\s=]+=[^\s=]+$/.test(component))
        problems.push({ input: 'components', message: `got "${component}", expected \`name=version\`.` });
    if (
      inputs.parameters &&
      inputs.environment &&
      inputs.service &&
      inputs.ssmPrefix &&
      prefixOf(inputs, 'project') === undefined
    )
      problems.push({
        input: 'ssm-prefix',
        message: `got "${inputs.ssmPrefix}", expected a path such as \`/{project}/{environment}\`, of letters, digits and \`._-\`, not below \`/aws\` or \`/ssm\`.`,
      });
    return problems;
  },
});
