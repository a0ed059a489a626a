#!/usr/bin/env bash
# The database that the job's credentials lead to: `up` runs the migrations, `undo` takes back those after
# $APPLIED_THROUGH, `state` prints the last one that ran.
set -euo pipefail
cd "$(dirname "$0")/.."
DATABASE_URL=$(aws secretsmanager get-secret-value --secret-id tenants-database --query SecretString --output text)
export DATABASE_URL DBMATE_NO_DUMP_SCHEMA=true

state() {
  psql "$DATABASE_URL" -Atc 'SELECT max(version) FROM schema_migrations'
}

case "${1:-}" in
  up) npx --yes dbmate up ;;
  undo)
    last=$(state)
    while [[ $last > $APPLIED_THROUGH ]]; do
      npx --yes dbmate rollback
      last=$(state)
    done
    ;;
  state) state ;;
  *)
    echo "Usage: $0 up|undo|state" >&2
    exit 2
    ;;
esac
