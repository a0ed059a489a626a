import type { Fault } from '@promo-actions/sandbox';
import { beyond, type Chosen, each, isWrite, occurrence, onlyIn, operations, services } from './calls.ts';
import {
  type Call,
  type CleanRun,
  endings,
  type Point,
  type ScenarioName,
  type Strike,
  without,
} from './point.ts';

const minute = 60_000;

/** Every point of the promotions whose clean runs are given. The seed moves what is left to chance. */
export function planPoints(runs: readonly CleanRun[], seed: number): readonly Point[] {
  return runs.flatMap((run, index) => {
    const { scenario } = run;
    const bare = runs.find((one) => one.scenario === without[scenario]);
    if (bare) return planBeyond(run, beyond(run, bare));
    const own = onlyIn(run, runs.slice(0, index));
    return [
      ...kills(run),
      ...recoveries(run),
      ...skews(scenario),
      ...chaos(run, seed),
      ...moments(scenario, seed),
      ...cancels(run, index === 0 ? ['before', 'after'] : ['before']),
      ...(index === 0 ? stubborn(run) : []),
      ...late(run),
      ...lost(run).filter(own),
      ...passing(run).filter(own),
      ...lasting(run).filter(own),
      ...slow(run),
    ];
  });
}

/** Of the chosen calls: a promotion is struck as it goes forth, one that is undone also as it comes back. */
function planBeyond(run: CleanRun, chosen: Chosen): readonly Point[] {
  const struck = kills(run, chosen);
  if (endings[run.scenario] === 'promoted') return [...struck, ...passing(run, chosen)];
  return [...struck, ...cancels(run, ['before'], chosen), ...lasting(run, chosen)];
}

/** A few points of every kind, at the calls that matter most. */
export function samplePoints(runs: readonly CleanRun[], seed: number): readonly Point[] {
  const points = planPoints(runs, seed);
  return sample.flatMap(([kind, what]) =>
    points.filter(({ id, what: said }) => id.startsWith(`${kind}/good-release`) && said.includes(what)),
  );
}

const sample = [
  ['kill', 'after lambda UpdateAlias, its 2.'],
  ['cancel', 'before monitoring GetMetricData, its 5.'],
  ['lasting', 'lambda UpdateAlias fails from its 2.'],
] as const;

/** A strike at each call: those of the deploying job begin there, for what is before has no effect. */
function struck(run: CleanRun, whens: readonly Strike['when'][], chosen: Chosen = each) {
  return run.calls.flatMap((call, index) =>
    whens
      .filter(() => chosen(call, index))
      .map((when) => {
        const from = index < run.gateCalls ? ('gates' as const) : ('deploy' as const);
        const number = from === 'gates' ? index + 1 : index + 1 - run.gateCalls;
        const name = `${run.scenario}/${index + 1}-${when}`;
        const what = `${when} ${call.service} ${call.operation}, its ${ordinal(run, index)}`;
        return { call, index, name, what, from, strike: { call: number, when } };
      }),
  );
}

function kills(run: CleanRun, chosen?: Chosen): Point[] {
  return struck(run, ['before', 'after'], chosen).map(({ name, what, from, strike }) => ({
    id: `kill/${name}`,
    scenario: run.scenario,
    what: `the runner dies ${what}`,
    from,
    kill: strike,
    rerun: true,
  }));
}

/** The runner dies as it moves the alias, and the failed jobs are run again when the rollout would long have ended. */
function late(run: CleanRun): Point[] {
  return struck(run, ['after'], ({ operation }) => operation === 'UpdateAlias').map(
    ({ name, what, from, strike }) => ({
      id: `late/${name}`,
      scenario: run.scenario,
      what: `the runner dies ${what}, and is run again an hour later`,
      from,
      kill: strike,
      rerunAfter: 60 * minute,
      rerun: true,
    }),
  );
}

/** The runner dies while a rollout is under way, and nobody but the schedule comes. */
function recoveries(run: CleanRun): Point[] {
  const moves = run.calls.flatMap(({ operation }, index) => (operation === 'UpdateAlias' ? [index] : []));
  const [first = 0, last = 0] = [moves.at(0), moves.at(-1)];
  return struck(run, ['before', 'after'])
    .filter(({ index, strike, call }) => {
      return index >= first && index <= last && (isWrite(call) || strike.when === 'after');
    })
    .map(({ name, what, from, strike }) => ({
      id: `recover/${name}`,
      scenario: run.scenario,
      what: `the runner dies ${what}, and the scheduled recovery comes`,
      from,
      kill: strike,
      recover: true,
      rerun: true,
    }));
}

function cancels(run: CleanRun, whens: readonly Strike['when'][], chosen?: Chosen): Point[] {
  return struck(run, whens, chosen)
    .filter(({ from, strike, call }) => from === 'deploy' && (strike.when === 'before' || isWrite(call)))
    .map(({ name, what, from, strike }) => ({
      id: `cancel/${name}`,
      scenario: run.scenario,
      what: `the run is cancelled ${what}`,
      from,
      cancel: strike,
      ends: 'any',
      rerun: true,
    }));
}

