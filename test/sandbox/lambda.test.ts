import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '../../packages/sandbox/src/index.ts';

const START = '2026-03-03T20:00:00.000Z';
const ACCOUNT = '222222222222';
const NAME = 'tenant-service';
const ARN = `arn:aws:lambda:af-south-1:${ACCOUNT}:function:${NAME}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/tenant-service`;

let folder: string;
let sandbox: Sandbox;
let lambda: LambdaClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promo-lambda-'));
  for (const version of ['v1', 'v2', 'v3']) {
    await mkdir(join(folder, version));
    const source = `export const handler = async (event, context) => {
      if (event.fail) throw new RangeError('it broke');
      if (event.die) process.exit(9);
      if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
      console.log('serving', event.name);
      return { release: '${version}', event, stage: process.env.STAGE, version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        arn: context.invokedFunctionArn, at: new Date().toISOString().slice(0, 16), left: context.getRemainingTimeInMillis() > 0 };
    };`;
    await writeFile(join(folder, version, 'index.mjs'), source);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const world: World = {
  accounts: { prod: { id: ACCOUNT, region: 'af-south-1' } },
  lambda: [
    {
      account: 'prod',
      function: NAME,
      timeout: 1,
      role: ROLE,
      environment: { STAGE: 'prod' },
      versions: [{ code: 'v1' }, { code: 'v2', description: 'v2' }, { code: 'v3', role: `${ROLE}-other` }],
      aliases: { live: '1', other: '2' },
      'last-modified': '2026-03-01T08:00:00Z',
    },
  ],
};

beforeEach(async () => {
  sandbox = await startSandbox({ start: START, world, folder });
  lambda = clientOf(ACCOUNT);
});
afterEach(async () => {
  lambda.destroy();
  await sandbox.close();
});

function clientOf(account: string, region = 'af-south-1'): LambdaClient {
  return new LambdaClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  });
}

const minutes = (count: number): Promise<void> => sandbox.clock.advance(count * 60_000);

async function refusal(
  call: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode?: number } };
    return { name, status: $metadata.httpStatusCode, message };
  }
  throw new Error('It was expected to be refused, and was not.');
}

async function zipOf(version: string): Promise<Uint8Array> {
  const found = await lambda.send(new GetFunctionCommand({ FunctionName: NAME, Qualifier: version }));
  return new Uint8Array(await (await fetch(found.Code?.Location ?? '')).arrayBuffer());
}

