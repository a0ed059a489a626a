/**
 * What a gate answers. `hold` means the gate could not see enough to decide; it is never a pass.
 * `overridden` means it would have failed or held and people let it pass, with their reason on record.
 */
export type Decision = 'pass' | 'fail' | 'hold' | 'overridden' | 'skipped';

export type Outcome = 'pass' | 'fail' | 'hold' | 'info';

/** One thing that a gate looked at. */
export interface Finding {
  /** What was checked, in the words of the gate's inputs: `errors`, `p95`, `ticket status`. */
  readonly check: string;
  readonly outcome: Outcome;
  /** What was looked at, when one gate looks at several: a function, an alarm, a file and line. */
  readonly subject?: string;
  /** What was found, with its unit. */
  readonly seen: string;
  /** What would have been accepted, with its unit; given for everything that stops. */
  readonly limit?: string;
  readonly message: string;
  /** What to do about it; given for everything that stops. Details may leave it to the finding above them. */
  readonly remedy?: string;
}

export interface Override {
  readonly ticket: string;
  readonly reason: string;
  /** The people who let it pass, none of them the requester. */
  readonly approvers: readonly string[];
}

/** What the gate was asked about. */
export interface Subject {
  readonly environment?: string;
  readonly service?: string;
  readonly version?: string;
}

/** The subject that inputs name, as far as they do. */
export function subjectOf({
  environment,
  service,
  version,
}: {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly version?: string | undefined;
}): Subject {
  return {
    ...(environment ? { environment } : {}),
    ...(service ? { service } : {}),
    ...(version ? { version } : {}),
  };
}

/** The one answer that every gate gives; its JSON is the action's `report` output and goes into the record. */
export interface GateReport {
  readonly gate: string;
  readonly decision: Decision;
  readonly subject: Subject;
  /** When the gate looked, ISO 8601 in UTC. */
  readonly at: string;
  readonly findings: readonly Finding[];
  readonly override?: Override;
}

/**
 * The decision that findings amount to: any failure fails, else anything unseen holds, else it passes. No finding at
 * all is a hold, because a gate that looked at nothing has seen nothing.
 */
export function decide(findings: readonly Finding[], override?: Override): Decision {
  const decision = worst(findings);
  return decision !== 'pass' && override ? 'overridden' : decision;
}

function worst(findings: readonly Finding[]): 'pass' | 'fail' | 'hold' {
  const outcomes = new Set(findings.map((finding) => finding.outcome));
  if (outcomes.has('fail')) return 'fail';
  if (outcomes.has('hold') || !outcomes.has('pass')) return 'hold';
  return 'pass';
}
