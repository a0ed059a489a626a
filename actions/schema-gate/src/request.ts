import type { InputValues } from '@promo-actions/core/action';
import { subjectOf } from '@promo-actions/core/gate';
import type { SchemaRequest, UndoRequest } from '@promo-actions/core/schema';
import type { contract } from './contract.ts';

type Inputs = InputValues<(typeof contract)['inputs']>;

/** The gate's question before migrations run, from the inputs as they were declared. */
export function schemaRequest(inputs: Inputs): SchemaRequest {
  const { appliedThrough, migrations = [], reports = [], warnings, allow = [] } = inputs;
  return {
    migrations,
    reports,
    ...(appliedThrough === undefined ? {} : { appliedThrough }),
    limits: { warnings, allow },
    subject: subjectOf(inputs),
  };
}

/** The gate's question after they ran; undefined when it is not asked. */
export function undoRequest(inputs: Inputs): UndoRequest | undefined {
  const {
    migrationOutcome: outcome,
    undoCommand,
    stateCommand,
    appliedThrough,
    undoTimeout: timeout,
  } = inputs;
  if (outcome === undefined) return undefined;
  return {
    outcome,
    timeout,
    ...(undoCommand === undefined ? {} : { undoCommand }),
    ...(stateCommand === undefined ? {} : { stateCommand }),
    ...(appliedThrough === undefined ? {} : { appliedThrough }),
    subject: subjectOf(inputs),
  };
}
