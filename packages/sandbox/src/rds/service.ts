import {
  type Answer,
  type Exchange,
  queryAction,
  queryForm,
  type Service,
  WireError,
  xmlFailure,
} from '../kernel/index.ts';
import { type AccountBook, placeOf } from '../traffic/index.ts';
import type { RdsDefinition } from './definition.ts';
import { Databases, type Kind } from './state.ts';
import { answer, databaseXml, listOf, marker, one, snapshotXml, type Xml } from './wire.ts';

const VERSION = '2014-10-31';

export interface RdsDependencies {
  readonly accounts: AccountBook;
  readonly definitions: readonly RdsDefinition[];
}

interface Call {
  readonly exchange: Exchange;
  readonly form: URLSearchParams;
  readonly databases: Databases;
}

const words = {
  instance: { database: 'DBInstance', snapshot: 'DBSnapshot' },
  cluster: { database: 'DBCluster', snapshot: 'DBClusterSnapshot' },
} as const;

/** Databases and their snapshots, of RDS (AWS query): instances, and clusters of Aurora. */
export function createRdsService({ accounts, definitions }: RdsDependencies): Service {
  const keyOf = ({ account, region }: { readonly account: string; readonly region: string }) =>
    `${account}/${region}`;
  const places = new Map<string, RdsDefinition[]>();
  for (const definition of definitions) {
    const key = keyOf(placeOf(accounts, definition));
    places.set(key, [...(places.get(key) ?? []), definition]);
  }
  const states = new Map([...places].map(([key, own]) => [key, new Databases(own)]));
  const none = new Databases([]);

  return {
    name: 'rds',
    operation: (exchange) => queryAction(exchange, VERSION),
    handle(name, exchange) {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation)
        throw new WireError(501, 'NotImplemented', `The sandbox's RDS does not have the operation ${name}.`);
      const form = queryForm(exchange) ?? new URLSearchParams();
      return operation({ exchange, form, databases: states.get(keyOf(exchange)) ?? none });
    },
    failure: xmlFailure,
    subject(_, exchange) {
      const form = queryForm(exchange);
      const database = form?.get('DBClusterIdentifier') ?? form?.get('DBInstanceIdentifier');
      const snapshot = form?.get('DBClusterSnapshotIdentifier') ?? form?.get('DBSnapshotIdentifier');
      return { ...(database ? { database } : {}), ...(snapshot ? { snapshot } : {}) };
    },
  };
}

const operations: Readonly<Record<string, (call: Call) => Answer>> = {
  ...operationsOf('instance'),
  ...operationsOf('cluster'),
};

function operationsOf(kind: Kind): Readonly<Record<string, (call: Call) => Answer>> {
  const { database: word, snapshot: snapshotWord } = words[kind];
  const databaseKey = `${word}Identifier`;
  const snapshotKey = `${snapshotWord}Identifier`;
  return {
    [`Describe${word}s`]: ({ exchange, form, databases }) => {
      const found = databases
        .list(kind, form.get(databaseKey) ?? undefined)
        .map((database) => databaseXml(database, databases.status(database, exchange.now), exchange));
      return paged(exchange, form, `Describe${word}s`, [`${word}s`, word], found);
    },
    [`Describe${snapshotWord}s`]: ({ exchange, form, databases }) => {
      if (kind === 'cluster' && form.has(databaseKey) && form.has(snapshotKey))
        throw new WireError(
          400,
          'InvalidParameterCombination',
          `${databaseKey} and ${snapshotKey} cannot be used together.`,
        );
      const type = form.get('SnapshotType');
      const found = databases
        .found(kind, form.get(snapshotKey) ?? undefined, form.get(databaseKey) ?? undefined)
        .filter((snapshot) => type === null || snapshot.type === type)
        .map((snapshot) => snapshotXml(snapshot, exchange.now, exchange));
      return paged(exchange, form, `Describe${snapshotWord}s`, [`${snapshotWord}s`, snapshotWord], found);
    },
    [`Create${snapshotWord}`]: ({ exchange, form, databases }) => {
      const [databaseId, id] = [required(form, databaseKey), required(form, snapshotKey)];
      const made = databases.create(kind, databaseId, id, tagsOf(form), exchange.now);
      return answer(
        exchange,
        `Create${snapshotWord}`,
        one(snapshotWord, snapshotXml(made, exchange.now, exchange)),
      );
    },
    [`Delete${snapshotWord}`]: ({ exchange, form, databases }) => {
      const gone = databases.remove(kind, required(form, snapshotKey), exchange.now);
      return answer(
        exchange,
        `Delete${snapshotWord}`,
        one(snapshotWord, snapshotXml(gone, exchange.now, exchange)),
      );
    },
  };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new WireError(400, 'MissingParameter', `The request must contain the parameter ${name}.`);
}

/** From `Tags.Tag.1.Key` and `Tags.Tag.1.Value`. */
function tagsOf(form: URLSearchParams): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const [name, key] of form) {
    const [, index] = /^Tags\.(?:Tag|member)\.(\d+)\.Key$/.exec(name) ?? [];
    if (index === undefined) continue;
    tags[key] = form.get(name.replace(/Key$/, 'Value')) ?? '';
  }
  return tags;
}

function paged(
  exchange: Exchange,
  form: URLSearchParams,
  operation: string,
  [list, item]: readonly [string, string],
  found: readonly Xml[],
): Answer {
  const most = Number(form.get('MaxRecords') ?? '100');
  if (!(most >= 20 && most <= 100))
    throw new WireError(
      400,
      'InvalidParameterValue',
      `Invalid value ${most} for MaxRecords. Must be between 20 and 100`,
    );
  const begin = Number(/^at-(\d+)$/.exec(form.get('Marker') ?? '')?.[1] ?? '0');
  const next = begin + most < found.length ? `at-${begin + most}` : undefined;
  return answer(exchange, operation, marker(next), listOf(list, item, found.slice(begin, begin + most)));
}
