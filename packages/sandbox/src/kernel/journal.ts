/** One call that reached the sandbox. */
export interface JournalEntry {
  /** 1 for the first call, rising by one. */
  readonly n: number;
  /** Virtual epoch milliseconds when the call was looked at. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** What it was about, such as `{ function: 'tenant-service', alias: 'live' }`. */
  readonly subject: Readonly<Record<string, string>>;
  /** HTTP status of the answer; 0 when the connection was broken instead. */
  readonly status: number;
  /** The fault that struck, such as `429 TooManyRequestsException` or `drop after`. */
  readonly fault?: string;
  readonly requestId: string;
}

export class Journal {
  readonly #entries: JournalEntry[] = [];

  write(entry: Omit<JournalEntry, 'n'>): void {
    this.#entries.push({ n: this.#entries.length + 1, ...entry });
  }

  /** Entries with a number greater than `since`. */
  since(since: number): readonly JournalEntry[] {
    return this.#entries.slice(Math.max(0, since));
  }
}
