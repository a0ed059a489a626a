import type { InputValues, RunContext } from '@promo-actions/core/action';
import { limitsOf } from '@promo-actions/core/analysis';
import { subjectOf } from '@promo-actions/core/gate';
import { hastened, type RolloutOrder, usualLimit } from '@promo-actions/core/rollout';
import type { Calendar } from '@promo-actions/core/window';
import type { contract } from './contract.ts';

type Inputs = InputValues<(typeof contract)['inputs']>;

/** The rollout that checked inputs amount to. */
export function orderOf(
  inputs: Inputs,
  context: RunContext,
  onIntent: RolloutOrder['onIntent'],
): RolloutOrder {
  const { driver, interval, beforeTraffic, afterTraffic, healthPayload } = inputs;
  const calendar = calendarOf(inputs);
  return {
    rules: {
      plan: inputs.configurationOnly ? hastened(inputs.plan) : inputs.plan,
      early: inputs.promoteEarly,
      canary: inputs.version,
      onHold: inputs.onHold,
      maxHold: inputs.maxHold,
      onClose: inputs.whenWindowCloses,
      hooks: { before: beforeTraffic !== undefined, after: afterTraffic !== undefined },
      pause: interval,
    },
    expectedStable: inputs.expectedStableVersion,
    watch: {
      functionName: inputs.function,
      alias: inputs.alias,
      subject: subjectOf({ environment: inputs.environment, service: inputs.service }),
      judge: inputs.judge,
      limits: limitsOf(inputs),
      warmup: inputs.warmup,
      alarms: inputs.alarms ?? [],
      watched: inputs.metrics ?? [],
      ...(healthPayload === undefined ? {} : { healthPayload }),
    },
    hooks: {
      ...(beforeTraffic === undefined ? {} : { before: beforeTraffic }),
      ...(afterTraffic === undefined ? {} : { after: afterTraffic }),
    },
    ...(calendar ? { calendar } : {}),
    timeLimit: inputs.timeLimit ?? usualLimit[driver],
    driver,
    dryRun: inputs.dryRun,
    holder: {
      owner: `${context.repository} run ${context.runId}, job ${context.job}`,
      lease: Math.max(5 * 60_000, 3 * interval + 120_000),
    },
    run: context.runUrl,
    onIntent,
  };
}

function calendarOf({ windows, freezes = [], timeZone, ignoreWindows }: Inputs): Calendar | undefined {
  if (ignoreWindows || (windows === undefined && freezes.length === 0)) return undefined;
  const zone = timeZone ?? [...(windows ?? []), ...freezes].find((rule) => rule.timeZone)?.timeZone ?? 'UTC';
  return { windows, freezes, timeZone: zone };
}
