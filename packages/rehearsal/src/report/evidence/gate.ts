import * as v from 'valibot';
import type { JobResult, Rehearsal, StepResult } from '../../result/index.ts';

const text = v.fallback(v.string(), '');

/** What a gate's `report` output says, as far as this report shows it; unknown fields are left aside. */
const gateSchema = v.object({
  gate: v.string(),
  decision: v.string(),
  at: text,
  subject: v.fallback(v.record(v.string(), v.string()), {}),
  findings: v.fallback(
    v.array(
      v.object({
        check: text,
        outcome: text,
        subject: v.optional(text),
        seen: text,
        limit: v.optional(text),
        message: text,
        remedy: v.optional(text),
      }),
    ),
    [],
  ),
  override: v.fallback(
    v.optional(v.object({ ticket: text, reason: text, approvers: v.fallback(v.array(v.string()), []) })),
    undefined,
  ),
});

export type Gate = v.InferOutput<typeof gateSchema>;
export type Finding = Gate['findings'][number];

/** A gate's answer, and the step that gave it. */
export interface GateAnswer {
  readonly gate: Gate;
  readonly job: JobResult;
  readonly step: StepResult;
  /** The whole `report` output, with what only that gate knows. */
  readonly whole: unknown;
}

/** Every answer of every gate, in the order of jobs and steps. Outputs that are no gate's report are passed over. */
export function gateAnswers(rehearsal: Rehearsal): readonly GateAnswer[] {
  return rehearsal.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const whole = parsed(step.outputs.report);
      const read = v.safeParse(gateSchema, whole);
      return read.success ? [{ gate: read.output, job, step, whole }] : [];
    }),
  );
}

function parsed(output: string | undefined): unknown {
  if (!output?.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
