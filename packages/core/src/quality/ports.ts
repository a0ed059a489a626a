/** A check run of a commit, as GitHub tells it. */
export interface CheckRun {
  readonly name: string;
  readonly status: string;
  /** Undefined until it has ended. */
  readonly conclusion: string | undefined;
  readonly url: string;
}

export interface CommitChecks {
  /** The latest check runs of a commit. */
  runs(commit: string): Promise<readonly CheckRun[]>;
}
