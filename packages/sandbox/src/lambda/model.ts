import { createHash } from 'node:crypto';
import { WireError } from '../kernel/index.ts';
import { functionArn, isVersionNumber, type Scope } from './names.ts';

/** A deployment package: the zip exactly as it came. */
export interface Code {
  readonly zip: Uint8Array;
  /** Base64 of the zip's SHA-256, as Lambda tells it. */
  readonly sha256: string;
}

/** What a version freezes besides its code. */
export interface Configuration {
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of the dead-letter queue or topic; empty for none. */
  readonly deadLetter: string;
  readonly architecture: string;
  readonly layers: readonly string[];
  readonly tracing: string;
  /** MB. */
  readonly storage: number;
  readonly snapStart: string;
}

/** `create` shows as State Pending, `update` as LastUpdateStatus InProgress, until the moment it settles. */
export interface Settling {
  readonly kind: 'create' | 'update';
  /** Virtual epoch milliseconds. */
  readonly until: number;
}

export interface Version {
  /** `$LATEST`, or a number. */
  readonly number: string;
  readonly configuration: Configuration;
  readonly code: Code;
  /** Virtual epoch milliseconds. */
  readonly modified: number;
  readonly settling: Settling;
  /** RevisionIds: Lambda changes it once more when an update settles. */
  readonly revisions: { readonly settling: string; readonly settled: string };
}

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Additional version to weight, 0 to 1; at most one. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revision: string;
  /** Provisioned concurrency keeps the old version answering for a while; Lambda shows it as a weight of 1. */
  readonly handover?: { readonly from: string; readonly until: number };
}

/** What an alias pointed at from a moment on; `stable` is undefined once it was deleted. */
export interface AliasState {
  readonly at: number;
  readonly stable: string | undefined;
  readonly canary?: string;
  readonly weight: number;
}

export interface Provisioned {
  readonly requested: number;
  /** Virtual epoch milliseconds from which it is READY. */
  readonly ready: number;
  readonly modified: number;
}

export interface LambdaFunction {
  readonly scope: Scope;
  readonly name: string;
  latest: Version;
  readonly versions: Map<string, Version>;
  /** The number of the next version; numbers are never used twice. */
  next: number;
  readonly aliases: Map<string, Alias>;
  /** By version number or alias name. */
  readonly provisioned: Map<string, Provisioned>;
}

/** One call through Invoke that ran a handler. */
export interface Invocation {
  /** Virtual epoch milliseconds. */
  readonly at: number;
  readonly function: string;
  readonly alias?: string;
  readonly version: string;
  readonly failed: boolean;
  /** Real milliseconds that the handler took. */
  readonly duration: number;
}

export function codeOf(zip: Uint8Array): Code {
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
}

export function isSettling({ settling }: Version, now: number): boolean {
  return now < settling.until;
}

export function revisionOf(version: Version, now: number): string {
  return isSettling(version, now) ? version.revisions.settling : version.revisions.settled;
}

/** Every function of every account and region, with what has happened to them. */
export class LambdaState {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #histories = new Map<string, AliasState[]>();
  readonly #invocations = new Map<string, Invocation[]>();

  add(added: LambdaFunction): void {
    this.#functions.set(functionArn(added.scope, added.name), added);
  }

  remove(removed: LambdaFunction): void {
    this.#functions.delete(functionArn(removed.scope, removed.name));
  }

  find(scope: Scope, name: string): LambdaFunction | undefined {
    return this.#functions.get(functionArn(scope, name));
  }

  /** The function, or Lambda's 404 that names what was asked for. */
  get(scope: Scope, name: string, qualifier?: string): LambdaFunction {
    const found = this.find(scope, name);
    if (found === undefined) throw notFound(functionArn(scope, name, qualifier));
    return found;
  }

  list({ account, region }: Scope): readonly LambdaFunction[] {
    return [...this.#functions.values()]
      .filter(({ scope }) => scope.account === account && scope.region === region)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  remember(owner: LambdaFunction, alias: string, state: AliasState): void {
    const key = functionArn(owner.scope, owner.name, alias);
    const history = this.#histories.get(key) ?? [];
    history.push(state);
    this.#histories.set(key, history);
  }

  /** Every state an alias has had, oldest first. */
  aliasHistory(account: string, region: string, name: string, alias: string): readonly AliasState[] {
    return this.#histories.get(functionArn({ account, region }, name, alias)) ?? [];
  }

  count({ account, region }: Scope, invocation: Invocation): void {
    const key = `${account}/${region}`;
    const counted = this.#invocations.get(key) ?? [];
    counted.push(invocation);
    this.#invocations.set(key, counted);
  }

  /** The calls through Invoke in one account and region, oldest first. */
  directInvocations(account: string, region: string): readonly Invocation[] {
    return this.#invocations.get(`${account}/${region}`) ?? [];
  }
}

export function notFound(arn: string): WireError {
  return new WireError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

/** A version by its number or `$LATEST`. Throws Lambda's 404. */
export function versionOf(owner: LambdaFunction, number: string): Version {
  const found = number === '$LATEST' ? owner.latest : owner.versions.get(number);
  if (found === undefined) throw notFound(functionArn(owner.scope, owner.name, number));
  return found;
}

/** A version by number, `$LATEST` or an alias's main version; `$LATEST` when nothing is asked for. */
export function qualified(owner: LambdaFunction, qualifier: string | undefined): Version {
  if (qualifier === undefined || qualifier === '$LATEST' || isVersionNumber(qualifier)) {
    return versionOf(owner, qualifier ?? '$LATEST');
  }
  const alias = owner.aliases.get(qualifier);
  if (alias === undefined) throw notFound(functionArn(owner.scope, owner.name, qualifier));
  return versionOf(owner, alias.version);
}

export function checkRevision(asked: unknown, actual: string): void {
  if (asked === undefined || asked === actual) return;
  const message =
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
  throw new WireError(412, 'PreconditionFailedException', message);
}

/** Lambda's 409 while `$LATEST` is being created or updated. */
export function checkSettled({ scope, name, latest }: LambdaFunction, now: number): void {
  if (!isSettling(latest, now)) return;
  const why =
    latest.settling.kind === 'create'
      ? 'The function is currently in the following state: Pending'
      : `An update is in progress for resource: ${functionArn(scope, name)}`;
  throw new WireError(
    409,
    'ResourceConflictException',
    `The operation cannot be performed at this time. ${why}`,
  );
}
