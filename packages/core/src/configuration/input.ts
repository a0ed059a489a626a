import type { InputProblem } from '../errors/index.ts';
import { readPaths } from './paths.ts';

interface Inputs {
  readonly operation?: 'promote' | 'restore' | undefined;
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly sourceEnvironment?: string | undefined;
  readonly project?: string | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly sourceRole?: string | undefined;
  readonly sourceRegion?: string | undefined;
  readonly keyId?: string | undefined;
}

const namePattern = /^[A-Za-z0-9_.*/-]+$/;

/** What contradicts in the inputs of a promotion, before anything is asked. */
export function inputProblems(inputs: Inputs): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  for (const input of ['environment', 'service'] as const)
    if (!inputs[input])
      problems.push({
        input,
        message: 'is missing; what a promotion found is kept by service and environment.',
      });
  if (inputs.operation !== 'promote') return problems;
  for (const input of ['include', 'exclude'] as const) {
    const wrong = (inputs[input] ?? []).filter((pattern) => !namePattern.test(pattern));
    if (wrong.length > 0)
      problems.push({
        input,
        message: `got ${wrong.join(', ')}, expected names below the paths, such as \`database/*\` or \`features/**\`.`,
      });
  }
  if (inputs.keyId !== undefined && !/^[a-zA-Z0-9:/_-]{1,256}$/.test(inputs.keyId))
    problems.push({
      input: 'key-id',
      message: `got "${inputs.keyId}", expected the alias, ID or ARN of a KMS key, such as \`alias/tenants\`.`,
    });
  if (inputs.paths) {
    const crosses = Boolean(inputs.sourceRole ?? inputs.sourceRegion);
    // What the repository is called is known later, and is always something.
    const parts = { ...inputs, project: inputs.project || 'project' };
    const told = new Set(problems.map(({ input }) => input));
    problems.push(
      ...readPaths(inputs.paths, parts, crosses).problems.filter(({ input }) => !told.has(input)),
    );
  }
  return problems;
}
