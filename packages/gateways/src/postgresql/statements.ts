import type { SchemaChange, SchemaStatement, SqlParser } from '@promo-actions/core/schema';
import type { AlterTableCmd, Constraint, CreateStmt, Node, ObjectType, RawStmt } from 'libpg-query';
import { createParser } from './engine.ts';
import { as, columnNotNull, columnOf, isEveryRow, isNull, objectName, tableName, typeOf } from './nodes.ts';

/** Migrations read by the grammar of PostgreSQL itself. */
export function createSqlParser(): SqlParser {
  const parse = createParser();
  return {
    async statements(sql) {
      if (sql.trim() === '') return [];
      const bytes = Buffer.from(sql);
      const { stmts = [] } = await parse(sql);
      return stmts.flatMap((statement) => located(statement, bytes));
    },
  };
}

/** Offsets count bytes; that of a statement is where the one before it ends. */
function located({ stmt, stmt_location = 0 }: RawStmt, sql: Buffer): readonly SchemaStatement[] {
  const before = sql.toString('utf8', 0, stmt_location);
  const [blank = ''] = /^(?:\s|--[^\n]*\n)*/.exec(sql.toString('utf8', stmt_location)) ?? [];
  const line = `${before}${blank}`.split('\n').length;
  return changesOf(stmt).map((change) => ({ ...change, line }));
}

function changesOf(node: Node | undefined): readonly SchemaChange[] {
  return tableChanges(node) ?? objectChanges(node) ?? programs(node) ?? [];
}

function tableChanges(node: Node | undefined): readonly SchemaChange[] | undefined {
  const create = as(node, 'CreateStmt') ?? as(node, 'CreateForeignTableStmt')?.base;
  if (create) return create.oncommit === 'ONCOMMIT_DROP' ? [] : [createTable(create)];
  const from = as(node, 'CreateTableAsStmt');
  const into = from?.into?.rel ?? as(node, 'SelectStmt')?.intoClause?.rel;
  if (into && from?.into?.onCommit === 'ONCOMMIT_DROP') return [];
  if (into)
    return [
      {
        kind: 'create-table',
        table: tableName(into),
        columns: [],
        onlyIfAbsent: from?.if_not_exists ?? false,
        temporary: into.relpersistence === 't',
      },
    ];
  const alter = as(node, 'AlterTableStmt');
  if (alter) {
    const table = tableName(alter.relation);
    return (alter.cmds ?? []).flatMap((cmd) => columnChanges(table, as(cmd, 'AlterTableCmd') ?? {}));
  }
  const truncate = as(node, 'TruncateStmt');
  if (truncate)
    return (truncate.relations ?? []).map((relation) => ({
      kind: 'empty',
      table: tableName(as(relation, 'RangeVar')),
      how: 'TRUNCATE',
    }));
  const all = as(node, 'DeleteStmt');
  if (all && isEveryRow(all.whereClause))
    return [{ kind: 'empty', table: tableName(all.relation), how: 'DELETE of every row' }];
  return undefined;
}

function createTable({ relation, tableElts = [], if_not_exists }: CreateStmt): SchemaChange {
  const keys = tableElts.flatMap((node) => {
    const constraint = as(node, 'Constraint');
    return constraint ? requiredBy(constraint) : [];
  });
  const columns = tableElts
    .flatMap((node) => as(node, 'ColumnDef') ?? [])
    .map(columnOf)
    .map((column) => (keys.includes(column.name) ? { ...column, required: true } : column));
  return {
    kind: 'create-table',
    table: tableName(relation),
    columns,
    onlyIfAbsent: if_not_exists ?? false,
    temporary: relation?.relpersistence === 't',
  };
}

/** Columns that a constraint of the table makes NOT NULL. */
function requiredBy(constraint: Constraint): readonly string[] {
  const checked = columnNotNull(constraint);
  if (checked !== undefined) return [checked];
  const { contype, keys = [] } = constraint;
  return contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_NOTNULL' ? keys.map(objectName) : [];
}

