import { resolve } from './git.ts';
import { nodeId, repositoryUrl, time, user, webUrl } from './shapes.ts';
import type { Approval, CheckRun } from './state.ts';
import {
  type Call,
  created,
  notFound,
  ok,
  optionalText,
  Refused,
  type Route,
  slice,
  text,
  word,
} from './wire.ts';

const conclusions = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
] as const;
const statuses = ['queued', 'in_progress', 'completed'] as const;

/** What belongs to workflow runs: the answers of an environment's reviewers, and check runs. */
export const runRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
    permission: 'actions: read',
    handle(call) {
      const answers = call.state.approvals.filter((it) => it.runId === call.params.run_id);
      return ok(answers.map((it) => approvalShape(call, it)));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/check-runs',
    permission: 'checks: write',
    handle(call) {
      const name = text(call.body, 'name');
      const sha = text(call.body, 'head_sha');
      if (!call.state.git.commit(sha)) throw new Refused(422, `No commit found for SHA: ${sha}`);
      const run: CheckRun = {
        id: call.state.nextId(),
        name,
        sha,
        status: 'queued',
        conclusion: null,
        detailsUrl: '',
        externalId: '',
        output: { title: null, summary: null, text: null },
        startedAt: undefined,
        completedAt: undefined,
      };
      update(call, run);
      call.state.checkRuns.set(run.id, run);
      return created(checkRunShape(call, run));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}',
    permission: 'checks: read',
    handle: (call) => ok(checkRunShape(call, named(call))),
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    permission: 'checks: write',
    handle(call) {
      const run = named(call);
      update(call, run);
      return ok(checkRunShape(call, run));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    permission: 'checks: read',
    handle(call) {
      const commit = resolve(call.state.git, call.params.ref ?? '');
      if (!commit) throw new Refused(422, `No commit found for SHA: ${call.params.ref}`);
      const [name, status] = [call.query.get('check_name'), call.query.get('status')];
      const runs = [...call.state.checkRuns.values()].filter(
        (run) =>
          run.sha === commit.sha &&
          (name === null || run.name === name) &&
          (status === null || run.status === status),
      );
      const { body, headers } = slice(
        call.query,
        `${repositoryUrl(call)}/commits/${call.params.ref}/check-runs`,
        runs,
      );
      return {
        status: 200,
        headers,
        body: { total_count: runs.length, check_runs: body.map((run) => checkRunShape(call, run)) },
      };
    },
  },
];

function named({ state, params }: Call): CheckRun {
  const found = state.checkRuns.get(Number(params.check_run_id));
  if (!found) throw notFound();
  return found;
}

function update({ body, now }: Call, run: CheckRun): void {
  const concluded = body.conclusion !== undefined && body.conclusion !== null;
  run.status = word(body, 'status', statuses, concluded ? 'completed' : run.status);
  if (concluded) run.conclusion = word(body, 'conclusion', conclusions);
  if (run.status === 'completed' && run.conclusion === null)
    throw new Refused(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  run.detailsUrl = optionalText(body, 'details_url') ?? run.detailsUrl;
  run.externalId = optionalText(body, 'external_id') ?? run.externalId;
  if (typeof body.output === 'object' && body.output !== null) {
    const output = body.output as Readonly<Record<string, unknown>>;
    run.output = {
      title: optionalText(output, 'title') ?? null,
      summary: optionalText(output, 'summary') ?? null,
      text: optionalText(output, 'text') ?? null,
    };
  }
  if (run.status !== 'queued') run.startedAt ??= now;
  if (run.status === 'completed') run.completedAt ??= now;
}

function approvalShape(call: Call, { environment, state, user: login, comment, at }: Approval) {
  const url = `${repositoryUrl(call)}/environments/${environment}`;
  const id = [...environment].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 11);
  return {
    environments: [
      {
        id,
        node_id: nodeId('EN', id),
        name: environment,
        url,
        html_url: `${webUrl(call)}/deployments/activity_log?environments_filter=${environment}`,
        created_at: time(at),
        updated_at: time(at),
      },
    ],
    state,
    user: user(call, login),
    comment,
  };
}

function checkRunShape(call: Call, run: CheckRun) {
  const url = `${repositoryUrl(call)}/check-runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.sha,
    external_id: run.externalId,
    url,
    html_url: `${webUrl(call)}/runs/${run.id}`,
    details_url: run.detailsUrl || `${webUrl(call)}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt === undefined ? null : time(run.startedAt),
    completed_at: run.completedAt === undefined ? null : time(run.completedAt),
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}
