import * as v from 'valibot';
import type { Verdict } from '../analysis/index.ts';

const step = v.object({ weight: v.number(), bake: v.number() });

const rules = v.object({
  plan: v.pipe(v.array(step), v.minLength(1), v.readonly()),
  /** Whether a step may rise before its bake is over when the evidence suffices. */
  early: v.boolean(),
  stable: v.string(),
  canary: v.string(),
  /** What a bake ends with when too little was seen: undo, go on, or wait for at most `maxHold` longer. */
  onHold: v.picklist(['fail', 'pass', 'extend']),
  /** Milliseconds. */
  maxHold: v.number(),
  /** What happens when the window closes on a canary: rise all the same, keep the weight until it opens, or undo. */
  onClose: v.picklist(['finish', 'hold', 'rollback']),
  /** Whether someone is asked before the first request goes to the canary, and before the stable version is let go. */
  hooks: v.object({ before: v.boolean(), after: v.boolean() }),
  /** Epoch milliseconds; a rollout that has not ended by then is undone. */
  deadline: v.number(),
  /** Milliseconds between two looks. */
  pause: v.number(),
});

const stateSchema = v.object({
  rules,
  /** The canary's weight before the first order: above 0 where an earlier attempt died. */
  initial: v.number(),
  /** The step whose weight was read last; −1 before the first. */
  step: v.number(),
  /** When its weight was first read, epoch milliseconds. */
  since: v.number(),
  /** The step that was ordered last; `step` itself when nothing is outstanding, one past the held steps for completing. */
  ordered: v.number(),
  undoing: v.boolean(),
  /** Since when the evidence of this step has not sufficed. */
  heldSince: v.optional(v.number()),
  /** Looks in a row at which nothing could be seen. */
  blind: v.number(),
  /** Why it ends or ended as it does, in sentences. */
  reasons: v.pipe(v.array(v.string()), v.readonly()),
  /** What was let pass on the way, in sentences. */
  notes: v.pipe(v.array(v.string()), v.readonly()),
  /** Every weight that was read, oldest first. */
  history: v.pipe(v.array(v.object({ at: v.number(), weight: v.number() })), v.readonly()),
  outcome: v.optional(v.picklist(['completed', 'undone', 'superseded', 'refused'])),
});

/** What does not change while a rollout runs. */
export type Rules = Readonly<v.InferOutput<typeof rules>>;

/** All that a rollout remembers; plain data, so that it outlives the process that drives it. */
export type RolloutState = Readonly<v.InferOutput<typeof stateSchema>>;

/**
 * `completed`: the canary is the stable version. `undone`: the stable version has all requests. `superseded`: someone
 * else moved the traffic to versions that are not this rollout's, or completed it; it is left as it is. `refused`: it
 * did not begin.
 */
export type Outcome = NonNullable<RolloutState['outcome']>;

/** Where a target sends requests. */
export interface Split {
  readonly stable: string;
  /** The version beside it with its share in percent. */
  readonly canary?: { readonly version: string; readonly weight: number } | undefined;
}

/** What a hook said. */
export interface Answer {
  readonly yes: boolean;
  readonly why: string;
}

/** What is seen of a rollout at one moment. Whatever is absent was not looked at. */
export interface Observation {
  readonly traffic?: Split;
  /** The judgement of everything that has settled so far, judged for the step in force. */
  readonly verdict?: Verdict;
  /** Its reasons, in sentences. */
  readonly reasons?: readonly string[];
  /** What could not be seen or done, in a sentence. */
  readonly blind?: string;
  /** Absent where changes are allowed at any time. `told` says why it is open or closed. */
  readonly window?: { readonly open: boolean; readonly told: string };
  /** Why the rollout is to end at once, in a sentence. */
  readonly cancelled?: string;
  readonly answers?: { readonly before?: Answer; readonly after?: Answer };
}

/** What the driver must do. Every order may be carried out twice, or not at all: it is given again until it shows. */
export type Order =
  | { readonly kind: 'weigh'; readonly weight: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'ask'; readonly hook: 'before' | 'after' }
  /** Look again, at this moment or before. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'end'; readonly outcome: Outcome };

/** The state of a rollout that has not begun. */
export function begun(given: Rules, initial: number, now: number): RolloutState {
  return {
    rules: given,
    initial,
    step: -1,
    since: now,
    ordered: -1,
    undoing: false,
    blind: 0,
    reasons: [],
    notes: [],
    history: [{ at: now, weight: initial }],
  };
}

/** Reads back a state from JSON; undefined where it is none. */
export function readState(value: unknown): RolloutState | undefined {
  const read = v.safeParse(stateSchema, value);
  return read.success ? read.output : undefined;
}

/**
 * The steps whose weights are held: all of the plan, but for a last one that nobody watches. After them the canary
 * becomes the stable version.
 */
export function heldSteps({ plan, hooks }: Rules): Rules['plan'] {
  const last = plan.at(-1);
  return last && last.bake === 0 && !hooks.after ? plan.slice(0, -1) : plan;
}

/** The weight that the state last saw, in percent. */
export function weightOf(state: RolloutState): number {
  return state.history.at(-1)?.weight ?? state.initial;
}
