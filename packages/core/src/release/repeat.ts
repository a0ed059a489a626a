import type { Clock } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { ReleaseRepository } from './ports.ts';
import { release } from './release.ts';
import type { ReleaseOrder, StageResult } from './stage.ts';

/** How often a stage is begun in all. */
const attempts = 4;

export interface ReleaseWatch {
  readonly clock: Clock;
  readonly log: { info(message: string): void };
  readonly signal?: AbortSignal;
}

/**
 * Brings one stage of a release about, though an answer be lost: a change of which nobody knows whether it took effect is
 * not sent again, the stage is begun again, and looks first. @throws OutsideError
 */
export async function releaseThoughUnanswered(
  order: ReleaseOrder,
  repository: ReleaseRepository,
  { clock, log, signal }: ReleaseWatch,
): Promise<StageResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await release(order, repository);
      return attempt === 1 ? result : { ...result, changed: true };
    } catch (error) {
      if (!(error instanceof OutsideError) || !error.failure.unsure || attempt === attempts) throw error;
      log.info(`${error.failure.what}, as far as is known: ${error.failure.why}. Looking again.`);
      await clock.sleep(1_000 * 2 ** (attempt - 1), signal);
    }
  }
}
