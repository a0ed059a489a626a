import { OutsideError } from '../errors/index.ts';
import type { Bringing, Brought } from './bringing.ts';
import { digest } from './parts.ts';
import type { ApprovalRequest, FlagChange, FlagSystem } from './ports.ts';
import { clearly, requestApproval, type Written } from './write.ts';

const anyMark = / \[promo-[0-9a-f]{12}\]$/;

/**
 * Sees a change through its approval: asks for it once, however often the step runs; holds while it is undecided; lets an
 * approved one take effect. A request is known by a mark of what it brings about, so one whose source changed since is
 * not taken for this one.
 */
export async function askApproval(
  change: FlagChange,
  bringing: Bringing,
  system: FlagSystem,
): Promise<Brought | Written> {
  const { flag, target } = change;
  const mark = markOf(change, bringing);
  const open = (await system.requests(flag, target)).filter(({ status }) => status !== 'completed');
  const known = open.find(({ description }) => description.endsWith(mark));
  const request = known ?? (await requestOnce(change, mark, bringing, system));
  const undecided = judge(request, flag.key, target, known === undefined);
  if (undecided) return withOutdated(undecided, open, request);
  const applied = await clearly(() => system.apply(flag, target, request));
  if (applied === 'done' || applied instanceof OutsideError) return applied;
  return {
    outcome: 'waiting',
    link: request.url,
    message: `The change of \`${flag.key}\` in ${target} is approved, but the token may not apply it: ${applied.refused}`,
    remedy: `Apply it at ${request.url} and run again, or let the role of the token do \`applyApprovalRequest\`.`,
  };
}

type Undecided = Exclude<Brought, { readonly outcome: 'same' | 'changed' }>;

/** What stands between a request and its effect; undefined when it is approved. */
function judge(
  { status, review, url: link }: ApprovalRequest,
  flag: string,
  target: string,
  isNew: boolean,
): Undecided | undefined {
  const the = `The change of \`${flag}\` in ${target}`;
  if (status === 'failed')
    return {
      outcome: 'failed',
      stop: false,
      message: `${the} was approved, but could not be applied.`,
      remedy: `Look at ${link} why, delete the request, and run again.`,
    };
  if (review === 'declined')
    return {
      outcome: 'failed',
      stop: false,
      message: `${the} was declined.`,
      remedy: `Read the review at ${link}. To ask again, delete the request or change the flag in the source, and run again.`,
    };
  if (status === 'scheduled')
    return {
      outcome: 'waiting',
      link,
      message: `${the} is approved and scheduled.`,
      remedy: `Run the job again when it has been made: ${link}`,
    };
  if (review === 'approved') return undefined;
  return {
    outcome: 'waiting',
    link,
    message: `${the} is waiting for approval${isNew ? '; the request was made now' : ''}.`,
    remedy: `Approve it at ${link} and run the job again: it finds the request and goes on.`,
  };
}

function withOutdated(
  undecided: Undecided,
  open: readonly ApprovalRequest[],
  request: ApprovalRequest,
): Undecided {
  const outdated = open.filter(({ id, description }) => id !== request.id && anyMark.test(description));
  if (outdated.length === 0) return undecided;
  const earlier = `Earlier requests, for what the flag was to become then, are out of date; delete them: ${outdated.map(({ id }) => id).join(', ')}.`;
  return { ...undecided, remedy: `${undecided.remedy} ${earlier}` };
}

function markOf({ flag, target, wanted }: FlagChange, { source, parts }: Bringing): string {
  const meant = parts.map((part) => [part, wanted[part]]);
  return ` [promo-${digest([flag.key, source ?? 'restore', target, meant])}]`;
}

/** Makes the request; where its answer is lost, it is looked for before it is made again. */
async function requestOnce(
  change: FlagChange,
  mark: string,
  bringing: Bringing,
  system: FlagSystem,
): Promise<ApprovalRequest> {
  const marked = { ...change, comment: `${bringing.comment}${mark}` };
  const answer = await clearly(() => requestApproval(marked, bringing, system));
  if (!(answer instanceof OutsideError)) return answer;
  const all = await system.requests(change.flag, change.target);
  return (
    all.find(({ description }) => description.endsWith(mark)) ??
    (await requestApproval(marked, bringing, system))
  );
}
