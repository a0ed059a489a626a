import { type Allowance, unusedAllowances } from '../allowance/index.ts';
import { type Clock, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { capped, decide, type GateReport, type Subject } from '../gate/index.ts';
import { type ReportFiles, readEach } from '../reports/index.ts';
import { type InfrastructureLimits, isDestructive, judgeInfrastructure } from './judge.ts';
import { readInfrastructure } from './read.ts';

export interface InfrastructureRequest {
  /** Patterns of paths; each must name a file. */
  readonly plans: readonly string[];
  readonly limits: InfrastructureLimits;
  readonly subject: Subject;
}

export interface InfrastructureResult {
  readonly report: GateReport;
  /** Files that were read. */
  readonly read: number;
  /** Resources that would be deleted or replaced, allowed ones included. */
  readonly destroyed: number;
  /** Resources that would be created, updated, deleted or replaced. */
  readonly changed: number;
}

/** Whether infrastructure may be changed as planned: the gate `infrastructure-gate`. */
export async function infrastructureGate(
  request: InfrastructureRequest,
  files: ReportFiles,
  clock: Clock,
): Promise<InfrastructureResult> {
  const { limits, subject } = request;
  const { read, findings } = await readEach(
    { input: 'plans', patterns: request.plans, read: readInfrastructure },
    files,
  );
  const plans = read.flatMap(({ facts }) => (facts.kind === 'plan' ? [facts] : []));
  const changeSets = new Set(plans.flatMap(({ changeSet }) => (changeSet ? [changeSet.id] : [])));
  const judging = { limits, now: clock.now(), changeSets, used: new Set<Allowance>() };
  const judged = read.flatMap(({ path, facts }) => judgeInfrastructure(oneLine(path), facts, judging));
  const all = [...findings, ...judged, ...unusedAllowances(limits.allow, judging.used)];
  const changes = plans.flatMap((plan) => plan.changes);
  return {
    report: {
      gate: 'infrastructure-gate',
      decision: decide(all),
      subject,
      at: formatInstant(judging.now),
      findings: capped(all),
    },
    read: read.length,
    destroyed: changes.filter(isDestructive).length,
    changed: changes.filter(({ action }) => action !== 'forget').length,
  };
}
