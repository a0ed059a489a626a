import { resolve } from 'node:path';
import { WorldMistake } from '../scenario-file/index.ts';
import { checkTargets } from './aliases.ts';
import type { FunctionDefinition } from './definition.ts';
import { DEFAULT_CONFIGURATION, newFunction } from './functions.ts';
import type { Code, Configuration, LambdaFunction, LambdaState, Version } from './model.ts';
import { packageAt } from './package.ts';

/** The functions of a world as it states them, and what it takes to read that. */
export interface WorldFunctions {
  readonly definitions: readonly FunctionDefinition[];
  readonly accounts: Readonly<Record<string, { readonly id: string; readonly region: string }>>;
  /** What code paths are relative to. */
  readonly folder: string;
  /** The world's first virtual moment. */
  readonly worldStart: number;
}

/** Puts a world's functions in place, settled, with their versions published and their aliases pointing. */
export async function loadFunctions(
  state: LambdaState,
  dependencies: WorldFunctions,
  uuid: () => string,
): Promise<void> {
  const packages = new Map<string, Promise<Code>>();
  const packageOf = (path: string): Promise<Code> => {
    const whole = resolve(dependencies.folder, path);
    const known = packages.get(whole) ?? packageAt(whole);
    packages.set(whole, known);
    return known;
  };
  for (const [index, definition] of dependencies.definitions.entries()) {
    try {
      await loadFunction(state, dependencies, definition, packageOf, uuid);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const within = error instanceof WorldMistake ? error.path : [];
      throw new WorldMistake(
        ['world', 'lambda', index, ...within],
        `The world's function ${definition.function} of account ${definition.account}: ${reason}`,
      );
    }
  }
}

async function loadFunction(
  state: LambdaState,
  { accounts, worldStart }: WorldFunctions,
  definition: FunctionDefinition,
  packageOf: (path: string) => Promise<Code>,
  uuid: () => string,
): Promise<void> {
  const account = accounts[definition.account];
  if (account === undefined) throw new Error('the world has no such account');
  const scope = { account: account.id, region: definition.region ?? account.region };
  if (state.find(scope, definition.function) !== undefined) throw new Error('it is stated twice');
  const modified =
    definition['last-modified'] === undefined ? worldStart : Date.parse(definition['last-modified']);

  const versions: Version[] = [];
  for (const [index, stated] of definition.versions.entries()) {
    const id = uuid();
    const code = await packageOf(stated.code).catch((error: Error) => {
      throw new WorldMistake(['versions', index, 'code'], error.message);
    });
    versions.push({
      number: String(index + 1),
      configuration: configurationOf(definition, stated, scope.account),
      code,
      modified,
      settling: { kind: 'create', until: worldStart },
      revisions: { settling: id, settled: id },
    });
  }
  const last = versions.at(-1);
  if (last === undefined) throw new Error('it has no versions');
  const latest: Version = {
    ...last,
    number: '$LATEST',
    configuration: { ...last.configuration, description: definition.description },
  };
  const owner: LambdaFunction = {
    ...newFunction(scope, definition.function, latest),
    next: versions.length + 1,
  };
  for (const version of versions) owner.versions.set(version.number, version);
  state.add(owner);
  loadAliases(state, owner, definition, worldStart, uuid);
}

function loadAliases(
  state: LambdaState,
  owner: LambdaFunction,
  definition: FunctionDefinition,
  worldStart: number,
  uuid: () => string,
): void {
  for (const [name, { version, canary, weight }] of Object.entries(definition.aliases)) {
    const weights = canary === undefined ? {} : { [canary]: weight };
    checkTargets(owner, version, weights);
    owner.aliases.set(name, { name, version, description: '', weights, revision: uuid() });
    state.remember(owner, name, {
      at: worldStart,
      stable: version,
      ...(canary === undefined ? { weight: 0 } : { canary, weight }),
    });
  }
}

function configurationOf(
  definition: FunctionDefinition,
  version: FunctionDefinition['versions'][number],
  account: string,
): Configuration {
  return {
    ...DEFAULT_CONFIGURATION,
    runtime: definition.runtime,
    handler: definition.handler,
    role: version.role ?? definition.role ?? `arn:aws:iam::${account}:role/${definition.function}`,
    description: version.description,
    timeout: definition.timeout,
    memory: definition.memory,
    environment: version.environment ?? definition.environment,
    deadLetter: version['dead-letter'] ?? definition['dead-letter'] ?? '',
  };
}
