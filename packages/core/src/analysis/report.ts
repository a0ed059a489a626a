import { formatInstant } from '../clock/index.ts';
import type { Finding, GateReport } from '../gate/index.ts';
import { table } from '../markdown/index.ts';
import { formatNumber, withUnit } from '../metrics/index.ts';
import { chartOf } from './chart.ts';
import { type Evidence, type EvidencePath, type Judgement, tell, type Verdict, written } from './judge.ts';
import { type Arms, type Minute, minuteLength, type Total, totalOf } from './minute.ts';
import type { CanaryQuestion, Look } from './question.ts';
import type { Schedule } from './schedule.ts';

/** A gate's report with what the decision was made from, for records, charts and other judges. */
export interface CanaryReport extends GateReport {
  readonly verdict: Exclude<Verdict, 'continue'>;
  readonly reasons: readonly string[];
  readonly judge: string;
  readonly canaryVersion: string;
  readonly stableVersion?: string;
  /** Milliseconds that `slow` was counted against. */
  readonly latencyObjective: number;
  readonly window: {
    readonly startedAt: string;
    readonly from: string;
    readonly to: string;
    /** Seconds. */
    readonly settleLag: number;
  };
  readonly looks: number;
  readonly evidence: readonly Evidence[];
  /** Of judges that weigh evidence minute by minute. */
  readonly evidencePath?: EvidencePath;
  readonly minutes: readonly Minute[];
}

const decisions = { promote: 'pass', rollback: 'fail', hold: 'hold' } as const;

/** The report of the look that ended the evaluation. */
export function reportOf(look: Look, question: CanaryQuestion, arms: Arms, schedule: Schedule): CanaryReport {
  const { judgement, minutes, signals } = look;
  const verdict = judgement.verdict === 'continue' ? 'hold' : judgement.verdict;
  const subject = { service: arms.functionName, version: arms.canary, ...question.subject };
  const [first, last] = [minutes[0]?.at ?? schedule.from, minutes.at(-1)?.at];
  const heard = verdict === 'rollback' && minutes.length < question.window ? [] : signals.watched;
  return {
    gate: 'evaluate-canary',
    decision: decisions[verdict],
    subject,
    at: formatInstant(look.at),
    findings: [
      ...withAdvice(judgement, arms.canary),
      ...(verdict === 'hold' ? [holdFinding(look)] : []),
      ...(signals.health ? [signals.health] : []),
      ...signals.alarms,
      ...heard,
    ],
    verdict,
    reasons: judgement.reasons,
    judge: question.judgeName,
    canaryVersion: arms.canary,
    ...(arms.baseline === undefined ? {} : { stableVersion: arms.baseline }),
    latencyObjective: question.objective,
    window: {
      startedAt: formatInstant(schedule.startedAt),
      from: formatInstant(first),
      to: formatInstant(last === undefined ? first : last + minuteLength),
      settleLag: schedule.lag / 1_000,
    },
    looks: look.number,
    evidence: judgement.evidence,
    ...(judgement.path ? { evidencePath: judgement.path } : {}),
    minutes,
  };
}

/** The report of an evaluation with nothing to judge: the version is the stable one already, with all the traffic. */
export function skippedReport(question: CanaryQuestion, arms: Arms, now: number): CanaryReport {
  const at = formatInstant(now);
  const message = `Version ${arms.canary} is the stable version of alias \`${arms.alias}\` already, with all its traffic; there is no canary to judge.`;
  return {
    gate: 'evaluate-canary',
    decision: 'skipped',
    subject: { service: arms.functionName, version: arms.canary, ...question.subject },
    at,
    findings: [{ check: 'canary', outcome: 'info', seen: 'none', message }],
    verdict: 'promote',
    reasons: [message],
    judge: question.judgeName,
    canaryVersion: arms.canary,
    stableVersion: arms.canary,
    latencyObjective: question.objective,
    window: { startedAt: at, from: at, to: at, settleLag: 0 },
    looks: 0,
    evidence: [],
    minutes: [],
  };
}

/** The evidence as findings. What to do about a breach is said once, with the first one. */
function withAdvice({ evidence, reasons }: Judgement, canary: string): Finding[] {
  const told = evidence.map(tell);
  // A judge that weighs evidence tells what it weighed in sentences, which say more than "412 to 1".
  const weighed = reasons.filter((reason) => !told.includes(reason)).join(' ');
  const findings = evidence.map((one) => {
    const finding = findingOf(one);
    return one.outcome === 'breached' && weighed !== '' && !reasons.includes(tell(one))
      ? { ...finding, message: weighed }
      : finding;
  });
  const first = findings.find((finding) => finding.outcome === 'fail');
  const remedy = `Look at the logs of version ${canary}. Where nothing else takes it out, canary-shift with \`abort: true\` does.`;
  return findings.map((finding) => (finding === first ? { ...finding, remedy } : finding));
}

