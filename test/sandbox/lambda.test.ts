import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { startSandbox, type World } from '../../packages/sandbox/src/index.ts';
import {
  ACCOUNT,
  ARN,
  clientOf,
  folder,
  lambda,
  minutes,
  NAME,
  ROLE,
  refusal,
  world,
  zipOf,
} from './lambda-fixture.ts';

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

test('a function’s code that is not there is told with its path', async () => {
  const absent: World = {
    ...world,
    lambda: [{ account: 'prod', function: 'x', versions: [{ code: 'nowhere' }] }],
  };
  await expect(startSandbox({ world: absent, folder })).rejects.toThrow(
    `The world's function x of account prod: There is no code at ${join(folder, 'nowhere')}; it must be a folder or a .zip file.`,
  );
});
