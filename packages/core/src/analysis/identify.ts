import { OutsideError } from '../errors/index.ts';
import { aliasMissing, describeTraffic, versionMissing } from '../lambda/index.ts';
import type { Arms } from './minute.ts';
import type { CanaryPorts, CanaryQuestion } from './question.ts';

interface Identified {
  readonly arms: Arms;
  /** Where the alias points, in words. */
  readonly traffic: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** The canary is the stable version already, as in a promotion that is run again: nothing is left to judge. */
  readonly settled: boolean;
}

/**
 * Which versions are compared: those that are named, else those of the alias. A version that gets no requests through
 * the alias would silently have no data, so it is refused.
 */
export async function identify(
  question: CanaryQuestion,
  ports: Pick<CanaryPorts, 'aliases' | 'functions'>,
): Promise<Identified> {
  const { functionName, alias: aliasName } = question;
  const what = `the canary of \`${functionName}\` cannot be evaluated`;
  const alias = await ports.aliases.find(functionName, aliasName);
  if (!alias) throw aliasMissing(functionName, aliasName, what);
  const traffic = describeTraffic(alias);
  const canary = question.canaryVersion ?? alias.canary?.version;
  const alone = alias.stableVersion === canary;
  if (canary === undefined || (!alone && alias.canary?.version !== canary)) {
    throw new OutsideError({
      what,
      why: `alias \`${aliasName}\` points at ${traffic}, ${canary === undefined ? 'without a canary' : `so version ${canary} gets no requests through it`}`,
      remedy: 'Give the new version its share with canary-shift first',
    });
  }
  const baseline = question.stableVersion ?? (alone ? undefined : alias.stableVersion);
  const settled = canary === baseline;
  if (settled && (!alone || alias.canary)) {
    throw new OutsideError({
      what,
      why: `version ${canary} is named as the canary and as the stable version, but alias \`${aliasName}\` points at ${traffic}`,
      remedy: 'Leave `stable-version` out, or name the version that the canary replaces',
    });
  }
  const described = await ports.functions.describe(functionName, canary);
  if (!described) throw versionMissing(functionName, canary, what);
  const arms = { functionName, alias: aliasName, canary, ...(settled ? {} : { baseline }) };
  return { arms, traffic, timeout: described.timeout, settled };
}
