import { type Place, randomOf } from '../traffic/index.ts';
import type { Filter, Input, OperationName } from './inputs.ts';
import { checkName, checkValue, invalid, refuse } from './rules.ts';
import {
  ciphertext,
  type Found,
  latest,
  type Parameter,
  type ParameterStore,
  type Version,
} from './store.ts';

/** The operations of one account and region: input read, output as it goes over the wire. */
export interface Context {
  readonly place: Place;
  readonly store: ParameterStore;
  readonly now: number;
  readonly seed: number | string;
}

type Operations = { readonly [Name in OperationName]: (input: Input<Name>, context: Context) => object };

const seconds = (at: number) => at / 1000;

function arnOf({ account, region }: Place, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

const shownValue = (name: string, version: Version, decrypted: boolean) =>
  version.type === 'SecureString' && !decrypted ? ciphertext(name, version) : version.value;

function told({ parameter: { name }, version, selector }: Found, decrypted: boolean, { place }: Context) {
  return {
    Name: name,
    Type: version.type,
    Value: shownValue(name, version, decrypted),
    Version: version.number,
    Selector: selector,
    LastModifiedDate: seconds(version.at),
    ARN: arnOf(place, name),
    DataType: version.dataType,
  };
}

function described(name: string, version: Version, { place }: Context) {
  return {
    Name: name,
    Type: version.type,
    KeyId: version.keyId,
    LastModifiedDate: seconds(version.at),
    LastModifiedUser: `arn:aws:iam::${place.account}:root`,
    Description: version.description,
    AllowedPattern: version.allowedPattern,
    Version: version.number,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}

// AWS gives no message with this one.
const notFound = () => refuse('ParameterNotFound', '');

function existing(name: string, store: ParameterStore): Found {
  const found = store.find(name);
  if (found === undefined) throw notFound();
  return found;
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, offset] = /^page-(\d+)(?:-again)?$/.exec(token) ?? [];
  if (offset === undefined) throw refuse('InvalidNextToken', 'The specified token is not valid.');
  return Number(offset);
}

function pageOf<T>(items: readonly T[], token: string | undefined, most: number) {
  const end = offsetOf(token) + most;
  return { items: items.slice(end - most, end), NextToken: items.length > end ? `page-${end}` : undefined };
}

function below(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'));
}

/** Whether a parameter meets a filter; keys that the sandbox does not know are refused, not ignored. */
function meets(parameter: Parameter, { Key, Option = 'Equals', Values }: Filter): boolean {
  const version = latest(parameter);
  if (Key === 'Path') return Values.some((path) => below(parameter.name, path, Option === 'Recursive'));
  if (Key === 'Label')
    return parameter.versions.some(({ labels }) => labels.some((label) => Values.includes(label)));
  if (Key.startsWith('tag:')) {
    const tag = parameter.tags[Key.slice(4)];
    return tag !== undefined && (Values.length === 0 || Values.includes(tag));
  }
  const facts = {
    Name: parameter.name,
    Type: version.type,
    KeyId: version.keyId,
    Tier: version.tier,
    DataType: version.dataType,
  };
  if (!Object.hasOwn(facts, Key)) throw refuse('InvalidFilterKey', `The specified key isn't valid: ${Key}.`);
  const fact = facts[Key as keyof typeof facts] ?? '';
  if (Option === 'Equals') return Values.includes(fact);
  if (Option === 'BeginsWith') return Values.some((value) => fact.startsWith(value));
  if (Option === 'Contains' && Key === 'Name') return Values.some((value) => fact.includes(value));
  throw refuse(
    'InvalidFilterOption',
    `The following filter option is not valid: ${Option}. Valid options include: [BeginsWith, Equals].`,
  );
}

function tagged(type: string, id: string, store: ParameterStore): Parameter {
  if (type !== 'Parameter')
    throw refuse('InvalidResourceType', 'The resource type is not valid: the sandbox tags parameters only.');
  const parameter = store.get(id);
  if (parameter === undefined)
    throw refuse(
      'InvalidResourceId',
      'The resource ID is not valid. Verify that you entered the correct ID and try again.',
    );
  return parameter;
}

const tagsOf = (list: readonly { readonly Key: string; readonly Value: string }[]) =>
  Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));

