import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Attributes } from '@promo-actions/core/deployment';
import { OutsideError } from '@promo-actions/core/errors';
import { awsCall, type Call, clientOptions, heedDates } from '../aws/index.ts';
import { attributesOf, marshalled } from './attributes.ts';

/** A DynamoDB table keyed by `deployment_id` alone, which may hold items of others. */
export interface ItemTable {
  readonly client: DynamoDBClient;
  /** How messages name it: "table `deployments` in af-south-1". */
  readonly place: string;
  /** The item as the last write left it (a consistent read), or undefined. */
  find(id: string): Promise<Attributes | undefined>;
  /** Those of the items that are there, by key; at most 100, consistently. */
  findAll(ids: readonly string[]): Promise<ReadonlyMap<string, Attributes>>;
  /** Writes a whole item on a condition; false when the condition does not hold, and nothing was changed. */
  put(item: Attributes, condition: string, values?: Attributes): Promise<boolean>;
  /** Tells a table with another key in better words than DynamoDB's; for `awsCall`. */
  refuseOtherKey(code: string | undefined, error: Error): undefined;
  /** One call, as its failure is told. */
  call(operation: string, what: string): Call;
}

/** The condition of an item that is not there yet. */
export const isNew = 'attribute_not_exists(deployment_id)';

export function createItemTable(table: string, options: { readonly region?: string } = {}): ItemTable {
  const settings = clientOptions(options);
  const client = new DynamoDBClient(settings);
  heedDates(client);
  const { region } = settings;
  const place = `table \`${table}\`${region ? ` in ${region}` : ''}`;
  const missing =
    `There is no ${place} in the account of this job (\`aws sts get-caller-identity\` names it). Assume the role of the account ` +
    `that has it, check \`table\` and the region, or create it: \`aws dynamodb create-table --table-name ${table} ` +
    '--attribute-definitions AttributeName=deployment_id,AttributeType=S --key-schema AttributeName=deployment_id,KeyType=HASH ' +
    `--billing-mode PAY_PER_REQUEST${region ? ` --region ${region}` : ''}\``;
  const call = (operation: string, what: string): Call => ({ service: 'DynamoDB', operation, what, missing });

  function refuseOtherKey(code: string | undefined, error: Error): undefined {
    if (code === 'ValidationException' && /key element|number of conditions/i.test(error.message))
      throw new OutsideError({
        what: `The ${place} is not keyed by \`deployment_id\` alone`,
        why: error.message,
        remedy: 'Give a `table` whose only key is the text `deployment_id`; an index may sort by anything.',
        operation: 'DynamoDB GetItem',
        code,
        cause: error,
      });
  }

  return {
    client,
    place,
    call,
    refuseOtherKey,
    async find(id) {
      const Key = marshalled({ deployment_id: id });
      const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
      const what = `\`${id}\` could not be read from ${place}`;
      const answer = await awsCall(call('GetItem', what), () => client.send(command), refuseOtherKey);
      return answer?.Item && attributesOf(answer.Item);
    },
    async findAll(ids) {
      const found = new Map<string, Attributes>();
      const what = `${ids.length} items could not be read from ${place}`;
      let keys: readonly Record<string, AttributeValue>[] | undefined = ids.map((id) =>
        marshalled({ deployment_id: id }),
      );
      while (keys && keys.length > 0) {
        const RequestItems: BatchGetItemCommandInput['RequestItems'] = {
          [table]: { Keys: [...keys], ConsistentRead: true },
        };
        const answer: BatchGetItemCommandOutput | undefined = await awsCall(
          call('BatchGetItem', what),
          () => client.send(new BatchGetItemCommand({ RequestItems })),
          refuseOtherKey,
        );
        for (const item of answer?.Responses?.[table] ?? []) {
          const attributes = attributesOf(item);
          found.set(String(attributes.deployment_id), attributes);
        }
        // What did not fit into an answer of 16 MB is asked for again.
        keys = answer?.UnprocessedKeys?.[table]?.Keys;
      }
      return found;
    },
    async put(item, condition, values) {
      const command = new PutItemCommand({
        TableName: table,
        Item: marshalled(item),
        ConditionExpression: condition,
        ...(values ? { ExpressionAttributeValues: marshalled(values) } : {}),
      });
      const what = `\`${item.deployment_id}\` could not be written to ${place}`;
      const answer = await awsCall(call('PutItem', what), () => client.send(command), conditionFailed);
      return answer !== 'refused';
    },
  };
}

function conditionFailed(code: string | undefined): 'refused' | undefined {
  return code === 'ConditionalCheckFailedException' ? 'refused' : undefined;
}
