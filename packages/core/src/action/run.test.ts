import { expect, test } from '@jest/globals';
import {
  defineContract,
  duration,
  flag,
  list,
  OutsideError,
  oneOf,
  percent,
  type Runner,
  runAction,
  text,
} from './index.ts';

const contract = defineContract({
  name: 'shift',
  kind: 'change',
  description: 'A contract to test the frame with.',
  inputs: {
    function: text('The function.', { required: true }),
    share: percent('The share.', { required: true }),
    bake: duration('The bake.', { default: '5m' }),
    names: list('Names.'),
    post: oneOf(['abort', 'keep'], 'What to do.', { default: 'abort' }),
    token: text('A token.', { secret: true }),
    whole: flag('To the end.', { default: 'false' }),
  },
  outputs: { 'revision-id': 'The revision.', changed: 'Whether anything changed.' },
  permissions: {},
  example: {},
  check: ({ share, whole }) =>
    share && whole ? [{ input: 'whole', message: 'contradicts `share`; give one of them.' }] : [],
});

interface Recorded {
  readonly outputs: Record<string, string>;
  readonly failures: string[];
  readonly masked: string[];
  readonly state: Record<string, string>;
  summary: string;
  cancel(): void;
}

function recordingRunner(
  inputs: Record<string, string>,
  files: Record<string, string> = {},
  state: Record<string, string> = {},
) {
  const listeners: (() => void)[] = [];
  const recorded: Recorded = {
    outputs: {},
    failures: [],
    masked: [],
    state,
    summary: '',
    cancel: () => {
      for (const listener of listeners) listener();
    },
  };
  const silent = () => {};
  const runner: Runner = {
    log: {
      info: silent,
      debug: silent,
      notice: silent,
      warning: silent,
      error: silent,
      group: (_, work) => work(),
    },
    clock: { now: () => 0, sleep: async () => {} },
    context: {
      repository: 'o/r',
      runId: '1',
      runAttempt: 1,
      runUrl: '',
      actor: 'a',
      workflow: 'w',
      job: 'j',
      ref: '',
      sha: '',
    },
    input: (name) => inputs[name] ?? '',
    readFile: async (path) => files[path],
    mask: (secret) => {
      recorded.masked.push(secret);
    },
    output: (name, value) => {
      recorded.outputs[name] = value;
    },
    summary: async (markdown) => {
      recorded.summary += markdown;
    },
    saveState: (name, value) => {
      state[name] = value;
    },
    state: (name) => state[name] ?? '',
    fail: (message) => {
      recorded.failures.push(message);
    },
    onCancel: (listener) => {
      listeners.push(listener);
    },
  };
  return { runner, recorded };
}

test('every wrong input is named at once, and the action is not run', async () => {
  const { runner, recorded } = recordingRunner({
    share: '110',
    bake: '30',
    whole: 'yes',
    names: ' , ',
    post: 'undo',
  });
  let ran = false;
  await runAction(contract, runner, {
    main: async () => {
      ran = true;
      return { outputs: { revisionId: '', changed: false } };
    },
  });
  expect(ran).toBe(false);
  expect(recorded.failures).toHaveLength(1);
  for (const name of ['function', 'share', 'bake', 'whole', 'names', 'post'])
    expect(recorded.failures[0]).toContain(`  ${name}: `);
  expect(recorded.failures[0]).toContain('got "110", expected a percent from 0 to 100');
});

test('contradictions are named together with the wrong inputs', async () => {
  const { runner, recorded } = recordingRunner({ share: '10', whole: 'true' });
  await runAction(contract, runner, { main: async () => ({ outputs: { revisionId: '', changed: false } }) });
  expect(recorded.failures[0]).toContain('function: is missing');
  expect(recorded.failures[0]).toContain('whole: contradicts `share`');
});

