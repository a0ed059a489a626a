import { formatDuration, formatInstant } from '../clock/index.ts';
import type { Finding } from '../gate/index.ts';
import { type Alias, answersTo, type FunctionVersion, ready } from '../lambda/index.ts';
import { type Alarm, formatNumber, withUnit } from '../metrics/index.ts';
import type { Target } from './target.ts';

/** What must hold over the lookback. A limit that is left out is not checked. */
export interface TrafficLimits {
  readonly maxErrors?: number | undefined;
  /** Percent. */
  readonly maxErrorRate?: number | undefined;
  readonly maxThrottles?: number | undefined;
  /** Milliseconds. */
  readonly maxP95?: number | undefined;
  readonly noTraffic: 'pass' | 'hold' | 'fail';
}

/** What was seen of a target over the lookback. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly throttles: number;
  /** Milliseconds; undefined where nothing was measured. */
  readonly p95: number | undefined;
}

/** The findings of one target's traffic. `span` says in words what was looked at: `the last 24h`. */
export function checkTraffic(
  target: Target,
  traffic: Traffic,
  limits: TrafficLimits,
  span: string,
): Finding[] {
  const { label: subject, unit } = target;
  const findings: Finding[] = [];
  const limited = (
    check: string,
    seen: number,
    limit: number,
    write: (n: number) => string,
    remedy: string,
  ) => {
    const within = seen <= limit;
    const had = write === percent ? `an ${check} of ${write(seen)}` : `${write(seen)} ${check}`;
    const message = `${subject} had ${had} in ${span}; at most ${write(limit)} is allowed.`;
    const limitText = `at most ${write(limit)}`;
    const finding = { check, subject, seen: write(seen), limit: limitText, message };
    findings.push(within ? { ...finding, outcome: 'pass' } : { ...finding, outcome: 'fail', remedy });
  };
  // A load balancer without a healthy target answers 5xx to requests that it does not count.
  const requests = Math.max(traffic.requests, traffic.errors);
  if (requests === 0) findings.push(idle(target, limits.noTraffic, span));
  else {
    const amount = `${formatNumber(traffic.requests)} ${unit}`;
    findings.push({
      check: 'traffic',
      outcome: 'info',
      subject,
      seen: amount,
      message: `${amount} in ${span}.`,
    });
    const { maxErrors, maxErrorRate, maxP95 } = limits;
    if (maxErrors !== undefined) limited('errors', traffic.errors, maxErrors, formatNumber, errorsRemedy);
    const rate = (traffic.errors / requests) * 100;
    if (maxErrorRate !== undefined) limited('error rate', rate, maxErrorRate, percent, errorsRemedy);
    if (maxP95 !== undefined) findings.push(checkP95(target, traffic.p95, maxP95, span));
  }
  if (limits.maxThrottles !== undefined && target.throttles)
    limited('throttles', traffic.throttles, limits.maxThrottles, formatNumber, throttlesRemedy);
  return findings;
}

const errorsRemedy = "Read the service's logs for the cause; a release on top of it would be judged by it.";
const throttlesRemedy =
  'Look at the reserved concurrency of the function and at the concurrency of the account before more traffic comes.';

function idle(target: Target, outcome: 'pass' | 'hold' | 'fail', span: string): Finding {
  const { label: subject, unit } = target;
  const finding = { check: 'traffic', outcome, subject, seen: `no ${unit}`, limit: `some ${unit}` };
  const message = `${subject} had no ${unit} in ${span}, so nothing shows that it is stable.`;
  if (outcome === 'pass') return { ...finding, message: `${message} \`no-traffic: pass\` accepts that.` };
  const remedy =
    'Check its name, the account and the region, or send it test traffic. Where it is rightly idle, set `no-traffic: pass`.';
  return { ...finding, message, remedy };
}

function checkP95(target: Target, p95: number | undefined, limit: number, span: string): Finding {
  const finding = { check: 'p95', subject: target.label, limit: `at most ${milliseconds(limit)}` };
  if (p95 === undefined) {
    const message = `CloudWatch has no p95 of ${target.label} in ${span}.`;
    return {
      ...finding,
      outcome: 'hold',
      seen: 'no data',
      message,
      remedy: 'Leave `max-p95-ms` out for it.',
    };
  }
  const within = p95 <= limit;
  const message = `The p95 of ${target.label} in ${span} was ${milliseconds(p95)}; at most ${milliseconds(limit)} is allowed.`;
  const seen = milliseconds(p95);
  if (within) return { ...finding, outcome: 'pass', seen, message };
  const remedy = 'Find out what is slow (cold starts, a dependency, memory) before the release goes on.';
  return { ...finding, outcome: 'fail', seen, message, remedy };
}

