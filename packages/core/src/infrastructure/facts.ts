/**
 * What happens to one resource. `replace` is deleted and made anew; `may-replace` depends on what is known only when it
 * is carried out; `forget` leaves it standing, unmanaged from then on; `unseen` is what the plan does not tell.
 */
export type ChangeAction = 'create' | 'update' | 'replace' | 'may-replace' | 'delete' | 'forget' | 'unseen';

export interface ResourceChange {
  /** Terraform's address, or the logical ID. */
  readonly address: string;
  readonly action: ChangeAction;
  /** Why, as the tool says it: names of attributes, never their values. */
  readonly because?: string;
}

/** A stack within the stack, whose changes stand in a change set of its own. */
export interface NestedStack {
  readonly address: string;
  /** Undefined when the change set was made without those of nested stacks. */
  readonly changeSet: string | undefined;
}

export interface PlanFacts {
  readonly kind: 'plan';
  /** `Terraform plan`, `change set of orders`. */
  readonly name: string;
  readonly changes: readonly ResourceChange[];
  /** Resources that other hands changed, where the plan tells. */
  readonly drifted: readonly string[];
  /** Epoch milliseconds at which it was made, where it tells. */
  readonly madeAt?: number;
  /** Why it is not to be carried out, as the end of the sentence "`file` …". */
  readonly broken?: string;
  /** What is left for a later plan. */
  readonly deferred: readonly string[];
  /** Of a change set: its ID, and the stacks within. */
  readonly changeSet?: { readonly id: string; readonly nested: readonly NestedStack[] };
}

export interface StackState {
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  /** Undefined when the answer does not tell. */
  readonly drift?: string;
}

export interface StackFacts {
  readonly kind: 'stacks';
  readonly stacks: readonly StackState[];
}

export interface DriftFacts {
  readonly kind: 'drift';
  readonly resources: readonly { readonly address: string; readonly status: string }[];
}

export type InfrastructureFacts = PlanFacts | StackFacts | DriftFacts;
