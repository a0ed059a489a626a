import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { OutsideError } from '@promo-actions/core/errors';
import type { RolloutStore } from '@promo-actions/core/rollout';
import { awsCall, type Call, clientOptions, heedDate } from '../aws/index.ts';
import { itemOf, storedOf } from './item.ts';

/** The item that lists the rollouts that may be running, so that nobody has to scan the table for them. */
const listKey = 'rollouts#running';

/** Rollouts in a DynamoDB table keyed by `deployment_id`, beside the deployment records or alone. */
export function createRolloutStore(table: string, options: { readonly region?: string } = {}): RolloutStore {
  const client = new DynamoDBClient(clientOptions(options));
  client.middlewareStack.add(
    (next) => async (order) => {
      const result = await next(order);
      heedDate(result.response);
      return result;
    },
    { step: 'deserialize', name: 'heedDate' },
  );
  const region = options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const place = `table \`${table}\`${region ? ` in ${region}` : ''}`;
  const missing =
    `There is no ${place} in the account of this job. Assume the role of the account that has it, check \`table\` and the ` +
    `region, or create it: \`aws dynamodb create-table --table-name ${table} ` +
    '--attribute-definitions AttributeName=deployment_id,AttributeType=S --key-schema AttributeName=deployment_id,KeyType=HASH ' +
    '--billing-mode PAY_PER_REQUEST`';
  const call = (operation: Call['operation'], what: string): Call => ({
    service: 'DynamoDB',
    operation,
    what,
    missing,
  });

  async function get(id: string) {
    const command = new GetItemCommand({
      TableName: table,
      Key: { deployment_id: { S: id } },
      ConsistentRead: true,
    });
    const what = `\`${id}\` could not be read from ${place}`;
    return (await awsCall(call('GetItem', what), () => client.send(command), refuseKey(place)))?.Item;
  }

  async function changeList(verb: 'ADD' | 'DELETE', member: string): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { deployment_id: { S: listKey } },
      UpdateExpression: `${verb} members :member`,
      ExpressionAttributeValues: { ':member': { SS: [member] } },
    });
    const what = `the list of running rollouts could not be changed in ${place}`;
    await awsCall(call('UpdateItem', what), () => client.send(command), refuseKey(place));
  }

  return {
    place,
    async find(id) {
      const item = await get(id);
      const stored = item && storedOf(item);
      if (!item || stored) return stored;
      throw new OutsideError({
        what: `the item \`${id}\` of ${place} is no rollout that this release can read`,
        why: 'it was changed by hand, or written by another release of promo-actions',
        remedy:
          'Look at its alias; return it to one version with rollback where need be, then delete the item and run again',
      });
    },
    async write(stored, expected) {
      const condition: Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'> =
        expected === undefined
          ? { ConditionExpression: 'attribute_not_exists(deployment_id)' }
          : {
              ConditionExpression: 'rollout_version = :expected',
              ExpressionAttributeValues: { ':expected': { N: String(expected) } },
            };
      const command = new PutItemCommand({ TableName: table, Item: itemOf(stored), ...condition });
      const what = `the rollout \`${stored.id}\` could not be written to ${place}`;
      const answer = await awsCall(
        call('PutItem', what),
        () => client.send(command),
        (code) => (code === 'ConditionalCheckFailedException' ? ('moved' as const) : undefined),
      );
      return answer === 'moved' ? 'moved' : 'written';
    },
    running: async () => (await get(listKey))?.members?.SS ?? [],
    enlist: (member) => changeList('ADD', member),
    delist: (member) => changeList('DELETE', member),
  };
}

/** DynamoDB's own words for a table with another key say little. */
function refuseKey(place: string) {
  return (code: string | undefined, error: Error): undefined => {
    if (code !== 'ValidationException' || !/key element|number of conditions/i.test(error.message)) return;
    throw new OutsideError({
      what: `The ${place} is not keyed by \`deployment_id\` alone`,
      why: error.message,
      remedy: 'Give a `table` whose only key is the text `deployment_id`',
      code,
      cause: error,
    });
  };
}
