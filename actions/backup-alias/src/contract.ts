import { count, defineContract, duration, list, matching, oneOf } from '@promo-actions/core/action';
import { aliasInput, functionInput } from '@promo-actions/core/lambda';

export const contract = defineContract({
  name: 'backup-alias',
  kind: 'change',
  description:
    'Keeps the version that an alias calls stable under an alias of its own, so that a rollback finds it, and removes old ones.',
  inputs: {
    function: functionInput('The function, by name or ARN.', { required: true }),
    alias: aliasInput('The alias whose stable version is kept, such as `latest-prod`.', { required: true }),
    prefix: oneOf(
      ['backup', 'incident'],
      'The kind, which begins the name: `backup` before a promotion, `incident` to keep a bad version for study.',
      { default: 'backup' },
    ),
    release: matching(
      /^[^\s,:;()[\]]{1,100}$/,
      'a release, such as `v1.4.0`',
      'The release that is to be promoted, as deploy-lambda will describe it. Where the stable version is that release already, a rollback to `previous` goes past this backup.',
    ),
    retain: count(
      'How many of them are kept. The newest, and the newest at another version than the stable one, are kept in any case.',
      { default: '10' },
    ),
    'retain-for': duration('How long they are kept.', { default: '90d' }),
    'keep-versions': list(
      'Versions whose backups are never removed, such as the last good one of the records. Versions that other aliases use are kept without being named.',
    ),
  },
  outputs: {
    'backup-alias':
      'The alias that keeps the version, such as `backup-20260303-200500` (UTC). Twice in one workflow run it is the same.',
    version: 'The version that it keeps: the one that was stable before this run.',
    pruned: 'The old ones that were removed, separated by commas.',
  },
  permissions: { aws: ['lambda:ListAliases', 'lambda:CreateAlias', 'lambda:DeleteAlias'] },
  example: { function: 'tenant-service', alias: 'latest-prod', release: '${{ inputs.version }}' },
  check({ keepVersions: versions = [] }) {
    const wrong = versions.filter((version) => !/^[1-9]\d*$/.test(version));
    if (wrong.length === 0) return [];
    return [
      {
        input: 'keep-versions',
        message: `got ${wrong.join(', ')}, expected numbers of published versions, such as \`42\`.`,
      },
    ];
  },
});
