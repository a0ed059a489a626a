import {
  jsonAnswer,
  jsonBody,
  jsonFailure,
  type Service,
  targetOperation,
  WireError,
} from '../kernel/index.ts';
import { WorldMistake } from '../scenario-file/index.ts';
import { type AccountBook, placeOf } from '../traffic/index.ts';
import type { SsmDefinition } from './definition.ts';
import { type OperationName, readInput } from './inputs.ts';
import { type Context, operations } from './operations.ts';
import { refuse } from './rules.ts';
import { ParameterStore } from './store.ts';

export interface SsmDependencies {
  readonly accounts: AccountBook;
  readonly definitions: readonly SsmDefinition[];
  /** Of the empty pages that GetParametersByPath gives now and then. */
  readonly seed: number | string;
  /** When the world's parameters were last modified, epoch milliseconds. */
  readonly worldStart: number;
}

/** Calls a second, on virtual time: the bucket holds one second's calls and fills as time passes. */
class CallLimit {
  private readonly rate: number;
  private left: number;
  private at: number;

  constructor(rate: number, at: number) {
    this.rate = rate;
    this.left = rate;
    this.at = at;
  }

  take(now: number): boolean {
    this.left = Math.min(this.rate, this.left + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}

/** Systems Manager's Parameter Store (JSON 1.1). */
export function createSsmService({ accounts, definitions, seed, worldStart }: SsmDependencies): Service {
  const stores = new Map<string, ParameterStore>();
  const limits = new Map<string, CallLimit>();

  function storeOf(place: string): ParameterStore {
    const store = stores.get(place) ?? new ParameterStore();
    stores.set(place, store);
    return store;
  }

  for (const [index, definition] of definitions.entries()) {
    const place = placeOf(accounts, definition);
    const key = `${place.account}/${place.region}`;
    if ('throttle' in definition) {
      limits.set(key, new CallLimit(definition.throttle, worldStart));
      continue;
    }
    const context: Context = { place, store: storeOf(key), now: worldStart, seed };
    const input = {
      Name: definition.name,
      Type: definition.type,
      Value: definition.value,
      Tier: definition.tier,
      ...(definition.description === undefined ? {} : { Description: definition.description }),
      ...(definition['key-id'] === undefined ? {} : { KeyId: definition['key-id'] }),
    };
    try {
      operations.PutParameter(readInput('PutParameter', input), context);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new WorldMistake(
        ['world', 'ssm', index],
        `The world's parameter ${definition.name} of ${definition.account} is not possible: ${error.message}`,
      );
    }
  }

  return {
    name: 'ssm',
    operation: (exchange) => targetOperation(exchange, 'AmazonSSM'),
    handle(name, exchange) {
      if (!Object.hasOwn(operations, name)) {
        throw new WireError(
          501,
          'NotImplemented',
          `The sandbox's Systems Manager does not have the operation ${name}.`,
        );
      }
      const { account, region, now } = exchange;
      const key = `${account}/${region}`;
      if (limits.get(key)?.take(now) === false) throw refuse('ThrottlingException', 'Rate exceeded');
      const operation = operations[name as OperationName] as (input: unknown, context: Context) => object;
      const input = readInput(name as OperationName, jsonBody(exchange));
      return jsonAnswer(
        exchange,
        operation(input, { place: { account, region }, store: storeOf(key), now, seed }),
      );
    },
    failure: jsonFailure,
    subject(_, exchange) {
      const { Name, Path } = jsonBody(exchange);
      const named = typeof Name === 'string' ? Name : Path;
      return typeof named === 'string' ? { parameter: named } : {};
    },
  };
}
