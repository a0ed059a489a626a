import { headOf } from './git.ts';
import { ahead, holds } from './history.ts';
import { mergeBranches } from './merge.ts';
import { pullRequestShape, simplePullRequestShape } from './pull-shapes.ts';
import type { PullRequest } from './state.ts';
import {
  type Call,
  created,
  invalid,
  notFound,
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

/** Pull requests of one branch of the repository into another. */
export const pullRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/pulls',
    permission: 'pull-requests: read',
    handle(call) {
      settle(call);
      const state = call.query.get('state') ?? 'open';
      const [owner] = call.state.repository.split('/');
      const asked = (name: string, value: string) => {
        const wanted = call.query.get(name);
        return wanted === null || wanted === value;
      };
      const found = [...call.state.pullRequests.values()]
        .filter((it) => state === 'all' || (state === 'open') === (it.closedAt === undefined))
        .filter((it) => asked('head', `${owner}:${it.head}`) && asked('base', it.base))
        .reverse();
      return paged(call, '/pulls', found, (it) => simplePullRequestShape(call, it));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/pulls',
    permission: 'pull-requests: write',
    handle: create,
  },
  {
    operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    permission: 'pull-requests: read',
    handle: (call) => ok(pullRequestShape(call, named(call))),
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    permission: 'pull-requests: write',
    handle(call) {
      const request = named(call);
      request.title = optionalText(call.body, 'title') ?? request.title;
      request.body = optionalText(call.body, 'body') ?? request.body;
      const open = request.closedAt === undefined;
      const wanted = word(call.body, 'state', ['open', 'closed'] as const, open ? 'open' : 'closed');
      if (wanted === 'closed') request.closedAt ??= call.now;
      else if (request.mergedAs === undefined) request.closedAt = undefined;
      request.updatedAt = call.now;
      return ok(pullRequestShape(call, request));
    },
  },
  {
    operation: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    permission: 'contents: write',
    handle: merge,
  },
];

function named(call: Call): PullRequest {
  settle(call);
  const found = call.state.pullRequests.get(Number(call.params.pull_number));
  if (!found) throw notFound();
  return found;
}

/** Open ones whose commits came into their base in another way count as merged. */
function settle({ state, now }: Call): void {
  for (const request of state.pullRequests.values()) {
    const [base, head] = [headOf(state.git, request.base), headOf(state.git, request.head)];
    if (request.closedAt !== undefined || !base || !head || !holds(state.git, base, head)) continue;
    request.mergedAs = base.sha;
    request.closedAt = now;
    request.updatedAt = now;
  }
}

function create(call: Call): Reply {
  const { state, body, now } = call;
  const [owner = ''] = state.repository.split('/');
  const title = text(body, 'title');
  const baseName = text(body, 'base');
  const headName = text(body, 'head').replace(`${owner}:`, '');
  const [base, head] = [headOf(state.git, baseName), headOf(state.git, headName)];
  if (!base) throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'base' });
  if (!head) throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'head' });
  settle(call);
  const twin = [...state.pullRequests.values()].some(
    (it) => it.head === headName && it.base === baseName && it.closedAt === undefined,
  );
  if (twin) throw impossible(`A pull request already exists for ${owner}:${headName}.`);
  if (ahead(state.git, base, head).length === 0)
    throw impossible(`No commits between ${baseName} and ${headName}`);
  const request: PullRequest = {
    number: state.pullRequests.size + 1,
    id: state.nextId(),
    head: headName,
    base: baseName,
    title,
    body: optionalText(body, 'body') ?? null,
    author: 'github-actions[bot]',
    draft: optionalFlag(body, 'draft') ?? false,
    createdAt: now,
    updatedAt: now,
    closedAt: undefined,
    mergedAs: undefined,
  };
  state.pullRequests.set(request.number, request);
  return created(pullRequestShape(call, request));
}

const impossible = (message: string) => invalid({ resource: 'PullRequest', code: 'custom', message });

/** By a merge commit alone, as whoever may merge into a protected branch would. */
function merge(call: Call): Reply {
  const request = named(call);
  const { git, repository } = call.state;
  const [base, head] = [headOf(git, request.base), headOf(git, request.head)];
  if (word(call.body, 'merge_method', ['merge', 'squash', 'rebase'] as const, 'merge') !== 'merge')
    throw new Refused(405, 'Merge commits alone are allowed in this repository.');
  if (request.closedAt !== undefined || !base || !head)
    throw new Refused(405, 'Pull Request is not mergeable');
  const expected = optionalText(call.body, 'sha');
  if (expected !== undefined && expected !== head.sha)
    throw new Refused(409, 'Head branch was modified. Review and try the merge again.');
  const from = `${repository.split('/')[0]}/${request.head}`;
  const title =
    optionalText(call.body, 'commit_title') ?? `Merge pull request #${request.number} from ${from}`;
  const message = `${title}\n\n${optionalText(call.body, 'commit_message') ?? request.title}`;
  const made = mergeBranches(call, { base, baseName: request.base, head, message });
  if (made === 'conflict') throw new Refused(405, 'Pull Request is not mergeable');
  request.mergedAs = made.sha;
  request.closedAt = call.now;
  request.updatedAt = call.now;
  return ok({ sha: made.sha, merged: true, message: 'Pull Request successfully merged' });
}
