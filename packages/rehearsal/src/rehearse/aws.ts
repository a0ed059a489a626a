/**
 * Reads what a run left behind in the sandbox, over the same wire that every client uses. The scenario's faults are
 * meant for the run, not for who looks at it afterwards.
 */
export interface CloudReader {
  /** The alias's version and the share of calls that other versions get; undefined when there is no such alias. */
  alias(place: CloudPlace, name: string, alias: string): Promise<AliasState | undefined>;
  /** Undefined where there is no such table. */
  items(place: CloudPlace, table: string): Promise<Record<string, string>[] | undefined>;
  parameter(place: CloudPlace, name: string): Promise<string | undefined>;
}

export interface CloudPlace {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

export interface AliasState {
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
}

export function createCloudReader(url: string): CloudReader {
  const ask = async (place: CloudPlace, service: string, path: string, target?: string, body?: unknown) => {
    const answer = await fetch(new URL(path, url), {
      method: target ? 'POST' : 'GET',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${place.account}/20260101/${place.region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
        'x-amz-date': '20260101T000000Z',
        'x-sandbox-faults': 'none',
        ...(target
          ? {
              'x-amz-target': target,
              'content-type': target.includes('Dynamo')
                ? 'application/x-amz-json-1.0'
                : 'application/x-amz-json-1.1',
            }
          : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as unknown;
    if (/NotFound/.test(text) || answer.status === 404) return undefined;
    throw new Error(`The sandbox's ${service} answered ${answer.status}: ${text.slice(0, 200)}`);
  };
  return {
    async alias(place, name, alias) {
      const path = `/2015-03-31/functions/${encodeURIComponent(name)}/aliases/${encodeURIComponent(alias)}`;
      const found = (await ask(place, 'lambda', path)) as AliasAnswer | undefined;
      return (
        found && {
          version: found.FunctionVersion,
          weights: found.RoutingConfig?.AdditionalVersionWeights ?? {},
        }
      );
    },
    async items(place, table) {
      const items: Record<string, string>[] = [];
      let from: unknown;
      do {
        const page = (await ask(place, 'dynamodb', '/', 'DynamoDB_20120810.Scan', {
          TableName: table,
          ConsistentRead: true,
          ...(from ? { ExclusiveStartKey: from } : {}),
        })) as ScanAnswer | undefined;
        if (!page) return undefined;
        items.push(...page.Items.map(plainItem));
        from = page.LastEvaluatedKey;
      } while (from);
      return items;
    },
    async parameter(place, name) {
      const found = (await ask(place, 'ssm', '/', 'AmazonSSM.GetParameter', { Name: name })) as
        | { Parameter: { Value: string } }
        | undefined;
      return found?.Parameter.Value;
    },
  };
}

interface AliasAnswer {
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
}

interface ScanAnswer {
  readonly Items: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
  readonly LastEvaluatedKey?: unknown;
}

/** An item with its attributes as text, whatever their type. */
function plainItem(item: ScanAnswer['Items'][number]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(item).map(([name, typed]) => {
      const [value] = Object.values(typed);
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    }),
  );
}
