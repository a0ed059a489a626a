import type { ColumnType } from './statement.ts';

const integers = ['int2', 'int4', 'int8'];
const floats = ['float4', 'float8'];
/** Types whose number in parentheses is a precision; without it they have the most. */
const precise = ['timestamp', 'timestamptz', 'time', 'timetz'];
const mostPrecision = 6;

/** Whether every value of one type is a value of the other, and reads and writes as before. */
export function widens(from: ColumnType, to: ColumnType): boolean {
  if (from.name !== to.name) return widerKind(from, to);
  if (from.name === 'numeric') return widerNumeric(from, to);
  if (precise.includes(from.name))
    return (to.modifiers[0] ?? mostPrecision) >= (from.modifiers[0] ?? mostPrecision);
  if (from.name === 'varchar' || from.name === 'varbit') return longer(from, to);
  return from.modifiers.join() === to.modifiers.join();
}

function widerKind(from: ColumnType, to: ColumnType): boolean {
  for (const sizes of [integers, floats])
    if (sizes.includes(from.name) && sizes.includes(to.name))
      return sizes.indexOf(from.name) < sizes.indexOf(to.name);
  if (from.name === 'varchar' && to.name === 'text') return true;
  return from.name === 'text' && to.name === 'varchar' && to.modifiers.length === 0;
}

/** Without a length there is no limit. */
function longer(from: ColumnType, to: ColumnType): boolean {
  const [before = Number.POSITIVE_INFINITY] = from.modifiers;
  const [after = Number.POSITIVE_INFINITY] = to.modifiers;
  return after >= before;
}

/** Digits before and after the point must both suffice. */
function widerNumeric(from: ColumnType, to: ColumnType): boolean {
  const [precision, scale = 0] = to.modifiers;
  if (precision === undefined) return true;
  const [had, hadScale = 0] = from.modifiers;
  return had !== undefined && scale >= hadScale && precision - scale >= had - hadScale;
}

/** `varchar(20)`, as it is written. */
export function typeName({ name, modifiers }: ColumnType): string {
  return modifiers.length > 0 ? `${name}(${modifiers.join(',')})` : name;
}