test('explicit input beats policy beats default, and a secret is masked', async () => {
  const files = {
    '.github/promotion.yml': 'environments: { prod: { function: orders, bake: 10m, share: 20% } }',
  };
  const { runner, recorded } = recordingRunner({ environment: 'prod', share: '5', token: 'hunter2' }, files);
  const seen: unknown[] = [];
  await runAction(contract, runner, {
    main: async ({ inputs }) => {
      seen.push(inputs.function, inputs.share, inputs.bake, inputs.post, inputs.names);
      return { outputs: { revisionId: 'r1', changed: true }, summary: '### Shifted' };
    },
  });
  expect(recorded.failures).toEqual([]);
  expect(seen).toEqual(['orders', 5, 600_000, 'abort', undefined]);
  expect(recorded.masked).toEqual(['hunter2']);
  expect(recorded.outputs).toEqual({ 'revision-id': 'r1', changed: 'true' });
  expect(recorded.summary).toContain('### Shifted');
});

test('a wrong value of the policy is told with its place', async () => {
  const files = { '.github/promotion.yml': 'defaults:\n  function: orders\n  share: lots\n' };
  const { runner, recorded } = recordingRunner({}, files);
  await runAction(contract, runner, { main: async () => ({ outputs: { revisionId: '', changed: false } }) });
  expect(recorded.failures[0]).toContain('share (.github/promotion.yml:3:10): got "lots"');
});

test('a secret that is wrong is not repeated, nor taken from the policy', async () => {
  const strict = defineContract({
    name: 'strict',
    kind: 'read',
    description: 'x',
    outputs: {},
    permissions: {},
    example: {},
    inputs: { token: oneOf(['a'], 'A token.', { secret: true, required: true }) },
  });
  const { runner, recorded } = recordingRunner({ token: 'hunter2' });
  await runAction(strict, runner, { main: async () => ({ outputs: {} }) });
  expect(recorded.failures[0]).not.toContain('hunter2');
  const empty = recordingRunner({ token: '' });
  await runAction(strict, empty.runner, { main: async () => ({ outputs: {} }) });
  expect(empty.recorded.failures[0]).toContain('see that the secret is set');
});

test('the outside world is told with code, request ID and remedy; anything else is a bug', async () => {
  const failing = async (error: Error) => {
    const { runner, recorded } = recordingRunner({ function: 'orders', share: '1' });
    await runAction(contract, runner, {
      main: async () => {
        throw error;
      },
    });
    return recorded.failures[0];
  };
  const outside = new OutsideError({
    what: 'Alias `live` of `orders` could not be read',
    operation: 'Lambda GetAlias',
    code: 'AccessDeniedException',
    requestId: 'r-1',
    remedy: 'Allow lambda:GetAlias',
    changed: 'the backup alias was made',
  });
  expect(await failing(outside)).toBe(
    'shift: Alias `live` of `orders` could not be read. (Lambda GetAlias, AccessDeniedException, request ID r-1) Changed before this: the backup alias was made. Allow lambda:GetAlias.',
  );
  expect(await failing(new TypeError('x is not a function'))).toContain('this is a bug');
});

test('post runs with what main saved, and only when main got past its inputs', async () => {
  const state: Record<string, string> = {};
  const good = { function: 'orders', share: '1' };
  const phases = {
    main: async (step: { saveState(name: string, value: string): void }) => {
      step.saveState('revision', 'r1');
      return { outputs: { revisionId: 'r1', changed: true } };
    },
    post: async (step: { state(name: string): string }) => {
      posted.push(step.state('revision'));
    },
  };
  const posted: string[] = [];
  await runAction(contract, recordingRunner(good, {}, state).runner, phases);
  expect(posted).toEqual([]);
  await runAction(contract, recordingRunner(good, {}, state).runner, phases);
  expect(posted).toEqual(['r1']);

  const refused: Record<string, string> = {};
  await runAction(contract, recordingRunner({}, {}, refused).runner, phases);
  const again = recordingRunner({}, {}, refused);
  await runAction(contract, again.runner, phases);
  expect(posted).toEqual(['r1']);
  expect(again.recorded.failures).toEqual([]);
});

