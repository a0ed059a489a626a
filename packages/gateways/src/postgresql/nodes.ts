import type { Column, ColumnType } from '@promo-actions/core/schema';
import type { ColumnDef, Constraint, Node, RangeVar, TypeName } from 'libpg-query';

/** The members of a node's union by their names, since each node holds exactly one. */
type Members = Node extends infer N ? (N extends object ? keyof N : never) : never;
type Member<K extends string> = Extract<Node, { [key in K]: unknown }>[K];

/** The node as one of a kind; undefined when it is of another. */
export function as<K extends Members & string>(node: Node | undefined, kind: K): Member<K> | undefined {
  const members: Readonly<Record<string, unknown>> = node ?? {};
  return members[kind] as Member<K> | undefined;
}

/** The name of a table as it is written, with its schema where that is. */
export function tableName(relation: RangeVar | undefined): string {
  return [relation?.schemaname, relation?.relname].filter(Boolean).join('.');
}

/** `app.users` of a list of names, a name alone, a type or a function. */
export function objectName(node: Node | undefined): string {
  const name = as(node, 'String')?.sval;
  if (name !== undefined) return name;
  const parts =
    as(node, 'List')?.items ?? as(node, 'TypeName')?.names ?? as(node, 'ObjectWithArgs')?.objname ?? [];
  return parts.map((part) => as(part, 'String')?.sval ?? '').join('.');
}

/** Types that are an integer with a sequence as its default. */
const serials: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

export function columnOf(definition: ColumnDef): Column {
  const constraints = (definition.constraints ?? []).flatMap((node) => as(node, 'Constraint') ?? []);
  const has = (...types: readonly Constraint['contype'][]) =>
    constraints.some(({ contype }) => types.includes(contype));
  const type = typeOf(definition.typeName);
  const serial = serials[type.name];
  return {
    name: definition.colname ?? '',
    type: serial ? { name: serial, modifiers: [] } : type,
    required:
      serial !== undefined ||
      has('CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY') ||
      constraints.some((constraint) => columnNotNull(constraint) !== undefined),
    filled:
      serial !== undefined ||
      has('CONSTR_IDENTITY', 'CONSTR_GENERATED') ||
      constraints.some(({ contype, raw_expr }) => contype === 'CONSTR_DEFAULT' && !isNull(raw_expr)),
  };
}

/** The column that a `CHECK (column IS NOT NULL)` speaks of, which holds what NOT NULL holds. */
export function columnNotNull({ contype, raw_expr }: Constraint): string | undefined {
  const test = contype === 'CONSTR_CHECK' ? as(raw_expr, 'NullTest') : undefined;
  const field = as(test?.arg, 'ColumnRef')?.fields?.at(-1);
  return test?.nulltesttype === 'IS_NOT_NULL' && field ? objectName(field) : undefined;
}

/** Whether a DELETE says of every row that it goes: without WHERE, or with WHERE true. */
export function isEveryRow(where: Node | undefined): boolean {
  return where === undefined || (as(where, 'A_Const')?.boolval?.boolval ?? false);
}

export function isNull(expression: Node | undefined): boolean {
  return expression === undefined || (as(expression, 'A_Const')?.isnull ?? false);
}

/** The parser writes built-in types with the schema pg_catalog and their inner names: `int` is `int4`. */
export function typeOf(type: TypeName | undefined): ColumnType {
  const names = (type?.names ?? []).map((node) => as(node, 'String')?.sval ?? '');
  const name = names[0] === 'pg_catalog' ? names.slice(1).join('.') : names.join('.');
  return {
    name: `${name}${'[]'.repeat(type?.arrayBounds?.length ?? 0)}`,
    modifiers: (type?.typmods ?? []).map((node) => as(node, 'A_Const')?.ival?.ival ?? 0),
  };
}
