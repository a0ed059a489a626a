import { PutProvisionedConcurrencyConfigCommand } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
afterEach(() => world.close());

const start = async (live: Parameters<typeof lambdaWorld>[1][string] = '1') => {
  world = await lambdaWorld(['sound', 'sound', 'sound'], { 'latest-prod': live });
};
const base = { function: functionName, alias: 'latest-prod' };
const toTen = { ...base, version: '2', weight: '10', 'expected-stable-version': '1' };
const shift = (inputs: Readonly<Record<string, string>>) => world.run('canary-shift', inputs);

test('a step that runs again after its rollout was completed has nothing to do', async () => {
  await start('2');
  const run = await shift(toTen);
  expect(run).toMatchObject({
    code: 0,
    outputs: { 'stable-version': '2', 'canary-version': '', changed: 'false' },
  });
  expect(world.writes()).toEqual([]);
});

test('a rollout from 0 to 100 in three steps, the stable version main until the last', async () => {
  await start();
  const first = await shift(toTen);
  expect(first).toMatchObject({
    code: 0,
    outputs: { 'stable-version': '1', 'canary-version': '2', weight: '10', changed: 'true' },
  });
  expect(await world.alias()).toBe('1+2@0.1');
  expect(first.summary).toMatch(
    /tenant-service:latest-prod.*version 1 with 10% on version 2[\s\S]*\| canary \| 2 \| 10% \|/,
  );

  await shift({ ...toTen, weight: '50%' });
  expect(await world.alias()).toBe('1+2@0.5');

  const last = await shift({ ...base, version: '2', complete: 'true' });
  expect(last).toMatchObject({
    code: 0,
    outputs: { 'stable-version': '2', 'canary-version': '', weight: '0', changed: 'true' },
  });
  expect(await world.alias()).toBe('2');
});

test.each([
  ['a weight', toTen, '1+2@0.1'],
  ['completing', { ...base, version: '2', complete: 'true' }, '2'],
  ['aborting', { ...base, version: '2', abort: 'true' }, '1'],
])('%s twice changes nothing the second time', async (_, inputs, reads) => {
  await start({ version: '1', canary: '2', weight: 0.05 });
  expect(await shift(inputs)).toMatchObject({ code: 0, outputs: { changed: 'true' } });
  expect(await shift(inputs)).toMatchObject({ code: 0, outputs: { changed: 'false' } });
  expect(await world.alias()).toBe(reads);
  expect(world.writes()).toEqual(['UpdateAlias']);
});

test('a weight of 0 takes the canary out, 100 sends it everything and leaves stable the main version', async () => {
  await start({ version: '1', canary: '2', weight: 0.1 });
  await shift({ ...toTen, weight: '100' });
  expect(await world.alias()).toBe('1+2@1');
  await shift({ ...toTen, weight: '0' });
  expect(await world.alias()).toBe('1');
});

test('a function may be named by its ARN', async () => {
  await start();
  const arn = `arn:aws:lambda:af-south-1:222222222222:function:${functionName}`;
  expect(await shift({ ...toTen, function: arn })).toMatchObject({ code: 0, outputs: { weight: '10' } });
  expect(await world.alias()).toBe('1+2@0.1');
});

test('a dry run calls nothing that changes', async () => {
  await start();
  const run = await shift({ ...toTen, 'dry-run': 'true' });
  expect(run).toMatchObject({ code: 0, outputs: { changed: 'false', weight: '0' } });
  expect(run.log).toMatch(/Dry run: .* would go from version 1 to version 1 with 10% on version 2/);
  expect(world.writes()).toEqual([]);
});

test('every wrong input is named at once, and nothing is called', async () => {
  await start();
  const wrong = {
    function: 'a b',
    alias: '7',
    version: '$LATEST',
    weight: '101',
    post: 'undo',
    timeout: '5',
  };
  const run = await shift({ ...wrong, complete: 'true', abort: 'true' });
  expect(run.code).toBe(1);
  for (const input of ['function', 'alias', 'version', 'weight', 'post', 'timeout', 'abort'])
    expect(errorsOf(run)).toContain(`${input}: `);
  expect(errorsOf(run)).toMatch(/`complete`: a rollout is either completed or aborted/);
  expect(world.calls()).toEqual([]);
});

