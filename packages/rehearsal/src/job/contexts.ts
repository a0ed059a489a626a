import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dictionary, Value } from '../expression/index.ts';
import type { Setting } from '../setting/index.ts';

export interface Place {
  /** The job's GITHUB_TOKEN. */
  readonly token: string;
  /** `owner/repository/path@ref` of the workflow that the job is in. */
  readonly workflowReference: string;
  readonly environment?: string;
  readonly workspace: string;
  readonly temp: string;
  /** The job's id in its workflow. */
  readonly job: string;
}

const SERVER = 'https://github.com';

/** The `github` context of a job, as far as a rehearsal has it. Expressions outside a job see it without a place. */
export function githubContext(setting: Setting, place?: Place): Dictionary {
  const { rehearsal, repository, environment } = setting;
  const [owner = '', name = ''] = repository.name.split('/');
  return {
    token: place?.token ?? '',
    repository: repository.name,
    repository_owner: owner,
    repository_id: '1',
    repository_owner_id: '1',
    repositoryUrl: `git://github.com/${owner}/${name}.git`,
    ref: repository.ref,
    ref_name: repository.ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: repository.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    base_ref: '',
    head_ref: '',
    sha: repository.sha,
    run_id: String(rehearsal.runId),
    run_number: '1',
    run_attempt: String(rehearsal.attempt),
    retention_days: '90',
    actor: rehearsal.actor,
    actor_id: '1',
    triggering_actor: rehearsal.actor,
    workflow: rehearsal.workflow.name,
    workflow_ref: `${repository.name}/${rehearsal.workflow.path}@${repository.ref}`,
    workflow_sha: repository.sha,
    event_name: rehearsal.event,
    event: setting.event as Dictionary,
    server_url: SERVER,
    api_url: environment.GITHUB_API_URL ?? `${SERVER}/api`,
    graphql_url: `${environment.GITHUB_API_URL ?? SERVER}/graphql`,
    secret_source: 'Actions',
    ...(place ? { workspace: place.workspace, job: place.job } : {}),
  };
}

export function runnerContext(place: Place): Dictionary {
  const architectures: Readonly<Record<string, string>> = { x64: 'X64', arm64: 'ARM64' };
  return {
    name: 'rehearsal',
    os: process.platform === 'darwin' ? 'macOS' : 'Linux',
    arch: architectures[process.arch] ?? process.arch.toUpperCase(),
    environment: 'github-hosted',
    temp: place.temp,
    tool_cache: join(place.temp, 'tool-cache'),
    debug: '',
  };
}

/** `GITHUB_*`, `RUNNER_*` and `CI`, as every process of a job finds them. */
export function runnerVariables(
  setting: Setting,
  place: Place,
  mayHaveIdToken: boolean,
): Record<string, string> {
  const github = githubContext(setting, place);
  const variables: Record<string, string> = { CI: 'true', GITHUB_ACTIONS: 'true' };
  const unwanted = new Set(['token', 'event', 'repositoryUrl', 'secret_source', 'ref_protected']);
  for (const [name, value] of Object.entries(github)) {
    if (!unwanted.has(name)) variables[`GITHUB_${name.toUpperCase()}`] = plain(value);
  }
  for (const [name, value] of Object.entries(runnerContext(place))) {
    if (plain(value) !== '') variables[`RUNNER_${name.toUpperCase()}`] = plain(value);
  }
  mkdirSync(place.temp, { recursive: true });
  variables.GITHUB_REF_PROTECTED = 'false';
  variables.GITHUB_EVENT_PATH = join(place.temp, 'event.json');
  writeFileSync(variables.GITHUB_EVENT_PATH, JSON.stringify(setting.event, null, 2));
  return mayHaveIdToken ? { ...variables, ...idTokenVariables(setting, place) } : variables;
}

/** The sandbox's OIDC endpoint is told in its address what the token is to say of the job. */
function idTokenVariables(setting: Setting, place: Place): Record<string, string> {
  const { repository, rehearsal, idToken } = setting;
  const address = new URL(idToken.url);
  const claims = {
    ref: repository.ref,
    sha: repository.sha,
    run_id: String(rehearsal.runId),
    actor: rehearsal.actor,
    workflow: rehearsal.workflow.name,
    job_workflow_ref: place.workflowReference,
    event_name: rehearsal.event,
    ...(place.environment === undefined ? {} : { environment: place.environment }),
  };
  for (const [name, value] of Object.entries(claims)) address.searchParams.set(name, value);
  return { ACTIONS_ID_TOKEN_REQUEST_URL: address.href, ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.bearer };
}

function plain(value: Value): string {
  return value === null ? '' : String(value);
}
