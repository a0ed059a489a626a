import type { InputValues } from '@promo-actions/core/action';
import { subjectOf } from '@promo-actions/core/gate';
import { type Emergency, type WindowRequest, zoneOf } from '@promo-actions/core/window';
import type { contract } from './contract.ts';

type Inputs = InputValues<(typeof contract)['inputs']>;

/** The gate's question, from the inputs as they were declared. */
export function windowRequest(inputs: Inputs, starters: readonly string[], now: number): WindowRequest {
  const { windows, freezes = [], plannedStart, plannedEnd, scheduledTime } = inputs;
  const timeZone = zoneOf(inputs);
  const emergency = emergencyOf(inputs);
  return {
    at: inputs.at ?? now,
    windows,
    freezes,
    timeZone,
    required: inputs.requiredTime,
    whenClosed: inputs.whenClosed,
    requesters: requestersOf(inputs, starters),
    subject: subjectOf(inputs),
    ...(inputs.calendarUrl ? { feed: { as: inputs.calendarAs, copyAge: inputs.calendarCopyMaxAge } } : {}),
    ...(scheduledTime === undefined ? {} : { scheduled: { at: scheduledTime, tolerance: inputs.tolerance } }),
    ...(plannedStart === undefined && plannedEnd === undefined
      ? {}
      : {
          planned: {
            ...(plannedStart === undefined ? {} : { start: plannedStart }),
            ...(plannedEnd === undefined ? {} : { end: plannedEnd }),
            ...(inputs.ticket ? { ticket: inputs.ticket } : {}),
          },
        }),
    ...(emergency ? { emergency } : {}),
  };
}

/** An app starts a run for somebody; it counts only where nobody says for whom. */
function requestersOf({ requester }: Inputs, starters: readonly string[]): readonly string[] {
  return requester ? [...starters.filter((name) => !name.endsWith('[bot]')), requester] : starters;
}

/** Complete whenever it is declared: the contract refuses an emergency that lacks a part. */
function emergencyOf(inputs: Inputs): Emergency | undefined {
  const {
    emergency,
    ticket,
    reason,
    approvers = [],
    environment,
    version,
    overrideExpires: expires,
  } = inputs;
  if (!emergency || !ticket || !reason || !environment || !version || expires === undefined) return undefined;
  return { ticket, reason, approvers, approvals: 'claimed', environment, version, expires };
}
