import { formatInstant } from '../clock/index.ts';
import type { Finding } from '../gate/index.ts';
import type { Invocation } from '../lambda/index.ts';
import type { Alarm } from '../metrics/index.ts';
import type { Judgement } from './judge.ts';

/** What is seen at a look besides the minutes. */
export interface Signals {
  /** The canary's answer to the health payload, judged; absent when no payload was given. */
  readonly health?: Finding;
  /** Named alarms that are in ALARM and were not at the start. */
  readonly alarms: readonly Finding[];
  /** Further metrics against their limits, over the minutes so far. */
  readonly watched: readonly Finding[];
}

/** An unhealthy answer or a new alarm rolls back at once; further metrics are heard when the judge concludes. */
export function weigh(judgement: Judgement, signals: Signals): Judgement {
  const { health, alarms, watched } = signals;
  const atOnce = [...(health ? [health] : []), ...alarms].filter((finding) => finding.outcome === 'fail');
  const told = judgement.verdict === 'rollback' ? judgement.reasons : [];
  const rollback = (findings: readonly Finding[]): Judgement => ({
    verdict: 'rollback',
    reasons: [...findings.map((finding) => finding.message), ...told],
    evidence: judgement.evidence,
    ...(judgement.path ? { path: judgement.path } : {}),
  });
  if (judgement.verdict === 'continue') return atOnce.length > 0 ? rollback(atOnce) : judgement;
  const against = [...atOnce, ...watched.filter((finding) => finding.outcome === 'fail')];
  if (against.length > 0) return rollback(against);
  const unseen = watched.filter((finding) => finding.outcome === 'hold');
  if (unseen.length === 0 || judgement.verdict === 'rollback') return judgement;
  const held = judgement.verdict === 'hold' ? judgement.reasons : [];
  return {
    ...judgement,
    verdict: 'hold',
    reasons: [...held, ...unseen.map((finding) => finding.message)],
    missing: judgement.missing ?? { what: `no data of ${unseen.map((one) => one.check).join(' and ')}` },
  };
}

/** Healthy is an answer with status 200 whose own `statusCode`, if it has one, is 200 too. The payload itself is not told. */
export function judgeHealth(canary: string, answer: Invocation): Finding {
  const own = ownStatus(answer.payload);
  const status = answer.status === 200 ? (own ?? 200) : answer.status;
  const error = answer.functionError ? `, function error ${answer.functionError}` : '';
  const healthy = status === 200 && !answer.functionError;
  const finding = {
    check: 'health',
    subject: `version ${canary}`,
    seen: `${status}${error}`,
    limit: '200',
    message: `The canary, version ${canary}, answered the health payload with ${status}${error}.`,
  };
  if (healthy) return { ...finding, outcome: 'pass' };
  const remedy = `Read the logs of version ${canary} at this time.`;
  return { ...finding, outcome: 'fail', remedy };
}

function ownStatus(payload: string): number | undefined {
  try {
    const answer: unknown = JSON.parse(payload);
    if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return undefined;
    return Number(answer.statusCode);
  } catch {
    return undefined;
  }
}

/** The alarms that are in ALARM now and not among those that already were. */
export function judgeAlarms(
  alarms: readonly Alarm[],
  alreadyRinging: ReadonlySet<string>,
): readonly Finding[] {
  return alarms.map((alarm): Finding => {
    const finding = { check: 'alarm', subject: alarm.name, seen: alarm.state, limit: 'not in ALARM' };
    const since = `since ${formatInstant(alarm.changedAt)}`;
    if (alarm.state !== 'ALARM')
      return { ...finding, outcome: 'pass', message: `Alarm \`${alarm.name}\` is ${alarm.state} ${since}.` };
    if (alreadyRinging.has(alarm.name)) {
      const message = `Alarm \`${alarm.name}\` is in ALARM ${since}, since before the evaluation, so it says nothing about the canary.`;
      return { ...finding, outcome: 'info', message };
    }
    const message = `Alarm \`${alarm.name}\` went into ALARM at ${formatInstant(alarm.changedAt)}: ${alarm.reason.replace(/\.$/, '') || 'no reason given'}.`;
    return { ...finding, outcome: 'fail', message, remedy: 'Look at what it watches.' };
  });
}
