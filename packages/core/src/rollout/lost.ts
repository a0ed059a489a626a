import { OutsideError } from '../errors/index.ts';

/** The rollout is driven by another run by now; this one must not touch it any more. */
export class LostRollout extends OutsideError {
  /** What has changed since is another run's doing. */
  override after(): LostRollout {
    return this;
  }
}

/** Nobody answered whose the rollout is; nothing was tried, and the question may be asked again. */
export class UnansweredHold extends OutsideError {
  /** What the alias reads now is not this run's doing. */
  override after(): UnansweredHold {
    return this;
  }
}
