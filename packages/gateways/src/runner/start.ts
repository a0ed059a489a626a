import { type Contract, type InputDeclarations, type Phases, runAction } from '@promo-actions/core/action';
import { actionsRunner } from './runner.ts';

/**
 * Runs an action in this process. The exit code is 1 until the action has ended without failing, so that a process that
 * runs dry before that, or dies, is never taken for a success. Not to be awaited at a module's top level: modules that an
 * action imports on the way may import the entry module, and would wait for it for ever.
 */
export function runOnRunner<I extends InputDeclarations, O extends string>(
  contract: Contract<I, O>,
  phases: Phases<I, O>,
): void {
  process.exitCode = 1;
  let ended = false;
  process.once('exit', () => {
    if (!ended)
      process.stdout.write(
        `::error::${contract.name} ended before it was done; this is a bug in promo-actions.\n`,
      );
  });
  const { runner, failed } = actionsRunner();
  runAction(contract, runner, phases).finally(() => {
    ended = true;
    process.exitCode = failed() ? 1 : 0;
  });
}
