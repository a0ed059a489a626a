import { defineContract, duration, flag, oneOf, percent } from '@promo-actions/core/action';
import { aliasInput, functionInput, versionInput } from '@promo-actions/core/lambda';
import { fenceInputs, fenceProblems } from '@promo-actions/core/lock';

export const contract = defineContract({
  name: 'canary-shift',
  kind: 'change',
  description:
    'Gives a new version of a Lambda function its share of an alias’s requests, makes it the stable version, or takes it out of traffic.',
  inputs: {
    function: functionInput('The function, by name or ARN.', { required: true }),
    alias: aliasInput('The alias that callers invoke, such as `latest-prod`.', { required: true }),
    version: versionInput(
      'The version that is shifted to: the `version` output of deploy-lambda. With `abort` it may be left out; then whatever canary the alias carries is taken out.',
      {},
    ),
    weight: percent(
      'The share of requests the version is to get. Either this, or `complete`, or `abort`. 0 takes it out of traffic; 100 sends it everything, while the stable version stays the alias’s main version, so that undoing is one call.',
    ),
    complete: flag('Makes the version the stable one, alone. The rollout ends here.', { default: 'false' }),
    abort: flag('Takes the canary out of traffic: all requests go to the stable version.', {
      default: 'false',
    }),
    'expected-stable-version': versionInput(
      'The version that must be stable now: the `version` output of backup-alias. The step fails when the alias was moved since.',
      {},
    ),
    post: oneOf(
      ['abort', 'keep'],
      'What happens at the end of a job that failed or was cancelled after this step: `abort` returns the alias to the stable version it had before, as long as it still carries what this step gave it; `keep` leaves it.',
      { default: 'abort' },
    ),
    ...fenceInputs,
    timeout: duration('How long to wait until the alias reads what was written.', { default: '2m' }),
  },
  outputs: {
    'stable-version': 'The version that is stable after the step.',
    'canary-version': 'The version that carries a weight after the step; empty when there is none.',
    weight: 'The share of the canary in percent; 0 when there is none.',
    'revision-id': 'The revision of the alias that was read last.',
    changed: 'Whether the step changed the alias: `true` or `false`.',
  },
  permissions: {
    aws: [
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      'lambda:GetFunctionConfiguration',
      'lambda:GetProvisionedConcurrencyConfig',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ],
  },
  example: {
    function: 'tenant-service',
    alias: 'latest-prod',
    version: '${{ steps.deploy.outputs.version }}',
    weight: '10',
    'expected-stable-version': '${{ steps.backup.outputs.version }}',
  },
  postIf: 'failure() || cancelled()',
  check({ version, weight, complete, abort, ...inputs }) {
    const problems = [...fenceProblems(inputs)];
    if (complete && abort) {
      problems.push({
        input: 'abort',
        message: 'contradicts `complete`: a rollout is either completed or aborted. Give one of them.',
      });
    } else if (weight !== undefined && (complete || abort)) {
      const other = complete ? 'complete' : 'abort';
      problems.push({
        input: 'weight',
        message: `contradicts \`${other}\`, which leaves no canary to carry a weight. Give one of them.`,
      });
    } else if (weight === undefined && complete === false && abort === false) {
      problems.push({
        input: 'weight',
        message: 'is missing; expected a percent from 0 to 100, or `complete: true`, or `abort: true`.',
      });
    }
    if (version === undefined && abort === false) {
      problems.push({
        input: 'version',
        message: 'is missing; expected the number of a published version, such as `42`.',
      });
    }
    return problems;
  },
});
