import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { aws, clientConfiguration, hasAwsCli } from './aws.ts';

let sandbox: Sandbox;
let ssm: SSMClient;

beforeAll(async () => {
  sandbox = await startSandbox({
    start: '2026-03-03T20:00:00Z',
    world: {
      accounts: {
        prod: { id: '222222222222', region: 'af-south-1' },
        sit: { id: '111111111111', region: 'af-south-1' },
      },
      ssm: [
        { account: 'prod', name: '/tenants/prod/url', value: 'https://example.com' },
        {
          account: 'prod',
          name: '/tenants/prod/secret',
          type: 'SecureString',
          value: 'hunter2',
          'key-id': 'alias/tenants',
        },
        ...Array.from({ length: 25 }, (_, index) => ({
          account: 'prod',
          name: `/many/p${String(index).padStart(2, '0')}/value`,
          value: String(index),
        })),
        { account: 'sit', throttle: '5/s' },
      ],
    },
  });
  ssm = new SSMClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  ssm.destroy();
  await sandbox.close();
});

const put = (input: Partial<PutParameterCommandInput> & { Name: string }) =>
  ssm.send(new PutParameterCommand({ Value: 'value', Type: 'String', ...input }));
const get = (Name: string, WithDecryption = false) =>
  ssm.send(new GetParameterCommand({ Name, WithDecryption }));

