import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '@promo-actions/core/deployment';

/** An item as DynamoDB takes it. */
export function marshalled(item: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );
}

/** Texts and numbers as they are; anything else, which only items of others hold, as its JSON. */
export function attributesOf(item: Readonly<Record<string, AttributeValue>>): Attributes {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (value.S !== undefined) return [name, value.S];
      if (value.N !== undefined) return [name, Number(value.N)];
      return [name, JSON.stringify(value)];
    }),
  );
}
