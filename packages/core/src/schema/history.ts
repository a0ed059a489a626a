import type { Column, SchemaChange } from './statement.ts';

export interface KnownColumn extends Column {
  /** Made by a migration that the target has not run, so that no version in use knows it. */
  readonly isNew: boolean;
}

export interface KnownTable {
  readonly isNew: boolean;
  readonly temporary: boolean;
  readonly columns: ReadonlyMap<string, KnownColumn>;
}

/** The tables that migrations told of so far. */
export type Tables = ReadonlyMap<string, KnownTable>;

/** The tables after one more change. */
export function changed(tables: Tables, change: SchemaChange, isNew: boolean): Tables {
  switch (change.kind) {
    case 'create-table': {
      if (change.onlyIfAbsent && tables.has(change.table)) return tables;
      const newTable = isNew && !change.onlyIfAbsent;
      const columns = new Map(change.columns.map((column) => [column.name, { ...column, isNew: newTable }]));
      const { temporary } = change;
      return new Map(tables).set(change.table, { isNew: newTable, temporary, columns });
    }
    case 'drop': {
      const rest = new Map(tables);
      if (change.what === 'table') rest.delete(change.name);
      return rest;
    }
    case 'rename': {
      const table = tables.get(change.name);
      if (change.what !== 'table' || !table) return tables;
      const rest = new Map(tables);
      rest.delete(change.name);
      return rest.set(renamed(change.name, change.to), table);
    }
    case 'search-elsewhere':
      return new Map([...tables].filter(([name]) => name.includes('.')));
    case 'empty':
    case 'unseen':
      return tables;
    default:
      return withColumns(tables, change, isNew);
  }
}

/** The tables that are left when a migration is over. */
export function afterMigration(tables: Tables): Tables {
  return new Map([...tables].filter(([, { temporary }]) => !temporary));
}

/** A table keeps its schema when its name changes. */
function renamed(name: string, to: string): string {
  const schema = name.slice(0, name.lastIndexOf('.') + 1);
  return to.includes('.') ? to : `${schema}${to}`;
}

type ColumnChange = Extract<SchemaChange, { readonly column: unknown }>;

function withColumns(tables: Tables, change: ColumnChange, isNew: boolean): Tables {
  const table = tables.get(change.table) ?? {
    isNew: false,
    temporary: false,
    columns: new Map<string, KnownColumn>(),
  };
  const columns = new Map(table.columns);
  if (change.kind === 'add-column') {
    const { column, onlyIfAbsent } = change;
    if (!onlyIfAbsent || !columns.has(column.name))
      columns.set(column.name, { ...column, isNew: isNew && !onlyIfAbsent });
  } else {
    const known = columns.get(change.column);
    if (!known) return tables;
    if (change.kind === 'drop-column' || change.kind === 'rename-column') columns.delete(change.column);
    if (change.kind === 'rename-column') columns.set(change.to, { ...known, name: change.to });
    if (change.kind === 'require') columns.set(change.column, { ...known, required: true });
    if (change.kind === 'release') columns.set(change.column, { ...known, required: false });
    if (change.kind === 'fill') columns.set(change.column, { ...known, filled: change.filled });
    if (change.kind === 'change-type') columns.set(change.column, { ...known, type: change.type });
  }
  return new Map(tables).set(change.table, { ...table, columns });
}