describe('functions and versions', () => {
  test('the world’s function is there, settled, with its versions', async () => {
    const found = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: NAME, Qualifier: 'live' }),
    );
    expect(found).toMatchObject({
      FunctionName: NAME,
      FunctionArn: `${ARN}:live`,
      Version: '1',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LastModified: '2026-03-01T08:00:00.000+0000',
      Environment: { Variables: { STAGE: 'prod' } },
      Timeout: 1,
    });
    const listed = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: NAME }));
    expect(listed.Versions?.map((version) => version.Version)).toEqual(['$LATEST', '1', '2', '3']);
    expect(listed.Versions?.[1]?.State).toBeUndefined();
    const functions = await lambda.send(new ListFunctionsCommand({}));
    expect(functions.Functions?.map((each) => each.FunctionArn)).toEqual([ARN]);
    expect(
      await refusal(lambda.send(new GetFunctionCommand({ FunctionName: NAME, Qualifier: '9' }))),
    ).toEqual({
      name: 'ResourceNotFoundException',
      status: 404,
      message: `Function not found: ${ARN}:9`,
    });
  });

  test('accounts and regions are apart, and an ARN elsewhere is told', async () => {
    const elsewhere = clientOf('111111111111');
    expect(await refusal(elsewhere.send(new GetFunctionCommand({ FunctionName: NAME })))).toMatchObject({
      status: 404,
    });
    expect(await refusal(elsewhere.send(new GetFunctionCommand({ FunctionName: ARN })))).toMatchObject({
      name: 'AccessDeniedException',
      status: 403,
    });
    const farther = clientOf(ACCOUNT, 'eu-west-1');
    expect(await refusal(farther.send(new GetFunctionCommand({ FunctionName: ARN })))).toMatchObject({
      message: "Functions from 'af-south-1' are not reachable in this region ('eu-west-1')",
    });
  });

  test('the package of a version is served for ten minutes, and its hash is the one told', async () => {
    const found = await lambda.send(new GetFunctionCommand({ FunctionName: `${ARN}:2` }));
    const location = found.Code?.Location ?? '';
    const zip = new Uint8Array(await (await fetch(location)).arrayBuffer());
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', zip)).toString('base64');
    expect(digest).toBe(found.Configuration?.CodeSha256);
    expect(zip.length).toBe(found.Configuration?.CodeSize);
    await minutes(9.9);
    expect((await fetch(location)).status).toBe(200);
    await minutes(0.1);
    const late = await fetch(location);
    expect(late.status).toBe(403);
    expect(await late.text()).toContain('Request has expired');
  });

  test('an update is in progress for a while, publishes once, and a repeat publishes nothing', async () => {
    const zip = await zipOf('1');
    const updated = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: NAME, ZipFile: zip }));
    expect(updated).toMatchObject({ LastUpdateStatus: 'InProgress', Version: '$LATEST' });
    expect(await refusal(lambda.send(new PublishVersionCommand({ FunctionName: NAME })))).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
    });
    await minutes(1);
    const settled = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: NAME }));
    expect(settled.LastUpdateStatus).toBe('Successful');
    expect(settled.RevisionId).not.toBe(updated.RevisionId);
    const stale = new PublishVersionCommand({ FunctionName: NAME, RevisionId: updated.RevisionId });
    expect(await refusal(lambda.send(stale))).toMatchObject({
      name: 'PreconditionFailedException',
      status: 412,
    });
    const wrong = new PublishVersionCommand({ FunctionName: NAME, CodeSha256: 'wrong' });
    expect((await refusal(lambda.send(wrong))).message).toContain(
      'CodeSHA256 (wrong) is different from current CodeSHA256',
    );
    const published = await lambda.send(
      new PublishVersionCommand({
        FunctionName: NAME,
        RevisionId: settled.RevisionId,
        CodeSha256: settled.CodeSha256,
        Description: 'v1 again',
      }),
    );
    expect(published).toMatchObject({
      Version: '4',
      FunctionArn: `${ARN}:4`,
      Description: 'v1 again',
      State: 'Pending',
    });
    expect(
      await refusal(lambda.send(new InvokeCommand({ FunctionName: NAME, Qualifier: '4' }))),
    ).toMatchObject({ status: 409 });
    await minutes(1);
    expect((await lambda.send(new PublishVersionCommand({ FunctionName: NAME }))).Version).toBe('4');
    const stages = { Variables: { STAGE: 'other' } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: NAME, Environment: stages }));
    await minutes(1);
    expect((await lambda.send(new PublishVersionCommand({ FunctionName: NAME }))).Version).toBe('5');
  });

  test('a dry run, a bad zip and a stale revision change nothing', async () => {
    const before = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: NAME }));
    const zip = await zipOf('1');
    const dry = await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: NAME, ZipFile: zip, DryRun: true }),
    );
    expect(dry.CodeSha256).not.toBe(before.CodeSha256);
    const bad = new UpdateFunctionCodeCommand({ FunctionName: NAME, ZipFile: Buffer.from('not a zip') });
    expect((await refusal(lambda.send(bad))).message).toContain('Could not unzip uploaded file.');
    const stale = new UpdateFunctionCodeCommand({ FunctionName: NAME, ZipFile: zip, RevisionId: 'stale' });
    expect(await refusal(lambda.send(stale))).toMatchObject({ status: 412 });
    const nothing = new UpdateFunctionCodeCommand({ FunctionName: NAME });
    expect(await refusal(lambda.send(nothing))).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
    });
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: NAME }))).toMatchObject({
      CodeSha256: before.CodeSha256,
      RevisionId: before.RevisionId,
    });
  });

  test('a function is created Pending, then works, and versions that are not in use can be deleted', async () => {
    const create = new CreateFunctionCommand({
      FunctionName: 'new-service',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: await zipOf('2') },
      Publish: true,
    });
    expect(await lambda.send(create)).toMatchObject({
      Version: '1',
      State: 'Pending',
      StateReasonCode: 'Creating',
    });
    expect(await refusal(lambda.send(create))).toMatchObject({
      status: 409,
      message: 'Function already exist: new-service',
    });
    await minutes(1);
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'new-service' }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ release: 'v2' });
    const one = { FunctionName: 'new-service', Qualifier: '1' };
    await lambda.send(
      new CreateAliasCommand({ FunctionName: 'new-service', Name: 'live', FunctionVersion: '1' }),
    );
    expect(await refusal(lambda.send(new DeleteFunctionCommand(one)))).toMatchObject({
      status: 409,
      message: 'Unable to delete version because the following aliases reference it: [live]',
    });
    await lambda.send(new DeleteAliasCommand({ FunctionName: 'new-service', Name: 'live' }));
    await lambda.send(new DeleteFunctionCommand(one));
    expect(await refusal(lambda.send(new GetFunctionCommand(one)))).toMatchObject({ status: 404 });
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'new-service' }));
    expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
  });

  test('with SnapStart a version is Pending until its snapshot is taken', async () => {
    const SnapStart = { ApplyOn: 'PublishedVersions' } as const;
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: NAME, SnapStart }));
    await minutes(0.1);
    const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName: NAME }));
    const one = { FunctionName: NAME, Qualifier: Version };
    expect(await refusal(lambda.send(new InvokeCommand(one)))).toMatchObject({
      name: 'SnapStartNotReadyException',
      status: 409,
    });
    expect((await lambda.send(new GetFunctionConfigurationCommand(one))).SnapStart?.OptimizationStatus).toBe(
      'Off',
    );
    await minutes(1.1);
    expect(await lambda.send(new GetFunctionConfigurationCommand(one))).toMatchObject({
      State: 'Active',
      SnapStart: { ApplyOn: 'PublishedVersions', OptimizationStatus: 'On' },
    });
    expect((await lambda.send(new InvokeCommand(one))).ExecutedVersion).toBe(Version);
  });

  test('lists come in pages of at most fifty', async () => {
    for (let number = 0; number < 53; number++) {
      const Name = `backup-${String(number).padStart(2, '0')}`;
      await lambda.send(new CreateAliasCommand({ FunctionName: NAME, Name, FunctionVersion: '1' }));
    }
    const first = await lambda.send(new ListAliasesCommand({ FunctionName: NAME, MaxItems: 100 }));
    expect(first.Aliases).toHaveLength(50);
    const second = await lambda.send(
      new ListAliasesCommand({ FunctionName: NAME, Marker: first.NextMarker }),
    );
    expect(second.Aliases?.map((alias) => alias.Name)).toEqual([
      'backup-50',
      'backup-51',
      'backup-52',
      'live',
      'other',
    ]);
    expect(second.NextMarker).toBeUndefined();
    const ofTwo = await lambda.send(new ListAliasesCommand({ FunctionName: NAME, FunctionVersion: '2' }));
    expect(ofTwo.Aliases?.map((alias) => alias.Name)).toEqual(['other']);
  });
});

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

  test('an alias splits by its weight, the same way for the same seed', async () => {
    const executed = async (): Promise<readonly (string | undefined)[]> => {
      const split = { AdditionalVersionWeights: { '2': 0.4 } };
      await lambda.send(new UpdateAliasCommand({ FunctionName: NAME, Name: 'live', RoutingConfig: split }));
      const versions: (string | undefined)[] = [];
      for (let call = 0; call < 16; call++) versions.push((await invoke(`${NAME}:live`, {})).ExecutedVersion);
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
    expect(
      sandbox
        .journal()
        .map(({ operation, status, fault, subject }) => ({ operation, status, fault, subject })),
    ).toEqual([
      { operation: 'UpdateAlias', status: 200, fault: undefined, subject: { function: NAME, alias: 'live' } },
      {
        operation: 'UpdateAlias',
        status: 429,
        fault: '429 TooManyRequestsException',
        subject: { function: NAME, alias: 'live' },
      },
      { operation: 'UpdateAlias', status: 200, fault: undefined, subject: { function: NAME, alias: 'live' } },
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

test('a function’s code that is not there is told with its path', async () => {
  const absent: World = {
    ...world,
    lambda: [{ account: 'prod', function: 'x', versions: [{ code: 'nowhere' }] }],
  };
  await expect(startSandbox({ world: absent, folder })).rejects.toThrow(
    `The world's function x of account prod: There is no code at ${join(folder, 'nowhere')}; it must be a folder or a .zip file.`,
  );
});
