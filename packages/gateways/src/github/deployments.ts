import { type GitHub, ownerAndName } from './client.ts';
import { asking } from './errors.ts';

/** A deployment as GitHub shows it on the repository's page and beside its commits. */
export interface NewDeployment {
  /** Branch, tag or commit that is deployed. */
  readonly ref: string;
  readonly environment: string;
  /** What is done: `deploy`, `deploy:rollback` … */
  readonly task: string;
  readonly description: string;
  readonly payload: Readonly<Record<string, string>>;
  /** True where end users are. */
  readonly production?: boolean;
}

export interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly task: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly url: string;
}

export type DeploymentState =
  | 'queued'
  | 'pending'
  | 'in_progress'
  | 'success'
  | 'failure'
  | 'error'
  | 'inactive';

export interface DeploymentStatus {
  readonly state: DeploymentState;
  /** Cut to the 140 characters that GitHub takes. */
  readonly description?: string;
  /** Where the log is: the run. */
  readonly logUrl?: string;
  readonly environmentUrl?: string;
  /** Whether a success makes the environment's earlier deployments inactive; default true. */
  readonly autoInactive?: boolean;
}

export interface Deployments {
  /** The newest hundred of an environment, newest first; `ref` and `task` narrow them. */
  list(query: { environment: string; ref?: string; task?: string }): Promise<readonly Deployment[]>;
  /** Makes one that merges nothing and waits for no check: the gates have done that. */
  create(deployment: NewDeployment): Promise<Deployment>;
  /** The last state that it was set to; undefined where it has none. */
  stateOf(id: number): Promise<string | undefined>;
  setStatus(id: number, status: DeploymentStatus): Promise<void>;
}

const permission = 'deployments: write';

export function createDeployments(github: GitHub, repository: string): Deployments {
  const at = ownerAndName(repository);
  return {
    async list(query) {
      const what = `The deployments of ${repository} to \`${query.environment}\` could not be listed`;
      const { data } = await asking({ what, permission: 'deployments: read' }, () =>
        github('GET /repos/{owner}/{repo}/deployments', { ...at, ...query, per_page: 100 }),
      );
      return data.map(toDeployment);
    },
    async stateOf(id) {
      const what = `The state of deployment ${id} of ${repository} could not be read`;
      const { data } = await asking({ what, permission: 'deployments: read' }, () =>
        github('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...at,
          deployment_id: id,
          per_page: 1,
        }),
      );
      return data[0]?.state;
    },
    async create({ production, description, ...deployment }) {
      const what = `A deployment of \`${deployment.ref}\` to \`${deployment.environment}\` could not be made in ${repository}`;
      const { data } = await asking({ what, permission }, () =>
        github('POST /repos/{owner}/{repo}/deployments', {
          ...at,
          ...deployment,
          description: description.slice(0, 140),
          auto_merge: false,
          required_contexts: [],
          ...(production === undefined ? {} : { production_environment: production }),
        }),
      );
      if ('sha' in data) return toDeployment(data);
      throw new Error(`GitHub merged instead of deploying, though auto_merge is off: ${data.message ?? ''}`);
    },
    async setStatus(id, { state, description, logUrl, environmentUrl, autoInactive = true }) {
      const what = `Deployment ${id} of ${repository} could not be set to \`${state}\``;
      await asking({ what, permission }, () =>
        github('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...at,
          deployment_id: id,
          state,
          auto_inactive: autoInactive,
          ...(description ? { description: description.slice(0, 140) } : {}),
          ...(logUrl ? { log_url: logUrl } : {}),
          ...(environmentUrl ? { environment_url: environmentUrl } : {}),
        }),
      );
    },
  };
}

function toDeployment(deployment: {
  id: number | bigint;
  ref: string;
  sha: string;
  task: string;
  payload: Readonly<Record<string, unknown>> | string;
  url: string;
}): Deployment {
  const { id, ref, sha, task, payload, url } = deployment;
  return { id: Number(id), ref, sha, task, payload: typeof payload === 'string' ? {} : payload, url };
}
