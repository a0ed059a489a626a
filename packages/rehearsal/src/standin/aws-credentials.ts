import type { StepTask } from '../machine/index.ts';
import { required, type StandIn } from './stand-in.ts';

const AUDIENCE = 'sts.amazonaws.com';

/** Assumes the role by the job's OIDC token, at the sandbox's STS, and sets what the real action sets. */
export const configureAwsCredentials: StandIn = {
  inputs: [
    ...['role-to-assume', 'aws-region', 'role-session-name', 'role-duration-seconds', 'audience'],
    ...['mask-aws-account-id', 'output-credentials', 'unset-current-credentials', 'allowed-account-ids'],
    ...[
      'role-skip-session-tagging',
      'retry-max-attempts',
      'disable-retry',
      'action-timeout-s',
      'special-characters-workaround',
    ],
  ],
  async play(inputs, task) {
    const { setting, added } = task.machine;
    const role = required(inputs, 'role-to-assume');
    const region = required(inputs, 'aws-region');
    const token = await idToken(inputs.audience || AUDIENCE, task);
    setting.masks.add(token);
    const endpoint = setting.environment.AWS_ENDPOINT_URL ?? '';
    const answer = await patiently(task, endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: role,
        RoleSessionName: inputs['role-session-name'] || 'GitHubActions',
        DurationSeconds: inputs['role-duration-seconds'] || '3600',
        WebIdentityToken: token,
      }).toString(),
    });
    const xml = await answer.text();
    if (!answer.ok) {
      throw new Error(
        `Could not assume role ${role} with OIDC: ${tag(xml, 'Code') || answer.status}: ${tag(xml, 'Message')} ${claims(token)}`,
      );
    }
    const account = /arn:[^:]*:iam::(\d+):/.exec(role)?.[1] ?? '';
    const allowed = (inputs['allowed-account-ids'] ?? '')
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean);
    if (allowed.length > 0 && !allowed.includes(account)) {
      throw new Error(
        `The account ID of the provided credentials (${account}) is not allowed: ${allowed.join(', ')}`,
      );
    }
    const secrets = {
      AWS_ACCESS_KEY_ID: tag(xml, 'AccessKeyId'),
      AWS_SECRET_ACCESS_KEY: tag(xml, 'SecretAccessKey'),
      AWS_SESSION_TOKEN: tag(xml, 'SessionToken'),
    };
    for (const secret of Object.values(secrets)) setting.masks.add(secret);
    if (inputs['mask-aws-account-id'] === 'true') setting.masks.add(account);
    Object.assign(added.env, secrets, { AWS_REGION: region, AWS_DEFAULT_REGION: region });
    const arn = tag(xml, 'Arn');
    task.log.line(`Assumed ${arn || role} in ${region}.`);
    return { 'aws-account-id': account, 'authenticated-arn': arn };
  },
  // The posts of the steps before it, which run after this, have no credentials any more.
  post(_, task) {
    Object.assign(task.machine.added.env, Object.fromEntries(EXPORTED.map((name) => [name, ''])));
    task.log.line('Emptied the credentials of the job.');
  },
};

/** What the real action puts into the environment, and empties at the end of the job. */
const EXPORTED = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
] as const;

/** How often the real action tries, and how long it waits at first; twice as long after each try. */
const TRIES = 12;
const FIRST_PAUSE = 50;

/** Asks again, as the real action does, where the other side was not reached, was busy or failed. */
async function patiently(task: StepTask, url: string | URL, request: RequestInit): Promise<Response> {
  const { time } = task.machine.setting;
  for (let tried = 1; ; tried++) {
    const answer = await fetch(url, request).catch((error: Error) => error);
    const broken = answer instanceof Error || answer.status === 429 || answer.status >= 500;
    if (broken && tried < TRIES && !task.stop.aborted)
      await time.until(time.now() + FIRST_PAUSE * 2 ** tried, task.stop);
    else if (answer instanceof Error) throw answer;
    else return answer;
  }
}

async function idToken(audience: string, task: StepTask): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } =
    task.machine.variables;
  if (!url) {
    throw new Error(
      'Could not get an ID token: this job has no `permissions: id-token: write`. Set it on the job, and on the job that calls this workflow.',
    );
  }
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  const answer = await patiently(task, asked, { headers: { authorization: `bearer ${bearer}` } });
  if (!answer.ok)
    throw new Error(`The OIDC endpoint answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  const { value } = (await answer.json()) as { value?: string };
  if (!value) throw new Error('The OIDC endpoint answered without a token.');
  return value;
}

/** Which claims the role was shown: what a person needs to mend its trust policy. */
function claims(token: string): string {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return `(The token says sub ${payload.sub}, aud ${payload.aud}.)`;
  } catch {
    return '';
  }
}

function tag(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}
