import { type Clock, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { judgeWatched, type MetricSource, type Point, watchedQueries } from '../metrics/index.ts';
import { identify } from './identify.ts';
import { type Arms, armSeries, assembleMinutes, minuteLength } from './minute.ts';
import type { CanaryPorts, CanaryQuestion, Look } from './question.ts';
import { type CanaryReport, progress, reportOf, skippedReport } from './report.ts';
import { planWindow, type Schedule, settledUntil, tellSchedule } from './schedule.ts';
import { judgeAlarms, judgeHealth, type Signals, weigh } from './signals.ts';

/**
 * Looks at a canary every interval until the evidence suffices or the window ends, and says what it amounts to. Each
 * look reads all minutes anew in one call. `say` is given a line for each look.
 */
export async function evaluateCanary(
  question: CanaryQuestion,
  ports: CanaryPorts,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<CanaryReport> {
  const { clock } = ports;
  const { arms, timeout, traffic, settled } = await identify(question, ports);
  say(
    `Alias \`${arms.alias}\` of ${arms.functionName} points at ${traffic}; the canary is version ${arms.canary}.`,
  );
  if (settled) return skippedReport(question, arms, clock.now());
  const ringing = await alarmsAtStart(question, ports, say);
  const now = clock.now();
  const warm = question.warmup === 0 || (await isWarm(arms, question.warmup, now, ports.metrics));
  const { window, warmup } = question;
  const schedule = planWindow({ now, warm, warmup, window, timeout });
  say(tellSchedule(schedule));

  for (let number = 1; ; number++) {
    const look = await takeLook(number, question, ports, arms, schedule, ringing);
    say(progress(look, question, schedule));
    if (isFinal(look, question)) return reportOf(look, question, arms, schedule);
    await pause(untilNextLook(look, question, schedule), question, clock, signal);
  }
}

/** The named alarms that are in ALARM already, which are no evidence against the canary. */
export async function alarmsAtStart(
  { alarms: names }: Pick<CanaryQuestion, 'alarms'>,
  { alarms }: Pick<CanaryPorts, 'alarms'>,
  say: (line: string) => void,
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const found = await alarms.byName(names);
  const missing = names.filter((name) => !found.some((alarm) => alarm.name === name));
  if (missing.length > 0) {
    throw new OutsideError({
      what: `${missing.length === 1 ? 'an alarm' : 'alarms'} of \`alarms\` cannot be watched: ${missing.map((name) => `\`${name}\``).join(', ')}`,
      why: 'CloudWatch has no alarm of that name here',
      remedy:
        "Check the names, the account and the region; `aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName'` lists what is there",
    });
  }
  const ringing = found.filter((alarm) => alarm.state === 'ALARM').map((alarm) => alarm.name);
  for (const name of ringing) say(`Alarm \`${name}\` is in ALARM already; only a new ALARM counts.`);
  return new Set(ringing);
}

/** How far back before the warm-up the canary's first requests are looked for. */
const lifeLookback = 15 * minuteLength;

/** Whether the canary served requests before the warm-up's length ago. */
async function isWarm(arms: Arms, warmup: number, now: number, metrics: MetricSource): Promise<boolean> {
  const minute = Math.floor((now - warmup) / minuteLength) * minuteLength;
  const queries = armSeries(arms, 1).filter((query) => query.id === 'canary_invocations');
  const series = await metrics.series(queries, minute - lifeLookback, minute);
  return (series.get('canary_invocations') ?? []).some((point) => point.value > 0);
}

/**
 * Reads every settled minute of the schedule and everything else that is watched, and judges it.
 * @param ringing the alarms that are no evidence; one that stops ringing is taken out of it.
 */
export async function takeLook(
  number: number,
  question: CanaryQuestion,
  ports: Pick<CanaryPorts, 'clock' | 'metrics' | 'alarms' | 'invoker'>,
  arms: Arms,
  schedule: Schedule,
  ringing: Set<string>,
): Promise<Look> {
  const at = ports.clock.now();
  const end = settledUntil(schedule, at, schedule.from + question.maxWindow * minuteLength);
  const [series, alarms, answer] = await Promise.all([
    readSeries(question, ports.metrics, arms, schedule.from, end),
    question.alarms.length > 0 ? ports.alarms.byName(question.alarms) : [],
    question.healthPayload === undefined
      ? undefined
      : ports.invoker.invoke(question.functionName, arms.canary, question.healthPayload),
  ]);
  for (const alarm of alarms) if (alarm.state !== 'ALARM') ringing.delete(alarm.name);
  const { from, aloneFrom = Number.POSITIVE_INFINITY } = schedule;
  const minutes = assembleMinutes(series, from, end, question.objective).map((minute) =>
    minute.at < aloneFrom ? minute : { ...minute, alone: true },
  );
  const signals: Signals = {
    ...(answer ? { health: judgeHealth(arms.canary, answer) } : {}),
    alarms: judgeAlarms(alarms, ringing),
    watched: question.watched.map((watched, index) => judgeWatched(watched, series.get(`w${index}`) ?? [])),
  };
  return { number, at, minutes, signals, judgement: weigh(question.judge(minutes), signals) };
}

async function readSeries(
  question: CanaryQuestion,
  metrics: MetricSource,
  arms: Arms,
  from: number,
  to: number,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  if (to <= from) return new Map();
  const watched = question.watched.flatMap((one, index) => watchedQueries(one, `w${index}`, 60));
  return metrics.series([...armSeries(arms, question.objective), ...watched], from, to);
}

/** A judge that would still go on at the end of the longest window has not seen enough. */
function isFinal({ minutes, judgement }: Look, { maxWindow }: CanaryQuestion): boolean {
  const { verdict } = judgement;
  return verdict === 'rollback' || verdict === 'promote' || minutes.length >= maxWindow;
}

/** The interval; or the time to the first settled minute where nothing else is watched until then. */
function untilNextLook({ minutes, at }: Look, question: CanaryQuestion, schedule: Schedule): number {
  const nothingYet =
    minutes.length === 0 && question.alarms.length === 0 && question.healthPayload === undefined;
  const settles = schedule.from + minuteLength + schedule.lag;
  return nothingYet ? Math.max(question.interval, settles - at) : question.interval;
}

async function pause(
  milliseconds: number,
  question: CanaryQuestion,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new OutsideError({
      what: `the evaluation of \`${question.functionName}:${question.alias}\` was cancelled at ${formatInstant(clock.now())} before it had an answer`,
      remedy: 'The alias is as it was; canary-shift with `abort: true` takes the canary out of it',
      cause: error,
    });
  }
}
