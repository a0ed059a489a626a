import { count, defineContract, duration, flag, matching, oneOf, text } from '@promo-actions/core/action';

export const contract = defineContract({
  name: 'deployment-lock',
  kind: 'change',
  description:
    'Lets one promotion of a service to an environment change things at a time, across workflows and repositories: a lease in DynamoDB with a fencing token.',
  inputs: {
    operation: oneOf(
      ['acquire', 'renew', 'release'],
      '`acquire` takes the lock or waits for it; `renew` makes the lease last for `lease` from now on; `release` lets go of it. A job that acquires needs neither of the others: every step that is given the `fencing-token` renews, and the job’s end releases.',
      { default: 'acquire' },
    ),
    table: matching(
      /^[A-Za-z0-9_.-]{3,255}$/,
      'the name of a DynamoDB table',
      'The table of locks, keyed by `deployment_id` alone; the table of records will do. All who lock a service name the same one.',
      { required: true },
    ),
    lease: duration(
      'How long the lock lasts when its holder dies: longer than the longest time between two steps that are given its token, of which canary-rollout renews it all the while. Ten minutes more pass until others take it over, because runners’ clocks differ; a later attempt of the run that died takes it over at once. With `renew`, the length before when it is not given.',
      { default: '2h' },
    ),
    wait: duration('How long to wait for a lock that another run holds; `0s` fails at once.', {
      default: '10m',
    }),
    force: flag(
      'Takes the lock over at once from whoever holds it. The run that had it is named in a warning, and can change nothing more where its steps are given its token.',
      { default: 'false' },
    ),
    'fencing-token': count('The token to `renew` or to `release`.'),
    reason: text('What for, in a few words; those who wait read it.'),
    post: oneOf(
      ['release', 'keep'],
      'Whether the lock is released at the job’s end, however the job ends. `keep` leaves it to a step that releases it by its token, or to the end of the lease.',
      { default: 'release' },
    ),
  },
  outputs: {
    'fencing-token':
      'A number that rises with each holder. Give it with `table` to every step that changes something.',
    holder: 'Who holds the lock after the step, or would; empty when nobody does.',
    'acquired-at': 'When the lock was taken.',
    'expires-at': 'When the lease ends unless it is renewed.',
    table: 'The table, for the `lock-table` of other steps.',
    changed: 'Whether the step took, renewed or released the lock: `true` or `false`.',
  },
  permissions: { aws: ['dynamodb:GetItem', 'dynamodb:PutItem'] },
  example: {
    environment: 'prod',
    service: 'tenant-service',
    table: 'deployments',
    reason: 'promote ${{ inputs.version }}',
  },
  postIf: 'always()',
  check({ environment, service, operation, fencingToken, lease, force }) {
    const problems = [];
    for (const [input, value] of Object.entries({ environment, service }))
      if (!value)
        problems.push({ input, message: 'is missing; a lock is of one service in one environment.' });
    if (operation !== undefined && operation !== 'acquire' && fencingToken === undefined)
      problems.push({
        input: 'fencing-token',
        message: `is missing; \`${operation}\` needs the output of the step that acquired the lock.`,
      });
    if (operation === 'acquire' && fencingToken !== undefined)
      problems.push({
        input: 'fencing-token',
        message: 'contradicts `operation: acquire`, which gets a new one.',
      });
    if (force && operation !== undefined && operation !== 'acquire')
      problems.push({ input: 'force', message: `contradicts \`operation: ${operation}\`.` });
    if (lease !== undefined && lease < 60_000)
      problems.push({
        input: 'lease',
        message: 'is too short; expected a minute at least, and as a rule longer than the job may take.',
      });
    return problems;
  },
});
