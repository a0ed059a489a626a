/** A release of the repository; a draft has no tag yet until it is published or tagged. */
export interface Release {
  readonly id: number;
  /** The tag it has or will make. */
  readonly tag: string;
  readonly draft: boolean;
  readonly url: string;
}

/** What a gate asks of the repository that versions live in. */
export interface Repository {
  /** `owner/name`. */
  readonly name: string;
  /** The commit or tag object that the tag names, or undefined. */
  tag(name: string): Promise<string | undefined>;
  /** Every tag's name. */
  tags(): Promise<readonly string[]>;
  /** The commit at the branch's head, or undefined. */
  branch(name: string): Promise<string | undefined>;
  /** Releases for the tag, published or draft. Drafts are seen only by who may push. */
  releases(tag: string): Promise<readonly Release[]>;
  /** A text file at a branch, tag or commit (by default the default branch), or undefined. */
  fileText(path: string, ref?: string): Promise<string | undefined>;
}

/** Which version an environment runs, as its last promotion recorded it. */
export interface DeployedVersions {
  /** `where` names the record, for messages; `version` is undefined when nothing was recorded. */
  current(
    environment: string,
    service: string,
  ): Promise<{ readonly version: string | undefined; readonly where: string }>;
}
