import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../clock/index.ts';
import type { DeployedVersions, Release, Repository } from './ports.ts';
import { printVersion } from './semver.ts';
import { type ValidationRequest, validateVersion } from './validate.ts';

const clock: Clock = { now: () => Date.UTC(2026, 2, 3, 20, 5), sleep: async () => {} };
const request: ValidationRequest = {
  kind: 'new',
  version: 'v1.4.0',
  format: 'semver',
  bump: undefined,
  prereleaseName: 'rc',
  versionFile: undefined,
  ref: undefined,
  allowOlder: false,
  releaseBranchPrefix: 'release/',
  environment: undefined,
  service: undefined,
  sourceEnvironment: undefined,
};

function repository(content: {
  tags?: readonly string[];
  branches?: readonly string[];
  releases?: readonly Release[];
  files?: Readonly<Record<string, string>>;
}): Repository {
  const sha = '0123456789abcdef0123456789abcdef01234567';
  return {
    name: 'example/orders',
    tag: async (name) => (content.tags?.includes(name) ? sha : undefined),
    tags: async () => content.tags ?? [],
    branch: async (name) => (content.branches?.includes(name) ? sha : undefined),
    releases: async (tag) => (content.releases ?? []).filter((release) => release.tag === tag),
    fileText: async (path, ref) => content.files?.[ref ? `${ref}:${path}` : path],
  };
}
const draft: Release = { id: 7, tag: 'v1.4.0', draft: true, url: 'https://github.test/releases/7' };

function records(versions: Readonly<Record<string, string>>): DeployedVersions {
  return {
    current: async (environment, service) => ({
      version: versions[`${environment}/${service}`],
      where: `parameter /orders/${environment}/deployed-version`,
    }),
  };
}

async function validate(
  given: Partial<ValidationRequest>,
  content: Parameters<typeof repository>[0] = {},
  deployed?: DeployedVersions,
) {
  const result = await validateVersion({ ...request, ...given }, repository(content), deployed, clock);
  const outcomes = Object.fromEntries(result.report.findings.map((it) => [it.check, it.outcome]));
  const says = result.report.findings.map((it) => `${it.message} ${it.remedy ?? ''}`).join('\n');
  return { ...result, decision: result.report.decision, outcomes, says };
}

describe('new', () => {
  test('passes a free version above the latest release, and knows what came before it', async () => {
    const tags = ['v1.3.0', 'v1.10.0-rc.1', 'v1.2.9', 'nightly', 'v1.3.0+build'];
    const result = await validate({}, { tags });
    expect(result.decision).toBe('pass');
    expect(result.report.subject).toEqual({ version: 'v1.4.0' });
    expect(result.report.at).toBe('2026-03-03T20:05:00Z');
    expect(result.releaseBranch).toBe('release/v1.4.0');
    expect(result.previous && printVersion(result.previous)).toBe('v1.3.0');
  });

  test('passes the first version of a repository', async () => {
    const result = await validate({});
    expect(result.decision).toBe('pass');
    expect(result.previous).toBeUndefined();
  });

  test('refuses a taken tag, naming one that is free', async () => {
    const result = await validate({}, { tags: ['v1.4.0', 'v1.4.1'] });
    expect(result.outcomes).toMatchObject({ tag: 'fail', order: 'fail' });
    expect(result.says).toContain('Tag v1.4.0 already exists in example/orders, at 0123456.');
    expect(result.says).toContain('such as v1.4.2');
  });

  test('refuses a version below the latest release unless older ones are allowed', async () => {
    const tags = ['v1.5.0', 'v1.3.0'];
    const refused = await validate({}, { tags });
    expect(refused.decision).toBe('fail');
    expect(refused.says).toContain('v1.4.0 is not above the latest release v1.5.0.');
    const allowed = await validate({ allowOlder: true }, { tags });
    expect(allowed.decision).toBe('pass');
    expect(allowed.outcomes.order).toBe('info');
    expect(allowed.previous && printVersion(allowed.previous)).toBe('v1.3.0');
  });

  test('holds the version against its format', async () => {
    expect((await validate({ version: 'v1.4.0-rc.1', format: 'simple' })).decision).toBe('fail');
    expect((await validate({ version: 'v1.4.0-rc.1' })).decision).toBe('pass');
    const missing = await validate({ version: '1.4.0' });
    expect(missing.version).toBeUndefined();
    expect(missing.says).toContain('write `v1.4.0`');
  });
});

