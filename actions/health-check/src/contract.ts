import { count, defineContract, duration, list, text } from '@promo-actions/core/action';
import { aliasInput, functionInput, versionInput } from '@promo-actions/core/lambda';

export const contract = defineContract({
  name: 'health-check',
  kind: 'gate',
  description:
    'Invokes a Lambda function, or asks an address, until it answers as it should or the time is over.',
  inputs: {
    function: functionInput('The function to invoke, by name or ARN. This or `url` is needed.', {}),
    alias: aliasInput('The alias to invoke it through. Not asked when `version` is given.', {}),
    version: versionInput(
      'The published version to invoke, such as a canary that carries no weight yet.',
      {},
    ),
    payload: text('The event that the function is invoked with, as JSON.', { default: '{}' }),
    url: list('Addresses to ask by GET, instead of a function or besides it.'),
    'expect-status': count(
      'The status that is healthy: of the HTTP response, or the `statusCode` in the function’s answer. An answer without one counts as 200; an answer that is a function error is never healthy.',
      { default: '200' },
    ),
    'expect-body': text('A regular expression that the body must match.'),
    'expected-version': versionInput(
      'The Lambda version that must have answered, for an alias that routes to one version.',
      {},
    ),
    successes: count('How many healthy answers in a row are enough.', { default: '1' }),
    interval: duration('The time between two looks.', { default: '5s' }),
    timeout: duration('How long to look before the check fails.', { default: '2m' }),
  },
  outputs: {
    'executed-version': 'The Lambda version that answered last; empty when only addresses were asked.',
  },
  permissions: { aws: ['lambda:InvokeFunction'] },
  example: { function: 'tenant-service', alias: 'latest-prod', payload: '{"path": "/health"}' },
  check(inputs) {
    const problems = [];
    const { function: name, alias, version, url, payload, interval, timeout } = inputs;
    if (name === undefined && url === undefined) {
      problems.push({
        input: 'function',
        message: 'is missing; expected the name or ARN of a function, or a `url`.',
      });
    }
    if (name !== undefined && alias === undefined && version === undefined) {
      problems.push({
        input: 'alias',
        message: 'is missing; expected the alias or the `version` to invoke.',
      });
    }
    if (payload !== undefined && !parses(() => JSON.parse(payload))) {
      problems.push({
        input: 'payload',
        message: 'is not readable as JSON; expected an event such as `{"path": "/health"}`.',
      });
    }
    for (const address of url ?? []) {
      const told = address.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*$/s, '?…');
      if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
        problems.push({
          input: 'url',
          message: `got "${told}", expected an address that begins with \`https://\` or \`http://\`.`,
        });
      } else if (new URL(address).username !== '' || new URL(address).password !== '') {
        problems.push({
          input: 'url',
          message: `got "${told}", expected an address without user and password.`,
        });
      }
    }
    const { expectBody, expectStatus = 200, successes = 1 } = inputs;
    if (expectBody !== undefined && !parses(() => new RegExp(expectBody))) {
      problems.push({ input: 'expect-body', message: `got "${expectBody}", expected a regular expression.` });
    }
    if (expectStatus < 100 || expectStatus > 599) {
      problems.push({
        input: 'expect-status',
        message: `got "${expectStatus}", expected an HTTP status from 100 to 599.`,
      });
    }
    if (successes < 1)
      problems.push({ input: 'successes', message: 'got "0", expected a whole number from 1 up.' });
    if (
      interval !== undefined &&
      timeout !== undefined &&
      successes > 1 &&
      interval * (successes - 1) > timeout
    ) {
      problems.push({
        input: 'timeout',
        message: `is too short for ${successes} looks \`interval\` apart. Raise it, or lower \`successes\`.`,
      });
    }
    return problems;
  },
});

function parses(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
