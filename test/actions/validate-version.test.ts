import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('validate-version');

const world: World = {
  accounts: { sit: { id: '111111111111', region: 'af-south-1' } },
  github: {
    repository: 'example/tenant-service',
    branches: [
      'main',
      { name: 'develop', commits: [{ message: 'Bump', files: { VERSION: '1.7.0\n' } }] },
      'release/v1.4.0',
    ],
    tags: { 'v1.3.0': 'main', 'v1.2.9': 'main', 'v1.5.0-rc.1': 'develop', nightly: 'develop' },
    releases: [{ tag: 'v1.3.0' }, { tag: 'v1.4.0', draft: true, target: 'release/v1.4.0' }],
    files: { VERSION: '1.4.0\n', 'package.json': '{"version":"1.6.0"}' },
    tokens: { writer: 'write', reader: { contents: 'read' }, outsider: { issues: 'write' } },
  },
};
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ world });
});
afterEach(() => sandbox.close());

function validate(inputs: Readonly<Record<string, string>>): Promise<StepRun> {
  return runAction('validate-version', {
    inputs: { token: 'writer', ...inputs },
    sandbox: sandbox.environment('111111111111'),
  });
}
const calls = () => sandbox.journal().map((entry) => entry.operation);

describe('existing', () => {
  test('a release branch and a draft are there; their version is told in its parts', async () => {
    const run = await validate({ version: 'v1.4.0', service: 'tenants', environment: 'prod' });
    expect(run.code).toBe(0);
    expect(run.outputs).toMatchObject({
      version: 'v1.4.0',
      major: '1',
      minor: '4',
      patch: '0',
      prerelease: '',
      'is-prerelease': 'false',
      'release-branch': 'release/v1.4.0',
      'previous-version': 'v1.3.0',
      decision: 'pass',
    });
    expect(JSON.parse(run.outputs.report ?? '')).toMatchObject({
      gate: 'validate-version',
      subject: { service: 'tenants', environment: 'prod', version: 'v1.4.0' },
    });
    expect(run.summary).toContain('### ✅ validate-version: pass');
    expect(calls().filter((operation) => !operation.startsWith('GET'))).toEqual([]);
  });

  test('everything that is missing is told at once', async () => {
    const run = page.refused('a version without a branch and a draft', await validate({ version: 'v1.8.0' }));
    expect([run.code, run.outputs.decision, run.outputs.version]).toEqual([1, 'fail', 'v1.8.0']);
    expect(errorsOf(run)).toContain('Branch release/v1.8.0 does not exist in example/tenant-service.');
    expect(errorsOf(run)).toContain('example/tenant-service shows no release for v1.8.0');
  });

  test('a token that may only read sees no draft, and the message says so', async () => {
    const run = page.refused(
      'a draft that the token may not see',
      await validate({ version: 'v1.4.0', token: 'reader' }),
    );
    expect(run.outputs.decision).toBe('fail');
    expect(errorsOf(run)).toContain('GitHub shows drafts only to a token with `contents: write`');
  });

  test('with mode: warn reports and lets pass', async () => {
    const run = await validate({ version: 'v1.8.0', mode: 'warn' });
    expect([run.code, run.outputs.decision]).toEqual([0, 'fail']);
  });
});

describe('new', () => {
  test('a free version above the latest release', async () => {
    const run = await validate({ version: 'v1.5.0-rc.2+7', kind: 'new' });
    expect(run.outputs).toMatchObject({
      decision: 'pass',
      prerelease: 'rc.2',
      'is-prerelease': 'true',
      'release-branch': 'release/v1.5.0-rc.2+7',
    });
  });

  test('a taken tag and an older version are refused, the latter unless it is allowed', async () => {
    const taken = await validate({ version: 'v1.3.0', kind: 'new' });
    expect(errorsOf(page.refused('a new version whose tag exists', taken))).toContain(
      'Tag v1.3.0 already exists in example/tenant-service',
    );
    const older = await validate({ version: 'v1.2.10', kind: 'new' });
    expect(errorsOf(page.refused('a new version below the latest release', older))).toContain(
      'v1.2.10 is not above the latest release v1.3.0.',
    );
    const allowed = await validate({ version: 'v1.2.10', kind: 'new', 'allow-older': 'true' });
    expect(allowed.outputs).toMatchObject({ decision: 'pass', 'previous-version': 'v1.2.9' });
  });

  test.each([
    [{ bump: 'minor' }, 'v1.4.0'],
    [{ bump: 'patch' }, 'v1.3.1'],
    [{ bump: 'major' }, 'v2.0.0'],
    [{ bump: 'prerelease' }, 'v1.5.0-rc.2'],
    [{ bump: 'minor', 'version-file': 'VERSION' }, 'v1.5.0'],
    [{ 'version-file': 'package.json' }, 'v1.6.0'],
    [{ 'version-file': 'VERSION', ref: 'develop' }, 'v1.7.0'],
    [{ bump: 'prerelease', 'version-file': 'VERSION', 'prerelease-name': 'beta' }, 'v1.4.1-beta.1'],
  ])('%j makes %s', async (inputs, version) => {
    expect((await validate({ kind: 'new', ...inputs })).outputs).toMatchObject({ version, decision: 'pass' });
  });

  test('a file that is not there', async () => {
    const run = page.refused(
      'a version file that is not there',
      await validate({ kind: 'new', 'version-file': 'NONE' }),
    );
    expect([run.code, run.outputs.version]).toEqual([1, '']);
    expect(errorsOf(run)).toContain('There is no NONE at the default branch of example/tenant-service.');
  });
});