/** The depth of a dead-letter queue: the latest that SQS reported. */
export function checkQueue(queue: string, depth: number | undefined, limit: number): Finding {
  const finding = { check: 'dead-letter queue', subject: queue, limit: `at most ${formatNumber(limit)}` };
  if (depth === undefined) {
    const message = `SQS reported no depth of queue ${queue}: it does so for a queue that is empty and unused for six hours, or for a name that does not exist.`;
    return { ...finding, outcome: 'info', seen: 'no data', message };
  }
  const seen = formatNumber(depth);
  const message = `Queue ${queue} holds ${seen} messages; at most ${formatNumber(limit)} are allowed.`;
  if (depth <= limit) return { ...finding, outcome: 'pass', seen, message };
  const remedy = 'Read the messages, mend their cause, then redrive or purge the queue.';
  return { ...finding, outcome: 'fail', seen, message, remedy };
}

/** Alarms by prefix: none may be in ALARM, and there must be one, lest a misspelt prefix passes for health. */
export function checkAlarms(prefix: string, alarms: readonly Alarm[]): Finding[] {
  if (alarms.length === 0) {
    return [
      {
        check: 'alarms',
        outcome: 'hold',
        subject: prefix,
        seen: 'none',
        limit: 'none in ALARM',
        message: `No alarm's name begins with \`${prefix}\`.`,
        remedy: 'Check the prefix, the account and the region, or leave `alarm-prefix` out.',
      },
    ];
  }
  const ringing = alarms.filter((alarm) => alarm.state === 'ALARM');
  if (ringing.length === 0) {
    const blind = alarms.filter((alarm) => alarm.state === 'INSUFFICIENT_DATA').length;
    if (blind === alarms.length) return [allBlind(prefix, blind)];
    const seen = `0 of ${alarms.length} in ALARM`;
    const message = `${seen}${blind > 0 ? `, ${blind} without sufficient data` : ''}.`;
    return [{ check: 'alarms', outcome: 'pass', subject: prefix, seen, limit: 'none in ALARM', message }];
  }
  return ringing.map((alarm) => ({
    check: 'alarms',
    outcome: 'fail',
    subject: alarm.name,
    seen: 'ALARM',
    limit: 'none in ALARM',
    message: `Alarm \`${alarm.name}\` is in ALARM since ${formatInstant(alarm.changedAt)}: ${alarm.reason.replace(/\.$/, '') || 'no reason given'}.`,
    remedy: 'Mend what it warns of, or wait until it is OK again.',
  }));
}

/** What no alarm could see, none could ring for. */
function allBlind(prefix: string, count: number): Finding {
  return {
    check: 'alarms',
    outcome: 'hold',
    subject: prefix,
    seen: 'INSUFFICIENT_DATA',
    limit: 'one that sees, and none in ALARM',
    message: `${count === 1 ? 'The one alarm whose name begins' : `All ${count} alarms whose names begin`} with \`${prefix}\` ${count === 1 ? 'is' : 'are'} without sufficient data, so nothing could ring.`,
    remedy:
      'Check the metrics and dimensions that they watch; where no data is a good sign, let an alarm treat missing data as `notBreaching`.',
  };
}

/** What the deployed version of a function must be. */
export interface DeploymentLimits {
  /** Milliseconds since the version was made. */
  readonly minAge?: number | undefined;
  /** A Lambda version number, or a release such as `v1.4.0` that the version's description names. */
  readonly expectedVersion?: string | undefined;
  /** Base64 SHA-256 of the deployment package. */
  readonly expectedCodeSha256?: string | undefined;
}

