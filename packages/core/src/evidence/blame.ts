import { type AbsoluteTest, absoluteEvidence, absoluteTest } from './absolute.ts';
import { type RelativeTest, relativeTest } from './relative.ts';
import { type Counts, logMean, type MinuteCounts } from './wealth.ts';

/** What is known after some minutes about one kind of event. */
export interface Blame {
  /** Log parts of the comparison with the baseline. */
  readonly relative: readonly number[];
  /** What the canary served while there was nothing to compare it with. */
  readonly alone: Counts;
  /** The log of the evidence that it broke the objective by then. */
  readonly absolute: number;
  /** What the baseline has served. */
  readonly beside: Counts;
}

/**
 * Tests whether the canary is to blame for events of one kind: the mean of the evidence that it is worse than the
 * baseline, and that it breaks the objective.
 *
 * Breaking the objective is a reason to blame the canary only while the baseline cannot be asked whether it does so too:
 * in an incident that both share the canary may break it first by chance. So that evidence stops for good with the first
 * minute in which the baseline has an event of its own, or has served `comparable` requests in all. A stopped
 * supermartingale is one still, and so is a mean of two: the whole reaches 1/alpha with probability at most alpha unless
 * the canary is worse, or breaks the objective in those minutes.
 *
 * It goes on where all requests are sent to the canary, as after the last rise of a rollout: nobody can be asked then. A
 * baseline that was above the objective itself while it served leaves it silent.
 */
export interface BlameTest {
  readonly relative: RelativeTest;
  readonly absolute: AbsoluteTest;
  readonly start: Blame;
  next(blame: Blame, minute: MinuteCounts): Blame;
  /** The logs of both evidences, whose mean counts. */
  logs(blame: Blame): readonly [relative: number, absolute: number];
}

/**
 * @param objective the share of events (0 to 1) that the service may have.
 * @param comparable requests of the baseline that make a comparison.
 */
export function blameTest(objective: number, comparable: number): BlameTest {
  const relative = relativeTest('worse', 1);
  const absolute = absoluteTest(objective);
  return {
    relative,
    absolute,
    start: { relative: relative.start, alone: none, absolute: 0, beside: none },
    next(blame, minute) {
      const beside = sum(blame.beside, minute.baseline);
      const parts = relative.next(blame.relative, minute);
      const asked = beside.invocations >= comparable || beside.events > 0;
      const gone = minute.alone === true && beside.events <= objective * beside.invocations;
      if (asked && !gone) return { relative: parts, alone: blame.alone, absolute: blame.absolute, beside };
      const alone = sum(blame.alone, minute.canary);
      return { relative: parts, alone, absolute: absoluteEvidence(absolute, alone), beside };
    },
    logs: (blame) => [logMean(blame.relative), blame.absolute],
  };
}

const none: Counts = { invocations: 0, events: 0 };

/** Both together. */
export function sum(a: Counts, b: Counts): Counts {
  return { invocations: a.invocations + b.invocations, events: a.events + b.events };
}