describe('is refused, and the alias left as it was', () => {
  test.each<[string, Parameters<typeof lambdaWorld>[1][string], Record<string, string>, RegExp]>([
    ['a version not published', '1', { version: '9' }, /no published version 9.*list-versions-by-function/],
    [
      'the stable version of another rollout',
      { version: '2', canary: '3', weight: 0.1 },
      { 'expected-stable-version': '2' },
      /version 2 is the alias's stable version/,
    ],
    ['another stable version than expected', '3', {}, /stable version is 3, and 1 was expected/],
    [
      'a third version',
      { version: '1', canary: '3', weight: 0.1 },
      {},
      /another rollout \(version 1 with 10% on version 3\)/,
    ],
    ['an unknown alias', '1', { alias: 'live' }, /no alias `live`.*list-aliases/],
    [
      'an unknown function',
      '1',
      { function: 'tenants' },
      /`tenants`.*ResourceNotFoundException.*request ID .*list-functions/,
    ],
  ])('%s', async (_, live, inputs, message) => {
    await start(live);
    const before = await world.alias();
    const run = await shift({ ...toTen, ...inputs });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(message);
    expect(errorsOf(run)).not.toMatch(/\n\s+at /);
    expect(await world.alias()).toBe(before);
    expect(world.writes()).toEqual([]);
  });

  test('a version with another execution role', async () => {
    const role = 'arn:aws:iam::222222222222:role/other';
    world = await lambdaWorld(['sound', { handler: 'sound', role }], { 'latest-prod': '1' });
    const run = await shift(toTen);
    expect(errorsOf(run)).toMatch(/different execution roles .*role\/other/);
    expect(world.writes()).toEqual([]);
  });

  test('an alias with provisioned concurrency', async () => {
    await start();
    const settings = {
      FunctionName: functionName,
      Qualifier: 'latest-prod',
      ProvisionedConcurrentExecutions: 1,
    };
    await world.client.send(new PutProvisionedConcurrencyConfigCommand(settings));
    const run = await shift(toTen);
    expect(errorsOf(run)).toMatch(/provisioned concurrency.*`complete: true`/);
    expect(await world.alias()).toBe('1');
  });
});

describe('on bad days', () => {
  test('throttling and a broken connection are outlasted', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'GetAlias',
      nth: 1,
      times: 2,
      status: 429,
      code: 'TooManyRequestsException',
    });
    world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', nth: 1, times: 1, drop: 'before' });
    expect(await shift(toTen)).toMatchObject({ code: 0, outputs: { changed: 'true' } });
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('a lost answer counts as done: the repeat meets a new revision, and the alias is read', async () => {
    await start();
    world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', nth: 1, times: 1, drop: 'after' });
    const run = await shift(toTen);
    expect(run).toMatchObject({ code: 0, outputs: { weight: '10', changed: 'true' } });
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('throttling without end is told with the request ID and what to do, and changes nothing', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'UpdateAlias',
      status: 429,
      code: 'TooManyRequestsException',
    });
    const run = await shift(toTen);
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /could not be changed.*Lambda UpdateAlias, TooManyRequestsException, HTTP 429, request ID [\w-]+.*all 5 attempts/,
    );
    expect(await world.alias()).toBe('1');
  });

  test('missing permission names the IAM action', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'UpdateAlias',
      status: 403,
      code: 'AccessDeniedException',
    });
    expect(errorsOf(await shift(toTen))).toMatch(/Allow `lambda:UpdateAlias`/);
  });

  test('expired credentials say to configure them anew', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'GetAlias',
      status: 403,
      code: 'ExpiredTokenException',
    });
    expect(errorsOf(await shift(toTen))).toMatch(/credentials have expired.*configure-aws-credentials/);
  });
});

test('two rollouts at once: one has the alias, the other says who, and nothing is mixed', async () => {
  await start();
  const runs = await Promise.all([shift(toTen), shift({ ...toTen, version: '3', weight: '20' })]);
  const winners = runs.filter(({ code }) => code === 0);
  const losers = runs.filter(({ code }) => code !== 0);
  expect([winners.length, losers.length]).toEqual([1, 1]);
  expect(losers.map(errorsOf).join()).toMatch(/another rollout|someone else moved it/);
  const { 'canary-version': version, weight } = winners[0]?.outputs ?? {};
  expect(await world.alias()).toBe(`1+${version}@${Number(weight) / 100}`);
});

