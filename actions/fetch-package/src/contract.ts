import { defineContract, matching, text } from '@promo-actions/core/action';
import { aliasInput, codeSha256Input, functionInput, versionInput } from '@promo-actions/core/lambda';

export const contract = defineContract({
  name: 'fetch-package',
  kind: 'read',
  description:
    'Fetches the very package that a Lambda version runs in the source environment, verified by its hash, so that it is promoted and not rebuilt.',
  inputs: {
    function: functionInput(
      'The function to take the package from, by name or ARN, in the account of the present credentials. Needs `alias` or `version`; left out only with `file`.',
      {},
    ),
    alias: aliasInput(
      'The alias whose stable version is taken, such as `latest-sit`. Not asked when `version` is given.',
      {},
    ),
    version: versionInput('The published version to take.', {}),
    file: text(
      'A zip in the checkout to take instead of a function’s. An `s3://` address is not read here: give it to deploy-lambda as `s3`, and Lambda reads it itself.',
    ),
    'expected-code-sha256': codeSha256Input(
      'The hash the package must have; the step fails when it has another.',
      {},
    ),
    'expected-version': matching(
      /^\S+$/,
      'a Lambda version number such as `12`, or a release such as `v1.4.0`',
      'What `alias` must be at: a Lambda version number, or a release that the version names in its description. The alias may have moved since the gates looked at it.',
    ),
    path: text(
      'Where to write the package, from the checkout. When it is left out, a package from a function goes to the runner’s temporary folder and a `file` stays where it is.',
    ),
  },
  outputs: {
    path: 'The absolute path of the package; empty for a function made from an image.',
    'code-sha256': 'Its SHA-256 as Lambda writes it; give it to deploy-lambda as `expected-code-sha256`.',
    size: 'Its size in bytes.',
    version: 'The version it was taken from; empty for a `file`.',
    'image-uri':
      'The image by its digest, for a function made from one; give it to deploy-lambda as `image`.',
  },
  permissions: { aws: ['lambda:GetFunction', 'lambda:GetFunctionConfiguration'] },
  example: { function: 'tenant-service', alias: 'latest-sit' },
  check({ function: name, alias, version, file, expectedVersion }) {
    const problems = [];
    if (file !== undefined && expectedVersion !== undefined) {
      problems.push({
        input: 'expected-version',
        message:
          'contradicts `file`, which is no version of a function. Give `expected-code-sha256` with it.',
      });
    }
    if (file?.startsWith('s3://')) {
      problems.push({
        input: 'file',
        message: `got "${file}", expected a path in the checkout. S3 is not read here: give the address to deploy-lambda as \`s3\`, and Lambda reads it itself.`,
      });
    }
    if (file === undefined && name === undefined) {
      problems.push({
        input: 'function',
        message: 'is missing; expected the name or ARN of a function, or a `file`.',
      });
    }
    if (file === undefined && name !== undefined && alias === undefined && version === undefined) {
      problems.push({
        input: 'alias',
        message: 'is missing; expected the alias or the `version` whose package is taken.',
      });
    }
    return problems;
  },
});
