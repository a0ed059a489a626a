import { describe, expect, test } from '@jest/globals';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { createDeployments, createGitHub, createReleaseRepository, createRepository } from './index.ts';

const clock: Clock = {
  now: () => 0,
  sleep: (ms, signal) =>
    ms < 30_000
      ? Promise.resolve()
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};

/** A GitHub that answers every request alike; the requests are kept. */
function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const requests: { url: string; authorization: string | null }[] = [];
  const github = createGitHub({
    token: 'ghs_secret',
    clock,
    apiUrl: 'https://api.test/',
    fetch: async (url, init) => {
      requests.push({ url: String(url), authorization: new Headers(init?.headers).get('authorization') });
      return new Response(JSON.stringify(body), {
        status,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'x-github-request-id': 'AB:12',
          ...headers,
        },
      });
    },
  });
  return {
    repository: createRepository(github, 'example/orders'),
    deployments: createDeployments(github, 'example/orders'),
    changes: createReleaseRepository(github, 'example/orders'),
    requests,
  };
}

async function refusal(status: number, body: unknown, headers: Record<string, string> = {}) {
  const { repository } = answering(status, body, headers);
  const error = await repository.tags().catch((it: unknown) => it);
  expect(error).toBeInstanceOf(OutsideError);
  return (error as OutsideError).message;
}

describe('refusals become advice', () => {
  test('a bad token', async () => {
    const message = await refusal(401, { message: 'Bad credentials' });
    expect(message).toContain('The tags of example/orders could not be read. GitHub says: Bad credentials.');
    expect(message).toContain('(GET /repos/example/orders/tags, HTTP 401, request ID AB:12)');
    expect(message).toContain('Give `token` one that is valid');
    expect(message).not.toContain('ghs_secret');
  });

  test('a missing permission, by what GitHub says would do and else by what is known', async () => {
    const body = { message: 'Resource not accessible by integration' };
    expect(await refusal(403, body)).toContain('`permissions:` with `contents: read`');
    expect(
      await refusal(403, body, { 'x-accepted-github-permissions': 'contents=write,workflows=write' }),
    ).toContain('`contents: write,workflows: write`');
  });

  test('single sign-on', async () => {
    const message = await refusal(
      403,
      { message: 'Resource protected by organization SAML enforcement.' },
      {
        'x-github-sso': 'required; url=https://github.com/orgs/example/sso?authorization_request=1',
      },
    );
    expect(message).toContain(
      'authorize the token at https://github.com/orgs/example/sso?authorization_request=1',
    );
  });

  test('a repository that is not there or not to be seen', async () => {
    expect(await refusal(404, { message: 'Not Found' })).toContain(
      'GitHub answers the same where a token may not look',
    );
  });

  test('the parts of a validation error', async () => {
    const errors = [
      { resource: 'Release', code: 'already_exists', field: 'tag_name' },
      { message: 'too long' },
    ];
    expect(await refusal(422, { message: 'Validation Failed', errors })).toContain(
      'GitHub says: Validation Failed; tag_name already exists; too long.',
    );
  });

  const workflow =
    'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission';
  test.each([
    [409, 'Repository rule violations found\n\nChanges must be made through a pull request.', 'is protected'],
    [403, 'Protected branch update failed for refs/heads/main.', 'is protected'],
    [409, 'Required status check "ci / workflow" is expected.', 'is protected'],
    [409, `Repository rule violations found\n\n${workflow}`, 'an app token with `workflows: write`'],
    [403, workflow, 'an app token with `workflows: write`'],
    [
      403,
      'GitHub Actions is not permitted to create or approve pull requests.',
      'Settings, Actions, General',
    ],
    [403, 'Repository was archived so is read-only.', 'unarchive it under Settings'],
    [
      409,
      'Repository rule violations found\n\nThis branch must not contain merge commits.',
      'lift "Require linear history"',
    ],
  ])('what a repository itself forbids: %i %s', async (status, message, advice) => {
    expect(await refusal(status, { message })).toContain(advice);
  });

  test.each([
    [
      422,
      'Repository rule violations found\n\nCannot create ref due to creations being restricted.',
      'lets this token make no branch or tag of that name',
    ],
    [422, 'Reference already exists', 'run again, which looks what it is'],
  ])('a branch or tag that may not be made: %i %s', async (status, message, advice) => {
    const made = answering(status, { message }).changes.createBranch('release/v1.4.0', 'abc');
    await expect(made).rejects.toThrow(advice);
  });

  test('a merge is refused for workflow files in the words of a missing permission, too', async () => {
    const { changes } = answering(403, { message: 'Resource not accessible by integration' });
    await expect(changes.merge('main', 'abc', 'm')).rejects.toThrow(
      /`contents: write`\. If it has it, the release changes workflow files/,
    );
  });

  test('a rate limit that lasts too long, and a service that stays away', async () => {
    const limited = await refusal(
      403,
      { message: 'API rate limit exceeded' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '600' },
    );
    expect(limited).toContain('The tags of example/orders could not be read.');
    expect(limited).toContain('too many requests');
    expect(limited).toContain('wait 10m');
    expect(await refusal(503, {})).toContain('was not answered after 5 attempts: HTTP 503');
  });
});

describe('questions', () => {
  test('go to the API address with the token', async () => {
    const { repository, requests } = answering(200, {
      ref: 'refs/tags/v1.0.0+5',
      object: { sha: 'abc', type: 'commit' },
    });
    expect(await repository.tag('v1.0.0+5')).toBe('abc');
    expect(requests).toEqual([
      {
        url: 'https://api.test/repos/example/orders/git/ref/tags%2Fv1.0.0%2B5',
        authorization: 'Bearer ghs_secret',
      },
    ]);
  });

  test('a name that GitHub does not know is undefined', async () => {
    const { repository } = answering(404, { message: 'Not Found' });
    expect(await repository.tag('v1.0.0')).toBeUndefined();
    expect(await repository.branch('release/v1.0.0')).toBeUndefined();
    expect(await repository.fileText('VERSION')).toBeUndefined();
  });

  test('a folder is no file', async () => {
    const { repository } = answering(200, [{ type: 'file', name: 'a' }]);
    expect(await repository.fileText('src')).toBeUndefined();
  });

  test('a deployment that merged instead of deploying is a bug, and said', async () => {
    const { deployments } = answering(202, { message: 'Auto-merged main into x' });
    const made = deployments.create({
      ref: 'x',
      environment: 'prod',
      task: 'deploy',
      description: '',
      payload: {},
    });
    await expect(made).rejects.toThrow('GitHub merged instead of deploying');
  });
});
