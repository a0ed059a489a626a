import { actionsOf, change, copyEffect } from './flags.ts';
import { patched } from './patch.ts';
import { requestShape } from './shapes.ts';
import type { ApprovalRequest } from './state.ts';
import {
  type Body,
  type Call,
  configOf,
  conflict,
  environmentOf,
  flagOf,
  forbidden,
  invalid,
  json,
  missing,
  projectOf,
  type Route,
} from './wire.ts';

const base = '/api/v2/projects/{projectKey}/flags/{featureFlagKey}/environments/{environmentKey}';

/** Requests for approval, their reviews, and what they do once they are approved. */
export const approvalRoutes: readonly Route[] = [
  {
    operation: `GET ${base}/approval-requests`,
    handle(call) {
      const { environmentKey } = call.params;
      environmentOf(call, environmentKey);
      const items = flagOf(call).requests.filter(({ environment }) => environment === environmentKey);
      return json(200, { items: items.map((request) => shown(call, request)), _links: {} });
    },
  },
  {
    operation: `POST ${base}/approval-requests`,
    handle(call) {
      const flag = flagOf(call);
      const config = configOf(call, flag, call.params.environmentKey);
      const { instructions } = call.body;
      const context = { state: call.state, project: projectOf(call), flag };
      patched(config.settings, instructions, context);
      return asked(call, {
        instructions: instructions as unknown[],
        effect: (settings) => patched(settings, instructions, context),
      });
    },
  },
  {
    operation: `POST ${base}/approval-requests-flag-copy`,
    handle(call) {
      if (!call.state.copying)
        throw forbidden('Copying flag settings is not part of the plan of this account');
      const given = (call.body.source ?? {}) as Body;
      if (!given.key) throw invalid('source needs a key');
      const { version, settings } = configOf(call, flagOf(call), given.key);
      if (given.version !== undefined && given.version !== version)
        throw conflict(`The version of the source is ${version}, not ${given.version}`);
      return asked(call, {
        instructions: actionsOf(call.body).map((kind) => ({ kind })),
        source: { key: String(given.key), version },
        effect: copyEffect(call, settings),
      });
    },
  },
  {
    operation: `POST ${base}/approval-requests/{id}/reviews`,
    handle(call) {
      const request = requestOf(call);
      const { kind, comment } = call.body;
      if (kind !== 'approve' && kind !== 'decline' && kind !== 'comment')
        throw invalid('kind must be approve, decline or comment');
      if (kind !== 'comment' && call.member === request.requestorId)
        throw forbidden('You cannot review your own request');
      request.reviews.push({
        _id: call.state.newId(),
        kind,
        memberId: call.member,
        creationDate: call.now,
        ...(typeof comment === 'string' ? { comment } : {}),
      });
      return json(200, shown(call, request));
    },
  },
  {
    operation: `POST ${base}/approval-requests/{id}/apply`,
    handle(call) {
      const flag = flagOf(call);
      const request = requestOf(call);
      if (!call.applies) throw forbidden('Access to applyApprovalRequest is denied');
      if (request.appliedDate !== undefined) throw invalid('The approval request was applied already');
      if (reviewOf(call, request) !== 'approved') throw invalid('The approval request is not approved');
      const config = configOf(call, flag, request.environment);
      change(config, request.effect(config.settings), call.now);
      request.appliedDate = call.now;
      return json(200, shown(call, request));
    },
  },
];

function shown(call: Call, request: ApprovalRequest) {
  return requestShape(projectOf(call), flagOf(call), request, reviewOf(call, request));
}

function asked(call: Call, request: Pick<ApprovalRequest, 'instructions' | 'source' | 'effect'>) {
  const { description, notifyMemberIds } = call.body;
  if (typeof description !== 'string' || description === '') throw invalid('description is required');
  const made: ApprovalRequest = {
    ...request,
    _id: call.state.newId().replaceAll('-', '').slice(0, 24),
    environment: call.params.environmentKey ?? '',
    created: call.now,
    requestorId: call.member,
    description,
    notifyMemberIds: Array.isArray(notifyMemberIds) ? notifyMemberIds.map(String) : [],
    reviews: [],
  };
  flagOf(call).requests.push(made);
  return json(201, shown(call, made));
}

function requestOf(call: Call): ApprovalRequest {
  const found = flagOf(call).requests.find(({ _id }) => _id === call.params.id);
  if (found) return found;
  throw missing(`Unknown approval request: ${call.params.id}`);
}

/** The last word of the reviewers, or what the world says that they answer after a while. */
function reviewOf(call: Call, { reviews, environment, created }: ApprovalRequest): string {
  const word = reviews.findLast(({ kind }) => kind !== 'comment')?.kind;
  if (word !== undefined) return word === 'approve' ? 'approved' : 'declined';
  const { approvals } = environmentOf(call, environment);
  return approvals?.answer && call.now >= created + approvals.after ? approvals.answer : 'pending';
}
