import { InputError } from '../errors/index.ts';
import { loadPolicy, type Policy } from '../policy/index.ts';
import type { Place } from './restore.ts';

export interface ScopeInputs {
  readonly all: boolean;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  readonly functions: readonly string[] | undefined;
  readonly alias: string | undefined;
  readonly policy: string;
}

/**
 * The aliases a rollback is about, in the order of promotion: those of the step's own inputs, or with `all` those of
 * every service in the policy, in the policy's order.
 * @throws InputError naming every service for which the policy says no functions or no alias.
 */
export function scopeOf(inputs: ScopeInputs, policyText: string | undefined): readonly Place[] {
  const { functions = [], alias, service, environment = '' } = inputs;
  if (!inputs.all) {
    if (alias === undefined) throw new InputError([{ input: 'alias', message: 'is missing.' }]);
    return functions.map((functionName) => ({ functionName, alias, ...(service ? { service } : {}) }));
  }
  if (policyText === undefined) {
    const message = `needs the services of the policy, and ${inputs.policy} is not in the checkout. Check the repository out, or give \`functions\`.`;
    throw new InputError([{ input: 'all', message }]);
  }
  return placesOf(loadPolicy(policyText, inputs.policy), environment, inputs.policy);
}

function placesOf(policy: Policy, environment: string, file: string): readonly Place[] {
  const problems: { input: string; message: string }[] = [];
  const places = new Map<string, Place>();
  for (const service of policy.services) {
    const ask = (input: string) =>
      policy.setting({ action: 'rollback', environment, service, input }, false)?.text;
    const functions = (ask('functions') ?? '')
      .split(/[\n,]/)
      .map((name) => name.trim())
      .filter(Boolean);
    const alias = ask('alias');
    if (functions.length === 0 || alias === undefined) {
      const missing = functions.length === 0 ? 'functions' : 'alias';
      const message = `finds no \`${missing}\` for service \`${service}\` in environment \`${environment}\`. Say it under \`services.${service}\` in ${file}.`;
      problems.push({ input: 'all', message });
      continue;
    }
    for (const functionName of functions)
      places.set(`${functionName}:${alias}`, { functionName, alias, service });
  }
  if (problems.length > 0) throw new InputError(problems);
  if (places.size > 0) return [...places.values()];
  const message = `finds no services in ${file}. Name them under \`services\`, each with its \`functions\`.`;
  throw new InputError([{ input: 'all', message }]);
}
