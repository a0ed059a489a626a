import { expect, test } from '@jest/globals';
import type { Attributes, Draft } from './record.ts';
import type { DeploymentBoard, ParameterStore, RecordStore, ShownDeployment } from './store.ts';

/** A table in memory with DynamoDB's rules for single items. `each` runs before every call, to wait or to fail. */
export function memoryTable(each: (call: string) => Promise<void> = async () => {}): RecordStore & {
  readonly items: Map<string, Attributes>;
} {
  const items = new Map<string, Attributes>();
  const id = (item: Attributes) => String(item.deployment_id);
  return {
    items,
    place: 'table `deployments`',
    async find(key) {
      await each(`find ${key}`);
      return items.get(key);
    },
    async findAll(keys) {
      await each(`find all of ${keys.length}`);
      return new Map(
        keys.flatMap((key) => [items.get(key)].flatMap((item) => (item ? [[key, item] as const] : []))),
      );
    },
    async add(item) {
      await each(`add ${id(item)}`);
      if (items.has(id(item))) return 'exists';
      items.set(id(item), item);
      return 'added';
    },
    async moveHead(item, expected) {
      await each(`move ${id(item)}`);
      if (items.get(id(item))?.head_hash !== expected) return 'moved';
      if (expected === undefined && items.has(id(item))) return 'moved';
      items.set(id(item), item);
      return 'done';
    },
  };
}

export function memoryParameters(): ParameterStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: async (name) => values.get(name),
    async put(name, value) {
      values.set(name, value);
    },
  };
}

export interface Shown extends ShownDeployment {
  readonly task: string;
  readonly states: string[];
}

/** The deployments that are shown, oldest first, each with every state that it was set to. */
export function memoryBoard(shown: Shown[] = []) {
  const board: DeploymentBoard = {
    list: async ({ task }) => shown.filter((one) => one.task === task).reverse(),
    async create({ payload, task }) {
      const created = { id: shown.length + 1, payload, task, states: [] };
      shown.push(created);
      return created;
    },
    stateOf: async (id) => shown[id - 1]?.states.at(-1),
    async setStatus(id, { state }) {
      shown[id - 1]?.states.push(state);
    },
  };
  return { board, shown };
}

export const draft: Draft = {
  environment: 'prod',
  service: 'tenant-service',
  deployment: 'prod/tenant-service/promote/7001-1',
  timestamp: '2026-03-03T20:05:00Z',
  action: 'promote',
  status: 'succeeded',
  toVersion: 'v1.4.0',
  actor: 'release-manager',
  run: {
    repository: 'example/tenant-service',
    id: '7001',
    attempt: 1,
    url: 'https://github.com/example/tenant-service/actions/runs/7001',
  },
  gates: [],
  components: [],
};

test('the table in memory refuses what DynamoDB would', async () => {
  const table = memoryTable();
  expect(await table.add({ deployment_id: 'a' })).toBe('added');
  expect(await table.add({ deployment_id: 'a' })).toBe('exists');
  expect(await table.moveHead({ deployment_id: 'a', head_hash: 'x' }, undefined)).toBe('moved');
  expect(await table.moveHead({ deployment_id: 'h', head_hash: 'x' }, undefined)).toBe('done');
  expect(await table.moveHead({ deployment_id: 'h', head_hash: 'y' }, 'z')).toBe('moved');
});
