import { oneLine } from '../foreign-text/index.ts';
import type { Breakage } from './breakage.ts';
import { afterMigration, changed, type KnownColumn, type Tables } from './history.ts';
import type { ColumnType, SchemaChange, SchemaStatement } from './statement.ts';
import { typeName, widens } from './widening.ts';

export interface Migration {
  readonly path: string;
  readonly statements: readonly SchemaStatement[];
  /** The target has not run it yet. */
  readonly isNew: boolean;
}

/** What the new ones of these migrations break for a version that does not know them, given in the order they run. */
export function breakages(migrations: readonly Migration[]): readonly Breakage[] {
  let tables: Tables = new Map();
  const found: Breakage[] = [];
  for (const { path, statements, isNew } of migrations) {
    for (const statement of statements) {
      const broken = isNew ? judge(statement, tables) : undefined;
      if (broken) found.push({ ...broken, path: oneLine(path), line: statement.line });
      tables = changed(tables, statement, isNew);
    }
    tables = afterMigration(tables);
  }
  return found;
}

type Broken = Omit<Breakage, 'path' | 'line'>;

function judge(change: SchemaChange, tables: Tables): Broken | undefined {
  switch (change.kind) {
    case 'create-table':
    case 'release':
    case 'search-elsewhere':
      return undefined;
    case 'drop':
      return isNewTable(tables, change.name) && change.what === 'table'
        ? undefined
        : {
            rule: `drop-${change.what}`,
            object: oneLine(change.name),
            message: `The ${change.what} ${oneLine(change.name)} is dropped, and the version that is running may use it.`,
            remedy: 'Release a version that no longer uses it first, and drop it with the one after.',
          };
    case 'rename':
      return isNewTable(tables, change.name) && change.what === 'table'
        ? undefined
        : {
            rule: `rename-${change.what}`,
            object: oneLine(change.name),
            message: `The ${change.what} ${oneLine(change.name)} is renamed to ${oneLine(change.to)}, and the version that is running knows the old name.`,
            remedy: `Make a new ${change.what} beside the old one, and drop that when no version uses it any more.`,
          };
    case 'empty':
      return isNewTable(tables, change.table)
        ? undefined
        : {
            rule: 'delete-data',
            object: oneLine(change.table),
            message: `${change.how} takes all rows from ${oneLine(change.table)}.`,
            remedy: 'Take them out in a step of its own, with a backup, when no version needs them.',
          };
    case 'unseen':
      return {
        rule: 'unseen',
        object: oneLine(change.what),
        unseen: true,
        message: `What ${change.what} does is not seen: it is a program of its own.`,
        remedy: 'Write it as plain statements, or name it in `allow` after a person has read it.',
      };
    default:
      return isNewTable(tables, change.table) ? undefined : judgeColumn(change, tables);
  }
}

type ColumnChange = Exclude<
  Extract<SchemaChange, { readonly column: unknown }>,
  { readonly kind: 'release' }
>;

function judgeColumn(change: ColumnChange, tables: Tables): Broken | undefined {
  const name = change.kind === 'add-column' ? change.column.name : change.column;
  const known = tables.get(change.table)?.columns.get(name);
  const object = oneLine(`${change.table}.${name}`);
  switch (change.kind) {
    case 'add-column': {
      const { required, filled } = change.column;
      return required && !filled ? mustBeGiven(object, 'is added as NOT NULL without a default') : undefined;
    }
    case 'require':
      if (known?.filled && known.isNew) return undefined;
      return mustBeGiven(object, 'becomes NOT NULL');
    case 'fill':
      if (change.filled || (known && !known.required)) return undefined;
      return mustBeGiven(
        object,
        known ? 'is NOT NULL and loses its default' : 'loses its default and may be NOT NULL',
      );
    case 'drop-column':
    case 'rename-column':
      return known?.isNew ? undefined : gone(change, object);
    case 'change-type':
      return known?.isNew ? undefined : narrowed(change.type, known, object);
  }
}

function mustBeGiven(object: string, how: string): Broken {
  return {
    rule: 'required-column',
    object,
    message: `${object} ${how}, and the version that is running may leave it out, or write nothing there.`,
    remedy: 'Give it a default, or leave it nullable until every version fills it.',
  };
}

function gone(
  change: Extract<ColumnChange, { readonly kind: 'drop-column' | 'rename-column' }>,
  object: string,
): Broken {
  if (change.kind === 'drop-column')
    return {
      rule: 'drop-column',
      object,
      message: `${object} is dropped, and the version that is running may use it.`,
      remedy: 'Release a version that no longer uses it first, and drop it with the one after.',
    };
  return {
    rule: 'rename-column',
    object,
    message: `${object} is renamed to ${oneLine(change.to)}, and the version that is running knows the old name.`,
    remedy:
      'Add a new column, write both, move what is there, and drop the old one when no version uses it any more.',
  };
}

function narrowed(to: ColumnType, known: KnownColumn | undefined, object: string): Broken | undefined {
  if (known && widens(known.type, to)) return undefined;
  const type = oneLine(typeName(to));
  return {
    rule: 'narrow-type',
    object,
    message: known
      ? `${object} changes from ${oneLine(typeName(known.type))} to ${type}, which does not hold all that it held, or reads otherwise.`
      : `${object} becomes ${type}, and what it was before is not known.`,
    remedy: known
      ? 'Add a new column of that type, write both, and drop the old one when no version uses it any more.'
      : 'Give the earlier migrations, too, with `applied-through`, so that the type is known.',
  };
}

function isNewTable(tables: Tables, name: string): boolean {
  return tables.get(name)?.isNew ?? false;
}
