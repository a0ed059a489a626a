import { count, defineContract, duration, matching } from '@promo-actions/core/action';

const identifier = /^[A-Za-z](-?[A-Za-z0-9])*$/;

export const contract = defineContract({
  name: 'backup-database',
  kind: 'change',
  description:
    'Takes a snapshot of an RDS instance or an Aurora cluster before a promotion, waits until it can be restored from, and removes old ones of its own.',
  inputs: {
    instance: matching(
      identifier,
      'the identifier of a DB instance, such as `tenants-prod`',
      'The RDS instance, by identifier. Either this or `cluster`.',
    ),
    cluster: matching(
      identifier,
      'the identifier of a DB cluster, such as `tenants-prod`',
      'The Aurora or Multi-AZ cluster, by identifier: what its members share is snapshot as a whole. Either this or `instance`.',
    ),
    prefix: matching(
      /^[A-Za-z](-?[A-Za-z0-9])*$/,
      'letters, digits and single hyphens, beginning with a letter',
      'What the name of the snapshot begins with; the database, the time (UTC) and nothing else follow: `promotion-tenants-prod-20260303-200500`.',
      { default: 'promotion' },
    ),
    timeout: duration(
      'How long to wait for the database to be ready for a snapshot, and for the snapshot to be available. The snapshot goes on after a timeout; run again, the step finds it.',
      { default: '1h' },
    ),
    interval: duration('How long to wait between two looks.', { default: '15s' }),
    'reuse-for': duration(
      'How long a snapshot that this run made before, such as in an attempt that failed, is taken for this one. One that is older lacks what was written since, and a new one is made.',
      { default: '24h' },
    ),
    retain: count(
      'How many snapshots of the database by this action are kept; the one just made is always one of them. What anyone else made is never touched, nor are copies that people made of these.',
      { default: '10' },
    ),
    'retain-for': duration(
      'How long they are kept. A snapshot is removed when it is older, or when there are more than `retain` newer ones.',
      { default: '90d' },
    ),
  },
  outputs: {
    'snapshot-id':
      'The identifier of the snapshot, to restore from. Twice in one workflow run it is the same, for as long as `reuse-for` says. On a dry run, the name that it would have.',
    status: 'Its status that was seen last, such as `available`; empty on a dry run where there is none yet.',
    engine: 'The engine of the database with its version, such as `aurora-postgresql 16.4`.',
    encrypted: 'Whether the snapshot is encrypted: `true` or `false`.',
    changed: 'Whether the step made the snapshot: `false` where this run had made it before.',
    pruned: 'The old snapshots that were removed, separated by commas; on a dry run, would be.',
  },
  permissions: {
    aws: [
      'rds:DescribeDBInstances',
      'rds:DescribeDBClusters',
      'rds:DescribeDBSnapshots',
      'rds:DescribeDBClusterSnapshots',
      'rds:CreateDBSnapshot',
      'rds:CreateDBClusterSnapshot',
      'rds:AddTagsToResource',
      'rds:DeleteDBSnapshot',
      'rds:DeleteDBClusterSnapshot',
    ],
  },
  example: { environment: 'prod', service: 'tenant-service', cluster: 'tenants-prod' },
  check({ instance, cluster, interval }) {
    const problems = [];
    if (instance && cluster)
      problems.push({
        input: 'cluster',
        message:
          'contradicts `instance`; give the one that holds the data: members of a cluster are snapshot with it.',
      });
    if (!instance && !cluster)
      problems.push({
        input: 'instance',
        message: 'is missing; expected the identifier of a DB instance, or `cluster` with that of a cluster.',
      });
    if (interval !== undefined && interval < 1_000)
      problems.push({ input: 'interval', message: 'is too short; expected `1s` at least.' });
    return problems;
  },
});
