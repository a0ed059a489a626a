import type { Alias, AliasChange } from './ports.ts';

/** Where an alias sends requests: its main version, and its additional one with its share in percent. */
export type Traffic = Pick<Alias, 'stableVersion' | 'canary'>;

/** Whether two aliases send requests to the same versions in the same shares. */
export function sameTraffic(a: Traffic | AliasChange, b: Traffic | AliasChange): boolean {
  return (
    a.stableVersion === b.stableVersion &&
    a.canary?.version === b.canary?.version &&
    a.canary?.weight === b.canary?.weight
  );
}

/** `version 3`, or `version 3 with 10% on version 4`. */
export function describeTraffic(traffic: Traffic | AliasChange): string {
  const stable = `version ${traffic.stableVersion}`;
  return traffic.canary
    ? `${stable} with ${traffic.canary.weight}% on version ${traffic.canary.version}`
    : stable;
}
