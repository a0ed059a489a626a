import {
  type Alias,
  type AliasChange,
  describeTraffic,
  type FunctionVersion,
  sameTraffic,
} from '../lambda/index.ts';

/** What is asked of an alias. */
export type ShiftRequest =
  | {
      /** Gives the canary its share in percent; 0 takes it out of traffic, 100 sends it everything, stable stays stable. */
      readonly kind: 'weigh';
      readonly version: string;
      readonly weight: number;
      readonly expectedStable?: string;
    }
  | {
      /** Makes the version the stable one, alone. */
      readonly kind: 'complete';
      readonly version: string;
      readonly expectedStable?: string;
    }
  | {
      /** Clears the canary; of that version only, when one is given. */
      readonly kind: 'abort';
      readonly version?: string;
      readonly expectedStable?: string;
    };

/** The request that checked inputs amount to. */
export function requestOf(inputs: {
  readonly version: string | undefined;
  readonly weight: number | undefined;
  readonly complete: boolean;
  readonly abort: boolean;
  readonly expectedStableVersion: string | undefined;
}): ShiftRequest {
  const { version, weight = 0, expectedStableVersion } = inputs;
  const expected = expectedStableVersion === undefined ? {} : { expectedStable: expectedStableVersion };
  if (inputs.abort || version === undefined) {
    return { kind: 'abort', ...(version === undefined ? {} : { version }), ...expected };
  }
  return inputs.complete
    ? { kind: 'complete', version, ...expected }
    : { kind: 'weigh', version, weight, ...expected };
}

/** What Lambda says about the versions involved; undefined where the function has no such version. */
export interface ShiftFacts {
  readonly stable: FunctionVersion | undefined;
  readonly canary: FunctionVersion | undefined;
  /** Whether the alias has provisioned concurrency. */
  readonly provisionedConcurrency: boolean;
}

export type ShiftPlan =
  | { readonly kind: 'change'; readonly change: AliasChange }
  /** The alias is already, or is about to become, what was asked for. */
  | { readonly kind: 'nothing'; readonly why: string; readonly wanted: AliasChange }
  | Refusal;

export interface Refusal {
  readonly kind: 'refuse';
  readonly why: string;
  readonly remedy: string;
}

/**
 * What an alias must become to give a request its due, or why it may not. Pure and idempotent: planning again on the
 * outcome of a plan gives `nothing`. The stable version stays the alias's main version until `complete`.
 */
export function planShift(alias: Alias, request: ShiftRequest, facts: ShiftFacts): ShiftPlan {
  if (request.kind === 'abort') return planAbort(alias, request);
  const done = alreadyDone(alias, request, facts);
  if (done) return done;
  const refusal = refuseVersion(alias, request, facts.canary) ?? refuseAlias(alias, request);
  if (refusal) return refusal;
  if (request.kind === 'complete') return { kind: 'change', change: { stableVersion: request.version } };
  const weight = roundWeight(request.weight);
  if (weight === 0) return { kind: 'change', change: { stableVersion: alias.stableVersion } };
  return (
    refuseWeights(alias, request.version, facts) ?? {
      kind: 'change',
      change: { stableVersion: alias.stableVersion, canary: { version: request.version, weight } },
    }
  );
}

function planAbort(alias: Alias, request: ShiftRequest & { kind: 'abort' }): ShiftPlan {
  const stableAlone = { stableVersion: alias.stableVersion };
  const { canary } = alias;
  if (!canary) {
    if (request.version !== undefined && request.version === alias.stableVersion) {
      return refuse(
        `version ${request.version} is the stable version already: its rollout was completed`,
        'Use rollback to return to the version before it',
      );
    }
    return {
      kind: 'nothing',
      why: `there is no canary; all requests go to version ${alias.stableVersion}`,
      wanted: stableAlone,
    };
  }
  if (request.version !== undefined && request.version !== canary.version) {
    return thirdVersion(alias, request.version, 'Abort without `version` to clear whatever canary is there');
  }
  return unexpectedStable(alias, request) ?? { kind: 'change', change: stableAlone };
}

function alreadyDone(
  alias: Alias,
  request: Exclude<ShiftRequest, { kind: 'abort' }>,
  facts: ShiftFacts,
): ShiftPlan | undefined {
  const { version } = request;
  if (request.kind === 'complete') {
    if (alias.stableVersion !== version) return undefined;
    const alone = { stableVersion: version };
    if (!alias.canary)
      return { kind: 'nothing', why: `version ${version} is stable and alone already`, wanted: alone };
    return facts.provisionedConcurrency
      ? {
          kind: 'nothing',
          why: `Lambda is still moving provisioned concurrency to version ${version}`,
          wanted: alone,
        }
      : undefined;
  }
  if (version === alias.stableVersion && !alias.canary && request.weight > 0) {
    // The step runs again after its rollout was completed: what it was for has been reached.
    return {
      kind: 'nothing',
      why: `version ${version} is stable and has all requests: its rollout was completed`,
      wanted: { stableVersion: version },
    };
  }
  if (request.expectedStable !== undefined && request.expectedStable !== alias.stableVersion)
    return undefined;
  const weight = roundWeight(request.weight);
  const wanted: AliasChange = {
    stableVersion: alias.stableVersion,
    ...(weight === 0 ? {} : { canary: { version, weight } }),
  };
  if (version === alias.stableVersion || !sameTraffic(alias, wanted)) return undefined;
  const why =
    weight === 0
      ? `version ${version} carries no weight already`
      : `version ${version} carries ${weight}% already`;
  return { kind: 'nothing', why, wanted };
}

