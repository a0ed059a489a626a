import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Bump,
  compareVersions,
  highestVersion,
  nextVersion,
  parseVersion,
  printVersion,
  type Version,
} from './semver.ts';

const part = fc.oneof(fc.nat({ max: 12 }), fc.maxSafeNat());
const word = fc.stringMatching(/^[0-9A-Za-z-]{0,4}[A-Za-z-][0-9A-Za-z-]{0,4}$/);
const number = fc.oneof(fc.nat({ max: 12 }).map(String), fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String));
const version: fc.Arbitrary<Version> = fc.record({
  major: part,
  minor: part,
  patch: part,
  prerelease: fc.array(fc.oneof(word, number), { maxLength: 4 }),
  build: fc.array(fc.stringMatching(/^[0-9A-Za-z-]{1,5}$/), { maxLength: 2 }),
});
/** Versions that collide often, so that every branch of the order is met. */
const near: fc.Arbitrary<Version> = fc.record({
  major: fc.nat({ max: 1 }),
  minor: fc.nat({ max: 1 }),
  patch: fc.nat({ max: 1 }),
  prerelease: fc.array(fc.constantFrom('0', '2', '10', 'a', 'b', 'A', '-'), { maxLength: 3 }),
  build: fc.array(fc.constantFrom('1', '01'), { maxLength: 1 }),
});
const bump = fc.constantFrom<Bump>('major', 'minor', 'patch', 'prerelease');

function read(text: string): Version {
  const parsed = parseVersion(text);
  if ('problem' in parsed) throw new Error(`${text} ${parsed.problem}`);
  return parsed.version;
}
const order = (a: Version, b: Version) => Math.sign(compareVersions(a, b));

describe('parse and print', () => {
  test('printing what was parsed, and parsing what was printed, changes nothing', () => {
    fc.assert(
      fc.property(version, (it) => {
        expect(read(printVersion(it))).toEqual(it);
      }),
    );
  });

  test('agrees with the regular expression that semver.org gives, over texts close to versions', () => {
    const official =
      /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;
    const close = fc
      .array(fc.constantFrom('0', '1', '01', '23', '.', '.', '-', '+', 'a', 'rc', 'v', '_', ' ', '\n'), {
        maxLength: 9,
      })
      .map((pieces) => `v${pieces.join('')}`);
    fc.assert(
      fc.property(fc.oneof(close, version.map(printVersion)), (text) => {
        expect('version' in parseVersion(text)).toBe(official.test(text) && !text.endsWith('\n'));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['1.2.3', 'semver', 'lacks the leading `v`: write `v1.2.3`'],
    ['latest', 'semver', 'lacks the leading `v`'],
    ['v1.2', 'semver', 'must have three numbers, as in `v1.2.3`'],
    ['v1.02.3', 'semver', 'has a number with a leading zero: `02`'],
    ['v1.x.3', 'semver', 'has `x` where a number belongs, as in `v1.2.3`'],
    ['v1.2.99999999999999999999', 'semver', 'has a number above 9007199254740991'],
    ['v1.2.3-', 'semver', 'has an empty identifier in its prerelease'],
    ['v1.2.3-rc..1', 'semver', 'has an empty identifier in its prerelease'],
    ['v1.2.3-rc.01', 'semver', 'has a numeric identifier with a leading zero in its prerelease: `01`'],
    [
      'v1.2.3-rc_1',
      'semver',
      'has `rc_1` in its prerelease, where only letters, digits and hyphens may stand',
    ],
    ['v1.2.3+a+b', 'semver', 'has more than one `+`'],
    ['v1.2.3+', 'semver', 'has an empty identifier in its build metadata'],
    ['v1.2.3-rc.1', 'simple', 'has dots in its suffix, which the simple format does not know'],
    ['v1.2.3+5', 'simple', 'has build metadata, which the simple format does not know'],
  ] as const)('%s as %s: %s', (text, format, problem) => {
    expect(parseVersion(text, format)).toEqual({ problem });
  });

  test.each(['v1.2.3', 'v1.2.3-rc1', 'v1.2.3-hotfix-2'])('%s has the simple format', (text) => {
    expect('version' in parseVersion(text, 'simple')).toBe(true);
  });
});

describe('precedence', () => {
  test('the example chain of semver.org', () => {
    const chain = [
      'v1.0.0-alpha',
      'v1.0.0-alpha.1',
      'v1.0.0-alpha.beta',
      'v1.0.0-beta',
      'v1.0.0-beta.2',
      'v1.0.0-beta.11',
      'v1.0.0-rc.1',
      'v1.0.0',
      'v1.0.1',
      'v1.1.0',
      'v2.0.0',
    ].map(read);
    for (const [i, a] of chain.entries())
      for (const [j, b] of chain.entries()) expect(order(a, b)).toBe(Math.sign(i - j));
  });

  test('is a total order: antisymmetric, transitive, and blind to build metadata alone', () => {
    fc.assert(
      fc.property(near, near, near, (a, b, c) => {
        expect(order(a, b) + order(b, a)).toBe(0);
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0);
        const same = printVersion({ ...a, build: [] }) === printVersion({ ...b, build: [] });
        expect(order(a, b) === 0).toBe(same);
      }),
      { numRuns: 3_000 },
    );
  });

  test('the highest of several is not below any of them', () => {
    fc.assert(
      fc.property(fc.array(near, { minLength: 1 }), (versions) => {
        const highest = highestVersion(versions);
        expect(versions.every((it) => highest !== undefined && compareVersions(highest, it) >= 0)).toBe(true);
      }),
    );
    expect(highestVersion([])).toBeUndefined();
  });
});

describe('next version', () => {
  test.each([
    ['v1.2.3', 'major', 'v2.0.0'],
    ['v1.2.3', 'minor', 'v1.3.0'],
    ['v1.2.3', 'patch', 'v1.2.4'],
    ['v1.2.3', 'prerelease', 'v1.2.4-rc.1'],
    ['v1.2.4-rc.1', 'prerelease', 'v1.2.4-rc.2'],
    ['v1.2.4-rc', 'prerelease', 'v1.2.4-rc.1'],
    ['v1.2.4-rc.9.linux', 'prerelease', 'v1.2.4-rc.10'],
    ['v1.2.4-rc.1', 'patch', 'v1.2.4'],
    ['v1.3.0-rc.1', 'minor', 'v1.3.0'],
    ['v1.3.1-rc.1', 'minor', 'v1.4.0'],
    ['v2.0.0-rc.1', 'major', 'v2.0.0'],
    ['v2.1.0-rc.1', 'major', 'v3.0.0'],
    ['v1.2.3+5', 'patch', 'v1.2.4'],
  ] as const)('%s, %s → %s', (current, kind, next) => {
    expect(printVersion(nextVersion(read(current), kind))).toBe(next);
  });

  test('is always higher, well-formed and without build metadata', () => {
    fc.assert(
      fc.property(near, bump, (current, kind) => {
        const next = nextVersion(current, kind);
        expect(compareVersions(next, current)).toBeGreaterThan(0);
        expect(read(printVersion(next))).toEqual(next);
        expect(next.build).toEqual([]);
      }),
    );
  });

  test('nothing lies between a release and its next patch but prereleases of that patch', () => {
    fc.assert(
      fc.property(near, near, (current, other) => {
        const next = nextVersion({ ...current, prerelease: [] }, 'patch');
        const between =
          compareVersions(other, { ...current, prerelease: [] }) > 0 && compareVersions(other, next) < 0;
        if (between) expect([other.patch, other.prerelease.length > 0]).toEqual([next.patch, true]);
      }),
    );
  });
});