function put(input: Input<'PutParameter'>, { store, now }: Context): object {
  checkName(input.Name);
  if (input.Overwrite && input.Tags.length > 0) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const before = store.get(input.Name);
  const last = before && latest(before);
  if (last !== undefined && !input.Overwrite) {
    throw refuse(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = input.Type ?? last?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (last !== undefined && last.type !== type) {
    throw refuse(
      'HierarchyTypeMismatchException',
      `Parameter Store does not support changing a parameter type in a hierarchy: ${input.Name} is a ${last.type}. You must create a new, unique parameter.`,
    );
  }
  if (input.KeyId !== undefined && type !== 'SecureString') {
    throw invalid(
      `KeyId is only valid for a parameter of type SecureString, and ${input.Name} is a ${type}.`,
    );
  }
  if (last?.tier === 'Advanced' && input.Tier === 'Standard') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  const allowedPattern = input.AllowedPattern ?? last?.allowedPattern;
  const dataType = input.DataType ?? last?.dataType ?? 'text';
  const asked = last?.tier === 'Advanced' ? 'Advanced' : (input.Tier ?? 'Standard');
  const tier = checkValue({ value: input.Value, tier: asked, allowedPattern, dataType });
  const keyId = type === 'SecureString' ? (input.KeyId ?? last?.keyId ?? 'alias/aws/ssm') : undefined;
  const description = input.Description ?? last?.description;
  const facts = { value: input.Value, type, tier, keyId, description, allowedPattern, dataType, at: now };
  const { number } = store.append(input.Name, facts, tagsOf(input.Tags));
  return { Version: number, Tier: tier };
}

/**
 * One page of a path. Where there is more than one page, one in four comes empty with a token first, as AWS does now
 * and then; which ones follows from the seed.
 */
function byPath(input: Input<'GetParametersByPath'>, context: Context): object {
  const { Path: path, NextToken: token, MaxResults: most } = input;
  if (!path.startsWith('/')) {
    throw invalid(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  const found = context.store
    .all()
    .filter(({ name }) => below(name, path, input.Recursive))
    .filter((parameter) => input.ParameterFilters.every((filter) => meets(parameter, filter)));
  const offset = offsetOf(token);
  const again = token?.endsWith('-again') ?? false;
  if (found.length > most && !again && randomOf(context.seed, 'empty page', path, offset)() < 0.25) {
    return { Parameters: [], NextToken: `page-${offset}-again` };
  }
  const { items, NextToken } = pageOf(found, token, most);
  const Parameters = items.map((parameter) =>
    told({ parameter, version: latest(parameter), selector: undefined }, input.WithDecryption, context),
  );
  return { Parameters, NextToken };
}

function getMany({ Names, WithDecryption }: Input<'GetParameters'>, context: Context): object {
  const seen = [...new Set(Names)].map((name) => ({ name, found: findOrNone(name, context.store) }));
  return {
    Parameters: seen.flatMap(({ found }) =>
      found === undefined ? [] : [told(found, WithDecryption, context)],
    ),
    InvalidParameters: seen.flatMap(({ name, found }) => (found === undefined ? [name] : [])),
  };
}

/** GetParameters tells an unknown version like an unknown name. */
function findOrNone(name: string, store: ParameterStore): Found | undefined {
  try {
    return store.find(name);
  } catch {
    return undefined;
  }
}

export const operations: Operations = {
  PutParameter: put,
  GetParameter: ({ Name, WithDecryption }, context) => ({
    Parameter: told(existing(Name, context.store), WithDecryption, context),
  }),
  GetParameters: getMany,
  GetParametersByPath: byPath,
  GetParameterHistory({ Name, WithDecryption, MaxResults, NextToken: token }, context) {
    const { parameter } = existing(Name, context.store);
    const { items, NextToken } = pageOf(parameter.versions, token, MaxResults);
    const Parameters = items.map((version) => ({
      ...described(parameter.name, version, context),
      Value: shownValue(parameter.name, version, WithDecryption),
      Labels: version.labels,
    }));
    return { Parameters, NextToken };
  },
  DescribeParameters({ ParameterFilters, MaxResults, NextToken: token }, context) {
    const found = context.store.all().filter((one) => ParameterFilters.every((filter) => meets(one, filter)));
    const { items, NextToken } = pageOf(found, token, MaxResults);
    return {
      Parameters: items.map((one) => ({
        ...described(one.name, latest(one), context),
        ARN: arnOf(context.place, one.name),
      })),
      NextToken,
    };
  },
  DeleteParameter({ Name }, { store }) {
    if (!store.delete(Name)) throw notFound();
    return {};
  },
  DeleteParameters({ Names }, { store }) {
    const DeletedParameters = Names.filter((name) => store.delete(name));
    return {
      DeletedParameters,
      InvalidParameters: Names.filter((name) => !DeletedParameters.includes(name)),
    };
  },
  LabelParameterVersion({ Name, ParameterVersion, Labels }, { store }) {
    const { parameter, version } = existing(
      ParameterVersion === undefined ? Name : `${Name}:${ParameterVersion}`,
      store,
    );
    return { InvalidLabels: store.label(parameter, version, Labels), ParameterVersion: version.number };
  },
  AddTagsToResource({ ResourceType, ResourceId, Tags }, { store }) {
    const parameter = tagged(ResourceType, ResourceId, store);
    store.tag(parameter, { ...parameter.tags, ...tagsOf(Tags) });
    return {};
  },
  RemoveTagsFromResource({ ResourceType, ResourceId, TagKeys }, { store }) {
    const parameter = tagged(ResourceType, ResourceId, store);
    const kept = Object.entries(parameter.tags).filter(([key]) => !TagKeys.includes(key));
    store.tag(parameter, Object.fromEntries(kept));
    return {};
  },
  ListTagsForResource({ ResourceType, ResourceId }, { store }) {
    const { tags } = tagged(ResourceType, ResourceId, store);
    return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};
