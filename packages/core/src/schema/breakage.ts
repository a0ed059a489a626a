/** One thing that a version which does not know of it may stumble over, whoever found it. */
export interface Breakage {
  /** `drop-column`, or the rule of the tool. */
  readonly rule: string;
  /** `users.nickname`, `GET /orders/{id}`. */
  readonly object: string;
  /** The migration, or the report. */
  readonly path: string;
  readonly line?: number;
  readonly message: string;
  readonly remedy?: string;
  /** The tool itself calls it a warning. */
  readonly warning?: boolean;
  /** Whether it breaks anything could not be seen. */
  readonly unseen?: boolean;
}