test('a cancelled run aborts the signal', async () => {
  const { runner, recorded } = recordingRunner({ function: 'orders', share: '1' });
  let aborted = false;
  await runAction(contract, runner, {
    main: async ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      recorded.cancel();
      return { outputs: { revisionId: '', changed: false } };
    },
  });
  expect(aborted).toBe(true);
});

test('what a cancellation interrupts is no bug', async () => {
  const { runner, recorded } = recordingRunner({ function: 'orders', share: '1' });
  await runAction(contract, runner, {
    main: async ({ signal }) => {
      recorded.cancel();
      signal.throwIfAborted();
      return { outputs: { revisionId: '', changed: false } };
    },
  });
  expect(recorded.failures).toEqual([
    'shift: the run was cancelled before this step was done. Run it again when the promotion is to go on; it is safe to repeat.',
  ]);
});

test('post holds to the policy that main read, whatever has become of the checkout', async () => {
  const state: Record<string, string> = {};
  const seen: string[] = [];
  const phases = {
    main: async () => ({ outputs: { revisionId: '', changed: true } }),
    post: async ({ inputs }: { inputs: { function: string; bake: number } }) => {
      seen.push(`${inputs.function} ${inputs.bake}`);
    },
  };
  const files = { '.github/promotion.yml': 'defaults: { function: orders, share: 20, bake: 1m }' };
  await runAction(contract, recordingRunner({}, files, state).runner, phases);
  const later = recordingRunner({}, { '.github/promotion.yml': 'defaults: {' }, state);
  await runAction(contract, later.runner, phases);
  expect(later.recorded.failures).toEqual([]);
  expect(seen).toEqual(['orders 60000']);
});

test('a contradiction that the policy brings is told with its place', async () => {
  const files = { '.github/promotion.yml': 'defaults:\n  function: orders\n  whole: true\n' };
  const { runner, recorded } = recordingRunner({ share: '10' }, files);
  await runAction(contract, runner, { main: async () => ({ outputs: { revisionId: '', changed: false } }) });
  expect(recorded.failures[0]).toContain(
    'whole (.github/promotion.yml:3:10): contradicts `share`; give one of them.',
  );
});

test.each([
  [
    'environment',
    'environments:\n  prod: {}\nservices:\n  orders: { environments: { sit: {} } }\n',
    'prod, sit',
  ],
  ['service', 'services:\n  orders: {}\n', 'orders'],
])(
  'an %s that the policy does not know is refused, lest it goes without its settings',
  async (name, text, known) => {
    const files = { '.github/promotion.yml': text };
    const inputs = { function: 'orders', share: '10', [name]: 'prdo' };
    const { runner, recorded } = recordingRunner(inputs, files);
    await runAction(contract, runner, {
      main: async () => ({ outputs: { revisionId: '', changed: false } }),
    });
    expect(recorded.failures[0]).toContain(
      `${name}: got "prdo", which .github/promotion.yml does not know; it knows ${known}. Mend the name, or add \`prdo: {}\` there under \`${name}s\`.`,
    );
    const known1 = recordingRunner({ ...inputs, [name]: known.split(', ').at(-1) ?? '' }, files);
    await runAction(contract, known1.runner, {
      main: async () => ({ outputs: { revisionId: '', changed: false } }),
    });
    expect(known1.recorded.failures).toEqual([]);
  },
);

test.each(['token', 'environment', 'policy'])('the policy cannot say `%s`', async (name) => {
  const files = { '.github/promotion.yml': `defaults:\n  function: orders\n  shift: { ${name}: x }\n` };
  const { runner, recorded } = recordingRunner({ share: '10' }, files);
  await runAction(contract, runner, { main: async () => ({ outputs: { revisionId: '', changed: false } }) });
  expect(recorded.failures[0]).toContain(
    `policy (.github/promotion.yml:3:12): shift has no input \`${name}\``,
  );
});
