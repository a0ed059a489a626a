import { OutsideError } from '../errors/index.ts';

/** The rollout is driven by another run by now; this one must not touch it any more. */
export class LostRollout extends OutsideError {
  /** What has changed since is another run's doing. */
  override after(): LostRollout {
    return this;
  }
}
