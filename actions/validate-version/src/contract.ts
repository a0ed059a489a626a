import { defineContract, flag, type InputProblem, matching, oneOf, text } from '@promo-actions/core/action';
import { parameterPrefix } from '@promo-actions/core/deployment';
import { parseVersion, type VersionFormat } from '@promo-actions/core/version';

export const contract = defineContract({
  name: 'validate-version',
  kind: 'gate',
  description:
    'Checks the version that is to be promoted before anything is touched, or works out the next one. It asks the GitHub API and needs no checkout.',
  inputs: {
    version: text(
      'The version with its leading `v`, such as `v1.2.3`. It may be left out where `bump` or `version-file` tells it.',
    ),
    kind: oneOf(
      ['new', 'existing', 'promoted'],
      '`new`: its tag is not taken and it is above the latest release. `existing`: its release branch and its release, draft or published, are there; the tag is reported, since merging to production makes it. `promoted`: it is what `source-environment` runs.',
      { default: 'existing' },
    ),
    format: oneOf(
      ['semver', 'simple'],
      'What versions look like: `semver` is all of semver.org; `simple` is `vX.Y.Z` or `vX.Y.Z-suffix`.',
      { default: 'semver' },
    ),
    bump: oneOf(
      ['major', 'minor', 'patch', 'prerelease'],
      'Makes the version the next one after that of `version-file`, or without a file after the latest tag: the latest release, for `prerelease` the latest of all.',
    ),
    'prerelease-name': matching(
      /^[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*$/,
      'letters, digits and hyphens, not digits alone',
      'The name of a prerelease that a bump begins: `rc` makes `v1.2.4-rc.1` of `v1.2.3`.',
      { default: 'rc' },
    ),
    'version-file': text(
      'A file that holds the version, with or without the `v`, or a JSON file with a `version` such as package.json. Read when `version` is not given.',
    ),
    ref: text(
      'The branch, tag or commit at which `version-file` is read; the default branch when it is not given.',
    ),
    'allow-older': flag(
      'Whether a `new` version may be below the latest release, as a fix to an older line is.',
      {
        default: 'false',
      },
    ),
    'release-branch-prefix': matching(
      /^[\w./-]+$/,
      'the beginning of a branch name, such as `release/`',
      'What comes before the version in the name of its release branch.',
      { default: 'release/' },
    ),
    'source-environment': text(
      'The environment that must run the version when it is `promoted`, such as `sit`.',
    ),
    project: text('What `{project}` stands for; the name of the repository when it is not given.'),
    'ssm-prefix': text(
      'The path in SSM under which record-deployment writes `deployed-version`, with `{project}`, `{environment}` (here the source) and `{service}`. Read with the credentials of the source environment, when the version must be `promoted`.',
      { default: '/{project}/{environment}' },
    ),
    token: text(
      'The token for the GitHub API. `existing` needs `contents: write`, because GitHub shows drafts only to those who may push; for the others `contents: read` is enough.',
      { context: '${{ github.token }}', secret: true },
    ),
  },
  outputs: {
    version: 'The version, with its leading `v`.',
    major: 'Its first number.',
    minor: 'Its second number.',
    patch: 'Its third number.',
    prerelease: 'What follows the `-`, such as `rc.1`; empty for a release.',
    'is-prerelease': 'Whether it is a prerelease, `true` or `false`.',
    'release-branch': 'The name of its release branch.',
    'previous-version': 'The highest tagged release below it; empty when there is none.',
  },
  permissions: { github: { contents: 'write' }, aws: ['ssm:GetParameter'] },
  example: { version: 'v1.4.0', kind: 'existing' },
  check: (inputs) => [...versionProblems(inputs), ...promotedProblems(inputs)],
});

interface Given {
  readonly version?: string | undefined;
  readonly kind?: string | undefined;
  readonly format?: VersionFormat | undefined;
  readonly bump?: string | undefined;
  readonly versionFile?: string | undefined;
  readonly sourceEnvironment?: string | undefined;
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly project?: string | undefined;
  readonly ssmPrefix?: string | undefined;
}

function versionProblems({ version, kind, format, bump, versionFile }: Given): readonly InputProblem[] {
  if (version === undefined) {
    if (bump !== undefined && kind !== undefined && kind !== 'new')
      return [
        {
          input: 'bump',
          message: `makes a version that is not there yet: it needs \`kind: new\`, not \`${kind}\`.`,
        },
      ];
    if (bump !== undefined || versionFile !== undefined) return [];
    return [{ input: 'version', message: 'is missing; give it, or `bump`, or `version-file`.' }];
  }
  if (bump !== undefined) return [{ input: 'bump', message: 'contradicts `version`: give one of them.' }];
  const parsed = format ? parseVersion(version, format) : undefined;
  if (!parsed || 'version' in parsed) return [];
  return [{ input: 'version', message: `got "${version}", which ${parsed.problem}.` }];
}

function promotedProblems(given: Given): readonly InputProblem[] {
  const { kind, sourceEnvironment, environment, service, project, ssmPrefix } = given;
  if (kind !== 'promoted') return [];
  if (sourceEnvironment === undefined)
    return [
      {
        input: 'source-environment',
        message: 'is missing; `kind: promoted` needs the environment that runs the version.',
      },
    ];
  if (sourceEnvironment === environment)
    return [
      {
        input: 'source-environment',
        message: `is \`${environment}\` too; nothing is promoted from an environment to itself.`,
      },
    ];
  if (ssmPrefix === undefined) return [];
  if (ssmPrefix.includes('{service}') && !service)
    return [{ input: 'service', message: `is missing; \`ssm-prefix\` ${ssmPrefix} needs it.` }];
  const parts = { project: project ?? 'project', service: service ?? '', environment: sourceEnvironment };
  const path = parameterPrefix(ssmPrefix, parts);
  if (path !== undefined) return [];
  return [
    {
      input: 'ssm-prefix',
      message: `got "${ssmPrefix}", expected a parameter path such as \`/{project}/{environment}\`.`,
    },
  ];
}
