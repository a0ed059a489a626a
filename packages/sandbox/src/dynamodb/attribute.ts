/** A plain value as DynamoDB writes it: `{ S: 'text' }`, `{ N: '1' }` and so on. Throws for what has no such form. */
function attributeValue(value: unknown): object {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (typeof value === 'object') return { M: attributes(value) };
  throw new Error(`An item cannot hold ${String(value)}.`);
}

export function attributes(item: object): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeValue(value)]));
}