describe('next version', () => {
  const next = async (given: Partial<ValidationRequest>, content: Parameters<typeof repository>[0]) => {
    const result = await validate({ version: undefined, ...given }, content);
    return result.version ? printVersion(result.version) : result.says;
  };
  const tags = ['v1.4.0', 'v1.5.0-rc.1'];

  test('counts releases from the latest release and prereleases from the latest of all', async () => {
    expect(await next({ bump: 'minor' }, { tags })).toBe('v1.5.0');
    expect(await next({ bump: 'patch' }, { tags })).toBe('v1.4.1');
    expect(await next({ bump: 'prerelease' }, { tags })).toBe('v1.5.0-rc.2');
    expect(await next({ bump: 'minor' }, {})).toBe('v0.1.0');
  });

  test('reads a VERSION file or a package.json, with or without the leading v, at a ref', async () => {
    const files = { VERSION: '1.6.0\n', 'develop:VERSION': 'v1.7.0', 'package.json': '{"version":"2.0.0"}' };
    expect(await next({ versionFile: 'VERSION' }, { files })).toBe('v1.6.0');
    expect(await next({ versionFile: 'VERSION', ref: 'develop' }, { files })).toBe('v1.7.0');
    expect(await next({ versionFile: 'package.json' }, { files })).toBe('v2.0.0');
    expect(await next({ versionFile: 'VERSION', bump: 'major' }, { files })).toBe('v2.0.0');
  });

  test('says which file is missing or holds no version', async () => {
    const files = { empty: ' \n', 'a.json': '{"name":"x"}', 'b.json': 'not JSON', wrong: '1.x' };
    expect(await next({ versionFile: 'VERSION' }, { files })).toContain(
      'There is no VERSION at the default branch of example/orders.',
    );
    for (const versionFile of ['empty', 'a.json', 'b.json']) {
      expect(await next({ versionFile }, { files })).toContain(`${versionFile} at the default branch`);
    }
    expect(await next({ versionFile: 'wrong' }, { files })).toContain('must have three numbers');
  });
});

describe('existing', () => {
  const branches = ['release/v1.4.0'];
  const existing = { kind: 'existing' } as const;

  test('passes a release branch with a draft whose tag is still to be made', async () => {
    const result = await validate(existing, { branches, releases: [draft] });
    expect(result.decision).toBe('pass');
    expect(result.outcomes).toMatchObject({ 'release branch': 'pass', release: 'pass', tag: 'info' });
  });

  test('passes again once it is tagged and published', async () => {
    const releases = [{ ...draft, draft: false }];
    expect((await validate(existing, { branches, releases, tags: ['v1.4.0'] })).decision).toBe('pass');
  });

  test('names everything that is missing at once', async () => {
    const result = await validate({ ...existing, releaseBranchPrefix: 'rel-' }, { releases: [] });
    expect(result.outcomes).toMatchObject({ 'release branch': 'fail', release: 'fail' });
    expect(result.says).toContain('Branch rel-v1.4.0 does not exist in example/orders.');
    expect(result.says).toContain('`contents: write`');
  });

  test('refuses two releases of one tag', async () => {
    const result = await validate(existing, { branches, releases: [draft, { ...draft, id: 8 }] });
    expect(result.outcomes.release).toBe('fail');
  });
});

describe('promoted', () => {
  const promoted = { kind: 'promoted', sourceEnvironment: 'sit', service: 'orders' } as const;

  test('passes the version that the source environment runs', async () => {
    const result = await validate(promoted, {}, records({ 'sit/orders': 'v1.4.0' }));
    expect(result.decision).toBe('pass');
  });

  test('refuses another version, and an environment without a record', async () => {
    const other = await validate(promoted, {}, records({ 'sit/orders': 'v1.3.0' }));
    expect(other.decision).toBe('fail');
    expect(other.says).toContain('sit runs v1.3.0, not v1.4.0');
    const none = await validate(promoted, {}, records({}));
    expect(none.says).toContain('parameter /orders/sit/deployed-version does not exist');
  });
});