/** Cancelled where the answer does not come for a minute, so that the step is interrupted, terminated and killed. */
function stubborn(run: CleanRun): Point[] {
  return struck(run, ['before'])
    .filter(({ from, call }) => from === 'deploy' && isWrite(call))
    .map(({ name, what, from, strike, call, index }) => ({
      id: `stubborn/${name}`,
      scenario: run.scenario,
      what: `the run is cancelled ${what}, and the step must be killed`,
      from,
      cancel: strike,
      faults: [{ ...target(call), nth: occurrence(run, index, run.gateCalls), latency: '1m' }],
      ends: 'any',
      rerun: true,
    }));
}

/** Cancelled at moments of the canary's evaluation that chance picks. */
function moments(scenario: ScenarioName, seed: number): Point[] {
  const draw = chance(seed);
  return Array.from({ length: 6 }, (_, index) => {
    const after = Math.floor(draw() * 10 * minute);
    return {
      id: `moment/${scenario}/${seed}-${index + 1}`,
      scenario,
      what: `the run is cancelled ${Math.round(after / 1000)} s into the canary's evaluation`,
      from: 'deploy',
      cancel: { step: 'rollout', after },
      ends: 'any',
      rerun: true,
    };
  });
}

type Harm = Pick<Fault, 'status' | 'drop'>;

const harms: Readonly<Record<string, Harm>> = {
  429: { status: 429 },
  500: { status: 500 },
  'lost-before': { drop: 'before' },
  'lost-after': { drop: 'after' },
};

/** Each operation goes wrong once, which no promotion may mind. */
function passing(run: CleanRun, chosen?: Chosen): Point[] {
  return operations(run, chosen).flatMap(({ call, from }) =>
    Object.entries(harms).map(([kind, harm]) => ({
      id: `once/${run.scenario}/${call.service}-${call.operation.replace(/\W+/g, '-')}/${kind}`,
      scenario: run.scenario,
      what: `the first ${call.service} ${call.operation} is answered by ${kind}`,
      from,
      faults: [{ ...target(call), ...harm, nth: 1 }],
      ends: endings[run.scenario],
      rerun: false,
    })),
  );
}

/** From each call on, its operation fails for good: the run says what it could not do, and goes through afterwards. */
function lasting(run: CleanRun, chosen?: Chosen): Point[] {
  return forGood(run, 'lasting', { status: 500 }, 'fails', chosen);
}

/** From each write on, the effects of its operation come, and the answers are lost. */
function lost(run: CleanRun): Point[] {
  return forGood(run, 'lost', { drop: 'after' }, 'is not answered', isWrite);
}

function forGood(run: CleanRun, kind: string, harm: Harm, verb: string, chosen?: Chosen): Point[] {
  return struck(run, ['before'], chosen).map(({ name, from, call, index }) => ({
    id: `${kind}/${name.replace('-before', '')}`,
    scenario: run.scenario,
    what: `${call.service} ${call.operation} ${verb} from its ${ordinal(run, index)} on`,
    from,
    faults: [
      {
        ...target(call),
        nth: occurrence(run, index, from === 'gates' ? 0 : run.gateCalls),
        times: 1_000_000,
        ...harm,
      },
    ],
    ends: call.service === 'dynamodb' ? 'unrecorded' : 'told',
    behind: isToldFirst(call) || call.operation.includes('/deployments'),
    rerun: true,
  }));
}

/** A record is written, and the parameters after it, before GitHub shows it. */
function isToldFirst({ service }: Call): boolean {
  return service === 'dynamodb' || service === 'ssm';
}

/** Three calls in ten go wrong. */
function chaos(run: CleanRun, seed: number): Point[] {
  const { scenario } = run;
  return Array.from({ length: 8 }, (_, index) => ({
    id: `chaos/${scenario}/${seed + index}`,
    scenario,
    what: `three calls in ten go wrong, by chance ${seed + index}`,
    from: 'gates',
    seed: seed + index,
    faults: services(run).flatMap((service) =>
      Object.values(harms).map((harm) => ({ service, ...harm, probability: 0.085 })),
    ),
    ends: 'unrecorded',
    behind: true,
    rerun: true,
  }));
}

function slow(run: CleanRun): Point[] {
  return ['3s', '20s'].map((latency) => ({
    id: `slow/${run.scenario}/${latency}`,
    scenario: run.scenario,
    what: `every answer takes ${latency}`,
    from: 'gates',
    faults: services(run).map((service) => ({ service, latency })),
    ends: endings[run.scenario],
    rerun: false,
  }));
}

function skews(scenario: ScenarioName): Point[] {
  return [5, -5].map((minutes) => ({
    id: `skew/${scenario}/${minutes}m`,
    scenario,
    what: `the runner's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}`,
    from: 'gates',
    skew: minutes * minute,
    ends: endings[scenario],
    rerun: false,
  }));
}

function target({ service, operation, account }: Call): Pick<Fault, 'service' | 'operation' | 'account'> {
  return { service, operation, ...(account ? { account } : {}) };
}

function ordinal(run: CleanRun, index: number): string {
  return `${occurrence(run, index, 0)}. of the promotion`;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
