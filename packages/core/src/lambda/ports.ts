/** A Lambda alias: its main version is the stable one, its one additional version the canary. */
export interface Alias {
  readonly functionName: string;
  readonly name: string;
  readonly stableVersion: string;
  /** The additional version and its share of requests in percent, 0 to 100. */
  readonly canary?: { readonly version: string; readonly weight: number };
  readonly description: string;
  /** Changes with every update; an update made against an older one is refused. */
  readonly revisionId: string;
}

/** What an alias should become. Leaving `canary` out clears every weight. */
export interface AliasChange {
  readonly stableVersion: string;
  readonly canary?: { readonly version: string; readonly weight: number };
  readonly description?: string;
}

export interface AliasStore {
  /** The alias, or undefined when the function has none of that name. A missing function is an `OutsideError`. */
  find(functionName: string, alias: string): Promise<Alias | undefined>;
  list(functionName: string): Promise<readonly Alias[]>;
  /** Creates it; `'exists'` when someone else did first. */
  create(
    functionName: string,
    alias: string,
    version: string,
    description: string,
  ): Promise<Alias | 'exists'>;
  /** Changes what was last read; `'moved'` when the alias has another revision by now, and nothing was changed. */
  update(lastRead: Alias, change: AliasChange): Promise<Alias | 'moved'>;
  remove(functionName: string, alias: string): Promise<void>;
}

/** One version of a function (or `$LATEST`) as Lambda describes it. */
export interface FunctionVersion {
  readonly functionName: string;
  readonly version: string;
  /** SHA-256 of the deployment package: base64 for a zip, hexadecimal for an image. */
  readonly codeSha256: string;
  readonly codeSize: number;
  readonly description: string;
  readonly role: string;
  readonly deadLetterTarget?: string;
  /** Pending, Active, Inactive, Failed, …; empty where Lambda does not say, as in a list of versions. */
  readonly state: string;
  readonly stateReason?: string;
  /** Successful, InProgress, Failed; empty where Lambda does not say. */
  readonly lastUpdateStatus: string;
  readonly lastUpdateReason?: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  readonly packageType: 'Zip' | 'Image';
  /** Milliseconds. */
  readonly timeout: number;
  readonly snapStart?: { readonly optimized: boolean };
  readonly revisionId: string;
}

/** Where new code comes from. */
export type CodeSource =
  | { readonly kind: 'zip'; readonly bytes: Uint8Array }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string; readonly objectVersion?: string }
  | { readonly kind: 'image'; readonly uri: string };

export interface FunctionStore {
  /** A version, an alias's version or `$LATEST`; undefined when the function has no such qualifier. A missing function is an `OutsideError`. */
  describe(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined>;
  /** Every published version, oldest first, without `$LATEST`. */
  versions(functionName: string): Promise<readonly FunctionVersion[]>;
  /** The deployment package (zip) of a version, with the hash that Lambda keeps for it. */
  download(
    functionName: string,
    qualifier: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly codeSha256: string }>;
  /** The image of a version of a function that is made from one, by its digest. */
  image(functionName: string, version: string): Promise<string>;
  /** Replaces the code of `$LATEST`. `'busy'` when another update is in progress. */
  updateCode(functionName: string, source: CodeSource): Promise<FunctionVersion | 'busy'>;
  /**
   * Publishes `$LATEST` as a version, provided its hash is still the one given. Lambda answers with the last version
   * when neither code nor configuration has changed since. `'busy'` when an update is in progress, `'replaced'` when
   * `$LATEST` holds other code by now.
   */
  publish(
    functionName: string,
    codeSha256: string,
    description: string,
  ): Promise<FunctionVersion | 'busy' | 'replaced'>;
  /** True where provisioned concurrency is configured for the alias or version. */
  hasProvisionedConcurrency(functionName: string, qualifier: string): Promise<boolean>;
}

/** What a function answered. */
export interface Invocation {
  /** HTTP status of the Invoke call: 200, or what Lambda said when it throttled (429) or could not start the function (5xx). */
  readonly status: number;
  readonly executedVersion: string;
  /** `Handled` or `Unhandled` when the function threw; Lambda's own code when it was not run at all. */
  readonly functionError?: string;
  readonly payload: string;
}

export interface FunctionInvoker {
  /** Runs the function and waits for its answer. A missing function, alias or permission is an `OutsideError`. */
  invoke(functionName: string, qualifier: string, payload: string): Promise<Invocation>;
}
