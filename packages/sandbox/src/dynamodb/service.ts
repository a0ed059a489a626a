import { setImmediate as turn } from 'node:timers/promises';
import {
  type Answer,
  type Exchange,
  jsonBody,
  jsonFailure,
  type Service,
  targetOperation,
  WireError,
} from '../kernel/index.ts';
import { WorldMistake } from '../scenario-file/index.ts';
import { type AccountBook, type Place, placeOf } from '../traffic/index.ts';
import { attributes } from './attribute.ts';
import type { TableDefinition } from './definition.ts';
import { type Engine, startEngine } from './engine.ts';

export interface DynamoDbDependencies {
  readonly accounts: AccountBook;
  readonly tables: readonly TableDefinition[];
}

const TARGET = 'DynamoDB_20120810';
/** What dynalite can do; it has no transactions, backups or settings of the time to live. */
const OPERATIONS = new Set([
  ...['CreateTable', 'DeleteTable', 'DescribeTable', 'DescribeTimeToLive', 'ListTables', 'UpdateTable'],
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
  ...['TagResource', 'UntagResource', 'ListTagsOfResource'],
]);
/** Their answers hold ARNs and no items. */
const TABLE_OPERATIONS = new Set(['CreateTable', 'DeleteTable', 'DescribeTable', 'UpdateTable']);

/**
 * DynamoDB (JSON 1.0), one dynalite for each account and region, all in memory. Its own clock is the machine's, which
 * shows in a table's creation time only.
 */
export async function createDynamoDbService({ accounts, tables }: DynamoDbDependencies): Promise<Service> {
  const engines = new Map<string, Promise<Engine>>();

  function engineOf({ account, region }: Place): Promise<Engine> {
    const key = `${account}/${region}`;
    const engine = engines.get(key) ?? startEngine();
    engines.set(key, engine);
    return engine;
  }

  async function close(): Promise<void> {
    for (const engine of engines.values()) await (await engine).close();
  }

  try {
    for (const [index, table] of tables.entries()) {
      const engine = await engineOf(placeOf(accounts, table));
      await createTable(engine, table).catch((error: Error) => {
        throw new WorldMistake(['world', 'dynamodb', index], error.message);
      });
    }
  } catch (error) {
    await close();
    throw error;
  }

  return {
    name: 'dynamodb',
    operation: (exchange) => targetOperation(exchange, TARGET),
    async handle(operation, exchange) {
      if (!OPERATIONS.has(operation)) {
        throw new WireError(
          501,
          'NotImplemented',
          `The sandbox's DynamoDB does not have the operation ${operation}.`,
        );
      }
      const engine = await engineOf(exchange);
      const answer = await engine.call(signedHeaders(exchange), exchange.body);
      return TABLE_OPERATIONS.has(operation) ? withOwnArns(answer, exchange) : answer;
    },
    failure: (exchange, status, code, message) =>
      jsonFailure(
        exchange,
        status,
        code === 'NotImplemented' ? code : `com.amazonaws.dynamodb.v20120810#${code}`,
        message,
      ),
    subject(_, exchange) {
      const { TableName } = jsonBody(exchange);
      return typeof TableName === 'string' ? { table: TableName } : {};
    },
    close,
  };
}

/** What dynalite looks at; the length is anew, since a gzipped body has been unpacked. */
function signedHeaders({ headers, body }: Exchange): Record<string, string> {
  const {
    authorization = '',
    'content-type': type = 'application/x-amz-json-1.0',
    'x-amz-target': target = '',
  } = headers;
  return {
    authorization,
    'content-type': type,
    'x-amz-target': target,
    'x-amz-date': headers['x-amz-date'] ?? '20260101T000000Z',
    'content-length': String(body.length),
  };
}

/** dynalite knows one account and region for the whole process. The changed body goes without its checksum. */
function withOwnArns(answer: Answer, { account, region }: Exchange): Answer {
  const body = Buffer.from(answer.body ?? '').toString('utf8');
  const own = body.replaceAll(/arn:aws:dynamodb:[a-z0-9-]+:\d+:/g, `arn:aws:dynamodb:${region}:${account}:`);
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers?.['content-type'] ?? '' },
    body: own,
  };
}

async function createTable(engine: Engine, definition: TableDefinition): Promise<void> {
  const { table, key, sort, indexes, items } = definition;
  const keySchema = (hash: typeof key, range: typeof sort) => [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range.name, KeyType: 'RANGE' }]),
  ];
  const keys = [key, sort, ...indexes.flatMap((index) => [index.key, index.sort])].filter(
    (one) => one !== undefined,
  );
  const types = new Map(keys.map(({ name, type }) => [name, type]));
  const globalIndexes = indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.key, index.sort),
    Projection: { ProjectionType: 'ALL' },
  }));
  await ask(engine, definition, 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema(key, sort),
    ...(globalIndexes.length === 0 ? {} : { GlobalSecondaryIndexes: globalIndexes }),
  });
  while (
    !(await ask(engine, definition, 'DescribeTable', { TableName: table })).includes('"TableStatus":"ACTIVE"')
  ) {
    await turn();
  }
  for (const item of items)
    await ask(engine, definition, 'PutItem', { TableName: table, Item: attributes(item) });
}

/** A call of the sandbox itself. Throws what is wrong with the world's table. */
async function ask(
  engine: Engine,
  definition: TableDefinition,
  operation: string,
  input: object,
): Promise<string> {
  const answer = await engine.call(
    {
      authorization: 'AWS4-HMAC-SHA256 Credential=sandbox, SignedHeaders=host, Signature=none',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      'x-amz-target': `${TARGET}.${operation}`,
    },
    JSON.stringify(input),
  );
  const body = Buffer.from(answer.body ?? '').toString('utf8');
  if (answer.status === 200) return body;
  throw new Error(
    `The world's table ${definition.table} of ${definition.account} is not possible: ${operation} answered ${body}`,
  );
}
