/** Lines that begin the part which takes a migration back, as dbmate, goose, sql-migrate and node-pg-migrate write them. */
const down = /^\s*--\s*(?:migrate:down\b|\+goose\s+down\b|\+migrate\s+down\b|down migration\s*$)/i;
const up = /^\s*--\s*(?:migrate:up\b|\+goose\s+up\b|\+migrate\s+up\b|up migration\s*$)/i;

/** The SQL without what would take it back; its lines keep their numbers. */
export function withoutUndo(sql: string): string {
  let undoing = false;
  return sql
    .split('\n')
    .map((line) => {
      if (down.test(line)) undoing = true;
      else if (up.test(line)) undoing = false;
      return undoing ? '' : line;
    })
    .join('\n');
}
