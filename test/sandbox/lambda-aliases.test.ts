import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAliasCommand,
  GetProvisionedConcurrencyConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { ARN, lambda, minutes, NAME, refusal, sandbox } from './lambda-fixture.ts';

describe('aliases', () => {
  const live = { FunctionName: NAME, Name: 'live' };

  test('a weight is set, kept by an update that does not mention it, and cleared by an empty one', async () => {
    const before = await lambda.send(new GetAliasCommand(live));
    expect(before).toMatchObject({ AliasArn: `${ARN}:live`, FunctionVersion: '1', Description: '' });
    expect(before.RoutingConfig).toBeUndefined();
    const shifted = await lambda.send(
      new UpdateAliasCommand({
        ...live,
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } },
        RevisionId: before.RevisionId,
      }),
    );
    expect(shifted.RoutingConfig).toEqual({ AdditionalVersionWeights: { '2': 0.1 } });
    expect(
      await refusal(lambda.send(new UpdateAliasCommand({ ...live, RevisionId: before.RevisionId }))),
    ).toEqual({
      name: 'PreconditionFailedException',
      status: 412,
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    });
    const described = await lambda.send(new UpdateAliasCommand({ ...live, Description: 'in canary' }));
    expect(described).toMatchObject({
      Description: 'in canary',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } },
    });
    const promoted = await lambda.send(
      new UpdateAliasCommand({
        ...live,
        FunctionVersion: '2',
        RoutingConfig: { AdditionalVersionWeights: {} },
      }),
    );
    expect(promoted.FunctionVersion).toBe('2');
    expect(promoted.RoutingConfig).toBeUndefined();
  });

  test.each([
    ['5', undefined, 'ResourceNotFoundException', `Function not found: ${ARN}:5`],
    ['1', { '5': 0.1 }, 'ResourceNotFoundException', `Function not found: ${ARN}:5`],
    [
      '2',
      { '2': 0.1 },
      'InvalidParameterValueException',
      'Invalid function version 2. Function version 2 is already included in routing configuration.',
    ],
    [
      '1',
      { '2': 0.1, '3': 0.1 },
      'InvalidParameterValueException',
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      '1',
      { '3': 0.1 },
      'InvalidParameterValueException',
      'Specified versions must be associated with the same execution role',
    ],
    [
      '$LATEST',
      { '2': 0.1 },
      'InvalidParameterValueException',
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    ['1', { '2': 1.5 }, 'ValidationException', 'Member must have value less than or equal to 1.0'],
    ['1', { $LATEST: 0.5 }, 'ValidationException', 'Member must satisfy regular expression pattern: [0-9]+'],
    [
      'one',
      undefined,
      'ValidationException',
      "Value 'one' at 'functionVersion' failed to satisfy constraint",
    ],
  ])('version %s with weights %j is refused', async (FunctionVersion, weights, name, message) => {
    const RoutingConfig =
      weights === undefined ? undefined : { AdditionalVersionWeights: weights as Record<string, number> };
    const told = await refusal(
      lambda.send(new UpdateAliasCommand({ ...live, FunctionVersion, RoutingConfig })),
    );
    expect(told).toMatchObject({ name, message: expect.stringContaining(message) });
    const created = new CreateAliasCommand({
      FunctionName: NAME,
      Name: 'new',
      FunctionVersion,
      RoutingConfig,
    });
    expect(await refusal(lambda.send(created))).toEqual(told);
    expect(await lambda.send(new GetAliasCommand(live))).toMatchObject({ FunctionVersion: '1' });
  });

  test('names are checked, doubles refused, the missing told, and deleting is safe to repeat', async () => {
    const create = (Name: string) =>
      new CreateAliasCommand({ FunctionName: NAME, Name, FunctionVersion: '1' });
    expect(await refusal(lambda.send(create('123')))).toMatchObject({
      name: 'ValidationException',
      status: 400,
    });
    expect(await refusal(lambda.send(create('live')))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: `Alias already exists: ${ARN}:live`,
    });
    await lambda.send(new DeleteAliasCommand(live));
    await lambda.send(new DeleteAliasCommand(live));
    expect(await refusal(lambda.send(new GetAliasCommand(live)))).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
      message: `Cannot find alias arn: ${ARN}:live`,
    });
  });

  test('provisioned concurrency forbids weights, and hands a new version over gradually', async () => {
    const provisioned = { FunctionName: NAME, Qualifier: 'live' };
    const asked = await lambda.send(
      new PutProvisionedConcurrencyConfigCommand({ ...provisioned, ProvisionedConcurrentExecutions: 2 }),
    );
    expect(asked).toMatchObject({ Status: 'IN_PROGRESS', AvailableProvisionedConcurrentExecutions: 0 });
    await minutes(1);
    expect(await lambda.send(new GetProvisionedConcurrencyConfigCommand(provisioned))).toMatchObject({
      Status: 'READY',
    });
    const weighted = new UpdateAliasCommand({
      ...live,
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } },
    });
    expect((await refusal(lambda.send(weighted))).message).toBe(
      'Alias with weights can not be used with Provisioned Concurrency',
    );
    const moved = await lambda.send(new UpdateAliasCommand({ ...live, FunctionVersion: '2' }));
    expect(moved).toMatchObject({
      FunctionVersion: '2',
      RoutingConfig: { AdditionalVersionWeights: { '1': 1 } },
    });
    await minutes(1);
    expect((await lambda.send(new GetAliasCommand(live))).RoutingConfig).toBeUndefined();
    await lambda.send(new DeleteProvisionedConcurrencyConfigCommand(provisioned));
    expect(await refusal(lambda.send(new GetProvisionedConcurrencyConfigCommand(provisioned)))).toMatchObject(
      {
        name: 'ProvisionedConcurrencyConfigNotFoundException',
      },
    );
    await lambda.send(
      new UpdateAliasCommand({ ...live, RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } } }),
    );
  });
});

