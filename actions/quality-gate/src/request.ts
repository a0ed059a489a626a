import type { InputValues } from '@promo-actions/core/action';
import { subjectOf } from '@promo-actions/core/gate';
import { type QualityRequest, reportKinds } from '@promo-actions/core/quality';
import type { contract } from './contract.ts';

type Inputs = InputValues<(typeof contract)['inputs']>;

/** The gate's question, from the inputs as they were declared. */
export function qualityRequest(inputs: Inputs, commit: string): QualityRequest {
  const { environment, service, version, minBranchCoverage, minFunctionCoverage } = inputs;
  return {
    reports: inputs.reports ?? [],
    require: reportKinds.filter((kind) => inputs.require?.includes(kind)),
    requiredChecks: inputs.requiredChecks ?? [],
    commit: inputs.commit ?? commit,
    subject: subjectOf({ environment, service, version }),
    limits: {
      minTests: inputs.minTests,
      minCoverage: {
        lines: inputs.minLineCoverage,
        ...(minBranchCoverage === undefined ? {} : { branches: minBranchCoverage }),
        ...(minFunctionCoverage === undefined ? {} : { functions: minFunctionCoverage }),
      },
      maxSeverity: inputs.maxSeverity,
      minSamples: inputs.minSamples,
      loadLimits: inputs.loadLimits ?? [],
    },
  };
}
