import {
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type ParameterMetadata,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import type { Clock } from '@promo-actions/core/clock';
import type {
  ConfigurationSource,
  ConfigurationStore,
  Parameter,
  Traits,
  Writing,
} from '@promo-actions/core/configuration';
import { awsCall, type Call, clientOptions } from '../aws/index.ts';
import { type Patiently, patientWith } from './patience.ts';

export interface SourceOrder {
  readonly clock: Clock;
  readonly region?: string | undefined;
  /** The role that reads, of another account; the job's own credentials when it is not given. */
  readonly role?: string | undefined;
  /** How the account's trail names the session. */
  readonly sessionName: string;
}

/** Parameters in the account and region of the source. */
export async function createConfigurationSource(order: SourceOrder): Promise<ConfigurationSource> {
  const { clock, region, role, sessionName } = order;
  const options = clientOptions({ region });
  if (!role) return ssmOf(new SSMClient(options), clock, 'the role of this job');
  const { roleByOidc } = await import('./identity.ts');
  const credentials = roleByOidc(role, clock, sessionName);
  const ssm = ssmOf(new SSMClient({ ...options, credentials }), clock, `role \`${role}\``);
  return { place: ssm.place, list: ssm.list };
}

/** Parameters where the job's own credentials and region are. */
export function createConfigurationStore(clock: Clock): ConfigurationStore {
  return ssmOf(new SSMClient(clientOptions()), clock, 'the role of this job');
}

const call = (operation: string, what: string, more: Partial<Call> = {}): Call => ({
  service: 'SSM',
  operation,
  what,
  ...more,
});

function ssmOf(client: SSMClient, clock: Clock, reader: string): ConfigurationStore {
  const patiently = patientWith(clock);
  return {
    place: `SSM, as ${reader}`,
    list: (path) => listBelow(path, reader, client, patiently),
    traits: (names) => traitsOf(names, client, patiently),
    read: (wanted) => readAll(wanted, client, patiently),
    async create(parameter) {
      const command = new PutParameterCommand({ ...putInput(parameter), Overwrite: false });
      const send = () => discreetly(parameter, () => patiently(() => client.send(command)));
      const answer = await awsCall(putCall(parameter, 'made'), send, (code) =>
        code === 'ParameterAlreadyExists' ? 'exists' : undefined,
      );
      return answer === 'exists' ? answer : (answer.Version ?? 1);
    },
    async update(parameter) {
      const command = new PutParameterCommand({ ...putInput(parameter), Overwrite: true });
      const send = () => discreetly(parameter, () => patiently(() => client.send(command)));
      const answer = await awsCall(putCall(parameter, 'written'), send);
      return answer.Version ?? 0;
    },
    async remove(names) {
      for (const Names of batches(names, 10)) {
        const what = `parameters could not be removed: ${Names.join(', ')}`;
        await awsCall(call('DeleteParameters', what), () =>
          patiently(() => client.send(new DeleteParametersCommand({ Names }))),
        );
      }
    },
  };
}

async function listBelow(
  path: string,
  reader: string,
  client: SSMClient,
  patiently: Patiently,
): Promise<readonly Parameter[]> {
  const found: Parameter[] = [];
  const told = call(
    'GetParametersByPath',
    `the parameters below \`${path}\` could not be read as ${reader}`,
    { permission: 'ssm:GetParametersByPath` and, for SecureStrings, `kms:Decrypt' },
  );
  let token: string | undefined;
  do {
    const command = new GetParametersByPathCommand({
      Path: path,
      Recursive: true,
      WithDecryption: true,
      MaxResults: 10,
      NextToken: token,
    });
    const answer = await awsCall(told, () => patiently(() => client.send(command)));
    found.push(...(answer.Parameters ?? []).flatMap(parameterOf));
    token = answer.NextToken;
  } while (token);
  return found;
}

async function readAll(
  wanted: readonly { readonly name: string; readonly version?: number }[],
  client: SSMClient,
  patiently: Patiently,
): Promise<ReadonlyMap<string, Parameter>> {
  const found = new Map<string, Parameter>();
  const told = call('GetParameters', 'the parameters as they were could not be read', {
    permission: 'ssm:GetParameters` and, for SecureStrings, `kms:Decrypt',
  });
  for (const batch of batches(wanted, 10)) {
    const Names = batch.map(({ name, version }) => (version === undefined ? name : `${name}:${version}`));
    const command = new GetParametersCommand({ Names, WithDecryption: true });
    const answer = await awsCall(told, () => patiently(() => client.send(command)));
    for (const parameter of (answer.Parameters ?? []).flatMap(parameterOf))
      found.set(parameter.name, parameter);
  }
  return found;
}

async function traitsOf(
  names: readonly string[],
  client: SSMClient,
  patiently: Patiently,
): Promise<ReadonlyMap<string, Traits>> {
  const found = new Map<string, Traits>();
  const told = call('DescribeParameters', 'the keys and tiers of the parameters could not be read');
  for (const Values of batches(names, 50)) {
    let token: string | undefined;
    do {
      const command = new DescribeParametersCommand({
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }],
        MaxResults: 50,
        NextToken: token,
      });
      const answer = await awsCall(told, () => patiently(() => client.send(command)));
      for (const one of answer.Parameters ?? []) if (one.Name) found.set(one.Name, traitOf(one));
      token = answer.NextToken;
    } while (token);
  }
  return found;
}

function traitOf({ Tier, KeyId, Description, AllowedPattern }: ParameterMetadata): Traits {
  return {
    tier: Tier === 'Advanced' ? 'Advanced' : 'Standard',
    ...(KeyId ? { keyId: KeyId } : {}),
    ...(Description ? { description: Description } : {}),
    ...(AllowedPattern ? { allowedPattern: AllowedPattern } : {}),
  };
}

function parameterOf({ Name, Type, Value, Version, DataType }: SsmParameter): readonly Parameter[] {
  if (!Name || !Type || Value === undefined || Version === undefined) return [];
  return [{ name: Name, type: Type, value: Value, version: Version, dataType: DataType ?? 'text' }];
}

function putInput(parameter: Writing): PutParameterCommandInput {
  const { name, type, value, dataType, tier, keyId, description, allowedPattern } = parameter;
  return {
    Name: name,
    Type: type,
    Value: value,
    DataType: dataType,
    Tier: tier,
    ...(keyId ? { KeyId: keyId } : {}),
    ...(description ? { Description: description } : {}),
    ...(allowedPattern ? { AllowedPattern: allowedPattern } : {}),
  };
}

/** AWS repeats a value that it refuses; of a secret, its words are left out. */
async function discreetly<T>({ type, value }: Writing, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const telling =
      error instanceof Error && (/validation|pattern/i.test(error.name) || error.message.includes(value));
    if (type === 'SecureString' && telling)
      error.message = 'AWS refuses the value; its words may hold it, and are left out';
    throw error;
  }
}

function putCall({ name, type, keyId }: Writing, verb: string): Call {
  const key = type === 'SecureString' && keyId ? ` with key \`${keyId}\`` : '';
  const permission =
    type === 'SecureString'
      ? 'ssm:PutParameter` and, for its key, `kms:Encrypt` and `kms:GenerateDataKey'
      : 'ssm:PutParameter';
  return call('PutParameter', `parameter \`${name}\` could not be ${verb}${key}`, { permission });
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