describe('Parameter Store', () => {
  test('gives what the world holds, with its ARN and time', async () => {
    expect((await get('/tenants/prod/url')).Parameter).toEqual({
      Name: '/tenants/prod/url',
      Type: 'String',
      Value: 'https://example.com',
      Version: 1,
      LastModifiedDate: new Date('2026-03-03T20:00:00Z'),
      ARN: 'arn:aws:ssm:af-south-1:222222222222:parameter/tenants/prod/url',
      DataType: 'text',
    });
  });

  test('shows a SecureString only to those who ask for decryption', async () => {
    const sealed = (await get('/tenants/prod/secret')).Parameter?.Value ?? '';
    expect(sealed).toMatch(/^AQICAHh/);
    expect(sealed).not.toContain('hunter2');
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('hunter2');
    expect((await get('/tenants/prod/secret', true)).Parameter?.Value).toBe('hunter2');
    const described = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Type', Values: ['SecureString'] }] }),
    );
    expect(described.Parameters).toMatchObject([
      { Name: '/tenants/prod/secret', KeyId: 'alias/tenants', Tier: 'Standard' },
    ]);
  });

  test('counts versions, finds them by number and label, keeps their history', async () => {
    const Name = '/app/version';
    expect(await put({ Name, Value: 'v1.0.0' })).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect((await put({ Name, Value: 'v1.1.0', Overwrite: true })).Version).toBe(2);
    const labelled = await ssm.send(
      new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['good', '1st', 'aws-x'] }),
    );
    expect(labelled).toMatchObject({ InvalidLabels: ['1st', 'aws-x'], ParameterVersion: 1 });
    expect((await get(`${Name}:1`)).Parameter).toMatchObject({ Value: 'v1.0.0', Selector: ':1' });
    expect((await get(`${Name}:good`)).Parameter?.Value).toBe('v1.0.0');
    await ssm.send(new LabelParameterVersionCommand({ Name, Labels: ['good'] }));
    expect((await get(`${Name}:good`)).Parameter?.Value).toBe('v1.1.0');
    const { Parameters: history } = await ssm.send(new GetParameterHistoryCommand({ Name }));
    expect(history?.map(({ Version, Value, Labels }) => [Version, Value, Labels])).toEqual([
      [1, 'v1.0.0', []],
      [2, 'v1.1.0', ['good']],
    ]);
    await expect(get(`${Name}:9`)).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
      message: expect.stringContaining('could not find version 9 of /app/version'),
    });
  });

  test('keeps 100 versions and never drops a labelled one', async () => {
    const Name = '/app/busy';
    await put({ Name, Value: '1' });
    for (let index = 2; index <= 101; index++) await put({ Name, Value: String(index), Overwrite: true });
    await expect(get(`${Name}:1`)).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 2, Labels: ['keep'] }));
    await expect(put({ Name, Value: 'more', Overwrite: true })).rejects.toMatchObject({
      name: 'ParameterMaxVersionLimitExceeded',
      message: expect.stringContaining('Version 2, the oldest version'),
    });
  });

  test('pages a path by ten; a page may be empty and still have a token', async () => {
    const pages: number[] = [];
    const names: string[] = [];
    for (const path of ['/many', '/many/', '/', '/many']) {
      let token: string | undefined;
      const found: string[] = [];
      do {
        const page = await ssm.send(
          new GetParametersByPathCommand({ Path: path, Recursive: true, ...(token && { NextToken: token }) }),
        );
        pages.push(page.Parameters?.length ?? -1);
        found.push(...(page.Parameters?.map(({ Name = '' }) => Name) ?? []));
        token = page.NextToken;
      } while (token !== undefined);
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((name) => name.startsWith('/many/'))).toHaveLength(25);
      names.push(...found);
    }
    expect(Math.max(...pages)).toBe(10);
    expect(pages).toContain(0);
    const direct = await ssm.send(new GetParametersByPathCommand({ Path: '/tenants/prod' }));
    expect(direct.Parameters?.map(({ Name }) => Name)).toEqual(['/tenants/prod/secret', '/tenants/prod/url']);
    expect((await ssm.send(new GetParametersByPathCommand({ Path: '/tenants' }))).Parameters).toEqual([]);
  });

  test('several at once, the unknown ones named', async () => {
    const answer = await ssm.send(
      new GetParametersCommand({ Names: ['/tenants/prod/url', '/none', '/tenants/prod/url:7'] }),
    );
    expect(answer.Parameters?.map(({ Value }) => Value)).toEqual(['https://example.com']);
    expect(answer.InvalidParameters).toEqual(['/none', '/tenants/prod/url:7']);
    await expect(
      ssm.send(new GetParametersCommand({ Names: Array.from({ length: 11 }, (_, index) => `/n${index}`) })),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining("at 'names'") });
  });

  test('deletes what is there', async () => {
    await put({ Name: '/gone/a' });
    await put({ Name: '/gone/b' });
    await ssm.send(new DeleteParameterCommand({ Name: '/gone/a' }));
    await expect(get('/gone/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    const answer = await ssm.send(new DeleteParametersCommand({ Names: ['/gone/a', '/gone/b'] }));
    expect(answer).toMatchObject({ DeletedParameters: ['/gone/b'], InvalidParameters: ['/gone/a'] });
    await expect(ssm.send(new DeleteParameterCommand({ Name: '/gone/b' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });

  test('tags come at creation or later', async () => {
    await put({ Name: '/tagged', Tags: [{ Key: 'owner', Value: 'ops' }] });
    const ResourceType = 'Parameter';
    await ssm.send(
      new AddTagsToResourceCommand({
        ResourceType,
        ResourceId: '/tagged',
        Tags: [{ Key: 'stage', Value: 'prod' }],
      }),
    );
    const { TagList } = await ssm.send(
      new ListTagsForResourceCommand({ ResourceType, ResourceId: '/tagged' }),
    );
    expect(TagList).toEqual([
      { Key: 'owner', Value: 'ops' },
      { Key: 'stage', Value: 'prod' },
    ]);
  });

  test.each<[Partial<PutParameterCommandInput> & { Name: string }, string, string]>([
    [{ Name: '/tenants/prod/url' }, 'ParameterAlreadyExists', 'set the overwrite option'],
    [
      { Name: '/tenants/prod/url', Type: 'StringList', Overwrite: true },
      'HierarchyTypeMismatchException',
      'is a String',
    ],
    [
      { Name: '/new', Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      "can't be used together",
    ],
    [{ Name: '/large', Value: 'x'.repeat(4097) }, 'ValidationException', '4096 characters'],
    [{ Name: '/large', Value: 'x'.repeat(8193), Tier: 'Advanced' }, 'ValidationException', '8192 characters'],
    [{ Name: '/nested', Value: 'a {{ssm:b}} c' }, 'ValidationException', "can't nest another parameter"],
    [{ Name: 'aws-thing' }, 'ValidationException', 'can\'t be prefixed with "aws" or "ssm"'],
    [{ Name: '/aws/thing/x' }, 'AccessDeniedException', 'No access to reserved parameter name'],
    [{ Name: '/bad name' }, 'ValidationException', 'letters, numbers and the following 3 symbols'],
    [{ Name: 'no/slash' }, 'ValidationException', 'fully qualified name'],
    [{ Name: `/${'a/'.repeat(15)}a` }, 'HierarchyLevelLimitExceededException', '15 levels'],
    [
      { Name: '/pattern', Value: 'abc', AllowedPattern: '^\\d+$' },
      'ParameterPatternMismatchException',
      'allowedPattern',
    ],
    [{ Name: '/pattern', AllowedPattern: '(' }, 'InvalidAllowedPatternException', 'not valid'],
    [{ Name: '/typeless', Type: undefined }, 'ValidationException', 'A parameter type is required'],
    [{ Name: '/empty', Value: '' }, 'ValidationException', 'greater than or equal to 1'],
  ])('PutParameter %# is refused as AWS does', async (input, name, message) => {
    await expect(put(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('a larger value chooses its tier, which never goes back', async () => {
    const Name = '/tiers/one';
    expect((await put({ Name, Value: 'x'.repeat(5000), Tier: 'Intelligent-Tiering' })).Tier).toBe('Advanced');
    expect((await put({ Name, Value: 'small', Overwrite: true })).Tier).toBe('Advanced');
    await expect(put({ Name, Value: 'small', Overwrite: true, Tier: 'Standard' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("can't downgrade"),
    });
  });

  test('accounts do not see each other, and a limited one throttles until time has passed', async () => {
    const other = new SSMClient(clientConfiguration(sandbox, '111111111111'));
    const ask = () => other.send(new GetParameterCommand({ Name: '/tenants/prod/url' }));
    for (let index = 0; index < 5; index++)
      await expect(ask()).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    await sandbox.clock.advance(200);
    await expect(ask()).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException' });
    other.destroy();
  });

  test('an operation it does not have is refused by name', async () => {
    const answer = await fetch(sandbox.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSSM.SendCommand',
        'content-type': 'application/x-amz-json-1.1',
        authorization:
          'AWS4-HMAC-SHA256 Credential=222222222222/20260303/af-south-1/ssm/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: '{}',
    });
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining('SendCommand')]);
  });

  (hasAwsCli ? test : test.skip)('the AWS CLI reads and writes parameters', async () => {
    await aws(
      sandbox,
      'ssm',
      'put-parameter',
      '--name',
      '/cli/one',
      '--type',
      'String',
      '--value',
      'from the CLI',
    );
    expect(await aws(sandbox, 'ssm', 'get-parameter', '--name', '/cli/one')).toMatchObject({
      Parameter: { Value: 'from the CLI', Version: 1 },
    });
    const many = (await aws(sandbox, 'ssm', 'get-parameters-by-path', '--path', '/many', '--recursive')) as {
      Parameters: unknown[];
    };
    expect(many.Parameters).toHaveLength(25);
  });
});
