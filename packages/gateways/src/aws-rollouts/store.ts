import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { OutsideError } from '@promo-actions/core/errors';
import type { RolloutStore } from '@promo-actions/core/rollout';
import { awsCall } from '../aws/index.ts';
import { createItemTable, isNew } from '../aws-table/index.ts';
import { itemOf, storedOf } from './item.ts';

/** The item that lists the rollouts that may be running, so that nobody has to scan the table for them. */
const listKey = 'rollouts#running';

/** Rollouts in a DynamoDB table keyed by `deployment_id`, beside the deployment records or alone. */
export function createRolloutStore(table: string, options: { readonly region?: string } = {}): RolloutStore {
  const { client, place, call, find, put, refuseOtherKey } = createItemTable(table, options);
  const list = { TableName: table, Key: { deployment_id: { S: listKey } } };

  async function changeList(verb: 'ADD' | 'DELETE', member: string): Promise<void> {
    const command = new UpdateItemCommand({
      ...list,
      UpdateExpression: `${verb} members :member`,
      ExpressionAttributeValues: { ':member': { SS: [member] } },
    });
    const what = `the list of running rollouts could not be changed in ${place}`;
    await awsCall(call('UpdateItem', what), () => client.send(command), refuseOtherKey);
  }

  return {
    place,
    async find(id) {
      const item = await find(id);
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
      const item = itemOf(stored);
      const written =
        expected === undefined
          ? await put(item, isNew)
          : await put(item, 'rollout_version = :expected', { ':expected': expected });
      return written ? 'written' : 'moved';
    },
    async running() {
      const command = new GetItemCommand({ ...list, ConsistentRead: true });
      const what = `the list of running rollouts could not be read from ${place}`;
      const answer = await awsCall(call('GetItem', what), () => client.send(command), refuseOtherKey);
      return answer?.Item?.members?.SS ?? [];
    },
    enlist: (member) => changeList('ADD', member),
    delist: (member) => changeList('DELETE', member),
  };
}
