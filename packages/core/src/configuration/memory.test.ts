import { expect, test } from '@jest/globals';
import type { Attributes } from '../deployment/index.ts';
import type { ConfigurationStore, NoteStore, Parameter, Traits, Writing } from './ports.ts';

/** The machine has died: no call is made any more. */
export class Dead extends Error {}

export interface Memory {
  readonly source: Pick<ConfigurationStore, 'place' | 'list'>;
  readonly target: ConfigurationStore;
  readonly notes: NoteStore;
  /** Lets the caller die at its nth call from now on, before or after it has its effect. */
  dieAt(nth: number, moment: 'before' | 'after'): void;
  /** Lets the nth write fail with an error from now on. */
  failAt(nth: number, error: Error): void;
  revive(): void;
  calls(): number;
  values(): Readonly<Record<string, string>>;
  /** As someone else would. */
  put(name: string, value: string): void;
  keys(name: string): readonly (string | undefined)[];
}

type Version = Writing & { readonly version: number };

/** SSM and the table in memory, with SSM's rules that matter here. */
export function memory(
  source: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
): Memory {
  const parameters = new Map<string, Version[]>();
  const items = new Map<string, Attributes>();
  let [calls, writes] = [0, 0];
  let death: { readonly nth: number; readonly moment: 'before' | 'after' } | undefined;
  let fault: { readonly nth: number; readonly error: Error } | undefined;

  async function call<T>(effect: () => T): Promise<T> {
    calls += 1;
    if (death && (calls > death.nth || (calls === death.nth && death.moment === 'before'))) throw new Dead();
    const result = effect();
    if (death && calls === death.nth) throw new Dead();
    return result;
  }
  const write = <T>(effect: () => T): Promise<T> =>
    call(() => {
      writes += 1;
      if (fault && writes === fault.nth) throw fault.error;
      return effect();
    });
  const latest = (name: string): Version | undefined => parameters.get(name)?.at(-1);
  const append = (parameter: Writing): number => {
    const version = (latest(parameter.name)?.version ?? 0) + 1;
    parameters.set(parameter.name, [...(parameters.get(parameter.name) ?? []), { ...parameter, version }]);
    return version;
  };
  const plain = (name: string, value: string): Writing => ({
    name,
    value,
    type: /password/.test(name) ? 'SecureString' : 'String',
    dataType: 'text',
    tier: 'Standard',
    ...(/password/.test(name) ? { keyId: 'alias/prod' } : {}),
  });
  const asRead = ({ name, type, value, version, dataType }: Version): Parameter => ({
    ...{ name, type, value, version, dataType },
  });
  for (const [name, value] of Object.entries(target)) append(plain(name, value));

  return {
    source: {
      place: 'the source',
      list: (path) =>
        call(() =>
          Object.entries(source)
            .filter(([name]) => name.startsWith(`${path}/`))
            .map(([name, value]) => ({ ...asRead({ ...plain(name, value), version: 1 }) })),
        ),
    },
    target: {
      place: 'the target',
      list: (path) =>
        call(() =>
          [...parameters.values()].flatMap((versions) =>
            versions
              .slice(-1)
              .filter(({ name }) => name.startsWith(`${path}/`))
              .map(asRead),
          ),
        ),
      traits: (names) =>
        call(() => {
          const found = names.flatMap((name) => {
            const version = latest(name);
            return version ? [[name, traitsOf(version)] as const] : [];
          });
          return new Map(found);
        }),
      read: (wanted) =>
        call(() => {
          const found = wanted.flatMap(({ name, version }) => {
            const one =
              version === undefined
                ? latest(name)
                : parameters.get(name)?.find((each) => each.version === version);
            return one ? [[name, asRead(one)] as const] : [];
          });
          return new Map(found);
        }),
      create: (parameter) => write(() => (latest(parameter.name) ? 'exists' : append(parameter))),
      update: (parameter) => write(() => append(parameter)),
      remove: (names) =>
        write(() => {
          for (const name of names) parameters.delete(name);
        }),
    },
    notes: {
      place: 'the table',
      find: (id) => call(() => items.get(id)),
      write: (item, expected) =>
        call(() => {
          const id = String(item.deployment_id);
          if (items.get(id)?.config_revision !== expected) return false;
          items.set(id, item);
          return true;
        }),
    },
    dieAt(nth, moment) {
      [calls, death] = [0, { nth, moment }];
    },
    failAt(nth, error) {
      [writes, fault] = [0, { nth, error }];
    },
    revive() {
      [death, fault, calls] = [undefined, undefined, 0];
    },
    calls: () => calls,
    values: () =>
      Object.fromEntries([...parameters].map(([name, versions]) => [name, versions.at(-1)?.value ?? ''])),
    put(name, value) {
      append(plain(name, value));
    },
    keys: (name) => (parameters.get(name) ?? []).map(({ keyId }) => keyId),
  };
}

function traitsOf({ tier, keyId }: Writing): Traits {
  return { tier, ...(keyId ? { keyId } : {}) };
}

test('the memory keeps versions, and dies where it is told', async () => {
  const { target, dieAt, values } = memory({}, { '/a/x': '1' });
  expect(
    await target.update({ name: '/a/x', value: '2', type: 'String', dataType: 'text', tier: 'Standard' }),
  ).toBe(2);
  expect((await target.read([{ name: '/a/x', version: 1 }])).get('/a/x')?.value).toBe('1');
  dieAt(1, 'before');
  await expect(target.remove(['/a/x'])).rejects.toThrow(Dead);
  expect(values()).toEqual({ '/a/x': '2' });
});
