import { InputError, OutsideError } from '../errors/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { type GateReport, renderReport } from '../gate/index.ts';
import { withinSummaryLimit } from '../markdown/index.ts';
import { loadPolicy, type Policy, vocabulary } from '../policy/index.ts';
import {
  type Contract,
  camelCase,
  type InputDeclarations,
  type InputValues,
  type OutputValues,
} from './contract.ts';
import { isSettable, resolveInputs } from './resolve.ts';
import type { Log, RunContext, Runner } from './runner.ts';

/** What an action's code is given: its parsed inputs and the run around it. */
export interface Step<I extends InputDeclarations> {
  readonly inputs: InputValues<I>;
  readonly log: Log;
  readonly clock: Runner['clock'];
  readonly context: RunContext;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  readFile(path: string): Promise<string | undefined>;
  /** Keeps a secret that was read on the way out of every log from now on. */
  mask(secret: string): void;
  /** What main leaves for post. */
  saveState(name: string, value: string): void;
  state(name: string): string;
}

/** What an action's code answers. The frame writes it; the action never writes outputs itself. */
export interface Result<O extends string> {
  readonly outputs: Omit<OutputValues<O>, 'decision' | 'report'>;
  /** Markdown for the job summary. A gate's report is rendered by the frame and needs none. */
  readonly summary?: string;
  readonly report?: GateReport;
  /** True when a `hold` of the report is what the caller asked to go on with. */
  readonly holdAccepted?: boolean;
  /** The step fails with this after its outputs are written. */
  readonly failure?: string;
}

export interface Phases<I extends InputDeclarations, O extends string> {
  main(step: Step<I>): Promise<Result<O>>;
  /** Cleans up after main at the job's end; runs only when main got past its inputs. */
  post?(step: Step<I>): Promise<void>;
}

const postState = 'promo-post';
const startedState = 'promo-started';
const policyState = 'promo-policy';

/**
 * The frame that every action runs in: resolves the inputs, runs main (or post, when the runner calls again at the
 * job's end), writes outputs and summary, and turns every error into one message that says what to do.
 */
export async function runAction<I extends InputDeclarations, O extends string>(
  contract: Contract<I, O>,
  runner: Runner,
  phases: Phases<I, O>,
): Promise<void> {
  const cancelled = new AbortController();
  runner.onCancel(() => cancelled.abort(new Error('the run was cancelled')));
  const { signal } = cancelled;
  try {
    if (runner.state(postState)) {
      if (!phases.post || !runner.state(startedState)) return;
      await phases.post(prepare(contract, runner, runner.state(policyState) || undefined, signal));
      return;
    }
    if (phases.post) runner.saveState(postState, 'true');
    const policy = await policyText(runner);
    const step = prepare(contract, runner, policy, signal);
    if (phases.post) {
      runner.saveState(startedState, 'true');
      runner.saveState(policyState, policy ?? '');
    }
    const result = await phases.main(step);
    await deliver(contract, runner, step, result);
  } catch (error) {
    runner.fail(explain(contract.name, error, signal));
    if (error instanceof Error && error.stack && !(error instanceof InputError))
      runner.log.debug(error.stack);
  }
}

/** @param policy the text of the policy; post is given the one that main read, whatever has become of the checkout. */
function prepare<I extends InputDeclarations, O extends string>(
  contract: Contract<I, O>,
  runner: Runner,
  policy: string | undefined,
  signal: AbortSignal,
): Step<I> {
  const inputs = resolveInputs(
    contract,
    runner,
    policy === undefined ? undefined : policyOf(contract, runner, policy),
  );
  const { log, clock, context } = runner;
  return {
    inputs,
    log,
    clock,
    context,
    signal,
    readFile: (path) => runner.readFile(path),
    mask: (secret) => runner.mask(secret),
    saveState: (name, value) => runner.saveState(name, value),
    state: (name) => runner.state(name),
  };
}

const usualPolicy = '.github/promotion.yml';

async function policyText(runner: Runner): Promise<string | undefined> {
  const path = runner.input('policy') || usualPolicy;
  const content = await runner.readFile(path);
  if (content !== undefined || path === usualPolicy) return content;
  const message = `names ${path}, which is not in the checkout. Was the repository checked out?`;
  throw new InputError([{ input: 'policy', message }]);
}

function policyOf({ name, inputs }: Pick<Contract, 'name' | 'inputs'>, runner: Runner, text: string): Policy {
  const settable = Object.entries(inputs).flatMap(([input, declared]) =>
    isSettable(input, declared) ? [input] : [],
  );
  return loadPolicy(text, runner.input('policy') || usualPolicy, { ...vocabulary, [name]: settable });
}

async function deliver<I extends InputDeclarations, O extends string>(
  contract: Contract<I, O>,
  runner: Runner,
  step: Step<I>,
  result: Result<O>,
): Promise<void> {
  const values: Record<string, unknown> = { ...result.outputs };
  if (result.report) {
    values.decision = result.report.decision;
    values.report = JSON.stringify(result.report);
  }
  for (const name of Object.keys(contract.outputs))
    runner.output(name, String(values[camelCase(name)] ?? ''));

  const common = step.inputs as { summary?: boolean; mode?: string };
  const sections = [result.report && renderReport(contract.name, result.report), result.summary].filter(
    Boolean,
  );
  if (common.summary !== false && sections.length > 0)
    await runner.summary(withinSummaryLimit(`${sections.join('\n')}\n`));

  if (result.report)
    conclude(contract.name, runner, result.report, common.mode === 'warn', result.holdAccepted === true);
  if (result.failure) runner.fail(result.failure);
}

function conclude(
  name: string,
  runner: Runner,
  report: GateReport,
  warnOnly: boolean,
  holdAccepted: boolean,
): void {
  const stopping = report.findings.filter(
    (finding) => finding.outcome === 'fail' || finding.outcome === 'hold',
  );
  const lines = stopping.map((finding) => `${finding.message}${finding.remedy ? ` ${finding.remedy}` : ''}`);
  for (const finding of report.findings)
    runner.log.info(`${finding.outcome.padEnd(4)} ${finding.check}: ${finding.message}`);
  runner.log.info(`${name}: ${report.decision}`);
  if (report.decision === 'pass' || report.decision === 'skipped') return;
  const { override } = report;
  const by =
    override &&
    ` under ${oneLine(override.ticket)} by ${override.approvers.map(oneLine).join(' and ')}: ${oneLine(override.reason).replace(/\.$/, '')}`;
  const text = `${name}: ${report.decision}${by ?? ''}. ${lines.join('\n')}`;
  const lets = warnOnly || report.decision === 'overridden' || (report.decision === 'hold' && holdAccepted);
  if (lets) runner.log.warning(text);
  else runner.fail(text);
}

/**
 * One message for whatever went wrong: advice for a user's mistake or the outside world, an apology for a bug.
 * @param signal of the run; what its cancellation interrupted is no bug.
 */
export function explain(action: string, error: unknown, signal?: AbortSignal): string {
  if (error instanceof InputError) {
    const count = error.problems.length;
    return `${action}: ${count === 1 ? 'an input is' : `${count} inputs are`} wrong; nothing was called.\n${error.message}`;
  }
  if (error instanceof OutsideError) return `${action}: ${error.message}`;
  if (signal?.aborted && isAbort(error, signal))
    return `${action}: the run was cancelled before this step was done. Run it again when the promotion is to go on; it is safe to repeat.`;
  const message = error instanceof Error ? error.message : String(error);
  return `${action}: this is a bug in promo-actions, please report it: ${message}. Run again with debug logging for the stack.`;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || isAbort(error.cause, signal));
}
