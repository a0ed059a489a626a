import { type ParameterStore, parameterNames, parameterPrefix } from '../deployment/index.ts';
import type { DeployedVersions } from './ports.ts';

/** Versions as record-deployment tells them: a parameter under a prefix such as `/{project}/{environment}`. */
export function createDeployedVersions(
  parameters: Pick<ParameterStore, 'get'>,
  template: string,
  project: string,
): DeployedVersions {
  return {
    async current(environment, service) {
      const prefix = parameterPrefix(template, { project, environment, service });
      if (prefix === undefined) throw new Error(`${template} makes no parameter path for ${environment}`);
      const { version: name } = parameterNames(prefix);
      const version = (await parameters.get(name))?.trim();
      return { version: version || undefined, where: `parameter \`${name}\`` };
    },
  };
}