function refuseVersion(
  alias: Alias,
  request: Exclude<ShiftRequest, { kind: 'abort' }>,
  canary: FunctionVersion | undefined,
): Refusal | undefined {
  const { version } = request;
  if (version === '$LATEST') {
    return refuse(
      '`$LATEST` is no published version: it changes with every upload and cannot carry a weight',
      'Give the `version` output of deploy-lambda',
    );
  }
  if (request.kind === 'weigh' && version === alias.stableVersion) {
    return refuse(
      `version ${version} is the alias's stable version, so it cannot be its canary`,
      'Give the version that was newly published',
    );
  }
  if (!canary || canary.version === '$LATEST') {
    return refuse(
      `function \`${alias.functionName}\` has no published version ${version}`,
      `Give the \`version\` output of deploy-lambda; \`aws lambda list-versions-by-function --function-name ${alias.functionName} --query 'Versions[].Version'\` lists what is published`,
    );
  }
  if (canary.state === 'Failed' || canary.state === 'Pending') {
    const reason = canary.stateReason ? `: ${canary.stateReason}` : '';
    return refuse(
      `version ${version} is in state ${canary.state}${reason}`,
      canary.state === 'Pending'
        ? 'Wait until it is Active; deploy-lambda does'
        : 'Publish a version that starts',
    );
  }
  return undefined;
}

function refuseAlias(alias: Alias, request: Exclude<ShiftRequest, { kind: 'abort' }>): Refusal | undefined {
  const other = alias.canary && alias.canary.version !== request.version && alias.canary.weight > 0;
  if (other) {
    return thirdVersion(
      alias,
      request.version,
      'Complete or abort that rollout first: an alias routes to two versions at most',
    );
  }
  return unexpectedStable(alias, request);
}

function unexpectedStable(alias: Alias, request: ShiftRequest): Refusal | undefined {
  const { expectedStable } = request;
  if (expectedStable === undefined || expectedStable === alias.stableVersion) return undefined;
  return refuse(
    `its stable version is ${alias.stableVersion}, and ${expectedStable} was expected (\`expected-stable-version\`): the alias was moved since this promotion began`,
    'Find out who moved it (CloudTrail, UpdateAlias), then promote again',
  );
}

function thirdVersion(alias: Alias, version: string, remedy: string): Refusal {
  return refuse(
    `it carries another rollout (${describeTraffic(alias)}), and version ${version} would be a third`,
    remedy,
  );
}

/** Lambda's own conditions for an alias with weights. */
function refuseWeights(alias: Alias, version: string, facts: ShiftFacts): Refusal | undefined {
  const { stable, canary } = facts;
  if (alias.stableVersion === '$LATEST') {
    return refuse(
      'it points to `$LATEST`, and only published versions can share requests',
      'Point it at a published version first: publish the present code and give that version with `complete: true`',
    );
  }
  if (facts.provisionedConcurrency) {
    return refuse(
      'it has provisioned concurrency, and Lambda allows no weights on such an alias',
      'Shift at once with `complete: true`, or remove the provisioned concurrency of the alias before the rollout',
    );
  }
  if (stable && canary && stable.role !== canary.role) {
    return refuse(
      `versions ${stable.version} and ${version} have different execution roles (${stable.role} and ${canary.role}), and Lambda shares requests only within one`,
      'Publish the new version with the same role, or shift at once with `complete: true`',
    );
  }
  if (stable && canary && stable.deadLetterTarget !== canary.deadLetterTarget) {
    return refuse(
      `versions ${stable.version} and ${version} have different dead-letter queues (${stable.deadLetterTarget ?? 'none'} and ${canary.deadLetterTarget ?? 'none'}), and Lambda shares requests only within one`,
      'Publish the new version with the same dead-letter queue, or shift at once with `complete: true`',
    );
  }
  return undefined;
}

/** Percent to four decimals, which is as fine as a weight is kept. */
function roundWeight(percent: number): number {
  return Number(percent.toFixed(4));
}

function refuse(why: string, remedy: string): Refusal {
  return { kind: 'refuse', why, remedy };
}
