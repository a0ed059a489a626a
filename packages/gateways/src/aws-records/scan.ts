import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Attributes, Chain } from '@promo-actions/core/deployment';
import { awsCall } from '../aws/index.ts';
import { attributesOf, createItemTable } from '../aws-table/index.ts';

/**
 * Every item of a table that names the environment and service, whoever wrote it. It reads the whole table: for audits,
 * which must also see the records that nothing leads to.
 */
export async function* scanChain(
  table: string,
  { environment, service }: Chain,
  options: { readonly region?: string } = {},
): AsyncGenerator<Attributes> {
  const { client, call, place } = createItemTable(table, options);
  let from: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const command = new ScanCommand({
      TableName: table,
      ConsistentRead: true,
      FilterExpression: '#environment = :environment AND #service = :service',
      ExpressionAttributeNames: { '#environment': 'environment', '#service': 'service' },
      ExpressionAttributeValues: { ':environment': { S: environment }, ':service': { S: service } },
      ExclusiveStartKey: from,
    });
    const page = await awsCall(call('Scan', `${place} could not be read`), () => client.send(command));
    for (const item of page.Items ?? []) yield attributesOf(item);
    from = page.LastEvaluatedKey;
  } while (from);
}