function columnChanges(table: string, command: AlterTableCmd): readonly SchemaChange[] {
  const { subtype, name: column = '', def, missing_ok: onlyIfAbsent = false } = command;
  switch (subtype) {
    case 'AT_AddColumn': {
      const definition = as(def, 'ColumnDef');
      return definition ? [{ kind: 'add-column', table, column: columnOf(definition), onlyIfAbsent }] : [];
    }
    case 'AT_DropColumn':
      return [{ kind: 'drop-column', table, column }];
    case 'AT_SetNotNull':
      return [{ kind: 'require', table, column }];
    case 'AT_DropNotNull':
      return [{ kind: 'release', table, column }];
    case 'AT_ColumnDefault':
      return [{ kind: 'fill', table, column, filled: !isNull(def) }];
    case 'AT_AddIdentity':
      return [{ kind: 'fill', table, column, filled: true }];
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      return [{ kind: 'fill', table, column, filled: false }];
    case 'AT_AlterColumnType':
      return [{ kind: 'change-type', table, column, type: typeOf(as(def, 'ColumnDef')?.typeName) }];
    case 'AT_AddConstraint':
      return requiredBy(as(def, 'Constraint') ?? {}).map((key) => ({ kind: 'require', table, column: key }));
    case 'AT_DetachPartition':
      return [{ kind: 'drop', what: 'partition', name: tableName(as(def, 'PartitionCmd')?.name) }];
    default:
      return [];
  }
}

/** What a program may use by its name. */
const named: Readonly<Partial<Record<ObjectType, string>>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_SCHEMA: 'schema',
  OBJECT_DATABASE: 'database',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_AGGREGATE: 'function',
  OBJECT_EXTENSION: 'extension',
  OBJECT_ROLE: 'role',
};

function objectChanges(node: Node | undefined): readonly SchemaChange[] | undefined {
  const drop = as(node, 'DropStmt');
  if (drop) {
    const what = drop.removeType ? named[drop.removeType] : undefined;
    return what
      ? (drop.objects ?? []).map((object) => ({ kind: 'drop', what, name: objectName(object) }))
      : [];
  }
  const database = as(node, 'DropdbStmt');
  if (database) return [{ kind: 'drop', what: 'database', name: database.dbname ?? '' }];
  const owned = as(node, 'DropOwnedStmt');
  if (owned) return [{ kind: 'drop', what: 'role', name: 'everything it owns' }];
  return renames(node);
}

function renames(node: Node | undefined): readonly SchemaChange[] | undefined {
  const rename = as(node, 'RenameStmt');
  if (rename) {
    const { renameType = 'OBJECT_TABLE', relation, object, subname = '', newname: to = '' } = rename;
    const table = tableName(relation);
    if (renameType === 'OBJECT_COLUMN' || renameType === 'OBJECT_ATTRIBUTE')
      return [{ kind: 'rename-column', table, column: subname, to }];
    const what = named[renameType];
    return what ? [{ kind: 'rename', what, name: table || objectName(object) || subname, to }] : [];
  }
  const move = as(node, 'AlterObjectSchemaStmt');
  if (move) {
    const what = named[move.objectType ?? 'OBJECT_TABLE'];
    const name = tableName(move.relation) || objectName(move.object);
    const to = `${move.newschema ?? ''}.${name.split('.').at(-1) ?? ''}`;
    return what ? [{ kind: 'rename', what, name, to }] : [];
  }
  const label = as(node, 'AlterEnumStmt');
  if (label?.oldVal === undefined) return undefined;
  const type = (label.typeName ?? []).map(objectName).join('.');
  return [{ kind: 'rename', what: 'value', name: `${type}.${label.oldVal}`, to: label.newVal ?? '' }];
}

/** What the grammar does not look into, or what makes it mean something else. */
function programs(node: Node | undefined): readonly SchemaChange[] | undefined {
  if (as(node, 'VariableSetStmt')?.name === 'search_path') return [{ kind: 'search-elsewhere' }];
  if (as(node, 'TransactionStmt')?.kind?.startsWith('TRANS_STMT_ROLLBACK'))
    return [{ kind: 'unseen', what: 'a ROLLBACK' }];
  if (as(node, 'DoStmt')) return [{ kind: 'unseen', what: 'a DO block' }];
  const call = as(node, 'CallStmt')?.funccall;
  if (call)
    return [{ kind: 'unseen', what: `the procedure ${(call.funcname ?? []).map(objectName).join('.')}` }];
  const prepared = as(node, 'ExecuteStmt')?.name;
  return prepared === undefined
    ? undefined
    : [{ kind: 'unseen', what: `the prepared statement ${prepared}` }];
}
