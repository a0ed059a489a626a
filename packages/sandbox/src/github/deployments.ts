import { resolve } from './git.ts';
import { ahead } from './history.ts';
import { nodeId, repositoryUrl, time, user } from './shapes.ts';
import type { Deployment, DeploymentStatus } from './state.ts';
import {
  type Body,
  type Call,
  created,
  notFound,
  nothing,
  ok,
  optionalFlag,
  optionalText,
  paged,
  Refused,
  type Reply,
  type Route,
  text,
  word,
} from './wire.ts';

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const;

/** Deployments and their statuses. */
export const deploymentRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/deployments',
    permission: 'deployments: read',
    handle(call) {
      const asked = (name: string, value: string) => {
        const wanted = call.query.get(name);
        return wanted === null || wanted === 'none' || wanted === value;
      };
      const found = [...call.state.deployments.values()]
        .filter(
          (it) =>
            asked('sha', it.sha) &&
            asked('ref', it.ref) &&
            asked('task', it.task) &&
            asked('environment', it.environment),
        )
        .reverse();
      return paged(call, '/deployments', found, (it) => deploymentShape(call, it));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/deployments',
    permission: 'deployments: write',
    handle: create,
  },
  {
    operation: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}',
    permission: 'deployments: read',
    handle: (call) => ok(deploymentShape(call, named(call))),
  },
  {
    operation: 'DELETE /repos/{owner}/{repo}/deployments/{deployment_id}',
    permission: 'deployments: write',
    handle(call) {
      const deployment = named(call);
      const last = deployment.statuses.at(-1)?.state;
      if (call.state.deployments.size > 1 && last !== 'inactive')
        throw new Refused(
          422,
          'We cannot delete an active deployment unless it is the only deployment in a given environment.',
        );
      call.state.deployments.delete(deployment.id);
      return nothing;
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    permission: 'deployments: read',
    handle(call) {
      const deployment = named(call);
      const path = `/deployments/${deployment.id}/statuses`;
      return paged(call, path, [...deployment.statuses].reverse(), (it) => statusShape(call, deployment, it));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    permission: 'deployments: write',
    handle(call) {
      const deployment = named(call);
      const state = word(call.body, 'state', states);
      const status = append(call, deployment, state, call.body);
      if (state === 'success' && (optionalFlag(call.body, 'auto_inactive') ?? true)) retire(call, deployment);
      return created(statusShape(call, deployment, status));
    },
  },
];

function named({ state, params }: Call): Deployment {
  const found = state.deployments.get(Number(params.deployment_id));
  if (!found) throw notFound();
  return found;
}

function create(call: Call): Reply {
  const { state, body, now } = call;
  const ref = text(body, 'ref');
  const commit = resolve(state.git, ref);
  if (!commit) throw new Refused(422, `No ref found for: ${ref}`);
  const main = resolve(state.git, `heads/${state.defaultBranch}`);
  const behind = main !== undefined && ahead(state.git, commit, main).length > 0;
  if (behind && state.git.refs.has(`heads/${ref}`) && (optionalFlag(body, 'auto_merge') ?? true))
    return {
      status: 202,
      body: { message: `Auto-merged ${state.defaultBranch} into ${ref} on deployment.` },
    };
  refuseUnchecked(call, commit.sha, ref);
  const environment = optionalText(body, 'environment') ?? 'production';
  const deployment: Deployment = {
    id: state.nextId(),
    sha: commit.sha,
    ref,
    task: optionalText(body, 'task') ?? 'deploy',
    environment,
    description: optionalText(body, 'description') ?? null,
    payload: body.payload ?? {},
    transient: optionalFlag(body, 'transient_environment') ?? false,
    production: optionalFlag(body, 'production_environment') ?? environment === 'production',
    at: now,
    updatedAt: now,
    statuses: [],
  };
  state.deployments.set(deployment.id, deployment);
  return created(deploymentShape(call, deployment));
}

/** Without `required_contexts` every check of the commit must have succeeded. */
function refuseUnchecked({ state, body }: Call, sha: string, ref: string): void {
  const runs = [...state.checkRuns.values()].filter((run) => run.sha === sha);
  const required = Array.isArray(body.required_contexts)
    ? body.required_contexts.map(String)
    : runs.map((run) => run.name);
  const passed = (name: string) => runs.some((run) => run.name === name && run.conclusion === 'success');
  if (required.every(passed)) return;
  throw new Refused(409, `Conflict: Commit status checks failed for ${ref}.`);
}

function append({ state, now }: Call, deployment: Deployment, value: string, body: Body): DeploymentStatus {
  const status: DeploymentStatus = {
    id: state.nextId(),
    state: value,
    description: optionalText(body, 'description') ?? '',
    logUrl: optionalText(body, 'log_url') ?? optionalText(body, 'target_url') ?? '',
    environmentUrl: optionalText(body, 'environment_url') ?? '',
    environment: optionalText(body, 'environment') ?? deployment.environment,
    at: now,
  };
  if (status.description.length > 140)
    throw new Refused(422, 'Validation Failed', [
      {
        resource: 'DeploymentStatus',
        code: 'custom',
        field: 'description',
        message: 'description is too long (maximum is 140 characters)',
      },
    ]);
  deployment.statuses.push(status);
  deployment.updatedAt = now;
  return status;
}

/** A success makes the earlier, lasting, non-production deployments of the same environment inactive. */
function retire(call: Call, successor: Deployment): void {
  for (const earlier of call.state.deployments.values()) {
    if (earlier.id >= successor.id || earlier.environment !== successor.environment) continue;
    if (earlier.transient || earlier.production) continue;
    if (earlier.statuses.at(-1)?.state === 'success') append(call, earlier, 'inactive', {});
  }
}

function deploymentShape(call: Call, deployment: Deployment) {
  const url = `${repositoryUrl(call)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('DE', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: user(call, 'github-actions[bot]'),
    created_at: time(deployment.at),
    updated_at: time(deployment.updatedAt),
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(call),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

function statusShape(call: Call, deployment: Deployment, status: DeploymentStatus) {
  const url = `${repositoryUrl(call)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DES', status.id),
    state: status.state,
    creator: user(call, 'github-actions[bot]'),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: time(status.at),
    updated_at: time(status.at),
    deployment_url: url,
    repository_url: repositoryUrl(call),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
  };
}