describe('bad days', () => {
  test('the second UpdateAlias is throttled once, in Lambda’s words', async () => {
    sandbox.inject({
      service: 'lambda',
      operation: 'UpdateAlias',
      nth: 2,
      status: 429,
      code: 'TooManyRequestsException',
    });
    const update = () =>
      lambda.send(new UpdateAliasCommand({ FunctionName: NAME, Name: 'live', Description: 'x' }));
    await update();
    expect(await refusal(update())).toMatchObject({ name: 'TooManyRequestsException', status: 429 });
    await update();
    const subject = { function: NAME, alias: 'live', version: '1' };
    expect(
      sandbox
        .journal()
        .map(({ operation, status, fault, subject }) => ({ operation, status, fault, subject })),
    ).toEqual([
      { operation: 'UpdateAlias', status: 200, fault: undefined, subject },
      { operation: 'UpdateAlias', status: 429, fault: '429 TooManyRequestsException', subject },
      { operation: 'UpdateAlias', status: 200, fault: undefined, subject },
    ]);
  });

  test('the journal has the whole state that each call wants for the alias, also what the call leaves as it is', async () => {
    const update = (wanted: Partial<UpdateAliasCommand['input']>) =>
      lambda.send(new UpdateAliasCommand({ FunctionName: NAME, Name: 'live', ...wanted }));
    const weigh = (weights: Record<string, number>) => ({
      RoutingConfig: { AdditionalVersionWeights: weights },
    });
    await update(weigh({ '2': 0.07 }));
    await update({ Description: 'x' });
    await refusal(update({ FunctionVersion: '2' }));
    await refusal(update({ FunctionVersion: '1', RevisionId: 'stale', ...weigh({ '2': 1 }) }));
    await update({ FunctionVersion: '2', ...weigh({}) });
    await lambda.send(new CreateAliasCommand({ FunctionName: NAME, Name: 'backup', FunctionVersion: '1' }));
    await refusal(update({ FunctionVersion: 'two' }));
    const alias = { function: NAME, alias: 'live' };
    expect(sandbox.journal().map(({ status, subject }) => [status, subject])).toEqual([
      [200, { ...alias, version: '1', canary: '2', weight: '7' }],
      [200, { ...alias, version: '1', canary: '2', weight: '7' }],
      [400, { ...alias, version: '2', canary: '2', weight: '7' }],
      [412, { ...alias, version: '1', canary: '2', weight: '100' }],
      [200, { ...alias, version: '2' }],
      [201, { function: NAME, alias: 'backup', version: '1' }],
      [400, alias],
    ]);
  });

  test.each([
    ['before', ''],
    ['after', 'changed'],
  ] as const)(
    'a connection that drops %s the effect leaves the description "%s"',
    async (drop, description) => {
      sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', times: 1, drop });
      const update = new UpdateAliasCommand({ FunctionName: NAME, Name: 'live', Description: 'changed' });
      await expect(lambda.send(update)).rejects.toThrow(/socket hang up|ECONNRESET/);
      expect(await lambda.send(new GetAliasCommand({ FunctionName: NAME, Name: 'live' }))).toMatchObject({
        Description: description,
      });
      expect(sandbox.journal()[0]).toMatchObject({
        operation: 'UpdateAlias',
        status: 0,
        fault: `drop ${drop}`,
      });
    },
  );
});