describe('where AWS cannot be asked at all', () => {
  const withEnv = (env: Readonly<Record<string, string>>) =>
    world.run('canary-shift', toTen, { env: { AWS_EC2_METADATA_DISABLED: 'true', ...env } });

  test.each([
    [
      'no credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      /there are no AWS credentials.*configure-aws-credentials.*id-token: write/,
    ],
    ['no region', { AWS_REGION: '', AWS_DEFAULT_REGION: '' }, /no AWS region is set.*`aws-region`/],
    [
      'a region that is none',
      { AWS_REGION: 'africa/south', AWS_ENDPOINT_URL: '' },
      /the region `africa\/south` is not one.*`aws-region`/,
    ],
    [
      'nobody listening',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      /no answer came from AWS in 5 attempts.*Check the network/,
    ],
  ])('%s is told with what to do', async (_, env, message) => {
    await start();
    const run = await withEnv(env);
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(message);
    expect(errorsOf(run)).not.toMatch(/bug in promo-actions/);
  });
});

describe('after the job', () => {
  const post = (postOf: Awaited<ReturnType<typeof shift>>) => world.run('canary-shift', toTen, { postOf });

  test('a canary that this step shifted is taken back', async () => {
    await start();
    const main = await shift(toTen);
    const run = await post(main);
    expect(run.code).toBe(0);
    expect(run.annotations).toEqual([
      {
        level: 'notice',
        message: expect.stringMatching(/taken back from version 1 with 10% on version 2 to version 1/),
      },
    ]);
    expect(await world.alias()).toBe('1');
  });

  test('a rollout that an earlier attempt of the run left behind is taken back too', async () => {
    await start({ version: '1', canary: '2', weight: 0.1 });
    await post(await shift(toTen));
    expect(await world.alias()).toBe('1');
  });

  test('a completion is taken back by its own step alone', async () => {
    await start();
    const first = await shift(toTen);
    const last = await shift({ ...base, version: '2', complete: 'true' });
    await post(first);
    expect(await world.alias()).toBe('2');
    await post(last);
    expect(await world.alias()).toBe('1');
  });

  test('a newer rollout is left alone', async () => {
    await start();
    const main = await shift(toTen);
    await world.meddle('1', { 3: 0.2 });
    const run = await post(main);
    expect(run.log).toMatch(/left as it is: it carries another canary, version 3/);
    expect(await world.alias()).toBe('1+3@0.2');
  });

  test('`post: keep` leaves the canary, and a refused step leaves nothing to undo', async () => {
    await start();
    await post(await shift({ ...toTen, post: 'keep' }));
    expect(await world.alias()).toBe('1+2@0.1');
    const refused = await shift({ ...toTen, version: '3' });
    expect(refused.code).toBe(1);
    await post(refused);
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('a step whose answer never came leaves enough to undo it', async () => {
    await start();
    world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', drop: 'after', nth: 1, times: 1 });
    world.sandbox.inject({ service: 'lambda', operation: 'GetAlias', status: 500, nth: 2, times: 5 });
    const main = await shift(toTen);
    expect(errorsOf(main)).toMatch(/could not be read.*HTTP 500.*all 5 attempts/);
    expect(await world.alias()).toBe('1+2@0.1');
    await post(main);
    expect(await world.alias()).toBe('1');
  });

  test('wherever the network dies, the post ends on the stable version alone, and the step can be run again', async () => {
    for (let call = 1; call <= 7; call++) {
      await start();
      world.sandbox.inject({ service: 'lambda', nth: call, times: 1_000, drop: 'after' });
      const main = await shift(toTen);
      await fetch(`${world.sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
      if (main.code !== 0 && (await world.alias()) !== '1')
        expect([call, errorsOf(main)]).toEqual([call, expect.stringMatching(/Changed before this/)]);
      await post(main);
      expect([call, await world.alias()]).toEqual([call, '1']);
      expect(await shift(toTen)).toMatchObject({ code: 0, outputs: { weight: '10' } });
      if (call < 7) await world.close();
    }
  });
});