function findingOf(evidence: Evidence): Finding {
  const seen = evidence.outcome === 'open' ? 'not enough data' : written(evidence, evidence.value);
  const finding = {
    check: evidence.measure,
    seen,
    limit: `${evidence.bound} ${written(evidence, evidence.limit)}`,
    message: tell(evidence),
  };
  if (evidence.outcome === 'within') return { ...finding, outcome: 'pass' };
  if (evidence.outcome === 'open') return { ...finding, outcome: 'info' };
  return { ...finding, outcome: 'fail' };
}

function holdFinding({ judgement }: Look): Finding {
  const { minutes, remedy } = judgement.missing ?? {};
  const longer =
    minutes === undefined
      ? (remedy ?? 'Check that requests reach the alias and that the canary has a share of them.')
      : `Give it ${minutes} minutes more (\`window\`, or \`on-hold: extend\` with \`max-window\`), or a larger weight.`;
  return {
    check: 'evidence',
    outcome: 'hold',
    seen: judgement.missing?.what ?? 'not enough',
    limit: 'enough to decide',
    message: judgement.reasons.join(' '),
    remedy: `${longer} \`on-hold: pass\` goes on without evidence.`,
  };
}

/** One line for the log: the counts so far, the rates, and what is missing. */
export function progress(look: Look, question: CanaryQuestion, schedule: Schedule): string {
  const { minutes, judgement } = look;
  const head = `look ${look.number}, ${formatInstant(look.at)}:`;
  if (minutes.length === 0) {
    if (judgement.verdict !== 'continue')
      return `${head} ${judgement.verdict}. ${judgement.reasons.join(' ')}`;
    const first = formatInstant(schedule.from + minuteLength + schedule.lag);
    return `${head} no counted minute has settled yet; the first one does at ${first}.`;
  }
  const arms = (['canary', 'baseline'] as const)
    .map((arm) => ({ arm, total: totalOf(minutes, arm) }))
    .filter(({ arm, total }) => arm === 'canary' || total.invocations > 0)
    .map(
      ({ arm, total }) => `${arm === 'canary' ? 'canary' : 'stable'} ${tellTotal(total, question.objective)}`,
    );
  const throttles = minutes.reduce((sum, minute) => sum + minute.throttles, 0);
  if (throttles > 0) arms.push(`${formatNumber(throttles)} throttled`);
  const { missing, verdict } = judgement;
  const lacking = missing && (verdict === 'continue' || verdict === 'hold') ? `, ${missing.what}` : '';
  return `${head} ${arms.join('; ')}: ${verdict}${lacking}.`;
}

function tellTotal(total: Total, objective: number): string {
  if (total.invocations === 0) return 'without traffic';
  const rate = withUnit((total.errors / total.invocations) * 100, '%');
  const [invocations, errors] = [plural(total.invocations, 'invocation'), plural(total.errors, 'error')];
  return `${invocations}, ${errors} (${rate}), ${formatNumber(total.slow)} slower than ${objective} ms`;
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The section of the job summary: both versions side by side, and the chart. Empty where nothing was judged. */
export function summaryOf(report: CanaryReport): string {
  if (report.decision === 'skipped') return '';
  const { minutes, canaryVersion, stableVersion, latencyObjective, window } = report;
  const row = (name: string, total: Total) => [
    name,
    formatNumber(total.invocations),
    formatNumber(total.errors),
    total.invocations === 0 ? '–' : withUnit((total.errors / total.invocations) * 100, '%'),
    total.timed === 0 ? '–' : withUnit((total.slow / total.timed) * 100, '%'),
  ];
  const rows = [row(`canary, version ${canaryVersion}`, totalOf(minutes, 'canary'))];
  if (stableVersion) rows.push(row(`stable, version ${stableVersion}`, totalOf(minutes, 'baseline')));
  const headings = ['', 'Invocations', 'Errors', 'Error rate', `Slower than ${latencyObjective} ms`];
  const counted = `Counted: ${minutes.length} minutes, ${window.from} to ${window.to}; ${report.looks} looks; judge \`${report.judge}\`.`;
  return [counted, table(headings, rows), chartOf(report)].filter(Boolean).join('\n\n');
}