/** The findings of the version that callers of a function reach. `alias` is undefined when the function itself was named. */
export function checkDeployment(
  deployed: FunctionVersion,
  alias: Alias | undefined,
  limits: DeploymentLimits,
  now: number,
): Finding[] {
  const subject = alias ? `${deployed.functionName}:${alias.name}` : deployed.functionName;
  const findings = [checkState(deployed, subject)];
  if (alias?.canary && alias.canary.weight > 0) findings.push(unfinished(alias, subject));
  if (limits.minAge !== undefined) findings.push(checkAge(deployed, subject, limits.minAge, now));
  if (limits.expectedVersion !== undefined)
    findings.push(checkVersion(deployed, subject, limits.expectedVersion));
  if (limits.expectedCodeSha256 !== undefined)
    findings.push(checkCode(deployed, subject, limits.expectedCodeSha256));
  return findings;
}

function checkState(deployed: FunctionVersion, subject: string): Finding {
  const seen = `${deployed.state}, ${deployed.lastUpdateStatus}`;
  const finding = { check: 'state', subject, seen, limit: 'Active (or Inactive), Successful' };
  const reason = deployed.lastUpdateReason ?? deployed.stateReason;
  const message = `Version ${deployed.version} of ${deployed.functionName} is ${deployed.state}, its last update ${deployed.lastUpdateStatus}${reason ? `: ${reason}` : ''}.`;
  if (ready(deployed)) return { ...finding, outcome: 'pass', message };
  if (deployed.state === 'Pending' || deployed.lastUpdateStatus === 'InProgress') {
    const remedy = 'Lambda is still at work on it; run the check again in a minute.';
    return { ...finding, outcome: 'hold', message, remedy };
  }
  return { ...finding, outcome: 'fail', message, remedy: 'Deploy it again, or roll it back.' };
}

function unfinished(alias: Alias, subject: string): Finding {
  const share = `${alias.canary?.weight}% to version ${alias.canary?.version}`;
  return {
    check: 'rollout',
    outcome: 'hold',
    subject,
    seen: share,
    limit: 'one version',
    message: `Alias \`${alias.name}\` of ${alias.functionName} still sends ${share}: a rollout is not finished, so its numbers are of two versions.`,
    remedy: 'Wait for it, or end it with canary-shift (`complete` or `abort`).',
  };
}

function checkAge(deployed: FunctionVersion, subject: string, minAge: number, now: number): Finding {
  const age = now - deployed.lastModified;
  const finding = {
    check: 'age',
    subject,
    seen: formatDuration(age),
    limit: `at least ${formatDuration(minAge)}`,
  };
  const message = `Version ${deployed.version} of ${deployed.functionName} is from ${formatInstant(deployed.lastModified)}, ${formatDuration(age)} ago; it must be ${formatDuration(minAge)} old.`;
  if (age >= minAge) return { ...finding, outcome: 'pass', message };
  const remedy = `It is old enough at ${formatInstant(deployed.lastModified + minAge)}; run the check again then.`;
  return { ...finding, outcome: 'hold', message, remedy };
}

function checkVersion(deployed: FunctionVersion, subject: string, expected: string): Finding {
  const numbered = /^\d+$/.test(expected);
  const described = deployed.description ? `described "${deployed.description}"` : 'without a description';
  const seen = numbered ? deployed.version : `version ${deployed.version}, ${described}`;
  const message = `${subject} is version ${deployed.version}, ${described}; expected ${expected}.`;
  const finding = { check: 'version', subject, seen, limit: expected, message };
  if (answersTo(deployed, expected)) return { ...finding, outcome: 'pass' };
  const remedy = `Deploy ${expected} here first, or promote the version that is here.`;
  return { ...finding, outcome: 'fail', remedy };
}

function checkCode(deployed: FunctionVersion, subject: string, expected: string): Finding {
  const seen = deployed.codeSha256;
  const message = `The code of ${subject} (version ${deployed.version}) has SHA-256 ${seen}; expected ${expected}.`;
  const finding = { check: 'code SHA-256', subject, seen, limit: expected, message };
  if (seen === expected) return { ...finding, outcome: 'pass' };
  const remedy =
    'What was tested is not what is here: find out who deployed, then deploy the expected package again.';
  return { ...finding, outcome: 'fail', remedy };
}

function percent(value: number): string {
  return withUnit(value, '%');
}

function milliseconds(value: number): string {
  return `${formatNumber(Math.round(value * 10) / 10)} ms`;
}
