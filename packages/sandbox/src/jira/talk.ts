import { type Comment, dateTime, type RemoteLink } from './state.ts';
import { amount, type Call, documentOf, issueOf, json, person, Refused, type Route } from './wire.ts';

/** What is said about an issue: comments, links and Service Management's approvals. */
export const talkRoutes: readonly Route[] = [
  {
    operation: 'GET /rest/api/3/issue/{issueIdOrKey}/comment',
    handle(call) {
      const { comments } = issueOf(call);
      const ordered = call.query.get('orderBy')?.startsWith('-') ? [...comments].reverse() : comments;
      const startAt = amount(call.query, 'startAt', 0, Number.MAX_SAFE_INTEGER);
      const maxResults = amount(call.query, 'maxResults', 100, 100);
      const page = ordered.slice(startAt, startAt + maxResults).map((comment) => commentShape(call, comment));
      return json(200, { startAt, maxResults, total: comments.length, comments: page });
    },
  },
  {
    operation: 'POST /rest/api/3/issue/{issueIdOrKey}/comment',
    handle(call) {
      const issue = issueOf(call);
      const body = documentOf(call.body.body);
      const comment = {
        id: String(call.state.nextId()),
        author: call.user,
        created: call.now,
        updated: call.now,
        body,
      };
      issue.comments.push(comment);
      issue.updated = call.now;
      return json(201, commentShape(call, comment));
    },
  },
  {
    operation: 'PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}',
    handle(call) {
      const comment = issueOf(call).comments.find((each) => each.id === call.params.id);
      if (!comment) throw new Refused(404, `Can not find a comment for the id: ${call.params.id}.`);
      comment.body = documentOf(call.body.body);
      comment.updated = call.now;
      return json(200, commentShape(call, comment));
    },
  },
  {
    operation: 'GET /rest/api/3/issue/{issueIdOrKey}/remotelink',
    handle(call) {
      const { links } = issueOf(call);
      const globalId = call.query.get('globalId');
      if (globalId === null)
        return json(
          200,
          links.map((link) => linkShape(call, link)),
        );
      const link = links.find((each) => each.globalId === globalId);
      if (!link) throw new Refused(404, 'The remote issue link with the given global ID was not found.');
      return json(200, linkShape(call, link));
    },
  },
  {
    operation: 'POST /rest/api/3/issue/{issueIdOrKey}/remotelink',
    handle: putLink,
  },
  {
    operation: 'GET /rest/servicedeskapi/request/{issueIdOrKey}/approval',
    handle: approvals,
  },
];

function commentShape(call: Call, { id, author, created, updated, body }: Comment) {
  const self = `${call.base}/rest/api/3/issue/${issueOf(call).id}/comment/${id}`;
  const times = { created: dateTime(created), updated: dateTime(updated) };
  return { self, id, author: person(author), updateAuthor: person(author), body, ...times, jsdPublic: true };
}

/** A link with the same global ID is replaced. */
function putLink(call: Call) {
  const issue = issueOf(call);
  const { globalId, ...content } = call.body;
  const { url, title } = (content.object ?? {}) as { url?: string; title?: string };
  if (!url) throw new Refused(400, '', { url: "'url' is required." });
  if (!title) throw new Refused(400, '', { title: "'title' is required." });
  const known = globalId === undefined ? undefined : issue.links.find((link) => link.globalId === globalId);
  const link: RemoteLink = known ?? {
    id: call.state.nextId(),
    globalId: globalId as string | undefined,
    content,
  };
  link.content = content;
  if (!known) issue.links.push(link);
  return json(known ? 200 : 201, { id: link.id, self: linkShape(call, link).self });
}

function linkShape(call: Call, { id, globalId, content }: RemoteLink) {
  return {
    id,
    self: `${call.base}/rest/api/3/issue/${issueOf(call).key}/remotelink/${id}`,
    globalId,
    ...content,
  };
}

/** Pages of at most 50. An issue that no approval was asked for has an empty list. */
function approvals(call: Call) {
  const issue = issueOf(call);
  const start = amount(call.query, 'start', 0, Number.MAX_SAFE_INTEGER);
  const limit = amount(call.query, 'limit', 50, 50);
  const self = `${call.base}/rest/servicedeskapi/request/${issue.id}/approval`;
  const values = issue.approvals.slice(start, start + limit).map(({ name, decision }, index) => {
    const at = issue.created + (start + index) * 1_000;
    const createdDate = { iso8601: dateTime(at), jira: dateTime(at), friendly: 'Today', epochMillis: at };
    return {
      id: String(start + index + 1),
      name,
      finalDecision: decision,
      canAnswerApproval: false,
      approvers: [{ approver: person('cab@example.com'), approverDecision: decision }],
      createdDate,
      ...(decision === 'pending' ? {} : { completedDate: createdDate }),
      _links: { self: `${self}/${start + index + 1}` },
    };
  });
  const isLastPage = start + limit >= issue.approvals.length;
  const next = isLastPage ? {} : { next: `${self}?start=${start + limit}&limit=${limit}` };
  return json(200, {
    _expands: [],
    size: values.length,
    start,
    limit,
    isLastPage,
    _links: { base: call.base, ...next },
    values,
  });
}
