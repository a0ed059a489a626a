import * as v from 'valibot';
import type { JobResult, Rehearsal } from '../../result/index.ts';
import type { GateAnswer } from './gate.ts';
import type { Call } from './journal.ts';

const instant = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((at) => (typeof at === 'number' ? at : Date.parse(at))),
  v.check((at) => Number.isFinite(at)),
);
const armSchema = v.object({
  invocations: v.number(),
  errors: v.number(),
  p95: v.fallback(v.optional(v.number()), undefined),
});
const reportSchema = v.object({
  minutes: v.array(v.object({ at: instant, canary: armSchema, baseline: armSchema })),
  canaryVersion: v.fallback(v.optional(v.string()), undefined),
  stableVersion: v.fallback(v.optional(v.string()), undefined),
  verdict: v.fallback(v.optional(v.string()), undefined),
  judge: v.fallback(v.optional(v.string()), undefined),
  reasons: v.fallback(v.array(v.string()), []),
  latencyObjective: v.fallback(v.optional(v.number()), undefined),
  evidence: v.fallback(
    v.array(
      v.object({
        measure: v.string(),
        value: v.number(),
        baseline: v.optional(v.number()),
        limit: v.number(),
        bound: v.string(),
        unit: v.string(),
        outcome: v.string(),
      }),
    ),
    [],
  ),
});

type Report = v.InferOutput<typeof reportSchema>;
export type Minute = Report['minutes'][number];
export type Evidence = Report['evidence'][number];

/** A canary's share of the requests from a moment on, in percent. */
export interface Weight {
  readonly at: number;
  readonly percent: number;
}

/** What the evaluation of one canary saw, minute by minute. */
export interface Canary {
  readonly answer: GateAnswer;
  readonly report: Report;
  readonly weights: readonly Weight[];
}

/** The gates' answers that tell of a canary's minutes. */
export function canariesOf(
  answers: readonly GateAnswer[],
  rehearsal: Rehearsal,
  calls: readonly Call[],
): readonly Canary[] {
  return answers.flatMap((answer) => {
    const read = v.safeParse(reportSchema, answer.whole);
    if (!read.success || read.output.minutes.length === 0) return [];
    const report = {
      ...read.output,
      minutes: [...read.output.minutes].sort((one, other) => one.at - other.at),
    };
    const told = weightsInJournal(report, calls);
    const weights = told.length > 0 ? told : weightsInOutputs(report, familyOf(answer.job, rehearsal));
    return [{ answer, report, weights: inOrder(weights) }];
  });
}

/**
 * The alias's moves as the sandbox saw them: a call's subject has the alias's `version` and, while there is a canary,
 * its `canary` version and `weight` in percent.
 */
function weightsInJournal(report: Report, calls: readonly Call[]): readonly Weight[] {
  const moves = calls.filter(
    ({ operation, status, subject }) => operation === 'UpdateAlias' && status === 200 && subject.version,
  );
  const first = moves.find(
    ({ subject }) => subject.canary !== undefined && subject.canary === report.canaryVersion,
  );
  if (!first) return [];
  return moves
    .filter(
      ({ account, region, subject }) =>
        account === first.account &&
        region === first.region &&
        subject.function === first.subject.function &&
        subject.alias === first.subject.alias,
    )
    .map(({ at, subject }) => {
      if (subject.version === report.canaryVersion) return { at, percent: 100 };
      return { at, percent: subject.canary === report.canaryVersion ? (numberIn(subject.weight) ?? 0) : 0 };
    });
}

/** The moves as the outputs of canary-shift and rollback tell them, where the journal does not. */
function weightsInOutputs(report: Report, jobs: readonly JobResult[]): readonly Weight[] {
  return jobs.flatMap((job) =>
    job.steps.flatMap(({ outputs, end }) => {
      const percent = weightTold(report, outputs);
      return end === undefined || percent === undefined ? [] : [{ at: end, percent }];
    }),
  );
}

function weightTold(report: Report, outputs: Readonly<Record<string, string>>): number | undefined {
  const { weight, restored } = outputs;
  const stable = outputs['stable-version'];
  if (weight !== undefined && stable !== undefined) {
    if (stable === report.canaryVersion) return 100;
    return outputs['canary-version'] === report.canaryVersion ? numberIn(weight) : 0;
  }
  // `function=version` where several functions were rolled back.
  const back = outputs['to-version']?.split('=').at(-1);
  return restored && back !== undefined && back === report.stableVersion ? 0 : undefined;
}

/** The jobs of the same workflow, among which one may shift and another evaluate. */
function familyOf(job: JobResult, { jobs }: Rehearsal): readonly JobResult[] {
  return jobs.filter(({ parent }) => parent === job.parent);
}

function inOrder(weights: readonly Weight[]): readonly Weight[] {
  return [...weights].sort((one, other) => one.at - other.at);
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
