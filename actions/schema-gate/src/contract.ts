import {
  defineContract,
  duration,
  type InputProblem,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { allowances } from '@promo-actions/core/allowance';
import { migrationOutcomes } from '@promo-actions/core/schema';

export const contract = defineContract({
  name: 'schema-gate',
  kind: 'gate',
  description:
    'Lets a version go on only when its database and its interfaces stay compatible with the version that is still running: canary and stable version share them, and a rollback must find them usable. PostgreSQL migrations are read by the grammar of PostgreSQL itself, and refused where they drop or rename what is in use, add a column that must be given, or narrow a type. Reports of squawk, oasdiff, buf and pg-schema-diff are told apart by their content. What is missing, empty, unknown or not whole fails; what a migration does out of sight, in a `DO` block or a procedure, holds. Functions that a `SELECT` calls, what a new definition of a view or a function means, and what a new constraint, row policy or lost permission forbids, are not looked into. After migrations that failed it runs the command that takes them back, and tells what state the database is left in.',
  inputs: {
    migrations: list(
      'Patterns of SQL migrations, such as `db/migrations/*.sql`, from the checkout on; each must match a file. One that begins with `!` takes files out: `!**/*.down.sql`. They count in the order of their paths, numbers by their value (`V2` before `V10`). What undoes a migration in the same file is left out by its mark: `-- migrate:down` (dbmate), `-- +goose Down`, `-- +migrate Down`, `-- Down Migration`.',
    ),
    'applied-through': text(
      'The last migration that the database of the target environment has run, such as `20260301`, `V12` or the whole name: it and those before it are read only to know tables and types. It must name exactly one. Without it every migration counts as new.',
    ),
    dialect: matching(
      /^postgresql$/,
      '`postgresql`: MySQL’s migrations are not read, because no parser here knows the whole of its grammar; check them with a tool of MySQL’s in a step of its own',
      'The SQL of the migrations. PostgreSQL 18 and what it still reads of older versions; MySQL is refused.',
      { default: 'postgresql' },
    ),
    reports: list(
      'Patterns of report files of squawk (`--reporter json`), oasdiff (`breaking -f json`), buf (`breaking --error-format json`) and pg-schema-diff (`plan --output-format json`); each must match a file. Have them compare with what is deployed in the target, not with the main branch. buf writes nothing when nothing breaks, and an empty file proves nothing: have its exit status follow it, `code=0; buf breaking … --error-format json > buf.json || code=$?; echo "{\\"exit\\":$code}" >> buf.json`.',
    ),
    warnings: oneOf(
      ['refuse', 'report'],
      'What is done about what a tool itself calls a warning; to squawk all rules are warnings, leave those out that you do not want in its own configuration.',
      { default: 'refuse' },
    ),
    allow: allowances(
      'What may pass although it breaks compatibility, with the reason, one `<rule> <object>: <reason>` on a line, as in `drop-column users.nickname: no version reads it since v1.3.0`. `*` stands for any text; a line that begins with it needs quotes. A refusal names rule and object.',
    ),
    'migration-outcome': oneOf(
      migrationOutcomes,
      'How the step that ran the migrations ended: give it `steps.<its id>.outcome`, in a step after it with `if: always()`. With it the gate looks at nothing else: after `failure` or `cancelled` it runs `undo-command`, tells what state the database is left in, and fails.',
    ),
    'undo-command': text(
      'The command that takes failed migrations back, run by bash in the checkout, with the environment of the step, as `-euo pipefail`; `$APPLIED_THROUGH` is the migration to go back to, where `applied-through` names it. It must be safe to run twice, and where nothing was done. What it prints stands in the log alone.',
    ),
    'state-command': text(
      'A command whose last line is the name of the last migration that the database has run, such as `psql -Atc "select max(version) from schema_migrations"`. Held against `applied-through` after migrations were taken back.',
    ),
    'undo-timeout': duration('How long each of the two commands may take before it is killed.', {
      default: '10m',
    }),
    version: text('The version that is promoted, for the record.'),
  },
  outputs: {
    read: 'How many migrations and reports were read.',
    'new-migrations': 'How many of the migrations the target has not run yet.',
    'database-state':
      'The last migration that the database has run after a failed one was taken back; empty when it is not known, or was not asked.',
  },
  permissions: {},
  example: {
    migrations: 'db/migrations/*.sql',
    'applied-through': '${{ steps.database.outputs.last-migration }}',
    reports: 'reports/oasdiff.json',
    allow: 'drop-column users.nickname: no version reads it since v1.3.0',
  },
  check: ({ migrations, reports, appliedThrough, migrationOutcome }) => [
    ...(migrations || reports || migrationOutcome
      ? []
      : [problem('migrations', 'is missing; give it, or `reports`: there is nothing to look at.')]),
    ...patternProblems('migrations', migrations),
    ...patternProblems('reports', reports),
    ...(appliedThrough !== undefined && !migrations && !migrationOutcome
      ? [problem('applied-through', 'names a migration, and `migrations` is not given.')]
      : []),
  ],
});

function patternProblems(input: string, patterns: readonly string[] | undefined): readonly InputProblem[] {
  return patterns?.every((pattern) => pattern.startsWith('!'))
    ? [problem(input, 'only takes files out; name some first.')]
    : [];
}

function problem(input: string, message: string): InputProblem {
  return { input, message };
}
