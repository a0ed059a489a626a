import { defineContract, matching, oneOf, text } from '@promo-actions/core/action';
import { stages } from '@promo-actions/core/release';
import { parseVersion } from '@promo-actions/core/version';

const branchName = /^[\w][\w./-]*$/;

export const contract = defineContract({
  name: 'release',
  kind: 'change',
  description:
    'Brings a release about, stage by stage, through the GitHub API and without a checkout: release branch, draft with its changelog, merge and tag, publication, merge back. What is done already is left as it is.',
  inputs: {
    stage: oneOf(
      stages,
      '`branch` makes the release branch. `draft` makes the draft release with its changelog. `merge` merges the release branch into production by a merge commit and makes an annotated tag. `publish` publishes the draft. `backport` merges production back into development, as after a hotfix; where that conflicts, or development is protected, by a pull request from `backport/{version}` that a person merges, for which alone `pull-requests: write` is needed.',
      { required: true },
    ),
    version: text('The version with its leading `v`, such as `v1.4.0`; it is the name of the tag, too.', {
      required: true,
    }),
    base: matching(
      branchName,
      'the name of a branch',
      'What the stage `branch` makes the release branch from; `development-branch` when it is not given. A hotfix gives the production branch.',
    ),
    'release-branch-prefix': matching(
      branchName,
      'the beginning of a branch name, such as `release/`',
      'What comes before the version in the name of its release branch.',
      { default: 'release/' },
    ),
    'production-branch': matching(branchName, 'the name of a branch', 'The branch that production runs.', {
      default: 'main',
    }),
    'development-branch': matching(branchName, 'the name of a branch', 'The branch that work goes into.', {
      default: 'develop',
    }),
    notes: oneOf(
      ['generate', 'commits'],
      'Where the changelog of the draft comes from: `generate` asks GitHub for its own notes, `commits` groups the Conventional Commits since the last release.',
      { default: 'generate' },
    ),
    'extra-notes': text('Markdown that `draft` and `publish` put at the end of the notes, once.'),
    token: text(
      'The token for the GitHub API. Where the release changes workflow files it must be that of an app with `workflows: write`: GitHub refuses them to the job’s own token. A pull request that the job’s own token opens starts no workflows: where development requires checks, give that of an app, too.',
      { context: '${{ github.token }}', secret: true },
    ),
  },
  outputs: {
    'release-branch': 'The name of the release branch.',
    sha: 'The commit of the stage: head of the release branch, tagged commit, or head after the merge back. Empty after `draft`, and where `backport` opened a pull request.',
    tag: 'The name of the tag, which is the version.',
    'previous-version':
      'The release that the changelog begins after; of the stage `draft`, empty for a first release.',
    'release-id': 'The number of the release, of the stages `draft` and `publish`.',
    'release-url': 'Its page.',
    'compare-url': 'The page with all changes since the last release, of the stage `draft`.',
    'pull-request-url':
      'The page of the open pull request that brings production back, where `backport` could not merge by itself; else empty.',
    changed: 'Whether anything was changed, `true` or `false`.',
  },
  permissions: { github: { contents: 'write', 'pull-requests': 'write' } },
  example: { stage: 'merge', version: 'v1.4.0' },
  check({ stage, version, base, extraNotes, productionBranch, developmentBranch }) {
    const parsed = version === undefined ? undefined : parseVersion(version);
    const problems =
      parsed && 'problem' in parsed
        ? [{ input: 'version', message: `got "${version}", which ${parsed.problem}.` }]
        : [];
    if (base !== undefined && stage !== undefined && stage !== 'branch')
      problems.push({ input: 'base', message: `is of the stage \`branch\` alone, not of \`${stage}\`.` });
    if (extraNotes !== undefined && stage !== undefined && stage !== 'draft' && stage !== 'publish')
      problems.push({
        input: 'extra-notes',
        message: `is of \`draft\` and \`publish\`, not of \`${stage}\`.`,
      });
    if (stage === 'backport' && productionBranch !== undefined && productionBranch === developmentBranch)
      problems.push({
        input: 'development-branch',
        message: `is \`${productionBranch}\` too; nothing is merged into itself.`,
      });
    return problems;
  },
});
