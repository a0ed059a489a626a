import { defineContract, duration, matching, text } from '@promo-actions/core/action';
import { codeSha256Input, functionInput } from '@promo-actions/core/lambda';

export const contract = defineContract({
  name: 'deploy-lambda',
  kind: 'change',
  description:
    'Publishes a package as a new version of a Lambda function. No alias is touched, so no caller sees it until canary-shift.',
  inputs: {
    function: functionInput('The function, by name or ARN.', { required: true }),
    package: text(
      'The zip to deploy: a path in the checkout, or the `path` output of fetch-package. One of this, `s3` and `image` is needed.',
    ),
    s3: matching(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^?]+(\?versionId=.+)?$/,
      '`s3://bucket/key`, or `s3://bucket/key?versionId=…`',
      'The package in a bucket of the function’s region. Lambda reads it with the rights of this job; give `expected-code-sha256` with it, so that it is verified.',
    ),
    image: matching(
      /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9._/-]+(:[\w.-]+|@sha256:[0-9a-f]{64})$/,
      'an image in Amazon ECR with its tag or, better, its digest: `…dkr.ecr.…amazonaws.com/name@sha256:…`',
      'The image to deploy, for a function made from one: the `image-uri` output of fetch-package.',
    ),
    'expected-code-sha256': codeSha256Input(
      'The hash the code must have: the `code-sha256` output of fetch-package. Nothing is published when it has another.',
      {},
    ),
    description: matching(
      /^.{1,256}$/s,
      'at most 256 characters',
      'The description of the published version, such as the release `v1.4.0`.',
    ),
    timeout: duration('How long to wait for Lambda, in each of its phases: update, publication, start.', {
      default: '10m',
    }),
  },
  outputs: {
    function: 'The function, as it was given.',
    version: 'The published version that holds the code.',
    'code-sha256': 'The hash that Lambda keeps for it.',
    changed: 'Whether a new version was published: `false` when one with this code was there already.',
  },
  permissions: {
    aws: [
      'lambda:GetFunction',
      'lambda:GetFunctionConfiguration',
      'lambda:ListVersionsByFunction',
      'lambda:UpdateFunctionCode',
      'lambda:PublishVersion',
      's3:GetObject',
    ],
  },
  example: {
    function: 'tenant-service',
    package: '${{ steps.package.outputs.path }}',
    'expected-code-sha256': '${{ steps.package.outputs.code-sha256 }}',
    description: 'v1.4.0',
  },
  check({ package: zip, s3, image }) {
    const given = Object.entries({ package: zip, s3, image }).filter(([, value]) => value !== undefined);
    if (given.length === 1) return [];
    if (given.length === 0) {
      return [{ input: 'package', message: 'is missing; expected the path of a zip, or `s3`, or `image`.' }];
    }
    const [first, ...others] = given.map(([name]) => name);
    return others.map((input) => ({
      input,
      message: `contradicts \`${first}\`: the code comes from one place. Give one of \`package\`, \`s3\` and \`image\`.`,
    }));
  },
});
