import type { Fence } from '../lock/index.ts';
import type { Calendar } from '../window/index.ts';
import type { DrivePorts, Rollout } from './drive.ts';
import type { Holder } from './keeper.ts';
import type { ShiftPorts } from './shift.ts';
import type { Rules } from './state.ts';
import type { RolloutStore } from './store.ts';
import type { ShiftIntent } from './undo.ts';
import type { Watch } from './watch.ts';

/** A rollout as it is asked for. */
export interface RolloutOrder {
  readonly rules: Omit<Rules, 'stable' | 'deadline'>;
  readonly expectedStable?: string | undefined;
  readonly watch: Omit<Watch, 'lag'>;
  readonly hooks: Rollout['hooks'];
  readonly calendar?: Calendar | undefined;
  /** Milliseconds until a rollout that has not ended is undone. */
  readonly timeLimit: number;
  readonly driver: 'job' | 'schedule';
  readonly dryRun: boolean;
  readonly holder: Holder;
  /** The address of this run. */
  readonly run: string;
  /** Called with what must be undone when the job ends badly, before anything is changed. */
  readonly onIntent: (intent: ShiftIntent) => void;
}

export interface RolloutPorts extends DrivePorts, ShiftPorts {
  /** Where the rollout is kept; needed for `schedule`, and for a job whose death others are to notice. */
  readonly store?: RolloutStore;
  /** The lock under which the rollout runs: kept while the canary bakes. */
  readonly lock?: Pick<Fence, 'keepAlive'>;
}
