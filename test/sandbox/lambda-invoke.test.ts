import { InvokeCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, ARN, lambda, NAME, refusal, START, sandbox, world } from './lambda-fixture.ts';

describe('invoking', () => {
  async function invoke(FunctionName: string, event: object, options: Partial<InvokeCommand['input']> = {}) {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...options }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    return { ...answer, value: text === '' ? undefined : JSON.parse(text) };
  }

  test.each([`${NAME}:live`, `${ARN}:live`, `function:${NAME}:live`, `${ACCOUNT}:function:${NAME}:live`])(
    'runs the handler of %s in virtual time',
    async (name) => {
      const answer = await invoke(name, { name: 'one' }, { LogType: 'Tail' });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '1' });
      expect(answer.FunctionError).toBeUndefined();
      expect(answer.value).toEqual({
        release: 'v1',
        event: { name: 'one' },
        stage: 'prod',
        version: '1',
        arn: `${ARN}:live`,
        at: START.slice(0, 16),
        left: true,
      });
      const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
      expect(log).toMatch(
        /^START RequestId: \S+ Version: 1\nserving one\nEND RequestId: \S+\nREPORT RequestId: \S+\tDuration: /,
      );
    },
  );

  test('a handler that throws, dies or takes too long is a function error', async () => {
    expect(await invoke(NAME, { fail: true }, { Qualifier: '2' })).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      value: {
        errorType: 'RangeError',
        errorMessage: 'it broke',
        trace: expect.arrayContaining([expect.any(String)]),
      },
    });
    expect((await invoke(NAME, { die: true })).value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 9$/),
    });
    expect((await invoke(NAME, { sleep: 5000 })).value).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1.00 seconds$/),
    });
  });

  test('a handler that ignores signals and leaves a child behind has answered all the same', async () => {
    const { child } = (await invoke(NAME, { stay: true })).value;
    // Throws when the answer came only after the child had ended.
    process.kill(child, 'SIGKILL');
  });

  test('loading does not count as the time of the call', async () => {
    const [tenants] = world.lambda ?? [];
    if (tenants === undefined) throw new Error('The world has no function.');
    await sandbox.load({ ...world, lambda: [{ ...tenants, environment: { STAGE: 'slow' } }] });
    expect((await invoke(NAME, {})).value).toMatchObject({ stage: 'slow' });
  });

  test('an alias splits by its weight, the same way for the same seed', async () => {
    const executed = async (): Promise<readonly (string | undefined)[]> => {
      const split = { AdditionalVersionWeights: { '2': 0.4 } };
      await lambda.send(new UpdateAliasCommand({ FunctionName: NAME, Name: 'live', RoutingConfig: split }));
      const versions: (string | undefined)[] = [];
      for (let call = 0; call < 8; call++) versions.push((await invoke(`${NAME}:live`, {})).ExecutedVersion);
      return versions;
    };
    const once = await executed();
    expect([...new Set(once)].sort()).toEqual(['1', '2']);
    await sandbox.load(world);
    expect(await executed()).toEqual(once);
  });

  test('asynchronous and dry calls answer without a payload; bad payloads are refused', async () => {
    expect(await invoke(NAME, {}, { InvocationType: 'Event' })).toMatchObject({
      StatusCode: 202,
      value: undefined,
    });
    expect(await invoke(NAME, {}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
    const broken = new InvokeCommand({ FunctionName: NAME, Payload: Buffer.from('{') });
    expect(await refusal(lambda.send(broken))).toMatchObject({
      name: 'InvalidRequestContentException',
      status: 400,
    });
    const contradictory = new InvokeCommand({ FunctionName: `${NAME}:live`, Qualifier: '2' });
    expect((await refusal(lambda.send(contradictory))).message).toContain(
      'does not match the specified qualifier',
    );
  });
});