describe('promoted', () => {
  const promoted = {
    version: 'v1.4.0',
    kind: 'promoted',
    'source-environment': 'sit',
    environment: 'prod',
    project: 'tenants',
    token: 'reader',
  };
  const record = (Name: string, Value: string) => {
    const credentials = { accessKeyId: '111111111111', secretAccessKey: 'sandbox' };
    const ssm = new SSMClient({ endpoint: sandbox.url, region: 'af-south-1', credentials });
    return ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  };

  test('the version that the source environment runs, and no other', async () => {
    await record('/tenants/sit/deployed-version', 'v1.4.0');
    expect((await validate(promoted)).outputs.decision).toBe('pass');
    await record('/tenants/sit/deployed-version', 'v1.3.0');
    const other = page.refused(
      'a version that the source environment does not run',
      await validate(promoted),
    );
    expect(errorsOf(other)).toContain(
      'sit runs v1.3.0, not v1.4.0, as parameter `/tenants/sit/deployed-version` says.',
    );
    const elsewhere = { ...promoted, 'ssm-prefix': '/{project}/{environment}/{service}', service: 'orders' };
    const unknown = page.refused('a source environment that says no version', await validate(elsewhere));
    expect(errorsOf(unknown)).toContain('parameter `/tenants/sit/orders/deployed-version` does not exist');
  });

  test('without a project the repository is it', async () => {
    await record('/tenant-service/sit/deployed-version', 'v1.4.0');
    expect((await validate({ ...promoted, project: '' })).outputs.decision).toBe('pass');
  });
});

describe('bad days', () => {
  test('GitHub is asked again, and told of with the request ID when it stays away', async () => {
    sandbox.inject({ service: 'github', operation: 'GET /repos/{owner}/{repo}/tags', nth: 1, status: 502 });
    sandbox.inject({
      service: 'github',
      operation: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
      nth: 1,
      drop: 'before',
    });
    expect((await validate({ version: 'v1.4.0' })).outputs.decision).toBe('pass');
    sandbox.inject({ service: 'github', status: 503 });
    const run = await validate({ version: 'v1.4.0' });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /The tags of example\/tenant-service could not be read\. .*after 5 attempts: HTTP 503.*request ID/,
    );
  });

  test('a token that is wrong or may not look', async () => {
    const wrong = await validate({ version: 'v1.4.0', token: 'gone-secret' });
    expect(errorsOf(wrong)).toContain('GitHub says: Bad credentials');
    expect(wrong.log.replaceAll('::add-mask::gone-secret', '')).not.toContain('gone-secret');
    expect(errorsOf(await validate({ version: 'v1.4.0', token: 'outsider' }))).toContain(
      '`permissions:` with `contents: read`',
    );
  });

  test('a repository that is not there', async () => {
    const run = await runAction('validate-version', {
      inputs: { token: 'writer', version: 'v1.4.0' },
      sandbox: sandbox.environment(),
      env: { GITHUB_REPOSITORY: 'example/other' },
    });
    expect(errorsOf(run)).toContain('The tags of example/other could not be read. GitHub says: Not Found.');
  });

  test('every wrong input at once, and nothing is called', async () => {
    const run = await validate({
      version: '1.4.0',
      kind: 'promoted',
      bump: 'huge',
      'prerelease-name': '1',
      'allow-older': 'yes',
      'release-branch-prefix': 'release branch',
      mode: 'loud',
    });
    for (const input of [
      'version',
      'bump',
      'prerelease-name',
      'allow-older',
      'release-branch-prefix',
      'source-environment',
      'mode',
    ])
      expect(errorsOf(run)).toContain(`  ${input}: `);
    expect(errorsOf(run)).toContain('write `v1.4.0`');
    expect(errorsOf(run)).toContain('7 inputs are wrong; nothing was called');
    expect(calls()).toEqual([]);
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'version: is missing; give it, or `bump`, or `version-file`.'],
    [{ version: 'v1.4.0', bump: 'minor', kind: 'new' }, 'bump: contradicts `version`'],
    [{ bump: 'minor' }, 'bump: makes a version that is not there yet: it needs `kind: new`, not `existing`.'],
    [
      { version: 'v1.4.0-rc.1', format: 'simple' },
      'version: got "v1.4.0-rc.1", which has dots in its suffix',
    ],
    [
      { version: 'v1.4.0', kind: 'promoted', 'source-environment': 'prod', environment: 'prod' },
      'source-environment: is `prod` too',
    ],
    [
      { version: 'v1.4.0', kind: 'promoted', 'source-environment': 'sit', 'ssm-prefix': '/{service}' },
      'service: is missing; `ssm-prefix` /{service} needs it.',
    ],
    [
      { version: 'v1.4.0', kind: 'promoted', 'source-environment': 'sit', 'ssm-prefix': 'no path' },
      'ssm-prefix: got "no path"',
    ],
  ])('%j: %s', async (inputs, message) => {
    expect(errorsOf(await validate(inputs))).toContain(message);
    expect(calls()).toEqual([]);
  });
});

page.isToldInDocs();
