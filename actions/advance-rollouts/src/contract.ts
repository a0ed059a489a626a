import { defineContract, list, oneOf, text } from '@promo-actions/core/action';

export const contract = defineContract({
  name: 'advance-rollouts',
  kind: 'change',
  description:
    'Takes one step of every rollout that canary-rollout left to the schedule, and undoes those whose job died, or finishes them. It moves aliases alone: configuration and flags that a dead job had brought wait for its failed jobs to be run again. Run it every five minutes or so; it waits for nothing.',
  inputs: {
    table: text(
      'The DynamoDB table, keyed by `deployment_id`, that keeps the rollouts. Where record-deployment has written the start of one there, its end is recorded, too; a GitHub Deployment of it stays in progress until a later success retires it.',
      { required: true },
    ),
    project: text('What `{project}` stands for; the name of the repository when it is not given.'),
    'ssm-prefix': text(
      'The path under which the version of a completed rollout is told, as in record-deployment.',
      { default: '/{project}/{environment}' },
    ),
    undo: list(
      'Rollouts that are undone instead of advanced: by the `rollout` output of canary-rollout, or by the name of the function.',
    ),
    'when-job-died': oneOf(
      ['undo', 'finish'],
      'What becomes of a rollout whose job died and whose lease has run out: `undo` returns every request to the stable version; `finish` goes on with it, judged as before, one step a call, for at most 7d from its beginning or its `time-limit`, whichever is longer. A finished one stays open in the records until the failed jobs of its run are run again, which look at its health.',
      { default: 'undo' },
    ),
  },
  outputs: {
    advanced: 'How many rose to their next weight.',
    completed: 'How many were completed: the new version is the stable one.',
    undone: 'How many were undone: all requests are back on the stable version.',
    waiting:
      'How many keep their weight: their bake is not over, the window is closed, or another run drives them.',
    failed:
      'How many could not be driven, were refused, or were taken over by someone else. The step fails for these and for those undone.',
    report: 'Every rollout with what became of it, as a JSON list.',
  },
  permissions: {
    aws: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      'lambda:GetFunctionConfiguration',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:InvokeFunction',
      'cloudwatch:GetMetricData',
      'cloudwatch:DescribeAlarms',
      'ssm:GetParameter',
      'ssm:PutParameter',
    ],
  },
  example: { environment: 'prod', table: 'deployments' },
});
