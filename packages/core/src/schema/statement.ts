/** A type as it stands in a column: `int4`, `varchar` with its length, `public.mood`, `text[]`. */
export interface ColumnType {
  readonly name: string;
  /** What stands in parentheses: length, or precision and scale. */
  readonly modifiers: readonly number[];
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** NOT NULL, or part of the primary key. */
  readonly required: boolean;
  /** A default, an identity or a generated value fills it where a statement leaves it out. */
  readonly filled: boolean;
}

/** What one statement does to what other versions of the program rely on; tables are named as they are written. */
export type SchemaChange =
  | {
      readonly kind: 'create-table';
      readonly table: string;
      readonly columns: readonly Column[];
      /** IF NOT EXISTS: it may have been there before. */
      readonly onlyIfAbsent: boolean;
      /** It is gone when its migration is over, and another of its name may come to light. */
      readonly temporary: boolean;
    }
  | {
      readonly kind: 'add-column';
      readonly table: string;
      readonly column: Column;
      readonly onlyIfAbsent: boolean;
    }
  | { readonly kind: 'drop-column'; readonly table: string; readonly column: string }
  | { readonly kind: 'rename-column'; readonly table: string; readonly column: string; readonly to: string }
  | { readonly kind: 'require'; readonly table: string; readonly column: string }
  | { readonly kind: 'release'; readonly table: string; readonly column: string }
  | { readonly kind: 'fill'; readonly table: string; readonly column: string; readonly filled: boolean }
  | {
      readonly kind: 'change-type';
      readonly table: string;
      readonly column: string;
      readonly type: ColumnType;
    }
  /** `what` is `table`, `view`, `schema`, `function` … */
  | { readonly kind: 'drop'; readonly what: string; readonly name: string }
  | { readonly kind: 'rename'; readonly what: string; readonly name: string; readonly to: string }
  /** From here on a name without a schema may mean another table. */
  | { readonly kind: 'search-elsewhere' }
  | { readonly kind: 'empty'; readonly table: string; readonly how: string }
  | { readonly kind: 'unseen'; readonly what: string };

export type SchemaStatement = SchemaChange & {
  /** From 1. */
  readonly line: number;
};

export interface SqlParser {
  /** What the statements do, in their order; those that change nothing others rely on are left out. @throws Unreadable */
  statements(sql: string): Promise<readonly SchemaStatement[]>;
}
