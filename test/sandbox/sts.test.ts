import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../packages/sandbox/src/index.ts';

const START = '2026-03-03T20:00:00Z';
const PROMOTION = 'arn:aws:iam::222222222222:role/ci/promotion';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({
    start: START,
    world: {
      accounts: {
        sit: { id: '111111111111', region: 'af-south-1' },
        prod: { id: '222222222222', region: 'af-south-1', roles: [PROMOTION] },
      },
    },
  });
});
afterEach(() => sandbox.close());

function client(credentials: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}): STSClient {
  return new STSClient({ endpoint: sandbox.url, region: 'af-south-1', credentials, maxAttempts: 1 });
}
const anybody = { accessKeyId: '111111111111', secretAccessKey: 'sandbox' };

function oidcToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}
const claims = { aud: 'sts.amazonaws.com', sub: 'repo:example/tenant-service:environment:prod' };

test('an account is who its access key says', async () => {
  expect(await client(anybody).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111111111111',
    Arn: 'arn:aws:iam::111111111111:user/sandbox',
  });
});

test('a role assumed with a web identity acts in its account until its credentials expire', async () => {
  const answer = await client(anybody).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: PROMOTION,
      RoleSessionName: 'promotion',
      WebIdentityToken: oidcToken(claims),
      DurationSeconds: 3600,
    }),
  );
  expect(answer).toMatchObject({
    SubjectFromWebIdentityToken: claims.sub,
    AssumedRoleUser: { Arn: 'arn:aws:sts::222222222222:assumed-role/promotion/promotion' },
  });
  expect(answer.Credentials?.Expiration).toEqual(new Date('2026-03-03T21:00:00Z'));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {};
  expect(AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  const assumed = client({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  });
  expect(await assumed.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '222222222222',
    Arn: 'arn:aws:sts::222222222222:assumed-role/promotion/promotion',
  });
  await sandbox.clock.advance(3_600_000);
  await expect(assumed.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'ExpiredTokenException',
  });
});

test('a signed caller assumes a role in another account', async () => {
  const command = new AssumeRoleCommand({ RoleArn: PROMOTION, RoleSessionName: 'promotion' });
  expect((await client(anybody).send(command)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
});

test.each([
  [
    'arn:aws:iam::222222222222:role/other',
    'promotion',
    /AccessDenied/,
    /account prod, and .*role\/other is not among them/,
  ],
  ['arn:aws:iam::333333333333:role/any', 'promotion', /AccessDenied/, /no account 333333333333/],
  ['promotion', 'promotion', /ValidationError/, /promotion is invalid/],
  [PROMOTION, 'a b', /ValidationError/, /roleSessionName/],
])('the role %s as %s is refused', async (RoleArn, RoleSessionName, name, message) => {
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName });
  await expect(client(anybody).send(command)).rejects.toMatchObject({
    name: expect.stringMatching(name),
    message: expect.stringMatching(message),
  });
});

test.each([
  ['not a token', /not a JSON Web Token/],
  [oidcToken({ ...claims, aud: 'elsewhere' }), /Incorrect token audience: elsewhere/],
  [oidcToken({ ...claims, exp: Date.parse(START) / 1000 }), /Token expired/],
])('a web identity that does not hold is refused', async (WebIdentityToken, message) => {
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: PROMOTION,
    RoleSessionName: 'x1',
    WebIdentityToken,
  });
  await expect(client(anybody).send(command)).rejects.toThrow(message);
});

test('a key that the sandbox never issued, and a call without any, are refused', async () => {
  const stranger = client({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' });
  await expect(stranger.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  const unsigned = await fetch(sandbox.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.text()).toContain('<Code>MissingAuthenticationTokenException</Code>');
});
